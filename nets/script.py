"""A run as PyTorch code that a learner can read, change and run without this course. Needs no torch itself.

The network and the augmentation are the very text that the trainer runs, cut from their modules, so that
what is shown is what was trained; on the same machine the script prints the losses of the run.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from nets import script_text as text
from nets.catalog import KNOWN
from nets.excerpts import Excerpt, excerpt, joined_imports
from nets.script_changes import batch_lines, changes_of, inputs, targets
from nets.script_networks import model_lines, network_of
from nets.specs import TrainSpec

# Every field that a script can follow: a test compares them with those of a spec, so that none is forgotten.
FOLLOWED: Final = frozenset(
    {
        *("arch", "data", "epochs", "batch_size", "augment", "seed", "freeze", "ema", "start"),
        *("optimiser", "learning_rate", "momentum", "nesterov", "weight_decay", "decay_only_weights", "layer_decay"),
        *("schedule", "warmup", "label_smoothing", "clip", "layers", "pictures"),
    }
)
# Fields that change no loss, or whose effect a run's events tell: a `Course` has the number format, the layout and
# the last step.
TOLD: Final = frozenset(("precision", "layout", "patience", "watch"))
DATA_FILE: Final = "data.npz"
# Of a run that began with borrowed weights: those that fitted its network.
START_FILE: Final = "start.safetensors"
PARTS: Final = ("train", "validation", "test")

# The fields of a spec by name.
Wish = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a run's events add to its spec: `rates` by the step after which each was set, the `last_step` of a run
    that ended early, and the `threads`, `dtype` and `layout` with which it computed; None leaves threads open.
    """

    rates: Mapping[int, float] = field(default_factory=dict)
    last_step: int | None = None
    threads: int | None = None
    dtype: str = "float32"
    layout: str = "channels_first"


class Section(NamedTuple):
    """One part of a script: what it does, in a sentence, and its code."""

    words: str
    code: str


_PLAIN: Final = Course()


def source(spec: TrainSpec, *, course: Course = _PLAIN, from_file: bool = False) -> str:
    """Return the run of `spec` as one Python file, which prints its epochs and saves its weights.

    It needs torch, and scikit-learn and Pillow to make its data, or with `from_file` numpy and the DATA_FILE that
    an export puts beside it.
    """
    parts = [section.code.strip("\n") for section in sections(spec, course=course, from_file=from_file)]
    return f"{_title(spec, from_file=from_file)}\n\n" + "\n\n\n".join(parts) + "\n"


def sections(spec: TrainSpec, *, course: Course = _PLAIN, from_file: bool = False) -> list[Section]:
    """Return the same code in parts that run one after another, the imports first."""
    wish, cuts = spec.to_json(), _cuts(spec)
    found = [
        Section("The data, on the device as one tensor.", _data(spec, from_file=from_file)),
        *(Section(words, "\n\n\n".join(cut.definitions)) for words, cut in cuts.items() if cut.definitions),
        Section("The settings of this run.", _settings(spec, course) + _scheduler(wish) + _helpers(wish, course)),
        Section("How good the network is on a part of the data.", _judge(spec, course)),
        Section("The training.", _loop(spec, course)),
        Section("The test images are looked at once, at the end.", text.END.format(judged=_judged(wish))),
    ]
    code = "\n".join(section.code for section in found)
    extra = [line for cut in cuts.values() for line in cut.imports]
    head = _needed(code, extra=extra) + "\n\n" + text.DEVICE
    if course.threads is not None:
        head += text.THREADS.format(threads=course.threads)
    return [Section("What it needs.", head), *found]


def _cuts(spec: TrainSpec) -> dict[str, Excerpt]:
    """Return what is cut from our own files, by a sentence about it."""
    wish = spec.to_json()
    cuts = {"The network.": network_of(spec), **changes_of(spec)}
    of_batches = ["cuts"] if _scheduler(wish) == "" else ["cuts", "steps_per_epoch"]
    cuts["Where an epoch is cut into batches."] = excerpt([("batches.py", name) for name in of_batches])
    if _is_shared(wish):
        cuts["How the learning rate moves."] = excerpt([("schedules.py", "share")])
    if wish.get("ema"):
        cuts["A second copy of the weights that follows slowly; it is the one that is judged."] = excerpt(
            [("averaging.py", "Average")]
        )
    return cuts


