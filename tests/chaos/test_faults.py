"""Faults of the list in one place each, with real processes: what no other room's tests provoke for real.

The other rows: 1 to 7, 12 and 14 in tests/labs/test_worker.py, 18 to 21 in tests/labs/test_socket.py and
tests/browser, 15 and 17 in tests/labs/test_submission.py and test_slices.py, 42 in tests/nets/test_folder_attacks.py.
`test_rows.py` says that none is missing.
"""

import contextlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from redis import Redis

from accounts.models import User
from labs import artifacts, following, resuming
from labs.artifacts import CHECKPOINT
from labs.models import Lab, Run, Worker
from nets import events
from nets.specs import TrainSpec
from tests.house import ROOT, House
from tests.labs.conftest import LONG, SHORT, make_lab, points, state_of, submit

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]


def steps_of(run: Run) -> list[int]:
    """Return every step that counts, as a page would draw it."""
    steps: list[int] = events.columns(following.all_events(run))["step"]
    return steps


def has_no_hole_and_no_double(run: Run) -> bool:
    counted = steps_of(run)
    return bool(counted) and counted == list(range(1, len(counted) + 1))


# --- 8: a full Redis


def test_f08_a_full_redis_costs_a_submission_nothing_but_its_knock(house: House, learner: User, lab: Lab) -> None:
    house.without("train", "sweeper")
    house.need("web")
    redis = Redis.from_url(settings.REDIS_URL)
    # Redis keeps its queues over a restart: knocks for workers of the test file before.
    redis.delete("train")
    redis.config_set("maxmemory", 1)
    try:
        client = Client()
        client.force_login(learner)
        token = "a" * 32
        headers = {
            "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
            "X-CSRFToken": token,
        }
        began = time.monotonic()
        answer = httpx.post(f"{house.url}/api/v1/labs/free/runs", json=SHORT, headers=headers, timeout=20)
        assert time.monotonic() - began < 3
        assert answer.status_code == 201, answer.text
        run = Run.objects.get(pk=answer.json()["id"])
        assert redis.llen("train") == 0, "the knock found no room"
    finally:
        redis.config_set("maxmemory", 0)
    house.need("sweeper", "train")
    house.until(lambda: state_of(run) == "finished", what="the run to finish")
    assert "Traceback" not in house.log("web")


# --- 9: a death between commit and ring

DIE_BEFORE_THE_RING = """
import os, signal, sys
import django; django.setup()
from django.db import transaction
from accounts.models import User
from labs import submission
from labs.models import Lab
with transaction.atomic():
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    submission.submit(owner=User.objects.get(email=sys.argv[1]), lab=Lab.objects.get(), fields={"epochs": 1})
"""


def test_f09_a_run_whose_process_dies_between_commit_and_ring_starts_all_the_same(
    house: House, learner: User, lab: Lab
) -> None:
    house.without("sweeper")
    house.need("train")
    environment = {**house.environment, "DJANGO_SETTINGS_MODULE": "stride.settings"}
    command = [sys.executable, "-c", DIE_BEFORE_THE_RING, str(learner.email)]
    died = subprocess.run(command, cwd=ROOT, env=environment, timeout=60)
    assert died.returncode == -signal.SIGKILL
    run = Run.objects.get()
    assert run.state == "queued"
    house.need("sweeper")
    house.until(lambda: state_of(run) == "finished", what="the sweeper's knock to be heard")


# --- 10: a database that is away


@contextlib.contextmanager
def database_held() -> Iterator[None]:
    """Keep SQLite's one write lock: nobody can write a row, as if the database had gone away."""
    holder = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=30, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="The stall is SQLite's write lock, held by the test.")
def test_f10_a_worker_that_cannot_renew_its_lease_stops_itself_and_one_owner_goes_on(
    house: House, learner: User, lab: Lab
) -> None:
    house.need("train", "sweeper")
    run = submit(learner, lab, **LONG)
    house.until(lambda: points(run) > 2, what="points")
    with database_held():
        # By the clock alone: as long as nobody can write, no row says that the run is somebody else's.
        ways = ("lease_lost", "loop_hangs")
        house.until(lambda: any(way in house.log("train") for way in ways), what="it to stop by itself")
        assert run.turns.count() == 1
    house.until(lambda: run.chunks.filter(attempt=2).exists(), what="a second attempt")
    assert run.turns.filter(ended_at=None).count() == 1
    house.until(lambda: has_no_hole_and_no_double(run), what="a whole curve")


# --- 11: no sweeper, two sweepers


def test_f11_two_sweepers_count_one_loss_and_start_one_attempt(house: House, learner: User, lab: Lab) -> None:
    house.need("train", "sweeper")
    second = subprocess.Popen([sys.executable, "manage.py", "sweep"], cwd=ROOT, env=house.environment)
    try:
        run = submit(learner, lab, **LONG)
        house.until(lambda: points(run) > 2, what="points")
        house.kill_children("train")
        house.until(lambda: run.chunks.filter(attempt=2).exists(), what="a second attempt")
        found = Run.objects.get(pk=run.pk)
        assert (found.fence, found.losses) in ((2, 1), (2, 0)), "0 once a checkpoint of the second attempt is stored"
        assert run.turns.count() == 2
    finally:
        second.kill()
        second.wait(timeout=10)


