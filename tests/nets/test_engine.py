"""What each setting does to a step, and that nothing waits for the device between two flushes."""

import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils._python_dispatch import TorchDispatchMode

from nets import changes, checkpoints, freezing, memory, optimisers
from nets.augment import light
from nets.events import Event
from nets.machine import Machine
from nets.rangetest import range_test
from nets.session import Session
from nets.specs import TrainSpec
from nets.statistics import COLLECTORS, PROBE_IMAGES
from nets.trainer import train
from nets.zoo import build

PLAIN = TrainSpec(epochs=2, batch_size=64, learning_rate=0.01, augment="none", seed=1)
CPU = torch.device("cpu")


def begin(**change: Any) -> Session:
    return Session.begin(dataclasses.replace(PLAIN, **change), device=CPU)


def moved(session: Session, *, steps: int = 1) -> dict[str, float]:
    """Return how far each tensor of the network moves in a few steps."""
    before = {name: value.clone() for name, value in session.model.state_dict().items()}
    for _ in range(steps):
        session.advance()
    return {name: float((value - before[name]).abs().max()) for name, value in session.model.state_dict().items()}


class Reads(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the calls that wait for a device: reading a number out of a tensor."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func in (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"clip": 1.0, "ema": 0.9, "label_smoothing": 0.1, "augment": "light"},
        {"augment": "strong"},
        {"freeze": "backbone"},
    ],
)
def test_a_step_reads_nothing_back(change: dict[str, Any]) -> None:
    session = begin(**change)
    session.advance()
    with Reads() as reads:
        for _ in range(3):
            session.advance()
    assert reads.count == 0
    with Reads() as reads:
        session.judge("validation")
    assert reads.count == 2  # the counter does count


def test_a_run_with_light_changes_is_to_the_last_bit_what_it_always_was() -> None:
    session, plain = begin(augment="light", learning_rate=0.003), begin()
    torch.manual_seed(PLAIN.seed)
    model = build("lenet5", shape=(1, 32, 32), classes=10)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003, fused=True)
    steps = session.spec.epochs * 20
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=steps)
    dice = torch.get_rng_state()
    losses = [float(session.advance().loss) for _ in range(4)]
    torch.set_rng_state(dice)
    for place, loss in enumerate(losses):
        chosen = plain.sequence[64 * place : 64 * (place + 1)]
        changed = light(plain.data.train.images[chosen].float() / 255)
        images = changes.normalise(changed, mean=plain.data.mean, std=plain.data.std)
        expected = F.cross_entropy(model(images), plain.data.train.labels[chosen])
        optimiser.zero_grad()
        expected.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        assert loss == float(expected.detach())


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_blended_images_are_learned_with_blended_and_smoothed_labels(dtype: str) -> None:
    machine = Machine("cpu", dtype, "channels_first", 1)
    spec = dataclasses.replace(PLAIN, augment='[{"kind": "mixup", "alpha": 1.0}]', label_smoothing=0.2)
    session = Session.begin(spec, device=CPU, machine=machine)
    labels = session.data.train.labels[session.sequence[:64]]
    dice = torch.get_rng_state()
    point = session.advance()
    torch.set_rng_state(dice)
    _, share = changes.mixup(torch.zeros(64, 1, 32, 32), alpha=1.0)
    targets = torch.zeros(64, 10, dtype=torch.double)
    targets[torch.arange(64), labels] += share
    targets[torch.arange(64), labels.roll(1)] += 1 - share
    # Szegedy et al. 2015, arXiv:1512.00567, section 7: (1 - e) of the target and e of all classes alike.
    targets = 0.8 * targets + 0.2 / 10
    expected = -(targets * point.logits.double().log_softmax(dim=1)).sum(dim=1).mean()
    assert float(point.loss) == pytest.approx(float(expected), rel=1e-6)
    assert torch.equal(point.labels, labels)


def test_clipping_bounds_the_gradient_of_all_weights_together() -> None:
    session = begin(clip=0.01, optimiser="sgd")
    session.advance()
    grads = [weight.grad for weight in session.model.parameters() if weight.grad is not None]
    assert math.sqrt(sum(float(grad.square().sum()) for grad in grads)) == pytest.approx(0.01, rel=1e-3)


def test_only_weights_decay_when_asked() -> None:
    session = begin(decay_only_weights=True, weight_decay=0.1)
    decays = {
        group["weight_decay"]: {weight.ndim for weight in group["params"]} for group in session.optimiser.param_groups
    }
    assert decays == {0.1: {2, 4}, 0.0: {1}}


