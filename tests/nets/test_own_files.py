"""The file of a learner's own pictures: read by others, refused when it is another, trained on bit for bit."""

import json
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors
from safetensors.numpy import load_file

from nets import own_files
from nets.__main__ import main
from nets.data import DataError, load_for
from nets.export import export
from nets.own_sets import OwnSet
from nets.specs import TrainSpec
from nets.trainer import train
from tests.nets import own_pictures


def test_the_library_of_the_format_reads_the_same_arrays_and_names(tmp_path: Path) -> None:
    made = own_pictures.pictures(cup=12, pen=10)
    file = tmp_path / "own.safetensors"
    file.write_bytes(own_files.to_bytes(made))
    read = load_file(file)
    np.testing.assert_array_equal(read["images"], made.images)
    np.testing.assert_array_equal(read["labels"], made.labels)
    with safetensors.safe_open(file, "np") as opened:
        assert json.loads(opened.metadata()["classes"]) == ["cup", "pen"]


def test_the_same_pictures_make_the_same_bytes() -> None:
    first, second = (own_files.to_bytes(own_pictures.pictures(cup=12, pen=10)) for _ in range(2))
    assert first == second


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    file, own = own_pictures.stored(tmp_path, cup=12, pen=10)
    raw = own_files.read(file, own)
    np.testing.assert_array_equal(raw.images, own_pictures.pictures(cup=12, pen=10).images)
    assert own.classes == (("cup", 12), ("pen", 10))


@pytest.mark.parametrize("place", [0, 3, 40, 5000, -1])
def test_a_flipped_byte_is_never_trained_on(place: int, tmp_path: Path) -> None:
    file, own = own_pictures.stored(tmp_path, cup=12, pen=10)
    content = bytearray(file.read_bytes())
    content[place] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        own_files.read(file, own)


def _headed(head: object, body: bytes = b"") -> bytes:
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + body


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        struct.pack("<Q", 2**63) + b"{}",
        _headed([]),
        _headed({}),
        _headed({"__metadata__": {"classes": "[1]"}, "images": {"shape": [-1, 3, 8, 8]}}),
        _headed({"__metadata__": {"classes": '["a"]'}, "images": {"shape": [10**9, 3, 8, 8]}}),
        _headed({"__metadata__": {"classes": "["}, "images": {"shape": []}}),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        own_files.read(file, OwnSet("0" * 64, 32, (("cup", 12), ("pen", 10))))


def test_pictures_that_are_gone_are_told_in_words(tmp_path: Path) -> None:
    _, own = own_pictures.stored(tmp_path, cup=12, pen=10)
    for file in (None, tmp_path / "nowhere"):
        with pytest.raises(DataError, match="no longer here"):
            load_for(own_pictures.spec_of(own), file=file)


def test_the_splits_are_those_that_the_spec_promises(tmp_path: Path) -> None:
    file, own = own_pictures.stored(tmp_path, cup=37, pen=14)
    spec = own_pictures.spec_of(own)
    data = load_for(spec, file=file)
    assert {name: len(getattr(data, name)) for name in spec.dataset.splits} == dict(spec.dataset.splits)
    assert all(set(getattr(data, part).labels.tolist()) == {0, 1} for part in ("train", "validation", "test"))


def _losses(spec: TrainSpec, **more: object) -> list[float]:
    told = train(spec, device="cpu", threads=1, **more)  # type: ignore[arg-type]
    return [loss for event in told if event["type"] == "steps" for loss in event["loss"]]


def test_a_run_on_own_pictures_resumes_to_the_bit(tmp_path: Path) -> None:
    file, own = own_pictures.stored(tmp_path, cup=30, pen=30)
    spec = own_pictures.spec_of(own, epochs=3, batch_size=8)
    whole = _losses(spec, data_file=file)
    folder = tmp_path / "run"
    walk = train(spec, device="cpu", threads=1, data_file=file, checkpoint_to=folder, checkpoints_apart=0)
    first: list[float] = []
    for event in walk:
        first += event["loss"] if event["type"] == "steps" else []
        if event["type"] == "checkpoint":
            break
    walk.close()
    (saved,) = folder.glob("step-*.ckpt")
    assert first + _losses(spec, data_file=file, resume_from=saved) == whole


def test_the_script_in_the_zip_prints_the_losses_of_the_run_on_own_pictures(tmp_path: Path) -> None:
    file, own = own_pictures.stored(tmp_path, cup=30, pen=30)
    spec = own_pictures.spec_of(own, epochs=2, batch_size=16)
    told = list(train(spec, device="cpu", threads=1, data_file=file, checkpoint_to=tmp_path / "run"))
    saved = sorted((tmp_path / "run").glob("step-*.ckpt"))[-1]
    made = export(spec, checkpoint=saved, told=told, to=tmp_path / "run.zip", data_file=file)
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, "-I", "train.py"],
        cwd=tmp_path / "home",
        env={"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    printed = [[*map(float, pair)] for pair in re.findall(r"loss (\S+), validation loss (\S+),", done.stdout)]
    epochs = [event for event in told if event["type"] == "epoch"]
    assert printed == [pytest.approx([epoch["train_loss"], epoch["validation_loss"]], abs=1e-5) for epoch in epochs]
    assert "cup" not in (tmp_path / "home" / "train.py").read_text(encoding="utf-8")


def test_the_command_line_trains_on_a_file_and_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, _ = own_pictures.stored(tmp_path, cup=20, pen=20)
    run = ["train", "--data", "own", "--pictures", str(file), "--epochs", "1", "--checkpoint-to", str(tmp_path / "run")]
    assert main([*run, "--device", "cpu", "--threads", "1"]) == 0
    assert '"finished"' in capsys.readouterr().out
    to = ["export", str(tmp_path / "run"), "--to", str(tmp_path / "run.zip"), "--pictures", str(file)]
    assert main(to) == 0
    file.write_bytes(b"no pictures")
    assert main(run) == 2
    assert "damaged" in capsys.readouterr().err


def test_reading_a_set_needs_no_torch() -> None:
    program = (
        "import sys, nets.own_reading, nets.own_files; print('torch' in sys.modules, 'safetensors' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False False"
