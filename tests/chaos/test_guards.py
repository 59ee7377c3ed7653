"""Guards that elsewhere have others beside them, each alone here between a run and its loss. Real processes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from labs import following, submission
from labs.artifacts import CHECKPOINT
from labs.models import Artifact, Lab, Run
from nets import events
from tests.house import TIMES, House
from tests.labs.conftest import LONG, points, state_of, submit

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]


@pytest.fixture
def trusting(house: House) -> Iterator[House]:
    """A house whose first worker would believe in its lease for an hour: only the fence can tell it otherwise."""
    house.without("train", "train2", "sweeper")
    house.environment |= {"STRIDE_HEARTBEAT_SECONDS": "1200", "STRIDE_LEASE_SECONDS": "3600"}
    house.need("train")
    house.environment |= TIMES
    yield house
    house.without("train", "train2")


def test_f05_the_fence_alone_keeps_two_attempts_apart(trusting: House, learner: User, lab: Lab) -> None:
    run = submit(learner, lab, **LONG)
    trusting.until(lambda: points(run) > 2, what="points")
    trusting.need("train2", "sweeper")
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    trusting.until(lambda: "run_taken_over" in trusting.log("train"), what="the first worker to be refused")
    trusting.until(run.chunks.filter(attempt=2).exists, what="the second attempt")
    assert "lease_lost" not in trusting.log("train")
    attempts = list(run.chunks.order_by("seq").values_list("attempt", flat=True))
    assert attempts == sorted(attempts), "the first attempt wrote after the second had begun"


def test_f13_a_run_whose_newest_checkpoint_is_spoilt_goes_on_from_the_one_before(
    house: House, learner: User, lab: Lab
) -> None:
    house.need("train")
    run = submit(learner, lab, **LONG)
    saved = Artifact.objects.filter(run=run, kind=CHECKPOINT).order_by("-step")
    house.until(saved.exists, what="a checkpoint")
    submission.request_pause(run)
    house.until(lambda: state_of(run) == "paused", what="the run to rest on a second checkpoint")
    newest, before = saved[0], saved[1]
    file = Path(default_storage.path(newest.name))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    submission.resume(run)
    house.until(run.chunks.filter(attempt=2).exists, what="the second attempt")
    told = following.all_events(run)
    assert {"type": "resumed", "attempt": 2, "step": before.step} in told
    steps = events.columns(told)["step"]
    assert steps == list(range(1, len(steps) + 1))