def test_averaged_weights_are_those_of_torch(tmp_path: Path) -> None:
    # Past the first steps, where ours follows faster: (1 + 9) / (10 + 9) is above 0.5.
    session = begin(ema=0.5)
    for _ in range(9):
        session.advance()
    oracle = AveragedModel(session.network, multi_avg_fn=get_ema_multi_avg_fn(0.5))  # type: ignore[no-untyped-call]
    oracle.update_parameters(session.network)
    for _ in range(3):
        session.advance()
        oracle.update_parameters(session.model)
    for ours, theirs in zip(session.network.parameters(), oracle.module.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-7)


def test_the_average_is_what_is_judged_and_kept(tmp_path: Path) -> None:
    spec = dataclasses.replace(PLAIN, epochs=1, ema=0.99, batch_size=400)
    end = list(train(spec, device="cpu", threads=1, checkpoint_to=tmp_path))[-1]["summary"]
    state = checkpoints.load(tmp_path / end["checkpoint"]["file"])
    session = Session.begin(dataclasses.replace(spec, ema=0.0), device=CPU)
    session.model.load_state_dict(state["model"])
    assert session.judge("test").loss == end["test_loss"]
    session.model.load_state_dict(state["trained"])
    assert session.judge("test").loss != end["test_loss"]


def test_a_run_without_progress_ends_early_and_one_with_progress_does_not() -> None:
    # At this rate nothing changes in seven digits, so no epoch finds a lower loss.
    stuck = dataclasses.replace(PLAIN, epochs=9, patience=2, learning_rate=1e-6, optimiser="sgd", momentum=0.0)
    stuck = dataclasses.replace(stuck, freeze="conv1,conv2,dense1,dense2", batch_size=1024, schedule="constant")
    told = list(train(stuck, device="cpu", threads=1))
    losses = [event["validation_loss"] for event in told if event["type"] == "epoch"]
    learning = list(train(dataclasses.replace(PLAIN, epochs=4, patience=2), device="cpu", threads=1))
    assert learning[-1]["reason"] == "completed"
    lows = [place for place, loss in enumerate(losses, start=1) if loss == min(losses)]
    assert told[-1]["reason"] == ("early_stopped" if len(losses) < 9 else "completed")
    assert len(losses) == min(9, lows[0] + 2)


def test_frozen_parts_keep_every_bit_and_the_rest_moves() -> None:
    far = moved(begin(freeze="conv1,dense1"), steps=2)
    assert {name for name, distance in far.items() if distance == 0} == {
        "conv1.weight", "conv1.bias", "dense1.weight", "dense1.bias",
    }  # fmt: skip


def test_judging_leaves_frozen_parts_as_in_use_and_the_others_in_training() -> None:
    session = begin(freeze="conv1", arch="threeblock")
    session.judge("validation")
    assert not session.model.get_submodule("conv1").training
    assert session.model.get_submodule("dropout").training
    backbone = begin(freeze="backbone", arch="threeblock")
    backbone.judge("validation")
    assert not backbone.model.get_submodule("dropout").training


@pytest.mark.parametrize("arch", ["lenet5", "threeblock"])
def test_kept_features_train_the_head_as_the_whole_network_would(arch: str) -> None:
    kept, whole = begin(freeze="backbone", arch=arch), begin(freeze="backbone", arch=arch)
    whole.can_keep_features = False
    losses = [(float(kept.advance().loss), float(whole.advance().loss)) for _ in range(8)]
    assert kept.features is not None
    assert whole.features is None
    assert [one for one, _ in losses] == pytest.approx([other for _, other in losses], rel=1e-5)


def test_features_are_not_kept_when_the_head_is_not_the_end() -> None:
    session = begin(freeze="backbone")
    hook = freezing.head(session.model).register_forward_hook(lambda _part, _given, made: made)
    session.model.register_forward_hook(lambda _part, _given, logits: logits * 2)
    session.advance()
    hook.remove()
    assert session.features is None


def test_features_are_kept_only_where_the_recipe_changes_nothing() -> None:
    for augment, is_kept in (("none", True), ("[]", True), ("light", False), ("flip_crop", False)):
        session = begin(freeze="backbone", augment=augment)
        session.advance()
        assert (session.features is not None) == is_kept


def test_rates_shrink_from_the_output_to_the_input() -> None:
    session = begin(layer_decay=0.5)
    parts = {id(weight): name for name, weight in session.model.named_parameters()}
    point = session.advance()
    rates = {
        parts[id(weight)].partition(".")[0]: group["lr"] / point.rate
        for group in session.optimiser.param_groups
        for weight in group["params"]
    }
    assert rates == {"output": 1.0, "dense2": 0.5, "dense1": 0.25, "conv2": 0.125, "conv1": 0.0625}


def test_bfloat16_keeps_float32_weights_and_computes_otherwise() -> None:
    machine = Machine("cpu", "bfloat16", "channels_last", 1)
    session = Session.begin(PLAIN, device=CPU, machine=machine)
    point = session.advance()
    assert point.logits.dtype == torch.bfloat16
    assert {weight.dtype for weight in session.model.parameters()} == {torch.float32}
    conv = session.model.get_submodule("conv2").weight
    assert isinstance(conv, torch.Tensor)
    assert conv.is_contiguous(memory_format=torch.channels_last)
    assert float(point.loss) == pytest.approx(float(begin().advance().loss), rel=0.02)