def test_f11_without_a_sweeper_the_house_is_not_ready(house: House) -> None:
    house.without("sweeper")
    house.need("web", "train", "infer", "sweeper")
    # A worker that was there before this test echoes every ten seconds; its row went with the rows of the test before.
    house.until(lambda: httpx.get(f"{house.url}/readyz", timeout=5).status_code == 200, what="the house to be ready")
    house.kill("sweeper")
    gone = Worker.objects.get(queue="sweep")
    # Its last echo ages by the clock; two minutes are not waited for.
    Worker.objects.filter(pk=gone.pk).update(echoed_at=gone.echoed_at.replace(year=gone.echoed_at.year - 1))
    answer = httpx.get(f"{house.url}/readyz", timeout=5)
    assert (answer.status_code, answer.json()["sweep"]) == (503, False)
    house.without("infer")


# --- 13: a checkpoint that was not written whole, a disk without room


def test_f13_a_kill_inside_the_writing_of_a_checkpoint_leaves_the_one_before(house: House, learner: User) -> None:
    # Fourteen megabytes: the writing takes long enough to be hit.
    lab = make_lab(spec=TrainSpec(arch="threeblock", epochs=50).to_json())
    house.need("train", "sweeper")
    run = submit(learner, lab)
    house.until(run.artifacts.filter(kind=CHECKPOINT).exists, seconds=120, what="a checkpoint")
    deadline = time.monotonic() + 120
    while not (partial := list(Path(tempfile.gettempdir()).glob("stride-run-*/.step-*"))):
        assert time.monotonic() < deadline, "No checkpoint was being written."
    house.kill_children("train")
    assert partial
    whole = artifacts.latest_checkpoint(run)
    assert whole is not None
    house.until(lambda: run.chunks.filter(attempt=2).exists(), seconds=60, what="a second attempt")
    resumed = next(event for event in following.all_events(run) if event["type"] == "resumed")
    assert resumed["step"] >= (whole.step or 0) > 0
    assert has_no_hole_and_no_double(run)


@pytest.fixture
def little_room(house: House, tmp_path: Path) -> Iterator[House]:
    """A worker whose folder for checkpoints is a disk of its own with room for two and a half of them."""
    mount = f'mount -t tmpfs -o size=1800k none {tmp_path} && exec "$@"'
    wrapped = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, "sh"]
    tried = subprocess.run([*wrapped, "true"], capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"This machine lets nobody mount a small disk: {tried.stderr.strip()}")
    house.without("train")
    house.environment["TMPDIR"] = str(tmp_path)
    house.prefix = wrapped
    house.need("train")
    house.prefix = []
    yield house
    house.without("train")
    del house.environment["TMPDIR"]


def test_f13_a_full_disk_ends_the_run_with_its_reason_and_keeps_the_checkpoint_before(
    little_room: House, learner: User, lab: Lab, tmp_path: Path
) -> None:
    run = submit(learner, lab, **LONG)
    little_room.until(lambda: state_of(run) == "failed", seconds=120, what="the disk to be full")
    run.refresh_from_db()
    assert run.reason == "disk_full"
    assert "disk is full" in run.remedy
    kept = artifacts.latest_checkpoint(run)
    assert kept is not None
    assert next(one.step for one in resuming.beginnings(run, folder=tmp_path)) == kept.step


# --- 16: no memory


def test_f16_a_run_that_needs_more_memory_than_there_is_says_which_batch_fits(house: House, learner: User) -> None:
    lab = make_lab(spec=TrainSpec(arch="threeblock", batch_size=1024, epochs=1).to_json())
    house.without("train")
    house.need("train")
    trainers = [child for child in house.children("train") if "python" in child.name()]
    for child in trainers:
        room = child.memory_info().vms + 400 * 1024 * 1024
        child.rlimit(psutil.RLIMIT_AS, (room, psutil.RLIM_INFINITY))
    run = submit(learner, lab)
    house.until(lambda: state_of(run) in ("failed", "finished"), seconds=120, what="the run to end")
    run.refresh_from_db()
    assert (run.state, run.reason) == ("failed", "out_of_memory")
    said = re.search(r"batch size of (\d+)", run.remedy)
    # Half would be a guess; what fits was found by trying, which in a torn heap may be nothing at all.
    assert said is not None or "Not even one image fits" in run.remedy
    assert said is None or int(said[1]) < 512
    following_run = submit(learner, lab, arch="lenet5", batch_size=32)
    house.until(lambda: state_of(following_run) == "finished", what="the next run to finish")
    house.without("train")


# --- 40: a step that hangs


@pytest.fixture
def impatient(house: House) -> Iterator[House]:
    """A house in which a run without a step for two seconds counts as hanging."""
    house.without("train", "sweeper")
    house.environment["STRIDE_STALL_SECONDS"] = "2"
    house.need("train", "sweeper")
    yield house
    house.without("train", "sweeper")
    del house.environment["STRIDE_STALL_SECONDS"]


def test_f40_a_run_whose_step_does_not_end_is_tried_once_more_and_then_given_up(
    impatient: House, learner: User
) -> None:
    # One step of these is ten seconds and more of arithmetic in which no Python runs, while the heart beats beside it.
    lab = make_lab(
        spec=TrainSpec(arch="alexnet32", batch_size=1024, epochs=1).to_json(), choices={"arch": ["alexnet32"]}
    )
    run = submit(learner, lab)
    impatient.until(lambda: Run.objects.get(pk=run.pk).fence == 1, what="the first attempt")
    before = {child.pid for child in impatient.children("train")}
    impatient.until(lambda: state_of(run) == "failed", seconds=90, what="the run to be given up")
    run.refresh_from_db()
    assert (run.reason, run.fence) == ("stalled", 2)
    assert "stalls again" in run.remedy
    impatient.until(lambda: "loop_hangs" in impatient.log("train"), seconds=30, what="the process to be killed")
    impatient.until(lambda: before - {child.pid for child in impatient.children("train")}, what="it to be gone")
