"""Which claims bring a gold clip and which become probes: a keyed hash decides, in the statement that claims."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from annotation.models import GOLD_SLOT
from annotation.probes import lots
from annotation.probes.rates import TARGET

SURE = 0.75  # from here a proposed tag counts as right enough to be left out
LIKELY, SUREST = 0.5, 0.97  # so sure is a suggestion that is seeded elsewhere
QUALIFY_CLIPS = 5  # where the line has no policy
DONORS = 300  # suggestions looked through for one to seed

_LOT = lots.statement("probe", "claimed.id", "%(reviewer)s")
_PLACE = lots.statement("place", "claimed.id", "%(reviewer)s")

# A wrong tag is one that the model proposed for another clip, with as much certainty as it has here for right ones: for
# a clip that looks like this one, else for any. It comes without words, faces and relations, which are the other
# clip's own. What is said of this clip by the model or by people, and what lies above or below that, might be right; so
# might open tags, which say of many clips what is hard to deny: they come after categories.
_WRONG = f"""
    SELECT donor.tag_id, jsonb_build_array(donor.confidence, donor.recallers, donor.evidence) AS shown
    FROM (
        SELECT said.*, 0 AS far FROM tagging_suggestionset made JOIN tagging_suggestion said
            ON said.suggestion_set_id = made.id
        WHERE made.model_version_id = drawn.model_version_id AND made.video_id IN (
            SELECT jsonb_path_query(evidence, '$.similar[0 to 4]')::bigint FROM tagging_suggestion
            WHERE suggestion_set_id = drawn.suggestion_set)
        UNION ALL
        (SELECT said.*, 1 AS far FROM tagging_suggestion said
         WHERE said.id >= (drawn.place * (SELECT max(id) FROM tagging_suggestion))::bigint
         ORDER BY said.id LIMIT {DONORS})
    ) donor
    JOIN tagging_suggestionset its ON its.id = donor.suggestion_set_id
    JOIN taxonomy_tag tag ON tag.id = donor.tag_id
    WHERE drawn.kind = 'wrong' AND its.model_version_id = drawn.model_version_id AND its.video_id <> drawn.video_id
      AND donor.consistent AND donor.confidence BETWEEN {LIKELY} AND {SUREST}
      AND tag.state = 'active' AND tag.assignable
      AND coalesce(donor.evidence -> 'spans', '[]') = '[]' AND NOT donor.evidence ?| ARRAY['region', 'path']
      AND (donor.evidence ? 'windows') = EXISTS (
          SELECT FROM tagging_suggestion own
          WHERE own.suggestion_set_id = drawn.suggestion_set AND own.evidence ? 'windows')
      AND (jsonb_typeof(donor.evidence -> 'moment') IS DISTINCT FROM 'array' OR EXISTS (
          SELECT FROM tagging_video video WHERE video.id = drawn.video_id AND video.media_id IS NOT NULL))
      AND NOT EXISTS (
          SELECT FROM taxonomy_tag known WHERE known.id IN (
              SELECT own.tag_id FROM tagging_suggestion own WHERE own.suggestion_set_id = drawn.suggestion_set
              UNION ALL SELECT given.tag_id FROM tagging_videotag given WHERE given.video_id = drawn.video_id)
          AND (known.id IN (donor.tag_id, tag.parent_id) OR known.parent_id = donor.tag_id))
    ORDER BY donor.far, tag.kind <> 'category', sha256(convert_to(%(key)s::text || donor.id, 'UTF8'))
    LIMIT 1
"""  # noqa: S608  # constants
_MISSING = f"""
    SELECT own.tag_id, NULL::jsonb AS shown FROM tagging_suggestion own
    WHERE drawn.kind = 'missing' AND own.suggestion_set_id = drawn.suggestion_set
      AND own.consistent AND own.confidence >= {SURE}
      AND EXISTS (SELECT FROM tagging_suggestion other WHERE other.suggestion_set_id = own.suggestion_set_id
                  AND other.id <> own.id AND other.consistent AND other.confidence >= {LIKELY})
    ORDER BY sha256(convert_to(%(key)s::text || own.id, 'UTF8'))
    LIMIT 1
"""  # noqa: S608  # constants
_BLIND = """
    SELECT NULL::bigint AS tag_id, NULL::jsonb AS shown
    WHERE drawn.kind = 'blind'
      AND EXISTS (SELECT FROM tagging_suggestion own WHERE own.suggestion_set_id = drawn.suggestion_set)
