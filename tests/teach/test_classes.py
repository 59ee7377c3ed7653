"""Making classes, joining, leaving, removing; who may."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleGrant, User
from courses.models import Cohort, Course, Enrolment
from teach import enrolment
from tests.teach.conftest import Published, person

pytestmark = pytest.mark.django_db


def test_an_instructor_makes_a_class_and_lands_on_its_board(
    client: Client, instructor: User, published: Published
) -> None:
    client.force_login(instructor)
    response = client.post("/teach/", {"name": "  Spring \u202e 2027 "})
    cohort = Cohort.objects.get()
    assert response["Location"] == f"/teach/cohorts/{cohort.pk}/"
    assert cohort.name == "Spring 2027"
    assert list(cohort.instructors.all()) == [instructor]


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 81])
def test_a_name_that_does_not_fit_is_refused_and_stays_in_the_form(
    client: Client, instructor: User, published: Published, name: str
) -> None:
    client.force_login(instructor)
    response = client.post("/teach/", {"name": name})
    assert response.status_code == 200
    assert response.context["form"].errors["name"]
    assert response.context["form"]["name"].value() == name
    assert not Cohort.objects.exists()


def test_without_a_published_course_the_page_says_so(client: Client, instructor: User) -> None:
    client.force_login(instructor)
    assert "no published course" in client.post("/teach/", {"name": "Spring"}).content.decode()
    assert not Course.objects.exists()


def test_f26_extra_fields_make_nobody_else_an_instructor(
    client: Client, instructor: User, learner: User, published: Published
) -> None:
    client.force_login(instructor)
    client.post("/teach/", {"name": "New", "instructors": str(learner.pk), "invite_code": "x", "course": "other"})
    cohort = Cohort.objects.get(name="New")
    assert list(cohort.instructors.all()) == [instructor]
    assert cohort.invite_code != "x"


@pytest.mark.parametrize("path", ["/teach/", "/classes/"])
def test_a_list_of_classes_needs_as_many_queries_for_two_as_for_ten(
    client: Client, instructor: User, published: Published, path: str
) -> None:
    client.force_login(instructor)
    counts = []
    for more in (2, 8):
        for number in range(more):
            made = enrolment.open_cohort(name=f"{more}-{number}", course=published.course, instructor=instructor)
            enrolment.join(made, learner=instructor, name="Ines")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_signed_up_learner_joins_under_the_name_they_give(client: Client, cohort: Cohort) -> None:
    user = person("ada@example.org")
    client.force_login(user)
    path = f"/join/{cohort.invite_code}/"
    page = client.get(path).content.decode()
    assert "Biology 12b" in page
    assert "Ines" in page
    assert not Enrolment.objects.exists()
    client.post(path, {"name": "Ada L."})
    assert [row.learner.shown_name for row in Enrolment.objects.select_related("learner")] == ["Ada L."]


def test_a_visitor_who_joins_becomes_a_guest_with_a_name(client: Client, cohort: Cohort) -> None:
    path = f"/join/{cohort.invite_code}/"
    client.get(path)
    assert User.objects.guests().count() == 0
    assert client.post(path, {"name": " "}).context["form"].errors["name"]
    assert User.objects.guests().count() == 0
    client.post(path, {"name": "Visitor"})
    assert Enrolment.objects.get().learner.name == "Visitor"
    assert Enrolment.objects.get().learner.is_guest


def test_joining_again_is_harmless_and_coming_back_is_possible(client: Client, cohort: Cohort, learner: User) -> None:
    client.force_login(learner)
    path = f"/join/{cohort.invite_code}/"
    client.post(path, {"name": "Lena"})
    one = Enrolment.objects.get()
    client.post(f"/classes/{one.pk}/leave/")
    assert Enrolment.objects.get().left_at is not None
    client.post(path, {"name": "Lena"})
    again = Enrolment.objects.get()
    assert (again.pk, again.left_at, again.joined_at) == (one.pk, None, one.joined_at)


@pytest.mark.parametrize("code", ["wrong", "%00", "x" * 300])
def test_a_wrong_code_is_a_page_that_says_so(client: Client, cohort: Cohort, code: str) -> None:
    for response in (client.get(f"/join/{code}/"), client.post(f"/join/{code}/", {"name": "A"})):
        assert response.status_code == 404
        assert "does not lead to a class" in response.content.decode()
    assert not User.objects.guests().exists()


def test_a_new_code_ends_the_old_link_and_keeps_the_learners(
    client: Client, cohort: Cohort, instructor: User, learner: User
) -> None:
    client.force_login(instructor)
    client.post(f"/teach/cohorts/{cohort.pk}/code/")
    assert client.get(f"/join/{cohort.invite_code}/").status_code == 404
    cohort.refresh_from_db()
    assert client.get(f"/join/{cohort.invite_code}/").status_code == 200
    assert cohort.enrolments.filter(left_at=None).count() == 1


def test_an_instructor_removes_a_learner_of_their_own_class_only(
    client: Client, cohort: Cohort, learner: User, other_instructor: User, instructor: User
) -> None:
    enrolled = cohort.enrolments.get()
    path = f"/teach/cohorts/{cohort.pk}/learners/{enrolled.pk}/remove/"
    client.force_login(other_instructor)
    own = enrolment.open_cohort(name="Own", course=cohort.course, instructor=other_instructor)
    assert client.post(path).status_code == 404
    assert client.post(f"/teach/cohorts/{own.pk}/learners/{enrolled.pk}/remove/").status_code == 404
    client.force_login(instructor)
    assert client.post(path).status_code == 302
    enrolled.refresh_from_db()
    assert enrolled.left_at is not None
    assert User.objects.filter(pk=learner.pk).exists()


def test_removing_twice_keeps_the_first_time(cohort: Cohort, learner: User) -> None:
    enrolled = cohort.enrolments.get()
    assert enrolment.end(enrolled)
    ended = cohort.enrolments.get().left_at
    assert not enrolment.end(enrolled)
    assert cohort.enrolments.get().left_at == ended


def test_nobody_ends_the_enrolment_of_another(client: Client, cohort: Cohort, learner: User) -> None:
    client.force_login(person("mallory@example.org"))
    assert client.post(f"/classes/{cohort.enrolments.get().pk}/leave/").status_code == 404
    assert cohort.enrolments.get().left_at is None


def test_a_revoked_role_closes_the_boards(client: Client, cohort: Cohort, instructor: User) -> None:
    client.force_login(instructor)
    assert client.get(f"/teach/cohorts/{cohort.pk}/").status_code == 200
    RoleGrant.objects.all().delete()
    assert client.get(f"/teach/cohorts/{cohort.pk}/").status_code == 403


def test_a_part_of_the_board_is_refused_rather_than_redirected(client: Client, cohort: Cohort) -> None:
    path = f"/teach/cohorts/{cohort.pk}/board/"
    assert client.get(path)["Location"].startswith("/accounts/login/")
    assert client.get(path, headers={"HX-Request": "true"}).status_code == 403


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_f27_wrong_methods_are_405(client: Client, cohort: Cohort, instructor: User, method: str) -> None:
    client.force_login(instructor)
    for path in ("/teach/", f"/teach/cohorts/{cohort.pk}/", f"/join/{cohort.invite_code}/", "/classes/"):
        assert getattr(client, method)(path).status_code == 405


def test_f27_changes_by_get_are_405(client: Client, cohort: Cohort, instructor: User, learner: User) -> None:
    client.force_login(instructor)
    enrolled = cohort.enrolments.get()
    base = f"/teach/cohorts/{cohort.pk}/"
    for path in (f"{base}code/", f"{base}learners/{enrolled.pk}/remove/", f"/classes/{enrolled.pk}/leave/"):
        assert client.get(path).status_code == 405


def test_f27_posts_without_a_token_are_403(cohort: Cohort, instructor: User, learner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(instructor)
    enrolled = cohort.enrolments.get()
    base = f"/teach/cohorts/{cohort.pk}/"
    paths = ("/teach/", f"{base}code/", f"{base}learners/{enrolled.pk}/remove/", f"/join/{cohort.invite_code}/")
    for path in (*paths, f"/classes/{enrolled.pk}/leave/"):
        assert client.post(path, {"name": "A"}).status_code == 403
    assert Cohort.objects.count() == 1


def test_the_api_lists_own_classes_and_hides_others(
    client: Client, cohort: Cohort, instructor: User, learner: User
) -> None:
    client.force_login(instructor)
    assert client.get("/api/v1/cohorts").json() == [{"id": str(cohort.pk), "name": "Biology 12b", "learners": 1}]
    table = client.get(f"/api/v1/cohorts/{cohort.pk}").json()
    assert [row["name"] for row in table["rows"]] == ["Lena"]
    assert client.get(f"/api/v1/cohorts/{uuid.uuid4()}").status_code == 404
    client.force_login(learner)
    assert client.get("/api/v1/cohorts").status_code == 403
    assert client.get(f"/api/v1/cohorts/{cohort.pk}").status_code == 404
