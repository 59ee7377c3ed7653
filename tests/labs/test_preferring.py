"""An instructor's dated priority: who may give it, for how long, and what it does to the queue."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from courses.models import Cohort, Course, Enrolment
from labs import estimates, preferring, queueing, submission
from labs.models import Lab, Run
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db


def ask(user: User, run: Run, **body: Any) -> int:
    client = Client()
    client.force_login(user)
    path = f"/api/v1/runs/{run.pk}/priority"
    return client.post(path, data=body, content_type="application/json").status_code


@pytest.fixture
def instructor(learner: User) -> User:
    """Someone who teaches the learner."""
    ines = User.objects.create_user("ines@example.org")
    cohort = Cohort.objects.create(name="A class", course=Course.objects.create(pk="cnn"))
    cohort.instructors.add(ines)
    Enrolment.objects.create(cohort=cohort, learner=learner)
    return ines


def test_a_run_with_priority_is_next_until_its_time_is_up(learner: User, other: User, lab: Lab) -> None:
    submit(other, lab)
    urgent, now = submit(learner, lab), timezone.now()
    preferring.prefer(urgent, minutes=30, now=now)
    assert estimates.queue_order()[0] == urgent.pk
    claimed = queueing.claim(worker="test", now=now + timedelta(minutes=31))
    assert claimed is not None
    assert claimed.owner == other
    claimed = queueing.claim(worker="test", now=now + timedelta(minutes=29))
    assert claimed is not None
    assert claimed.pk == urgent.pk


def test_priority_is_taken_back_with_none(learner: User, lab: Lab) -> None:
    run, now = submit(learner, lab), timezone.now()
    preferring.prefer(run, minutes=5, now=now)
    assert preferring.prefer(run, minutes=0, now=now) is None
    assert Run.objects.get().priority_until is None


@pytest.mark.parametrize("minutes", [-1, 241, True, "5"])
def test_a_time_that_cannot_be_is_refused(learner: User, lab: Lab, minutes: object) -> None:
    with pytest.raises(submission.SpecError):
        preferring.prefer(submit(learner, lab), minutes=minutes, now=timezone.now())


def test_a_run_that_has_ended_is_not_given_any(learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    submission.request_stop(run)
    with pytest.raises(submission.NotNowError):
        preferring.prefer(run, minutes=5, now=timezone.now())


def test_its_page_has_a_form_for_who_teaches_the_learner_alone(learner: User, instructor: User, lab: Lab) -> None:
    run, client = submit(learner, lab), Client()
    form = f'action="/runs/{run.pk}/priority/"'
    client.force_login(learner)
    assert form not in client.get(f"/runs/{run.pk}/").content.decode()
    client.force_login(instructor)
    assert form in client.get(f"/runs/{run.pk}/").content.decode()
    told = client.post(f"/runs/{run.pk}/priority/", {"minutes": "241"}, follow=True).content.decode()
    assert "Minutes must be a whole number from 0 to 240" in told
    told = client.post(f"/runs/{run.pk}/priority/", {"minutes": "30"}, follow=True).content.decode()
    assert "Goes first until" in told
    until = Run.objects.get().priority_until
    assert until is not None
    assert timedelta(minutes=29) < until - timezone.now() <= timedelta(minutes=30)
    submission.request_stop(run)
    assert form not in client.get(f"/runs/{run.pk}/").content.decode()


def test_f22_only_who_teaches_the_learner_may_give_it(learner: User, other: User, instructor: User, lab: Lab) -> None:
    run = submit(learner, lab)
    assert ask(learner, run, minutes=5) == 403
    assert ask(other, run, minutes=5) == 404
    assert Run.objects.get().priority_until is None
    assert ask(instructor, run, minutes=500) == 422
    assert ask(instructor, run, minutes=5) == 200
    assert Run.objects.get().priority_until is not None
