"""What reviewers said of the tags that are known of gold clips."""

from __future__ import annotations

# Rows (probe, reviewer, line, exam, gold clip, tag, branch, wanted, given) of the answers in force.
MARKS = """
SELECT probe.id AS probe, probe.reviewer_id AS reviewer, clip.business_line_id AS line, probe.exam_id AS exam,
       clip.id AS gold, known.tag_id AS tag, known.branch_id AS branch, known.wanted, EXISTS (
           SELECT FROM annotation_verdict said WHERE said.review_id = answer.review_id
             AND (said.tag_id = known.tag_id AND said.choice IN ('accept', 'add')
                  OR said.replacement_id = known.tag_id)) AS given
FROM annotation_probe probe
JOIN annotation_probeanswer answer ON answer.probe_id = probe.id
JOIN annotation_goldclip clip ON clip.id = probe.gold_id
JOIN annotation_goldtag known ON known.gold_id = clip.id
WHERE NOT EXISTS (SELECT FROM annotation_review undoing WHERE undoing.undoes_id = answer.review_id)
"""
