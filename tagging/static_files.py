"""Static files with a hash in their name, so that browsers keep them for a year."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # Our JavaScript is native modules, whose import lines must name the hashed files too. It lies in js/; what third
    # parties ship is left as it is, for their minified code only looks like imports.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    keep_intermediate_files = False
