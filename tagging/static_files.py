"""Static files with a hash in their name, so that browsers keep them for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    # Our JavaScript is native modules: their import lines must name the hashed files too.
    support_js_module_import_aggregation = True
