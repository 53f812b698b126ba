"""What was said of the tags that are known of gold clips: by reviewers, and by the model that looked at a clip last."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from annotation.agreement.weighing import SURE
from annotation.probes import bias
from tagging import statements
from taxonomy import rulebook
from taxonomy.edition import Edition

# A tag of which somebody said nothing was not asked of them: as in reviews, silence is no answer.
PEOPLE = """
SELECT clip.video_id, known.tag_id, known.wanted, probe.reviewer_id, bool_or(
           said.tag_id = known.tag_id AND said.choice IN ('accept', 'add') OR said.replacement_id = known.tag_id)
FROM annotation_goldclip clip
JOIN annotation_goldtag known ON known.gold_id = clip.id
JOIN annotation_probe probe ON probe.gold_id = clip.id
JOIN annotation_probeanswer answer ON answer.probe_id = probe.id
JOIN annotation_verdict said ON said.review_id = answer.review_id
     AND known.tag_id IN (said.tag_id, said.replacement_id)
WHERE clip.business_line_id = %(line)s
  AND NOT EXISTS (SELECT FROM annotation_review undoing WHERE undoing.undoes_id = answer.review_id)
GROUP BY clip.video_id, known.tag_id, known.wanted, probe.reviewer_id
"""
MODEL = """
SELECT clip.video_id, known.tag_id, known.wanted, proposed.confidence
FROM annotation_goldclip clip
JOIN annotation_goldtag known ON known.gold_id = clip.id
JOIN LATERAL (SELECT id FROM tagging_suggestionset WHERE video_id = clip.video_id
              ORDER BY created_at DESC, id DESC LIMIT 1) seen ON true
JOIN tagging_suggestion proposed ON proposed.suggestion_set_id = seen.id AND proposed.tag_id = known.tag_id
WHERE clip.business_line_id = %(line)s
"""


@dataclass(frozen=True)
class GoldAnswers:
    """(video, tag) -> whether it is there; and of such tags (video, tag, who, yes), where no one is the model."""

    known: dict[tuple[int, int], bool] = field(default_factory=dict)
    rows: list[tuple[int, int, int | None, bool]] = field(default_factory=list)

    def checksum(self, independence: float) -> int:
        """Of all that skills are learned from besides reviews: other answers, another checksum."""
        told = sorted(self.known.items()), sorted(map(str, self.rows)), round(independence, 2)
        return int.from_bytes(blake2b(repr(told).encode(), digest_size=8).digest(), signed=True)


NOTHING = GoldAnswers()


def read(line: int, edition: Edition) -> GoldAnswers:
    """Of a line, retired clips too. Two statements. Tags that were merged are followed."""
    told = [(*row[:3], row[3], row[4]) for row in statements.rows(PEOPLE, {"line": line})]
    told += [(*row[:3], None, row[3] >= SURE) for row in statements.rows(MODEL, {"line": line})]
    heirs = rulebook.successors({row[1] for row in told}, edition, line)
    found = GoldAnswers()
    for video, tag, wanted, who, yes in told:
        if tag in heirs:
            found.known[video, heirs[tag]] = wanted
            found.rows.append((video, heirs[tag], who, yes))
    return found


def independence(line: int) -> float:
    """How far reviewers judge by themselves what the model says, 0 to 1: less the share of seeded tags that they took
    over and of left-out ones that they missed. Before anything was seeded it is believed that one in five is.
    """
    shares = [share for found in bias.by_reviewer([line]).values() for share in (found.accepted, found.missed)]
    hits, tries = sum(share.hits for share in shares), sum(share.tries for share in shares)
    return 1 - (hits + 1) / (tries + 5)
