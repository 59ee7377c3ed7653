"""Everything that a run holds between two steps, how one step is made, and how all of it is saved and restored."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer

from nets import freezing, optimisers, recipes, schedules, starting
from nets.augment import Pipeline
from nets.averaging import Average
from nets.batches import next_batch, steps_per_epoch
from nets.checkpoints import CheckpointError
from nets.data import Data, load_for, order
from nets.machine import Machine
from nets.metrics import Score, score
from nets.specs import SpecError, TrainSpec
from nets.starting import Start
from nets.zoo import build_for
from nets.zoo.library import LibraryError

FORMAT = 1


class Point(NamedTuple):
    """One step as it happened; what is a tensor stays on the device until somebody must read it.

    `loss` is a scalar, `logits` (N, classes), `labels` (N,); counting the right ones is left to the reader, who
    does it for many steps at once. Of an image that mixup blended, the label is the one with the greater share.
    """

    step: int
    loss: Tensor
    logits: Tensor
    labels: Tensor
    rate: float


@dataclass(slots=True)
class Session:
    """A network in training. `epochs` and `step` count what is done, `place` the images shown in this epoch.

    `loss_sum` and `correct_sum` are over the images of this epoch that were read back with `note`. `rate` is the
    height of the schedule: the spec's learning rate, until an action, (step, rate), sets another. `best` holds the
    highest accuracy on validation and its epoch, `lowest` the lowest loss, its accuracy and its epoch. A run with
    patience has the weights of that epoch as `kept`: they are what it leaves, however it ends. `pipeline` makes a
    batch of what is stored.
    """

    spec: TrainSpec
    data: Data
    machine: Machine
    model: nn.Module
    optimiser: Optimizer
    pipeline: Pipeline
    scales: list[float]
    scaler: torch.amp.GradScaler
    average: Average | None
    rate: float
    epochs: int = 0
    step: int = 0
    place: int = 0
    loss_sum: float = 0.0
    correct_sum: int = 0
    best: dict[str, float] = field(default_factory=dict)
    lowest: dict[str, float] = field(default_factory=dict)
    kept: dict[str, Tensor] | None = None
    actions: list[tuple[int, float]] = field(default_factory=list)
    sequence: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.long))
    features: Tensor | None = None
    can_keep_features: bool = False

    @classmethod
    def begin(
        cls,
        spec: TrainSpec,
        *,
        device: torch.device,
        machine: Machine | None = None,
        start: Start | None = None,
        data_file: Path | None = None,
    ) -> "Session":
        """Make the network, its optimiser and its data; all chance from here on comes from the spec's seed.

        Computes in float32 unless `machine` says otherwise. torch has one generator per process, so a process trains
        one network at a time. Begins with the weights of `start` where they are given, and with their normalisation.
        `data_file` holds the spec's own pictures, where it names some; DataError when it does not.
        Raises SpecError when the network has no layer that the spec freezes, when it is one of another package that
        is not there, and when those weights do not fit it.
        """
        machine = machine or Machine(str(device), "float32", "channels_first", torch.get_num_threads())
        data = load_for(spec, file=data_file, device=str(device))
        model = _network(spec, device=device, machine=machine, start=start)
        if start is not None:
            data = replace(data, mean=start.mean, std=start.std)
        groups = optimisers.groups(model, spec=spec)
        recipe = recipes.parse(spec.augment)
        session = cls(
            spec=spec,
            data=data,
            machine=machine,
            model=model,
            optimiser=optimisers.optimiser(groups, spec=spec),
            pipeline=Pipeline(recipe, classes=len(data.classes)),
            scales=[group.scale for group in groups],
            scaler=torch.amp.GradScaler(device.type, enabled=machine.dtype == "float16"),
            average=Average(model, decay=spec.ema) if spec.ema else None,
            rate=spec.learning_rate,
            can_keep_features=spec.freeze == "backbone" and not recipe.steps,
        )
        session._shuffle()
        return session

    @property
    def is_done(self) -> bool:
        """Say whether every epoch of the spec is done."""
        return self.epochs >= self.spec.epochs

    @property
    def is_epoch_done(self) -> bool:
        """Say whether every training image was shown in this epoch."""
        return self.place >= len(self.data.train)

    @property
    def is_out_of_patience(self) -> bool:
        """Say whether the validation loss has found no new low for as many epochs as the spec allows."""
        # A branch off a run without patience has no low of its own before its first epoch.
        waited = self.epochs - self.lowest["epoch"] if self.lowest else 0
        return bool(self.spec.patience) and waited >= self.spec.patience

    @property
    def network(self) -> nn.Module:
        """Return the network that is judged: the averaged one where there is one."""
        return self.model if self.average is None else self.average.model

    @property
    def kept_epoch(self) -> int:
        """Return the epoch whose network the run leaves: the last one, whole or begun, unless it has patience."""
        last = self.epochs + bool(self.place)
        return last if self.kept is None else int(self.lowest["epoch"])

    def advance(self, *, rate: float | None = None) -> Point:
        """Make one step on the next batch, without waiting for the device; `rate` overrules the schedule."""
        rate = self._set_rates(self._scheduled() if rate is None else rate)
        size = next_batch(len(self.sequence) - self.place, batch_size=self.spec.batch_size)
        chosen = self.sequence[self.place : self.place + size]
        labels = self.data.train.labels[chosen]
        logits, loss = self.learn(chosen, labels)
        self.step += 1
        self.place += len(chosen)
        if self.average is not None:
            self.average.follow(step=self.step)
        return Point(self.step, loss.detach(), logits.detach(), labels, rate)

    def learn(self, chosen: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Change the weights for the training images numbered in `chosen`; return logits (N, classes) and loss."""
        inputs, targets, network = self._inputs(chosen, labels)
        with self.machine.autocast():
            logits: Tensor = network(inputs)  # (N, classes)
            # Smoothing moves soft targets towards equal shares, as it does labels.
            loss = F.cross_entropy(logits, targets, label_smoothing=self.spec.label_smoothing)
        self.optimiser.zero_grad()
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if self.spec.clip:
            self.scaler.unscale_(self.optimiser)
            clip_grad_norm_(self.model.parameters(), self.spec.clip)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        return logits, loss

    def set_rate(self, value: float) -> None:
        """Put `value` in the place of the spec's learning rate from the next step on; the schedule goes on."""
        self.rate = value
        self.actions.append((self.step, value))

    def note(self, *, loss: float, correct: int, size: int) -> None:
        """Add one step, as read back from the device, to the epoch's sums, weighted by its images."""
        self.loss_sum += loss * size
        self.correct_sum += correct

    def judge(self, split: str) -> Score:
        """Judge the network on "validation" or "test"; a better validation than ever before is remembered."""
        part = self.data.validation if split == "validation" else self.data.test
        with self.machine.autocast():
            result = score(self.network, part, mean=self.data.mean, std=self.data.std)
        freezing.train_mode(self.model, self.spec.freeze)
        if split == "validation" and result.accuracy > self.best.get("accuracy", -1.0):
            self.best = {"accuracy": result.accuracy, "epoch": self.epochs + 1}
        if split == "validation" and result.loss < self.lowest.get("loss", float("inf")):
            self.lowest = {"loss": result.loss, "accuracy": result.accuracy, "epoch": self.epochs + 1}
            if self.spec.patience:
                self.kept = {name: value.clone() for name, value in self.network.state_dict().items()}
        return result

    def settle(self) -> Score | None:
        """Put the kept weights in the place of the last ones and return their validation; None without patience.

        The run is over then: no step may follow, and no state be saved.
        """
        if self.kept is None:
            return None
        self.network.load_state_dict(self.kept)
        return Score(self.lowest["loss"], self.lowest["accuracy"])

    def turn(self) -> None:
        """Count this epoch as done and begin the next."""
        self.epochs += 1
        self.place, self.loss_sum, self.correct_sum = 0, 0.0, 0
        self._shuffle()

    def state(self) -> dict[str, Any]:
        """Return all that an exact resume needs, and all that a predictor needs, as tensors and plain values.

        "model" is the network to use. Where that is an average or an earlier epoch's, "trained" is the one that goes
        on training, and where it is both, "average" is the average.
        """
        is_kept, average = self.kept is not None, self.average
        return {
            "format": FORMAT,
            "spec": self.spec.to_json(),
            "spec_digest": self.spec.digest(),
            "machine": self.machine.to_json(),
            "mean": self.data.mean,
            "std": self.data.std,
            "model": self.network.state_dict() if self.kept is None else self.kept,
            "trained": self.model.state_dict() if is_kept or average is not None else None,
            "average": average.model.state_dict() if is_kept and average is not None else None,
            "is_kept": is_kept,
            "optimiser": self.optimiser.state_dict(),
            "scaler": self.scaler.state_dict(),
            "rate": self.rate,
            "actions": [list(action) for action in self.actions],
            "counts": {name: getattr(self, name) for name in _COUNTS},
            "best": dict(self.best),
            "lowest": dict(self.lowest),
            "chance": {"cpu": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all() if _has_cuda() else []},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved state; raises CheckpointError when it belongs to another spec or format.

        What an older version of this file did not save had not been invented: it takes its first value.
        """
        if state.get("format") != FORMAT or state.get("spec_digest") != self.spec.digest():
            raise CheckpointError("This checkpoint belongs to another run: its spec differs.")
        self._take(state)
        self.optimiser.load_state_dict(state["optimiser"])
        self.rate = state.get("rate", self.spec.learning_rate)
        self.actions = [(int(step), float(rate)) for step, rate in state.get("actions", [])]

    def branch(self, state: dict[str, Any]) -> None:
        """Go on from the state of another run of the same network and data, with this spec's own settings.

        Counts go on too: a spec of 8 epochs that branches off after 5 has 3 left, and its schedule is where it would
        be by then. An optimiser of another kind, or over other weights, begins without memory. Raises CheckpointError
        when the networks differ.
        """
        other = state.get("spec", {})
        if state.get("format") != FORMAT or any(other.get(name, "") != getattr(self.spec, name) for name in _LASTING):
            raise CheckpointError("A branch must keep the network and the data of the run that it leaves.")
        self._take(state)
        if self.kept is None:
            # Of a low without its weights nothing could be left.
            self.lowest = {}
        optimisers.take_over(self.optimiser, state["optimiser"])

    def _take(self, state: dict[str, Any]) -> None:
        """Take over weights, counts and chance."""
        self.model.load_state_dict(state.get("trained") or state["model"])
        if self.average is not None:
            self.average.model.load_state_dict(state.get("average") or state["model"])
        # Those of the weights that the run started from, where it did.
        self.data = replace(self.data, mean=state["mean"], std=state["std"])
        if state.get("scaler") and self.scaler.is_enabled():
            self.scaler.load_state_dict(state["scaler"])
        for name in _COUNTS:
            setattr(self, name, state["counts"][name])
        self.best, self.lowest = dict(state["best"]), dict(state.get("lowest", {}))
        if self.spec.patience and state.get("is_kept"):
            self.kept = dict(state["model"])
        self._shuffle()
        torch.set_rng_state(state["chance"]["cpu"].cpu())
        if _has_cuda():
            torch.cuda.set_rng_state_all([part.cpu() for part in state["chance"]["cuda"]])

    def _inputs(self, chosen: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, nn.Module]:
        """Return what the images numbered in `chosen` are to the network, their targets, and the part that takes them.

        The targets are the labels (N,), or where the recipe has mixup the share of each class (N, classes).
        """
        if self.can_keep_features and self.features is None:
            self.features = freezing.features(self.model, self.data, machine=self.machine)
            self.can_keep_features = self.features is not None
        if self.features is not None:
            return self.features[chosen], labels, freezing.head(self.model)
        stored = self.data.train.images[chosen]  # (N, C, H, W) uint8
        images, targets = self.pipeline(stored, labels, self.data.mean, self.data.std)
        return images.contiguous(memory_format=self.machine.memory_format), targets, self.model

    def _scheduled(self) -> float:
        """Return the learning rate of the next step."""
        count, size = len(self.data.train), self.spec.batch_size
        per_epoch = steps_per_epoch(count, batch_size=size)
        # By the images that are left, not by the steps made: a branch may have had another batch size before.
        position = (self.epochs + 1) * per_epoch - steps_per_epoch(count - self.place, batch_size=size)
        steps = self.spec.epochs * per_epoch
        return self.rate * schedules.share(self.spec.schedule, position=position, steps=steps, warmup=self.spec.warmup)

    def _set_rates(self, rate: float) -> float:
        """Give every group its part of `rate`, and return it; the last part of the network gets all of it."""
        for group, scale in zip(self.optimiser.param_groups, self.scales, strict=True):
            group["lr"] = rate * scale
        return rate

    def _shuffle(self) -> None:
        count = len(self.data.train)
        self.sequence = order(count, seed=self.spec.seed, epoch=self.epochs + 1).to(self.data.train.labels.device)


_COUNTS = ("epochs", "step", "place", "loss_sum", "correct_sum")
# What a branch must have in common with the run that it leaves; old checkpoints know of some of these nothing.
_LASTING = ("arch", "data", "layers", "start", "pictures")


def _network(spec: TrainSpec, *, device: torch.device, machine: Machine, start: Start | None) -> nn.Module:
    """Make the network as it is before its first step, and set off the chance of the run."""
    torch.manual_seed(spec.seed)
    try:
        built = build_for(spec)
    except LibraryError as error:
        raise SpecError({"arch": str(error)}) from error
    model: nn.Module = built.to(device, memory_format=machine.memory_format)  # type: ignore[call-overload]
    if start is not None:
        starting.put(start, model)
    freezing.freeze(model, spec.freeze)
    freezing.train_mode(model, spec.freeze)
    return model


def _has_cuda() -> bool:
    return torch.cuda.is_available() and torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
