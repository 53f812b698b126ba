"""Faces: found and told apart by dlib's real networks, on drawn people; tracked, voted on, recognised, erased."""

import numpy as np
import pytest

from ml.feature_store import FeatureStore
from ml.layers.face_tracks import nearest, tracks
from ml.modality import face_traces, faces
from ml.modality.extraction import Modality
from ml.modality.extractor import Material, MissingWeights
from ml.modality.faces import FaceConfig, FaceExtractor
from ml.recall.faces import FaceRecaller, FaceSettings
from ml.types import FACE_WIDTH, Features, Gallery, VideoInput, Vocabulary
from tests.ml.drawn_faces import ANN, BOB, CAL, group, make_portrait_clip, portrait
from tests.ml.stack_data import VOCABULARY, make_pipeline

ANNS, BOBS = 40, 10  # their tags


@pytest.fixture(scope="module")
def extractor():
    return FaceExtractor.build({"fps": 2}, None, "cpu")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Ann, for two seconds."""
    return make_portrait_clip(tmp_path_factory.mktemp("clips") / "ann.mp4", ANN, seconds=2, fps=4)


@pytest.fixture(scope="module")
def gallery():
    return Gallery((ANNS, BOBS), np.concatenate([embedded(portrait(ANN)), embedded(portrait(BOB))]), 1)


def embedded(picture):
    reader = faces.reader()
    return reader.embed([reader.aligned(picture, face) for face in reader.find(picture)])


def test_everybody_is_found_where_they_are():
    found = faces.reader().find(group(ANN, CAL))

    assert len(found) == 2
    for face, middle in zip(found, (0.25, 0.75), strict=True):
        assert (face.left + face.right) / 2 == pytest.approx(middle, abs=0.03)
        assert 0.2 < face.top < face.bottom < 0.85


def test_a_picture_without_anybody_has_no_face():
    assert faces.reader().find(np.full((200, 300, 3), 90, np.uint8)) == []


def test_one_person_is_nearer_to_herself_than_to_others():
    ann, smaller, darker, bob = (
        embedded(picture)[0]
        for picture in (
            portrait(ANN),
            portrait(ANN, face=150, at=(20, 10)),
            portrait(ANN, light=0.75)[:, ::-1],
            portrait(BOB),
        )
    )
    distance = lambda one, other: float(np.linalg.norm(one - other))
    assert distance(ann, smaller) < 0.4
    assert distance(ann, darker) < 0.4
    assert distance(ann, bob) > 0.6


def test_only_the_surest_faces_are_embedded(extractor):
    few = FaceExtractor(FaceConfig(faces=1), faces.weights())

    rows = few.extract([Material(whole=[group(ANN, CAL), portrait(CAL)], whole_times=np.array([0, 2.5], np.float32))])

    assert rows[0]["faces"].shape == (1, FACE_WIDTH)
    assert rows[0]["face_places"].shape == (1, 5)
    assert few.name != extractor.name


def test_without_the_networks_a_stack_goes_on_without_faces(monkeypatch, caplog):
    monkeypatch.setattr(faces, "PACKAGE", "no_such_package")

    with pytest.raises(MissingWeights, match="install the packages dlib-bin"):
        faces.weights()
    assert Modality.build({"faces": {"extractor": "dlib_faces.v1"}}).names == {}
    assert "going on without faces" in caplog.text


def test_a_person_in_the_gallery_is_recognised_in_a_clip_with_the_moment_and_the_place(
    extractor, clip, gallery, tmp_path
):
    recaller = FaceRecaller(VOCABULARY, FaceSettings())
    features = Modality([extractor]).features([VideoInput(1, media=clip)], FeatureStore(tmp_path))
    assert recaller.recall(features, 5) == [[]]  # nobody is known yet

    recaller.know(gallery)
    [[found]] = recaller.recall(features, 5)

    assert found.tag == ANNS
    assert found.score > 0.9
    assert found.evidence.moment == pytest.approx((0, 2.5), abs=0.3)
    region = found.evidence.region
    assert 0.25 < region.left < region.right < 0.85
    assert region.at in features[0].face_places[:, 0]

    recaller.know(Gallery())
    assert recaller.recall(features, 5) == [[]]


def seen(*rows):
    places = np.array([[time, 0.1, 0.1, 0.2, 0.2] for time in range(len(rows))], np.float32)
    return Features(VideoInput(1), faces=np.array(rows, np.float32), face_places=places)


def point(*values):
    return np.pad(np.array(values, np.float32), (0, FACE_WIDTH - len(values)))


def knowing(*people, **kw):
    recaller = FaceRecaller(VOCABULARY, FaceSettings(**kw))
    recaller.know(Gallery(tuple(tag for tag, _ in people), np.stack([face for _, face in people])))
    return recaller


def test_a_stranger_is_nobody():
    recaller = knowing((ANNS, point(0)), (BOBS, point(0, 2)))

    assert recaller.recall([seen(point(1))], 5) == [[]]


def test_who_could_be_either_of_two_is_neither():
    recaller = knowing((ANNS, point(0)), (BOBS, point(0.6)))

    assert recaller.recall([seen(point(0.29))], 5) == [[]]
    assert [c.tag for c in recaller.recall([seen(point(0.2))], 5)[0]] == [ANNS]


def test_one_odd_picture_does_not_outvote_the_others():
    recaller = knowing((ANNS, point(0)), (BOBS, point(0.9)))

    # In one of four pictures of one track the face looks more like Bob's.
    assert [c.tag for c in recaller.recall([seen(point(0.2), point(0.3), point(0.25), point(0.6))], 5)[0]] == [ANNS]


def test_a_person_whom_most_pictures_of_a_track_deny_is_not_there():
    assert knowing((ANNS, point(0))).recall([seen(point(0.5), point(0.62), point(0.66), point(0.7))], 5) == [[]]


def test_faces_of_one_picture_are_different_people():
    rows = np.stack([point(0), point(0.1), point(0.05)])

    assert [t.tolist() for t in tracks(rows, np.array([0, 0, 1], np.float32), 0.45)] in ([[0, 2], [1]], [[0], [1, 2]])
    assert [t.tolist() for t in tracks(rows, np.array([0, 1, 2], np.float32), 0.45)] == [[0, 1, 2]]


def test_distances_are_those_to_the_nearest_face_of_each_person():
    known = np.stack([point(1), point(3), point(0, 2)])

    found = nearest(np.stack([point(0), point(3)]), known, np.array([0, 0, 1]), 3)

    np.testing.assert_allclose(found, [[1, 2, np.inf], [0, 13**0.5, np.inf]], rtol=1e-6)


def test_people_made_after_the_training_are_newcomers_and_tags_that_may_not_be_given_are_nothing():
    recaller = FaceRecaller(Vocabulary(tuple(t for t in VOCABULARY if t.id != ANNS)), FaceSettings())
    recaller.know(Gallery((ANNS, 60), np.stack([point(0), point(3)])))  # 60 may not be given

    assert recaller.recall([seen(point(0)), seen(point(3))], 5) == [[], []]
    assert [[c.tag for c in found] for found in recaller.newcomers([seen(point(0)), seen(point(3))])] == [[ANNS], []]


def test_stored_features_of_a_person_are_erased_and_others_stay(tmp_path):
    store, near = FeatureStore(tmp_path), 0.5
    name = "dlib_faces.v1-aaaa"
    for key, rows in (("a" * 8, [point(0.1), point(9)]), ("b" * 8, [point(5)]), ("c" * 8, [])):
        store.put(key, name, {"faces": np.stack(rows)} if rows else {})

    assert face_traces.erase(store, np.stack([point(0), point(-7)]), near) == 1

    assert [store.has(key * 8, name) for key in "abc"] == [False, True, True]
    assert face_traces.erase(store, np.zeros((0, FACE_WIDTH), np.float32), near) == 0


def test_what_is_stored_of_faces_is_a_file_of_its_own(extractor, clip, tmp_path):
    """Erased, it is gone: no other name leads to the content."""
    store = FeatureStore(tmp_path)
    other = make_portrait_clip(tmp_path / "bob.mp4", BOB, seconds=1, fps=2)
    videos = [VideoInput(1, media=clip, content_hash="a" * 64), VideoInput(2, media=other, content_hash="b" * 64)]

    Modality([extractor]).features(videos, store)

    assert {store.path(key * 64, extractor.name).stat().st_nlink for key in "ab"} == {1}


class Fixed:
    """A modality that answers with features as they are."""

    timings = {}

    def __init__(self, *features):
        self.answer = list(features)

    def features(self, videos, store):
        return self.answer


def test_a_face_needs_no_training_to_be_sure(tmp_path):
    """The calibrator has never heard this recaller, and one of the two people has a tag made after the training."""
    shown = seen(point(0), point(3))
    pipeline = make_pipeline(["mentions.v1", "faces.v1"], Fixed(shown), FeatureStore(tmp_path))

    assert pipeline.propose([shown.video]) == [[]]
    pipeline.know(Gallery((ANNS, 99), np.stack([point(0), point(3)])))
    [proposed] = pipeline.propose([shown.video])

    assert [p.tag for p in proposed] == [ANNS, 99]
    assert all(p.confidence > 0.99 for p in proposed)
    assert proposed[1].recallers == {"faces.v1": proposed[1].confidence}
    assert proposed[1].evidence.region.at == 1
    pipeline.know(Gallery())
    assert pipeline.propose([shown.video]) == [[]]