def test_a_range_test_finds_a_rate_that_learns_and_leaves_no_trace() -> None:
    session = begin(augment="light", ema=0.9)
    for _ in range(3):
        session.advance()
    chance, before = torch.get_rng_state(), {k: v.clone() for k, v in session.model.state_dict().items()}
    losses = [float(session.advance().loss) for _ in range(2)]
    again = begin(augment="light", ema=0.9)
    for _ in range(3):
        again.advance()
    found = range_test(again, steps=60)
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(value, before[name]) for name, value in again.model.state_dict().items())
    assert [float(again.advance().loss) for _ in range(2)] == losses
    assert found.rates == sorted(found.rates)
    assert len(found.rates) == len(found.losses)
    assert found.suggestion is not None
    assert 1e-4 < found.suggestion < 1e-1
    assert found.losses[-1] > min(found.losses)


@pytest.mark.parametrize("asked", [{"steps": 9}, {"low": 0.0}, {"low": 1.0, "high": 0.1}])
def test_a_range_that_is_none_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="range test takes"):
        range_test(begin(), **asked)


def test_adam_and_adamw_remember_alike_and_sgd_does_not() -> None:
    adam, adamw, sgd = (begin(optimiser=name) for name in ("adam", "adamw", "sgd"))
    adam.advance()
    state = adam.optimiser.state_dict()
    assert optimisers.take_over(adamw.optimiser, state)
    assert adamw.optimiser.state_dict()["state"].keys() == state["state"].keys()
    assert not optimisers.take_over(sgd.optimiser, state)


def test_a_batch_that_does_not_fit_is_named_with_one_that_does() -> None:
    # Two hundred megabytes of address space more than the process has already, so that torch really is refused. A
    # thread that begins meanwhile takes 72 of them for its stack and its heap.
    spec = TrainSpec(arch="threeblock", batch_size=1024, augment="none")
    program = f"""
import json, resource, sys
from pathlib import Path
import torch
from nets.memory import MemoryExceeded
from nets.specs import TrainSpec
from nets.trainer import train
list(train(TrainSpec(arch="threeblock", epochs=1, batch_size=64), device="cpu", threads=1))
run = train(TrainSpec.from_json(json.loads({json.dumps(json.dumps(spec.to_json()))})), device="cpu", threads=1)
next(run)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000, resource.RLIM_INFINITY))
try:
    list(run)
except MemoryExceeded as error:
    print(json.dumps([error.fits, str(error)]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    fits, said = json.loads(done.stdout)
    assert fits in (32, 64, 128, 256, 512)
    assert said == f"A batch of 1,024 needs more memory than this device has; a batch of {fits} fits."


@pytest.mark.parametrize("said", ["could not create a primitive", "could not execute a primitive"])
def test_what_onednn_says_without_room_counts_when_a_smaller_batch_fits(said: str) -> None:
    found = memory.exceeded(RuntimeError(said), begin(batch_size=64))
    assert found.fits == 32


class Unrunnable(torch.nn.Module):
    """A layer that oneDNN has no code for, whatever the batch."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("could not create a primitive")


def test_what_onednn_says_of_a_layer_that_it_cannot_run_stays_what_it_is() -> None:
    session = begin()
    session.model = Unrunnable()
    error = RuntimeError("could not create a primitive")
    with pytest.raises(RuntimeError) as raised:
        memory.exceeded(error, session)
    assert raised.value is error


def test_what_is_watched_is_told_and_changes_nothing() -> None:
    spec = dataclasses.replace(PLAIN, epochs=1, batch_size=500, arch="threeblock")
    plain = list(train(spec, device="cpu", threads=1))
    watched = list(train(dataclasses.replace(spec, watch=tuple(COLLECTORS)), device="cpu", threads=1))
    seen: dict[str, Event] = {event["kind"]: event for event in watched if event["type"] == "snapshot"}
    assert set(seen) == set(COLLECTORS)
    end = watched[-1]["summary"]
    assert end["test_loss"] == plain[-1]["summary"]["test_loss"]
    counts = seen["confusion"]["data"]["counts"]
    right = sum(counts[place][place] for place in range(10)) / sum(map(sum, counts))
    assert right == pytest.approx(end["validation_accuracy"])
    assert seen["filters"]["data"]["shape"] == [32, 1, 3, 3]
    assert all(sum(row) == pytest.approx(1, abs=1e-3) for row in seen["probe"]["data"]["probabilities"])
    assert len(seen["probe"]["data"]["images"]) == PROBE_IMAGES
