"""Rates over clips, the decision about a canary, drift: against numbers worked out by hand, and their error rates."""

from datetime import UTC, datetime
from math import isclose
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from annotation.learning import charts, drift, ratios, schedule, sequential
from annotation.learning.charts import Moment
from annotation.learning.drift import Window
from annotation.learning.ratios import Sums
from annotation.learning.sequential import Verdict


def each_alike(clips, accepted, proposed=1):
    """`accepted` of the clips have all their tags accepted, the others none."""
    return ratios.of([(proposed, proposed)] * accepted + [(0, proposed)] * (clips - accepted))


def test_a_rate_over_clips_and_its_variance():
    # residuals 3 - .6*4 = .6, 2 - .6*2 = .8, 1 - .6*4 = -1.4; 3/2 * (.36 + .64 + 1.96) / 10^2
    sums = ratios.of([(3, 4), (2, 2), (1, 4)])

    assert sums == Sums(clips=3, y=6, m=10, yy=14, ym=20, mm=36)
    assert sums.rate == 0.6
    assert isclose(sums.variance, 0.0444)


def test_clips_of_one_tag_have_the_variance_of_a_share():
    assert isclose(each_alike(200, 180).variance, 0.9 * 0.1 / 199)


def test_the_verdicts_of_one_clip_are_not_taken_for_independent():
    assert isclose(each_alike(200, 180, proposed=5).variance, each_alike(200, 180).variance)


def test_that_all_was_accepted_does_not_make_a_rate_certain():
    sums = each_alike(98, 98)

    assert sums.variance == 0
    assert isclose(ratios.share_variance(sums), 0.99 * 0.01 / 100)


def test_sums_add_up():
    assert ratios.of([(3, 4)]) + ratios.of([(2, 2), (1, 4)]) == ratios.of([(3, 4), (2, 2), (1, 4)])


def test_the_always_valid_interval():
    # V = t^2 = .0025: sqrt(.0025 * .005 / .0025 * (2 ln 20 + ln 2)) = sqrt(.005 * 6.684612)
    assert isclose(sequential.half_width(0.0025), 0.182820, abs_tol=1e-6)
    # V = t^2 / 99: sqrt(.0025/99 * 100/99 * (5.991465 + ln 100))
    assert isclose(sequential.half_width(0.0025 / 99), 0.016440, abs_tol=1e-6)


def test_a_canary_that_does_much_worse_is_found_out():
    decision = sequential.decide(each_alike(200, 120), each_alike(2000, 1700), margin=0.03, fewest=100)

    assert decision.verdict == Verdict.WORSE
    assert isclose(decision.apart.difference, -0.25)
    assert decision.apart.low < -0.25 < decision.apart.high < 0


def test_a_difference_of_shares_is_at_most_all_and_the_plot_shows_it():
    apart = sequential.decide(each_alike(70, 0), each_alike(70, 70), margin=0.1, fewest=50).apart
    assert apart.low == apart.difference == -1 < apart.high

    plot = charts.trial([Moment(datetime.now(UTC), 70, 70, apart)], 0.1)

    assert [level.label for level in plot.levels] == ["+100", "-100"]


