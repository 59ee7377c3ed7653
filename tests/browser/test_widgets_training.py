"""The widgets on training do their job by mouse and keys, under the site's own content security policy."""

import json
import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets_training.html"
People = Callable[..., Person]
RUNS = json.loads((ROOT / "static/data/curves.json").read_text())


def opened(person: Person, address: str, state: str = "") -> Page:
    person.page.goto(address + PAGE + state)
    return person.page


def shown(page: Page, widget: str, part: str) -> Locator:
    """Return a widget once it has its data."""
    found = page.locator(widget)
    found.scroll_into_view_if_needed()
    expect(found.locator(part).first).to_be_visible()
    return found


def reader(page: Page) -> Locator:
    return shown(page, "curve-reader", ".w-curves__line")


def test_a_wrong_verdict_says_what_would_be_seen_and_the_right_one_marks_the_epoch(
    people: People, address: str
) -> None:
    page = opened(people(), address)
    curves = reader(page)
    curves.get_by_label("It underfits").check()
    expect(curves.locator(".w-curves__said-of")).to_contain_text("Look again. If it underfitted")
    expect(curves.locator(".w-curves__mark")).to_have_count(0)
    curves.get_by_label("It overfits").check()
    losses = RUNS["overfits"]["validation_loss"]
    best = losses.index(min(losses)) + 1
    expect(curves.locator(".w-curves__said-of")).to_contain_text(f"The validation loss is lowest after epoch {best},")
    expect(curves.locator(".w-curves__mark")).to_have_count(1)
    expect(curves.get_by_text("1 of 8 named.")).to_be_visible()
    expect(curves.locator("svg text").filter(has_text="loss").first).to_have_text("loss")
    curves.get_by_label("accuracy").check()
    expect(curves.locator("svg text").filter(has_text="accuracy")).to_be_visible()


def test_all_runs_are_named_by_keys_alone(people: People, address: str) -> None:
    page = opened(people(), address)
    curves = reader(page)
    # Of the eight verdicts, in their order on the page, the one that fits each run.
    for place in (2, 0, 3, 1, 5, 7, 4, 6):
        radios = curves.locator(".w-curves__verdicts input")
        radios.first.focus()
        page.keyboard.press("Space")
        for _ in range(place):
            page.keyboard.press("ArrowDown")
        expect(curves.locator(".w-curves__said-of")).to_contain_text("Yes.")
        onward = curves.get_by_role("button", name="next run")
        if onward.is_enabled():
            onward.press("Enter")
    expect(curves.get_by_text("8 of 8 named.")).to_be_visible()
    page.wait_for_url("**#curves=8:20315746")


def test_the_numbers_of_a_run_stand_below_it_and_a_run_that_broke_has_its_steps(people: People, address: str) -> None:
    page = opened(people(), address, "#curves=3:--------")
    curves = reader(page)
    expect(curves.locator(".w-curves__title")).to_contain_text("Run 3 of 8")
    beside = curves.locator(".w-curves__grid + .w-curves__text").all_text_contents()
    assert len(set(beside)) == len(beside) > 2
    curves.get_by_text("The same in numbers").click()
    expect(curves.locator(".w-curves__numbers tbody tr")).to_have_count(len(RUNS["diverges"]["steps"]))
    expect(curves.locator(".w-curves__numbers tbody")).to_contain_text("NaN")
    curves.get_by_label("powers of ten").check()
    curves.get_by_role("button", name="run before").click()
    curves.get_by_label("accuracy").check()
    expect(curves.locator(".w-curves__chart")).to_contain_text("100 %")
    expect(curves.get_by_label("powers of ten")).to_be_disabled()


def sheet(page: Page) -> Locator:
    return shown(page, "augmentation-sheet", ".w-sheet__variants canvas")


def test_a_flip_that_breaks_the_label_is_judged_and_explained(people: People, address: str) -> None:
    page = opened(people(), address)
    found = sheet(page)
    found.get_by_label("too much").check()
    found.get_by_label("in every one").check()
    expect(found.locator(".w-sheet__said")).to_contain_text("We would say: in none. None of these is a 2.")
    found.get_by_label("in none").check()
    expect(found.locator(".w-sheet__said")).to_contain_text("We say so, too.")
    page.wait_for_url("**#sheet=two,flip,2")


