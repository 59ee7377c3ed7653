"""Places and notes: kept for one person, merged, never anybody else's business."""

import json
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts import personal_data
from accounts.models import User
from courses.marking import NOTE_CHARACTERS, NoteRefused, keep_note, keep_place
from courses.models import Bookmark, LessonVersion
from courses.policy import LockedError
from courses.publishing.storing import store
from tests.courses.course_folder import read, replace

pytestmark = pytest.mark.usefixtures("release")
JSON = {"Accept": "application/json"}


def first_block() -> str:
    (anchor,) = re.findall(r'<p id="(b-[0-9a-f]{8})">A picture', LessonVersion.objects.get(lesson="first").body_html)
    return str(anchor)


def post_note(client: Client, text: str, base: str = "", **more: Any) -> Any:
    return client.post("/lessons/first/notes/", {"text": text, "base": base, **more}, headers=JSON)


def test_a_lesson_leads_back_to_where_someone_was(browser: Client, learner: User) -> None:
    assert "Go on where you were" not in browser.get("/lessons/first/").content.decode()
    anchor = first_block()
    assert browser.post("/lessons/first/place/", {"anchor": anchor}).status_code == 204
    page = browser.get("/lessons/first/").content.decode()
    assert f'<a href="#{anchor}">Go on where you were</a>' in page
    browser.post("/lessons/first/place/", {"anchor": "going-on"})
    assert "Go on where you were: Going on</a>" in browser.get("/lessons/first/").content.decode()


def test_a_place_that_a_new_text_no_longer_has_is_not_led_to(browser: Client, learner: User, folder: Path) -> None:
    keep_place(learner, "first", anchor=first_block())
    replace(folder / "lessons" / "01-first.md", "A picture of", "An image of")
    store(read(folder))
    assert "Go on where you were" not in browser.get("/lessons/first/").content.decode()


def test_a_block_keeps_its_address_when_others_come_before_it(folder: Path) -> None:
    anchor = first_block()
    replace(folder / "lessons" / "01-first.md", "A picture of", "Something new first.\n\nA picture of")
    store(read(folder))
    assert f'<p id="{anchor}">A picture' in LessonVersion.objects.get(lesson="first", number=2).body_html


@pytest.mark.parametrize("anchor", ["", "x" * 81, '"><script>', "A B", "../x"])
def test_what_is_no_place_is_refused(browser: Client, anchor: str) -> None:
    assert browser.post("/lessons/first/place/", {"anchor": anchor}).status_code == 422
    assert not Bookmark.objects.exists()


def test_reading_makes_nobody(client: Client) -> None:
    assert client.post("/lessons/first/place/", {"anchor": "going-on"}).status_code == 204
    assert not User.objects.exists()


def test_f23_a_locked_lesson_keeps_neither_place_nor_note(browser: Client, learner: User) -> None:
    assert browser.post("/lessons/second/place/", {"anchor": "going-on"}).status_code == 403
    assert browser.post("/lessons/second/notes/", {"text": "x", "base": ""}).status_code == 403
    assert browser.get("/lessons/second/notes/").status_code == 403
    for keep in (
        lambda: keep_place(learner, "second", anchor="a"),
        lambda: keep_note(learner, "second", text="x", base=""),
    ):
        with pytest.raises(LockedError):
            keep()
    assert not Bookmark.objects.exists()


def test_a_note_is_kept_and_shown_again(browser: Client) -> None:
    assert post_note(browser, "Kernels are small.").json() == {"note": "Kernels are small."}
    assert "Kernels are small." in browser.get("/lessons/first/").content.decode()
    assert browser.get("/lessons/first/notes/", headers=JSON).json() == {"note": "Kernels are small."}
    assert "Kernels are small." in browser.get("/notes/").content.decode()


def test_without_script_a_note_is_saved_by_its_form(browser: Client) -> None:
    response = browser.post("/lessons/first/notes/", {"text": "One\r\nTwo", "base": ""}, follow=True)
    assert "Your notes are saved." in response.content.decode()
    assert Bookmark.objects.get().note == "One\nTwo"


