"""The texts of which `nets.script` makes a script: PyTorch as a learner would write it, with places to fill in."""

from typing import Final

IMPORTS: Final = {
    "math": "import math",
    "OrderedDict": "from collections import OrderedDict",
    "np": "import numpy as np",
    "torch": "import torch",
    "timm": "import timm",
    "F": "import torch.nn.functional as F",
    "Image": "from PIL import Image",
    "load_digits": "from sklearn.datasets import load_digits",
    "train_test_split": "from sklearn.model_selection import train_test_split",
    "load_file": "from safetensors.torch import load_file",
    "Tensor": "from torch import Tensor",
    "nn": "from torch import nn",
}

DEVICE: Final = """\
device = "cuda" if torch.cuda.is_available() else "cpu"
"""

THREADS: Final = """\
torch.set_num_threads({threads})  # as the run did: another number adds up in another order
"""

DIGITS: Final = """\
# The data: 1,797 digits of 8x8 cells from 0 to 16, each enlarged to 32x32 bytes.
digits = load_digits()
cells = np.rint(digits.images * 255 / 16).astype(np.uint8)
pixels = np.stack([Image.fromarray(cell).resize((32, 32), Image.Resampling.BILINEAR) for cell in cells])
images = torch.from_numpy(pixels)[:, None].to(device)  # (1797, 1, 32, 32) uint8
labels = torch.from_numpy(digits.target).long().to(device)  # (1797,)

# One split for ever, with the same share of every digit in each part.
rest, test = train_test_split(np.arange(1797), test_size={test}, stratify=digits.target, random_state=0)
train, validation = train_test_split(rest, test_size={validation}, stratify=digits.target[rest], random_state=0)
train_images, train_labels = images[train], labels[train]
validation_images, validation_labels = images[validation], labels[validation]
test_images, test_labels = images[test], labels[test]

# Normalise with the mean and the spread of the training images alone.
mean = round(float((pixels[train] / 255).mean()), 4)
std = round(float((pixels[train] / 255).std()), 4)
"""

FILE: Final = """\
# The data: the images of the run as bytes, in three parts that never mix, and the mean and the spread
# of the training pixels divided by 255.
with np.load("data.npz") as file:
    data = {{name: torch.from_numpy(file[name]).to(device) for name in file.files}}
train_images, train_labels = data["train_images"], data["train_labels"]  # (N, C, H, W) uint8 and (N,)
validation_images, validation_labels = data["validation_images"], data["validation_labels"]
test_images, test_labels = data["test_images"], data["test_labels"]
{statistics}
"""

# One number for one channel, and one per channel for more.
ONE_STATISTIC: Final = 'mean, std = data["mean"].item(), data["std"].item()'
STATISTICS: Final = 'mean, std = (tuple(data[name].flatten().tolist()) for name in ("mean", "std"))  # red, green, blue'

SETTINGS: Final = """\
EPOCHS = {epochs}
BATCH_SIZE = {batch_size}
SEED = {seed}
{hand}
torch.manual_seed(SEED)  # first weights, augmentation and dropout
{model}{frozen}{groups}optimiser = {optimiser}
"""

JUDGE: Final = """\
@torch.no_grad()
def judge(images: Tensor, labels: Tensor) -> tuple[float, float]:
    \"\"\"Return the mean loss and the accuracy on `images`, 512 at once to spare the memory.\"\"\"
    {judged}.eval()  # dropout off
    loss = correct = 0.0
    for some, names in zip(images.split(512), labels.split(512)):
{forward}        correct += (logits.argmax(dim=1) == names).sum().item()
{train}    return loss / len(labels), correct / len(labels)
"""

LOOP: Final = """\
{counter}for epoch in range(1, EPOCHS + 1):
    # Every epoch has an order of its own, which depends on nothing but the seed and its number.
    dice = torch.Generator().manual_seed(SEED * 1_000_003 + epoch)
    order = torch.randperm(len(train_labels), generator=dice).to(device)
    total, shown = 0.0, 0
    for chosen in order.tensor_split(tuple(cuts(len(order), batch_size=BATCH_SIZE))):
{batch}{forward}        optimiser.zero_grad()
{backward}{schedule}        total += loss.item() * len(chosen)  # the last batch has another size, so weight by images
        shown += len(chosen)
{acts}    validation_loss, accuracy = judge(validation_images, validation_labels)
    print(f"epoch {{epoch}}: train loss {{total / shown:.6f}}, "
          f"validation loss {{validation_loss:.6f}}, accuracy {{accuracy:.4f}}")
{leave}"""

# Of a library network: its first convolution is made for the three colours of photos.
CHANNELS: Final = """\
name, first = next((name, part) for name, part in model.named_modules() if isinstance(part, nn.Conv2d))
model.set_submodule(
    name,  # these images have another number of channels
    nn.Conv2d(
        {channels}, first.out_channels, first.kernel_size, first.stride, first.padding, bias=first.bias is not None
    ),
)
model = model.to({device})
"""

RATES: Final = """\
        if step in RATES:
            # The schedule goes on as it was, at another height.
            for group in optimiser.param_groups:
                group["lr"] *= RATES[step] / rate
            rate = RATES[step]
"""

SHARED_RATES: Final = """\
        if step in RATES:
            # The schedule goes on as it was, at another height.
            scheduler.base_lrs = [height * RATES[step] / rate for height in scheduler.base_lrs]
            for group, height in zip(optimiser.param_groups, scheduler.base_lrs):
                group["lr"] = height * scheduler.lr_lambdas[0](step)
            rate = RATES[step]
"""

END: Final = """\
print(f"test accuracy {{judge(test_images, test_labels)[1]:.4f}}")
torch.save({judged}.state_dict(), "weights.pt")
"""


START: Final = """\
# The weights that the run began with. A head that is not among them stays as torch made it.
model.load_state_dict(load_file("start.safetensors"), strict=False)
"""

FROZEN: Final = """\
# These parts keep their weights and compute as in use: norms keep their statistics, dropout is off.
{parts}for part in frozen:
    part.requires_grad_(False)
{head}

def train_mode():
    model.train()
    for part in frozen:
        part.eval()
{again}

train_mode()
"""

NAMED_PARTS: Final = """\
frozen = [model.get_submodule(name) for name in {names!r}]
"""

BODY: Final = """\
frozen = [model]
head = [part for part in model.modules() if any(True for _ in part.parameters(recurse=False))][-1]
"""

GROUPS: Final = """\
# Weights that share a rate and a decay: all of the rate at the output, {layer_decay} times as much per part before it.
stages = list(dict.fromkeys(name.split(".")[0] for name, weight in model.named_parameters() if weight.requires_grad))
groups = {{}}
for name, weight in model.named_parameters():
    if weight.requires_grad:
        scale = {layer_decay} ** (len(stages) - 1 - stages.index(name.split(".")[0]))
        decay = {decay}
        groups.setdefault((scale, decay), []).append(weight)
groups = [
    {{"params": weights, "lr": {rate} * scale, "weight_decay": decay}} for (scale, decay), weights in groups.items()
]
"""

STEP: Final = """\
        loss.backward()
{clip}        optimiser.step()
"""

SCALED_STEP: Final = """\
        scaler.scale(loss).backward()  # float16 would round small gradients to nothing
{clip}        scaler.step(optimiser)
        scaler.update()
"""
