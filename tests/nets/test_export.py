"""What a learner takes home works without us: every file of the zip is opened by the program that it is for."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load as read_safetensors

from nets import checkpoints
from nets.__main__ import main
from nets.data import load
from nets.datasets import DATASETS
from nets.events import Event, columns, rate_changed, resumed, started, steps
from nets.export import EVENTS_FILE, ExportError, course_of, export, export_folder, networks, read_events, words
from nets.export.logs import csv_bytes, tensorboard_bytes
from nets.metrics import normalised
from nets.own_sets import OWN
from nets.predictor import Predictor
from nets.script import Course
from nets.specs import TrainSpec
from nets.trainer import train
from nets.zoo import build

SPEC = TrainSpec(epochs=2, batch_size=300, seed=5)
FILES = {
    "README.txt", "train.py", "train.ipynb", "data.npz", "model.onnx", "weights.safetensors", "events.csv",
    "tensorboard/events.out.tfevents.0000000000.stride",
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small run, as the command line leaves it."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("run")
    told = train(SPEC, device="cpu", threads=1, checkpoint_to=folder)
    (folder / EVENTS_FILE).write_text("".join(json.dumps(event) + "\n" for event in told), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def unpacked(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the export of that run was unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(export_folder(run, to=folder / "run.zip")) as archive:
        archive.extractall(folder)
    return folder


def model_of(run: Path) -> torch.nn.Module:
    """Return the trained network of the newest checkpoint, in eval mode."""
    state = checkpoints.load(sorted(run.glob("step-*.ckpt"))[-1])
    model = build(SPEC.arch, shape=(1, 32, 32), classes=10)
    model.load_state_dict(state["model"])
    return model.eval()


def printed(code: str, folder: Path) -> str:
    """Run code in a fresh Python that knows nothing of us, in `folder`."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_zip_holds_what_its_readme_names(unpacked: Path) -> None:
    found = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()} - {
        "run.zip",
        "weights.pt",
    }
    assert found == FILES
    text = (unpacked / "README.txt").read_text(encoding="utf-8")
    assert all(name.split("/")[0] in text for name in FILES - {"README.txt"})
    assert "CC BY 4.0" in text
    assert "UCI" in text


def test_the_cells_of_the_notebook_run_from_top_to_bottom_and_print_the_losses(run: Path, unpacked: Path) -> None:
    book = nbformat.read(unpacked / "train.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    code = "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    losses = [
        [float(loss) for loss in found]
        for found in re.findall(r"loss (\S+), validation loss (\S+),", printed(code, unpacked))
    ]
    epochs = [event for event in read_events(run / EVENTS_FILE) if event["type"] == "epoch"]
    assert losses == [pytest.approx([event["train_loss"], event["validation_loss"]], abs=1e-5) for event in epochs]


def test_the_script_is_the_code_of_the_notebook(unpacked: Path) -> None:
    book = nbformat.read(unpacked / "train.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    script = (unpacked / "train.py").read_text(encoding="utf-8")
    assert script.partition("\n\n")[2] == "\n\n\n".join(cells) + "\n"


def test_every_data_set_has_the_terms_under_which_it_may_be_passed_on() -> None:
    assert set(words.LICENCES) == {*DATASETS, OWN}
    assert all(text.endswith(".") for text in words.LICENCES.values())


def test_the_readme_names_the_package_of_a_library_network() -> None:
    spec = TrainSpec(arch="timm/resnet26d")
    text = words.readme(spec, course=Course(), torch="2.14.0", mean="0.3", std="0.3")
    assert "Needs torch, timm and numpy:" in text
    assert "watch" not in text


def test_a_drawn_network_on_other_data_is_exported_whole(tmp_path: Path) -> None:
    layers = [
        {"kind": "conv", "out": 6, "kernel": 3, "stride": 2},
        {"kind": "gate", "body": [{"kind": "adaptive_pool"}, {"kind": "conv", "out": 6, "kernel": 1}]},
        {"kind": "act", "how": "SiLU"},
        {"kind": "flatten"},
        {"kind": "linear", "out": 10},
    ]
    wish = {"arch": "drawn", "layers": layers, "data": "shapes", "augment": "strong", "epochs": 1, "batch_size": 400}
    spec = TrainSpec.from_json(wish)
    told = list(train(spec, device="cpu", threads=1, checkpoint_to=tmp_path))
    file = tmp_path / told[-1]["summary"]["checkpoint"]["file"]
    with zipfile.ZipFile(export(spec, checkpoint=file, told=told, to=tmp_path / "run.zip")) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert "MIT licence as the code" in (tmp_path / "unpacked/README.txt").read_text(encoding="utf-8")
    losses = re.findall(
        r"loss (\S+), validation loss (\S+),",
        printed((tmp_path / "unpacked/train.py").read_text(encoding="utf-8"), tmp_path / "unpacked"),
    )
    (epoch,) = [event for event in told if event["type"] == "epoch"]
    assert [*map(float, losses[0])] == pytest.approx([epoch["train_loss"], epoch["validation_loss"]], abs=1e-5)
    images = load("shapes").test.images[:3]
    session = onnxruntime.InferenceSession(str(tmp_path / "unpacked/model.onnx"), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"images": images.numpy().astype(np.float32)})
    np.testing.assert_allclose(found, Predictor.load(file).predict(images).numpy(), atol=1e-4)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_onnxruntime_gives_what_torch_gives_for_any_batch(run: Path, unpacked: Path, count: int) -> None:
    data = load("digits")
    images = data.test.images[:count]
    session = onnxruntime.InferenceSession(str(unpacked / "model.onnx"), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"images": images.numpy().astype(np.float32)})
    with torch.inference_mode():
        expected = model_of(run)(normalised(images, mean=data.mean, std=data.std)).softmax(dim=1)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-4)


