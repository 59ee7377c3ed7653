"""Faults 18 and 19: whatever happens to the connection, a page that watches a run shows what the rows hold."""

import re
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from labs.models import Run
from labs.models.runs import State
from tests.browser.test_story import points_in_rows
from tests.house import House
from tests.labs.conftest import make_lab, submit

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(400)]
PASSWORD = "a very long password 42"


@pytest.fixture
def page(house: House, chromium: Browser) -> Iterator[Page]:
    """A page of a learner who is signed in. Connections are meant to fail here, so the console is not judged."""
    house.open_site("train", "sweeper")
    User.objects.create_user("grace@example.com", PASSWORD)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    made = context.new_page()
    made.goto(f"{house.url}/accounts/login/")
    made.get_by_label("Email").fill("grace@example.com")
    made.get_by_label("Password", exact=True).fill(PASSWORD)
    made.locator("main").get_by_role("button", name="Sign in").click()
    made.wait_for_url(re.compile(rf"{house.url}/(?!accounts)"))
    yield made
    context.close()


def test_f18_a_page_whose_server_dies_twice_shows_every_point_and_the_end(house: House, page: Page) -> None:
    run = submit(User.objects.get(), make_lab(), epochs=200)
    page.goto(f"{house.url}/runs/{run.pk}/")
    expect(page.locator("[data-state]")).to_contain_text("Training, epoch", timeout=60_000)
    for _ in range(2):
        before = len(drawn(page))
        house.kill("web")
        expect(page.locator("[data-link]")).to_contain_text("Reconnecting")
        house.need("web")
        expect(page.locator("[data-link]")).to_be_hidden(timeout=40_000)
        house.until(partial(has_more_than, page, before + 5), what="points after the server came back")
    page.get_by_role("button", name="Stop after this step").click()
    expect(page.locator("[data-state]")).to_contain_text("Stopped by you", timeout=60_000)
    assert drawn(page) == points_in_rows(str(run.pk))


def test_f01_a_page_shows_one_curve_when_the_worker_was_killed_in_mid_run(house: House, page: Page) -> None:
    run = submit(User.objects.get(), make_lab(), epochs=4)
    page.goto(f"{house.url}/runs/{run.pk}/")
    house.until(lambda: len(drawn(page)) > 50, seconds=60, what="the first epoch")
    house.kill("train")
    house.need("train")
    house.until(lambda: Run.objects.get(pk=run.pk).state == State.FINISHED, seconds=120, what="the end")
    expect(page.locator("[data-state]")).to_contain_text("Finished", timeout=60_000)
    assert drawn(page) == list(range(1, 4 * 40 + 1))
    expect(page.locator("[data-epochs] tr")).to_have_count(4)
    page.reload()
    assert drawn(page) == list(range(1, 4 * 40 + 1))


def test_the_end_of_a_run_is_told_in_the_title(house: House, page: Page) -> None:
    run = submit(User.objects.get(), make_lab(), epochs=1)
    page.goto(f"{house.url}/runs/{run.pk}/")
    expect(page).to_have_title(re.compile("^Finished"), timeout=60_000)


def has_more_than(page: Page, count: int) -> bool:
    """Whether the page has points for more than `count` steps."""
    return len(drawn(page)) > count


def drawn(page: Page) -> list[int]:
    """Return every step that the page has a point for."""
    steps: list[int] = page.evaluate("document.querySelector('live-run').points.step")
    return steps
