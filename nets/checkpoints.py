"""The state of a run on disk: written whole or not at all, and never trusted without its hash."""

import hashlib
import io
import json
import math
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save as as_safetensors
from torch import Tensor, nn

KEPT: Final = 2
LATEST_SECONDS: Final = 30.0


class CheckpointError(Exception):
    """A checkpoint that is absent, damaged, or of another kind than asked for."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that lies whole on disk: its name in its folder, the sha256 of its bytes in hex, and their number."""

    file: str
    sha256: str
    bytes: int

    def to_json(self) -> dict[str, Any]:
        """Return the three as plain values."""
        return asdict(self)


def save(state: dict[str, Any], path: Path) -> Saved:
    """Write tensors and plain values atomically to `path`; a reader sees the old file or the new one.

    Raises OSError when the disk does not take it; the old file is then still there.
    """
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return write(buffer.getvalue(), path)


def load(path: Path, *, sha256: str | None = None, device: str = "cpu") -> dict[str, Any]:
    """Read what `save` wrote, onto `device`; no code in the file is ever run.

    Raises CheckpointError when the file is missing or damaged, or when `sha256` is given and differs.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path.name} cannot be read: {error.strerror}.") from error
    found = hashlib.sha256(content).hexdigest()
    if sha256 is not None and found != sha256:
        raise CheckpointError(f"The checkpoint {path.name} is damaged: its sha256 is {found}, not {sha256}.")
    try:
        state: dict[str, Any] = torch.load(io.BytesIO(content), map_location=device, weights_only=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError(f"The checkpoint {path.name} is no whole checkpoint.") from error
    return state


def save_weights(model: nn.Module, path: Path, *, about: dict[str, str]) -> Saved:
    """Write the weights alone as safetensors, with `about` in its header, atomically."""
    weights: dict[str, Tensor] = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    return write(_in_order(as_safetensors(weights, metadata=about)), path)


def _in_order(content: bytes) -> bytes:
    """Return a safetensors file with its notes in order: as they come, the same weights have another hash each time.

    The header is JSON behind its length in eight bytes, filled with blanks to a multiple of eight
    (https://github.com/huggingface/safetensors#format).
    """
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header["__metadata__"] = dict(sorted(header.get("__metadata__", {}).items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + content[end:]


def write(content: bytes, path: Path) -> Saved:
    """Put `content` at `path` in one step: a temporary file beside it, forced to disk, then renamed."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    _force(path.parent)
    return Saved(path.name, hashlib.sha256(content).hexdigest(), len(content))


def _force(folder: Path) -> None:
    """Force the folder's own entry to disk: without it a rename may be lost with the power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Keeper:
    """Writes a run's checkpoints into one folder and keeps the newest two, so that a damaged one has a spare.

    Without a folder it writes nothing and is never due. `apart` is the least time between two, in seconds:
    tiny epochs end many times a second, and forcing each to disk would cost more than the training.
    """

    def __init__(self, folder: Path | None, *, apart: float) -> None:
        self._folder = folder
        self._apart = apart
        self._begun_at = time.monotonic()
        self._written_at = -math.inf
        self._files: list[Path] = []
        self.last: dict[str, Any] | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            # A resumed run inherits the files of the attempt before, so that their number stays bounded.
            self._files = sorted(folder.glob("step-*.ckpt"))

    def is_due(self, *, at_epoch_end: bool) -> bool:
        """Say whether the state should be saved now."""
        if self._folder is None:
            return False
        now = time.monotonic()
        if at_epoch_end:
            return now - self._written_at >= self._apart
        return now - max(self._written_at, self._begun_at) >= LATEST_SECONDS

    def save(self, state: Callable[[], dict[str, Any]], *, step: int, epoch: int) -> Saved | None:
        """Write what `state` returns; None when there is no folder or this very step is already there."""
        if self._folder is None or (self.last is not None and self.last["step"] == step):
            return None
        path = self._folder / f"step-{step:08d}.ckpt"
        saved = save(state(), path)
        self._written_at = time.monotonic()
        self._files = [file for file in self._files if file != path] + [path]
        for old in self._files[:-KEPT]:
            old.unlink(missing_ok=True)
        self._files = self._files[-KEPT:]
        self.last = {"step": step, "epoch": epoch} | saved.to_json()
        return saved

    def save_weights(self, model: nn.Module, *, about: dict[str, str]) -> Saved | None:
        """Write the weights alone, for other programs; None when there is no folder."""
        return None if self._folder is None else save_weights(model, self._folder / "weights.safetensors", about=about)