def test_a_canary_that_does_as_well_is_known_to_with_enough_clips():
    few, many = (each_alike(n, n * 8 // 10) for n in (200, 20_000))

    assert sequential.decide(few, few, margin=0.03, fewest=100).verdict == Verdict.OPEN
    assert sequential.decide(many, many, margin=0.03, fewest=100).verdict == Verdict.NO_WORSE


def test_nothing_is_decided_before_enough_clips_of_each_were_reviewed():
    decision = sequential.decide(each_alike(99, 0), each_alike(5000, 5000), margin=0.03, fewest=100)

    assert decision.verdict == Verdict.FEW


def test_nothing_is_known_of_no_clips():
    assert sequential.decide(Sums(), Sums(), margin=0.03, fewest=50).verdict == Verdict.FEW
    assert sequential.times_more(Sums(), Sums(), margin=0.03, fewest=50) is None


def test_the_forecast_is_the_size_at_which_equal_versions_are_told_to_be_equal():
    canary, rival = each_alike(100, 80), each_alike(900, 720)

    times = sequential.times_more(canary, rival, margin=0.03, fewest=100)

    variance = ratios.share_variance(canary) + ratios.share_variance(rival)
    assert isclose(sequential.half_width(variance / times), 0.03, rel_tol=1e-4)
    assert sequential.times_more(canary, rival, margin=0.0001, fewest=100) is None
    assert sequential.times_more(canary, rival, margin=0.9, fewest=300) == pytest.approx(3)


def looked_at_after_each(canary, rival, margin, fewest=100, step=20):
    """What trials end with whose clips are drawn in advance: rows of trials, columns of clips with three tags each."""
    ends = np.full(len(canary), "", dtype=object)
    clips = np.arange(1, canary.shape[1] + 1)
    sides = [(np.cumsum(side, axis=1), np.cumsum(side**2, axis=1)) for side in (canary, rival)]
    for n in clips[fewest - 1 :: step]:
        for trial in np.flatnonzero(ends == ""):
            both = [
                Sums(int(n), y[trial, n - 1], 3 * n, yy[trial, n - 1], 3 * y[trial, n - 1], 9 * n) for y, yy in sides
            ]
            verdict = sequential.decide(*both, margin, fewest).verdict
            if verdict in (Verdict.WORSE, Verdict.NO_WORSE):
                ends[trial] = verdict
    return ends


@pytest.fixture(scope="module")
def drawn():
    """Acceptance of three tags a clip, alike within a clip: a clip's own rate is drawn first."""
    random = np.random.default_rng(5)

    def draw(rate, trials=150, clips=1000):
        own = random.beta(8 * rate, 8 * (1 - rate), (trials, clips))
        return random.binomial(3, own).astype(float)

    return draw


def test_looking_all_the_time_does_not_roll_back_what_is_no_worse(drawn):
    ends = looked_at_after_each(drawn(0.8), drawn(0.8), margin=0.03)

    assert (ends == Verdict.WORSE).mean() <= sequential.ERROR


def test_looking_all_the_time_does_not_pass_what_is_worse_by_the_margin(drawn):
    ends = looked_at_after_each(drawn(0.75), drawn(0.8), margin=0.05)

    assert (ends == Verdict.NO_WORSE).mean() <= sequential.ERROR


def test_what_is_much_worse_is_rolled_back_nearly_always(drawn):
    ends = looked_at_after_each(drawn(0.68), drawn(0.8), margin=0.03)

    assert (ends == Verdict.WORSE).mean() > 0.95


def window(clips, accepted, error=0.1, wrong_error=0.1):
    """Clips of one tag; the Brier score is `error` of those that were accepted, `wrong_error` of the others."""
    brier = ratios.of([(error, 1)] * accepted + [(wrong_error, 1)] * (clips - accepted))
    return Window(each_alike(clips, accepted), brier)


def test_a_fall_of_the_acceptance_rate_raises_an_alarm():
    # (.9 - .8) / sqrt(181/202 * 21/202 / 202 + .8 * .2 / 199) = 2.81142, whose upper tail is .0024662
    found = drift.compare(window(200, 180), window(200, 160), alarm_rate=0.01)

    assert isclose(found.acceptance, 0.0024662, abs_tol=1e-6)
    assert (found.fell, found.misjudges, found.alarm) == (True, False, True)
    assert not drift.compare(window(200, 180), window(200, 160), alarm_rate=0.004).alarm


def test_a_rise_is_no_drift():
    assert not drift.compare(window(200, 160), window(200, 180), alarm_rate=0.05).alarm


def test_confidences_that_became_less_true_raise_an_alarm():
    # the mean square rises from .14 to .18, as shares of 180 and 160 of 200 times .4: (.1 / sqrt(.25 / 199)) = 2.82134
    first, now = window(200, 180, 0.1, 0.5), window(200, 160, 0.1, 0.5)
    found = drift.compare(first, now, alarm_rate=0.01)

    assert isclose(now.brier.rate - first.brier.rate, 0.04)
    assert isclose(found.brier, 0.0023912, abs_tol=1e-6)
    assert found.misjudges


def test_windows_that_nothing_happened_in_raise_few_alarms():
    random = np.random.default_rng(7)

    def some():
        y = random.binomial(3, random.beta(6, 1.5, 300)).astype(float)
        square = y * 0.2**2 + (3 - y) * 0.8**2  # of a confidence of 0.8 in each
        return Window(*(Sums(300, v.sum(), 900, (v**2).sum(), 3 * v.sum(), 2700) for v in (y, square)))

    windows = [some() for _ in range(2000)]
    alarms = [drift.compare(a, b, alarm_rate=0.05).alarm for a, b in zip(windows[::2], windows[1::2], strict=True)]

    assert sum(alarms) / len(alarms) <= 0.05 + 3 * (0.05 * 0.95 / 1000) ** 0.5


BERLIN = ZoneInfo("Europe/Berlin")


def on(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("set_at", "last", "due"),
    [
        (on(1, 2), None, on(1, 3)),  # the first night
        (on(1, 4), None, on(2, 3)),  # today's hour has passed
        (on(1, 3), None, on(1, 3)),
        (on(1, 4), on(1, 12), on(8, 3)),  # somebody trained by hand
        (on(20, 4), on(1, 12), on(21, 3)),  # long ago: not at once, but at the hour
    ],
)
def test_a_schedule_is_kept_at_its_hour(set_at, last, due):
    assert schedule.due_at(7, 3, set_at, last) == due
