"""All tables of people's work, where Django looks for them. Each room's stand in the room."""

from __future__ import annotations

from annotation.agreement.comment_models import Comment
from annotation.agreement.models import Consensus, Figure, Ruling, SecondLook, Skill, Window
from annotation.agreement.notice_models import RulingNotice
from annotation.assignment_models import Assignment, HandOver
from annotation.groups.models import ClipGroup, ClipLook, Gathering, GroupedClip, GroupReview, GroupReviewItem
from annotation.learning.models import CanaryLook, DriftWindow, LearningSettings
from annotation.person_models import FirstPassword, Shortcut
from annotation.probes.models import (
    Exam,
    GoldClip,
    GoldTag,
    Probe,
    ProbeAnswer,
    Qualification,
    Trust,
    TrustPolicy,
)
from annotation.prospects.models import PriorityScale, Prospect, TagExamples, TagWeight
from annotation.quality.models import ConfidenceSum, ConfusionSum, TagSum, Unfolded, WorkDay
from annotation.reading_models import GuidelineReading, ReReview
from annotation.review_models import Review, Verdict
from annotation.task_models import GOLD_SLOT, ReviewTask

__all__ = [
    "GOLD_SLOT",
    "Assignment",
    "CanaryLook",
    "ClipGroup",
    "ClipLook",
    "Comment",
    "ConfidenceSum",
    "ConfusionSum",
    "Consensus",
    "DriftWindow",
    "Exam",
    "Figure",
    "FirstPassword",
    "Gathering",
    "GoldClip",
    "GoldTag",
    "GroupReview",
    "GroupReviewItem",
    "GroupedClip",
    "GuidelineReading",
    "HandOver",
    "LearningSettings",
    "PriorityScale",
    "Probe",
    "ProbeAnswer",
    "Prospect",
    "Qualification",
    "ReReview",
    "Review",
    "ReviewTask",
    "Ruling",
    "RulingNotice",
    "SecondLook",
    "Shortcut",
    "Skill",
    "TagExamples",
    "TagSum",
    "TagWeight",
    "Trust",
    "TrustPolicy",
    "Unfolded",
    "Verdict",
    "Window",
    "WorkDay",
]
