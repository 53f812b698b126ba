"""Over-acceptance: shares with their bounds, and what they correct, against published and hand-worked numbers."""

import pytest

from annotation import workbench
from annotation.probes import bias, trust_list
from annotation.probes.bias import Bias, Share
from annotation.verdicts import Said
from tests.annotation.factories import claim, make_review, make_task, publish
from tests.annotation.probes.factories import make_probe
from tests.factories import make_model, make_suggestions, make_tag, make_user, make_video


def test_wilsons_bounds():
    # Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3
    assert Share(81, 263).bounds == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Share(15, 148).bounds == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert Share(0, 20).bounds == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert Share(0, 0).bounds == (0.0, 1.0)


def test_a_worry_needs_more_than_a_few_probes():
    assert not Share(4, 4).worrying
    assert Share(5, 8).worrying
    assert not Share(2, 30).worrying


def test_acceptance_is_corrected_for_over_acceptance():
    """Who accepts a quarter of wrong tags and 85 of 100 proposals had (0.85 - 0.25) / (1 - 0.25) = 0.8 right ones."""
    right, low, high = Bias(accepted=Share(10, 40)).corrected(Share(85, 100))

    assert right == pytest.approx(0.8)
    assert 0.6 < low < 0.8 < high < 0.95
    assert Bias(accepted=Share(0, 40)).corrected(Share(85, 100))[0] == pytest.approx(0.85)
    assert Bias(accepted=Share(5, 5)).corrected(Share(85, 100)) is None
    assert Bias().corrected(Share(85, 100)) is None


@pytest.fixture
def desk(line):
    """Reviews a clip that is probed: `said` is what is done with the tag in question."""
    dunk, street, seed, model = make_tag("Slam dunk"), make_tag(), make_tag("Ice hockey"), make_model()
    taxonomy = publish()
    tags = {"wrong": seed, "missing": dunk}

    def review(reviewer, kind, said):
        video = make_video()
        make_suggestions(video, {dunk: 0.9, street: 0.6}, model=model, taxonomy=taxonomy)
        make_task(line, video=video)
        task = claim(reviewer, line)
        make_probe(task, kind, tags.get(kind))
        clip = workbench.clip(task)
        verdicts = {p.tag: Said(p.tag, "accept") for p in clip.proposals}
        if said:
            tag = tags.get(kind, dunk).pk
            verdicts[tag] = Said(tag, said)
        return make_review(task, verdicts.values(), model_version=clip.model_version)

    review.tags = tags
    return review


@pytest.mark.django_db
def test_what_reviewers_said_is_counted_by_reviewer_and_by_tag(line, desk, django_assert_num_queries):
    eager, careful = make_user(), make_user()
    for said in ("accept", "accept", "reject"):
        desk(eager, "wrong", said)
    desk(careful, "wrong", "reject")
    desk(eager, "missing", "")
    desk(careful, "missing", "add")
    desk(careful, "blind", "add")  # one of the two tags that the model is sure of

    with django_assert_num_queries(2):
        people, tags = bias.by_reviewer([line.pk]), bias.by_tag([line.pk])

    assert people[eager.pk] == Bias(accepted=Share(2, 3), missed=Share(1, 1))
    assert people[careful.pk] == Bias(accepted=Share(0, 1), missed=Share(0, 1), found=Share(1, 2))
    assert tags == {
        desk.tags["wrong"].pk: Bias(accepted=Share(2, 4)),
        desk.tags["missing"].pk: Bias(missed=Share(1, 2)),
    }
    assert bias.by_reviewer([line.pk + 1]) == {}


@pytest.mark.django_db
def test_a_reviewer_who_accepts_too_much_is_told_a_day_later(client, line, desk, monkeypatch):
    eager = make_user(lines=(line,))
    for _ in range(6):
        desk(eager, "wrong", "accept")
    client.force_login(eager)

    assert "second look at each proposed tag" not in client.get("/history/").content.decode()
    monkeypatch.setattr(trust_list, "UNDO_HOURS", 0)

    page = client.get("/history/").content.decode()
    assert "second look at each proposed tag" in page
    assert "seeded" not in page
