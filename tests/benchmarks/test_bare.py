"""What the trainer is measured against trains the same network: otherwise a ratio of speeds would say nothing."""

from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import bare, lending
from nets.session import Session
from nets.specs import TrainSpec

PARTS = lending.random_images(train=96, judged=8, device="cpu")
FIELDS = {"arch": "fourconv_bn", "data": "shapes", "epochs": 2, "batch_size": 32, "schedule": "constant"}


def bare_weights(session: Session, *, epochs: int) -> dict[str, torch.Tensor]:
    schedule = bare.scheduler(session)
    for _ in range(epochs):
        bare.learn(session, bare.batches(session), schedule=schedule)
        session.turn()
    return dict(session.model.state_dict())


def trained_weights(session: Session, *, epochs: int) -> dict[str, torch.Tensor]:
    for _ in range(epochs):
        while not session.is_epoch_done:
            session.advance()
        session.turn()
    return dict(session.model.state_dict())


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"augment": "standard"},
        {"precision": "bfloat16", "layout": "channels_last"},
        {"batch_size": 19},  # of 96 images one would be left over
    ],
)
def test_the_bare_loop_trains_the_very_same_network(tmp_path: Path, wish: dict[str, Any]) -> None:
    spec = TrainSpec.from_json({**FIELDS, **wish})
    with lending.lent(PARTS):
        theirs = trained_weights(bare.begin(spec, probes=tmp_path / "probes.json"), epochs=2)
        ours = bare_weights(bare.begin(spec, probes=tmp_path / "probes.json"), epochs=2)
    assert all(torch.equal(theirs[name], weight) for name, weight in ours.items())


def test_the_bare_loop_follows_the_schedule(tmp_path: Path) -> None:
    spec = TrainSpec.from_json({**FIELDS, "schedule": "cosine"})
    with lending.lent(PARTS):
        theirs = trained_weights(bare.begin(spec, probes=tmp_path / "probes.json"), epochs=2)
        ours = bare_weights(bare.begin(spec, probes=tmp_path / "probes.json"), epochs=2)
    # torch goes along the cosine by recursion: its rates differ from ours in their last digits.
    for name, weight in ours.items():
        assert torch.allclose(theirs[name].float(), weight.float(), rtol=1e-2, atol=1e-3), name


def test_the_data_sets_of_the_course_are_back_after_the_block(tmp_path: Path) -> None:
    spec, probes = TrainSpec.from_json(FIELDS), tmp_path / "probes.json"
    with lending.lent(PARTS):
        assert bare.begin(spec, probes=probes).data is PARTS
    assert bare.begin(spec, probes=probes).data.name == "shapes"
