"""The pages of previews: asked by POST, looked at until they are there; a suggestion only after the mark."""

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs import previews
from labs.artifacts import CHECKPOINT
from labs.models import Artifact, Lab, Preview, RatePick, Run
from labs.previews import Made
from tests.labs.conftest import make_lab, submit

PARTIAL = {"HX-Request": "true"}
FOUND = {"rates": [0.01, 0.0316227766, 0.1], "losses": [2.3, 1.1, 4.0], "suggestion": 0.0316227766}


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


@pytest.fixture
def tested(page: Client, lab: Lab) -> Preview:
    """A range test that is ready."""
    page.post("/labs/free/preview/range_test/", {"batch_size": "64"})
    return made(FOUND)


def made(result: dict[str, Any], name: str = "", content: bytes = b"") -> Preview:
    """Make the preview that waits, as a worker would."""
    claimed = previews.claim(worker="infer@here:1")
    assert claimed is not None
    assert previews.finish(claimed, Made(result, name, content))
    return Preview.objects.get(pk=claimed.pk)


def ended(run: Run) -> Run:
    """Let a run be one that ended and left a checkpoint."""
    values = {"state": "finished", "reason": "completed", "ended_at": timezone.now()}
    Run.objects.filter(pk=run.pk).update(**values)
    Artifact.objects.create(run=run, kind=CHECKPOINT, name="x", sha256="0", bytes=1, step=40)
    return Run.objects.get(pk=run.pk)


