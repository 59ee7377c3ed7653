"""A run may start from weights that were learned elsewhere; what does not fit is named, and nothing is half taken."""

import dataclasses
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from nets import backbones, checkpoints, starting
from nets.checkpoints import CheckpointError
from nets.data import load
from nets.events import Event, columns
from nets.export import export
from nets.specs import SpecError, TrainSpec
from nets.starting import Start
from nets.trainer import train
from nets.zoo import build

FIRST = TrainSpec(epochs=1, batch_size=640, augment="none", learning_rate=0.01, seed=5)
BORROWED = TrainSpec(
    arch="small_resnet", epochs=2, batch_size=640, augment="none", start="backbone", freeze="backbone", seed=5
)


def walk(spec: TrainSpec, **options: Any) -> list[Event]:
    return list(train(spec, device="cpu", threads=1, **options))


def of(kind: str, told: list[Event]) -> list[Event]:
    return [event for event in told if event["type"] == kind]


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of FIRST."""
    folder = tmp_path_factory.mktemp("learned")
    walk(FIRST, checkpoint_to=folder)
    return folder


def begun(spec: TrainSpec, folder: Path, **options: Any) -> dict[str, Any]:
    """Return the state of a run right after its start."""
    run = train(spec, device="cpu", threads=1, checkpoint_to=folder, **options)
    next(run)
    file = run.send("checkpoint")["file"]
    run.close()
    return checkpoints.load(folder / file)


@pytest.mark.parametrize("pattern", ["weights.safetensors", "step-*.ckpt"])
def test_a_run_starts_from_the_weights_of_another(learned: Path, tmp_path: Path, pattern: str) -> None:
    file = next(learned.glob(pattern))
    spec = dataclasses.replace(FIRST, start=sha256(file), optimiser="sgd", layer_decay=0.5, freeze="conv1", seed=9)
    state, whole = begun(spec, tmp_path, weights=file), load_file(learned / "weights.safetensors")
    assert all(torch.equal(state["model"][name], whole[name]) for name in whole)
    assert (state["counts"]["step"], state["actions"], state["best"]) == (0, [], {})
    # What is frozen keeps those very weights; the rest goes on from them.
    left = checkpoints.load(
        tmp_path / walk(spec, weights=file, checkpoint_to=tmp_path)[-1]["summary"]["checkpoint"]["file"]
    )
    assert torch.equal(left["model"]["conv1.weight"], whole["conv1.weight"])
    assert not torch.equal(left["model"]["conv2.weight"], whole["conv2.weight"])


def test_borrowed_features_bring_their_normalisation_and_a_fresh_head(tmp_path: Path) -> None:
    state = begun(BORROWED, tmp_path)
    borrowed = backbones.load(shape=(1, 32, 32), classes=10)
    own = borrowed.model.state_dict()
    same = {name for name in own if torch.equal(own[name], state["model"][name])}
    assert set(own) - same == {"output.weight", "output.bias"}
    assert (state["mean"], state["std"]) == (borrowed.mean, borrowed.std)
    assert walk(BORROWED)[0]["dataset"]["mean"] == borrowed.mean != load("digits").mean


def test_a_start_is_recorded_and_resumed_to_the_bit_without_its_file(learned: Path, tmp_path: Path) -> None:
    file = learned / "weights.safetensors"
    given = dataclasses.replace(FIRST, start=sha256(file), epochs=2, seed=9)
    for spec, weights in ((given, file), (BORROWED, None)):
        folder = tmp_path / spec.arch
        run = train(spec, device="cpu", threads=1, checkpoint_to=folder, weights=weights)
        first = [next(run), next(run)]
        saved = run.send("checkpoint")
        whole = [*first, *run]
        torch.manual_seed(999)
        rest = walk(spec, resume_from=folder / saved["file"])
        assert columns(rest)["loss"] == columns(whole)["loss"][1:]
        assert rest[0] == whole[0]
        assert rest[-1]["summary"]["test_loss"] == whole[-1]["summary"]["test_loss"]
        branch = walk(dataclasses.replace(spec, learning_rate=0.1), branch_from=folder / saved["file"])
        assert branch[0]["dataset"] == whole[0]["dataset"]
    with pytest.raises(CheckpointError, match="spec differs"):
        walk(dataclasses.replace(BORROWED, start=""), resume_from=tmp_path / "small_resnet" / saved["file"])


def test_the_head_is_new_where_the_classes_differ(learned: Path) -> None:
    whole = load_file(learned / "weights.safetensors")
    model = build("lenet5", shape=(1, 32, 32), classes=7)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    starting.put(Start(whole, 0.3, 0.4), model)
    fresh = {name for name, weight in model.state_dict().items() if torch.equal(weight, before[name])}
    assert fresh == {name for name in whole if whole[name].shape != before[name].shape}
    assert len(fresh) == 2


def test_what_does_not_fit_is_named_and_nothing_is_taken(learned: Path, tmp_path: Path) -> None:
    file = learned / "weights.safetensors"
    spec = dataclasses.replace(FIRST, start=sha256(file))
    with pytest.raises(SpecError, match=r"another network: conv1.weight must be \(32, 1, 3, 3\) and is \(6, 1, 5, 5\)"):
        walk(dataclasses.replace(spec, arch="threeblock"), weights=file)
    with pytest.raises(SpecError, match=r"they have no conv1\.weight; .* and 57 more"):
        walk(dataclasses.replace(FIRST, start="backbone"))
    with pytest.raises(SpecError, match="was not given"):
        walk(spec)
    with pytest.raises(SpecError, match="holds others"):
        walk(spec, weights=backbones.WEIGHTS)
    with pytest.raises(CheckpointError, match="cannot be read"):
        walk(spec, weights=tmp_path / "gone.safetensors")
    save_file({"conv1.weight": torch.zeros(1)}, tmp_path / "bare.safetensors")
    for name, content in (("bare", None), ("cut", file.read_bytes()[:500]), ("empty", b""), ("zip", b"PK\x03\x04")):
        path = tmp_path / f"{name}.safetensors"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(CheckpointError):
            walk(dataclasses.replace(FIRST, start=sha256(path)), weights=path)


@pytest.mark.parametrize("value", ["Backbone", "abc", "A" * 64, None, 3])
def test_a_start_that_names_nothing_is_refused(value: object) -> None:
    with pytest.raises(SpecError, match="Start from must be"):
        TrainSpec.from_json({"start": value})
    assert TrainSpec(start="").digest() == TrainSpec().digest() != TrainSpec(start="backbone").digest()


def test_an_exported_script_repeats_a_borrowed_run(tmp_path: Path) -> None:
    told = walk(BORROWED, checkpoint_to=tmp_path)
    file = tmp_path / told[-1]["summary"]["checkpoint"]["file"]
    export(BORROWED, checkpoint=file, told=told, to=tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as packed:
        packed.extractall(tmp_path / "run")
    assert "start.safetensors" in (tmp_path / "run" / "train.py").read_text().splitlines()[0]
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path / "run", capture_output=True, text=True, timeout=100, check=True
    )
    epochs = [line for line in done.stdout.splitlines() if line.startswith("epoch")]
    for line, epoch in zip(epochs, of("epoch", told), strict=True):
        printed = float(line.split("validation loss ")[1].split(",")[0])
        assert printed == pytest.approx(epoch["validation_loss"], abs=1e-5)
