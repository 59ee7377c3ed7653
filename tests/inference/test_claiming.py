"""Who answers a question, and what happens when they die: faults 5, 6 and 41 without processes."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import personal_data
from accounts.models import User
from inference import claiming, erasing, sweeping
from inference.models import Query, QueryState, Upload
from labs.models import Run
from tests.inference.conftest import asked


def test_the_oldest_question_is_claimed_first_and_only_once(run: Run) -> None:
    first, second = asked(run), asked(run)
    claimed = [claiming.claim() for _ in range(3)]
    assert [query and query.pk for query in claimed] == [first.pk, second.pk, None]


def test_a_claim_raises_the_fence_and_holds_a_lease(run: Run) -> None:
    asked(run)
    query = claiming.claim()
    assert query is not None
    assert (query.state, query.fence) == (QueryState.RUNNING, 1)
    assert query.lease_until is not None
    assert query.lease_until > timezone.now()


def test_f05_a_worker_that_was_thawed_cannot_answer_any_more(run: Run) -> None:
    asked(run)
    frozen = claiming.claim()
    assert frozen is not None
    Query.objects.update(state=QueryState.QUEUED, lease_until=None)
    other = claiming.claim()
    assert other is not None
    assert claiming.answer(frozen, {"classes": "late"}) is False
    assert claiming.answer(other, {"classes": "right"}) is True
    assert Query.objects.get().answer == {"classes": "right"}


def test_an_answer_is_never_given_twice(run: Run) -> None:
    asked(run)
    query = claiming.claim()
    assert query is not None
    assert claiming.answer(query, {"classes": 1}) is True
    assert claiming.give_up(query, "Too late.") is False
    assert Query.objects.get().remedy == ""


def test_f41_a_question_of_a_dead_worker_goes_to_another(run: Run) -> None:
    asked(run, state=QueryState.RUNNING, fence=1, lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.sweep(now=timezone.now())
    assert Query.objects.get().state == QueryState.QUEUED
    assert claiming.claim() is not None


def test_f41_a_question_that_nobody_answers_ends_with_a_sentence(run: Run) -> None:
    long_ago = timezone.now() - timedelta(minutes=1)
    waiting = asked(run, created_at=long_ago)
    dead = asked(run, created_at=long_ago, state=QueryState.RUNNING, fence=1, lease_until=long_ago)
    sweeping.sweep(now=timezone.now())
    for query in (waiting, dead):
        query.refresh_from_db()
        assert (query.state, query.remedy) == (QueryState.FAILED, sweeping.TRY_AGAIN)


def test_f41_whoever_looks_learns_the_truth_without_any_sweeper(run: Run) -> None:
    query = asked(run, created_at=timezone.now() - timedelta(minutes=1))
    sweeping.settle_if_lost(query)
    assert query.state == QueryState.FAILED


def test_a_question_that_is_being_answered_is_left_alone(run: Run) -> None:
    query = asked(run, state=QueryState.RUNNING, fence=1, lease_until=timezone.now() + timedelta(seconds=5))
    sweeping.sweep(now=timezone.now())
    sweeping.settle_if_lost(query)
    query.refresh_from_db()
    assert query.state == QueryState.RUNNING


def test_pictures_past_their_time_are_erased_with_their_files_and_answers(run: Run, files: Path) -> None:
    old, new = asked(run), asked(run)
    gone, kept = old.upload.name, new.upload.name
    Upload.objects.filter(pk=old.upload_id).update(expires_at=timezone.now() - timedelta(seconds=1))
    sweeping.sweep(now=timezone.now())
    assert list(Query.objects.all()) == [new]
    assert not default_storage.exists(gone)
    assert default_storage.exists(kept)


def test_who_draws_very_much_keeps_the_newest_drawings_and_every_open_question(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "KEPT_PICTURES", 2)
    waiting, *answered = [asked(run, state="queued" if number == 0 else "answered") for number in range(5)]
    assert erasing.erase_surplus(run.owner) == 2
    assert set(Query.objects.all()) == {waiting, *answered[-2:]}


def test_erasing_a_person_erases_their_pictures(run: Run, django_capture_on_commit_callbacks: object) -> None:
    name = asked(run).upload.name
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        personal_data.erase(run.owner)
    assert not Upload.objects.exists()
    assert not default_storage.exists(name)


def test_a_guests_pictures_follow_them_into_their_account(run: Run, other: User) -> None:
    query = asked(run)
    User.objects.filter(pk=run.owner_id).update(email=None)
    personal_data.merge(User.objects.get(pk=run.owner_id), into=other)
    query.refresh_from_db()
    assert (query.owner, query.upload.owner) == (other, other)
    assert query.network.run is not None
    assert query.network.run.owner == other


@pytest.mark.parametrize("state", ["queued", "answered"])
def test_an_export_tells_every_question_and_no_picture(run: Run, state: str) -> None:
    asked(run, state=state, answer={"classes": [{"name": "3"}]} if state == "answered" else None)
    from inference import keeping

    (told,) = keeping.export(run.owner)
    assert told["state"] == state
    assert told["picture"] == {"source": "drawn", "width": 280, "height": 280}
