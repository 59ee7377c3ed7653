"""Pictures of one's own in a real browser: taken with the camera, chosen as a folder, sent as a zip; by keys too."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Playwright, expect

from labs.models import PictureSet
from stride.browser import chromium as installed_chromium
from tests.browser.conftest import FLAGS, Person, faults_found_by_axe
from tests.house import House
from tests.labs.conftest import make_lab
from tests.nets.own_pictures import jpeg, zipped

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(400)]
People = Callable[..., Person]
# A device that shows a moving test picture, and a browser that lets pages use it without asking.
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium with a camera."""
    path = installed_chromium()
    assert path is not None, "No Chromium was found; `make test` says how to install one."
    browser = playwright.chromium.launch(executable_path=str(path), args=[*FLAGS, *CAMERA])
    yield browser
    browser.close()


@pytest.fixture
def site(house: House) -> House:
    """A site with a lab in which all is open to guests."""
    house.open_site()
    make_lab()
    return house


def gather(page: Page, site: House) -> Page:
    """Open the page that makes a set, when its script is there."""
    page.goto(f"{site.url}/data/new/")
    expect(page.get_by_role("button", name="Add a class")).to_be_visible()
    return page


def file(name: str, content: bytes) -> FilePayload:
    """Return a file as somebody chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def class_line(page: Page, number: int) -> Locator:
    return page.locator("[data-class-line]").nth(number)


def hold_until(page: Page, line: Locator, *, least: int) -> None:
    """Hold a class's button with the pointer until the class has so many pictures."""
    button = line.get_by_role("button", name="Hold to take")
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    expect(line.locator("[data-thumbs] > li").nth(least - 1)).to_be_attached(timeout=30_000)
    page.mouse.up()


def test_a_set_is_taken_with_the_camera_and_trained_on(site: House, people: People) -> None:
    page = gather(people().page, site)
    page.get_by_label("What this set is called").fill("Desk")
    expect(page.get_by_role("button", name="Hold to take pictures of this class").first).to_be_disabled()
    page.get_by_role("button", name="Turn the camera on").click()
    expect(page.get_by_role("status").filter(has_text="The camera is on")).to_be_visible()
    for number, name in enumerate(("cup", "pen")):
        line = class_line(page, number)
        line.get_by_label("Name of the class").fill(name)
        hold_until(page, line, least=12)
    expect(page.locator("[data-advice]")).to_contain_text("enough to begin with, and few to learn from")
    assert faults_found_by_axe(page) == []
    page.get_by_role("button", name="Make the set").click()
    page.wait_for_url(re.compile(r"/data/[0-9a-f-]{36}/$"))
    made = PictureSet.objects.get()
    assert [name for name, _ in made.own.classes] == ["cup", "pen"]
    assert made.images >= 24
    assert faults_found_by_axe(page) == []
    page.get_by_role("link", name="Free", exact=True).click()
    expect(page.locator("#knob-data")).to_have_value(made.value)


def test_the_camera_works_by_keys_and_a_picture_is_deleted_by_them(site: House, people: People) -> None:
    page = gather(people().page, site)
    page.get_by_role("button", name="Turn the camera on").press("Enter")
    line = class_line(page, 0)
    take = line.get_by_role("button", name="Hold to take")
    expect(take).to_be_enabled()
    take.focus()
    page.keyboard.down(" ")
    expect(line.locator("[data-thumbs] > li").nth(2)).to_be_attached()
    page.keyboard.up(" ")
    expect(take).not_to_have_attribute("aria-pressed", "true")
    shown = line.locator("[data-thumbs] > li")
    first = shown.last.get_by_role("button")
    label = first.get_attribute("aria-label") or ""
    first.press("Enter")
    expect(line.get_by_role("button", name=label, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Turn the camera off").press("Enter")
    expect(take).to_be_disabled()


def test_a_folder_of_folders_becomes_classes_and_what_is_missing_is_said(
    site: House, people: People, tmp_path: Path
) -> None:
    for kind, count in (("cup", 12), ("pen", 3)):
        for number in range(count):
            (tmp_path / "desk" / kind).mkdir(parents=True, exist_ok=True)
            (tmp_path / "desk" / kind / f"{number}.jpg").write_bytes(jpeg(kind, number))
    page = gather(people().page, site)
    page.locator("[data-folder]").set_input_files(tmp_path / "desk")
    expect(page.locator("[data-count]")).to_have_text(["12 pictures", "3 pictures"])
    said = "12 pictures of “cup” and 3 of “pen”: every class needs at least 10. Bring 7 more of “pen”."
    expect(page.locator("[data-advice]")).to_have_text(said)
    page.get_by_role("button", name="Make the set").click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert faults_found_by_axe(page) == []
    more = [file(f"{n}.jpg", jpeg("pen", 50 + n)) for n in range(9)]
    class_line(page, 1).locator("[data-files]").set_input_files(more)
    expect(page.locator("[data-count]")).to_have_text(["12 pictures", "12 pictures"])
    page.get_by_role("button", name="Make the set").click()
    page.wait_for_url(re.compile(r"/data/[0-9a-f-]{36}/$"))
    assert PictureSet.objects.get().own.classes == (("cup", 12), ("pen", 12))


def test_what_the_server_refuses_is_told_in_place_and_the_pictures_stay(site: House, people: People) -> None:
    person = people()
    person.allowed_statuses = {422}
    page = gather(person.page, site)
    for number, name in enumerate(("cup", "pen")):
        line = class_line(page, number)
        line.get_by_label("Name of the class").fill(name)
        good = [file(f"{n}.jpg", jpeg(name, n)) for n in range(10)]
        line.locator("[data-files]").set_input_files(good)
    line.locator("[data-files]").set_input_files(file("letter.png", b"a letter"))
    expect(line.locator("[data-count]")).to_have_text("11 pictures")
    page.get_by_role("button", name="Make the set").click()
    expect(page.get_by_role("alert")).to_contain_text("letter.png are no pictures that can be read")
    expect(line.locator("[data-count]")).to_have_text("11 pictures")
    expect(page.get_by_role("button", name="Make the set")).to_be_enabled()


def test_a_zip_works_without_a_script(site: House, people: People) -> None:
    page = people(java_script_enabled=False, width=360, height=740).page
    page.goto(f"{site.url}/data/new/")
    page.get_by_label("A zip with one folder per class").set_input_files(file("own.zip", zipped(cup=12, pen=10)))
    page.get_by_role("button", name="Make the set").click()
    page.wait_for_url(re.compile(r"/data/[0-9a-f-]{36}/$"))
    expect(page.get_by_role("img", name="12 of 12 pictures of “cup”")).to_be_visible()
    page.goto(f"{site.url}/data/")
    expect(page.get_by_text("12 pictures of “cup” and 10 of “pen”")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_of_pictures_is_wider_than_the_window(width: int, site: House, people: People) -> None:
    page = gather(people(width=width).page, site)
    for address in ("/data/new/", "/data/"):
        page.goto(f"{site.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults_found_by_axe(page) == []
