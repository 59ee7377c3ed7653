"""Static files under hashed names, the imports between ES modules rewritten to them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Serve every static file under a name that holds its hash, so that browsers may keep it for ever."""

    support_js_module_import_aggregation = True
