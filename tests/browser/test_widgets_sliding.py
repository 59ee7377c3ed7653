"""Output sizes, pooling and receptive fields: by mouse, finger and keys, under the site's own security policy."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets_sliding.html"
WIDGETS = ("output-size", "pooling-stepper", "receptive-field")
People = Callable[..., Person]


def widget(person: Person, address: str, name: str, state: str = "") -> Locator:
    """Open the page and return one of its widgets."""
    person.page.goto(address + PAGE + state)
    found = person.page.locator(name)
    found.scroll_into_view_if_needed()
    return found


def result(sizes: Locator) -> Locator:
    return sizes.locator(".w-sum b")


@pytest.mark.parametrize(
    ("example", "output"),
    [
        ("224, kernel 3, padding 1", "224"),
        ("8, kernel 3, stride 2", "3"),
        ("224, kernel 3, stride 2, padding 1", "112"),
        ("7, kernel 3, dilation 2", "3"),
        ("8, kernel 4, “same”", "8"),
    ],
)
def test_the_examples_give_what_pytorch_gives(people: People, address: str, example: str, output: str) -> None:
    sizes = widget(people(), address, "output-size")
    sizes.get_by_role("button", name=example, exact=True).click()
    expect(result(sizes)).to_have_text(output)


def test_the_explorer_says_what_is_never_read(people: People, address: str) -> None:
    sizes = widget(people(), address, "output-size")
    expect(sizes.locator(".w-size__sentence")).to_contain_text("Row and column 7 are never read")
    sizes.get_by_label("kernel").fill("4")
    expect(sizes.locator(".w-size__sentence")).to_contain_text("Every pixel is read")
    sizes.get_by_label("stride").fill("5")
    expect(sizes.locator(".w-size__sentence")).to_contain_text("Rows and columns 4 to 7 are never read")


def test_same_keeps_the_size_and_says_where_the_odd_zero_goes(people: People, address: str) -> None:
    sizes = widget(people(), address, "output-size", "#size=8,4,1,same,1,16,32,1")
    expect(result(sizes)).to_have_text("8")
    expect(sizes.locator(".w-size__sentence")).to_contain_text("1 before, 2 after")
    sizes.get_by_label("stride").fill("2")
    refusal = "PyTorch refuses: padding='same' is not supported for strided convolutions"
    expect(sizes.locator(".w-refusal")).to_have_text(refusal)


def test_a_kernel_that_does_not_fit_is_refused_in_a_sentence(people: People, address: str) -> None:
    sizes = widget(people(), address, "output-size")
    sizes.get_by_label("input side").fill("2")
    expect(sizes.locator(".w-refusal")).to_contain_text("The kernel spans 3 and does not fit into 2")
    sizes.get_by_label("input side").fill("5")
    expect(sizes.locator(".w-refusal")).to_be_empty()
    expect(result(sizes)).to_have_text("2")


def test_arrow_keys_walk_over_the_outputs(people: People, address: str) -> None:
    sizes = widget(people(), address, "output-size")
    sizes.locator("canvas").last.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"):
        sizes.page.keyboard.press(key)
    words = "Output row 1, column 2 reads rows 2 to 4 and columns 4 to 6"
    expect(sizes.locator(".w-size__output")).to_contain_text(words)
    expect(sizes.locator("[aria-live]")).to_contain_text(words)


def test_pointing_at_the_input_chooses_the_place_that_reads_it(people: People, address: str) -> None:
    sizes = widget(people(width=390, has_touch=True), address, "output-size")
    sizes.locator("canvas").first.tap(position={"x": 5, "y": 250})
    expect(sizes.locator(".w-size__output")).to_contain_text("Output row 2, column 0")


def test_groups_are_counted_and_refused_as_pytorch_does(people: People, address: str) -> None:
    sizes = widget(people(), address, "output-size")
    held = sizes.locator(".w-size__held")
    expect(held).to_contain_text("(32, 16, 3, 3)")
    sizes.get_by_role("button", name="depthwise").click()
    expect(held).to_contain_text("(16, 1, 3, 3)")
    expect(held).to_contain_text("(3 · 3 · 1 + 1) · 16 = 160")
    sizes.get_by_label("groups").fill("5")
    expect(held).to_contain_text("in_channels must be divisible by groups")
    sizes.page.wait_for_url("**#size=8,3,2,0,1,16,16,5")


def test_the_table_says_what_the_picture_shows(people: People, address: str) -> None:
    sizes = widget(people(), address, "output-size")
    sizes.get_by_text("Every place along one side, as a table").click()
    expect(sizes.locator(".w-size__table tbody td")).to_have_text(["0 to 2", "2 to 4", "4 to 6"])


def test_pooling_plays_by_itself_and_yields_to_the_hand(people: People, address: str) -> None:
    pool = widget(people(), address, "pooling-stepper")
    kept = pool.locator(".w-pool__grid").last.locator(".w-cell[data-mark=kept]")
    pool.get_by_role("button", name="Play").click()
    expect(pool.get_by_role("button", name="Pause")).to_be_visible()
    expect(kept).to_have_count(1)
    at = index_of(pool)
    pool.page.wait_for_function(
        "([grid, at]) => [...grid.children].findIndex((cell) => cell.dataset.mark === 'kept') !== at",
        arg=[pool.locator(".w-pool__grid").last.element_handle(), at],
    )
    pool.locator(".w-pool__grid").first.locator(".w-cell").nth(0).hover()
    expect(pool.get_by_role("button", name="Play")).to_be_visible()
    assert index_of(pool) == 0


def index_of(pool: Locator) -> int:
    """Return which output is chosen."""
    found: int = pool.locator(".w-pool__grid").last.evaluate(
        "(grid) => [...grid.children].findIndex((cell) => cell.dataset.mark === 'kept')"
    )
    return found


def test_arrow_keys_step_through_the_windows(people: People, address: str) -> None:
    pool = widget(people(), address, "pooling-stepper")
    pool.locator(".w-pool__grid").last.focus()
    pool.page.keyboard.press("ArrowDown")
    pool.page.keyboard.press("ArrowRight")
    pool.page.keyboard.press("ArrowRight")
    assert index_of(pool) == 6
    expect(pool.locator(".w-sum")).to_have_text("max(0, 0, 7, 0) = 7")
    expect(pool.locator("[aria-live]")).to_contain_text("Output row 1, column 2: max(0, 0, 7, 0) = 7")


def test_every_kind_keeps_what_it_says(people: People, address: str) -> None:
    pool = widget(people(), address, "pooling-stepper", "#pool=average,2,2,1")
    expect(pool.locator(".w-sum")).to_have_text("(1 + 2 + 2 + 4) / 4 = 2.25")
    pool.get_by_role("radio", name="global average").check()
    expect(pool.locator(".w-pool__grid").last.locator(".w-cell")).to_have_count(1)
    expect(pool.get_by_role("radio", name="3 × 3")).to_be_disabled()
    pool.page.wait_for_url("**#pool=global,2,2,1")


def test_moving_the_map_says_how_many_outputs_changed(people: People, address: str) -> None:
    pool = widget(people(), address, "pooling-stepper")
    pool.get_by_role("button", name="Move the map right by one").click()
    told = pool.locator(".w-pool__sentence").last
    expect(told).to_contain_text("of 16 outputs changed")
    changed = pool.locator(".w-pool__grid").last.locator(".w-cell[data-mark=changed]")
    assert changed.count() >= 1
    pool.get_by_role("button", name="as it was").click()
    expect(told).to_contain_text("Nothing moved yet")


def test_the_field_grows_with_every_layer(people: People, address: str) -> None:
    field = widget(people(), address, "receptive-field")
    expect(field.locator(".w-field-sentence")).to_contain_text("spans 22 × 22 pixels")
    field.get_by_role("button", name="two 3 × 3").click()
    expect(field.locator(".w-field-sentence")).to_contain_text("spans 5 × 5 pixels")
    field.get_by_role("button", name="+ pool 2 × 2").click()
    expect(field.locator(".w-field-table tbody tr").first).to_contain_text("5 + (2 − 1) · 1 = 6")
    field.get_by_role("button", name="Take away layer 1").click()
    expect(field.locator(".w-field-table tbody tr")).to_have_count(3)
    field.page.wait_for_url("**#field=c3,p2:2:16")


def test_a_unit_is_chosen_by_click_and_by_keys(people: People, address: str) -> None:
    field = widget(people(), address, "receptive-field", "#field=c3,c3d2:2:30")
    sentence = field.locator(".w-field-sentence")
    expect(sentence).to_contain_text("this one sees rows and columns 27 to 33")
    field.get_by_role("slider").focus()
    field.page.keyboard.press("Home")
    expect(sentence).to_contain_text("this one sees rows and columns 0 to 3")
    expect(sentence).to_contain_text("beyond the border")
    field.locator("g[data-layer='1'] [data-unit='10']").click()
    expect(sentence).to_contain_text("One unit of layer 1 spans 3 × 3 pixels: this one sees rows and columns 9 to 11")
    field.get_by_role("button", name="2. conv 3 × 3, dilation 2").press("Enter")
    expect(sentence).to_contain_text("One unit of layer 2")


def test_layers_that_leave_nothing_to_slide_over_are_refused(people: People, address: str) -> None:
    field = widget(people(), address, "receptive-field", "#field=p2,p2,p2,p2,p2,p2:6:0")
    field.get_by_role("button", name="+ pool 2 × 2").click()
    expect(field.locator(".w-refusal")).to_contain_text("Nothing is left to slide over")
    expect(field.locator(".w-field-table tbody tr")).to_have_count(7)


def test_the_photograph_shows_what_the_unit_sees(people: People, address: str) -> None:
    field = widget(people(), address, "receptive-field")
    photo = field.locator("canvas")
    expect(photo).to_have_attribute("data-drawn", "")
    shown = photo.evaluate("(canvas) => [...canvas.getContext('2d').getImageData(0, 0, 64, 64).data]")
    inside, outside = ([shown[(at * 64 + at) * 4 + channel] for channel in range(3)] for at in (32, 2))
    assert sum(inside) > 0
    assert max(outside) <= 255 * 0.2 + 1
    expect(photo).to_have_attribute(
        "aria-label", re.compile(r"Bright is what the unit sees: rows and columns \d+ to \d+\.")
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    person = people(width=width, color_scheme=theme)
    for name in WIDGETS:
        widget(person, address, name)
    person.page.locator("output-size").get_by_text("as a table").click()
    assert faults_found_by_axe(person.page) == []
    assert person.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
