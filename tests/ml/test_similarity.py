"""Similar videos vote for tags."""

import numpy as np
import pytest

from ml.parts import TrainingSet, silent
from ml.recall.fused_similarity import FusedSimilarity
from ml.recall.text_similarity import TextSimilarity
from ml.recall.visual_similarity import VisualSimilarity
from ml.types import Features, VideoInput
from tests.ml.stack_data import COOKING, GAME, SPORT, STAR, VOCABULARY, make_features, make_training_set

PLAIN = {"power": 1.0, "rarity": 0.0}


def at(angle: float, video: int = 1) -> Features:
    """A video whose text points in this direction (degrees)."""
    radians = np.deg2rad(angle)
    return Features(VideoInput(video), text=np.array([np.cos(radians), np.sin(radians)], np.float32))


def voters(*videos: tuple[float, int, set[int]], **settings) -> TextSimilarity:
    features = [at(angle, video) for angle, video, _ in videos]
    tags = [frozenset(mine) for _, _, mine in videos]
    data = TrainingSet(VOCABULARY, np.zeros((6, 0), np.float32), features, tags, [frozenset()] * len(videos))
    return TextSimilarity.train(data, PLAIN | settings, step=silent)


def scores(recaller, query) -> dict[int, float]:
    return {c.tag: c.score for c in recaller.recall([query], k=10)[0]}


def test_the_vote_is_the_sum_of_cosines():
    recaller = voters((0, 1, {COOKING}), (60, 2, {COOKING, STAR}), (-60, 3, {STAR}))
    assert scores(recaller, at(0, 9)) == pytest.approx({COOKING: 1.5, STAR: 1.0}, rel=1e-5)


def test_videos_on_the_other_side_have_no_vote():
    assert scores(voters((0, 1, {COOKING}), (180, 2, {STAR})), at(0, 9)) == pytest.approx({COOKING: 1.0})


def test_power_favours_the_nearest_and_rarity_the_rare():
    recaller = voters((0, 1, {COOKING}), (60, 2, {STAR}), (-60, 3, {STAR}), power=2.0)
    assert scores(recaller, at(0, 9)) == pytest.approx({COOKING: 1.0, STAR: 0.5}, rel=1e-5)
    recaller = voters((0, 1, {COOKING}), (60, 2, {STAR}), (-60, 3, {STAR}), rarity=1.0)
    expected = {COOKING: np.log(4 / 2) + 1, STAR: np.log(4 / 3) + 1}
    assert scores(recaller, at(0, 9)) == pytest.approx(expected, rel=1e-5)


def test_a_video_never_votes_for_itself():
    recaller = voters((0, 1, {COOKING}), (60, 2, {STAR}))
    assert set(scores(recaller, at(0, 1))) == {STAR}


def test_how_alike_the_nearest_other_video_is_is_told():
    recaller = voters((0, 1, {COOKING}), (60, 2, {STAR}))

    recaller.recall([at(0, 9), at(0, 1), Features(VideoInput(8))], k=10)

    assert recaller.nearest[:2] == pytest.approx([1.0, 0.5], rel=1e-5)  # the second one is in the index itself
    assert recaller.nearest[2] is None


def test_a_clip_uploaded_again_and_again_votes_once():
    recaller = voters((30, 1, {STAR}), (31, 2, {STAR}), (29, 3, {STAR}), (-30, 4, {COOKING}))
    votes = scores(recaller, at(0, 9))
    assert votes[STAR] == pytest.approx(np.cos(np.deg2rad(29)), rel=1e-4)
    assert votes[COOKING] == pytest.approx(np.cos(np.deg2rad(30)), rel=1e-4)


def test_the_query_itself_hides_none_of_its_copies():
    recaller = voters((0, 1, {COOKING}), (1, 2, {STAR}))
    assert set(scores(recaller, at(0, 1))) == {STAR}


def test_evidence_names_the_similar_videos_with_the_tag_nearest_first():
    recaller = voters((40, 1, {STAR}), (20, 2, {STAR}), (-10, 3, {COOKING}))
    similar = {c.tag: c.evidence.similar for c in recaller.recall([at(0, 9)], k=10)[0]}
    assert similar == {STAR: (2, 1), COOKING: (3,)}


def test_pictures_are_compared_around_their_mean():
    recaller = VisualSimilarity.train(make_training_set(), {}, step=silent)
    first = [answer[0].tag for answer in recaller.recall([make_features(300 + i) for i in range(3)], k=1)]
    assert first[0] in {SPORT, GAME}
    assert first[1:] == [COOKING, STAR]


def test_a_missing_modality_leaves_its_weight_to_the_others():
    recaller = FusedSimilarity.train(make_training_set(), {}, step=silent)
    for missing in ("text", "frames", "sound"):
        vector = recaller.vector(make_features(301, **{missing: False}))
        assert vector is not None
        assert np.linalg.norm(vector) == pytest.approx(1.0, rel=1e-5)
        assert recaller.recall([make_features(301, **{missing: False})], k=1)[0][0].tag == COOKING


def test_a_tag_that_is_gone_is_dropped_when_loading(tmp_path):
    recaller = voters((0, 1, {COOKING}), (60, 2, {STAR}))
    recaller.save(tmp_path / "part")
    smaller = type(VOCABULARY)(tuple(tag for tag in VOCABULARY if tag.id != COOKING))
    assert set(scores(TextSimilarity.load(tmp_path / "part", smaller), at(0, 9))) == {STAR}