def test_other_images_and_changes_bring_other_variants(people: People, address: str) -> None:
    page = opened(people(), address, "#sheet=six,rotate,2")
    found = sheet(page)
    expect(found.locator(".w-sheet__variants > li")).to_have_count(12)
    expect(found.locator(".w-sheet__settings")).to_have_text("rotation: degrees 180.")
    expect(found.locator(".w-sheet__reads").first).to_be_visible()
    expect(found).to_contain_text(re.compile(r"reads \d+ of 12 as 6\. .* and reads \d+ of 12 as 6\."))
    before = found.locator("canvas").nth(1).evaluate("canvas => canvas.toDataURL()")
    found.get_by_label("change", exact=True).select_option("mixup")
    found.get_by_label("a flower").check()
    expect(found.locator(".w-sheet__reads")).to_have_count(0)
    expect(found.locator(".w-sheet__whole")).to_have_attribute("aria-label", "a flower, unchanged")
    assert found.locator("canvas").nth(1).evaluate("canvas => canvas.toDataURL()") != before


def norm(page: Page, layer: str) -> Locator:
    return shown(page, f"batch-norm[layer={layer}]", ".w-histogram__bar")


def test_after_the_norm_the_framed_values_have_mean_zero_and_deviation_one(people: People, address: str) -> None:
    page = opened(people(), address)
    conv = norm(page, "conv")
    said = conv.locator(".w-norm__chart p:last-child")
    expect(said.nth(1)).to_contain_text("256 values, mean 0.00, deviation 1.00")
    for way, framed in (("batch norm", 16), ("layer norm", 4), ("instance norm", 1)):
        conv.get_by_label(way).check()
        expect(conv.locator(".w-norm__cell[data-in]")).to_have_count(framed)
    conv.get_by_label("scale γ").fill("2")
    conv.get_by_label("shift β").fill("3")
    expect(said.nth(1)).to_contain_text("mean 3.00, deviation 2.00")


def test_in_eval_mode_the_answer_does_not_depend_on_the_company(people: People, address: str) -> None:
    page = opened(people(), address)
    conv = norm(page, "conv")
    expect(conv.locator(".w-norm__cell[aria-pressed=true]")).to_have_count(1)
    sums = []
    for batch in ("16", "4", "1"):
        conv.get_by_label(batch, exact=True).check()
        conv.get_by_label("eval", exact=True).check()
        sums.append(conv.locator(".w-sum").inner_text())
        conv.get_by_label("train", exact=True).check()
        sums.append(conv.locator(".w-sum").inner_text())
    assert len(set(sums[::2])) == 1
    assert len(set(sums[1::2])) == 3


@pytest.mark.parametrize("batch", [16, 8, 4, 2, 1])
def test_the_worked_line_comes_out_by_hand(people: People, address: str, batch: int) -> None:
    page = opened(people(), address)
    conv = norm(page, "conv")
    conv.get_by_label(str(batch), exact=True).check()
    for channel in range(4):
        conv.locator(".w-norm__cell").nth(channel * batch).click()
        said = conv.locator(".w-sum").inner_text().replace("−", "-").replace("- (-", "+ (")
        found = re.search(r"\((-?[\d.]+) ([+-]) \(?([\d.]+)\)?\) / √\(([\d.]+) \+ ε\) = (-?[\d.]+)", said)
        assert found is not None, said
        value, mean, variance, answer = (float(found[place]) for place in (1, 3, 4, 5))
        by_hand = (value + (mean if found[2] == "+" else -mean)) / math.sqrt(variance)
        assert by_hand == pytest.approx(answer, abs=0.0055), said


def test_a_pair_becomes_plus_and_minus_one_and_a_single_value_is_refused(people: People, address: str) -> None:
    page = opened(people(), address, "#norm-dense=batch,train,2,0,0,1,0")
    dense = norm(page, "dense")
    expect(dense.locator(".w-sum")).to_contain_text("1.00;")
    dense.get_by_label("1", exact=True).check()
    expect(dense.locator(".w-norm__charts")).to_contain_text("Expected more than 1 value per channel when training")
    expect(dense.locator(".w-table td").nth(4)).to_have_text("refused")


def test_the_grid_is_walked_with_arrow_keys(people: People, address: str) -> None:
    page = opened(people(), address)
    conv = norm(page, "conv")
    conv.locator(".w-norm__cell[aria-pressed=true]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(conv.locator(".w-norm__cell[aria-pressed=true]")).to_be_focused()
    page.wait_for_url("**#norm-conv=batch,train,16,1,1,1,0")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    page = opened(people(width=width, color_scheme=theme), address)
    reader(page).get_by_label("It overfits").check()
    sheet(page).get_by_label("in some").check()
    norm(page, "conv")
    norm(page, "dense")
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
