"""The map of a course of any size asks the same few questions of the database."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from benchmarks.large_course import publish_large_course
from courses.models import Completion, Course, Lesson, LessonVersion

pytestmark = pytest.mark.django_db


def queries(client: Client) -> int:
    client.get("/")  # the outline of a release is read once per process
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get("/?goal=lesson-0002").status_code == 200
    return len(captured)


def clear() -> None:
    Course.objects.update(published=None)
    Completion.objects.all().delete()
    for release in Course.objects.get(pk="large").releases.all():
        release.delete()
    LessonVersion.objects.all().delete()
    Lesson.objects.all().delete()


def test_the_map_asks_as_much_for_200_lessons_as_for_3(client: Client) -> None:
    learner = User.objects.create_user("learner@example.org", None)
    client.force_login(learner)
    counts = []
    for lessons in (3, 200):
        publish_large_course(lessons)
        for version in LessonVersion.objects.order_by("lesson_id")[: lessons // 2]:
            Completion.objects.create(learner=learner, lesson_id=version.lesson_id, version=version)
        counts.append((queries(Client()), queries(client)))
        clear()
    assert counts[0] == counts[1]


def test_the_map_of_200_lessons_shows_each_in_the_drawing_and_in_the_list(client: Client) -> None:
    publish_large_course(200)
    page = client.get("/").content.decode()
    assert page.count('class="diagram__box') == 200
    assert page.count('<li class="map__row') == 200