def test_asking_with_a_script_returns_the_piece_that_waits(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/preview/augment_sheet/", {"augment": "light"}, headers=PARTIAL)
    text = reply.content.decode()
    assert reply.status_code == 200
    assert 'data-state="queued"' in text
    assert "<html" not in text
    assert reply["Refresh"] == "2"


def test_asking_without_a_script_leads_to_a_page_that_looks_again(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/preview/augment_sheet/", {"augment": "light"}, follow=True)
    assert reply["Refresh"] == "2"
    assert "Waiting for a worker" in reply.content.decode()
    made({"width": 1, "height": 1}, "draws.png", b"picture")
    ready = page.get(reply.request["PATH_INFO"])
    assert not ready.has_header("Refresh")
    assert "<img" in ready.content.decode()


def test_bad_settings_ask_nothing_and_are_named(page: Client, lab: Lab) -> None:
    reply = page.post("/labs/free/preview/range_test/", {"batch_size": "0"}, headers=PARTIAL)
    assert reply.status_code == 422
    assert "Batch size must be a whole number" in reply.content.decode()
    assert not Preview.objects.exists()


def test_kinds_that_are_none_and_downloads_are_not_asked_of_a_lab(page: Client, lab: Lab) -> None:
    for kind in ("export_zip", "wings"):
        assert page.post(f"/labs/free/preview/{kind}/").status_code == 404


def test_a_lab_for_members_makes_nothing_for_a_passer_by(client: Client, db: None) -> None:
    make_lab("members", guests=False)
    assert client.post("/labs/members/preview/range_test/").status_code == 403
    assert not User.objects.exists()


def test_a_full_house_is_told(page: Client, lab: Lab, settings: Any) -> None:
    settings.STRIDE_OPEN_PREVIEWS = 0
    assert page.post("/labs/free/preview/range_test/", {}, headers=PARTIAL).status_code == 429


def test_the_suggestion_is_not_on_the_page_before_the_mark(page: Client, tested: Preview) -> None:
    before = unescape(page.get(f"/previews/{tested.pk}/").content.decode())
    assert "suggests" not in before
    assert "Use the suggestion" not in before
    after = page.post(f"/previews/{tested.pk}/pick/", {"number": "1", "lab": "free"}, headers=PARTIAL)
    text = unescape(after.content.decode())
    assert "You marked 0.01; the test suggests 0.032," in text
    assert 'href="/labs/free/?learning_rate=0.032"' in text
    assert RatePick.objects.get().rate == 0.01


def test_a_mark_is_judged_by_a_tenth_of_it_and_ten_times_it(page: Client, tested: Preview) -> None:
    before = unescape(page.get(f"/previews/{tested.pk}/?lab=free").content.decode())
    assert "several" not in before
    after = page.post(f"/previews/{tested.pk}/pick/", {"number": "2", "lab": "free"}, headers=PARTIAL)
    text = unescape(after.content.decode())
    assert "Set up the three runs: 0.0032, 0.032, 0.32" in text
    assert 'href="/labs/free/?several=learning_rate&several_learning_rate=0.0032%2C+0.032%2C+0.32"' in text


def test_no_rate_is_proposed_that_no_run_may_have(page: Client, lab: Lab) -> None:
    page.post("/labs/free/preview/range_test/", {})
    tested = made(FOUND | {"rates": [0.01, 0.1, 5.0]})
    text = unescape(page.post(f"/previews/{tested.pk}/pick/", {"number": "3"}, headers=PARTIAL).content.decode())
    assert "Set up the three runs: 0.5, 5" in text
    assert "50" not in text.split("Set up")[1].split("<")[0]


@pytest.mark.parametrize("number", ["", "0", "4", "-1", "x", "1e9"])
def test_a_mark_beside_the_curve_is_refused(page: Client, tested: Preview, number: str) -> None:
    assert page.post(f"/previews/{tested.pk}/pick/", {"number": number}).status_code == 422
    assert not RatePick.objects.exists()


def test_a_test_without_a_suggestion_says_so(page: Client, lab: Lab) -> None:
    page.post("/labs/free/preview/range_test/", {})
    tested = made(FOUND | {"suggestion": None})
    text = unescape(page.post(f"/previews/{tested.pk}/pick/", {"number": "2"}, headers=PARTIAL).content.decode())
    assert "suggests none" in text
    assert "Use the suggestion" not in text


def test_a_failed_one_says_what_to_do(page: Client, lab: Lab) -> None:
    page.post("/labs/free/preview/range_test/", {})
    claimed = previews.claim(worker="infer@here:1")
    assert claimed is not None
    previews.give_up(claimed, "Choose a smaller batch.")
    assert "Choose a smaller batch." in page.get(f"/previews/{claimed.pk}/").content.decode()


def test_a_download_is_asked_for_by_post_and_then_handed_out(page: Client, lab: Lab, learner: User) -> None:
    run = ended(submit(learner, lab))
    address = f"/runs/{run.pk}/download/export_zip/"
    assert "Make it" in page.get(address).content.decode()
    assert not Preview.objects.exists()
    assert page.post(address).status_code == 302
    assert page.get(address).status_code == 302
    made({"title": "free.zip", "type": "application/zip"}, "free.zip", b"all of it")
    reply = page.get(address)
    assert b"".join(reply.streaming_content) == b"all of it"  # type: ignore[attr-defined]
    assert reply["Content-Disposition"] == 'attachment; filename="free.zip"'
    assert reply["Content-Type"] == "application/zip"


def test_a_run_that_left_no_network_has_no_download(page: Client, lab: Lab, learner: User) -> None:
    run = submit(learner, lab)
    assert page.post(f"/runs/{run.pk}/download/onnx/").status_code == 409
    assert page.get(f"/runs/{run.pk}/download/wings/").status_code == 404
    assert not Preview.objects.exists()


def test_nobody_elses_download_is_there(page: Client, lab: Lab, other: User) -> None:
    run = ended(submit(other, lab))
    previews.ask_about_run("onnx", run=run, by=other)
    theirs = made({"title": "x.onnx", "type": "application/octet-stream"}, "x.onnx", b"theirs")
    for address in (f"/previews/{theirs.pk}/", f"/previews/{theirs.pk}/file", f"/runs/{run.pk}/download/onnx/"):
        assert page.get(address).status_code == 404


def test_a_file_that_is_gone_is_not_found(page: Client, lab: Lab) -> None:
    page.post("/labs/free/preview/augment_sheet/", {})
    sheet = made({"width": 1, "height": 1}, "draws.png", b"picture")
    Preview.objects.update(name="previews/gone.png")
    assert page.get(f"/previews/{sheet.pk}/file").status_code == 404
