"""Every widget does its job by mouse, finger and keys, under the site's own content security policy."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets.html"
People = Callable[..., Person]


def opened(person: Person, address: str, state: str = "") -> Page:
    person.page.goto(address + PAGE + state)
    return person.page


def test_a_term_opens_in_place_and_escape_closes_it(people: People, address: str) -> None:
    page = opened(people(), address)
    term, entry = page.get_by_role("link", name="pixel"), page.locator(".term__entry")
    term.focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_visible()
    page.keyboard.press("Escape")
    expect(entry).to_be_hidden()
    assert page.url.endswith(PAGE)


def test_a_term_opens_while_the_mouse_rests_on_it(people: People, address: str) -> None:
    page = opened(people(), address)
    entry = page.locator(".term__entry")
    page.get_by_role("link", name="pixel").hover()
    expect(entry).to_be_visible()
    page.mouse.move(5, 5)
    expect(entry).to_be_hidden()


def inspector(page: Page, image: str) -> Locator:
    """Return an inspector once its picture is there."""
    found = page.locator(f"pixel-inspector[image={image}]")
    found.scroll_into_view_if_needed()
    expect(found.locator(".w-table tbody tr").first).to_be_visible()
    return found


def test_the_inspector_shows_the_pixels_that_lesson_1_quotes(people: People, address: str) -> None:
    page = opened(people(), address, "#pixel-photo=photo,60,20,1")
    table = inspector(page, "photo").locator(".w-table")
    expect(table.locator("tbody td:nth-child(2)")).to_have_text(["188", "208", "233"])
    expect(table).to_contain_text("Row 60, column 20")


def test_arrow_keys_move_the_cursor_by_one_and_with_shift_by_ten(people: People, address: str) -> None:
    page = opened(people(), address)
    photo = inspector(page, "photo")
    photo.locator("canvas.w-picture").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    expect(photo.locator(".w-table caption")).to_have_text("Row 299, column 310")
    expect(photo.locator("[aria-live]")).to_contain_text("Row 299, column 310: red")
    page.wait_for_url("**#pixel-photo=photo,299,310,1")


def test_hovering_reads_the_pixel_under_the_mouse(people: People, address: str) -> None:
    page = opened(people(), address)
    photo = inspector(page, "photo")
    box = photo.locator("canvas.w-picture").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(photo.locator(".w-table caption")).to_have_text("Row 213, column 320")


def test_a_tap_reads_the_pixel_under_the_finger(people: People, address: str) -> None:
    page = opened(people(width=390, has_touch=True), address)
    photo = inspector(page, "photo")
    photo.locator("canvas.w-picture").tap(position={"x": 1, "y": 1})
    expect(photo.locator(".w-table caption")).to_contain_text("Row 1, column")


def test_zooming_keeps_the_pixel_and_its_numbers(people: People, address: str) -> None:
    page = opened(people(), address)
    photo = inspector(page, "photo")
    before = photo.locator(".w-table tbody").inner_text()
    for _ in range(3):
        photo.get_by_role("button", name="Zoom in").click()
    expect(photo.locator(".w-zoom__label")).to_have_text("8×")
    assert photo.locator(".w-table tbody").inner_text() == before


def test_normalising_the_photo_spells_the_sum_out(people: People, address: str) -> None:
    page = opened(people(), address, "#pixel-photo=photo,60,20,1")
    photo = inspector(page, "photo")
    photo.get_by_role("radio", name="normalised").check()
    expect(photo.locator(".w-table__sum")).to_have_text("red: (0.7373 − 0.485) / 0.229 = 1.1015")


def test_a_channel_alone_changes_the_picture_and_the_numbers_around(people: People, address: str) -> None:
    page = opened(people(), address)
    photo = inspector(page, "photo")
    photo.get_by_role("button", name="blue").click()
    expect(photo.locator(".w-loupe td[aria-current]")).to_have_text("73")
    expect(photo.get_by_role("button", name="blue")).to_have_attribute("aria-pressed", "true")


def test_memory_order_is_shown_for_both_layouts(people: People, address: str) -> None:
    page = opened(people(), address, "#pixel-photo=photo,60,20,1")
    photo = inspector(page, "photo")
    photo.get_by_text("Where these numbers lie in memory").click()
    expect(photo.locator(".w-memory")).to_contain_text("= 38,420")  # 60 * 640 + 20
    expect(photo.locator(".w-memory")).to_contain_text("= 115,260")  # three times that


def test_the_digit_is_counted_to_sixteen(people: People, address: str) -> None:
    page = opened(people(), address)
    digit = inspector(page, "digit")
    expect(digit.locator(".w-table thead")).to_contain_text("stored, 0 to 16")
    expect(digit.locator(".w-table tbody td").first).to_have_text("15")


def test_a_picture_of_ones_own_is_read_in_the_page_and_sent_nowhere(
    people: People, address: str, tmp_path: Path
) -> None:
    person = people()
    page = opened(person, address)
    own = inspector(page, "own")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    Image.new("RGB", (900, 300), (10, 120, 240)).save(tmp_path / "mine.png")
    own.locator("input[type=file]").set_input_files(tmp_path / "mine.png")
    expect(own.locator(".w-status")).to_have_text(
        "Your picture has 900 × 300 pixels; it is made smaller, to 480 × 160."
    )
    expect(own.locator(".w-table tbody td:nth-child(2)")).to_have_text(["10", "120", "240"])
    assert sent == []


def test_a_file_that_is_no_picture_gets_a_sentence_with_its_name(people: People, address: str, tmp_path: Path) -> None:
    page = opened(people(), address)
    own = inspector(page, "own")
    (tmp_path / "notes.png").write_text("no picture")
    own.locator("input[type=file]").set_input_files(tmp_path / "notes.png")
    expect(own.locator(".w-status")).to_contain_text("“notes.png” is not a picture that this browser can read")


def neuron(page: Page) -> Locator:
    found = page.locator("set-neuron")
    found.scroll_into_view_if_needed()
    return found


def test_a_neuron_is_solved_by_keyboard_alone(people: People, address: str) -> None:
    page = opened(people(), address)
    widget = neuron(page)
    page.evaluate("document.addEventListener('stride:solved', () => { document.body.dataset.solved = 'once' })")
    for index, weight in enumerate([-1, 1, -1, -1, 1, -1, -1, 1, -1]):
        field = widget.get_by_role("spinbutton", name=f"weight in row {index // 3}, column {index % 3}")
        field.focus()
        page.keyboard.press("ArrowUp" if weight > 0 else "ArrowDown")
        page.keyboard.press("ArrowUp" if weight > 0 else "ArrowDown")
    expect(widget.locator(".w-task__hint")).to_contain_text("also fires for the broken bar")
    bias = widget.get_by_label("bias b")
    bias.fill("-2.5")
    expect(widget.locator(".w-task__hint")).to_contain_text("Solved")
    expect(page.locator("body")).to_have_attribute("data-solved", "once")
    expect(widget.locator(".w-output")).to_have_text("output 0.5: it fires")
    page.wait_for_url("**#neuron=010010010:-1,1,-1,-1,1,-1,-1,1,-1:-2.5:relu")


def test_a_shared_address_brings_the_neuron_back(people: People, address: str) -> None:
    page = opened(people(), address, "#neuron=111111111:-1,1,-1,-1,1,-1,-1,1,-1:-2.5:sigmoid")
    expect(neuron(page).locator(".w-sum")).to_contain_text("= −5.5")
    expect(neuron(page).get_by_role("radio", name="sigmoid")).to_be_checked()


def test_painting_works_by_drag_and_by_keys(people: People, address: str) -> None:
    page = opened(people(), address)
    cells = neuron(page).locator(".w-paint button")
    boxes = [cells.nth(index).bounding_box() for index in (0, 3, 6)]
    for at, box in enumerate(boxes):
        assert box is not None
        page.mouse.move(box["x"] + 9, box["y"] + 9)
        if at == 0:
            page.mouse.down()
    page.mouse.up()
    for index in (0, 3, 6):
        expect(cells.nth(index)).to_have_attribute("aria-pressed", "true")
    cells.nth(6).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(cells.nth(7)).to_have_attribute("aria-pressed", "false")


def test_a_weight_beyond_the_limit_is_brought_back(people: People, address: str) -> None:
    page = opened(people(), address)
    field = neuron(page).get_by_role("spinbutton", name="weight in row 0, column 0")
    field.fill("99")
    field.blur()
    expect(field).to_have_value("3")


def layer(page: Page, weights: str) -> Locator:
    found = page.locator("dense-layer[weights=digits]" if weights == "digits" else "dense-layer:not([weights])")
    found.scroll_into_view_if_needed()
    expect(found.locator(".w-neuron").first).to_be_visible()
    return found


def test_each_line_is_answered_by_its_own_unit(people: People, address: str) -> None:
    page = opened(people(), address)
    lines = layer(page, "lines")
    for name in ("upright", "lying", "falling", "rising"):
        lines.get_by_role("button", name=f"load the sample {name}").click()
        expect(lines.locator(".w-neuron[data-says]")).to_have_count(1)
        expect(lines.locator(".w-neuron[data-says]")).to_contain_text(f"{name}0.5, answers")


def test_the_learned_layer_reads_its_samples(people: People, address: str) -> None:
    page = opened(people(), address)
    digits = layer(page, "digits")
    for name in "0123456789":
        digits.get_by_role("button", name=f"load the sample {name}").click()
        expect(digits.locator(".w-neuron[data-says] b")).to_have_text(name)


def test_choosing_a_unit_shows_its_weights(people: People, address: str) -> None:
    page = opened(people(), address)
    lines = layer(page, "lines")
    lines.locator(".w-neuron").nth(1).press("Enter")
    expect(lines.locator(".w-layer__detail")).to_contain_text("the weights of unit lying")
    expect(lines.locator(".w-sum")).to_contain_text("= −1 − 2.5 = −3.5, and after ReLU 0")


def ledger(page: Page) -> Locator:
    found = page.locator("layer-ledger")
    found.scroll_into_view_if_needed()
    return found


def test_the_ledger_counts_the_lesson_s_network(people: People, address: str) -> None:
    page = opened(people(), address)
    expect(ledger(page).locator("tfoot")).to_contain_text("1,147,466")


def test_a_larger_image_explodes_one_layer_and_the_ledger_says_which(people: People, address: str) -> None:
    page = opened(people(), address)
    ledger(page).get_by_role("radio", name="224 × 224").check()
    expect(ledger(page).locator(".w-ledger__sentence")).to_contain_text("dense1 holds 99.8 % of all parameters")
    page.wait_for_url("**#ledger=threeblock,224,3,512,10")


def test_a_layer_opens_its_arithmetic_from_the_keyboard(people: People, address: str) -> None:
    page = opened(people(), address)
    name = ledger(page).get_by_role("button", name="conv2")
    name.press("Enter")
    expect(ledger(page).locator(".w-ledger__formulas")).to_contain_text("(3 × 3 × 32 + 1) × 64 = 18,496")
    expect(name).to_be_focused()


def test_another_network_brings_its_own_hidden_units(people: People, address: str) -> None:
    page = opened(people(), address)
    ledger(page).get_by_role("radio", name="LeNet-5").check()
    ledger(page).get_by_role("radio", name="1", exact=True).check()
    expect(ledger(page).locator("tfoot")).to_contain_text("61,706")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    page = opened(people(width=width, color_scheme=theme), address)
    for image in ("photo", "digit", "own"):
        inspector(page, image)
    layer(page, "lines")
    layer(page, "digits")
    ledger(page).get_by_role("button", name="conv2").click()
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
