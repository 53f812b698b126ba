"""What the tests of rules are about."""

from taxonomy import names
from taxonomy.models import RuleProposal
from tests.factories import make_tag


def named(text, **kw):
    tag = make_tag(text, **kw)
    names.follow(tag)
    return tag


def make_proposal(tags, **kw):
    counts = {"sets": 200, "subject_sets": 80, "other_sets": 80, "together": 0, "expected": 32.0, "bound": 0.1}
    values = {"kind": "excludes", "subject": tags["Snow"], "other": tags["Umbrella"], "strength": 32.0}
    return RuleProposal.objects.create(**values | counts | kw)
