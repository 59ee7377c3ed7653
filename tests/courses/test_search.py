"""Search: found, ranked, shown as locked, never giving a locked text away, written with the release."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Course, Release, SearchEntry, UnlockGrant
from courses.publishing import storing
from courses.publishing.edition import Edition
from courses.publishing.storing import store
from courses.searching import Found, search
from courses.standing import standing_of
from tests.courses.answering import take
from tests.courses.course_folder import read, replace

pytestmark = pytest.mark.usefixtures("release")


def found_by(person: User, query: str) -> Found:
    return search(query, standing_of(person))


def addresses(found: Found) -> list[str]:
    return [hit.url for hit in found.hits]


def shown(pieces: Any) -> str:
    return "".join(piece.text for piece in pieces)


def test_a_word_of_a_section_is_found_there(learner: User) -> None:
    found = found_by(learner, "columns")
    assert addresses(found) == ["/lessons/first/"]
    assert "224 columns" in shown(found.hits[0].text)
    assert addresses(found_by(learner, "said before")) == ["/lessons/first/#going-on"]


def test_a_term_is_found_in_the_glossary(learner: User) -> None:
    assert "/glossary/#pixel" in addresses(found_by(learner, "pixel"))


def test_a_title_counts_more_than_a_text(learner: User) -> None:
    assert addresses(found_by(learner, "pixel"))[0] == "/glossary/#pixel"


def test_f23_of_a_locked_lesson_only_title_and_summary_are_found(learner: User) -> None:
    found = found_by(learner, "second")
    assert addresses(found) == ["/lessons/second/"]
    assert found.hits[0].is_locked
    assert shown(found.hits[0].text) == "About Second."
    assert all("/lessons/second/" not in url for url in addresses(found_by(learner, "columns")))


def test_f23_someone_to_whom_every_lesson_is_shut_finds_no_text(learner: User) -> None:
    for lesson in ("first", "second", "third"):
        UnlockGrant.objects.create(learner=learner, lesson_id=lesson, is_open=False, reason="instructor")
    assert not found_by(learner, "columns").hits
    assert addresses(found_by(learner, "first")) == ["/lessons/first/"]


def test_only_the_published_release_is_searched(learner: User, release: Release) -> None:
    other = Release.objects.create(course=release.course, number=99, content_hash="-", manifest={})
    SearchEntry.objects.filter(title="pixel").update(release=other)
    assert "/glossary/#pixel" not in addresses(found_by(learner, "pixel"))


def test_what_is_opened_is_found_whole(learner: User) -> None:
    take(learner, "first")
    assert "/lessons/second/" in addresses(found_by(learner, "columns"))
    assert not any(hit.is_locked for hit in found_by(learner, "second").hits)


def test_f24_no_question_is_found(learner: User) -> None:
    learner.role_grants.create(role="instructor")
    for word in ("zq", "secret", "statement", "brightest"):
        assert not found_by(learner, word).hits


@pytest.mark.parametrize(
    "query", ["", "  ", "?!", '"', "*", "a AND", "NEAR(", "col:x", "x' OR 1=1 --", "\\", "\0", "&|!"]
)
def test_signs_of_a_query_language_mean_nothing(client: Client, query: str) -> None:
    assert client.get("/search/", {"q": query}).status_code == 200


def test_nothing_is_found_before_the_first_publication(learner: User) -> None:
    Course.objects.update(published=None)
    assert not found_by(learner, "pixel").hits


def test_a_release_brings_its_own_index_and_takes_the_old_one_away(learner: User, folder: Path) -> None:
    replace(folder / "lessons" / "01-first.md", "columns holds", "columns encloses")
    release = store(read(folder))
    assert set(SearchEntry.objects.values_list("release", flat=True)) == {release.pk if release else None}
    assert addresses(found_by(learner, "encloses")) == ["/lessons/first/"]


def test_f34_a_release_that_fails_leaves_the_old_index_whole(
    learner: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(**_: Any) -> int:
        raise RuntimeError("half-way")

    monkeypatch.setattr(storing, "grant_what_opens", break_off)
    replace(folder / "lessons" / "01-first.md", "columns", "stripes")
    with pytest.raises(RuntimeError):
        store(read(folder))
    assert addresses(found_by(learner, "columns")) == ["/lessons/first/"]
    assert not found_by(learner, "stripes").hits


def test_a_release_that_was_published_before_there_was_an_index_gets_one(learner: User, edition: Edition) -> None:
    SearchEntry.objects.all().delete()
    assert not found_by(learner, "columns").hits
    assert store(edition) is None
    assert addresses(found_by(learner, "columns")) == ["/lessons/first/"]


def test_the_database_itself_keeps_the_index_true(learner: User) -> None:
    SearchEntry.objects.filter(title="pixel").update(words="zebra")
    assert "/glossary/#pixel" in addresses(found_by(learner, "zebra"))
    SearchEntry.objects.filter(title="pixel").delete()
    assert not found_by(learner, "zebra").hits
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # FTS5 itself compares the index with the table
            cursor.execute("INSERT INTO courses_searchentry_words(courses_searchentry_words) VALUES('integrity-check')")


def test_the_page_shows_results_with_marks_and_escapes_everything(browser: Client) -> None:
    SearchEntry.objects.filter(title="pixel").update(text="A <script>alert(1)</script> pixel & more")
    page = browser.get("/search/", {"q": '">pixel'}).content.decode()
    assert "<mark>pixel</mark>" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'value="&quot;&gt;pixel"' in page


def test_htmx_gets_the_results_alone(client: Client) -> None:
    response = client.get("/search/", {"q": "pixel"}, headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_an_empty_search_says_what_to_type_and_a_vain_one_what_to_try(client: Client) -> None:
    assert "Type a word of the course" in client.get("/search/").content.decode()
    page = client.get("/search/", {"q": "xylophone"}).content.decode()
    assert "Nothing here holds “xylophone”" in page
    assert "Try a shorter word" in page


@pytest.mark.parametrize(("query", "queries"), [("pixel", 2), ("", 1), ("a b c d e f", 2)])
def test_a_search_asks_one_query(
    client: Client, query: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/")
    with django_assert_num_queries(queries):
        client.get("/search/", {"q": query})
