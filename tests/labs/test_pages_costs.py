"""What a run will cost: told by such runs here once there are any, by arithmetic before."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from labs import costs, speeds
from labs.costs import cost_of
from labs.models import Device, Lab, Run
from labs.models.runs import State
from labs.outlook import outlook_of
from labs.speeds import Known, kind_of
from nets import metrics
from nets.layers import Act, Conv, Layer, Norm, named
from nets.ledger import count
from nets.specs import TrainSpec
from tests.labs.conftest import submit

NODE = "train@here"


def ended(run: Run, **summary: Any) -> None:
    """Let a run be one that just ended on this server's worker, as the worker knows it."""
    run.worker, run.fence, run.resolved = f"{NODE}:17", run.fence or 1, {"device": "cpu"}
    speeds.learn(run, summary=summary)


@pytest.mark.django_db
def test_before_any_run_the_ledger_guesses_and_a_larger_network_costs_more() -> None:
    small, large = cost_of(TrainSpec()), cost_of(TrainSpec(arch="threeblock"))
    assert small.basis == large.basis == "assumed"
    assert 0 < small.seconds < large.seconds
    assert small.memory_bytes < large.memory_bytes


@pytest.mark.django_db
@pytest.mark.parametrize(("batch_size", "steps"), [(1, 1257), (32, 40), (1257 - 1000, 5), (1024, 2)])
def test_the_last_batch_of_an_epoch_counts_though_it_is_smaller(batch_size: int, steps: int) -> None:
    assert cost_of(TrainSpec(epochs=1, batch_size=batch_size)).steps == steps


@pytest.mark.django_db
def test_an_image_left_over_by_itself_makes_no_step_of_its_own_and_needs_its_memory() -> None:
    # 1,257 images: 628, and 629 with the one that would be left over.
    costs_of = {size: cost_of(TrainSpec(epochs=1, batch_size=size)) for size in (627, 628, 629)}
    assert {size: cost.steps for size, cost in costs_of.items()} == {627: 3, 628: 2, 629: 2}
    assert costs_of[627].memory_bytes < costs_of[628].memory_bytes == costs_of[629].memory_bytes


def test_such_runs_on_this_server_are_better_than_a_guess(learner: User, lab: Lab) -> None:
    for seconds in (2.0, 4.0, 30.0):
        ended(submit(learner, lab), seconds=seconds, steps=40)
    cost = cost_of(TrainSpec(epochs=2))
    assert cost.is_measured
    assert cost.seconds == pytest.approx(80 * 0.1)


