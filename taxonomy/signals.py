"""What the apps above may listen to. The signal is sent inside the transaction it tells about."""

from django.dispatch import Signal

# The next version was published. Arguments: version (TaxonomyVersion), mapping (taxonomy.mappings.TagMapping: what
# became of the tags of the version before), change_set (ChangeSet). The live tables are the new version by then. It is
# the last thing before the commit: what receivers lock is locked for their own time only.
published = Signal()
