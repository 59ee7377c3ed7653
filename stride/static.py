"""Static files under hashed names, the imports between ES modules rewritten to them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

VERSIONED = "vendor/pyodide-"


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Serve every static file under a name that holds its hash, so that browsers may keep it for ever.

    Python's files find each other by name and lie in a folder that holds their version instead.
    """

    support_js_module_import_aggregation = True
    # A module's name follows from those that it imports, and files come in the folder's order: read from its wrong end,
    # a chain of imports takes a pass for each of its links. Passes end when nothing changes any more.
    max_post_process_passes = 30

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[Any]:
        """Hash and compress; what has a versioned folder is compressed alone, and once: it takes a second."""
        versioned = {name for name in paths if name.startswith(VERSIONED)}
        yield from super().post_process({name: paths[name] for name in paths if name not in versioned}, **options)
        if not options.get("dry_run"):
            missing = [name for name in versioned if not self._is_compressed(name)]
            yield from ((name, compressed, True) for name, compressed in self.compress_files(missing))

    def _is_compressed(self, name: str) -> bool:
        """Whether the compressed file beside one is of the same time, as whitenoise writes it."""
        file, compressed = Path(self.path(name)), Path(f"{self.path(name)}.gz")
        return compressed.exists() and compressed.stat().st_mtime == file.stat().st_mtime
