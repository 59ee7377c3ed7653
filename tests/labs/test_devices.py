"""A device takes as many runs as it has slots and memory for, whoever asks for them at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from labs import devices, estimates, queueing, transitions
from labs.models import Device, Lab, Run, Worker
from labs.submission import SpecError
from tests.labs.conftest import submit
from tests.labs.racing import claimed_by_racers

pytestmark = pytest.mark.django_db

GIGABYTE = 10**9


@pytest.fixture(autouse=True)
def _many(settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = settings.STRIDE_RUNNING_RUNS = 100


def make_device(*, slots: int = 1, memory: int = 8 * GIGABYTE, name: str = "train@one") -> Device:
    return devices.register(name, queue="train", name="cpu", slots=slots, memory_bytes=memory)


def queue(owner: User, lab: Lab, *memories: int) -> list[Run]:
    """Queue runs that need so many gigabytes each."""
    runs = [submit(owner, lab) for _ in memories]
    for run, memory in zip(runs, memories, strict=True):
        Run.objects.filter(pk=run.pk).update(memory_bytes=memory * GIGABYTE)
    return runs


def claim(device: Device, *, free: int | None = None) -> Run | None:
    return queueing.claim(worker="test", device=device, free_bytes=free)


def test_a_device_takes_as_many_runs_as_it_has_slots(learner: User, lab: Lab) -> None:
    queue(learner, lab, 1, 1, 1)
    device = make_device(slots=2)
    assert [claim(device) is not None for _ in range(3)] == [True, True, False]
    assert not queueing.has_room(device)


def test_a_run_that_has_ended_makes_room(learner: User, lab: Lab) -> None:
    queue(learner, lab, 1, 1)
    device = make_device()
    first = claim(device)
    assert first is not None
    transitions.give_back(first, fence=first.fence)
    assert claim(device) is not None


def test_another_device_is_another_matter(learner: User, lab: Lab) -> None:
    queue(learner, lab, 1, 1)
    assert claim(make_device()) is not None
    second = claim(make_device(name="train@two"))
    assert second is not None
    assert second.device == Device.objects.get(worker="train@two")


def test_runs_on_one_device_fit_its_memory_together(learner: User, lab: Lab) -> None:
    queue(learner, lab, 5, 5)
    device = make_device(slots=4)
    assert claim(device) is not None
    assert claim(device) is None


def test_a_run_too_large_for_this_device_is_left_for_a_larger_one(learner: User, lab: Lab) -> None:
    large, small = queue(learner, lab, 9, 1)
    assert (claimed := claim(make_device())) is not None
    assert claimed.pk == small.pk
    assert (claimed := claim(make_device(name="train@two", memory=16 * GIGABYTE))) is not None
    assert claimed.pk == large.pk


def test_smaller_runs_do_not_pass_one_that_waits_for_room(learner: User, other: User, lab: Lab) -> None:
    queue(learner, lab, 5)
    device = make_device(slots=4)
    assert claim(device) is not None
    queue(other, lab, 6)
    queue(learner, lab, 1)
    assert claim(device) is None, "the run of 6 is next; small ones would keep it waiting for ever"


def test_memory_that_others_use_on_the_machine_counts(learner: User, lab: Lab) -> None:
    large, small = queue(learner, lab, 5, 2)
    device = make_device()
    assert (claimed := claim(device, free=3 * GIGABYTE)) is not None
    assert claimed.pk == small.pk
    assert claim(make_device(name="train@two"), free=6 * GIGABYTE) == large


@pytest.mark.django_db(transaction=True)
def test_racing_claimers_never_fill_a_device_beyond_its_slots(learner: User, other: User, lab: Lab) -> None:
    for owner in (learner, other, *(User.objects.create_user(f"{n}@example.org") for n in range(6))):
        queue(owner, lab, 1, 1, 1)
    device = make_device(slots=3)
    claimed = claimed_by_racers(device=device.name)
    assert len(claimed) == len(set(claimed)) == 3
    assert Run.objects.running().filter(device=device).count() == 3


@pytest.mark.django_db(transaction=True)
def test_racing_claimers_never_fill_a_device_beyond_its_memory(learner: User, other: User, lab: Lab) -> None:
    for owner in (learner, other, *(User.objects.create_user(f"{n}@example.org") for n in range(6))):
        queue(owner, lab, 3)
    assert len(claimed_by_racers(device=make_device(slots=8).name)) == 2


@pytest.mark.django_db(transaction=True)
def test_racing_claimers_never_give_one_owner_more_than_they_may_have(learner: User, lab: Lab) -> None:
    queue(learner, lab, *[1] * 12)
    assert len(claimed_by_racers(device=make_device(slots=100).name, running_allowed=2)) == 2


def test_a_run_that_no_known_device_could_hold_is_refused_with_the_remedy(learner: User, lab: Lab) -> None:
    make_device(memory=1_000_000)
    with pytest.raises(SpecError) as refused:
        submit(learner, lab, batch_size=64)
    assert refused.value.errors.keys() == {"batch_size"}
    said = refused.value.errors["batch_size"]
    assert said.startswith("This run needs about 0.0")
    assert said.endswith("the largest device here has 0.00 GB. Try a batch size of 32 or a smaller network.")
    assert not Run.objects.exists()


def test_a_run_that_only_an_absent_device_could_hold_says_what_it_waits_for(learner: User, lab: Lab) -> None:
    make_device(memory=16 * GIGABYTE, name="train@large")
    make_device(memory=4 * GIGABYTE)
    Worker.objects.filter(name="train@large").update(echoed_at=timezone.now() - timedelta(hours=1))
    [run] = queue(learner, lab, 9)
    wait = estimates.wait_of(run.pk)
    assert wait.seconds is None
    assert wait.event()["obstacle"] == (
        "It needs about 9.0 GB of memory, more than any device that is there now; it starts when a larger one is back."
    )


def test_a_device_that_nobody_has_told_of_for_a_week_is_forgotten(learner: User, lab: Lab) -> None:
    make_device(memory=1)
    Worker.objects.update(echoed_at=timezone.now() - timedelta(days=8))
    assert submit(learner, lab).state == "queued"


def test_a_workers_present_device_replaces_the_one_it_had(db: None) -> None:
    make_device()
    devices.register("train@one", queue="train", name="cuda", slots=2, memory_bytes=1)
    assert Device.objects.get().name == "cuda"
