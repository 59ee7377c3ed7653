"""What becomes of a person's runs when a guest signs in, and when a person goes."""

import json
import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from accounts import personal_data
from accounts.models import User
from courses.models import LabResult
from labs import artifacts, keeping, queueing, results
from labs.artifacts import WEIGHTS, Stored
from labs.models import Lab, Run
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db


def test_a_guests_runs_become_those_of_the_account_they_sign_in_to(guest: User, learner: User, lab: Lab) -> None:
    mine, older = submit(guest, lab), submit(learner, lab)
    personal_data.merge(guest, into=learner)
    assert set(Run.objects.owned_by(learner)) == {mine, older}


@pytest.mark.parametrize(("guests", "accounts", "kept"), [(0.99, 0.97, 0.99), (0.5, 0.97, 0.97), (0.6, None, 0.6)])
def test_of_two_results_in_one_lab_the_better_stays(
    guest: User, learner: User, lab: Lab, guests: float, accounts: float | None, kept: float
) -> None:
    for person, value in ((guest, guests), (learner, accounts)):
        if value is not None:
            results.record(person, lab_key=lab.pk, passed=value >= 0.97, value=value, run_id=uuid.uuid4())
    personal_data.merge(guest, into=learner)
    result = LabResult.objects.get(learner=learner)
    assert (result.value, result.passed) == (kept, kept >= 0.97)


def test_a_worse_run_does_not_take_a_met_goal_back(learner: User, lab: Lab) -> None:
    for value in (0.98, 0.4, 0.975):
        results.record(learner, lab_key=lab.pk, passed=value >= 0.97, value=value, run_id=uuid.uuid4())
    result = LabResult.objects.get()
    assert (result.value, result.passed) == (0.98, True)


def test_the_export_names_every_run_and_is_json(learner: User, other: User, lab: Lab) -> None:
    run = submit(learner, lab, epochs=2)
    submit(other, lab)
    exported = json.loads(json.dumps(keeping.export(learner), cls=DjangoJSONEncoder))
    assert [(line["id"], line["spec"]["epochs"]) for line in exported] == [(str(run.pk), 2)]


@pytest.mark.django_db(transaction=True)
def test_an_erased_persons_files_are_gone_and_their_worker_is_refused(learner: User, lab: Lab) -> None:
    submit(learner, lab)
    run = queueing.claim(worker="busy")
    assert run is not None
    name = default_storage.save("runs/test/weights", ContentFile(b"weights"))
    artifacts.add_rows(run, [Stored(WEIGHTS, name, "0" * 64, 7, None)], keep=2)
    personal_data.erase(learner)
    assert not Run.objects.exists()
    assert not default_storage.exists(name)
