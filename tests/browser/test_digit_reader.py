"""The front page's drawing box reads a digit in the page: at the first touch, as it is drawn, and offline."""

from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Person, faults_found_by_axe
from tests.browser.files import POLICY
from tests.browser.pictures import SEVEN, THREE, draw_with_mouse

pytestmark = [
    pytest.mark.browser,
]

People = Callable[..., Person]
SHEETS = ("tokens", "base", "layout", "forms")


def reader(person: Person, address: str) -> Locator:
    """Open a page that holds the front page's own drawing box and nothing else."""
    links = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in SHEETS)
    links += '<link rel="icon" href="data:,">'
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Reader</title>{links}'
    box = f'<main class="page"><h1>Draw</h1>{render_to_string("inference/_reader.html")}</main>'
    page = f'<!doctype html><html lang="en"><head>{head}</head><body>{box}</body></html>'

    def answer(route: Route) -> None:
        route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": POLICY})

    person.page.route(f"{address}/draw", answer)
    person.page.goto(f"{address}/draw")
    return person.page.locator("digit-reader")


def verdict(box: Locator) -> Locator:
    return box.locator("[data-verdict]")


def test_a_drawn_seven_and_three_are_read(people: People, address: str) -> None:
    person = people()
    box = reader(person, address)
    for strokes, digit in ((SEVEN, "7"), (THREE, "3")):
        draw_with_mouse(person.page, strokes)
        expect(verdict(box)).to_contain_text(f"It reads a {digit}")
        expect(box.locator("[data-shares] > [data-first]")).to_contain_text(digit)
        box.get_by_role("button", name="Clear").click()
        expect(verdict(box)).to_have_text("Draw a digit, and see what it reads.")


def test_nothing_is_fetched_before_the_first_touch_and_nothing_after(people: People, address: str) -> None:
    person = people()
    box = reader(person, address)
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url))
    expect(verdict(box)).to_be_visible()
    assert asked == []
    box.get_by_role("button", name="Draw a 4").click()
    expect(verdict(box)).to_contain_text("It reads a")
    assert any(url.endswith("digit-reader.safetensors") for url in asked)
    asked.clear()
    person.is_offline = True
    person.context.set_offline(True)
    draw_with_mouse(person.page, SEVEN)
    expect(box.locator("[data-about]")).to_contain_text("parameters and runs in this page")
    box.get_by_role("button", name="Clear").click()
    draw_with_mouse(person.page, SEVEN)
    expect(verdict(box)).to_contain_text("It reads a 7")
    assert asked == []


def test_every_sample_is_read_as_what_it_is_drawn_for(people: People, address: str) -> None:
    box = reader(people(), address)
    for digit in "0123456789":
        sample = box.get_by_role("button", name=f"Draw a {digit}")
        sample.focus()
        sample.press("Enter")
        expect(verdict(box)).to_contain_text(f"It reads a {digit}")


def test_without_the_weights_it_says_so_and_tries_again(people: People, address: str) -> None:
    person = people()
    person.allowed_statuses.add(503)
    box = reader(person, address)
    person.page.route("**/digit-reader.safetensors", lambda route: route.fulfill(status=503))
    box.get_by_role("button", name="Draw a 3").click()
    expect(verdict(box)).to_contain_text("could not be fetched")
    person.page.unroute("**/digit-reader.safetensors")
    box.get_by_role("button", name="Draw a 3").click()
    expect(verdict(box)).to_contain_text("It reads a 3")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(people: People, address: str, theme: str, width: int) -> None:
    person = people(width=width, color_scheme=theme)
    box = reader(person, address)
    box.get_by_role("button", name="Draw a 8").click()
    expect(verdict(box)).to_contain_text("It reads a")
    assert faults_found_by_axe(person.page) == []
    assert person.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
