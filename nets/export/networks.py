"""A trained network in the two forms that other programs read: ONNX and safetensors."""

import json
import logging
import struct
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from onnx import ModelProto, checker
from safetensors.torch import save as as_safetensors
from torch import Tensor, nn

# Read by onnxruntime since 1.14 and by every converter that is still kept up.
OPSET: Final = 18

# Of the pixels divided by 255: one number for all, or one per channel.
Statistic = float | Sequence[float]


class Normalised(nn.Module):
    """A network with its normalisation in front: it takes pixels from 0 to 255 and gives probabilities."""

    def __init__(self, model: nn.Module, *, mean: Statistic, std: Statistic) -> None:
        super().__init__()
        self.model = model
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", _statistic(mean))
        self.register_buffer("std", _statistic(std))

    def forward(self, images: Tensor) -> Tensor:
        """Turn pixels (N, C, H, W) float32 from 0 to 255 into probabilities (N, classes)."""
        probabilities: Tensor = self.model((images / 255 - self.mean) / self.std).softmax(dim=1)
        return probabilities


def _statistic(value: Statistic) -> Tensor:
    """Return one number as it is, or one per channel as (C, 1, 1)."""
    return torch.tensor(value) if isinstance(value, float) else torch.tensor(value)[:, None, None]


def onnx_bytes(
    model: nn.Module,
    *,
    shape: tuple[int, int, int],
    mean: Statistic,
    std: Statistic,
    about: Mapping[str, str],
) -> bytes:
    """Return the network, normalisation and softmax included, as an ONNX file of opset OPSET, checked by onnx.

    Input "images" (N, C, H, W) float32 from 0 to 255 with any N, output "probabilities" (N, classes). `about`
    becomes its metadata. The modes of `model` and its layers are afterwards as they were.
    """
    modes = {name: module.training for name, module in model.named_modules()}
    wrapped = Normalised(model, mean=mean, std=std).eval()
    try:
        with _quiet():
            program = torch.onnx.export(
                wrapped,
                (torch.zeros(2, *shape),),
                dynamo=True,
                opset_version=OPSET,
                input_names=["images"],
                output_names=["probabilities"],
                dynamic_shapes={"images": {0: torch.export.Dim("N")}},
                verbose=False,
            )
    finally:
        for name, module in model.named_modules():
            module.training = modes[name]
    if program is None:
        raise RuntimeError("torch.onnx.export returned no program.")
    found = program.model_proto
    _strip(found)
    found.producer_name, found.producer_version = "Stride, torch.onnx", torch.__version__
    for name, value in sorted(about.items()):
        found.metadata_props.add(key=name, value=value)
    checker.check_model(found, full_check=True)
    content: bytes = found.SerializeToString(deterministic=True)
    return content


def safetensors_bytes(model: nn.Module, *, about: Mapping[str, str]) -> bytes:
    """Return the weights as a safetensors file with `about` in its header, the same bytes every time."""
    weights = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    whole = as_safetensors(weights, metadata=dict(about))
    # The library writes the metadata in the order of a hash table, which is another one each time.
    (length,) = struct.unpack("<Q", whole[:8])
    header = json.loads(whole[8 : 8 + length])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + whole[8 + length :]


def _strip(found: ModelProto) -> None:
    """Take out what torch notes about its own work: stack traces with the paths of this machine."""
    parts: list[Any] = [found, found.graph, *found.graph.node, *found.graph.value_info, *found.graph.initializer]
    parts += [*found.graph.input, *found.graph.output]
    for function in found.functions:
        parts += [function, *function.node, *function.value_info]
    for part in parts:
        del part.metadata_props[:]
        part.ClearField("doc_string")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep torch's own notes about its exporter out of our log: none of them says anything about the network."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
