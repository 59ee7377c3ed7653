"""Networks of torchvision and timm, with weights from ImageNet where they can be had."""

import pickle
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

_COLOURS: Final = 3


class LibraryError(RuntimeError):
    """A library network that cannot be had; the text is one sentence that names the remedy."""


def build(name: str, *, shape: tuple[int, int, int], classes: int, weights: bool = False) -> nn.Module:
    """Make the network `name`, "torchvision/..." or "timm/...", for images of `shape` (C, H, W).

    With `weights` it starts from those that its package holds for best, all but its last layer unless `classes`
    agree; they come from the package's local cache, or are downloaded there. For images of one channel the filters
    of the first layer are summed over their colours, which is the same as showing the grey image three times.

    Raises LibraryError when the package is absent, does not know the name, or cannot have the weights.
    """
    package, _, model = name.partition("/")
    makers = {"torchvision": _of_torchvision, "timm": _of_timm}
    if package not in makers or not model:
        raise LibraryError(f"A library network is named torchvision/... or timm/...; “{name}” was given.")
    if weights and shape[0] not in (1, _COLOURS):
        raise LibraryError(f"The weights of {name} are for 1 or 3 channels, not {shape[0]}; train it without them.")
    return makers[package](model, channels=shape[0], classes=classes, weights=weights)


def _of_torchvision(model: str, *, channels: int, classes: int, weights: bool) -> nn.Module:
    models = _package("torchvision.models", "torchvision")
    if model not in models.list_models(module=models):
        raise LibraryError(f"torchvision has no network “{model}”; it has {_few(models.list_models(module=models))}.")
    network: nn.Module = models.get_model(model, weights=None, num_classes=classes)
    if weights:
        _start_from(network, _state(models.get_model_weights(model).DEFAULT, model), model=model)
    if channels != _COLOURS:
        _take_channels(network, channels, is_summed=weights)
    return network


def _of_timm(model: str, *, channels: int, classes: int, weights: bool) -> nn.Module:
    timm = _package("timm", "timm")
    if not timm.is_model(model):
        raise LibraryError(f"timm has no network “{model}”; timm.list_models() names what it has.")
    try:
        network: nn.Module = timm.create_model(model, pretrained=weights, num_classes=classes, in_chans=channels)
    # No connection, no such file and a damaged file are each of another kind, by the version of its hub.
    except (OSError, RuntimeError, ValueError) as error:
        raise LibraryError(
            f"timm cannot make {model} ({_first_line(error)}); to have its weights here, run "
            f'timm.create_model("{model}", pretrained=True) once with a connection, or train without them.'
        ) from error
    return network


def _package(module: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise LibraryError(f"{name} is not installed here; install it with “pip install {name}”.") from error


def _state(weights: Any, model: str) -> Mapping[str, Tensor]:
    """Return the state of torchvision's weights, from torch's cache or, when not yet there, from their address."""
    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(weights.url).name
    try:
        state: Mapping[str, Tensor] = weights.get_state_dict(progress=False, check_hash=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
        raise LibraryError(f"The weights of {model} in {file} are damaged; delete that file and try again.") from error
    except OSError as error:
        raise LibraryError(
            f"The weights of {model} are not on this machine and could not be downloaded; "
            f"bring {weights.url} to {file}, or train without them."
        ) from error
    return state


def _start_from(network: nn.Module, state: Mapping[str, Tensor], *, model: str) -> None:
    """Copy every tensor of `state` that fits; only the head, the last weight and its bias, may be of another size."""
    wanted = network.state_dict()
    # Batch counters are no weights, and some old files have none.
    missing = {name for name in wanted.keys() - state.keys() if not name.endswith("num_batches_tracked")}
    other = [name for name in wanted if name in state and wanted[name].shape != state[name].shape]
    head = [name for name, _ in network.named_parameters()][-2:]
    if missing or not set(other) <= set(head):
        first = min(missing or set(other) - set(head))
        raise LibraryError(f"The weights of {model} do not fit it, first at {first}; torchvision may be too old.")
    network.load_state_dict({name: state[name] for name in wanted if name in state and name not in other}, strict=False)


def _take_channels(network: nn.Module, channels: int, *, is_summed: bool) -> None:
    """Give the first convolution filters for `channels`; its own, summed over colours, when `is_summed`."""
    name, old = next((name, part) for name, part in network.named_modules() if isinstance(part, nn.Conv2d))
    new = nn.Conv2d(
        channels,
        old.out_channels,
        old.kernel_size,  # type: ignore[arg-type]
        stride=old.stride,  # type: ignore[arg-type]
        padding=old.padding,  # type: ignore[arg-type]
        bias=old.bias is not None,
    )
    if is_summed:
        with torch.no_grad():
            new.weight.copy_(old.weight.sum(dim=1, keepdim=True))
            if new.bias is not None and old.bias is not None:
                new.bias.copy_(old.bias)
    network.set_submodule(name, new)


def _few(names: list[str]) -> str:
    return f"{', '.join(names[:5])} and {len(names) - 5} more"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
