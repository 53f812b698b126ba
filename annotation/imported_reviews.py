"""Tags that came with an import are reviews too, by a reviewer with a name of their own."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection

from taxonomy.models import BusinessLine, TaxonomyVersion

REVIEWER = "import"

# Reads the temporary table imported_tags (video_id, tag_id) and writes everything with one statement. The reviews'
# ids are drawn first, because a task names its review and the review its task. Keys are checked at the end of the
# transaction, so the order of the parts does not matter.
RECORD = """
WITH tags AS (
    SELECT DISTINCT video_id, tag_id FROM imported_tags
), task AS (
    INSERT INTO annotation_reviewtask
        (video_id, business_line_id, slot, why, state, reviewer_id, done_at, current_review_id)
    SELECT video_id, %(line)s, 1, '{}', 'done', %(reviewer)s, now(),
           nextval(pg_get_serial_sequence('annotation_review', 'id'))
    FROM (SELECT DISTINCT video_id FROM tags) AS videos ORDER BY video_id
    ON CONFLICT DO NOTHING
    RETURNING id, video_id, current_review_id
), review AS (
    INSERT INTO annotation_review (id, task_id, reviewer_id, kind, operation, taxonomy_version_id)
    SELECT current_review_id, id, %(reviewer)s, 'import', gen_random_uuid(), %(taxonomy)s FROM task
), verdict AS (
    INSERT INTO annotation_verdict (review_id, tag_id, choice)
    SELECT task.current_review_id, tags.tag_id, 'add' FROM task JOIN tags USING (video_id)
), given AS (
    INSERT INTO tagging_videotag (video_id, business_line_id, tag_id, source)
    SELECT video_id, %(line)s, tags.tag_id, 'import' FROM task JOIN tags USING (video_id)
    ON CONFLICT DO NOTHING
)
UPDATE tagging_video SET reviewed_at = now() FROM task WHERE tagging_video.id = task.video_id AND reviewed_at IS NULL
"""


def record(line: BusinessLine) -> None:
    """Make the rows of the temporary table `imported_tags` reviews for this business line.

    A video that has a task already keeps it: people's work comes before what a file says.
    """
    reviewer, _created = User.objects.get_or_create(username=REVIEWER, defaults={"password": "!", "is_active": False})
    taxonomy = TaxonomyVersion.objects.only("pk").latest("number")
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {"line": line.pk, "reviewer": reviewer.pk, "taxonomy": taxonomy.pk})
