"""The real site for a benchmark: web, workers and Redis on a database of its own, and a Chromium to look at it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.house import House

ROOT: Final = Path(__file__).resolve().parents[1]


def prepare() -> None:
    """Point Django at an empty data folder; the first thing that a benchmark does, once per process."""
    if "STRIDE_BENCH" in os.environ:
        return
    os.environ |= {"STRIDE_MODE": "test", "STRIDE_DATA": tempfile.mkdtemp(prefix="stride-bench-"), "STRIDE_BENCH": "1"}
    # Playwright's loop owns the thread that reads the rows.
    os.environ |= {"DJANGO_SETTINGS_MODULE": "stride.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


@contextmanager
def opened(*services: str, environment: dict[str, str] | None = None) -> "Iterator[House]":
    """Publish the course and start the named services beside Redis and the web; all end with the block."""
    prepare()
    from tests.house import House

    house = House(environment=environment)
    try:
        house.manage("migrate", "-v0")
        house.manage("publish")
        house.open_site(*services)
        yield house
    finally:
        house.close()


@contextmanager
def browser() -> Iterator[Any]:
    """Start a Chromium as the tests do."""
    from playwright.sync_api import sync_playwright

    from stride.browser import chromium

    with sync_playwright() as driver:
        yield driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
