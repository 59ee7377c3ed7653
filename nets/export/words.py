"""The README of an exported run: what each file is, how to use it, and whom to credit."""

from typing import Final

from nets.catalog import KNOWN
from nets.export.networks import OPSET
from nets.script import Course
from nets.specs import TrainSpec

_CIFAR: Final = (
    "the University of Toronto states none and asks for the report above to be cited. Keep the images to yourself "
    "unless you have asked."
)
_DIGITS: Final = (
    "Creative Commons Attribution 4.0 (CC BY 4.0), as the UCI Machine Learning Repository states. "
    "Changed: enlarged from 8x8 cells to 32x32 bytes and split in three."
)
# The terms under which a data set may be passed on, as its publisher states them.
LICENCES: Final = {
    "digits": _DIGITS,
    "few_digits": _DIGITS,
    "shapes": "drawn by Stride's own program, so under the same MIT licence as the code.",
    "mnist": "Creative Commons Attribution-ShareAlike 3.0 (CC BY-SA 3.0), copyright of Yann LeCun and Corinna Cortes, "
    "derived from NIST's Special Databases 1 and 3. Changed: a border of 2 pixels, and split in three.",
    "fashion_mnist": "MIT licence, copyright 2017 Zalando SE. Changed: a border of 2 pixels, and split in three.",
    "cifar10": _CIFAR,
    "cifar100": _CIFAR,
    "own": "yours to decide. Ask everybody who can be recognised in the pictures before you pass them on.",
}

_TEXT: Final = """\
{network} on {data}: one run of Stride, a course in convolutional neural networks
{line}

What the run was: {settings}.
{hand}
train.py             The run as plain PyTorch. Needs {needs}:
                         python train.py
                     On the machine and the PyTorch of the run, {torch}, on its {threads} thread(s), it prints the
                     run's losses to five digits. Elsewhere sums are rounded in another order, so the curves are
                     alike and not the same.
train.ipynb          The same code as a notebook for Jupyter, VS Code or Colab. Keep data.npz beside it.
data.npz             The images as bytes and their labels, in three parts, for both:
                         numpy.load("data.npz")["train_images"]
model.onnx           The trained network for other programs (ONNX, opset {opset}). It takes "images", float32 from 0 to
                     255 of shape (N, {shape}), any N, and gives "probabilities" (N, {classes}):
                         onnxruntime.InferenceSession("model.onnx").run(None, {{"images": images}})
weights.safetensors  The trained weights alone, for the network in train.py:
                         model.load_state_dict(safetensors.torch.load_file("weights.safetensors"))
                     Its images are divided by 255, then mean {mean} is taken away, then divided by {std}.
events.csv           Every step and every epoch that the run told, for a spreadsheet or pandas.
tensorboard/         The same numbers for TensorBoard:
                         tensorboard --logdir tensorboard

Classes, in the order of the outputs: {names}.

Credit
The code comes from Stride (MIT licence).
The network: {paper}, {year}.
The data: {source}.
Licence of the data: {licence}
"""


def readme(spec: TrainSpec, *, course: Course, torch: str, mean: str, std: str) -> str:
    """Return README.txt as text; `torch` is the version that wrote the export, `mean` and `std` are of the pixels."""
    network, data = KNOWN[spec.arch], spec.dataset
    title = f"{network.title} on {data.title.lower()}: one run of Stride, a course in convolutional neural networks"
    return _TEXT.format(
        network=network.title,
        data=data.title.lower(),
        line="=" * len(title),
        settings=", ".join(f"{name} {value}" for name, value in spec.to_json().items() if value not in ("", [])),
        hand=_hand(course),
        torch=f"PyTorch {torch}",
        needs=f"torch, {spec.arch.partition('/')[0]} and numpy" if network.is_library else "torch and numpy",
        threads=course.threads or "usual",
        opset=OPSET,
        shape=", ".join(map(str, data.shape)),
        classes=len(data.classes),
        mean=mean,
        std=std,
        names=", ".join(data.classes),
        paper=network.paper,
        year=network.year,
        source=data.source,
        licence=LICENCES[spec.data],
    )


def _hand(course: Course) -> str:
    """Say what the learner did by hand."""
    said = [f"After step {step:,} the learning rate was set to {rate:g}." for step, rate in course.rates.items()]
    if course.last_step is not None:
        said.append(f"The run was stopped after step {course.last_step:,}.")
    return "".join(f"{sentence}\n" for sentence in said)
