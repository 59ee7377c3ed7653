"""Two workers that share no disk, and one S3 store: a run that one gave back ends on the other, to the bit."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from labs import following
from labs.artifacts import CHECKPOINT, WEIGHTS
from labs.models import Artifact, Lab, Run
from nets import events
from stride import environment
from tests.house import House
from tests.labs.conftest import points, state_of, submit
from tests.labs.test_collecting import collect
from tests.nets.own_pictures import zipped
from tests.stores import Store, served

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]

EPOCHS = 10


@pytest.fixture
def store(house: House, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A house whose files lie in a bucket; each worker started from now on has a data folder of its own."""
    house.without("train", "train2")
    kept = dict(house.environment)
    with served() as store:
        house.environment |= store.environment
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        settings.STORAGES = settings.STORAGES | {"default": environment.files(Path())}
        yield store
        house.without("train", "train2")
    house.environment = kept


def start(house: House, name: str) -> Path:
    """Start a worker on a disk of its own; return its folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"stride-{name}-"))
    kept, house.environment["STRIDE_DATA"] = house.environment["STRIDE_DATA"], str(folder)
    house.environment["REDIS_URL"] = f"unix://{house.socket}"
    house.need(name)
    house.environment["STRIDE_DATA"] = kept
    return folder


def weights_of(run: Run) -> str:
    return Artifact.objects.get(run=run, kind=WEIGHTS).sha256


def moved_to_the_bit(house: House, store: Store, learner: User, lab: Lab, **asked: object) -> list[Path]:
    """Train what was asked for once on one disk and once on two, and find no difference; return both folders."""
    first = start(house, "train")
    alone = submit(learner, lab, **asked)
    house.until(lambda: state_of(alone) == "finished", seconds=150, what="the run that stays")
    moved = submit(learner, lab, **asked)
    house.until(lambda: points(moved) > 2, what="points")
    house.stop("train", seconds=30)
    assert state_of(moved) == "queued"
    checkpoint = Artifact.objects.filter(run=moved, kind=CHECKPOINT).latest("step")
    assert checkpoint.name in store.names()
    second = start(house, "train2")
    house.until(lambda: state_of(moved) == "finished", seconds=150, what="the run that moved")
    assert {"type": "resumed", "attempt": 2, "step": checkpoint.step} in following.all_events(moved)
    assert [turn.worker.partition("@")[0] for turn in moved.turns.order_by("attempt")] == ["train", "train2"]
    assert (second / "cache" / checkpoint.sha256).exists()
    assert not (first / "cache").exists()
    assert not list(first.glob("files/**/*")) + list(second.glob("files/**/*"))
    assert weights_of(moved) == weights_of(alone)
    assert events.columns(following.all_events(moved)) == events.columns(following.all_events(alone))
    return [first, second]


def test_f14_a_run_drained_on_one_disk_ends_on_another_as_if_it_had_never_moved(
    house: House, store: Store, learner: User, lab: Lab
) -> None:
    moved_to_the_bit(house, store, learner, lab, epochs=EPOCHS)


def test_f14_a_learners_own_pictures_reach_both_disks_and_stay_on_neither(
    house: House, store: Store, learner: User, lab: Lab
) -> None:
    made = collect(learner, zipped(cup=60, pen=60))
    folders = moved_to_the_bit(house, store, learner, lab, data=made.value, epochs=EPOCHS, batch_size=1)
    left = {path.name for folder in folders for path in folder.rglob("*")}
    assert made.sha256 not in left
    assert "pictures.safetensors" not in left
