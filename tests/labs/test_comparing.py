"""Several runs on one page: what tells them apart, in words, in tables and for the chart."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import comparing
from labs.models import Lab, Run, RunAction
from labs.models.runs import State
from tests.labs.conftest import submit
from tests.labs.test_pages_run import closed, points, say, started


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def trained(owner: User, lab: Lab, *, accuracy: float = 0.9, **changes: Any) -> Run:
    """Return a run of two epochs that has ended."""
    placed = {name: changes.pop(name) for name in ("parent", "branch_step") if name in changes}
    run = submit(owner, lab, epochs=2, **changes)
    say(run, started(), points(1, 80), closed(1), closed(2, validation_metric=accuracy))
    ended = {"state": State.FINISHED, "reason": "completed", "ended_at": timezone.now(), "lease_until": None}
    Run.objects.filter(pk=run.pk).update(**ended, **placed, summary={"validation_accuracy": accuracy})
    run.refresh_from_db()
    return run


def address(*runs: Run) -> str:
    return "/runs/compare/?" + "&".join(f"run={run.pk}" for run in runs)


def test_a_twin_is_named_with_the_one_thing_that_differs(page: Client, learner: User, lab: Lab) -> None:
    one, other = trained(learner, lab), trained(learner, lab, learning_rate=0.03)
    text = page.get(address(one, other)).content.decode()
    assert "B differs from A only in learning rate: 0.03 instead of 0.003." in text


def test_two_changes_make_no_twin_and_both_are_listed(page: Client, learner: User, lab: Lab) -> None:
    one, other = trained(learner, lab), trained(learner, lab, learning_rate=0.03, batch_size=64)
    found = comparing.compared([str(one.pk), str(other.pk)], learner)
    assert found.findings == []
    assert [each.label for each in found.differences] == ["Batch size", "Learning rate"]


def test_what_is_only_watched_is_no_difference(learner: User, lab: Lab) -> None:
    one, other = trained(learner, lab), trained(learner, lab, watch=["probe"])
    assert comparing.compared([str(one.pk), str(other.pk)], learner).differences == []


def test_repeats_with_other_seeds_are_one_group_and_say_their_spread(learner: User, lab: Lab) -> None:
    runs = [trained(learner, lab, seed=seed, accuracy=end) for seed, end in enumerate((0.9, 0.92, 0.94))]
    runs.insert(1, trained(learner, lab, learning_rate=0.1))
    found = comparing.compared([str(run.pk) for run in runs], learner)
    assert [run["group"] for run in found.chart["runs"]] == [0, None, 0, 0]
    assert (
        "A, C and D are the same but for the seed: 90.0\xa0% to 94.0\xa0% validation accuracy, mean 92.0\xa0%"
        in found.findings[-1]
    )
    assert "standard deviation 2.0 points" in found.findings[-1]


def test_three_rates_are_read_as_too_low_right_and_too_high(page: Client, learner: User, lab: Lab) -> None:
    ends = ((0.0003, 0.6), (0.003, 0.97), (0.03, 0.1))
    runs = [trained(learner, lab, learning_rate=rate, accuracy=end) for rate, end in ends]
    low, right, high, advice = comparing.compared([str(run.pk) for run in runs], learner).findings
    assert "too low" in low
    assert right == "B, at 0.003, came furthest: 97.0\xa0%."
    assert "too high" in high
    assert advice in page.get(address(*runs)).content.decode()


def test_rates_that_differ_in_more_are_not_read(learner: User, lab: Lab) -> None:
    runs = [trained(learner, lab, learning_rate=rate, seed=place) for place, rate in enumerate((0.0003, 0.003, 0.03))]
    assert comparing.compared([str(run.pk) for run in runs], learner).findings == []


def test_a_run_whose_rate_was_changed_is_neither_twin_nor_repeat_and_says_so(learner: User, lab: Lab) -> None:
    runs = [trained(learner, lab, seed=seed) for seed in range(2)]
    runs.append(trained(learner, lab, optimiser="sgd"))
    RunAction.objects.create(run=runs[0], kind="rate", value=0.0005, step=280)
    RunAction.objects.create(run=runs[1], kind="rate", value=0.1)
    found = comparing.compared([str(run.pk) for run in runs], learner)
    assert found.findings == []
    told = {each.label: each.values for each in found.differences}
    assert told["Learning rate, changed while it trained"] == ["0.0005 after step 280", "–", "–"]
    runs[0].refresh_from_db()
    assert "rate changed" not in runs[0].spec


def test_a_branch_stands_under_its_parent_with_its_step(page: Client, learner: User, lab: Lab) -> None:
    parent = trained(learner, lab)
    branch = trained(learner, lab, learning_rate=0.0003, parent=parent, branch_step=40)
    found = comparing.compared([str(branch.pk), str(parent.pk)], learner)
    assert [(leaf.line.letter, leaf.depth) for leaf in found.tree] == [("B", 0), ("A", 1)]
    assert (found.chart["runs"][0]["parent"], found.chart["runs"][0]["branchStep"]) == ("B", 40)
    assert "branched off B after step 40" in page.get(address(branch, parent)).content.decode()


def test_nine_runs_are_too_many_and_the_page_says_which_are_left_out(learner: User, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_RUNS = 50
    runs = [submit(learner, lab, seed=seed) for seed in range(10)]
    found = comparing.compared([str(run.pk) for run in runs], learner)
    assert (len(found.lines), found.left_out, found.absent) == (comparing.MOST_RUNS, 2, 0)


def test_runs_of_others_and_nonsense_are_counted_as_absent(page: Client, learner: User, other: User, lab: Lab) -> None:
    mine, theirs = trained(learner, lab), trained(other, lab)
    reply = page.get(f"{address(mine, theirs)}&run=nonsense")
    assert reply.status_code == 200
    text = reply.content.decode()
    assert "2 of the runs in this address are not there, or not for you to see." in text
    assert str(theirs.pk) not in text


def test_nothing_chosen_is_an_invitation(client: Client, db: None) -> None:
    assert "Choose two to eight of your runs" in client.get("/runs/compare/").content.decode()


def test_the_table_holds_what_the_chart_draws(page: Client, learner: User, lab: Lab) -> None:
    text = page.get(address(trained(learner, lab, accuracy=0.876))).content.decode()
    assert text.count("87.6\xa0%") == 2
    assert "91.2\xa0%" in text
    losses = re.search(r'aria-label="Validation loss by epoch".*?</table>', text, re.DOTALL)
    assert losses is not None
    assert re.findall(r'<td class="numeric">([\d.]+)</td>', losses[0])


def test_runs_are_compared_in_a_fixed_number_of_queries(
    page: Client, learner: User, lab: Lab, django_assert_max_num_queries: Any
) -> None:
    runs = [trained(learner, lab, seed=seed) for seed in range(3)]
    with django_assert_max_num_queries(7 + 2 * len(runs)):
        page.get(address(*runs))


def test_a_run_that_still_waits_can_be_compared(learner: User, lab: Lab) -> None:
    run = submit(learner, lab, epochs=2)
    Run.objects.filter(pk=run.pk).update(queued_at=timezone.now() - timedelta(minutes=1))
    assert comparing.compared([str(run.pk)], learner).chart["runs"][0]["points"]["step"] == []
