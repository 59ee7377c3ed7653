"""Map, lesson, locked page, glossary, sheet, images: what they show, to whom, in how many queries."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.templatetags.static import static
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses import progress
from courses.models import Course, LabResult, LessonVersion, Release, UnlockGrant
from courses.publishing.storing import PICTURE_FOLDER, store
from courses.showing.changes import changes_for
from courses.standing import standing_of
from courses.templatetags.widgets import widget_styles
from courses.views.pages import USES_CAMERA
from stride.permissions import NOTHING
from tests.courses.answering import take
from tests.courses.course_folder import read, replace

pytestmark = pytest.mark.usefixtures("release")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_visitor_sees_every_lesson_and_its_state_in_words(client: Client) -> None:
    page = text_of(client.get("/"))
    for title in ("First", "Second", "Third"):
        assert f"{title}</a>" in page
    assert "Start" in page
    assert page.count("locked") >= 2
    assert "Opens after “First” and 1 more: about 21 min." in page


def test_a_visit_makes_nobody(client: Client) -> None:
    for path in ("/", "/lessons/first/", "/lessons/first/check/", "/lessons/second/", "/glossary/", "/sheet/"):
        client.get(path)
    assert not User.objects.exists()


def test_a_learner_goes_on_where_they_were(browser: Client, learner: User) -> None:
    take(learner, "first")
    page = text_of(browser.get("/"))
    assert "Continue where you were" in page
    assert re.search(r'href="/lessons/second/" data-continue>Continue', page)


def test_someone_inside_a_check_goes_on_in_it(browser: Client, learner: User) -> None:
    progress.start_attempt(learner, "first")
    page = text_of(browser.get("/"))
    assert re.search(r'href="/lessons/first/check/">Continue where you were', page)
    assert "First, in the knowledge check" in page


def test_someone_who_went_ahead_goes_on_from_there(browser: Client, learner: User) -> None:
    for lesson in ("second", "third"):
        UnlockGrant.objects.create(learner=learner, lesson_id=lesson, reason="instructor")
    take(learner, "second")
    assert re.search(r'href="/lessons/third/" data-continue>Continue', text_of(browser.get("/")))


def test_before_the_first_publication_the_front_page_says_so(client: Client) -> None:
    Course.objects.update(published=None)
    assert "being prepared" in text_of(client.get("/"))
    assert client.get("/lessons/first/").status_code == 404


def test_a_lesson_shows_text_results_formulas_terms_and_its_widgets_script(client: Client) -> None:
    page = text_of(client.get("/lessons/first/"))
    assert "A picture of 224 columns holds 150,528 values." in page
    assert "<samp>150,528 values</samp>" in page
    assert "<mtext>150,528</mtext>" in page
    assert re.search(
        r'<a class="term" href="/glossary/#pixel">pixel</a><span class="term__entry" id="term-pixel-\d+" popover>', page
    )
    assert '<pixel-inspector image="digit"></pixel-inspector>' in page
    assert "js/widgets/pixel-inspector" in page
    assert "css/widgets/pixel-inspector" in page
    assert 'href="#going-on"' in page


def test_a_lesson_sends_the_style_sheets_that_its_widgets_have_and_no_other() -> None:
    assert widget_styles(["pixel-inspector", "set-neuron"]) == [static("css/widgets/pixel-inspector.css")]


@pytest.mark.parametrize(("widgets", "said"), [(["pixel-inspector"], NOTHING), (["kernel-playground"], USES_CAMERA)])
def test_only_a_lesson_whose_widget_has_a_camera_may_ask_for_it(client: Client, widgets: list[str], said: str) -> None:
    LessonVersion.objects.filter(lesson="first").update(widgets=widgets)
    assert client.get("/lessons/first/")["Permissions-Policy"] == said
    assert client.get("/glossary/")["Permissions-Policy"] == NOTHING


def test_a_lesson_asks_no_question(client: Client) -> None:
    page = text_of(client.get("/lessons/first/"))
    assert "Which statement holds" not in page


def test_f23_a_locked_lesson_is_a_full_page_with_the_way_in(client: Client) -> None:
    response = client.get("/lessons/third/")
    page = text_of(response)
    assert response.status_code == 403
    assert "<h1>Third</h1>" in page
    assert "about 21 minutes" in page
    assert page.index(">First<") < page.index(">Second<")
    assert 'rel="prev" href="/lessons/second/"' in page
    assert "A picture of" not in page


def test_a_lesson_that_an_instructor_shut_says_so(browser: Client, learner: User) -> None:
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    response = browser.get("/lessons/first/")
    assert response.status_code == 403
    assert "Your instructor has shut this lesson" in text_of(response)


def test_an_unknown_lesson_is_not_found(client: Client) -> None:
    assert client.get("/lessons/nothing/").status_code == 404
    assert client.get("/lessons/nothing/check/").status_code == 404


def test_someone_who_teaches_reads_every_lesson(client: Client, other: User) -> None:
    other.role_grants.create(role="instructor")
    client.force_login(other)
    assert client.get("/lessons/third/").status_code == 200


def test_a_completed_lesson_says_that_its_text_has_changed(browser: Client, learner: User, folder: Path) -> None:
    take(learner, "first")
    replace(folder / "lessons" / "01-first.md", "Look closely.", "Look more closely.")
    store(read(folder))
    assert "has changed since you completed it" in text_of(browser.get("/lessons/first/"))
    assert "changed since you completed it. “The beginning” is different." in text_of(browser.get("/"))


def test_a_change_is_told_by_section_and_what_only_counts_on_is_no_change(learner: User, folder: Path) -> None:
    take(learner, "first")
    lesson = folder / "lessons" / "01-first.md"
    replace(
        lesson, "A [pixel](term:pixel) is a place.", "A place. Another [pixel](term:pixel), one [pixel](term:pixel)."
    )
    replace(lesson, "It was said before.[^said]", "It was said before.[^said] See a [pixel](term:pixel).")
    replace(lesson, "## Sheet", "## More\n\nA [pixel](term:pixel).\n\n## Sheet")
    store(read(folder))
    changed = changes_for(standing_of(learner))["first"]
    assert (changed.different, changed.new, changed.gone) == (("The beginning", "Going on"), ("More",), ())
    assert changed.sentence == "Different: “The beginning”, “Going on”. “More” is new."


def test_what_changed_is_asked_of_the_database_once(
    learner: User, folder: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take(learner, "first")
    take(learner, "second")
    for name in ("01-first", "02-second"):
        replace(folder / "lessons" / f"{name}.md", "Look closely.", f"Look at {name}.")
    store(read(folder))
    standing = standing_of(learner)
    with django_assert_num_queries(2):
        changes_for(standing)
    with django_assert_num_queries(1):
        changes_for(standing)


def test_the_glossary_lists_every_term(client: Client) -> None:
    page = text_of(client.get("/glossary/"))
    assert '<dt id="pixel">pixel</dt><dd>A place in a picture.' in page
    assert 'href="#letter-P">P</a>' in page


def test_a_term_leads_to_the_lesson_that_explains_it_first(client: Client, folder: Path) -> None:
    assert re.search(
        r'A place in a picture\.\s*<span[^>]*><a href="/lessons/first/">First</a>', text_of(client.get("/glossary/"))
    )
    replace(folder / "lessons" / "01-first.md", "A [pixel](term:pixel) is a place.", "A pixel is a place.")
    store(read(folder))
    assert "Second, locked" in text_of(client.get("/glossary/"))


def test_the_sheet_shows_open_lessons_and_hides_locked_ones(client: Client) -> None:
    page = text_of(client.get("/sheet/"))
    assert page.count('<td data-label="How many">150,528</td>') == 1  # named by its column: on a phone it stands below
    assert page.count("Locked; its sheet appears here") == 2


def test_images_are_kept_under_their_hash_for_ever(client: Client) -> None:
    (tag,) = re.findall(r"<img [^>]+>", text_of(client.get("/lessons/first/")))
    assert 'alt="A grey square."' in tag
    assert 'width="4" height="4"' in tag
    name = tag.split('src="')[1].split('"')[0]
    response = client.get(name)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert "immutable" in response["Cache-Control"]
    assert default_storage.exists(f"{PICTURE_FOLDER}/{name.removeprefix('/images/')}")


@pytest.mark.parametrize("name", ["x.png", "..%2f..%2fsecret_key", "0" * 24 + ".png", "0" * 24 + ".py"])
def test_no_other_file_is_served_as_an_image(client: Client, name: str) -> None:
    assert client.get(f"/images/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/lessons/first/", "/lessons/third/", "/glossary/", "/sheet/"])
def test_f27_pages_that_are_read_take_no_post(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_lab_result_shows_beside_its_lab(browser: Client, learner: User, release: Release) -> None:
    version = release.entries.first().version  # type: ignore[union-attr]
    version.parts.create(kind="lab", key="first-run", title="First run", order=1)
    assert "not tried yet" in text_of(browser.get("/lessons/first/"))
    LabResult.objects.create(learner=learner, lab_key="first-run", passed=True, value=0.98, run_id=learner.pk)
    assert "goal met" in text_of(browser.get("/lessons/first/"))


@pytest.mark.parametrize(
    ("path", "visitor", "signed_in"), [("/", 1, 8), ("/lessons/first/", 1, 8), ("/lessons/third/", 2, 11)]
)
def test_pages_ask_a_fixed_number_of_queries(
    client: Client,
    learner: User,
    path: str,
    visitor: int,
    signed_in: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client.get(path)  # the outline of a release and the texts of its lessons are read once per process
    with django_assert_num_queries(visitor):
        client.get(path)
    take(learner, "first")
    client.force_login(learner)
    with django_assert_num_queries(signed_in):
        client.get(path)
