"""The class board in a real browser when things go wrong: Redis away, the server away, the instructor gone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import roles
from accounts.models import Role, User
from courses.models import Cohort, Course
from teach import enrolment
from tests.browser.conftest import Person
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(300)]
PASSWORD = "a very long password 42"
# The server looks every 5 s without a ring; the page every 5 s without a server.
LOOK_MS = 15_000


@pytest.fixture
def cohort(house: House) -> Cohort:
    """A class of the real course, and the house open."""
    house.manage("publish")
    house.open_site()
    instructor = User.objects.create_user("noether@example.com", PASSWORD, name="Emmy")
    roles.grant_role(instructor, Role.INSTRUCTOR)
    return enrolment.open_cohort(name="Algebra", course=Course.objects.get(), instructor=instructor)


@pytest.fixture
def instructor(house: House, cohort: Cohort, people: Callable[..., Person]) -> Person:
    """The instructor, looking at the live board."""
    person = people()
    page = person.page
    page.goto(f"{house.url}/accounts/login/?next=/teach/cohorts/{cohort.pk}/")
    page.get_by_label("Email").fill("noether@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("class-board")).to_have_attribute("data-state", "live")
    return person


def _joins(cohort: Cohort, name: str) -> None:
    enrolment.join(cohort, learner=User.objects.create_guest(), name=name)


def _forgive(person: Person, *words: str) -> None:
    person.wrongs[:] = [wrong for wrong in person.wrongs if not any(word in wrong for word in words)]


def _sees(page: Page, name: str) -> None:
    expect(page.get_by_role("row", name=re.compile(name))).to_be_visible(timeout=LOOK_MS)


def test_f07_without_redis_a_change_still_shows(house: House, cohort: Cohort, instructor: Person) -> None:
    house.kill("redis")
    _joins(cohort, "Sofya")
    _sees(instructor.page, "Sofya")


def test_while_the_server_is_away_the_board_says_so_and_comes_back(
    house: House, cohort: Cohort, instructor: Person
) -> None:
    house.kill("web")
    board = instructor.page.locator("class-board")
    expect(board).to_have_attribute("data-state", "away")
    expect(board.get_by_role("status")).to_contain_text("Reconnecting")
    _joins(cohort, "Sofya")
    house.need("web")
    _sees(instructor.page, "Sofya")
    expect(board).to_have_attribute("data-state", "live", timeout=30_000)
    # Browser and htmx write a line for everything that they cannot reach.
    _forgive(instructor, "ERR_CONNECTION_REFUSED", "htmx:sendError")


def test_f21_signing_out_in_another_tab_closes_the_board_and_shows_no_more(
    house: House, cohort: Cohort, instructor: Person
) -> None:
    other = instructor.second_tab()
    other.goto(f"{house.url}/teach/")
    other.get_by_role("button", name="Sign out").click()
    board = instructor.page.locator("class-board")
    expect(board).to_have_attribute("data-state", "over", timeout=30_000)
    expect(board.get_by_role("status")).to_contain_text("signed out")
    _joins(cohort, "Sofya")
    with instructor.page.expect_response(re.compile("/board/")) as answer:
        board.locator("[data-board]").dispatch_event("look")
    assert answer.value.status == 403
    expect(instructor.page.get_by_role("row", name=re.compile("Sofya"))).to_have_count(0)
    _forgive(instructor, "403")


def test_the_board_keeps_its_place_under_the_hand_that_uses_it(
    house: House, cohort: Cohort, instructor: Person
) -> None:
    _joins(cohort, "Ada")
    _sees(instructor.page, "Ada")
    instructor.page.get_by_role("button", name="Remove").focus()
    _joins(cohort, "Sofya")
    _sees(instructor.page, "Sofya")
    focused = instructor.page.evaluate("document.activeElement.id")
    assert focused == f"remove-{cohort.enrolments.order_by('pk')[0].pk}"
