"""The weights that a run starts from, another run's or the offline backbone's: read, checked and put in by name."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from nets import backbones, checkpoints, freezing
from nets.changes import Statistic
from nets.checkpoints import CheckpointError
from nets.specs import SpecError

BACKBONE = "backbone"
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Start:
    """Weights by name, and the normalisation of pixels divided by 255 that they are used to."""

    weights: Mapping[str, Tensor]
    mean: Statistic
    std: Statistic


def read(start: str, path: Path | None) -> Start | None:
    """Return the weights that a spec's `start` names; None where it names none.

    `path` is the file with that sha256: a run's safetensors, or one of its checkpoints, whose "model" is taken.
    Raises SpecError when no file was given or it is another one, CheckpointError when it cannot be read.
    """
    if not start:
        return None
    file = backbones.WEIGHTS if start == BACKBONE else path
    if file is None:
        raise SpecError({"start": f"The run starts from the weights {start[:12]}…, whose file was not given."})
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CheckpointError(f"The weights {file.name} cannot be read: {error.strerror}.") from error
    if start != BACKBONE and hashlib.sha256(content).hexdigest() != start:
        raise SpecError({"start": f"The run starts from the weights {start[:12]}…; {file.name} holds others."})
    return _checkpoint(file) if content[:2] == b"PK" else _safetensors(content, name=file.name)


def put(start: Start, model: nn.Module) -> None:
    """Give `model` the weights that fit it; its head stays fresh where the classes differ. Raises as `fitting` does."""
    model.load_state_dict({**model.state_dict(), **fitting(start, model)})


def fitting(start: Start, model: nn.Module) -> dict[str, Tensor]:
    """Return the weights that fit `model` by name and shape: all of them, or all but the head's.

    Where the normalisation is one for all channels, a first kernel for three is summed up for a network of one: a
    grey picture looks the same to both. Raises SpecError, which names what does not fit.
    """
    own, head = model.state_dict(), _head_names(model)
    given = dict(start.weights)
    if not isinstance(start.mean, tuple):
        given = {name: _greyed(weight, own.get(name)) for name, weight in given.items()}
    found = {name: weight for name, weight in given.items() if name in own and weight.shape == own[name].shape}
    if not head <= set(found):
        # Half a head would be worse than none.
        found = {name: weight for name, weight in found.items() if name not in head}
    faults = [_fault(name, given.get(name), own[name]) for name in own if name not in found and name not in head]
    faults += [f"the network has no {name}" for name in given if name not in own]
    if faults:
        more = f", and {len(faults) - _NAMED_AT_MOST} more" if len(faults) > _NAMED_AT_MOST else ""
        raise SpecError({"start": f"These weights are of another network: {'; '.join(faults[:_NAMED_AT_MOST])}{more}."})
    return found


def _fault(name: str, given: Tensor | None, own: Tensor) -> str:
    if given is None:
        return f"they have no {name}"
    return f"{name} must be {tuple(own.shape)} and is {tuple(given.shape)}"


def _head_names(model: nn.Module) -> set[str]:
    outlet = freezing.head(model)
    place = next(name for name, part in model.named_modules() if part is outlet)
    return {f"{place}.{name}" for name in outlet.state_dict()}


def _greyed(weight: Tensor, own: Tensor | None) -> Tensor:
    """Return a kernel (out, 3, k, k) as (out, 1, k, k) where that is what the network has."""
    is_first = own is not None and own.dim() == 4 and weight.dim() == 4
    if is_first and own is not None and own.shape[1] == 1 and weight.shape[1] == 3:
        return weight.sum(dim=1, keepdim=True)
    return weight


def _safetensors(content: bytes, *, name: str) -> Start:
    try:
        weights = load(content)
        length = int.from_bytes(content[:8], "little")
        about = json.loads(content[8 : 8 + length]).get("__metadata__", {})
        return Start(weights, _statistic(about["mean"]), _statistic(about["std"]))
    except (SafetensorError, ValueError, KeyError) as error:
        raise CheckpointError(f"{name} holds no weights of a run: {error}.") from error


def _statistic(text: str) -> Statistic:
    """Read "0.3" or "(0.1, 0.2, 0.3)", as a header has them."""
    numbers = [float(part) for part in text.strip("()[]").split(",") if part.strip()]
    return tuple(numbers) if len(numbers) > 1 else numbers[0]


def _checkpoint(path: Path) -> Start:
    state = checkpoints.load(path)
    try:
        return Start(state["model"], state["mean"], state["std"])
    except KeyError as error:
        raise CheckpointError(f"{path.name} holds no weights of a run.") from error
