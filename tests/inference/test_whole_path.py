"""From a trained network to an answer, with a real trainer, a real Redis and a real infer worker."""

import io
import itertools
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image, ImageDraw, ImageOps

from accounts.models import User
from inference.models import Query, QueryState
from labs.models import Run
from tests.house import House
from tests.labs.conftest import make_lab, submit

pytestmark = pytest.mark.worker
WAIT_SECONDS = 90
SEEDS = itertools.count()


@pytest.fixture(autouse=True)
def files() -> None:
    """The workers keep their files where the settings say; so do these tests."""


@pytest.fixture
def trained(house: House) -> Run:
    """A network of a learner that has seen the digits a few times."""
    house.need("train", "infer")
    learner = User.objects.create_user("learner@example.org", "a long password")
    # A seed of its own: the same settings give the same file, and the worker still holds that network.
    run = submit(learner, make_lab(), epochs=6, seed=next(SEEDS))
    house.until(lambda: Run.objects.get(pk=run.pk).has_ended, seconds=WAIT_SECONDS, what="the run to end")
    return Run.objects.get(pk=run.pk)


def one(*, inverted: bool) -> bytes:
    """Return a drawn 1 with the small flag that people give it, as a PNG; chalk on a board when `inverted`."""
    image = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(image).line([(120, 100), (155, 50), (155, 250)], fill=0, width=26, joint="curve")
    out = io.BytesIO()
    (ImageOps.invert(image) if inverted else image).save(out, "PNG")
    return out.getvalue()


def ask(client: Client, run: Run, data: bytes) -> Query:
    """Ask as the page does."""
    fields = {"run": str(run.pk), "kind": "grad_cam", "source": "drawn", "image": io.BytesIO(data)}
    reply = client.post("/api/v1/queries", fields)
    assert reply.status_code == 201, reply.content
    return Query.objects.get(pk=reply.json()["id"])


def answer(house: House, query: Query) -> dict[str, Any]:
    """Wait for the answer."""
    done = (QueryState.ANSWERED, QueryState.FAILED)
    house.until(lambda: Query.objects.get(pk=query.pk).state in done, seconds=30, what="the answer")
    query.refresh_from_db()
    assert query.state == QueryState.ANSWERED, query.remedy
    assert query.answer is not None
    found: dict[str, Any] = query.answer
    return found


def test_a_drawing_is_answered_alike_dark_on_light_and_light_on_dark(
    house: House, trained: Run, client: Client
) -> None:
    client.force_login(trained.owner)
    dark, light = (answer(house, ask(client, trained, one(inverted=inverted))) for inverted in (False, True))
    assert dark["seen"] == light["seen"]
    assert dark["classes"] == light["classes"]
    assert abs(sum(each["share"] for each in dark["classes"]) - 1) < 1e-3
    assert [each["share"] for each in dark["classes"]] == sorted((e["share"] for e in dark["classes"]), reverse=True)
    assert set(dark["maps"]) == {str(place) for place in range(10)}
    assert (dark["seen"]["width"], dark["seen"]["height"]) == (32, 32)

    blank = ask(client, trained, _blank())
    house.until(lambda: Query.objects.get(pk=blank.pk).state == QueryState.FAILED, seconds=30)
    blank.refresh_from_db()
    assert blank.remedy.startswith("Nothing stands out from the paper")


def test_f13_a_checkpoint_with_one_byte_flipped_gives_a_sentence_not_an_answer(
    house: House, trained: Run, client: Client
) -> None:
    client.force_login(trained.owner)
    name = trained.artifacts.filter(kind="checkpoint").latest("step").name
    with default_storage.open(name, "rb+") as file:
        file.seek(4000)
        byte = file.read(1)
        file.seek(4000)
        file.write(bytes([byte[0] ^ 1]))
    query = ask(client, trained, one(inverted=False))
    house.until(lambda: Query.objects.get(pk=query.pk).state == QueryState.FAILED, seconds=30)
    query.refresh_from_db()
    assert "missing or damaged" in query.remedy


def test_f41_an_infer_worker_killed_with_questions_waiting_leaves_none_running(
    house: House, trained: Run, client: Client
) -> None:
    client.force_login(trained.owner)
    house.need("sweeper")
    house.freeze("infer")
    queries = [ask(client, trained, one(inverted=False)) for _ in range(3)]
    house.kill("infer")
    house.need("infer")
    ended = (QueryState.ANSWERED, QueryState.FAILED)
    mine = Query.objects.filter(pk__in=[query.pk for query in queries])
    house.until(lambda: mine.filter(state__in=ended).count() == 3, seconds=30, what="an end of every question")
    assert all(query.state == QueryState.ANSWERED or query.remedy for query in mine)


def _blank() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(out, "PNG")
    return out.getvalue()
