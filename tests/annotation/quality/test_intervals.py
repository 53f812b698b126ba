"""Bounds of counted shares, against published figures and by hand."""

import pytest

from annotation.quality import intervals


def test_wilsons_bounds_are_the_published_ones():
    # Newcombe 1998, table I, method 3 (score): doi.org/10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E
    for hits, tries, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)):
        found = intervals.share(hits, tries)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert intervals.share(29, 29).low == pytest.approx(0.8830, abs=5e-5)


def test_nothing_counted_is_no_share():
    assert intervals.share(0, 0) is None
    assert intervals.excess(3, [(3, 0, 0)]) is None


def test_excess_is_what_others_would_not_have_accepted():
    found = intervals.excess(18, [(10, 100, 80), (10, 100, 20)])

    assert found.value == pytest.approx(18 - 8 - 2)
    rate = (80 + 1.92073) / (100 + 3.84146)  # and 1 - rate in the other bin
    spread = 1.959964 * (2 * 10 * rate * (1 - rate) * 1.1) ** 0.5
    assert found.low == pytest.approx(8 - spread, abs=1e-4)
    assert found.high == pytest.approx(10)  # they would have accepted 10, and 20 were shown: no more than 10 too many
