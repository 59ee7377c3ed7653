"""Every page of the labs as it is shown: small, still, never wider than its window, without a finding of axe."""

import gzip
import re
from collections.abc import Callable
from functools import partial
from typing import Final

import pytest
from playwright.sync_api import Page, TimeoutError

from accounts.models import User
from labs import continuing
from labs.models import Run
from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.test_run_page import LEARNER, WATCH, all_ended
from tests.browser.test_story import PASSWORD, signs_in
from tests.house import House
from tests.labs.conftest import make_lab, submit

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(400)]
People = Callable[..., Person]

BUDGET_BYTES: Final = 120 * 1024
MOST_SHIFT: Final = 0.02
# A phone, the smallest width of all, a page at 200 %, a desk, a projector.
WIDTHS: Final = (360, 320, 640, 1280, 1920)
STICKING_OUT: Final = """
  [...document.querySelectorAll("main *, header *")]
    .filter((one) => !one.closest(".table-scroll") && one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`).slice(0, 12)
"""
KEEP_SHIFTS: Final = """
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const names = entry.sources.map(({ node }) => node?.className || node?.nodeName);
      if (!entry.hadRecentInput) window.shifts.push([entry.value, names.join(", ")]);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""


def test_every_page_of_a_lab_is_small_still_and_accessible(house: House, people: People) -> None:
    house.open_site("train", "infer", "sweeper")
    learner, lab = User.objects.create_user(LEARNER, PASSWORD), make_lab()
    runs = [submit(learner, lab, epochs=2, seed=seed, watch=WATCH) for seed in (0, 1)]
    group = continuing.sweep(owner=learner, lab=lab, fields={"epochs": 1}, field="seed", values=[2, 3])
    house.until(partial(all_ended, [*runs, *group.runs.all()]), seconds=120, what="four short runs")
    desk = people()
    signs_in(desk.page, house, LEARNER)
    state = desk.context.storage_state()
    for address in [*_addresses(house, runs), f"{house.url}/groups/{group.pk}/"]:
        seen = people(storage_state=state)
        _is_small_and_still(seen.page, address)
        for scheme in ("light", "dark"):
            _fits_and_is_accessible(seen.page, scheme)
        seen.context.close()


def _addresses(house: House, runs: list[Run]) -> list[str]:
    chosen = "&".join(f"run={run.pk}" for run in runs)
    paths = [
        "labs/",
        "labs/free/",
        "labs/free/build/?arch=resnet20",
        "runs/",
        f"runs/{runs[0].pk}/",
        f"runs/compare/?{chosen}",
        "runs/compare/",
        f"runs/{runs[0].pk}/download/onnx/",
        "me/",
    ]
    return [f"{house.url}/{path}" for path in paths]


def _is_small_and_still(page: Page, address: str) -> None:
    """Script and style of a first visit are within the budget, and nothing jumps while the page comes."""
    came: set[str] = set()
    page.on("response", lambda response: came.add(response.url))
    page.add_init_script(KEEP_SHIFTS)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    height = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 400):
        page.evaluate("top => window.scrollTo(0, top)", top)
    page.wait_for_load_state("networkidle")
    files = [url for url in came if re.search(r"\.(js|css)(\?|$)", url)]
    sizes = {url: len(gzip.compress(page.request.get(url).body())) for url in files}
    assert sum(sizes.values()) <= BUDGET_BYTES, f"{address}: {sizes}"
    shifts = page.evaluate("window.shifts")
    assert sum(value for value, _ in shifts) < MOST_SHIFT, f"{address}: {shifts}"


def _fits_and_is_accessible(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if width in (360, 1280):
            assert faults_found_by_axe(page) == []
        try:
            # A chart follows its column in the frame after.
            page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width, timeout=5_000)
        except TimeoutError:
            wide = page.evaluate("document.documentElement.scrollWidth")
            said = f"{page.url} is {wide} wide in a window of {width}: {page.evaluate(STICKING_OUT)}"
            raise AssertionError(said) from None