"""
# Whether the line is shut to this person until they qualify, and the exam in which they are to get another clip.
GATE = f"""
gate AS (
    SELECT *, shut AND held.n < %(limit)s AND exam.clips > exam.out AS examined FROM (
        SELECT coalesce(policy.gold_least, 1.0) AS least, coalesce(policy.gold_most, 8.0) AS most,
               coalesce(policy.qualify_clips, {QUALIFY_CLIPS}) > 0
               AND (SELECT count(*) FROM annotation_goldclip
                    WHERE business_line_id = %(line)s AND retired_at IS NULL)
                   >= coalesce(policy.qualify_clips, {QUALIFY_CLIPS})
               AND NOT EXISTS (SELECT FROM annotation_qualification WHERE person_id = %(reviewer)s
                               AND business_line_id = %(line)s AND state <> 'revoked') AS shut
        FROM (SELECT %(line)s AS line) asked LEFT JOIN annotation_trustpolicy policy ON policy.business_line_id = line
    ) terms
    CROSS JOIN LATERAL (
        SELECT count(*) AS had FROM annotation_probe probe JOIN annotation_reviewtask task ON task.id = probe.task_id
        WHERE probe.reviewer_id = %(reviewer)s AND probe.kind = 'gold' AND task.reviewer_id = %(reviewer)s
          AND (task.state <> 'claimed' OR task.lease_until >= now())) gold
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM annotation_reviewtask
                        WHERE reviewer_id = %(reviewer)s AND state = 'claimed' AND lease_until >= now()) held
    LEFT JOIN LATERAL (
        SELECT id AS exam, clips, (
            SELECT count(*) FROM annotation_probe probe JOIN annotation_reviewtask task ON task.id = probe.task_id
            WHERE probe.exam_id = open.id AND task.reviewer_id = probe.reviewer_id
              AND (task.state = 'done' OR task.state = 'claimed' AND task.lease_until >= now())) AS out
        FROM annotation_exam open
        WHERE person_id = %(reviewer)s AND business_line_id = %(line)s AND finished_at IS NULL
    ) exam ON shut
)
"""  # noqa: S608  # constants
# The model that looked at a clip last.
_MODEL = """
SELECT model_version_id FROM tagging_suggestionset WHERE video_id = {} ORDER BY created_at DESC, id DESC LIMIT 1
"""
# A gold clip in the place of the most urgent task (`urgent`), which goes on waiting. Each clip that this person has
# not had has its share of the lots: its branch's rate, over the number of clips. A slot that was made beforehand is
# used, so that its number is like any other; and the model that proposes is the same. A clip whose lease ran out stays
# this person's, for nobody else takes it. One that was given back comes again for the same task, as that task would:
# what counts for the lots (`had`) is what this person holds or has done.
_PRIOR = f"gate.least + (gate.most - gate.least) * {TARGET}"
GOLD = f"""
turn AS (
    SELECT clip.*, sum(rate) OVER (ORDER BY place, clip.id) AS upto, count(*) OVER () AS clips
    FROM (
        SELECT gold.id, gold.video_id, {lots.statement("order", "gold.id", "%(reviewer)s")} AS place,
               (SELECT max(coalesce(trust.rate, {_PRIOR})) FROM annotation_goldtag known
                LEFT JOIN annotation_trust trust ON trust.reviewer_id = %(reviewer)s
                    AND trust.business_line_id = %(line)s AND trust.branch_id IS NOT DISTINCT FROM known.branch_id
                WHERE known.gold_id = gold.id) AS rate
        FROM annotation_goldclip gold CROSS JOIN gate
        WHERE gold.business_line_id = %(line)s AND gold.retired_at IS NULL AND NOT EXISTS (
            SELECT FROM annotation_reviewtask had WHERE had.video_id = gold.video_id
              AND had.business_line_id = %(line)s AND %(reviewer)s IN (had.reviewer_id, had.assignee_id)
              AND NOT (had.slot >= {GOLD_SLOT} AND had.state = 'claimed' AND had.lease_until < now()))
          AND (gate.shut OR ({_MODEL.format("gold.video_id")})
               IS NOT DISTINCT FROM ({_MODEL.format("(SELECT video_id FROM urgent)")}))
    ) clip
), gold AS (
    SELECT turn.id AS gold, CASE WHEN gate.examined THEN gate.exam END AS exam, spare.id AS task
    FROM gate
    CROSS JOIN LATERAL (SELECT {lots.statement("gold", "(SELECT id FROM urgent)", "%(reviewer)s", "gate.had")} * 100
                        AS lot) chance
    JOIN turn ON CASE WHEN gate.shut THEN gate.examined
                      ELSE chance.lot * turn.clips >= turn.upto - turn.rate AND chance.lot * turn.clips < turn.upto END
    CROSS JOIN LATERAL (
        SELECT task.id FROM annotation_reviewtask task
        WHERE task.business_line_id = %(line)s AND task.video_id = turn.video_id AND task.slot >= {GOLD_SLOT}
          AND (task.state = 'spare' OR task.state = 'claimed' AND task.reviewer_id = %(reviewer)s)
          AND task.id <> ALL(%(leave)s)
        ORDER BY task.state, task.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) spare
    ORDER BY turn.place LIMIT 1
)
"""  # noqa: S608  # constants
# A gold clip that a colleague handed on stands among the urgent ones.
KNOWN = f"""
known AS (
    INSERT INTO annotation_probe (task_id, reviewer_id, kind, gold_id, exam_id)
    SELECT gold.task, %(reviewer)s, 'gold', gold.gold, gold.exam FROM gold
    UNION ALL
    SELECT task.id, %(reviewer)s, 'gold', former.gold_id, NULL
    FROM annotation_reviewtask task JOIN LATERAL (
        SELECT gold_id FROM annotation_probe WHERE task_id = task.id AND kind = 'gold' ORDER BY id LIMIT 1
    ) former ON true
    WHERE task.id = (SELECT id FROM urgent) AND task.slot >= {GOLD_SLOT} AND NOT EXISTS (SELECT FROM gold)
    ON CONFLICT (task_id, reviewer_id) DO UPDATE SET exam_id = excluded.exam_id
)
"""  # noqa: S608  # constants
# To follow `WITH claimed AS (...)`, one claimed task. A task that was reviewed before shows that review, so it stays as
# it is; so does the audit slice, over which the models are measured.
PROBE = f"""
drawn AS (
    SELECT claimed.id, claimed.video_id, seen.id AS suggestion_set, seen.model_version_id, {_PLACE} AS place,
           CASE WHEN chance.lot < share.blind THEN 'blind'
                WHEN chance.lot < share.blind + share.wrong THEN 'wrong' ELSE 'missing' END AS kind
    FROM claimed
    LEFT JOIN annotation_trustpolicy policy ON policy.business_line_id = claimed.business_line_id
    CROSS JOIN LATERAL (SELECT {_LOT} * 100 AS lot) chance
    CROSS JOIN LATERAL (SELECT coalesce(policy.blind, %(probes)s) AS blind, coalesce(policy.wrong, %(probes)s) AS wrong,
                               coalesce(policy.missing, %(probes)s) AS missing) share
    CROSS JOIN LATERAL (
        SELECT id, model_version_id FROM tagging_suggestionset
        WHERE video_id = claimed.video_id ORDER BY created_at DESC, id DESC LIMIT 1
    ) seen
    WHERE chance.lot < share.blind + share.wrong + share.missing
      AND claimed.current_review_id IS NULL AND NOT claimed.audit AND claimed.slot < {GOLD_SLOT}
      AND NOT EXISTS (SELECT FROM annotation_cliplook looked
                      WHERE looked.video_id = claimed.video_id AND looked.reviewer_id = %(reviewer)s)
), probe AS (
    INSERT INTO annotation_probe (task_id, reviewer_id, kind, tag_id, shown)
    SELECT drawn.id, %(reviewer)s, drawn.kind, chosen.tag_id, chosen.shown
    FROM drawn CROSS JOIN LATERAL (({_BLIND}) UNION ALL ({_WRONG}) UNION ALL ({_MISSING})) chosen
    ON CONFLICT (task_id, reviewer_id) DO NOTHING
)
"""  # noqa: S608  # constants


def values() -> dict[str, Any]:
    """What `PROBE` needs beside the reviewer."""
    return {"key": key(), "probes": settings.PROBE_PERCENT / 3}


@cache
def key() -> str:
    """The secret of this installation's draws."""
    return salted_hmac("annotation.probes", "", algorithm="sha256").hexdigest()
