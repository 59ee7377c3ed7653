"""The header on a phone: two rows, whoever is here and whatever is due, with everything in reach of the keyboard."""

from collections.abc import Callable
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from accounts import roles
from accounts.models import Role, User
from courses.models import ReviewCard
from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.studying import reach, sign_in
from tests.courses.answering import take
from tests.courses.reviewing import let_days_pass
from tests.house import House

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(200)]
WIDTHS: Final = (320, 360, 390)
# How many rows the links and buttons of the header stand in: a row begins below the row before it.
ROWS: Final = """
  [...document.querySelectorAll(".site-header :is(a, button)")].map((one) => one.getBoundingClientRect())
    .sort((one, other) => one.top - other.top)
    .reduce(([rows, end], { top, bottom }) => [top >= end ? rows + 1 : rows, Math.max(end, bottom)], [0, -1])[0]
"""
SIDEWAYS: Final = "document.documentElement.scrollWidth - innerWidth"


def test_on_a_phone_the_header_has_two_rows_for_everyone(house: House, people: Callable[..., Person]) -> None:
    house.manage("publish")
    house.open_site()
    learner = User.objects.create_user("grace@example.com", None, name="Grace Brewster Murray Hopper")
    teacher = User.objects.create_user("emmy@example.com", None, name="Emmy")
    roles.grant_role(teacher, Role.INSTRUCTOR)
    for person in (learner, teacher):
        take(person, "images-as-tensors", right=0)
    let_days_pass(1)
    assert ReviewCard.objects.filter(learner=teacher).exists()
    for user in (None, learner, teacher):
        someone = people(width=WIDTHS[0], height=740, has_touch=True)
        page = sign_in(someone, user, house.url) if user else someone.page
        page.goto(f"{house.url}/glossary/")
        _has_two_rows(page, name=user.name if user else "")


def _has_two_rows(page: Page, *, name: str) -> None:
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(ROWS) == 2, (name, width)
        assert page.evaluate(SIDEWAYS) <= 0, (name, width)
        expect(page.get_by_role("link", name="Stride", exact=True)).to_be_in_viewport(ratio=0.9)
        if links.count() <= 5:  # someone who teaches has a page more, to which the row scrolls
            expect(links.last).to_be_in_viewport(ratio=1)
        links.first.focus()
        reach(page, links.last)
        expect(links.last).to_be_in_viewport()
        links.last.scroll_into_view_if_needed()
        expect(links.last).to_be_in_viewport(ratio=0.95)
    assert faults_found_by_axe(page) == []
