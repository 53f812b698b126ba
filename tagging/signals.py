"""What the apps above may listen to. Each signal is sent inside the transaction it tells about."""

from django.dispatch import Signal

# Videos came in with tags. Arguments: import_ (tagging.models.Import). The pairs lie in the temporary table
# `imported_tags (video_id bigint, tag_id bigint)`, which lasts until the end of the transaction: read it set-based.
imported = Signal()

# Videos got suggestions. Arguments: outcomes (by video, tagging.outcomes.Outcome), model_version (ModelVersion),
# taxonomy_version (TaxonomyVersion). Tags that a line takes without a person are in VideoTag (source "auto") by then.
suggested = Signal()
