"""npm's modules under own addresses: no bare import is left, Python's files lie under their version."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.test import Client

from stride import static_rules
from stride.browser_libraries import LibraryFinder, library_files, python_folder, with_addresses

BARE = re.compile(r"""^(?:import|export)\b[^'"\n]*?from\s*['"](?!\./)""", re.MULTILINE)


def served() -> dict[str, str]:
    """Return every JavaScript module as a browser gets it."""
    found: dict[str, str] = {}
    for name, storage in LibraryFinder().list(None):
        assert isinstance(storage, FileSystemStorage)
        if name.endswith(".js"):
            found[name] = storage.open(name).read().decode()
    return found


def test_every_import_of_the_editor_leads_to_a_file_that_is_served() -> None:
    modules = served()
    assert "vendor/editor/codemirror-view.js" in modules
    for name, text in modules.items():
        assert not BARE.search(text), name
        for address in re.findall(r"""^(?:import|export)\b[^'"\n]*?from\s*['"](\./[^'"]+)""", text, re.MULTILINE):
            assert f"vendor/editor/{address.removeprefix('./')}" in modules, (name, address)


def test_a_relative_import_and_a_word_in_a_text_are_left_alone() -> None:
    text = "import { a } from './a.js';\nconst said = \"import it from 'somewhere'\";\n"
    assert with_addresses(text) == text


def test_what_our_modules_import_from_the_editor_is_there() -> None:
    text = Path(finders.find("js/exercise/editor.js") or "").read_text()
    named = re.findall(r'"\.\./\.\./(vendor/[^"]+)"', text)
    assert len(named) == 6
    assert set(named) <= set(library_files())


def test_python_lies_under_its_version_and_is_kept_for_ever() -> None:
    assert finders.find(f"{python_folder()}/pyodide.asm.wasm")
    assert re.search(static_rules.NEVER_CHANGES, f"/static/{python_folder()}/pyodide.asm.wasm")
    assert re.search(static_rules.NEVER_CHANGES, "/static/js/terms.0123456789ab.js")
    assert not re.search(static_rules.NEVER_CHANGES, "/static/js/terms.js")


def test_only_the_script_that_runs_python_gets_a_policy_of_its_own() -> None:
    for url, gets_one in (("/static/js/exercise/python-worker.0123456789ab.js", True), ("/static/js/terms.js", False)):
        headers: dict[str, str] = {}
        static_rules.add_headers(headers, "", url)
        assert ("Content-Security-Policy" in headers) is gets_one


def test_no_page_without_an_exercise_may_compile(client: Client, db: None) -> None:
    assert "wasm-unsafe-eval" not in client.get("/glossary/").headers["Content-Security-Policy"]
