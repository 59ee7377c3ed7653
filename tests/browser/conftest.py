"""A real Chromium for the tests: it fails a test on any console error, failed request or finding of axe."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    expect,
    sync_playwright,
)

from stride.browser import chromium as installed_chromium
from tests.browser.files import served

ROOT: Final = Path(__file__).resolve().parents[2]
# Playwright's loop owns the thread in which tests read rows; Django would take them for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
AXE: Final = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS: Final = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
]
# What a page must show, or must be ready for, within this: it says that something is missing, never that it is slow.
PATIENCE_MS: Final = 15_000
expect.set_options(timeout=PATIENCE_MS)
IDS_TWICE: Final = """
  [...document.querySelectorAll("[id]")].map(({ id }) => id).filter((id, at, all) => id && all.indexOf(id) !== at)
"""
WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Person:
    """Someone at a browser of their own; what goes wrong in their pages is kept for the end of the test."""

    context: BrowserContext
    page: Page
    wrongs: list[str] = field(default_factory=list)
    allowed_statuses: set[int] = field(default_factory=set)
    is_offline: bool = False  # whether a test has cut them off: what they ask for meanwhile fails, as it must

    def listen(self, page: Page) -> Page:
        """Keep every console error, uncaught exception and failed request of a page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrongs.append(f"{page.url}: {error}"))
        page.on("response", self._response)
        return page

    def second_tab(self) -> Page:
        """Open another tab of the same person."""
        return self.listen(self.context.new_page())

    def _console(self, message: ConsoleMessage) -> None:
        # A response that is meant to be refused also writes a line to the console.
        is_refusal = "Failed to load resource" in message.text and self.allowed_statuses
        is_lost = self.is_offline and "ERR_INTERNET_DISCONNECTED" in message.text
        # htmx tells when leaving a page cuts a request off.
        is_cut_off = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if message.type in ("error", "warning") and not (is_refusal or is_cut_off or is_lost):
            self.wrongs.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.allowed_statuses:
            self.wrongs.append(f"{response.status} {response.url}")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver: one for each file, because its event loop keeps asyncio tests from running after it."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    path = installed_chromium()
    assert path is not None, "No Chromium was found; `make test` says how to install one."
    browser = playwright.chromium.launch(executable_path=str(path), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def people(chromium: Browser) -> Iterator[Callable[..., Person]]:
    """Make people: `people(width=390, has_touch=True)`. In the end nothing may have gone wrong in their pages."""
    made: list[Person] = []

    def make(*, width: int = 1280, height: int = 900, **options: Any) -> Person:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        person = Person(context, context.new_page())
        person.listen(person.page)
        made.append(person)
        return person

    yield make
    wrongs = [wrong for person in made for wrong in person.wrongs]
    for person in made:
        person.context.close()
    assert not wrongs, "\n".join(dict.fromkeys(wrongs))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server of the repository's files, under the site's own policy."""
    with served(ROOT) as found:
        yield found


def faults_found_by_axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong with a page, one line per rule and first place.

    Ids that stand twice too: axe no longer minds, but a label then leads to the wrong field.
    """
    page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
    return [
        f"{page.url}: {item['id']}: {item['help']}: "
        f"{item['nodes'][0]['html'][:160]} {item['nodes'][0]['failureSummary']}"
        for item in found["violations"]
    ] + [f"{page.url}: the id {name!r} stands twice" for name in page.evaluate(IDS_TWICE)]