def _data(spec: TrainSpec, *, from_file: bool) -> str:
    # The digits come with scikit-learn; every other set has to lie beside the script, as an export puts it there.
    # Borrowed weights bring their own normalisation, which that file has too.
    is_file = from_file or spec.data != "digits" or bool(spec.start)
    if not is_file:
        return text.DIGITS.format(**spec.dataset.splits)
    return text.FILE.format(statistics=text.ONE_STATISTIC if spec.dataset.shape[0] == 1 else text.STATISTICS)


def _needed(code: str, *, extra: Sequence[str]) -> str:
    """Return the imports that the code reads, and no other."""
    used = {node.id for node in ast.walk(ast.parse(text.DEVICE + code)) if isinstance(node, ast.Name)}
    return joined_imports([*(line for name, line in text.IMPORTS.items() if name in used), *extra])


def _title(spec: TrainSpec, *, from_file: bool) -> str:
    network, data = KNOWN[spec.arch].title, spec.dataset.title.lower()
    is_file = from_file or spec.data != "digits" or bool(spec.start)
    needs = f"Needs {_beside(spec)} beside it." if is_file else "Needs scikit-learn and Pillow."
    return f'"""{network} on {data}: one run of Stride as plain PyTorch. {needs}"""'


def _beside(spec: TrainSpec) -> str:
    return f"{DATA_FILE} and {START_FILE}" if spec.start else DATA_FILE


def _settings(spec: TrainSpec, course: Course) -> str:
    wish = spec.to_json()
    return text.SETTINGS.format(
        epochs=wish["epochs"],
        batch_size=wish["batch_size"],
        seed=wish["seed"],
        hand=_hand(course),
        model=model_lines(spec, is_channels_last=_is_channels_last(course)),
        frozen=(text.START if spec.start else "") + _frozen(wish),
        groups=_groups(wish),
        optimiser=_optimiser(wish),
    )


def _hand(course: Course) -> str:
    """Return what the learner did by hand during the run, and where it ended."""
    lines = ""
    if course.rates:
        lines += f"RATES = {dict(course.rates)!r}  # after this step, that learning rate\n"
    if course.last_step is not None:
        lines += f"LAST_STEP = {course.last_step}  # where the run ended\n"
    return lines


def _frozen(wish: Wish) -> str:
    names = wish.get("freeze", "none")
    if names == "none":
        return ""
    is_body = names == "backbone"
    parts = text.BODY if is_body else text.NAMED_PARTS.format(names=names.split(","))
    head = "head.requires_grad_(True)\n" if is_body else ""
    return text.FROZEN.format(parts=parts, head=head, again="    head.train()\n" if is_body else "")


def _has_groups(wish: Wish) -> bool:
    return wish.get("layer_decay", 1.0) != 1.0 or bool(wish.get("decay_only_weights"))


def _groups(wish: Wish) -> str:
    if not _has_groups(wish):
        return ""
    decay = repr(wish["weight_decay"])
    if wish.get("decay_only_weights"):
        decay = f"{decay} if weight.ndim >= 2 else 0.0  # not of biases and norms"
    return text.GROUPS.format(layer_decay=wish.get("layer_decay", 1.0), decay=decay, rate=wish["learning_rate"])


def _optimiser(wish: Wish) -> str:
    name = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}[wish["optimiser"]]
    weights = "model.parameters()"
    if wish.get("freeze", "none") != "none":
        weights = "(weight for weight in model.parameters() if weight.requires_grad)"
    settings = f"lr={wish['learning_rate']!r}"
    if name == "SGD":
        # Without momentum there is nothing to look ahead along, and torch refuses the pair.
        is_nesterov = wish.get("nesterov") and wish["momentum"] > 0
        settings += f", momentum={wish['momentum']!r}" + (", nesterov=True" if is_nesterov else "")
    if _has_groups(wish):
        return f"torch.optim.{name}(groups, {settings}, fused=True)"
    return f"torch.optim.{name}({weights}, {settings}, weight_decay={wish['weight_decay']!r}, fused=True)"


def _is_shared(wish: Wish) -> bool:
    """Say whether the schedule is one that our own function draws; torch has the usual ones."""
    return wish["schedule"] not in ("constant", "cosine") or bool(wish.get("warmup"))


