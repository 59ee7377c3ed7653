"""Pictures in the folders of their classes, packed as a zip or lying there, for tests of what is read of them."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from nets.folder import FolderError, read


def picture(
    colour: object = (200, 30, 30), *, mode: str = "RGB", size: tuple[int, int] = (20, 12), form: str = "PNG"
) -> bytes:
    saved = io.BytesIO()
    Image.new(mode, size, colour).save(saved, format=form)  # type: ignore[arg-type]
    return saved.getvalue()


def two_classes(count: int = 10) -> dict[str, bytes]:
    return {f"{name}/{number}.png": picture((number, 9, 9)) for name in ("ant", "bee") for number in range(count)}


def packed(path: Path, files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def laid_out(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def faults(path: Path) -> tuple[str, ...]:
    """Read what must be refused; whatever it was, nothing but it lies in its folder afterwards."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(FolderError) as caught:
        read(path)
    assert sorted(path.parent.rglob("*")) == before
    assert all(sentence.endswith(".") and len(sentence) < 700 for sentence in caught.value.errors)
    return caught.value.errors
