"""The kernel playground works by mouse and keys, with a photo, a file and the webcam, and sends nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from stride.browser import chromium as installed_chromium
from tests.browser.conftest import FLAGS, Person, faults_found_by_axe

pytestmark = pytest.mark.browser

PAGE = "/tests/browser/widgets_kernels.html"
FALSE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ROW_OF_REDS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 20, canvas.width, 1);
  return [...data].filter((_, at) => at % 4 === 0);
}"""
BLUE_AND_ORANGE = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 250, canvas.width, 60);
  const differences = [...data].map((value, at) => (at % 4 === 0 ? data[at + 2] - value : 0));
  return [differences.filter((each) => each > 60).length, differences.filter((each) => each < -60).length];
}"""
People = Callable[..., Person]


def playground(page: Page, address: str, state: str = "") -> Locator:
    """Open the page and return the playground once its photo is there."""
    page.goto(address + PAGE + state)
    found = page.locator("kernel-playground")
    found.scroll_into_view_if_needed()
    expect(found.locator(".w-step__term").first).to_be_visible()
    return found


def source(found: Locator) -> Locator:
    return found.get_by_role("application")


def answer_at_cursor(found: Locator) -> str:
    return found.locator(".w-step__sum b").inner_text()


def number(written: str) -> float:
    return float(written.strip("()").replace("−", "-"))


def mean(found: Locator, canvas: int) -> float:
    """Return how bright one row of a canvas is, in red."""
    reds = colours(found, canvas)
    return sum(reds) / len(reds)


def colours(found: Locator, canvas: int) -> list[int]:
    """Return the red values of one row of a canvas."""
    return list(found.locator("canvas").nth(canvas).evaluate(ROW_OF_REDS))


def test_the_identity_shows_the_photo_as_it_is(people: People, address: str) -> None:
    found = playground(people().page, address)
    found.get_by_role("radio", name="identity").check()
    assert colours(found, 0) == colours(found, 1)
    expect(found.locator(".w-kernel__note")).to_contain_text("add up to 1: flat areas keep their brightness")


def test_arrow_keys_walk_through_the_kernels_and_the_address_keeps_the_choice(people: People, address: str) -> None:
    page = people().page
    found = playground(page, address)
    found.get_by_role("radio", name="edge", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(found.get_by_role("radio", name="Laplacian")).to_be_checked()
    expect(found.get_by_label("weight, row 1, column 1")).to_have_value("-4")
    page.wait_for_url("**#kernel=laplacian,0,1")


def test_the_sum_at_the_cursor_is_made_of_the_pixels_there(people: People, address: str) -> None:
    page = people().page
    found = playground(page, address)
    source(found).press("Shift+ArrowUp")
    source(found).press("ArrowLeft")
    expect(source(found)).to_have_attribute("aria-label", re.compile("Cursor on row 290, column 299"))
    shown = [term.split("·") for term in found.locator(".w-step__term").all_inner_texts()]
    assert len(shown) == 9
    assert sum(number(pixel) * number(weight) for pixel, weight in shown) == number(answer_at_cursor(found))


def test_weights_can_be_typed_and_shared_by_address(people: People, address: str) -> None:
    page = people().page
    found = playground(page, address, "#kernel=identity,0,0")
    found.get_by_label("weight, row 1, column 1").fill("0")
    found.get_by_label("weight, row 0, column 0").fill("0.5")
    assert max(colours(found, 1)) <= 128
    page.wait_for_url("**#kernel=own,0,0,0.5_0_0_0_0_0_0_0_0")
    page.reload()
    expect(page.get_by_label("weight, row 0, column 0")).to_have_value("0.5")


def test_a_larger_grid_keeps_the_kernel_in_its_middle(people: People, address: str) -> None:
    found = playground(people().page, address)
    found.get_by_role("radio", name="5 × 5").last.check()
    expect(found.get_by_role("spinbutton")).to_have_count(25)
    expect(found.get_by_label("weight, row 2, column 2")).to_have_value("8")


def test_normalising_a_blur_keeps_the_brightness(people: People, address: str) -> None:
    found = playground(people().page, address)
    found.get_by_role("radio", name="blur", exact=True).check()
    assert abs(mean(found, 1) - mean(found, 0)) < 2
    found.get_by_role("radio", name="as they are").check()
    assert mean(found, 1) > mean(found, 0) + 20
    expect(found.locator(".w-kernel__note")).to_contain_text("9: flat areas become 9 times as bright")


def test_signed_answers_use_both_colours_with_a_scale(people: People, address: str) -> None:
    found = playground(people().page, address)
    found.get_by_role("radio", name="Sobel right").check()
    expect(found.locator(".w-filter__legend")).to_contain_text("+")
    assert min(found.locator("canvas").nth(1).evaluate(BLUE_AND_ORANGE)) > 100


def test_the_pixels_at_the_cursor_become_a_template(people: People, address: str) -> None:
    found = playground(people().page, address)
    found.get_by_role("button", name="look for the pixels at the cursor").click()
    weights = [float(field.input_value()) for field in found.get_by_role("spinbutton").all()]
    assert len(weights) == 25
    assert abs(sum(weights)) < 0.02
    assert number(answer_at_cursor(found)) > 0


def test_learned_kernels_are_offered_beside_the_designed_ones(people: People, address: str) -> None:
    found = playground(people().page, address)
    expect(found.get_by_role("radio", name="filter")).to_have_count(8)
    found.get_by_role("radio", name="filter 3").check()
    expect(found.locator(".w-kernel__note")).to_contain_text("Nobody chose these numbers")


def test_a_picture_of_ones_own_is_worked_on_in_the_page_and_sent_nowhere(
    people: People, address: str, tmp_path: Path
) -> None:
    page = people().page
    found = playground(page, address)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    Image.new("RGB", (300, 200), (200, 100, 50)).save(tmp_path / "mine.png")
    found.get_by_role("radio", name="your own").check()
    found.locator("input[type=file]").set_input_files(tmp_path / "mine.png")
    expect(found.locator(".w-status")).to_have_text("Your picture is shown with 300 × 200 pixels.")
    assert answer_at_cursor(found) == "0"
    (tmp_path / "notes.png").write_text("no picture")
    found.locator("input[type=file]").set_input_files(tmp_path / "notes.png")
    expect(found.locator(".w-status")).to_contain_text("“notes.png” is not a picture that this browser can read")
    assert sent == []


def test_the_webcam_runs_live_and_stops_when_told(playwright: Playwright, address: str) -> None:
    browser = playwright.chromium.launch(executable_path=str(installed_chromium()), args=[*FLAGS, *FALSE_CAMERA])
    found = with_camera(browser, address)
    page = found.page
    for canvas in (0, 1):
        shown = f"document.querySelectorAll('kernel-playground canvas')[{canvas}].toDataURL()"
        page.wait_for_function(f"before => {shown} !== before", arg=page.evaluate(shown))
    found.get_by_role("button", name="Stop the webcam").click()
    expect(found.locator("canvas").first).to_have_attribute("width", "640")
    browser.close()


def with_camera(browser: Browser, address: str) -> Locator:
    """Open the playground with a camera that shows a moving test picture."""
    page = browser.new_context(permissions=["camera"]).new_page()
    found = playground(page, address)
    found.get_by_role("radio", name="webcam").click()
    expect(found.locator(".w-status")).to_have_text("", timeout=15_000)
    expect(found.locator("canvas").first).to_have_attribute("width", "320")
    return found


def test_without_a_camera_a_sentence_says_what_to_do(people: People, address: str) -> None:
    page = people().page
    found = playground(page, address)
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError')); }"
    )
    found.get_by_role("radio", name="webcam").click()
    expect(found.locator(".w-status")).to_have_text("No camera was found. A picture of your own works as well.")
    expect(found.get_by_role("radio", name="photo")).to_be_checked()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    people: People, address: str, theme: str, width: int
) -> None:
    page = people(width=width, color_scheme=theme).page
    playground(page, address, "#kernel=wide,1,0")
    assert faults_found_by_axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
