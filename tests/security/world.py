"""A small house with everyone in it: who may see what is asked of these people about these things."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts import roles, tokens
from accounts.models import AccessToken, Role, User
from courses.models import Attempt, Cohort, CompletionRecord, Course, MistakeReport, QuestionVersion, Review
from courses.outline import published_outline
from courses.progress import start_attempt
from inference.models import Network, Query, Upload
from labs import collecting
from labs.models import Artifact, LabVersion, PictureSet, Preview, Run, RunGroup
from teach import enrolment
from tests.nets.own_pictures import zipped

PEOPLE = ("nobody", "guest", "learner", "other learner", "other instructor", "instructor", "admin")
OPEN_LESSON, LOCKED_LESSON = "images-as-tensors", "your-first-cnn"
PASSWORD = "correct-horse-9"


@dataclass(frozen=True)
class World:
    """Everyone, and what belongs to the learner."""

    sessions: dict[str, str]
    cohort: Cohort
    enrolment: int
    attempt: Attempt
    review: Review
    report: MistakeReport
    run: Run
    query: Query
    group: RunGroup
    artifact: Artifact
    range_test: Preview
    download: Preview
    token: AccessToken
    record: CompletionRecord
    pictures: PictureSet

    def browser(self, who: str) -> Client:
        """Return a browser in which this person is signed in."""
        client = Client(raise_request_exception=False)
        if self.sessions[who]:
            client.cookies["sessionid"] = self.sessions[who]
        return client


def make_world() -> World:
    """Publish the real course and put everyone in their place."""
    call_command("publish", verbosity=0)
    people: dict[str, User | None] = {"nobody": None, "guest": User.objects.create_guest()}
    for who in PEOPLE[2:]:
        people[who] = User.objects.create_user(f"{who.replace(' ', '-')}@example.org", PASSWORD, name=who.title())
    User.objects.filter(email="admin@example.org").update(is_staff=True, is_superuser=True)
    for who in ("instructor", "other instructor"):
        roles.grant_role(_user(people, who), Role.INSTRUCTOR)
    course, learner = Course.objects.get(), _user(people, "learner")
    cohort = enrolment.open_cohort(name="Ours", course=course, instructor=_user(people, "instructor"))
    enrolment.open_cohort(name="Theirs", course=course, instructor=_user(people, "other instructor"))
    joined = enrolment.join(cohort, learner=learner, name="Learner")
    lesson = published_outline().by_slug[OPEN_LESSON]
    run = _finished_run(learner)
    sessions = {who: _session(user) for who, user in people.items()}
    found = {"rates": [0.1, 0.2], "losses": [2.0, 1.0], "suggestion": 0.2}
    previews = _preview("range_test", result=found), _preview("export_zip", run=run)
    attempt, query = start_attempt(learner, lesson.id), _query(learner, run)
    record = CompletionRecord.objects.create(
        learner=learner, name="Learner", course=course.title, lessons=[], lessons_in_course=3
    )
    token, pictures = _token(learner), collecting.collect(io.BytesIO(zipped(cup=12, pen=10)), owner=learner)
    report = MistakeReport.objects.create(reporter=learner, version=attempt.version, text="Wrong.")
    asked = (attempt, _review(attempt), report, run, query)
    return World(sessions, cohort, joined.pk, *asked, *_left(run), *previews, token, record, pictures)


def _review(attempt: Attempt) -> Review:
    """Ask the learner a question that does not wait in their check."""
    waiting = [each["version"] for each in attempt.questions]
    # Of a kind that needs nothing drawn, so that this row is one that asking would have written.
    plain = QuestionVersion.objects.filter(question__lesson__slug=OPEN_LESSON, kind__in=("one", "several", "number"))
    version = plain.exclude(pk__in=waiting).earliest("pk")
    lesson = attempt.version.lesson
    return Review.objects.create(learner=attempt.learner, lesson=lesson, idea="any", question=version)


def _preview(kind: str, **values: Any) -> Preview:
    expires = timezone.now() + timedelta(days=1)
    return Preview.objects.create(kind=kind, digest=kind, asked={}, state="ready", expires_at=expires, **values)


def _session(user: User | None) -> str:
    if user is None:
        return ""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def _user(people: dict[str, User | None], who: str) -> User:
    user = people[who]
    if user is None:
        raise KeyError(who)
    return user


def _finished_run(owner: User) -> Run:
    version = LabVersion.objects.get(lab="first-run")
    ended = {"state": "finished", "reason": "completed", "ended_at": timezone.now() + timedelta(seconds=1)}
    return Run.objects.create(owner=owner, lab_version=version, spec=version.spec, seed=1, **ended)


def _token(owner: User) -> AccessToken:
    tokens.make(owner, name="notebook")
    return AccessToken.objects.get()


def _left(run: Run) -> tuple[RunGroup, Artifact]:
    """Return the group that a run belongs to, and a file that it left."""
    group = RunGroup.objects.create(owner=run.owner, field="seed")
    Run.objects.filter(pk=run.pk).update(group=group)
    name = default_storage.save("runs/world/weights", ContentFile(b"weights"))
    return group, Artifact.objects.create(run=run, kind="weights", name=name, sha256="0" * 64, bytes=7)


def _query(owner: User, run: Run) -> Query:
    expires = timezone.now() + timedelta(hours=1)
    upload = Upload.objects.create(owner=owner, name="x.png", width=8, height=8, source="drawn", expires_at=expires)
    network = Network.objects.create(run=run, title="n", spec=run.spec, weights="w", sha256="0")
    answer: dict[str, Any] = {"classes": [{"index": 7, "name": "7", "share": 0.9}], "maps": {}}
    return Query.objects.create(
        owner=owner, network=network, upload=upload, kind="predict", state="answered", answer=answer
    )
