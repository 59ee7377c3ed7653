"""People, networks and pictures for the tests of inference."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from inference.models import Query, Upload
from labs.models import Artifact, Run
from labs.models.runs import State
from tests.labs.conftest import make_lab, submit


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    """Keep every test's pictures in a folder of its own."""
    folder = tmp_path / "files"
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": folder}}
    settings.STORAGES = storages
    return folder


@pytest.fixture
def learner(db: None) -> User:
    return User.objects.create_user("learner@example.org", "a long password")


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("other@example.org", "a long password")


@pytest.fixture
def run(learner: User) -> Run:
    """A finished run of the learner, with a checkpoint row whose file is not there."""
    return finished(submit(learner, make_lab()))


def finished(run: Run) -> Run:
    """End a run as its worker would, with a network."""
    Run.objects.filter(pk=run.pk).update(state=State.FINISHED, reason="completed", ended_at=timezone.now())
    Artifact.objects.create(run=run, kind="checkpoint", name=f"runs/{run.pk}/last.pt", sha256="0" * 64, bytes=1)
    run.refresh_from_db()
    return run


def drawn(*, side: int = 280, form: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture of a 1: a thick black line on white."""
    image = Image.new("RGB", (side, side), "white")
    ImageDraw.Draw(image).line([(side * 0.5, side * 0.15), (side * 0.5, side * 0.85)], fill="black", width=side // 10)
    out = io.BytesIO()
    image.convert(mode).save(out, form, **options)
    return out.getvalue()


def asked(run: Run, **changes: Any) -> Query:
    """Write a question about a drawing as its owner would."""
    from inference import asking

    upload = Upload.objects.create(
        owner=run.owner,
        name=default_storage.save("uploads/x.png", io.BytesIO(drawn())),
        width=280,
        height=280,
        source="drawn",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    query = asking.write(run, upload, kind="predict")
    Query.objects.filter(pk=query.pk).update(**changes)
    query.refresh_from_db()
    return query
