"""What workers make for pages: one row per question, one claim, one end; asked again, lost, expired, erased."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from labs import keeping, previews
from labs.models import Lab, Preview, RatePick
from labs.previews import Made
from labs.quotas import QuotaError
from nets.specs import TrainSpec
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db
ONE, TWO = "infer@here:1", "infer@here:2"
ELSEWHERE = "infer@there:1"
FOUND = {"rates": [0.1, 0.2], "losses": [2.0, 1.0], "suggestion": 0.2}


def ask(by: User, kind: str = "range_test", **changes: Any) -> Preview:
    """Ask for a preview of the usual settings, changed."""
    return previews.ask_about_spec(kind, spec=TrainSpec(**changes), by=by)


def claimed(worker: str = ONE) -> Preview:
    """Claim what waits."""
    found = previews.claim(worker=worker)
    assert found is not None
    return found


def state_of(preview: Preview) -> str:
    """Read its state."""
    return Preview.objects.values_list("state", flat=True).get(pk=preview.pk)


def later() -> Any:
    """Return a time after every lease of now."""
    return timezone.now() + timedelta(seconds=previews.LEASE_SECONDS + 1)


def test_the_same_question_is_one_row_whoever_asks(learner: User, other: User) -> None:
    assert ask(learner) == ask(other)
    assert Preview.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "change"),
    [("range_test", {"learning_rate": 0.5, "epochs": 3}), ("augment_sheet", {"arch": "threeblock", "batch_size": 8})],
)
def test_what_changes_nothing_about_it_is_the_same_question(learner: User, kind: str, change: dict[str, Any]) -> None:
    assert ask(learner, kind) == ask(learner, kind, **change)


@pytest.mark.parametrize(
    ("kind", "change"),
    [("range_test", {"optimiser": "sgd"}), ("range_test", {"seed": 1}), ("augment_sheet", {"augment": "none"})],
)
def test_what_changes_it_is_another_question(learner: User, kind: str, change: dict[str, Any]) -> None:
    assert ask(learner, kind) != ask(learner, kind, **change)


def test_one_person_waits_for_so_many_at_once(learner: User, other: User, settings: Any) -> None:
    settings.STRIDE_OPEN_PREVIEWS = 2
    for seed in (1, 2):
        ask(learner, seed=seed)
    with pytest.raises(QuotaError):
        ask(learner, seed=3)
    ask(learner, seed=1)
    ask(other, seed=3)


def test_a_failed_one_is_made_anew_when_it_is_asked_for_again(learner: User, other: User) -> None:
    ask(learner)
    previews.give_up(claimed(), "No.")
    again = ask(other)
    assert (again.state, again.remedy, again.asked_by) == ("queued", "", other)


def test_the_oldest_is_claimed_first_and_one_at_a_time_on_a_node(learner: User) -> None:
    first, second = ask(learner, seed=1), ask(learner, seed=2)
    assert claimed() == first
    assert previews.claim(worker=TWO) is None
    assert claimed(ELSEWHERE) == second
    assert previews.claim(worker="infer@third:1") is None


def test_a_node_that_lost_a_claim_may_claim_again(learner: User) -> None:
    ask(learner, seed=1)
    ask(learner, seed=2)
    Preview.objects.filter(pk=claimed().pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert previews.claim(worker=TWO) is not None


def test_what_was_made_is_kept_with_its_file(learner: User) -> None:
    preview = ask(learner)
    assert previews.finish(claimed(), Made(FOUND, "x.png", b"picture"))
    preview.refresh_from_db()
    assert (preview.state, preview.result, preview.bytes) == ("ready", FOUND, 7)
    assert default_storage.open(preview.name).read() == b"picture"
    assert ask(learner) == preview


def test_a_claim_that_was_taken_away_writes_nothing_and_leaves_no_file(learner: User) -> None:
    preview = ask(learner)
    stale = claimed()
    previews.sweep(now=later())
    fresh = claimed(ELSEWHERE)
    assert not previews.finish(stale, Made(FOUND, "stale.png", b"stale"))
    assert not previews.give_up(stale, "No.")
    assert state_of(preview) == "working"
    assert previews.finish(fresh, Made(FOUND, "fresh.png", b"fresh"))
    _, files = default_storage.listdir(f"previews/{preview.pk}")
    assert [name.partition("-")[2] for name in files] == ["fresh.png"]


def test_a_lost_one_is_tried_once_more_and_then_told(learner: User) -> None:
    preview = ask(learner)
    claimed()
    previews.sweep(now=later())
    assert state_of(preview) == "queued"
    claimed()
    previews.sweep(now=later())
    preview.refresh_from_db()
    assert (preview.state, preview.remedy) == ("failed", previews.WORKER_LOST)


def test_two_sweepers_count_one_loss(learner: User) -> None:
    ask(learner)
    lost = claimed()
    previews._take_back(lost, now=later())
    previews._take_back(lost, now=later())
    assert Preview.objects.get().losses == 1


def test_what_expired_goes_with_its_file_and_asking_keeps_it_longer(learner: User) -> None:
    preview = ask(learner)
    previews.finish(claimed(), Made(FOUND, "x.png", b"picture"))
    preview.refresh_from_db()
    Preview.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    ask(learner)
    previews.sweep(now=timezone.now())
    assert Preview.objects.exists()
    previews.sweep(now=timezone.now() + previews.KEPT + timedelta(seconds=1))
    assert not Preview.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_file_of_an_expired_one_is_deleted(learner: User) -> None:
    ask(learner)
    previews.finish(claimed(), Made(FOUND, "x.png", b"picture"))
    name = Preview.objects.get().name
    previews.sweep(now=timezone.now() + previews.KEPT + timedelta(seconds=1))
    assert not default_storage.exists(name)


def test_the_first_mark_counts(learner: User) -> None:
    preview = ask(learner)
    previews.finish(claimed(), Made(FOUND))
    preview.refresh_from_db()
    assert previews.pick(preview, by=learner, rate=0.1).rate == 0.1
    assert previews.pick(preview, by=learner, rate=0.2).rate == 0.1
    assert previews.pick_of(preview, learner) == RatePick.objects.get()


def test_a_mark_outlives_its_test_and_is_exported_handed_over_and_erased(guest: User, learner: User) -> None:
    preview = ask(guest)
    previews.finish(claimed(), Made(FOUND))
    preview.refresh_from_db()
    previews.pick(preview, by=guest, rate=0.1)
    previews.sweep(now=timezone.now() + previews.KEPT + timedelta(seconds=1))
    keeping.merge(guest, into=learner)
    assert keeping.export(learner)[-1]["rate"] == 0.1
    learner.delete()
    assert not RatePick.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_downloads_of_an_erased_person_go_too(learner: User, lab: Lab) -> None:
    previews.ask_about_run("export_zip", run=submit(learner, lab), by=learner)
    previews.finish(claimed(), Made({}, "run.zip", b"zip"))
    name = Preview.objects.get().name
    keeping.erase(learner)
    learner.delete()
    assert not Preview.objects.exists()
    assert not default_storage.exists(name)
