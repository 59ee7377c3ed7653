"""Learners' own pictures: taken whole or not at all, counted against a quota, and nobody else's (fault 42)."""

import io
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from accounts import personal_data
from accounts.models import User
from labs import collecting, owning, picture_quotas, picture_reading, policy, previews, specs
from labs.models import Lab, PictureSet, Preview, Run
from labs.picture_reading import PicturesRefused
from labs.quotas import QuotaError
from nets import own_files
from nets.specs import SpecError, TrainSpec
from tests.labs.conftest import submit
from tests.nets.own_pictures import jpeg, zipped

pytestmark = pytest.mark.django_db


def collect(owner: User, content: bytes | None = None, **more: Any) -> PictureSet:
    """Bring 12 cups and 10 pens, or what `content` holds."""
    return collecting.collect(io.BytesIO(content or zipped(cup=12, pen=10)), owner=owner, **more)


def files() -> list[str]:
    """Return the names of all files of sets in the storage."""
    root = Path(default_storage.path("own"))
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()) if root.exists() else []


def refused(owner: User, content: bytes) -> list[str]:
    """Bring what must be refused; nothing of it stays, neither row nor file."""
    before = files()
    with pytest.raises(PicturesRefused) as caught:
        collect(owner, content)
    assert files() == before
    assert not PictureSet.objects.filter(owner=owner).exists()
    return caught.value.errors


def test_a_zip_becomes_a_set_with_its_classes_and_its_file(learner: User) -> None:
    made = PictureSet.objects.get(pk=collect(learner, title="  Things on my desk ").pk)
    assert (made.title, made.state, made.images) == ("Things on my desk", "ready", 22)
    assert made.own.classes == (("cup", 12), ("pen", 10))
    with default_storage.open(made.name) as file:
        content = file.read()
    assert own_files.set_of(content) == made.own
    assert (len(content), made.own.sha256) == (made.bytes, made.sha256)


def test_every_class_has_a_sheet_of_its_own(learner: User) -> None:
    made = collect(learner)
    with default_storage.open(made.sheets_name) as file:
        content = file.read()
    assert sum(made.sheets) == len(content)
    first = Image.open(io.BytesIO(content[: made.sheets[0]]))
    assert (first.format, first.size) == ("WEBP", (10 * 66 - 2, 2 * 66 - 2))


def test_nothing_of_a_photo_is_kept_but_its_pixels(learner: User) -> None:
    secret = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "at home, 52.1 north"
    Image.open(io.BytesIO(jpeg("cup", 99))).save(secret, "JPEG", exif=exif)
    packed = io.BytesIO(zipped(cup=12, pen=10))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("cup/home.jpg", secret.getvalue())
    made = collect(learner, packed.getvalue())
    for name in (made.name, made.sheets_name):
        with default_storage.open(name) as file:
            content = file.read()
        assert b"52.1 north" not in content
        assert b"home" not in content


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"../../etc/cron.d/x.jpg": b""}, "../../etc/cron.d/x.jpg would land outside"),
        ({"cup/notes.txt": b"hello"}, "cup/notes.txt are no pictures"),
        ({"cup/page.html": b"<script>"}, "cup/page.html are no pictures"),
        ({"loose.jpg": jpeg("cup", 1)}, "loose.jpg lie in no class"),
        ({"ring/1.jpg": jpeg("cup", 1)}, "too few are in ring (1)"),
        ({"cup\x07/1.jpg": jpeg("cup", 1)}, "none that cannot be printed"),
    ],
)
def test_f42_what_does_not_belong_is_refused_by_name(extra: dict[str, bytes], said: str, learner: User) -> None:
    packed = io.BytesIO(zipped(cup=12, pen=10))
    with zipfile.ZipFile(packed, "a") as archive:
        for name, content in extra.items():
            archive.writestr(name, content)
    assert said in " ".join(refused(learner, packed.getvalue()))


def test_f42_a_bomb_is_refused_by_name(learner: User) -> None:
    packed = io.BytesIO(zipped(cup=12, pen=10))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cup/bomb.png", bytes(300_000_000))
    assert "cup/bomb.png are larger than 20 MB" in " ".join(refused(learner, packed.getvalue()))