def test_two_tabs_lose_nothing(browser: Client) -> None:
    post_note(browser, "first line")
    post_note(browser, "first line\nfrom one tab", base="first line")
    answer = post_note(browser, "first line\nfrom the other", base="first line").json()
    assert answer == {"note": "first line\nfrom one tab\nfrom the other"}
    again = post_note(browser, "first line\nfrom the other", base="first line").json()
    assert again["note"].count("from the other") == 1


def test_a_note_that_is_emptied_is_empty(browser: Client) -> None:
    post_note(browser, "gone soon")
    assert post_note(browser, "", base="gone soon").json() == {"note": ""}


def test_a_note_that_is_too_long_is_refused_with_a_sentence_and_stays_in_the_field(browser: Client) -> None:
    text = "x" * (NOTE_CHARACTERS + 1)
    response = post_note(browser, text)
    assert response.status_code == 422
    assert "at most 20000 characters" in response.json()["error"]
    page = browser.post("/lessons/first/notes/", {"text": text, "base": ""})
    assert page.status_code == 422
    assert text in page.content.decode()


def test_many_merges_cannot_grow_a_note_without_end(learner: User) -> None:
    keep_note(learner, "first", text="a" * NOTE_CHARACTERS, base="")
    keep_note(learner, "first", text="b" * (NOTE_CHARACTERS - 1), base="")
    with pytest.raises(NoteRefused, match="both together"):
        keep_note(learner, "first", text="c" * NOTE_CHARACTERS, base="")


def test_f32_a_note_is_text(browser: Client) -> None:
    post_note(browser, "</textarea><script>alert(1)</script>\0")
    for path in ("/lessons/first/", "/notes/", "/lessons/first/notes/"):
        assert "<script>alert" not in browser.get(path).content.decode()


def test_f26_extra_fields_change_nothing(browser: Client, learner: User, other: User) -> None:
    post_note(browser, "mine", learner=str(other.pk), lesson="second", anchor="x")
    bookmark = Bookmark.objects.get()
    assert (bookmark.learner, bookmark.lesson_id, bookmark.anchor) == (learner, "first", "")


def test_f27_notes_and_places_need_a_token(learner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner)
    assert post_note(strict, "x").status_code == 403
    assert strict.post("/lessons/first/place/", {"anchor": "a"}).status_code == 403
    assert strict.get("/lessons/first/place/").status_code == 405


def test_nobody_reads_anothers_notes(browser: Client, other: User, client: Client) -> None:
    keep_note(other, "first", text="a secret note", base="")
    other_pages = ("/lessons/first/", "/lessons/first/notes/", "/notes/")
    assert all("a secret note" not in browser.get(path).content.decode() for path in other_pages)


def test_a_visitors_first_note_makes_a_guest_who_keeps_it(client: Client) -> None:
    post_note(client, "from a visitor")
    assert Bookmark.objects.get().learner.is_guest


def test_the_export_holds_notes_and_places(learner: User) -> None:
    keep_note(learner, "first", text="remember this", base="")
    keep_place(learner, "first", anchor="going-on")
    exported = json.loads(zipfile.ZipFile(BytesIO(personal_data.archive(learner))).read("courses.json"))
    (kept,) = exported["notes_and_places"]
    assert (kept["note"], kept["anchor"]) == ("remember this", "going-on")


def test_a_guests_note_joins_the_accounts(learner: User) -> None:
    guest = User.objects.create_guest()
    keep_note(guest, "first", text="as a guest", base="")
    keep_place(guest, "first", anchor="going-on")
    keep_note(learner, "first", text="before", base="")
    personal_data.merge(guest, into=learner)
    bookmark = Bookmark.objects.get()
    assert (bookmark.learner, bookmark.note, bookmark.anchor) == (learner, "before\nas a guest", "going-on")
