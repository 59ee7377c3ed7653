"""Runs that begin from others: branches, twins, repeats, sweeps; all or nothing, within bounds and quota."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import artifacts, continuing, following, inheriting, queueing, resuming, submission
from labs.artifacts import CHECKPOINT, Stored
from labs.models import Artifact, Lab, Run, RunGroup
from labs.recording import Recorder
from labs.remedies import NoBranchPointError
from nets import events
from tests.labs.conftest import make_lab
from tests.labs.test_api import get, post
from tests.labs.test_pages_run import closed
from tests.labs.test_recording import run, steps
from tests.labs.test_resuming import flip_a_byte, stored

pytestmark = pytest.mark.django_db
__all__ = ["run"]


@pytest.fixture
def api(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture(autouse=True)
def _long_runs(run: Run) -> None:
    """Give the run that is branched ten epochs of forty steps, two of them done and saved."""
    Run.objects.filter(pk=run.pk).update(spec=run.spec | {"epochs": 10})
    run.refresh_from_db()
    recorder = Recorder(run)
    for event in (steps(*range(1, 41)), closed(1), steps(*range(41, 81)), closed(2), steps(81, 82)):
        recorder.add(event)
    recorder.flush()
    for epoch in (1, 2):
        artifacts.add_rows(run, [saved(40 * epoch, epoch=epoch)], keep=9)
    run.refresh_from_db()


def saved(step: int, *, epoch: int, metric: float | None = None) -> Stored:
    file = stored(step)
    return Stored(CHECKPOINT, file.name, file.sha256, file.bytes, step, epoch, metric)


def branch(run: Run, step: object = 40, **fields: object) -> Run:
    return continuing.branch(run, owner=run.owner, step=step, fields=fields)


def refused(run: Run, step: object = 40, **fields: object) -> dict[str, str]:
    with pytest.raises(submission.SpecError) as caught:
        branch(run, step, **fields)
    return caught.value.errors


def test_a_branch_is_a_run_of_its_own_with_its_parents_beginning(run: Run) -> None:
    made = branch(run, learning_rate=0.0003)
    assert (made.state, made.parent, made.branch_step, made.seed) == ("queued", run, 40, run.seed)
    assert made.spec == run.spec | {"learning_rate": 0.0003}
    said = following.all_events(made)
    assert events.columns(said)["step"] == list(range(1, 41))
    assert [event["epoch"] for event in said if event["type"] == "epoch"] == [1]
    assert {chunk.attempt for chunk in made.chunks.all()} == {0}


def test_the_points_of_a_branch_are_its_parents_up_to_the_step_and_then_its_own(run: Run) -> None:
    made = branch(run)
    Run.objects.filter(pk=run.pk).update(state="cancelled", ended_at=timezone.now())
    claimed = queueing.claim(worker="second")
    assert claimed is not None
    assert claimed.pk == made.pk
    recorder = Recorder(claimed)
    for event in (events.resumed(attempt=1, step=40), steps(41, 42)):
        recorder.add(event)
    recorder.flush()
    assert events.columns(following.all_events(claimed))["step"] == list(range(1, 43))
    frames = [following.frame_after(claimed.pk, 0)]
    while frames[-1]["more"]:
        frames.append(following.frame_after(claimed.pk, frames[-1]["seq"]))
    assert [frame["attempt"] for frame in frames] == [0, 1]


def test_long_beginnings_come_in_pieces_that_frames_can_carry(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inheriting, "POINTS_IN_A_CHUNK", 7)
    made = branch(run)
    assert [len(chunk.events[0]["step"]) for chunk in made.chunks.all()[:6]] == [7, 7, 7, 7, 7, 5]
    assert events.columns(following.all_events(made))["step"] == list(range(1, 41))


def test_a_branch_begins_at_a_checkpoint_that_is_there(run: Run) -> None:
    assert refused(run, 41) == {"step": "Step: there is no checkpoint after 41; there are: 40, 80."}
    assert set(refused(run, "here")) == {"step"}
    assert not Run.objects.exclude(pk=run.pk).exists()


def test_f15_a_branch_keeps_network_and_data_and_has_epochs_left(run: Run) -> None:
    assert "stays what it is" in refused(run, arch="threeblock")["arch"]
    assert "stays what it is" in refused(run, data="shapes")["data"]
    assert refused(run, 80, epochs=2)["epochs"] == "Epochs must be more than 2: so many are done at this checkpoint."
    assert set(refused(run, wings=2, learning_rate=-1)) == {"wings", "learning_rate"}


def test_a_branch_counts_against_the_quota(run: Run, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 1
    with pytest.raises(submission.QuotaError):
        branch(run)


@pytest.mark.django_db(transaction=True)
def test_retention_keeps_the_last_two_the_best_and_the_branch_points(run: Run) -> None:
    branch(run, 40)
    files = {step: saved(step, epoch=step // 40, metric=metric) for step, metric in ((120, 0.9), (160, 0.7))}
    files |= {step: saved(step, epoch=step // 40, metric=0.8) for step in (200, 240)}
    for file in files.values():
        artifacts.add_rows(run, [file], keep=2)
    assert set(run.artifacts.values_list("step", flat=True)) == {40, 120, 200, 240}
    assert {step: default_storage.exists(file.name) for step, file in files.items()} == {
        120: True,
        160: False,
        200: True,
        240: True,
    }


def test_f13_a_branch_whose_checkpoint_is_damaged_says_so(run: Run, tmp_path: Path) -> None:
    made = branch(run)
    beginning = resuming.branch_point(made, folder=tmp_path)
    assert beginning is not None
    assert (beginning.step, beginning.path.read_bytes()) == (40, b"the state after 40")
    kept = Artifact.objects.get(run=run, step=40)
    flip_a_byte(Stored(CHECKPOINT, kept.name, kept.sha256, kept.bytes, 40))
    with pytest.raises(NoBranchPointError, match="Branch from another one"):
        resuming.branch_point(made, folder=tmp_path)


def test_a_twin_differs_in_exactly_one_field(run: Run) -> None:
    made = continuing.twin(run, owner=run.owner, field="optimiser", value="sgd")
    assert made.spec == run.spec | {"optimiser": "sgd"}
    assert (made.twin_of, made.parent, made.seed) == (run, None, run.seed)
    with pytest.raises(submission.SpecError, match="a twin changes it"):
        continuing.twin(run, owner=run.owner, field="optimiser", value="adam")


def test_repeats_differ_in_their_seeds_alone_and_never_repeat_one(run: Run) -> None:
    first = continuing.again(run, owner=run.owner, count=2)
    second = continuing.again(run, owner=run.owner, count=1)
    made = Run.objects.filter(group__in=[first, second]).order_by("seed")
    assert [one.seed for one in made] == [run.seed + 1, run.seed + 2, run.seed + 3]
    assert [one.spec for one in made] == [run.spec | {"seed": one.seed} for one in made]


@pytest.mark.parametrize("count", [0, 21, "2", None, True])
def test_f15_an_absurd_number_of_repeats_is_refused(run: Run, count: object) -> None:
    with pytest.raises(submission.SpecError, match="How many must be a whole number from 1 to 20"):
        continuing.again(run, owner=run.owner, count=count)


def sweep(owner: User, lab: Lab, *values: object, field: str = "learning_rate", **fields: object) -> RunGroup:
    return continuing.sweep(owner=owner, lab=lab, fields=fields, field=field, values=values)


def test_a_sweep_is_one_group_with_a_run_for_each_value(learner: User, lab: Lab) -> None:
    group = sweep(learner, lab, 0.1, 0.01, 0.001, epochs=3)
    assert [one.spec["learning_rate"] for one in group.runs.order_by("queued_at")] == [0.1, 0.01, 0.001]
    assert {one.spec["epochs"] for one in group.runs.all()} == {3}
    assert (group.field, group.title) == ("learning_rate", "Learning rate: 0.1, 0.01, 0.001")


def test_f17_a_sweep_is_counted_at_once_all_or_nothing(learner: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 3
    with pytest.raises(submission.QuotaError, match="These would be 3 more"):
        sweep(learner, lab, 0.1, 0.01, 0.001)
    assert not RunGroup.objects.exists()
    assert sweep(learner, lab, 0.1, 0.01).runs.count() == 2


def test_f15_every_bad_value_of_a_sweep_is_named(learner: User, lab: Lab) -> None:
    with pytest.raises(submission.SpecError) as caught:
        sweep(learner, lab, 0.1, -1, "fast", epochs=0)
    assert set(caught.value.errors) == {"values", "epochs"}
    assert "-1" in caught.value.errors["values"]
    assert "fast" in caught.value.errors["values"]
    for values, sentence in (([0.1], "Give 2 to 20"), ([0.1, 0.1], "the same"), ([0.1] * 21, "21 were given")):
        with pytest.raises(submission.SpecError, match=sentence):
            sweep(learner, lab, *values)


def test_one_stop_ends_a_whole_group_and_leaves_what_has_ended(learner: User, lab: Lab) -> None:
    group = sweep(learner, lab, 0.1, 0.01, 0.001)
    done = group.runs.order_by("queued_at")[0]
    ended = timezone.now() + timedelta(seconds=1)
    Run.objects.filter(pk=done.pk).update(state="finished", reason="completed", ended_at=ended)
    assert continuing.stop_group(group) == 2
    assert sorted(group.runs.values_list("state", flat=True)) == ["cancelled", "cancelled", "finished"]


def test_the_api_shows_the_tree(api: Client, run: Run) -> None:
    status, made = post(api, f"/runs/{run.pk}/branch", {"step": 40, "fields": {"learning_rate": 0.0003}})
    assert (status, made["state"], made["url"]) == (201, "queued", f"/runs/{made['id']}/")
    status, twin = post(api, f"/runs/{run.pk}/twin", {"field": "epochs", "value": 3})
    assert status == 201
    tree = get(api, f"/runs/{run.pk}")[1]
    assert (tree["branches"], tree["twins"], tree["parent"]) == ([made["id"]], [twin["id"]], None)
    leaf = get(api, f"/runs/{made['id']}")[1]
    assert (leaf["parent"], leaf["branch_step"]) == (str(run.pk), 40)
    frame = get(api, f"/runs/{made['id']}/events")[1]
    assert frame["events"][0]["step"] == list(range(1, 41))


def test_the_api_repeats_sweeps_and_stops(api: Client, run: Run) -> None:
    status, group = post(api, f"/runs/{run.pk}/again", {"count": 2})
    assert (status, len(group["runs"]), group["field"]) == (201, 2, "seed")
    status, swept = post(
        api, "/labs/free/sweeps", {"fields": {"epochs": 2}, "field": "optimiser", "values": ["sgd", "adam"]}
    )
    assert (status, len(swept["runs"])) == (201, 2)
    assert post(api, f"/groups/{swept['group']}/stop")[0] == 200
    assert get(api, f"/groups/{swept['group']}")[1] == swept
    assert {Run.objects.get(pk=pk).state for pk in swept["runs"]} == {"cancelled"}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("runs/{run}/branch", {}, "step"),
        ("runs/{run}/branch", {"step": "40"}, "step"),
        ("runs/{run}/branch", {"step": 40, "fields": [1]}, "fields"),
        ("runs/{run}/twin", {"field": "wings", "value": 1}, "wings"),
        ("runs/{run}/again", {"count": 1000}, "count"),
        ("labs/free/sweeps", {"field": "epochs", "values": "1, 2"}, "values"),
        ("labs/free/sweeps", {"field": "wings", "values": [1, 2]}, "values"),
    ],
)
def test_f15_the_api_names_what_is_wrong(api: Client, run: Run, path: str, body: object, field: str) -> None:
    status, answer = post(api, f"/{path.format(run=run.pk)}", body)
    assert status == 422
    assert list(answer["errors"]) == [field]


def test_the_pages_forms_do_the_same(api: Client, run: Run) -> None:
    page = f"/runs/{run.pk}/"
    branched = api.post(f"{page}branch/", {"step": "40", "learning_rate": "0.0003", "optimiser": ""})
    made = run.branches.get()
    assert (branched["Location"], made.spec["learning_rate"]) == (f"/runs/{made.pk}/", 0.0003)
    api.post(f"{page}twin/", {"field": "batch_size", "value": "64"})
    api.post(f"{page}again/", {"count": "1"})
    assert {one.spec["batch_size"] for one in run.twins.all()} == {32, 64}
    told = api.post(f"{page}branch/", {"step": "7"}, follow=True)
    assert "there is no checkpoint after 7" in told.content.decode()
    group = run.twins.exclude(group=None).get().group
    assert group is not None
    assert api.post(f"/groups/{group.pk}/stop/").status_code == 302
    assert set(group.runs.values_list("state", flat=True)) == {"cancelled"}


def test_nobody_but_the_owner_goes_on_from_a_run(client: Client, run: Run, other: User) -> None:
    group = continuing.again(run, owner=run.owner, count=1)
    User.objects.filter(pk=other.pk).update(is_superuser=True)
    client.force_login(other)
    for act, body in (("branch", {"step": 40}), ("twin", {"field": "epochs", "value": 2}), ("again", {})):
        assert post(client, f"/runs/{run.pk}/{act}", body)[0] == 403
        assert client.post(f"/runs/{run.pk}/{act}/", body).status_code == 403
    assert post(client, f"/groups/{group.pk}/stop")[0] == 403
    assert client.post(f"/groups/{group.pk}/stop/").status_code == 404


def test_the_same_run_is_not_queued_twice_unless_it_replaces_the_other(api: Client, lab: Lab) -> None:
    _, first = post(api, "/labs/free/runs", {"epochs": 3})
    status, answer = post(api, "/labs/free/runs", {"epochs": 3})
    assert (status, answer["id"]) == (409, first["id"])
    assert answer["error"].endswith("replace it by this one.")
    status, second = post(api, "/labs/free/runs", {"epochs": 3, "replace": True})
    assert status == 201
    assert Run.objects.get(pk=first["id"]).state == "cancelled"
    assert Run.objects.get(pk=second["id"]).state == "queued"
    assert post(api, "/labs/free/runs", {"epochs": 4})[0] == 201
    assert post(api, "/labs/free/runs", {"epochs": 3, "replace": "yes"})[1]["errors"] == {
        "replace": "Replace must be true or false."
    }


def test_train_pressed_twice_shows_the_run_that_waits(api: Client, learner: User) -> None:
    make_lab("plain", open_fields=[])
    first = api.post("/labs/plain/", {})
    assert api.post("/labs/plain/", {})["Location"] == first["Location"]
    assert Run.objects.filter(lab_version__lab="plain").count() == 1


def test_the_branch_of_a_run_that_is_done_is_offered_as_many_epochs_again(api: Client, run: Run) -> None:
    assert _epochs_offered(api, run) == "10"
    artifacts.add_rows(run, [saved(400, epoch=10)], keep=9)
    assert _epochs_offered(api, run) == "20"
    answer = api.post(f"/runs/{run.pk}/branch/", {"step": "400", "epochs": "20", "learning_rate": "0.0003"})
    made = Run.objects.get(parent=run)
    assert answer["Location"] == f"/runs/{made.pk}/"
    assert (made.spec["epochs"], made.branch_step) == (20, 400)


def _epochs_offered(api: Client, run: Run) -> str:
    found = re.search(r'name="epochs"[^>]* value="(\d+)" data-asked', api.get(f"/runs/{run.pk}/").content.decode())
    assert found is not None
    return found[1]
