"""Runs that several tests look at, trained once: the first-run default on one thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from nets.events import Event
from nets.predictor import Predictor
from nets.specs import TrainSpec
from nets.trainer import train


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished run: its spec, all its events, and the folder of its checkpoints."""

    spec: TrainSpec
    events: list[Event]
    folder: Path

    @property
    def summary(self) -> dict[str, object]:
        """Return what `finished` says."""
        summary: dict[str, object] = self.events[-1]["summary"]
        return summary

    def predictor(self) -> Predictor:
        """Return the trained network, read back from its last checkpoint."""
        checkpoint = self.summary["checkpoint"]
        assert isinstance(checkpoint, dict)
        return Predictor.load(self.folder / checkpoint["file"], sha256=checkpoint["sha256"])


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train what a learner trains who changes nothing."""
    folder = tmp_path_factory.mktemp("first-run")
    spec = TrainSpec()
    return Trained(spec, list(train(spec, device="cpu", threads=1, checkpoint_to=folder)), folder)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute on one thread: the sums of two threads come in another order, and two cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