def test_the_onnx_file_says_its_opset_and_no_path_of_this_machine(unpacked: Path) -> None:
    content = (unpacked / "model.onnx").read_bytes()
    model = onnx.load_from_string(content)
    # A number, not OPSET: other programs that read our files rely on it.
    assert {opset.domain: opset.version for opset in model.opset_import}[""] == 18
    assert "opset 18" in (unpacked / "README.txt").read_text(encoding="utf-8")
    assert {prop.key: prop.value for prop in model.metadata_props}["arch"] == "lenet5"
    for word in (b"site-packages", b".py", str(Path.cwd()).encode()):
        assert word not in content


def test_exporting_to_onnx_leaves_the_network_in_training_mode() -> None:
    model = build("threeblock", shape=(1, 32, 32), classes=10).train()
    frozen = model.get_submodule("dropout").eval()
    networks.onnx_bytes(model, shape=(1, 32, 32), mean=0.1, std=0.3, about={})
    assert (model.training, frozen.training) == (True, False)


def test_the_weights_are_those_of_the_checkpoint_and_say_what_they_are(run: Path, unpacked: Path) -> None:
    weights = read_safetensors((unpacked / "weights.safetensors").read_bytes())
    assert all(torch.equal(weights[name], value) for name, value in model_of(run).state_dict().items())
    with safe_open(unpacked / "weights.safetensors", framework="pt") as file:
        assert file.metadata()["mean"] == str(load("digits").mean)


def test_the_table_holds_every_point_and_every_epoch(run: Path, unpacked: Path) -> None:
    told = read_events(run / EVENTS_FILE)
    rows = list(csv.DictReader(io.StringIO((unpacked / "events.csv").read_text(encoding="utf-8"))))
    assert [float(row["loss"]) for row in rows if row["kind"] == "step"] == columns(told)["loss"]
    assert [row["kind"] for row in rows][-2:] == ["step", "epoch"]
    assert sum(row["kind"] == "epoch" for row in rows) == SPEC.epochs