def _scheduler(wish: Wish) -> str:
    if wish["schedule"] == "constant" and not _is_shared(wish):
        return ""
    steps = "steps = EPOCHS * steps_per_epoch(len(train_labels), batch_size=BATCH_SIZE)\n"
    if not _is_shared(wish):
        return f"{steps}scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)\n"
    warmup = f", warmup={wish['warmup']!r}" if wish.get("warmup") else ""
    return (
        f"{steps}scheduler = torch.optim.lr_scheduler.LambdaLR(\n"
        f'    optimiser, lambda position: share("{wish["schedule"]}", position=position, steps=steps{warmup})\n)\n'
    )


def _helpers(wish: Wish, course: Course) -> str:
    """Return what stands beside the optimiser."""
    lines = f"average = Average(model, decay={wish['ema']!r})\n" if wish.get("ema") else ""
    return lines + ("scaler = torch.amp.GradScaler(device)\n" if course.dtype == "float16" else "")


def _judged(wish: Wish) -> str:
    return "average.model" if wish.get("ema") else "model"


def _is_channels_last(course: Course) -> bool:
    return course.layout == "channels_last"


def _forward(model: str, pixels: str, loss: str, *, course: Course) -> str:
    """Return the lines that make logits and a loss of normalised images."""
    if _is_channels_last(course):
        pixels = f"({pixels}).contiguous(memory_format=torch.channels_last)"
    lines = [f"logits = {model}({pixels})  # (N, classes)", loss]
    if course.dtype != "float32":
        lines = [f"with torch.autocast(device, dtype=torch.{course.dtype}):", *(f"    {line}" for line in lines)]
    return "".join(f"        {line}\n" for line in lines)


def _judge(spec: TrainSpec, course: Course) -> str:
    wish = spec.to_json()
    loss = 'loss += F.cross_entropy(logits, names, reduction="sum").item()'
    is_frozen = wish.get("freeze", "none") != "none"
    return text.JUDGE.format(
        judged=_judged(wish),
        forward=_forward(_judged(wish), inputs(spec, "some"), loss, course=course),
        train="    train_mode()\n" if is_frozen else "    model.train()\n",
    )


def _loop(spec: TrainSpec, course: Course) -> str:
    wish = spec.to_json()
    smoothing = f", label_smoothing={wish['label_smoothing']!r}" if wish.get("label_smoothing") else ""
    loss = f"loss = F.cross_entropy(logits, {targets(spec)}{smoothing})"
    return text.LOOP.format(
        counter=_counter(wish, course),
        batch=batch_lines(spec),
        forward=_forward("model", inputs(spec, "batch", is_prepared=True), loss, course=course),
        backward=_backward(wish, course),
        schedule="        scheduler.step()\n" if _scheduler(wish) else "",
        acts=_acts(wish, course),
        leave="    if step == LAST_STEP:\n        break\n" if course.last_step is not None else "",
    )


def _is_counted(wish: Wish, course: Course) -> bool:
    return bool(course.rates) or course.last_step is not None or bool(wish.get("ema"))


def _counter(wish: Wish, course: Course) -> str:
    counter = "step = 0\n" if _is_counted(wish, course) else ""
    return counter + (f"rate = {wish['learning_rate']!r}\n" if course.rates else "")


def _backward(wish: Wish, course: Course) -> str:
    is_scaled = course.dtype == "float16"
    clip = "        scaler.unscale_(optimiser)\n" if is_scaled and wish.get("clip") else ""
    if wish.get("clip"):
        clip += f"        torch.nn.utils.clip_grad_norm_(model.parameters(), {wish['clip']!r})\n"
    return (text.SCALED_STEP if is_scaled else text.STEP).format(clip=clip)


def _acts(wish: Wish, course: Course) -> str:
    """Return what happens between two steps."""
    acts = "        step += 1\n" if _is_counted(wish, course) else ""
    acts += "        average.follow(step=step)\n" if wish.get("ema") else ""
    acts += (text.SHARED_RATES if _is_shared(wish) else text.RATES) if course.rates else ""
    return acts + ("        if step == LAST_STEP:\n            break\n" if course.last_step is not None else "")
