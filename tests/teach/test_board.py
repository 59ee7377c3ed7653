"""The class board: who is where, in how many queries, and what it must never show."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from courses.models import Cohort, Completion, UnlockGrant
from inference.models import Network, Upload
from labs.models import GoalResult, Run
from labs.recording import Recorder
from nets import events
from teach import enrolment
from teach.board import LatestRun, board
from tests.teach.conftest import Published, person

pytestmark = pytest.mark.django_db
BOARD_QUERIES = 5


def _complete(learner: User, published: Published, index: int) -> None:
    version = published.versions[index]
    Completion.objects.create(learner=learner, lesson=version.lesson, version=version)


def _latest(cohort: Cohort) -> LatestRun:
    run = board(cohort).rows[0].run
    assert run is not None
    return run


def _words(cohort: Cohort) -> list[list[str]]:
    return [[word.text for word in row.lessons] for row in board(cohort).rows]


def test_lessons_open_one_after_the_other(cohort: Cohort, learner: User, published: Published) -> None:
    assert _words(cohort) == [["open", "locked", "locked"]]
    _complete(learner, published, 0)
    assert _words(cohort) == [["done", "open", "locked"]]
    assert board(cohort).rows[0].done == 1


def test_the_newest_grant_decides(cohort: Cohort, learner: User, published: Published) -> None:
    last = published.lessons[2]
    earlier = timezone.now() - timedelta(hours=1)
    UnlockGrant.objects.create(learner=learner, lesson=last, reason="publication", created_at=earlier)
    assert _words(cohort) == [["open", "locked", "open"]]
    UnlockGrant.objects.create(learner=learner, lesson=last, reason="instructor", is_open=False)
    assert _words(cohort) == [["open", "locked", "locked"]]


def test_only_the_latest_run_shows(cohort: Cohort, learner: User, train: Callable[..., Run]) -> None:
    train(learner, state="failed", reason="out_of_memory", ended_at=timezone.now() + timedelta(hours=1))
    assert _latest(cohort).state.text == "failed: out of memory"
    run = train(
        learner,
        state="finished",
        reason="completed",
        summary={"validation_accuracy": 0.9812},
        ended_at=timezone.now() + timedelta(hours=1),
    )
    GoalResult.objects.create(run=run, metric="validation_accuracy", value=0.9812, at_least=0.97, passed=True)
    latest = _latest(cohort)
    assert (latest.id, latest.state.text, latest.percent) == (run.pk, "finished", "98.1")
    assert latest.goal is not None
    assert latest.goal.text == "goal met"


def test_the_accuracy_of_an_epoch_is_on_the_board_while_the_run_trains(
    cohort: Cohort, learner: User, train: Callable[..., Run]
) -> None:
    lease = timezone.now() + timedelta(seconds=15)
    recorder = Recorder(train(learner, state="running", fence=1, lease_until=lease))
    recorder.add(events.steps(step=[1], loss=[2.0], metric=[0.1], lr=[0.1]))
    recorder.flush()
    assert _latest(cohort).accuracy is None
    numbers = {"train_loss": 0.5, "train_metric": 0.9, "validation_loss": 0.6, "validation_metric": 0.875}
    recorder.add(events.epoch(epoch=1, step=1, seconds=1.0, images_per_second=100.0, **numbers))
    recorder.flush()
    latest = _latest(cohort)
    assert (latest.state.text, latest.percent) == ("training", "87.5")


@pytest.mark.parametrize(("state", "word"), [("queued", "waiting"), ("paused", "paused"), ("cancelled", "cancelled")])
def test_states_are_words(cohort: Cohort, learner: User, train: Callable[..., Run], state: str, word: str) -> None:
    train(learner, state=state, ended_at=timezone.now() + timedelta(hours=1))
    assert _latest(cohort).state.text == word


def test_a_removed_learner_is_gone_from_the_board(cohort: Cohort, learner: User) -> None:
    enrolment.end(cohort.enrolments.get())
    assert board(cohort).rows == ()


def test_learners_of_other_classes_are_not_shown(
    cohort: Cohort, learner: User, published: Published, other_instructor: User
) -> None:
    other = enrolment.open_cohort(name="Other", course=published.course, instructor=other_instructor)
    enrolment.join(other, learner=person("stranger@example.org"), name="Stranger")
    assert [row.name for row in board(cohort).rows] == ["Lena"]


@pytest.mark.parametrize("size", [1, 12])
def test_the_board_needs_as_many_queries_for_one_learner_as_for_a_class(
    cohort: Cohort,
    published: Published,
    train: Callable[..., Run],
    size: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(size):
        someone = person(f"l{number}@example.org")
        enrolment.join(cohort, learner=someone, name=f"L{number:02}")
        train(someone)
        _complete(someone, published, 0)
    board(cohort)  # the outline of a release is read once per process
    with django_assert_num_queries(BOARD_QUERIES):
        assert len(board(cohort).rows) == size


def test_f22_what_was_drawn_uploaded_or_noted_is_nowhere_on_page_part_or_api(
    client: Client, cohort: Cohort, instructor: User, learner: User, train: Callable[..., Run]
) -> None:
    run = train(learner, notes="SENTINEL-note", title="SENTINEL-title", spec={"name": "SENTINEL-spec"})
    Upload.objects.create(
        owner=learner, name="SENTINEL-upload.png", width=8, height=8, source="drawn", expires_at=timezone.now()
    )
    Network.objects.create(run=run, title="SENTINEL-network", spec={}, weights="SENTINEL-weights", sha256="0")
    client.force_login(instructor)
    base = f"/teach/cohorts/{cohort.pk}/"
    for path in (base, f"{base}board/", f"/api/v1/cohorts/{cohort.pk}"):
        response = client.get(path)
        assert response.status_code == 200
        assert "Lena" in response.content.decode()
        assert "SENTINEL" not in response.content.decode()


def test_the_address_of_a_learner_who_gave_a_name_is_not_shown(
    client: Client, cohort: Cohort, instructor: User, learner: User
) -> None:
    client.force_login(instructor)
    assert str(learner.email) not in client.get(f"/teach/cohorts/{cohort.pk}/").content.decode()


def test_f32_names_of_people_and_classes_are_inert(client: Client, published: Published, instructor: User) -> None:
    script = "<script>alert(1)</script>"
    cohort = enrolment.open_cohort(name=script, course=published.course, instructor=instructor)
    enrolment.join(cohort, learner=person("x@example.org"), name=script)
    client.force_login(instructor)
    for path in ("/teach/", f"/teach/cohorts/{cohort.pk}/", f"/join/{cohort.invite_code}/", "/classes/"):
        assert script not in client.get(path).content.decode()


def test_an_unchanged_board_is_not_sent_again(client: Client, cohort: Cohort, instructor: User, learner: User) -> None:
    client.force_login(instructor)
    address = f"/teach/cohorts/{cohort.pk}/board/"
    seen = client.get(address).context["digest"]
    assert client.get(address, {"seen": seen}).status_code == 204
    enrolment.end(cohort.enrolments.get())
    assert client.get(address, {"seen": seen}).status_code == 200
