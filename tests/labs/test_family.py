"""Which runs came from which: the tree on a run's page."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.models import User
from labs.comparing import MOST_RUNS
from labs.family import branches_of, family_of
from labs.models import Lab, Run
from tests.labs.conftest import submit


@pytest.fixture
def first(learner: User, lab: Lab) -> Run:
    return submit(learner, lab, epochs=5)


def branch(parent: Run, step: int, **changes: object) -> Run:
    spec = parent.spec | changes
    return Run.objects.create(
        owner=parent.owner, lab_version=parent.lab_version, spec=spec, seed=0, parent=parent, branch_step=step
    )


def twin(of: Run, **changes: object) -> Run:
    return Run.objects.create(owner=of.owner, lab_version=of.lab_version, spec=of.spec | changes, seed=0, twin_of=of)


def test_a_run_without_relatives_has_no_tree(first: Run) -> None:
    assert family_of(first, first.owner).members == []


def test_the_tree_is_the_same_from_each_of_its_runs_and_marks_the_one_it_is_seen_from(first: Run) -> None:
    late, early = branch(first, 80, learning_rate=0.0002), branch(first, 40)
    grandchild = branch(late, 120, learning_rate=0.00002)
    other = twin(first, optimiser="sgd")
    expected = [(first, 0), (other, 1), (early, 1), (late, 1), (grandchild, 2)]
    for here in (first, late, grandchild):
        members = family_of(here, first.owner).members
        assert [(each.run, each.depth) for each in members] == expected
        assert [each.run for each in members if each.is_here] == [here]
    assert branches_of(first, first.owner) == [40, 80]


def test_a_twin_is_drawn_beside_what_it_came_from_and_the_spread_of_its_repeats(first: Run) -> None:
    repeats = [twin(first, seed=seed) for seed in (1, 2)]
    other, unlike = twin(first, optimiser="sgd"), twin(first, learning_rate=0.1)
    assert [str(each.pk) for each in (first, *repeats, other)] == compared_from(other)
    assert str(unlike.pk) not in compared_from(other)
    assert [str(each.pk) for each in (first, *repeats, other, unlike)] == compared_from(first)


def test_one_chart_never_gets_more_runs_than_it_draws(first: Run) -> None:
    for seed in range(1, 10):
        twin(first, seed=seed)
    other = twin(first, optimiser="sgd")
    assert len(compared_from(other)) == MOST_RUNS
    assert {str(first.pk), str(other.pk)} <= set(compared_from(other))


def compared_from(run: Run) -> list[str]:
    """Return the runs on the chart to which a run's page links."""
    return parse_qs(urlsplit(family_of(run, run.owner).compare).query)["run"]


def test_a_relative_is_called_by_what_it_has_otherwise(first: Run) -> None:
    late = branch(first, 80, learning_rate=0.0002)
    other = twin(first, optimiser="sgd")
    Run.objects.filter(pk=other.pk).update(title="My own name")
    names = {each.run.pk: each.name for each in family_of(first, first.owner).members}
    assert names[late.pk] == "Learning rate 0.0002"
    assert names[other.pk] == "My own name"
    assert names[first.pk].startswith("LeNet-5, 5 epochs")


def test_f22_nobody_sees_a_relative_that_is_not_theirs(first: Run, other: User) -> None:
    theirs = branch(first, 40)
    Run.objects.filter(pk=theirs.pk).update(owner=other)
    assert family_of(first, first.owner).members == []
    assert family_of(theirs, other).members == []
    assert branches_of(first, AnonymousUser()) == []


def test_runs_that_name_each_other_end(first: Run) -> None:
    late = branch(first, 40)
    Run.objects.filter(pk=first.pk).update(twin_of=late)
    first.refresh_from_db()
    assert family_of(late, first.owner).members != []


def test_the_page_shows_the_tree_with_steps_and_its_chart(client: Client, first: Run) -> None:
    late = branch(first, 80, learning_rate=0.0002)
    client.force_login(first.owner)
    text = client.get(f"/runs/{late.pk}/").content.decode()
    assert "branched off after step 80" in text
    assert 'aria-current="page"' in text
    assert f"/runs/compare/?run={first.pk}&amp;run={late.pk}" in text
