"""What may be asked of a lab, and what is written when it is."""

from typing import Any

import pytest
from django.db import transaction

import rings
from accounts.models import User
from labs import announcing, specs, submission
from labs.models import Lab, Run
from nets.specs import SpecError, TrainSpec
from tests.labs.conftest import make_lab, submit

pytestmark = pytest.mark.django_db


def refused(lab: Lab, **fields: object) -> dict[str, str]:
    """Return the sentences with which the lab refuses these fields."""
    assert lab.current is not None
    with pytest.raises(SpecError) as caught:
        specs.build(lab.current, fields)
    return caught.value.errors


def test_f15_every_bad_field_is_named_at_once(learner: User, lab: Lab) -> None:
    bad: dict[str, Any] = {
        "epochs": -1,
        "batch_size": 10**9,
        "learning_rate": float("nan"),
        "arch": "vgg99",
        "wings": 2,
    }
    assert set(refused(lab, **bad)) == set(bad)
    with pytest.raises(SpecError):
        submit(learner, lab, **bad)
    assert not Run.objects.exists()


def test_f26_a_field_that_the_lab_fixes_is_refused_with_those_that_are_open() -> None:
    lab = make_lab("fixed", open_fields=["epochs"])
    errors = refused(lab, seed=3, owner="someone else", state="finished", epochs=5)
    assert errors["seed"] == "Seed is fixed in this lab; you may change: epochs."
    assert errors["owner"] == "“owner” is no field of this lab; you may change: epochs."
    assert set(errors) == {"seed", "owner", "state"}


def test_a_value_that_the_lab_does_not_offer_is_refused() -> None:
    lab = make_lab("narrow", choices={"arch": ["lenet5"]})
    assert refused(lab, arch="threeblock") == {"arch": "Network must be one of lenet5 in this lab."}


def test_a_network_for_photos_is_refused_for_digits_unless_the_lab_offers_it() -> None:
    assert refused(make_lab("free"), arch="resnet50") == {
        "arch": "ResNet-50 is meant for images of 224x224; those of Handwritten digits are 32x32. "
        "Choose one that the form shows."
    }
    offering = make_lab("offering", choices={"arch": ["lenet5", "resnet50"]})
    assert offering.current is not None
    assert specs.build(offering.current, {"arch": "resnet50"}).arch == "resnet50"


def test_what_is_not_said_is_the_labs_own(learner: User) -> None:
    run = submit(learner, make_lab(spec=TrainSpec(epochs=7, seed=11).to_json()), batch_size=64)
    assert (run.spec["epochs"], run.spec["batch_size"], run.seed) == (7, 64, 11)
    assert (run.state, run.fence) == ("queued", 0)


@pytest.mark.parametrize(
    ("text", "read"), [("5", 5), ("1e-3", "1e-3"), ("five", "five"), ("", ""), ("10000000000", 10**10)]
)
def test_a_forms_text_is_read_as_the_number_it_spells(text: str, read: object) -> None:
    assert specs.read_form({"epochs": text}) == {"epochs": read}


def test_f17_the_quota_is_a_sentence_and_nothing_is_queued(learner: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 2
    submit(learner, lab)
    submit(learner, lab)
    with pytest.raises(submission.QuotaError, match=r"2 runs waiting or running.*Wait for one to end, or stop one\."):
        submit(learner, lab)
    assert Run.objects.count() == 2


def test_a_run_that_has_ended_does_not_count(learner: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 1
    submission.request_stop(submit(learner, lab))
    assert submit(learner, lab).state == "queued"


def test_a_guest_may_have_fewer_runs_and_is_told_how_to_have_more(guest: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_GUEST_OPEN_RUNS = 1
    submit(guest, lab)
    with pytest.raises(submission.QuotaError, match="Signing up raises the limit"):
        submit(guest, lab)


def test_a_guest_is_refused_where_a_lab_is_not_for_guests(guest: User) -> None:
    with pytest.raises(submission.LockedError, match="Sign up"):
        submit(guest, make_lab(guests=False))


def test_f09_a_transaction_that_is_rolled_back_rings_nobody(
    learner: User, lab: Lab, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    class _Change(Exception):
        """The caller's own change of mind."""

    with django_capture_on_commit_callbacks() as callbacks:
        try:
            with transaction.atomic():
                submit(learner, lab)
                raise _Change
        except _Change:
            pass
    assert not Run.objects.exists()
    assert not callbacks


def test_a_submit_rings_after_its_commit(learner: User, lab: Lab, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        run = submit(learner, lab)
    told = [(callback.func, callback.args) for callback in callbacks]
    assert (rings.publish, (f"run:{run.pk}",)) in told
    assert (rings.knock, (announcing.WORK, announcing.QUEUE)) in told


def test_f12_a_waiting_run_is_cancelled_once(learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    assert submission.request_stop(run)
    assert not submission.request_stop(run)
    run.refresh_from_db()
    assert (run.state, run.last_seq) == ("cancelled", 1)
    assert run.chunks.get().events == [{"type": "cancelled"}]
    assert run.ended_at is not None
