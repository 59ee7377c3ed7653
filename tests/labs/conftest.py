"""People, labs and a house for the tests of labs."""

from typing import Any

import pytest

from accounts.models import User
from labs import submission
from labs.models import Lab, LabVersion, Run
from nets.specs import TrainSpec

# 200 epochs of 40 steps: about a minute of training, so that every test ends it long before it ends itself.
LONG = {"epochs": 200}
SHORT = {"epochs": 1}


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("learner@example.org", "a long password")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other@example.org", "a long password")


@pytest.fixture
def guest(db: None) -> User:
    return User.objects.create_guest()


@pytest.fixture
def lab(db: None) -> Lab:
    return make_lab()


def make_lab(slug: str = "free", **changes: Any) -> Lab:
    """Make a lab without a lesson, open to guests, in which every field may be changed."""
    lab = Lab.objects.create(pk=slug)
    values: dict[str, Any] = {
        "kind": "train",
        "title": "Free",
        "summary": "Try what you like.",
        "guests": True,
        "spec": TrainSpec(epochs=1).to_json(),
        "open_fields": list(TrainSpec().to_json()),
        "goal": {"metric": "validation_accuracy", "at_least": 0.5, "text": "Right on half of them."},
    }
    lab.current = LabVersion.objects.create(lab=lab, number=1, content_hash="0" * 64, **values | changes)
    lab.save()
    return lab


def submit(owner: User, lab: Lab, **fields: object) -> Run:
    """Queue a run; what is not said is the lab's own."""
    return submission.submit(owner=owner, lab=lab, fields=fields)


def state_of(run: Run) -> str:
    """Read the run's state."""
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


def points(run: Run) -> int:
    """Count the chunks that hold points."""
    return sum(any(event["type"] == "steps" for event in chunk.events) for chunk in run.chunks.all())
