"""The lines of a script that make its network: our own text, layers that were drawn, or a library's by its name."""

import json
from typing import Final

from nets import layers
from nets import script_text as text
from nets.catalog import DRAWN, KNOWN
from nets.excerpts import Excerpt, excerpt
from nets.script_layers import Drawn, drawn
from nets.specs import TrainSpec

_COLOURS: Final = 3


def network_of(spec: TrainSpec) -> Excerpt:
    """Return the definitions that the network needs, and the import of a library's."""
    network = KNOWN[spec.arch]
    if spec.arch == DRAWN:
        return excerpt(("zoo/drawn.py", name) for name in _drawn(spec).classes)
    if not network.is_library:
        return excerpt([(f"zoo/{network.file}.py", network.network)])
    package, _, name = spec.arch.partition("/")
    return Excerpt((f"from torchvision.models import {name}",) if package == "torchvision" else ("import timm",), ())


def model_lines(spec: TrainSpec, *, is_channels_last: bool) -> str:
    """Return the lines that make the model on its device, with weights drawn in the order of the run."""
    data, network = spec.dataset, KNOWN[spec.arch]
    channels, classes = data.shape[0], len(data.classes)
    device = "device" + (", memory_format=torch.channels_last" if is_channels_last else "")
    if spec.arch == DRAWN:
        return f"model = {_drawn(spec).code}.to({device})\n"
    if not network.is_library:
        options = "".join(f", {name}={value!r}" for name, value in network.options.items())
        return f"model = {network.network}(shape={data.shape}, classes={classes}{options}).to({device})\n"
    package, _, name = spec.arch.partition("/")
    if package == "timm":
        return f'model = timm.create_model("{name}", num_classes={classes}, in_chans={channels}).to({device})\n'
    made = f"model = {name}(num_classes={classes})"
    if channels == _COLOURS:
        return f"{made}.to({device})\n"
    return f"{made}\n" + text.CHANNELS.format(channels=channels, device=device)


def _drawn(spec: TrainSpec) -> Drawn:
    return drawn(layers.parse(json.loads(spec.layers)), shape=spec.dataset.shape)
