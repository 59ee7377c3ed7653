"""The words in which a network is written down without torch: layers, what shape leaves them, what they learn.

A network is a `Stack`: named layers from input to output. `parse` reads one from JSON, `to_json` writes it back,
`nets.ledger` counts it and `nets.zoo.drawn` builds it.
"""

from nets.layers.costs import Weights, activations, weights
from nets.layers.reading import parse, to_json
from nets.layers.shapes import Shape, ShapeError, shape_after, shape_through
from nets.layers.words import (
    ACTIVATIONS,
    Act,
    AdaptivePool,
    Branch,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Gate,
    Layer,
    Norm,
    PatchEmbed,
    Pool,
    Residual,
    SelfAttention,
    Stack,
    StochasticDepth,
    TakeToken,
    Widen,
    module_names,
    named,
    parts,
    word,
)

__all__ = [
    "ACTIVATIONS",
    "Act",
    "AdaptivePool",
    "Branch",
    "Conv",
    "Dense",
    "Dropout",
    "Flatten",
    "Gate",
    "Layer",
    "Norm",
    "PatchEmbed",
    "Pool",
    "Residual",
    "SelfAttention",
    "Shape",
    "ShapeError",
    "Stack",
    "StochasticDepth",
    "TakeToken",
    "Weights",
    "Widen",
    "activations",
    "module_names",
    "named",
    "parse",
    "parts",
    "shape_after",
    "shape_through",
    "to_json",
    "weights",
    "word",
]
