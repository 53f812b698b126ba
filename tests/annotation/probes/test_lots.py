"""Draws are the same in Python and in the database, even, and different for each key and purpose."""

import pytest
from django.db import connection

from annotation.probes import lots, serving

KEY = "a secret"


def test_a_lot_worked_out_by_hand():
    # sha256("a secret:probe:7:3") begins with these six bytes
    import hashlib

    digest = hashlib.sha256(b"a secret:probe:7:3").digest()

    assert lots.lot(KEY, "probe", 7, 3) == int.from_bytes(digest[:6], "big") / 2**48


def test_lots_are_even():
    drawn = [lots.lot(KEY, "probe", task, 1) for task in range(4000)]

    # Three standard deviations of a binomial share: 3 * sqrt(0.1 * 0.9 / 4000) = 0.0142
    for tenth in range(10):
        assert sum(tenth / 10 <= lot < (tenth + 1) / 10 for lot in drawn) / 4000 == pytest.approx(0.1, abs=0.0142)


def test_key_purpose_and_person_each_give_other_lots():
    first = lots.lot(KEY, "probe", 7, 3)

    assert len({first, lots.lot("b", "probe", 7, 3), lots.lot(KEY, "place", 7, 3), lots.lot(KEY, "probe", 7, 4)}) == 4


@pytest.mark.django_db
def test_the_database_draws_the_same():
    asked = f"SELECT n, {lots.statement('probe', 'n', '%(reviewer)s')} FROM generate_series(1, 50) n"
    with connection.cursor() as cursor:
        cursor.execute(asked, {"key": serving.key(), "reviewer": 12})
        drawn = dict(cursor.fetchall())

    assert drawn == {n: lots.lot(serving.key(), "probe", n, 12) for n in range(1, 51)}
