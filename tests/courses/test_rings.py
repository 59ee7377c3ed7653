"""What changes for a learner rings the classes that they belong to, over a real Redis, after the commit."""

import pytest
from django.conf import settings
from redis import Redis

from accounts.models import User
from courses import progress
from courses.models import Cohort, Completion, Course, Enrolment
from courses.publishing.edition import Edition
from courses.publishing.storing import store
from rings import doorbell
from tests.courses.answering import form_for
from tests.house import House

pytestmark = [pytest.mark.worker, pytest.mark.timeout(60)]


def test_a_completed_lesson_rings_the_class_once_its_row_is_there(house: House, edition: Edition) -> None:
    if doorbell._doorbell is not None:
        doorbell._doorbell._quiet_until = 0.0  # an earlier test may have lost its Redis
    store(edition)
    learner = User.objects.create_user("learner@example.org", None)
    cohorts = [Cohort.objects.create(course=Course.objects.get(), name=name) for name in ("now", "left")]
    enrolments = [Enrolment.objects.create(cohort=cohort, learner=learner) for cohort in cohorts]
    Enrolment.objects.filter(pk=enrolments[1].pk).update(left_at=enrolments[1].joined_at)
    attempt = progress.start_attempt(learner, "first")
    for place in range(1, 6):
        progress.record_answer(
            learner, attempt, place=place, fields=form_for(attempt, place, right=True), key=str(place)
        )
    with Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True) as ears:  # type: ignore[no-untyped-call]
        ears.psubscribe("*cohort:*")
        ears.get_message(timeout=5)
        progress.record_answer(learner, attempt, place=6, fields=form_for(attempt, 6, right=True), key="6")
        heard = ears.get_message(timeout=5)
        assert Completion.objects.exists()
        assert heard is not None
        assert heard["channel"].decode().endswith(f"cohort:{cohorts[0].pk}")
        assert ears.get_message(timeout=0.2) is None
