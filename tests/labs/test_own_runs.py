"""Runs on a learner's own pictures with a real worker: trained, sliced, exported; one storage for two disks."""

import pytest

from accounts.models import User
from labs import previews
from labs.models import Lab, Preview
from tests.house import House
from tests.labs.conftest import state_of, submit
from tests.labs.test_collecting import collect
from tests.nets.own_pictures import zipped

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]


def test_a_run_on_own_pictures_trains_to_its_end_and_goes_home_with_them(house: House, learner: User, lab: Lab) -> None:
    house.need("train")
    house.need("infer")
    made = collect(learner, zipped(cup=40, pen=40))
    run = submit(learner, lab, data=made.value, epochs=8, watch=["probe"])
    house.until(lambda: state_of(run) == "finished", what="the run to finish")
    run.refresh_from_db()
    assert run.reason == "completed"
    assert run.summary["validation_accuracy"] > 0.9
    zip_of_run = previews.ask_about_run("export_zip", run=run, by=learner)
    house.until(lambda: _settled(zip_of_run), what="the zip")
    assert zip_of_run.state == "ready", zip_of_run.remedy


def test_a_run_whose_pictures_are_gone_says_so(house: House, learner: User, lab: Lab) -> None:
    made = collect(learner)
    run = submit(learner, lab, data=made.value, epochs=1)
    # As an operator would who deletes in the database; pages and API refuse while a run waits.
    made.delete()
    house.need("train")
    house.until(lambda: state_of(run) == "failed", what="the run to fail")
    run.refresh_from_db()
    assert run.reason == "bad_data"
    assert "no longer here" in run.remedy


def _settled(preview: Preview) -> bool:
    preview.refresh_from_db()
    return preview.state in ("ready", "failed")
