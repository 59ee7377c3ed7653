"""The words of the knobs that a learner's form leaves out: set by a lab, a script or the command line."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# What the knob does, and what goes wrong with it.
HELP: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "nesterov": (
            "Looks at the slope where the push is about to lead, instead of where the weights are. Only SGD uses it.",
            "It helps a little with a large momentum, and does nothing at all with none.",
        ),
        "warmup": (
            "The share of all steps over which the learning rate climbs from near zero to its full height.",
            "Without it a high rate may break fresh weights in the first steps; too long, and the run is over before "
            "it has begun.",
        ),
        "label_smoothing": (
            "Asks for a little less than certainty: this share of the target is spread over all classes.",
            "The training loss can no longer reach zero, so it must not be compared with that of a run without it.",
        ),
        "decay_only_weights": (
            "Spares biases and the scales of norms from weight decay: only kernels and matrices are pulled to zero.",
            "Decaying the scale of a norm changes nothing that the next layer cannot undo, and blurs what decay means.",
        ),
        "clip": (
            "Shortens the gradient of all weights together to at most this length; 0 leaves it as it is.",
            "Set too low it shortens every step, which is a lower learning rate in disguise.",
        ),
        "ema": (
            "Keeps a running average of the weights, which follows by one minus this number at each step; validation "
            "and everything after it use the average. 0 keeps none.",
            "Close to 1 in a short run, the average still remembers weights from long before the network was good.",
        ),
        "patience": (
            "Ends the run when the validation loss has not reached a new low for this many epochs; 0 never does.",
            "Too small, and one unlucky epoch ends a run that would have gone on learning. The network of the epoch "
            "with the lowest validation loss is kept, which is judged a little too kindly: it was picked by it.",
        ),
        "precision": (
            "How numbers are held while images go through the network. “auto” takes bfloat16 where that is faster.",
            "float16 has a small range and needs its loss scaled; it is used on a GPU only, and is float32 elsewhere.",
        ),
        "layout": (
            "Whether the channels of a pixel lie together in memory (last) or each channel is a sheet of its own "
            "(first). “auto” takes what is faster.",
            "The result differs in the last digits only; the time may differ by half.",
        ),
        "freeze": (
            "Layers that keep the weights they have: none, backbone (all but the last layer), or names with commas "
            "between; a name stands for everything inside it.",
            "Frozen layers with fresh weights have learned nothing: freeze what comes from an earlier run.",
        ),
        "layer_decay": (
            "Multiplies the learning rate once more for each part of the network that lies further from the output.",
            "Far below 1, the first layers of a deep network do not move at all.",
        ),
        "watch": (
            "What is looked at after every epoch, beside loss and accuracy.",
            "Each takes time at the end of every epoch, which shows when epochs are short.",
        ),
        "layers": (
            "The layers of a network that is drawn, from the first to the last, as a JSON list.",
            "Every layer must take what the one before it gives, and the last must give one number for each class.",
        ),
        "start": (
            "Weights to begin with in place of random ones: backbone, or the sha256 of another run's weights file. The "
            "head is new where the classes differ, and pixels are normalised as those weights are used to.",
            "The network must be the one that the weights come from; a high learning rate forgets them in an epoch.",
        ),
        "pictures": (
            "Which pictures of your own the run learns from, by the sha256 of their file. The data must be “own”.",
            "A few dozen pictures taken in one place teach the network the place: bring some from elsewhere.",
        ),
    }
)

# The values of those that are choices or words: title and caption.
OPTIONS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = MappingProxyType(
    {
        "precision": {
            "auto": ("Automatic", "What this machine is fastest with: measured once, and said when a run starts."),
            "float32": ("float32", "24 binary digits, on every machine."),
            "bfloat16": ("bfloat16", "The range of float32 with 8 binary digits; weights stay float32."),
            "float16": ("float16", "11 binary digits and a small range, on a GPU; weights stay float32."),
        },
        "layout": {
            "auto": ("Automatic", "What this machine is fastest with: measured once, and said when a run starts."),
            "channels_first": ("Channels first", "Each channel is a sheet of its own, as shapes (N, C, H, W) read."),
            "channels_last": ("Channels last", "The channels of a pixel lie together; shapes read the same."),
        },
        "watch": {
            "filters": ("Filters", "The kernels of the first convolution."),
            "confusion": ("Confusion", "Which class is taken for which, on the validation images."),
            "probe": ("Probe images", "What the network says about the same few validation images."),
            "gradients": ("Gradients", "How long the gradient of each layer is beside its weights."),
            "activations": ("Activations", "What comes out of each layer, and how much of it is dead."),
            "batch_norm": ("Batch norm", "What each batch norm remembers beside what a batch really is."),
        },
    }
)
