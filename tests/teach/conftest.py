"""A small published course, an instructor, and a class."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from accounts import roles
from accounts.models import Role, User
from courses.models import Cohort, Course, Lesson, LessonVersion, Prerequisite, Release, ReleaseLesson
from labs.models import Lab, LabVersion, Run
from teach import enrolment

LESSONS = ("images-as-tensors", "neurons-and-layers", "your-first-cnn")


@dataclass(frozen=True)
class Published:
    """A course whose three lessons each require the one before."""

    course: Course
    lessons: tuple[Lesson, ...]
    versions: tuple[LessonVersion, ...]


@pytest.fixture
def published(db: None) -> Published:
    """The course as a release that people see."""
    course = Course.objects.create(id="cnn", title="CNN")
    release = Release.objects.create(course=course, number=1, content_hash="r", manifest={})
    lessons = tuple(Lesson.objects.create(id=slug, course=course, slug=slug) for slug in LESSONS)
    versions = tuple(_version(lesson) for lesson in lessons)
    for order, version in enumerate(versions):
        ReleaseLesson.objects.create(release=release, version=version, order=order)
    for before, after in pairwise(lessons):
        Prerequisite.objects.create(release=release, lesson=after, requires=before)
    course.published = release
    course.save()
    return Published(course, lessons, versions)


def _version(lesson: Lesson) -> LessonVersion:
    return LessonVersion.objects.create(
        lesson=lesson,
        number=1,
        content_hash=lesson.id,
        title=lesson.id.replace("-", " ").capitalize(),
        summary="",
        minutes=30,
        section="one",
        type="lesson",
        body_html="",
    )


@pytest.fixture
def lab(published: Published) -> LabVersion:
    """A lab without a lesson."""
    made = Lab.objects.create(id="first-run")
    return LabVersion.objects.create(
        lab=made, number=1, content_hash="l", kind="train", title="First run", summary="", spec={}
    )


@pytest.fixture
def train(lab: LabVersion) -> Callable[..., Run]:
    """Make a run of someone, newest last."""

    def make(owner: User, **fields: Any) -> Run:
        queued = timezone.now() + timedelta(seconds=Run.objects.count())
        return Run.objects.create(
            **{"owner": owner, "lab_version": lab, "spec": {}, "seed": 1, "queued_at": queued} | fields
        )

    return make


def person(email: str, *, name: str = "") -> User:
    """Make someone with an account whose password nobody knows."""
    return User.objects.create_user(email, None, name=name)


def make_instructor(email: str, *, name: str = "") -> User:
    """Make someone who may teach."""
    user = person(email, name=name)
    roles.grant_role(user, Role.INSTRUCTOR)
    return user


@pytest.fixture
def instructor(db: None) -> User:
    """The instructor of the class."""
    return make_instructor("ines@example.org", name="Ines")


@pytest.fixture
def other_instructor(db: None) -> User:
    """Someone who teaches another class."""
    return make_instructor("otto@example.org", name="Otto")


@pytest.fixture
def cohort(published: Published, instructor: User) -> Cohort:
    """The class, with nobody in it."""
    return enrolment.open_cohort(name="Biology 12b", course=published.course, instructor=instructor)


@pytest.fixture
def learner(cohort: Cohort) -> User:
    """Someone in the class."""
    user = person(f"{uuid.uuid4().hex[:8]}@example.org")
    enrolment.join(cohort, learner=user, name="Lena")
    return user
