"""A run as PyTorch code that a learner can read, change and run without this course. Needs no torch itself.

The network and the augmentation are the very files that the trainer uses, cut from their modules, so that
what is shown is what was trained; on the same machine the script prints the losses of the run.
"""

from functools import cache
from pathlib import Path
from typing import Final

from nets.catalog import ARCHITECTURES, DATASETS
from nets.specs import TrainSpec

_HERE: Final = Path(__file__).parent

_IMPORTS: Final = """\
import math

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

device = "cuda" if torch.cuda.is_available() else "cpu"
"""

_DIGITS: Final = """\
# The data: 1,797 digits of 8x8 cells from 0 to 16, each enlarged to 32x32 bytes.
digits = load_digits()
cells = np.rint(digits.images * 255 / 16).astype(np.uint8)
pixels = np.stack([Image.fromarray(cell).resize((32, 32), Image.Resampling.BILINEAR) for cell in cells])
images = torch.from_numpy(pixels)[:, None].to(device)  # (1797, 1, 32, 32) uint8
labels = torch.from_numpy(digits.target).long().to(device)  # (1797,)

# One split for ever, with the same share of every digit in each part.
rest, test = train_test_split(np.arange(1797), test_size={test}, stratify=digits.target, random_state=0)
train, validation = train_test_split(rest, test_size={validation}, stratify=digits.target[rest], random_state=0)

# Normalise with the mean and the spread of the training images alone.
mean = round(float((pixels[train] / 255).mean()), 4)
std = round(float((pixels[train] / 255).std()), 4)
"""

_SETTINGS: Final = """\
EPOCHS = {epochs}
BATCH_SIZE = {batch_size}
SEED = {seed}

torch.manual_seed(SEED)  # first weights, augmentation and dropout
model = {network}(shape={shape}, classes={classes}{options}).to(device)
optimiser = {optimiser}
"""

_JUDGE: Final = """\
@torch.no_grad()
def judge(part: np.ndarray) -> tuple[float, float]:
    \"\"\"Return the mean loss and the accuracy on the images numbered in `part`.\"\"\"
    model.eval()  # dropout off
    logits = model((images[part].float() / 255 - mean) / std)  # (N, 10)
    model.train()
    loss = F.cross_entropy(logits, labels[part]).item()
    return loss, (logits.argmax(dim=1) == labels[part]).float().mean().item()
"""

_LOOP: Final = """\
for epoch in range(1, EPOCHS + 1):
    # Every epoch has an order of its own, which depends on nothing but the seed and its number.
    dice = torch.Generator().manual_seed(SEED * 1_000_003 + epoch)
    order = torch.from_numpy(train)[torch.randperm(len(train), generator=dice)]
    total = 0.0
    for chosen in order.split(BATCH_SIZE):
        batch = images[chosen].float() / 255  # (N, 1, 32, 32), from 0 to 1
{augment}        logits = model((batch - mean) / std)  # (N, 10)
        loss = F.cross_entropy(logits, labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
{schedule}        total += loss.item() * len(chosen)  # the last batch is smaller, so weight by images
    validation_loss, accuracy = judge(validation)
    print(f"epoch {{epoch}}: train loss {{total / len(train):.6f}}, "
          f"validation loss {{validation_loss:.6f}}, accuracy {{accuracy:.4f}}")

print(f"test accuracy {{judge(test)[1]:.4f}}")
torch.save(model.state_dict(), "weights.pt")
"""


def source(spec: TrainSpec) -> str:
    """Return the run of `spec` as one Python file; it needs torch, scikit-learn and Pillow, and prints its epochs."""
    parts = [_IMPORTS, _DIGITS.format(**DATASETS[spec.data].splits), _network(spec.arch)]
    if spec.augment == "light":
        parts.append(_cut("augment.py", begin="def light"))
    settings = _SETTINGS.format(
        epochs=spec.epochs,
        batch_size=spec.batch_size,
        seed=spec.seed,
        network=ARCHITECTURES[spec.arch].network,
        options="".join(f", {name}={value!r}" for name, value in ARCHITECTURES[spec.arch].options.items()),
        shape=DATASETS[spec.data].shape,
        classes=len(DATASETS[spec.data].classes),
        optimiser=_optimiser(spec),
    )
    parts += [settings + _scheduler(spec), _JUDGE, _loop(spec)]
    return f"{_title(spec)}\n\n" + "\n\n".join(part.strip("\n") + "\n" for part in parts)


def _title(spec: TrainSpec) -> str:
    network, data = ARCHITECTURES[spec.arch].title, DATASETS[spec.data].title.lower()
    return f'"""{network} on {data}: one run of Stride as plain PyTorch. Needs scikit-learn and Pillow."""'


def _network(arch: str) -> str:
    return _cut(f"zoo/{ARCHITECTURES[arch].file}.py", begin="class ")


@cache
def _cut(name: str, *, begin: str) -> str:
    """Return the text of one of our own files from its first line that starts with `begin`."""
    text = (_HERE / name).read_text(encoding="utf-8")
    return text[text.index(f"\n{begin}") + 1 :]


def _optimiser(spec: TrainSpec) -> str:
    name = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}[spec.optimiser]
    push = f", momentum={spec.momentum!r}" if spec.optimiser == "sgd" else ""
    decay = f"lr={spec.learning_rate!r}{push}, weight_decay={spec.weight_decay!r}, fused=True"
    return f"torch.optim.{name}(model.parameters(), {decay})"


def _scheduler(spec: TrainSpec) -> str:
    if spec.schedule == "constant":
        return ""
    return (
        "steps = EPOCHS * math.ceil(len(train) / BATCH_SIZE)\n"
        "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)\n"
    )


def _loop(spec: TrainSpec) -> str:
    return _LOOP.format(
        augment="        batch = light(batch)\n" if spec.augment == "light" else "",
        schedule="        scheduler.step()\n" if spec.schedule == "cosine" else "",
    )
