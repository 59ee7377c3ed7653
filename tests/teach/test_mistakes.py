"""The page of reported mistakes: for those who teach or write, in a fixed number of queries."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import LessonVersion, MistakeReport
from tests.teach.conftest import Published


@pytest.fixture
def author(db: None) -> User:
    author = User.objects.create_user("author@example.org", None, name="Ada")
    author.role_grants.create(role="author")
    return author


@pytest.fixture
def page(client: Client, author: User) -> Client:
    client.force_login(author)
    return client


def report(published: Published, *, text: str = "The third number is wrong.", anchor: str = "b-1") -> MistakeReport:
    version = published.versions[0]
    LessonVersion.objects.filter(pk=version.pk).update(body_html='<p id="b-1">Two and two are <b>five</b>.</p>')
    reporter, _made = User.objects.get_or_create(email="reader@example.org", defaults={"name": "Reader"})
    return MistakeReport.objects.create(reporter=reporter, version=version, text=text, anchor=anchor)


def test_it_shows_what_was_read_who_reports_and_where(page: Client, published: Published) -> None:
    report(published)
    shown = page.get("/teach/mistakes/").content.decode()
    for words in ("Two and two are five.", "The third number is wrong.", "Reader", "/lessons/images-as-tensors/#b-1"):
        assert words in shown


def test_f32_script_in_a_report_is_text(page: Client, published: Published) -> None:
    report(published, text="<script>alert(1)</script>")
    assert "<script>alert" not in page.get("/teach/mistakes/").content.decode()


def test_a_report_is_marked_and_found_by_its_state(page: Client, published: Published, author: User) -> None:
    one = report(published)
    assert page.post(f"/teach/mistakes/{one.pk}/", {"state": "fixed"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("fixed", author)
    assert "third number" in page.get("/teach/mistakes/", {"state": "fixed"}).content.decode()
    assert "third number" not in page.get("/teach/mistakes/", {"state": "new"}).content.decode()


def test_a_state_that_does_not_exist_is_not_found(page: Client, published: Published) -> None:
    assert page.post(f"/teach/mistakes/{report(published).pk}/", {"state": "great"}).status_code == 404


def test_nobody_else_sees_or_marks_a_report(client: Client, published: Published) -> None:
    one = report(published)
    client.force_login(User.objects.get(email="reader@example.org"))
    assert client.get("/teach/mistakes/").status_code == 403
    assert client.post(f"/teach/mistakes/{one.pk}/", {"state": "fixed"}).status_code == 403
    one.refresh_from_db()
    assert one.state == "new"


def test_the_page_asks_a_fixed_number_of_queries(
    page: Client, published: Published, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    report(published)
    with django_assert_num_queries(7):
        page.get("/teach/mistakes/")
    for _ in range(5):
        report(published)
    with django_assert_num_queries(7):
        page.get("/teach/mistakes/")
