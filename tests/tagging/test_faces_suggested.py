"""From a photo in the gallery to a suggestion with the face, and out again, in one running worker."""

from pathlib import Path

import pytest

from ml.feature_store import FeatureStore
from ml.modality.extraction import Modality
from ml.modality.faces import FaceExtractor
from ml.registry import serving
from tagging import clips, face_erasure, face_photos, gallery, suggestions
from tagging.face_models import FacePhoto, KnownPerson
from tagging.models import Suggestion
from taxonomy import versions
from tests.factories import make_model, make_tag, make_video
from tests.ml.drawn_faces import ANN, BOB, make_portrait_clip, portrait, save
from tests.ml.stack_data import make_pipeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(monkeypatch, settings, tmp_path):
    """A real pipeline that knows faces; it is loaded once and stays."""
    settings.MEDIA_ROOT, settings.FEATURE_ROOT = tmp_path / "media", tmp_path / "features"
    modality = Modality([FaceExtractor.build({"fps": 2}, None, "cpu")])
    pipeline = make_pipeline(["mentions.v1", "faces.v1"], modality, FeatureStore(Path(settings.FEATURE_ROOT)))
    served = (make_model(state="active"), pipeline)
    monkeypatch.setattr(serving, "active", lambda: served)
    return pipeline


@pytest.fixture
def ann(tmp_path):
    person = KnownPerson.objects.create(tag=make_tag("Ann", kind="person"), consent="yes", consent_on="2026-01-31")
    versions.publish()
    with save(portrait(ANN), tmp_path / "ann.png").open("rb") as file:
        gallery.add_photos(person, [file])
    face_photos.examine_waiting()
    return person


def make_clip(tmp_path, look=ANN, seconds=1.0):
    media = clips.store(make_portrait_clip(tmp_path / f"{look.wide}{seconds}.mp4", look, seconds, fps=2))
    return make_video(title="A clip", media=media, media_state="ready")


def test_whoever_is_enrolled_is_suggested_with_the_face_until_they_are_taken_out(worker, ann, tmp_path, settings):
    shown, other = make_clip(tmp_path), make_clip(tmp_path, BOB)
    assert suggestions.suggest_batch() == 2

    found = Suggestion.objects.get()
    assert (found.tag, found.suggestion_set.video) == (ann.tag, shown)
    assert found.confidence > 0.9
    assert len(found.evidence["region"]) == 5
    cached = [path for path in Path(settings.FEATURE_ROOT).rglob("*.safetensors") if "faces" in str(path)]
    assert len(cached) == 2

    gallery.erase(ann)
    make_clip(tmp_path, seconds=1.5)
    suggestions.suggest_batch()  # before any worker has erased anything
    assert Suggestion.objects.get() == found
    face_erasure.finish()

    assert not Suggestion.objects.exists()
    assert not FacePhoto.objects.exists()
    left = [path for path in Path(settings.FEATURE_ROOT).rglob("*.safetensors") if "faces" in str(path)]
    assert [path.stem for path in left] == [other.media.content_hash]
