"""A checkpoint is whole or absent, and nothing in it is believed or run."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from nets import checkpoints
from nets.checkpoints import CheckpointError, Saved
from nets.predictor import Predictor
from tests.nets.conftest import Trained


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    return checkpoints.save({"weights": torch.arange(1000.0)}, tmp_path / "a.ckpt")


def test_what_was_saved_is_loaded(tmp_path: Path, saved: Saved) -> None:
    state = checkpoints.load(tmp_path / saved.file, sha256=saved.sha256)
    assert torch.equal(state["weights"], torch.arange(1000.0))
    assert saved.bytes == (tmp_path / saved.file).stat().st_size


@pytest.mark.parametrize("place", [0, 100, -1])
def test_f13_one_flipped_byte_is_refused(tmp_path: Path, saved: Saved, place: int) -> None:
    content = bytearray((tmp_path / saved.file).read_bytes())
    content[place] ^= 1
    (tmp_path / saved.file).write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoints.load(tmp_path / saved.file, sha256=saved.sha256)


def test_f13_a_kill_inside_the_write_leaves_the_old_checkpoint(tmp_path: Path, saved: Saved) -> None:
    program = f"""
import os, signal
from pathlib import Path
from nets import checkpoints
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
os.fsync = die  # the content is written, the name not yet changed
checkpoints.save({{"weights": 1}}, Path({str(tmp_path / saved.file)!r}))
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=100, check=False)
    assert done.returncode == -9
    assert len(list(tmp_path.iterdir())) == 2
    checkpoints.load(tmp_path / saved.file, sha256=saved.sha256)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")
def test_f13_a_full_disk_is_an_error_and_leaves_the_old_checkpoint(tmp_path: Path, saved: Saved) -> None:
    # The temporary file's name is known, so it can be made a door to a disk without room.
    (tmp_path / f".{saved.file}.{os.getpid()}").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        checkpoints.save({"weights": torch.arange(100_000.0)}, tmp_path / saved.file)
    checkpoints.load(tmp_path / saved.file, sha256=saved.sha256)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04" + b"0" * 100])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ckpt").write_bytes(content)
    with pytest.raises(CheckpointError):
        checkpoints.load(tmp_path / "a.ckpt")


def test_a_missing_file_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"gone\.ckpt"):
        checkpoints.load(tmp_path / "gone.ckpt")


class Trap:
    """Runs a command when unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


def test_code_hidden_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    torch.save({"model": Trap(tmp_path / "sprung")}, tmp_path / "a.ckpt")
    (tmp_path / "b.ckpt").write_bytes(pickle.dumps(Trap(tmp_path / "sprung")))
    for name in ("a.ckpt", "b.ckpt"):
        with pytest.raises(CheckpointError):
            checkpoints.load(tmp_path / name)
    assert not (tmp_path / "sprung").exists()


def test_a_checkpoint_without_a_network_of_the_course_is_refused(tmp_path: Path, saved: Saved) -> None:
    with pytest.raises(CheckpointError, match="no network of this course"):
        Predictor.load(tmp_path / saved.file)


def test_safetensors_hold_the_weights_of_the_last_checkpoint(first_run: Trained) -> None:
    weights = load_file(first_run.folder / "weights.safetensors")
    checkpoint = first_run.summary["checkpoint"]
    assert isinstance(checkpoint, dict)
    model = checkpoints.load(first_run.folder / checkpoint["file"])["model"]
    assert set(weights) == set(model)
    assert all(torch.equal(weights[name], model[name]) for name in weights)


def test_the_same_weights_are_the_same_bytes_whatever_order_their_notes_come_in(tmp_path: Path) -> None:
    model = torch.nn.Linear(3, 2)
    notes = {name: name for name in "abcdefgh"}
    # Eight notes have 40,320 orders: twice the same by chance happens to nobody.
    hashes = {checkpoints.save_weights(model, tmp_path / "w.safetensors", about=notes).sha256 for _ in range(3)}
    assert len(hashes) == 1
    assert torch.equal(load_file(tmp_path / "w.safetensors")["weight"], model.weight)
