"""The lines of a script that turn stored bytes into what a network takes: the recipe's changes, then normalising."""

from collections.abc import Mapping
from typing import Any, Final

from nets.excerpts import Excerpt, excerpt
from nets.recipes import Step, parse
from nets.specs import TrainSpec

# The changes that move and cover pixels and blend none: they leave bytes as bytes.
OF_BYTES: Final = frozenset({"flip", "crop", "flip_crop", "cutout"})
_CHOSEN: Final = "train_images[chosen]"
_WIDTH: Final = 120


def changes_of(spec: TrainSpec) -> dict[str, Excerpt]:
    """Return the functions that change and normalise images, by a sentence about them; none where there are none."""
    recipe = parse(spec.augment)
    wanted = [("augment.py" if step.kind == "light" else "changes.py", step.kind) for step in recipe.changes]
    wanted += [("changes.py", name) for name in ("mixup", "blended") if recipe.mixes]
    words = ["Random changes of the training images"] if wanted else []
    if _is_coloured(spec):
        wanted.append(("changes.py", "normalise"))
        words.append("how pixels become what the network takes")
    sentence = " and ".join(words)
    return {f"{sentence[0].upper()}{sentence[1:]}.": excerpt(wanted)} if wanted else {}


def batch_lines(spec: TrainSpec) -> str:
    """Return the lines that choose a batch and change it, in the order and the number format of the trainer."""
    recipe = parse(spec.augment)
    first = next((place for place, step in enumerate(recipe.changes) if step.kind not in OF_BYTES), None)
    # Of several channels, bytes are normalised as bytes.
    is_float = first is not None or not _is_coloured(spec) or recipe.mixes
    count = len(recipe.changes) if first is None else first
    lines = [f"batch = {_CHOSEN}{_float(is_float and not count)}"]
    lines += [_call("batch", step) for step in recipe.changes[:count]]
    if is_float and count:
        lines.append("batch = batch.float() / 255  # from 0 to 1")
    lines += [_call("batch", step) for step in recipe.changes[count:]]
    if recipe.mixes:
        settings = dict(recipe.steps[-1].settings)
        lines.append(f"batch, kept = mixup(batch, {_keywords(settings)})  # kept: the share of itself, (N,)")
        classes = len(spec.dataset.classes)
        lines.append(f"targets = blended(train_labels[chosen], share=kept, classes={classes})  # (N, classes)")
    return "".join(f"        {line}\n" for line in "\n".join(lines).splitlines())


def inputs(spec: TrainSpec, images: str, *, is_prepared: bool = False) -> str:
    """Return the expression that normalises `images`, bytes unless they are `is_prepared`."""
    if _is_coloured(spec):
        return f"normalise({images}, mean=mean, std=std)"
    return f"({images} - mean) / std" if is_prepared else f"({images}.float() / 255 - mean) / std"


def targets(spec: TrainSpec) -> str:
    """Return the expression of what a batch should be taken for."""
    return "targets" if parse(spec.augment).mixes else "train_labels[chosen]"


def _is_coloured(spec: TrainSpec) -> bool:
    """Say whether images have more than one channel, each with a mean of its own."""
    return spec.dataset.shape[0] > 1


def _float(is_float: bool) -> str:
    return ".float() / 255  # (N, C, H, W), from 0 to 1" if is_float else "  # (N, C, H, W) uint8"


def _call(images: str, step: Step) -> str:
    """Return the line that makes one change, broken where it would be too long."""
    settings = _keywords(step.settings) + (", fill=mean" if step.kind == "cutout" else "")
    line = f"{images} = {step.kind}({', '.join(filter(None, (images, settings)))})"
    if len(line) + 8 <= _WIDTH:
        return line
    return "\n".join([f"{images} = {step.kind}(", f"    {images},", f"    {settings},", ")"])


def _keywords(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in settings.items())
