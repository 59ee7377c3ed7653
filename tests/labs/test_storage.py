"""Files in an S3 store, and the copies that a worker keeps on its own disk."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from labs import artifacts, caching, fetching, resuming
from labs.artifacts import CHECKPOINT, Stored
from labs.models import Artifact, Lab, Run
from nets.data import load_for
from nets.specs import TrainSpec
from stride import environment
from stride.storage import StoreError
from tests.labs.conftest import submit
from tests.labs.test_collecting import collect
from tests.stores import Store, served

pytestmark = [pytest.mark.django_db, pytest.mark.worker]


@pytest.fixture(scope="module")
def server() -> Iterator[Store]:
    with served() as store:
        yield store


@pytest.fixture
def store(server: Store, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """The store as this process's default storage, by the settings that an operator would give."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = settings.STORAGES | {"default": environment.files(tmp_path)}
    settings.DATA_DIR = tmp_path
    return server


@pytest.fixture
def run(learner: User, lab: Lab) -> Run:
    return submit(learner, lab)


def stored(run: Run, *, step: int = 40) -> Artifact:
    content = f"the state after {step}".encode()
    name = default_storage.save(f"runs/{run.pk}/{step}.ckpt", ContentFile(content))
    file = Stored(CHECKPOINT, name, hashlib.sha256(content).hexdigest(), len(content), step)
    artifacts.add_rows(run, [file], keep=2)
    return Artifact.objects.get(name=name)


def test_a_file_is_kept_read_and_deleted_in_the_bucket(store: Store, run: Run) -> None:
    artifact = stored(run)
    assert artifact.name in store.names()
    with default_storage.open(artifact.name) as file:
        assert file.read() == b"the state after 40"
    assert default_storage.exists(artifact.name)
    default_storage.delete(artifact.name)
    assert not default_storage.exists(artifact.name)
    with pytest.raises(FileNotFoundError):
        default_storage.open(artifact.name)


def test_a_file_is_never_written_over(store: Store, run: Run) -> None:
    names = {default_storage.save("runs/same.ckpt", ContentFile(text)) for text in (b"one", b"two")}
    assert len(names) == 2


def test_a_store_that_is_away_fails_like_a_disk(store: Store, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIDE_S3_ENDPOINT", "http://127.0.0.1:1")
    settings.STORAGES = settings.STORAGES | {"default": environment.files(Path())}
    with pytest.raises(StoreError) as refused:
        default_storage.save("runs/x.ckpt", ContentFile(b"x"))
    assert artifacts.is_store_away(refused.value)
    assert not artifacts.is_store_away(OSError(28, "No space left on device"))


def test_a_checkpoint_is_fetched_once(store: Store, run: Run, tmp_path: Path) -> None:
    artifact = stored(run)
    first = caching.fetch(artifact)
    default_storage.delete(artifact.name)
    assert first is not None
    assert caching.fetch(artifact) == first
    [beginning] = resuming.beginnings(run, folder=tmp_path)
    assert beginning.path.read_bytes() == b"the state after 40"


def test_f13_a_copy_that_this_disk_has_spoilt_is_fetched_anew(store: Store, run: Run) -> None:
    artifact = stored(run)
    path = caching.fetch(artifact)
    assert path is not None
    path.write_bytes(b"spoilt")
    assert caching.fetch(artifact) == path
    assert path.read_bytes() == b"the state after 40"


def test_f13_a_file_that_the_store_has_spoilt_is_passed_over(store: Store, run: Run, tmp_path: Path) -> None:
    good, bad = stored(run, step=40), stored(run, step=80)
    store.put(bad.name, b"spoilt")
    assert caching.fetch(bad) is None
    assert [beginning.step for beginning in resuming.beginnings(run, folder=tmp_path)] == [40]
    assert good.step == 40


def test_the_files_used_longest_ago_make_room(store: Store, run: Run, settings: Any) -> None:
    settings.STRIDE_CACHE_BYTES = 40
    first, second, third = (caching.fetch(stored(run, step=step)) for step in (40, 80, 90))
    assert first is not None
    assert second is not None
    assert third is not None
    assert [path.exists() for path in (first, second, third)] == [False, True, True]


def test_own_pictures_come_from_the_bucket_and_stay_with_the_run_alone(
    store: Store, learner: User, lab: Lab, tmp_path: Path
) -> None:
    made = collect(learner)
    assert {made.name, made.sheets_name} <= set(store.names())
    run, folder = submit(learner, lab, data=made.value), tmp_path / "run"
    folder.mkdir()
    file = fetching.data_file_of(run, folder=folder)
    assert file is not None
    assert file.parent == folder
    assert len(load_for(TrainSpec.from_json(run.spec), file=file).train) == made.own.splits["train"]
    assert not (tmp_path / "cache").exists()


def test_own_pictures_that_the_bucket_has_lost_or_spoilt_are_not_trained_on(
    store: Store, learner: User, lab: Lab, tmp_path: Path
) -> None:
    made = collect(learner)
    run = submit(learner, lab, data=made.value)
    default_storage.delete(made.name)
    assert fetching.data_file_of(run, folder=tmp_path) is None
    assert default_storage.save(made.name, ContentFile(b"other bytes")) == made.name
    assert fetching.data_file_of(run, folder=tmp_path) is None
