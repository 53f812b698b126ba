"""Videos in, suggestions out: all tables, where Django looks for them."""

from __future__ import annotations

from tagging.face_models import FacePhoto, KnownPerson
from tagging.import_models import Import, RowError
from tagging.media_models import Media, MediaFingerprint
from tagging.phrase_models import NewPhrase, PhraseSighting
from tagging.policy_models import LinePolicy
from tagging.video_models import CarriedTag, Suggestion, SuggestionSet, Video, VideoQuerySet, VideoTag

__all__ = [
    "CarriedTag",
    "FacePhoto",
    "Import",
    "KnownPerson",
    "LinePolicy",
    "Media",
    "MediaFingerprint",
    "NewPhrase",
    "PhraseSighting",
    "RowError",
    "Suggestion",
    "SuggestionSet",
    "Video",
    "VideoQuerySet",
    "VideoTag",
]
