"""The softmax explorer and the graphs that are stepped backwards do their job by mouse, finger and keys."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets_loss.html"
People = Callable[..., Person]


def opened(person: Person, address: str, state: str = "") -> Page:
    person.page.goto(address + PAGE + state)
    return person.page


def explorer(page: Page) -> Locator:
    found = page.locator("softmax-explorer")
    found.scroll_into_view_if_needed()
    return found


def row(page: Page, name: str) -> Locator:
    return explorer(page).locator(".w-softmax__row").filter(has=page.get_by_role("radio", name=name))


def graph(page: Page, name: str) -> Locator:
    found = page.locator(f"backprop-graph[graph={name}]")
    found.scroll_into_view_if_needed()
    return found


def test_a_logit_moved_by_keys_changes_probability_loss_and_slope(people: People, address: str) -> None:
    page = opened(people(), address)
    expect(explorer(page).locator(".w-softmax__loss")).to_have_text("loss = −log 0.6439 = 0.440")
    explorer(page).get_by_label("logit of dog", exact=True).focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(row(page, "dog").locator(".w-softmax__share .numeric")).to_have_text("0.4576")
    expect(row(page, "cat").locator(".w-softmax__slope .numeric")).to_have_text("−0.5424")
    expect(explorer(page).locator("[aria-live]")).to_contain_text("dog 45.8 percent")
    page.wait_for_url("**#softmax=2,2,0,-1:0:1.000")


def test_another_right_class_makes_another_loss(people: People, address: str) -> None:
    page = opened(people(), address)
    explorer(page).get_by_role("radio", name="owl").check()
    expect(explorer(page).locator(".w-softmax__loss")).to_have_text("loss = −log 0.032059 = 3.440")
    expect(explorer(page)).to_contain_text(
        "The network says cat, and is not sure, and it is wrong: the image shows an owl."
    )


def test_adding_to_all_changes_nothing_but_breaks_the_formula_as_written(people: People, address: str) -> None:
    page = opened(people(), address)
    before = explorer(page).locator(".w-softmax__loss").inner_text()
    explorer(page).get_by_role("button", name="Add 100 to every logit").click()
    expect(explorer(page).locator(".w-softmax__loss")).to_have_text(before)
    table = explorer(page).locator(".w-softmax__overflow")
    expect(table.get_by_role("row", name="cat")).to_contain_text("infnan")
    expect(table).to_contain_text("infinite divided by infinite is not a number")


def test_a_shared_address_brings_logits_target_and_temperature_back(people: People, address: str) -> None:
    page = opened(people(), address, "#softmax=0,12,1,-1:1:0.500")
    expect(explorer(page).get_by_role("radio", name="dog")).to_be_checked()
    expect(explorer(page).get_by_label("logit of dog, as a number")).to_have_value("12")
    expect(explorer(page).get_by_text("T = ")).to_have_text("T = 0.50")
    expect(explorer(page).get_by_text("slope (p − y) / T")).to_be_visible()
    explorer(page).get_by_role("button", name="Add 100 to every logit").click()
    explorer(page).get_by_label("temperature").fill("0")
    expect(explorer(page).get_by_text("slope p − y")).to_be_visible()


@pytest.mark.parametrize("state", ["#softmax=1,2", "#softmax=a,b,c,d:9:0", "#softmax=1e9,0,0,0:0:1"])
def test_a_broken_address_is_ignored(people: People, address: str, state: str) -> None:
    page = opened(people(), address, state)
    expect(explorer(page).locator(".w-softmax__loss")).to_have_text("loss = −log 0.6439 = 0.440")


def test_the_unit_is_walked_there_and_back_by_keys_alone(people: People, address: str) -> None:
    page = opened(people(), address)
    unit = graph(page, "unit")
    unit.get_by_role("group", name="Steps through one unit").focus()
    page.keyboard.press("ArrowRight")
    expect(unit.locator(".w-formula")).to_have_text("p₁ = w₁ · x₁ = 0.5 · 2 = 1")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(unit.locator(".w-formula")).to_have_text("∂L/∂a = 2 · (a − t) = 2 · (2.5 − 1) = 3")
    page.keyboard.press("End")
    expect(unit.locator(".w-formula")).to_contain_text("∂L/∂x₂ = ∂L/∂p₂ · ∂p₂/∂x₂")
    expect(unit.locator(".w-graph__operation")).to_have_text(["×", "×", "+", "ReLU", "(a−t)²"])
    expect(unit.get_by_role("button", name="Step on")).to_be_disabled()
    expect(unit.locator("[data-node=w1] .w-graph__slope")).to_have_text("∂ 6")
    page.keyboard.press("Home")
    expect(unit.locator(".w-graph__slope")).to_have_count(0)
    page.wait_for_url("**#graph-unit=0")


def test_a_closed_relu_stops_the_slope_and_says_so(people: People, address: str) -> None:
    page = opened(people(), address)
    unit = graph(page, "unit")
    unit.get_by_label("value to set").select_option("x2")
    unit.get_by_label("its value").fill("3")
    unit.get_by_role("button", name="On to the end").click()
    expect(unit.locator("[data-node=w1] .w-graph__slope")).to_have_text("∂ 0")
    page.wait_for_url("**#graph-unit=15:*")
    page.reload()
    expect(graph(page, "unit").locator("[data-node=x2] .w-graph__value")).to_have_text("3")


def test_a_value_is_chosen_by_a_tap_on_its_box(people: People, address: str) -> None:
    page = opened(people(width=390, has_touch=True), address)
    unit = graph(page, "unit")
    unit.locator("[data-node=x2]").tap()
    expect(unit.get_by_label("value to set")).to_have_value("x2")
    expect(unit.get_by_label("its value")).to_have_value("-1")


def test_the_filter_s_weights_gather_what_each_place_adds(people: People, address: str) -> None:
    page = opened(people(), address, "#graph-filter=12")
    weights = graph(page, "filter")
    expect(weights.locator(".w-step__title")).to_contain_text("backwards from z₁₁")
    expect(weights.locator("[data-node=w11] .w-graph__slope")).to_have_text("∂ −2")
    for _ in range(3):
        weights.get_by_role("button", name="Step on").click()
    expect(weights.locator("[data-node=w11] .w-graph__slope")).to_have_text("∂ −3")
    expect(weights.locator(".w-formula").first).to_contain_text("added to −2: −3")


def test_a_step_downhill_makes_the_loss_smaller(people: People, address: str) -> None:
    page = opened(people(), address)
    weights = graph(page, "filter")
    expect(weights.locator(".w-step__loss")).to_contain_text("the loss is 4.")
    weights.get_by_role("button", name="Move the weights one step downhill").click()
    expect(weights.locator(".w-step__loss")).not_to_contain_text("the loss is 4.")
    loss = page.evaluate(
        """() => new Promise((done) => {
            const one = document.querySelector("backprop-graph[graph=filter]");
            one.addEventListener("stride:backprop", (event) => done(event.detail.loss), { once: true });
            one.querySelector(".w-button--go").click();
        })"""
    )
    assert 0 < loss < 4


def test_the_table_says_what_the_drawing_shows(people: People, address: str) -> None:
    page = opened(people(), address, "#graph-unit=15")
    unit = graph(page, "unit")
    unit.get_by_text("The same as a table").click()
    expect(unit.get_by_role("row", name="w₂")).to_have_text("w₂−1−3")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    page = opened(people(width=width, color_scheme=theme), address, "#graph-unit=9&graph-filter=12")
    explorer(page).get_by_role("button", name="Add 100 to every logit").click()
    for name in ("unit", "filter"):
        graph(page, name).get_by_text("The same as a table").click()
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_no_step_moves_what_stands_below(people: People, address: str, width: int) -> None:
    page = opened(people(width=width), address)
    for name in ("unit", "filter"):
        found = graph(page, name)
        heights = set()
        for _ in range(17):
            heights.add(found.locator(".w-step").evaluate("each => Math.round(each.getBoundingClientRect().height)"))
            found.locator(".w-graph-frame").press("ArrowRight")
        assert len(heights) == 1, (name, width, heights)