def test_only_the_last_runs_are_remembered(learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    for _ in range(20):
        ended(run, seconds=4.0, steps=40)
    for _ in range(speeds.REMEMBERED):
        ended(run, seconds=8.0, steps=40)
    (device,) = Device.objects.all()
    assert device.speeds == {kind_of(TrainSpec(epochs=1)): [0.2] * speeds.REMEMBERED}


def test_runs_without_a_step_without_a_device_or_without_a_worker_say_nothing(learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    ended(run, seconds=0.0, steps=0)
    ended(run)
    run.resolved = {}
    speeds.learn(run, summary={"seconds": 4.0, "steps": 40})
    run.worker, run.resolved = "", {"device": "cpu"}
    speeds.learn(run, summary={"seconds": 4.0, "steps": 40})
    assert cost_of(TrainSpec()).basis == "assumed"


def test_a_run_of_several_attempts_is_told_by_its_images_per_second(learner: User, lab: Lab) -> None:
    run = submit(learner, lab)
    run.fence = 2
    ended(run, seconds=1.0, steps=400, images_per_second=320.0)
    # 32 images at 320 a second, and 270 of 1257 images judged at a third of the price.
    assert cost_of(TrainSpec(epochs=1)).seconds == pytest.approx(40 * 0.1 * (1 + 270 / 1257 / 3), rel=1e-4)


def test_another_batch_of_the_same_network_is_scaled_by_the_ledger(learner: User, lab: Lab) -> None:
    ended(submit(learner, lab, augment="none"), seconds=4.0, steps=40)
    double = TrainSpec(batch_size=64, augment="none")
    cost, slowness = cost_of(double), 0.1 / costs.reckoned(TrainSpec(augment="none"))
    assert cost.basis == "related"
    assert cost.seconds == pytest.approx(cost.steps * costs.reckoned(double) * slowness)


def test_another_network_is_reckoned_at_the_speed_that_runs_showed(learner: User, lab: Lab) -> None:
    run = submit(learner, lab, augment="none")
    ended(run, seconds=40 * 3 * costs.reckoned(TrainSpec(augment="none")), steps=40)
    other = TrainSpec(arch="threeblock", augment="none")
    assert cost_of(other).basis == "calibrated"
    assert cost_of(other).seconds == pytest.approx(cost_of(other).steps * 3 * costs.reckoned(other), rel=1e-3)


@pytest.mark.django_db
def test_before_any_run_the_workers_probe_tells_how_slow_the_machine_is() -> None:
    assumed = cost_of(TrainSpec()).seconds
    speeds.learn_probe(NODE, device="cpu", seconds=1.0)
    slow = cost_of(TrainSpec())
    speeds.learn_probe(NODE, device="cpu", seconds=3.0)
    assert slow.basis == "calibrated"
    assert cost_of(TrainSpec()).seconds == pytest.approx(2 * slow.seconds)
    assert slow.seconds > assumed


@pytest.mark.django_db
def test_the_probes_arithmetic_is_that_of_its_layers() -> None:
    block: list[Layer] = [Conv(64, kernel=3, padding=1), Norm(), Act("ReLU"), Conv(64, kernel=3, padding=1)]
    book = count(named(block), shape=(32, 16, 16), classes=1)
    assert (book.multiply_adds, book.activation_bytes) == (costs.PROBE_MULTIPLY_ADDS, costs.PROBE_BYTES)


@pytest.mark.parametrize(
    "change",
    [{"arch": "threeblock"}, {"data": "shapes"}, {"batch_size": 31}, {"augment": "none"}, {"precision": "bfloat16"}],
)
def test_runs_that_take_longer_or_shorter_steps_are_of_another_kind(change: dict[str, Any]) -> None:
    assert kind_of(TrainSpec(**change)) != kind_of(TrainSpec())


def test_seed_and_rate_change_no_time() -> None:
    assert kind_of(TrainSpec(seed=7, learning_rate=0.5, epochs=3)) == kind_of(TrainSpec())


def test_damaged_or_older_entries_of_a_device_are_passed_over(learner: User, lab: Lab) -> None:
    ended(submit(learner, lab), seconds=4.0, steps=40)
    Device.objects.update(speeds={"lenet5/digits/32": 0.5, kind_of(TrainSpec()): []})
    assert speeds.known() == Known()


def test_the_outlook_counts_who_waits_and_what_is_left(learner: User, other: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS, settings.STRIDE_DEVICE_SECONDS = 2, 4 * 3600
    begins, left = "Nobody waits: it starts at once.", "about 4 h of training in these 24 hours."
    assert outlook_of(learner).words == f"{begins} You may have 2 more runs at once, and {left}"
    submit(other, lab)
    submit(learner, lab)
    ahead = outlook_of(learner)
    assert (ahead.ahead, ahead.open_runs) == (2, 1)
    assert ahead.seconds == pytest.approx(2 * cost_of(TrainSpec(epochs=1)).seconds)
    assert "Up to 2 runs are ahead" in ahead.words
    assert "You may have 1 more run at once, and" in ahead.words
    submit(learner, lab)
    assert outlook_of(learner).words == "You have 2 of 2 runs waiting or running: one must end first."


def test_runs_that_train_take_what_waits_side_by_side(learner: User, other: User, lab: Lab) -> None:
    for _ in range(2):
        run = submit(other, lab)
        Run.objects.filter(pk=run.pk).update(state=State.RUNNING, lease_until=timezone.now())
    submit(other, lab)
    one = cost_of(TrainSpec(epochs=1)).seconds
    assert outlook_of(learner).seconds == pytest.approx((one + one) / 2)


# Megabytes by which a process grew at the peak of such a run, as `python -m benchmarks.memory` printed them.
MEASURED = [
    (TrainSpec(), 16.0),
    (TrainSpec(batch_size=512), 76.0),
    (TrainSpec(arch="threeblock", batch_size=128), 192.6),
    (TrainSpec(arch="fourconv_bn", data="shapes", augment="none"), 326.8),
    (TrainSpec(arch="fourconv_bn", data="shapes", augment="standard", batch_size=128), 491.5),
    (TrainSpec(arch="resnet20", data="shapes", augment="none", batch_size=64), 379.0),
    (TrainSpec(arch="resnet20", data="shapes", augment="none", batch_size=128), 514.9),
    (TrainSpec(arch="plain56", data="shapes", augment="none", batch_size=32), 367.3),
    (TrainSpec(arch="plain56", data="shapes", augment="none", batch_size=128, optimiser="sgd"), 905.4),
]


@pytest.mark.parametrize(("spec", "megabytes"), MEASURED)
def test_the_memory_that_is_told_is_within_thirty_percent_of_what_such_a_run_took(
    spec: TrainSpec, megabytes: float
) -> None:
    assert costs.memory_of(spec) / 1e6 == pytest.approx(megabytes, rel=0.3)


def test_as_many_images_are_judged_at_once_as_the_engine_judges() -> None:
    assert costs.JUDGED_AT_ONCE == metrics.AT_ONCE


@pytest.mark.django_db
def test_a_time_that_was_not_measured_here_is_a_range() -> None:
    guess = cost_of(TrainSpec(epochs=50))
    low, high = guess.bounds
    assert low < guess.seconds < high
    speeds.learn_probe(NODE, device="cpu", seconds=0.05)
    assert cost_of(TrainSpec(epochs=50)).bounds[1] > 4 * cost_of(TrainSpec(epochs=50)).bounds[0]
    told = Known({kind_of(TrainSpec(epochs=50)): 0.01})
    measured = cost_of(TrainSpec(epochs=50), known=told)
    assert measured.bounds == (measured.seconds, measured.seconds)