def test_tensorboard_reads_every_point(run: Path, unpacked: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    reader = EventAccumulator(str(unpacked / "tensorboard"))
    reader.Reload()
    found = reader.Scalars("step/loss")
    expected = columns(read_events(run / EVENTS_FILE))
    assert [point.step for point in found] == expected["step"]
    assert [point.value for point in found] == pytest.approx(expected["loss"], rel=1e-6)
    assert len(reader.Scalars("epoch/validation_accuracy")) == SPEC.epochs


def test_the_same_run_makes_the_same_bytes(run: Path, unpacked: Path, tmp_path: Path) -> None:
    again = export_folder(run, to=tmp_path / "again.zip")
    assert again.read_bytes() == (unpacked / "run.zip").read_bytes()


def test_a_checkpoint_of_another_run_is_refused(run: Path, tmp_path: Path) -> None:
    file = sorted(run.glob("step-*.ckpt"))[-1]
    with pytest.raises(ExportError, match="another run"):
        export(replace(SPEC, seed=6), checkpoint=file, told=[], to=tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("missing", ["checkpoint", "events"])
def test_what_is_missing_is_named(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    if missing == "events":
        file = sorted(run.glob("step-*.ckpt"))[-1]
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert main(["export", str(tmp_path), "--to", str(tmp_path / "x.zip")]) == 2
    assert {"checkpoint": "step-*.ckpt", "events": EVENTS_FILE}[missing] in capsys.readouterr().err


def beginning(*, device: str = "cpu") -> Event:
    return started(
        device=device, dtype="float32", layout="contiguous", threads=3, parameters=1, dataset={}, steps_per_epoch=5
    )


def points(first: int, last: int, *, loss: float = 1.0) -> Event:
    count = last - first + 1
    return steps(step=range(first, last + 1), loss=[loss] * count, metric=[0.0] * count, lr=[0.1] * count)


def test_a_script_learns_of_the_hand_from_the_events() -> None:
    told = [beginning(), points(1, 4), rate_changed(step=4, value=0.5), points(5, 7)]
    course = course_of(SPEC, told)
    assert (course.rates, course.last_step, course.threads) == ({4: 0.5}, 7, 3)


def test_a_whole_run_stops_nowhere_and_a_gpu_leaves_the_threads_open() -> None:
    course = course_of(SPEC, [beginning(device="cuda:0"), points(1, 10)])
    assert (course.last_step, course.threads) == (None, None)


@pytest.mark.parametrize("says", [True, False])
def test_points_past_a_resume_count_once(tmp_path: Path, *, says: bool) -> None:
    later = [resumed(attempt=2, step=2)] if says else []
    lines = [beginning(), points(1, 4, loss=9.0), beginning(), *later, points(3, 5, loss=1.0)]
    (tmp_path / EVENTS_FILE).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert columns(read_events(tmp_path / EVENTS_FILE))["loss"] == [9.0, 9.0, 1.0, 1.0, 1.0]


def test_a_loss_that_is_no_number_is_an_empty_cell_and_no_point() -> None:
    told = [steps(step=[1, 2], loss=[0.5, float("nan")], metric=[0.1, 0.2], lr=[0.1, 0.1])]
    assert csv_bytes(told).splitlines()[2].startswith(b"step,2,,0.2,")
    assert len(tensorboard_bytes(told)) < len(tensorboard_bytes([points(1, 2)]))


def test_the_command_line_keeps_the_events_of_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", "--epochs", "1", "--batch-size", "600", "--threads", "1", "--checkpoint-to", str(tmp_path)]
    assert main(arguments) == 0
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    # The second run began anew, so only its events are there.
    assert (tmp_path / EVENTS_FILE).read_text(encoding="utf-8").splitlines() == lines[len(lines) // 2 :]


def test_one_mean_per_channel_is_normalised_with_per_channel() -> None:
    torch.manual_seed(0)
    model = build("threeblock", shape=(3, 16, 16), classes=10).eval()
    mean, std = (0.2, 0.4, 0.6), (0.1, 0.2, 0.3)
    content = networks.onnx_bytes(model, shape=(3, 16, 16), mean=mean, std=std, about={})
    images = torch.randint(0, 256, (3, 3, 16, 16)).float()
    (found,) = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]).run(
        None, {"images": images.numpy()}
    )
    channels = [(images[:, place] / 255 - mean[place]) / std[place] for place in range(3)]
    with torch.inference_mode():
        expected = model(torch.stack(channels, dim=1)).softmax(dim=1)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-4)
