"""What may be said of a video, and what may stand together: all tables, where Django looks for them."""

from __future__ import annotations

from taxonomy.change_models import ChangeSet, Edit, Governance
from taxonomy.line_models import BusinessLine
from taxonomy.name_models import TagName, TagWord
from taxonomy.proposal_models import RuleProposal
from taxonomy.rule_models import Guideline, Rule
from taxonomy.tag_models import MAX_DEPTH, Tag, TagRelation
from taxonomy.version_models import TaxonomyVersion

__all__ = [
    "MAX_DEPTH",
    "BusinessLine",
    "ChangeSet",
    "Edit",
    "Governance",
    "Guideline",
    "Rule",
    "RuleProposal",
    "Tag",
    "TagName",
    "TagRelation",
    "TagWord",
    "TaxonomyVersion",
]
