"""The pages and the API of learners' own pictures: bring, look, train, delete; and nobody else's."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from labs.models import Lab, PictureSet, Run
from stride.permissions import NOTHING
from tests.labs.test_collecting import collect
from tests.nets.own_pictures import zipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client, learner: User) -> Client:
    client.force_login(learner)
    return client


def send(page: Client, content: bytes, **more: Any) -> Any:
    """Send a zip as the form does."""
    return page.post("/data/new/", {"zip": SimpleUploadedFile("own.zip", content), "title": "Desk", **more})


def text_of(reply: Any) -> str:
    return str(reply.content.decode())


def test_a_zip_by_form_becomes_a_set_that_its_page_shows(page: Client) -> None:
    reply = send(page, zipped(cup=12, pen=10))
    made = PictureSet.objects.get()
    assert (reply.status_code, reply["Location"]) == (302, f"/data/{made.pk}/")
    shown = text_of(page.get(f"/data/{made.pk}/"))
    assert "12 pictures of “cup” and 10 of “pen”: enough to begin with" in shown
    assert "22 pictures of 32 × 32 pixels" in shown
    for place in (0, 1):
        sheet = page.get(f"/data/{made.pk}/sheets/{place}.webp")
        assert (sheet.status_code, sheet["Content-Type"], sheet.content[8:12]) == (200, "image/webp", b"WEBP")
    assert page.get(f"/data/{made.pk}/sheets/2.webp").status_code == 404
    listed = text_of(page.get("/data/"))
    assert "Desk" in listed
    assert "22 of 10,000" in listed
    assert "kept for 90 days after you last trained on them" in listed
    assert "90 days after you last trained on them" in text_of(page.get("/privacy/"))


def test_a_large_zip_goes_over_the_disk(page: Client) -> None:
    padded = io.BytesIO(zipped(cup=12, pen=10))
    with zipfile.ZipFile(padded, "a") as archive:
        archive.writestr("cup/.padding", bytes(3_000_000))
    assert send(page, padded.getvalue()).status_code == 302


def test_a_visitor_becomes_a_guest_with_the_first_set(client: Client) -> None:
    assert send(client, zipped(cup=12, pen=10)).status_code == 302
    assert PictureSet.objects.get().owner.is_guest


def test_what_is_refused_is_told_by_name_and_what_was_typed_stays(page: Client) -> None:
    reply = send(page, zipped(cup=12, pen=3), side="64")
    assert reply.status_code == 422
    assert "Each class needs at least 10 pictures; too few are in pen (3)." in text_of(reply)
    assert 'value="Desk"' in text_of(reply)
    assert 'value="64" checked' in text_of(reply)
    assert not PictureSet.objects.exists()


@pytest.mark.parametrize("side", ["33", "huge", "-1"])
def test_a_side_that_is_not_offered_is_refused(side: str, page: Client) -> None:
    assert send(page, zipped(cup=12, pen=10), side=side).status_code == 422


def test_a_zip_beyond_the_limit_is_refused_in_words(page: Client, settings: Any) -> None:
    settings.STRIDE_PICTURE_UPLOAD_BYTES = 1000
    reply = send(page, zipped(cup=12, pen=10))
    assert reply.status_code == 413
    assert "may be sent at once" in text_of(reply)


def test_a_zip_beyond_the_limit_is_never_kept(page: Client, settings: Any) -> None:
    settings.UPLOAD_BYTES = {"/data/": 1000}
    assert send(page, zipped(cup=12, pen=10)).status_code == 422
    assert not PictureSet.objects.exists()


def test_beyond_the_quota_the_sentence_says_what_helps(page: Client, settings: Any) -> None:
    settings.STRIDE_PICTURE_SETS = 0
    reply = send(page, zipped(cup=12, pen=10))
    assert reply.status_code == 429
    assert "Delete one, then bring another." in text_of(reply)


def test_a_lab_offers_ones_own_sets_and_trains_on_one(page: Client, learner: User, other: User, lab: Lab) -> None:
    made, theirs = collect(learner, title="Desk"), collect(other, zipped(cup=14, pen=10), title="Secret")
    shown = text_of(page.get("/labs/free/"))
    assert f'value="{made.value}"' in shown
    assert "Your pictures: Desk" in shown
    assert "Secret" not in shown
    opened = text_of(page.get(f"/labs/free/?data={made.value}&arch=threeblock"))
    assert f'value="{made.value}" selected' in opened
    assert "3 × 32 × 32" in opened
    assert page.post("/labs/free/", {"data": theirs.value}).status_code == 422
    assert page.post("/labs/free/", {"data": made.value, "arch": "threeblock"}).status_code == 302
    run = Run.objects.get()
    assert run.spec["pictures"] == made.pictures
    told = text_of(page.get(f"/runs/{run.pk}/"))
    assert "Your own pictures" in told
    assert "cup (12), pen (10)" in told
    assert f'value="{made.value}" selected' in text_of(page.get(f"/labs/free/?run={run.pk}"))


def test_a_class_of_strange_letters_is_inert(page: Client, learner: User, lab: Lab) -> None:
    made = collect(learner, zipped(**{"<script>alert(1)<": 10, '"""; import os': 10}))
    page.post("/labs/free/", {"data": made.value, "arch": "threeblock"})
    run = Run.objects.get()
    for address in (f"/data/{made.pk}/", f"/runs/{run.pk}/", "/data/"):
        assert "<script>alert" not in text_of(page.get(address))
    assert "import os" not in text_of(page.get(f"/runs/{run.pk}/script.py"))


