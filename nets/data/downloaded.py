"""The data sets that torchvision knows: found on disk or downloaded, checked against their checksums, then read."""

import logging
import os
import tarfile
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from nets import archives
from nets.catalog import DATASETS
from nets.raw import DataError, Raw

_log = logging.getLogger(__name__)

NAMES: Final = ("cifar10", "cifar100", "fashion_mnist", "mnist")
PATIENCE_SECONDS: Final = 20.0
PIECE_BYTES: Final = 1 << 20
# LeNet-5 was shown 28x28 pixels amid 32x32 (LeCun et al. 1998, section II.B), and every network here takes those.
BORDER: Final = 2


class Source(NamedTuple):
    """One archive: where it is to lie, where it may be had, and the md5 that tells the true one."""

    path: Path
    urls: tuple[str, ...]
    md5: str


def read(name: str) -> Raw:
    """Return all images (N, C, 32, 32) uint8 of one of NAMES, with its official test set apart.

    Raises DataError when the set is neither here nor to be downloaded, or when its files are damaged.
    """
    # torchvision takes a second to import, and only these sets need it.
    kind = _kind(name)
    if not _is_readable(kind, name):
        _fetch(name, sources(name))
    try:
        train, test = (_raw(kind(archives.folder(), train=part, download=True)) for part in (True, False))
    except (OSError, RuntimeError, ValueError, TypeError, AssertionError, EOFError, tarfile.TarError) as error:
        raise DataError(_damaged(name)) from error
    return Raw(train.images, train.labels, test=test)


def sources(name: str) -> list[Source]:
    """Return the archives of one of NAMES, with the addresses and checksums that torchvision holds."""
    kind = _kind(name)
    places = [archives.folder() / archive for archive, _ in DATASETS[name].archives]
    if hasattr(kind, "tgz_md5"):
        return [Source(places[0], (kind.url,), kind.tgz_md5)]
    return [
        Source(place, tuple(mirror + file for mirror in kind.mirrors), md5)
        for place, (file, md5) in zip(places, kind.resources, strict=True)
    ]


def _kind(name: str) -> Any:
    from torchvision import datasets

    kinds = {"cifar10": "CIFAR10", "cifar100": "CIFAR100", "fashion_mnist": "FashionMNIST", "mnist": "MNIST"}
    return getattr(datasets, kinds[name])


def _is_readable(kind: Any, name: str) -> bool:
    """Say whether every part lies unpacked in its place; CIFAR's parts have checksums of their own.

    Its list of names has one too, which torchvision checks, and where that is wrong no download would mend it.
    """
    places = [archives.folder() / unpacked for _, unpacked in DATASETS[name].archives]
    if not all(place.exists() for place in places):
        return False
    if not hasattr(kind, "train_list"):
        return True
    return all(_is_true(places[0] / file, md5) for file, md5 in (*kind.train_list, *kind.test_list))


def _raw(read: Any) -> Raw:
    """Bring what torchvision read, (N, H, W) or (N, H, W, C), to (N, C, 32, 32)."""
    images, labels = np.asarray(read.data), np.asarray(read.targets, dtype=np.int64)
    if images.ndim == 3:
        return Raw(np.pad(images, ((0, 0), (BORDER, BORDER), (BORDER, BORDER)))[:, None], labels)
    return Raw(np.ascontiguousarray(images.transpose(0, 3, 1, 2)), labels)


def _fetch(name: str, wanted: Sequence[Source]) -> None:
    """Download every archive that is not here; one that is here and damaged is refused, not overwritten."""
    for source in wanted:
        if source.path.exists():
            if not _is_true(source.path, source.md5):
                raise DataError(_false_archive(name, source))
            continue
        source.path.parent.mkdir(parents=True, exist_ok=True)
        if not any(_download(name, url, source) for url in source.urls):
            raise DataError(_missing(name, source))


def _download(name: str, url: str, source: Source) -> bool:
    """Download one archive beside its place and move it there once its checksum is right; say whether it is."""
    part = source.path.with_name(f"{source.path.name}.{os.getpid()}.part")
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer, part.open("wb") as file:  # noqa: S310
            _copy(answer, file, about=f"{DATASETS[name].title}: {source.path.name}")
        if not _is_true(part, source.md5):
            _log.warning("%s from %s has the wrong checksum and was thrown away", source.path.name, url)
            return False
        part.replace(source.path)
        return True
    except (OSError, HTTPException) as error:
        _log.warning("%s could not be downloaded from %s: %s", source.path.name, url, error)
        return False
    finally:
        part.unlink(missing_ok=True)


def _copy(answer: Any, file: Any, *, about: str) -> None:
    """Copy what comes, and log every tenth of it."""
    total, done, told = int(answer.headers.get("Content-Length") or 0), 0, 0
    while piece := answer.read(PIECE_BYTES):
        file.write(piece)
        done += len(piece)
        tenth = done * 10 // total if total else 0
        if tenth > told:
            told = tenth
            _log.info("%s, %.1f of %.1f MB", about, done / 1e6, total / 1e6)
    if done < total:
        raise OSError(f"the answer ended after {done:,} of {total:,} bytes")


def _is_true(path: Path, md5: str) -> bool:
    from torchvision.datasets.utils import check_integrity

    return bool(check_integrity(path, md5))


def _missing(name: str, source: Source) -> str:
    return (
        f"{DATASETS[name].title} is not on this machine and could not be downloaded: put {source.path.name} from "
        f"{source.urls[0]} into {source.path.parent}, or choose shapes, which needs no network."
    )


def _false_archive(name: str, source: Source) -> str:
    return (
        f"{DATASETS[name].title} cannot be used: {source.path} has not the checksum {source.md5} of the true archive; "
        "remove it and download it again."
    )


def _damaged(name: str) -> str:
    unpacked = ", ".join(str(archives.folder() / place) for _, place in DATASETS[name].archives)
    return f"{DATASETS[name].title} cannot be read, its files are damaged: remove {unpacked} and try again."
