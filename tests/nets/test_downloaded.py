"""Downloaded sets: small archives in the true format, served on this machine, damaged, missing and false."""

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torchvision import datasets

from nets import archives, data
from nets.catalog import DATASETS
from nets.data import downloaded
from nets.raw import DataError

TRAIN, TEST = 100, 20
# Nobody listens on the port of a closed socket of this machine; a name would ask a network.
NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(archives.VARIABLE, str(tmp_path / "data"))
    data.load.cache_clear()
    yield
    data.load.cache_clear()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Serve a folder as the sets' own servers do; yields it and its address."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    with served(partial(SimpleHTTPRequestHandler, directory=str(folder))) as address:
        yield folder, address


@contextmanager
def served(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a free port of this machine while the block runs; yields the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join(timeout=10)


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def colours(count: int) -> tuple[np.ndarray[Any, Any], list[int]]:
    dice = np.random.default_rng(count)
    return dice.integers(0, 256, size=(count, 3072), dtype=np.uint8), [number % 10 for number in range(count)]


def cifar10(monkeypatch: pytest.MonkeyPatch, *, address: str = NOWHERE) -> bytes:
    """Return a small archive as Krizhevsky packs it, and let torchvision know its checksums."""
    parts: dict[str, bytes] = {}
    for name, count in (("data_batch_1", TRAIN // 2), ("data_batch_2", TRAIN // 2), ("test_batch", TEST)):
        images, labels = colours(count)
        parts[name] = pickle.dumps({"data": images, "labels": labels})
    parts["batches.meta"] = pickle.dumps({"label_names": list(DATASETS["cifar10"].classes)})
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in parts.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    kind = datasets.CIFAR10
    sums = {name: md5(content) for name, content in parts.items()}
    monkeypatch.setattr(kind, "train_list", [[name, sums[name]] for name in ("data_batch_1", "data_batch_2")])
    monkeypatch.setattr(kind, "test_list", [["test_batch", sums["test_batch"]]])
    monkeypatch.setattr(kind, "meta", {**kind.meta, "md5": sums["batches.meta"]})
    monkeypatch.setattr(kind, "tgz_md5", md5(packed.getvalue()))
    monkeypatch.setattr(kind, "url", f"{address}cifar-10-python.tar.gz")
    return packed.getvalue()


def idx(values: np.ndarray[Any, Any]) -> bytes:
    """Return bytes in the format of MNIST: two zeros, 8 for uint8, the number of axes, each length big-endian."""
    head = struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    return gzip.compress(head + values.astype(np.uint8).tobytes())


def mnist(monkeypatch: pytest.MonkeyPatch, *, kind: Any = datasets.MNIST, mirrors: list[str]) -> dict[str, bytes]:
    """Return four small archives as MNIST's, and let torchvision know their checksums."""
    dice = np.random.default_rng(1)
    made = {}
    for part, count in (("train", TRAIN), ("t10k", TEST)):
        made[f"{part}-images-idx3-ubyte.gz"] = idx(dice.integers(0, 256, size=(count, 28, 28)))
        made[f"{part}-labels-idx1-ubyte.gz"] = idx(np.arange(count) % 10)
    monkeypatch.setattr(kind, "resources", [(name, md5(content)) for name, content in made.items()])
    monkeypatch.setattr(kind, "mirrors", mirrors)
    return made


def test_the_catalog_knows_torchvisions_names_of_files_and_classes() -> None:
    for name in ("cifar10", "cifar100"):
        kind = getattr(datasets, name.upper())
        assert DATASETS[name].archives == ((kind.filename, kind.base_folder),)
    for name, kind in (("mnist", datasets.MNIST), ("fashion_mnist", datasets.FashionMNIST)):
        assert [Path(file).name for file, _ in DATASETS[name].archives] == [file for file, _ in kind.resources]
        assert {Path(file).parent.as_posix() for file, _ in DATASETS[name].archives} == {f"{kind.__name__}/raw"}
    assert list(DATASETS["fashion_mnist"].classes) == datasets.FashionMNIST.classes
    assert len(set(DATASETS["cifar100"].classes)) == 100
    assert list(DATASETS["cifar100"].classes) == sorted(DATASETS["cifar100"].classes)


def test_an_archive_that_was_put_there_by_hand_is_unpacked_checked_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = cifar10(monkeypatch)
    assert archives.missing(DATASETS["cifar10"]) == [archives.folder() / "cifar-10-python.tar.gz"]
    archives.folder().mkdir()
    (archives.folder() / "cifar-10-python.tar.gz").write_bytes(content)
    assert archives.is_here(DATASETS["cifar10"])
    loaded = data.load("cifar10")
    assert loaded.shape == (3, 32, 32)
    assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (90, 10, 20)
    images, labels = colours(TEST)
    # The official test set stays whole and in order.
    assert np.array_equal(loaded.test.images.numpy().reshape(TEST, -1), images)
    assert loaded.test.labels.tolist() == labels
    assert isinstance(loaded.mean, tuple)
    assert len(loaded.mean) == 3


def test_a_set_is_downloaded_with_progress_and_next_time_read_from_disk(
    monkeypatch: pytest.MonkeyPatch, shelf: tuple[Path, str], caplog: pytest.LogCaptureFixture
) -> None:
    (shelf[0] / "cifar-10-python.tar.gz").write_bytes(cifar10(monkeypatch, address=shelf[1]))
    caplog.set_level("INFO")
    first = data.load("cifar10")
    assert any("CIFAR-10" in line and "MB" in line for line in caplog.messages)
    data.load.cache_clear()
    monkeypatch.setattr(datasets.CIFAR10, "url", NOWHERE)
    assert np.array_equal(data.load("cifar10").train.images, first.train.images)
    assert not list(archives.folder().glob("*.part"))


@pytest.mark.parametrize(("name", "kind"), [("mnist", datasets.MNIST), ("fashion_mnist", datasets.FashionMNIST)])
def test_mnist_comes_from_the_second_mirror_when_the_first_is_away(
    name: str, kind: Any, monkeypatch: pytest.MonkeyPatch, shelf: tuple[Path, str]
) -> None:
    for file, content in mnist(monkeypatch, kind=kind, mirrors=[NOWHERE, shelf[1]]).items():
        (shelf[0] / file).write_bytes(content)
    loaded = data.load(name)
    assert loaded.shape == (1, 32, 32)
    assert (len(loaded.train), len(loaded.validation), len(loaded.test)) == (90, 10, 20)
    border = loaded.test.images.clone()
    border[:, :, 2:30, 2:30] = 0
    assert int(border.max()) == 0
    assert isinstance(loaded.mean, float)


@pytest.mark.parametrize("name", ["cifar10", "mnist"])
def test_without_a_network_one_sentence_says_which_file_to_put_where(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cifar10(monkeypatch)
    mnist(monkeypatch, mirrors=[NOWHERE])
    with pytest.raises(DataError) as caught:
        data.load(name)
    sentence = str(caught.value)
    assert sentence.startswith(DATASETS[name].title)
    place = archives.missing(DATASETS[name])[0]
    assert f"put {place.name} from" in sentence
    assert f"into {place.parent}" in sentence


def test_what_was_downloaded_with_another_checksum_is_thrown_away(
    monkeypatch: pytest.MonkeyPatch, shelf: tuple[Path, str], caplog: pytest.LogCaptureFixture
) -> None:
    content = cifar10(monkeypatch, address=shelf[1])
    (shelf[0] / "cifar-10-python.tar.gz").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(DataError, match="could not be downloaded"):
        data.load("cifar10")
    assert "wrong checksum" in caplog.text
    assert list(archives.folder().iterdir()) == []


class Stingy(BaseHTTPRequestHandler):
    """A server that promises more than it sends."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(bytes(600))


def test_a_download_that_ends_early_is_thrown_away_and_told_by_its_bytes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with served(Stingy) as address:
        cifar10(monkeypatch, address=address)
        with pytest.raises(DataError, match="could not be downloaded"):
            data.load("cifar10")
    assert "the answer ended after 600 of 1,000 bytes" in caplog.text
    assert list(archives.folder().iterdir()) == []


class Bomb:
    """A pickle that leaves a file behind when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return (Path.touch, (self.path,))


def test_a_false_archive_is_refused_by_name_and_never_unpickled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cifar10(monkeypatch)
    mark = tmp_path / "read"
    folder = archives.folder()
    (folder / "cifar-10-batches-py").mkdir(parents=True)
    for part in ("data_batch_1", "data_batch_2", "test_batch", "batches.meta"):
        (folder / "cifar-10-batches-py" / part).write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(DataError, match="CIFAR-10"):
        data.load("cifar10")
    (folder / "cifar-10-python.tar.gz").write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"cifar-10-python\.tar\.gz has not the checksum"):
        data.load("cifar10")
    assert not mark.exists()


def test_a_false_list_of_names_is_named_with_the_remedy_and_never_unpickled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = cifar10(monkeypatch)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(archives.folder(), filter="data")
    mark, unpacked = tmp_path / "read", archives.folder() / "cifar-10-batches-py"
    (unpacked / "batches.meta").write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(DataError, match=f"CIFAR-10 cannot be read, its files are damaged: remove {unpacked}"):
        data.load("cifar10")
    assert not mark.exists()


def test_a_false_part_is_unpacked_again_from_the_true_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    content = cifar10(monkeypatch)
    unpacked = archives.folder() / "cifar-10-batches-py"
    unpacked.mkdir(parents=True)
    for part in ("data_batch_1", "data_batch_2", "test_batch", "batches.meta"):
        (unpacked / part).write_bytes(b"false")
    (archives.folder() / "cifar-10-python.tar.gz").write_bytes(content)
    assert np.array_equal(data.load("cifar10").test.images.numpy().reshape(TEST, -1), colours(TEST)[0])


def test_a_file_cut_short_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    for file, content in mnist(monkeypatch, mirrors=[NOWHERE]).items():
        place = archives.folder() / "MNIST" / "raw" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_suffix("").write_bytes(gzip.decompress(content)[:100])
    with pytest.raises(DataError, match="MNIST cannot be read, its files are damaged: remove"):
        data.load("mnist")


def test_every_name_of_the_catalog_has_a_reader() -> None:
    assert set(data.READERS) == set(DATASETS)
    assert set(downloaded.NAMES) == {name for name, entry in DATASETS.items() if not entry.is_offline}