def test_f42_a_hundred_thousand_files_are_refused(learner: User) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"cup/{number}", b"")
    assert refused(learner, packed.getvalue()) == ["There are more than 20,000 files: leave some out."]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused_in_words(content: bytes, learner: User) -> None:
    assert refused(learner, content or b"\0") == [
        "The file is no zip that can be read: pack the folder again as a plain zip."
    ]


def test_a_reader_that_hangs_is_killed_and_nothing_stays(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_reading, "READ_SECONDS", 0.01)
    assert refused(learner, zipped(cup=12, pen=10)) == [picture_reading.TOO_LONG]


def test_a_reader_that_dies_leaves_a_sentence(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    died = subprocess.CompletedProcess([], -9, stdout=b"", stderr=b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: died)
    assert refused(learner, zipped(cup=12, pen=10)) == [picture_reading.BROKE]


def test_the_same_pictures_are_kept_once(learner: User, other: User) -> None:
    first = collect(learner, title="Desk")
    with pytest.raises(PicturesRefused, match="already: the set “Desk”"):
        collect(learner)
    assert list(PictureSet.objects.filter(owner=learner)) == [first]
    assert collect(other).sha256 == first.sha256


def test_no_more_sets_than_the_role_allows(learner: User, settings: Any) -> None:
    settings.STRIDE_PICTURE_SETS = 1
    collect(learner)
    with pytest.raises(QuotaError, match="You keep 1 set of pictures, and 1 is the most"):
        collect(learner, zipped(cup=13, pen=10))


def test_a_guest_may_keep_less(guest: User, learner: User, settings: Any) -> None:
    settings.STRIDE_GUEST_PICTURE_COUNT = 20
    with pytest.raises(PicturesRefused, match="more than 20 files"):
        collect(guest)
    assert collect(learner).images == 22


def test_pictures_and_bytes_of_all_sets_count_together(learner: User, settings: Any) -> None:
    settings.STRIDE_PICTURE_BYTES = 100_000
    collect(learner)
    assert picture_quotas.used(learner).pictures == 22
    with pytest.raises(QuotaError, match="With these you would keep"):
        collect(learner, zipped(cup=13, pen=10))
    assert PictureSet.objects.count() == 1
    assert len(files()) >= 2


def test_a_set_that_is_being_read_holds_its_place(learner: User, settings: Any) -> None:
    settings.STRIDE_PICTURE_SETS = 1
    collecting._hold(learner, title="")
    with pytest.raises(QuotaError):
        collect(learner)


def test_the_sweeper_frees_the_place_of_a_process_that_died_and_forgets_what_nobody_uses(learner: User) -> None:
    held, _ = collecting._hold(learner, title="")
    made = collect(learner)
    collecting.sweep(now=timezone.now() + timedelta(minutes=10))
    assert list(PictureSet.objects.all()) == [made]
    assert not PictureSet.objects.filter(pk=held.pk).exists()
    collecting.sweep(now=timezone.now() + timedelta(days=91))
    assert not PictureSet.objects.exists()


def test_training_on_a_set_keeps_it_and_a_run_that_waits_does_too(learner: User, lab: Lab) -> None:
    made = collect(learner)
    PictureSet.objects.update(expires_at=timezone.now() + timedelta(seconds=1))
    run = submit(learner, lab, data=made.value)
    made.refresh_from_db()
    assert made.expires_at > timezone.now() + timedelta(days=89)
    collecting.sweep(now=timezone.now() + timedelta(days=91))
    assert PictureSet.objects.exists()
    with pytest.raises(collecting.InUseError, match="A run is waiting"):
        collecting.delete(made)
    Run.objects.filter(pk=run.pk).update(state="cancelled", ended_at=timezone.now())
    collecting.delete(made)
    assert not PictureSet.objects.exists()


def test_a_run_names_the_pictures_by_their_content(learner: User, lab: Lab) -> None:
    made = collect(learner)
    run = submit(learner, lab, data=made.value)
    assert (run.spec["data"], run.spec["pictures"]) == ("own", made.pictures)
    assert owning.as_chosen(run.spec, learner) == made.value
    other_way = submit(learner, lab, data="own", pictures=made.pictures)
    assert other_way.spec == run.spec


@pytest.mark.parametrize("way", ["by its id", "by its content"])
def test_nobody_trains_on_the_pictures_of_somebody_else(way: str, learner: User, other: User, lab: Lab) -> None:
    made = collect(learner)
    fields = {"data": made.value} if way == "by its id" else {"data": "own", "pictures": made.pictures}
    for person in (other, User.objects.create_superuser("root@example.org", "a long password")):
        with pytest.raises(SpecError) as caught:
            submit(person, lab, **fields)
        assert caught.value.errors == {"data": owning.NOT_YOURS}
    assert not Run.objects.exists()


def test_a_spec_cannot_lie_about_the_classes(learner: User, lab: Lab) -> None:
    made = collect(learner)
    lie = made.pictures.replace('"cup"', '"mug"')
    with pytest.raises(SpecError) as caught:
        submit(learner, lab, data="own", pictures=lie)
    assert list(caught.value.errors) == ["data"]


def test_a_lab_that_does_not_offer_own_pictures_takes_none(learner: User, lab: Lab) -> None:
    made = collect(learner)
    version = lab.current
    assert version is not None
    version.choices = {"data": ["digits"]}
    assert not owning.is_offered(version)
    with pytest.raises(SpecError) as caught:
        specs.build(version, {"data": made.value}, owner=learner)
    assert "must be one of digits in this lab" in caught.value.errors["data"]


def test_other_data_after_own_pictures_leave_them_behind(learner: User, lab: Lab) -> None:
    made = collect(learner)
    run = submit(learner, lab, data=made.value)
    version = lab.current
    assert version is not None
    assert specs.build(version, {"data": "digits"}, owner=learner, start=run.spec).pictures == ""


def test_what_was_made_of_pictures_goes_with_them(learner: User, other: User, lab: Lab) -> None:
    made = collect(learner)
    spec = TrainSpec.from_json({"data": "own", "pictures": made.pictures})
    sheet = previews.ask_about_spec("augment_sheet", spec=spec, by=learner)
    run = submit(learner, lab, data=made.value)
    zip_of_run = previews.ask_about_run("export_zip", run=run, by=learner)
    elsewhere = previews.ask_about_run("export_zip", run=submit(learner, lab), by=learner)
    assert policy.may_see_preview(learner, sheet)
    assert not policy.may_see_preview(other, sheet)
    assert policy.may_see_preview(learner, zip_of_run)
    Run.objects.update(state="cancelled", ended_at=timezone.now())
    collecting.delete(made)
    assert list(Preview.objects.all()) == [elsewhere]


def test_erasing_a_person_erases_their_files(learner: User, django_capture_on_commit_callbacks: Any) -> None:
    made = collect(learner)
    with django_capture_on_commit_callbacks(execute=True):
        personal_data.erase(learner)
    assert not default_storage.exists(made.name)
    assert not default_storage.exists(made.sheets_name)


def test_what_a_person_brought_is_in_their_export(learner: User) -> None:
    collect(learner, title="Desk")
    runs = next(holder for holder in personal_data.holders() if holder.name == "runs")
    (told,) = [line for line in runs.export(learner) if "pictures" in line]
    assert (told["pictures"], told["classes"]) == ("Desk", {"cup": 12, "pen": 10})


def test_a_guests_pictures_follow_the_guest_and_what_both_have_stays_once(
    guest: User, learner: User, lab: Lab, django_capture_on_commit_callbacks: Any
) -> None:
    theirs, same, own = collect(guest, zipped(cup=15, pen=10)), collect(guest), collect(learner)
    run = submit(guest, lab, data=same.value)
    with django_capture_on_commit_callbacks(execute=True):
        personal_data.merge(guest, into=learner)
    assert set(PictureSet.objects.values_list("pk", "owner")) == {(theirs.pk, learner.pk), (own.pk, learner.pk)}
    assert default_storage.exists(own.name)
    assert default_storage.exists(theirs.name)
    assert not default_storage.exists(same.name)
    run.refresh_from_db()
    assert owning.set_of(TrainSpec.from_json(run.spec), run.owner) == own
