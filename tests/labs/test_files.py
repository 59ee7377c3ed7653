"""What a run leaves behind: files, checkpoints, CSV; its name and notes; and the ledger before any run."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import artifacts, tables
from labs.artifacts import WEIGHTS, Stored
from labs.costs import memory_of
from labs.models import Artifact, Lab, Run
from labs.recording import Recorder
from nets import events
from nets.catalog import LIBRARY
from nets.layers import parse
from nets.ledger import count, ledger
from nets.specs import TrainSpec
from tests.labs.conftest import submit
from tests.labs.test_api import get, post
from tests.labs.test_building import SMALL
from tests.labs.test_pages_run import closed
from tests.labs.test_recording import run, steps
from tests.labs.test_resuming import stored

pytestmark = pytest.mark.django_db
__all__ = ["run"]


@pytest.fixture
def api(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def table(api: Client, run: Run) -> list[list[str]]:
    answer = api.get(f"/api/v1/runs/{run.pk}/metrics.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.content.decode())))


def test_the_table_holds_every_point_and_each_epoch_beside_its_last_step(api: Client, run: Run) -> None:
    recorder = Recorder(run)
    for event in (steps(*range(1, 41)), closed(1), steps(41)):
        recorder.add(event)
    recorder.flush()
    header, *rows = table(api, run)
    assert header == list(tables.METRICS)
    assert [int(row[1]) for row in rows] == list(range(1, 42))
    epoch = dict(zip(header, rows[39], strict=True))
    assert (epoch["epoch"], epoch["validation_accuracy"], epoch["seconds"]) == ("1", "0.912", "8.0")
    assert len(rows[0]) == 5


def test_a_loss_that_is_no_number_is_an_empty_cell(api: Client, run: Run) -> None:
    recorder = Recorder(run)
    recorder.add(events.steps(step=[1], loss=[float("nan")], metric=[0.1], lr=[0.1]))
    recorder.flush()
    assert table(api, run)[1][2] == ""


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "\r=1"])
def test_f32_a_title_that_is_a_formula_is_inert_in_the_table(api: Client, run: Run, title: str) -> None:
    recorder = Recorder(run)
    recorder.add(steps(1))
    recorder.flush()
    Run.objects.update(title=title)
    assert table(api, run)[1][0] == f"'{title}"


@pytest.mark.parametrize("text", ["plain", "a = b", "LeNet-5", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert tables.safe(text) == text


def test_files_are_listed_with_their_hash_and_handed_out(api: Client, run: Run) -> None:
    file = stored(40)
    artifacts.add_rows(run, [Stored(WEIGHTS, file.name, file.sha256, file.bytes, None)], keep=2)
    status, [listed] = get(api, f"/runs/{run.pk}/artifacts")
    assert (status, listed["kind"], listed["sha256"], listed["bytes"]) == (200, "weights", file.sha256, file.bytes)
    answer = api.get(listed["url"])
    assert answer.getvalue() == b"the state after 40"
    assert answer["Content-Disposition"] == f'attachment; filename="free-{str(run.pk)[:8]}.safetensors"'
    assert answer["Content-Type"] == "application/octet-stream"


def test_a_file_that_is_gone_or_of_another_run_is_not_there(api: Client, run: Run, other: User, lab: Lab) -> None:
    gone, foreign = stored(40), stored(80)
    artifacts.add_rows(run, [gone], keep=2)
    default_storage.delete(gone.name)
    artifacts.add_rows(submit(other, lab), [foreign], keep=2)
    for one in (*Artifact.objects.values_list("pk", flat=True), 2**70):
        assert get(api, f"/runs/{run.pk}/artifacts/{one}")[0] == 404


def test_checkpoints_are_told_once_for_each_step(api: Client, run: Run) -> None:
    for step in (40, 40, 80):
        artifacts.add_rows(run, [stored(step)], keep=9)
    status, told = get(api, f"/runs/{run.pk}/checkpoints")
    assert status == 200
    assert [(one["step"], one["epoch"]) for one in told] == [(40, None), (80, None)]


def test_a_checkpoint_knows_its_epoch_and_how_good_it_was(run: Run) -> None:
    recorder = Recorder(run)
    for event in (steps(*range(1, 41)), closed(1)):
        recorder.add(event)
    assert (recorder.metric_after(40), recorder.metric_after(41)) == (0.912, None)


def test_name_and_notes_may_change_when_all_else_may_not(api: Client, run: Run) -> None:
    ended = timezone.now() + timedelta(seconds=1)
    Run.objects.update(state="finished", reason="completed", ended_at=ended, lease_until=None)
    address = f"/api/v1/runs/{run.pk}"
    answer = api.patch(address, {"title": "  The slow one ", "notes": "a\nb"}, content_type="application/json").json()
    assert (answer["title"], answer["notes"], answer["state"]) == ("The slow one", "a\nb", "finished")
    answer = api.patch(address, {"notes": ""}, content_type="application/json").json()
    assert (answer["title"], answer["notes"]) == ("The slow one", "")
    api.post(f"/runs/{run.pk}/about/", {"title": "From the page", "notes": "c"})
    now = Run.objects.get()
    assert (now.title, now.notes, now.ended_at) == ("From the page", "c", ended)


def test_f26_a_name_changes_nothing_else(api: Client, run: Run, other: User) -> None:
    before = Run.objects.values("state", "owner", "fence").get()
    body = {"title": "x", "state": "finished", "owner": str(other.pk), "fence": 9}
    assert api.patch(f"/api/v1/runs/{run.pk}", body, content_type="application/json").status_code == 200
    assert Run.objects.values("state", "owner", "fence").get() == before


def test_a_name_that_is_too_long_is_refused_with_the_limit(api: Client, run: Run) -> None:
    answer = api.patch(f"/api/v1/runs/{run.pk}", {"title": "x" * 121}, content_type="application/json")
    assert answer.json() == {"errors": {"title": "The title may have 120 characters; these are 121."}}
    assert answer.status_code == 422


def test_f32_a_script_in_a_name_is_inert_on_the_page(api: Client, run: Run) -> None:
    api.post(f"/runs/{run.pk}/about/", {"title": "<script>alert(1)</script>", "notes": ""})
    page = api.get(f"/runs/{run.pk}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "alert(1)" in page


def test_nobody_else_names_a_run(client: Client, run: Run, other: User) -> None:
    User.objects.filter(pk=other.pk).update(is_superuser=True)
    client.force_login(other)
    assert client.patch(f"/api/v1/runs/{run.pk}", {"title": "x"}, content_type="application/json").status_code == 403


def test_the_ledger_counts_what_would_be_trained(api: Client) -> None:
    status, told = post(api, "/ledger", {"arch": "lenet5", "epochs": 2, "batch_size": 32})
    book = ledger("lenet5", shape=(1, 32, 32), classes=10)
    assert (status, told["parameters"], told["steps"]) == (200, book.parameters, 2 * 40)
    assert told["memory_bytes"] == memory_of(TrainSpec(batch_size=32))
    assert [layer["name"] for layer in told["layers"]] == [row.name for row in book.rows]
    assert set(post(api, "/ledger", {"epochs": 0, "wings": 2})[1]["errors"]) == {"epochs", "wings"}


@pytest.mark.parametrize("spec", [{"arch": "resnet50"}, {"arch": "vit_b_16"}, {"arch": "alexnet", "data": "shapes"}])
def test_f15_a_network_that_does_not_fit_the_images_is_a_sentence(api: Client, spec: dict[str, Any]) -> None:
    status, told = post(api, "/ledger", spec)
    assert status == 200 or told["errors"]["arch"].startswith("Network: ")


def test_the_ledger_counts_a_drawn_network_as_it_was_drawn(api: Client) -> None:
    status, told = post(api, "/ledger", {"arch": "drawn", "layers": json.dumps(SMALL)})
    book = count(parse(SMALL), shape=(1, 32, 32), classes=10)
    assert (status, told["parameters"], told["multiply_adds"]) == (200, book.parameters, book.multiply_adds)
    assert [layer["name"] for layer in told["layers"]] == [row.name for row in book.rows]


def test_the_ledger_says_null_for_what_only_a_worker_can_count(api: Client) -> None:
    status, told = post(api, "/ledger", {"arch": next(iter(LIBRARY)), "epochs": 2, "batch_size": 64})
    assert (status, told["layers"], told["parameters"], told["memory_bytes"]) == (200, [], None, None)
    assert (told["steps"], told["basis"]) == (2 * 20, "unknown")
    assert told["seconds"] > 0