def test_deleting_says_what_becomes_of_runs_and_is_refused_while_one_waits(
    page: Client, learner: User, lab: Lab
) -> None:
    made = collect(learner)
    page.post("/labs/free/", {"data": made.value, "arch": "threeblock"})
    assert "can no longer be repeated, branched or exported" in text_of(page.get(f"/data/{made.pk}/"))
    reply = page.post(f"/data/{made.pk}/delete/")
    assert reply.status_code == 409
    assert "A run is waiting, training or paused on these pictures." in text_of(reply)
    Run.objects.update(state="cancelled", ended_at=timezone.now())
    assert page.post(f"/data/{made.pk}/delete/").status_code == 302
    assert page.get(f"/data/{made.pk}/").status_code == 404
    told = text_of(page.get(f"/runs/{Run.objects.get().pk}/"))
    assert "The pictures that it learned from are deleted." in told
    again = page.post(f"/runs/{Run.objects.get().pk}/again/", {"count": "1"}, follow=True)
    assert "there are no such pictures among yours" in text_of(again)
    assert Run.objects.count() == 1


def test_a_run_on_ones_own_pictures_leads_to_them_and_offers_no_look_at_digits(
    page: Client, learner: User, lab: Lab
) -> None:
    made = collect(learner, title="Desk")
    page.post("/labs/free/", {"data": made.value, "arch": "threeblock"})
    Run.objects.update(state="finished", reason="completed", ended_at=timezone.now())
    told = text_of(page.get(f"/runs/{Run.objects.get().pk}/"))
    assert f'<a href="/data/{made.pk}/">Desk</a>' in told
    assert "Look inside it" not in told


def test_a_set_is_renamed(page: Client, learner: User) -> None:
    made = collect(learner)
    page.post(f"/data/{made.pk}/", {"title": "Kitchen"})
    assert PictureSet.objects.get().title == "Kitchen"
    page.post(f"/data/{made.pk}/", {"title": "  "})
    assert PictureSet.objects.get().title == "Kitchen"


def test_the_file_is_handed_out_to_its_owner(page: Client, learner: User) -> None:
    made = collect(learner)
    reply = page.get(f"/data/{made.pk}/file")
    assert b"".join(reply.streaming_content) == default_storage.open(made.name).read()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("address", "camera"), [("/data/new/", True), ("/data/", False), ("/labs/", False)])
def test_the_camera_is_allowed_on_the_one_page_that_uses_it(address: str, camera: bool, page: Client) -> None:
    said = page.get(address)["Permissions-Policy"]
    assert said.startswith("camera=(self)") if camera else said == NOTHING


def test_the_list_costs_as_many_queries_for_ten_sets_as_for_one(
    page: Client, learner: User, django_assert_num_queries: Any
) -> None:
    first = collect(learner)
    with django_assert_num_queries(6):
        page.get("/data/")
    for number in range(9):
        PictureSet.objects.create(
            **{name: getattr(first, name) for name in ("owner", "title", "state", "pictures", "name", "expires_at")},
            sha256=f"{number:064x}",
        )
    with django_assert_num_queries(6):
        page.get("/data/")


def test_the_api_brings_lists_trains_and_deletes(page: Client, learner: User, lab: Lab) -> None:
    reply = page.post("/api/v1/data", {"zip": SimpleUploadedFile("own.zip", zipped(cup=12, pen=10)), "title": "Desk"})
    assert reply.status_code == 201
    made = reply.json()
    assert (made["classes"], made["side"], made["title"]) == ({"cup": 12, "pen": 10}, 32, "Desk")
    assert page.get("/api/v1/data").json() == [made]
    (field,) = [one for one in page.get("/api/v1/labs/free").json()["fields"] if one["name"] == "data"]
    assert made["data"] in field["choices"]
    asked = {"data": made["data"], "arch": "threeblock"}
    run = page.post("/api/v1/labs/free/runs", asked, content_type="application/json")
    assert run.status_code == 201
    address = f"/api/v1/data/{made['id']}"
    assert page.delete(address).status_code == 409
    Run.objects.update(state="cancelled", ended_at=timezone.now())
    assert page.delete(address).status_code == 204
    assert page.get(address).status_code == 404


def test_the_api_names_every_fault(page: Client) -> None:
    reply = page.post("/api/v1/data", {"zip": SimpleUploadedFile("own.zip", b"no zip")})
    assert (reply.status_code, list(reply.json()["errors"])) == (422, ["zip"])
    assert page.post("/api/v1/data", {"title": "x"}).json()["errors"]["zip"]


def test_an_instructor_sees_the_run_and_never_the_pictures(page: Client, learner: User, other: User, lab: Lab) -> None:
    made = collect(learner)
    page.post("/labs/free/", {"data": made.value, "arch": "threeblock"})
    run = Run.objects.get()
    name = default_storage.save(f"own/{made.pk}/validation.webp", SimpleUploadedFile("x", b"RIFF"))
    User.objects.filter(pk=other.pk).update(is_superuser=True)
    theirs = Client()
    theirs.force_login(other)
    assert page.get(f"/runs/{run.pk}/pictures.webp").status_code == 200
    assert theirs.get(f"/runs/{run.pk}/").status_code == 200
    assert theirs.get(f"/runs/{run.pk}/pictures.webp").status_code == 404
    assert theirs.get(f"/runs/{run.pk}/looks/").json()["pictures"] is None
    assert theirs.post(f"/runs/{run.pk}/download/export_zip/").status_code == 403
    assert default_storage.exists(name)
