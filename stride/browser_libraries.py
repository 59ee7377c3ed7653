"""Serve what npm brought as browsers can load it: ES modules by own addresses, Python's files under their version.

CodeMirror comes as one ES module per package, and these import each other by package name, which only a bundler or an
import map (an inline script, which the site's policy refuses) resolves. The finder here serves each package's module
as `vendor/editor/NAME.js` with the names replaced by addresses, and nothing else of it (docs/decisions/0017).
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

EDITOR_PACKAGES = (
    "@codemirror/commands",
    "@codemirror/lang-python",
    "@codemirror/language",
    "@codemirror/state",
    "@codemirror/view",
    "@lezer/highlight",
)
PYTHON_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
EDITOR_FOLDER = "vendor/editor"
# Of our own, but for the learner's browser too: what tries a learner's code.
HARNESS = "js/exercise/harness.py"
# `import {...} from "package"` and `export {...} from "package"`, each a statement of its own.
_IMPORT = re.compile(r"""^((?:import|export)\b[^'"\n]*?\bfrom\s*)(['"])([^'"./][^'"]*)\2""", re.MULTILINE)


def with_addresses(module: str) -> str:
    """Return a module that imports other packages by address.

    >>> with_addresses("import { tags } from '@lezer/highlight';")
    "import { tags } from './lezer-highlight.js';"
    """
    return _IMPORT.sub(lambda found: f"{found[1]}{found[2]}./{module_name(found[3])}{found[2]}", module)


def module_name(package: str) -> str:
    """Return the file name under which a package's module is served."""
    return f"{package.removeprefix('@').replace('/', '-')}.js"


def python_folder() -> str:
    """Return the folder, under the static files, in which Python lies: a new version has a new address."""
    return f"vendor/pyodide-{_package('pyodide')['version']}"


@cache
def library_files() -> dict[str, Path]:
    """Return what is served under which name. Empty where npm's packages are not installed."""
    modules = Path(settings.BASE_DIR, "node_modules")
    if not (modules / "pyodide").exists():
        return {}
    editor = {
        f"{EDITOR_FOLDER}/{module_name(name)}": modules / name / _package(name)["exports"]["import"]
        for name in _with_dependencies(EDITOR_PACKAGES)
    }
    python = {f"{python_folder()}/{name}": modules / "pyodide" / name for name in PYTHON_FILES}
    return editor | python | {HARNESS: Path(settings.BASE_DIR, "courses", "exercises", "harness.py")}


def _with_dependencies(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _package(name).get("dependencies", {})
    return found


def _package(name: str) -> dict[str, Any]:
    return dict(json.loads(Path(settings.BASE_DIR, "node_modules", name, "package.json").read_text(encoding="utf-8")))


class LibraryStorage(FileSystemStorage):
    """Reads a served name from where npm put it."""

    def path(self, name: str) -> str:
        """Return where a file lies."""
        return str(library_files()[name])

    def open(self, name: str, mode: str = "rb") -> "File[Any]":
        """Open a file; a module of the editor with addresses for the names of packages."""
        if not name.startswith(f"{EDITOR_FOLDER}/"):
            return super().open(name, mode)
        return ContentFile(with_addresses(Path(self.path(name)).read_text(encoding="utf-8")).encode(), name)


class LibraryFinder(BaseFinder):
    """Tells collectstatic of the browser libraries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = LibraryStorage(location=settings.BASE_DIR)

    def check(self, **kwargs: Any) -> list[Any]:
        """Find nothing wrong with the settings: there are none."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where a file lies; an empty list when it is none of these."""
        found = library_files().get(path)
        return [] if found is None else [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every file with the storage that reads it."""
        for name in library_files():
            yield name, self.storage
