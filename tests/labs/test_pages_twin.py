"""The form of a twin: a control for each field, of which the one that was chosen counts."""

import re

import pytest
from django.test import Client

from accounts.models import User
from labs.models import Lab, Run
from tests.labs.conftest import submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def test_every_open_field_has_the_control_that_fits_it(page: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab, epochs=3, optimiser="sgd")
    text = page.get(f"/runs/{run.pk}/").content.decode()
    assert re.search(r'<input id="ask-epochs" name="value_epochs" value="3" inputmode="numeric"', text)
    chosen = re.search(r'<select id="ask-optimiser".*?</select>', text, re.DOTALL)
    assert chosen is not None
    assert 'value="sgd" selected' in chosen[0]


def test_without_a_script_the_control_of_the_chosen_field_counts(page: Client, learner: User, lab: Lab) -> None:
    run = submit(learner, lab, epochs=3, optimiser="sgd")
    asked = {"field": "optimiser", "value_epochs": "3", "value_optimiser": "adam"}
    assert page.post(f"/runs/{run.pk}/twin/", asked).status_code == 302
    twin = Run.objects.get(twin_of=run)
    assert (twin.spec["optimiser"], twin.spec["epochs"]) == ("adam", 3)
