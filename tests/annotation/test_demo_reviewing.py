"""What the demo's reviewers say of proposed tags."""

from annotation.demo.reviewing import operation, verdicts
from annotation.verdicts import Said

# sports > ball games > basketball, football; rain and relaxing stand alone.
SPORTS, BALL_GAMES, BASKETBALL, FOOTBALL, RAIN, RELAXING = range(1, 7)
PARENTS = {SPORTS: None, BALL_GAMES: SPORTS, BASKETBALL: BALL_GAMES, FOOTBALL: BALL_GAMES, RAIN: None, RELAXING: None}


def said(shown, true, anywhere=()):
    return verdicts(shown, true, {*true, *anywhere}, PARENTS)


def test_true_tags_are_accepted_and_missing_ones_added():
    assert said([RAIN], [RAIN, RELAXING]) == [Said(RAIN, "accept"), Said(RELAXING, "add")]


def test_without_proposals_all_is_added():
    assert said([], [RAIN]) == [Said(RAIN, "add")]


def test_a_wrong_sibling_is_replaced():
    assert said([FOOTBALL], [BASKETBALL]) == [Said(FOOTBALL, "replace", replacement=BASKETBALL)]


def test_open_tags_are_no_siblings():
    assert said([RAIN], [RELAXING]) == [Said(RAIN, "reject", "wrong"), Said(RELAXING, "add")]


def test_rejections_tell_why():
    assert said([BALL_GAMES], [BASKETBALL])[0] == Said(BALL_GAMES, "reject", "general")
    assert said([RELAXING], [RAIN], anywhere=[RELAXING])[0] == Said(RELAXING, "reject", "guideline")
    assert said([RELAXING], [RAIN])[0] == Said(RELAXING, "reject", "wrong")


def test_a_review_has_the_same_operation_in_each_start():
    assert operation("search", "rain-1") == operation("search", "rain-1") != operation("search", "rain-2")
