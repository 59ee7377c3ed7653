"""Pictures made to harm are refused by name, in little time and memory, and never written to disk (fault 42)."""

import io
import os
import resource
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nets import folder
from nets.folder import FolderError, read
from tests.nets.packed_pictures import faults, laid_out, packed, picture, two_classes


@pytest.mark.parametrize("form", ["TIFF", "PPM", "ICO", "PCX", "EPS"])
def test_f42_a_picture_in_a_form_that_is_not_read_is_refused_under_any_name(form: str, tmp_path: Path) -> None:
    (sentence,) = faults(packed(tmp_path / "own.zip", two_classes() | {"ant/odd.png": picture(form=form)}))
    assert sentence.startswith("ant/odd.png are no pictures that can be read")


@pytest.mark.parametrize("name", ["../out.png", "ant/../../out.png", "/etc/out.png", "C:/out.png", "ant\\..\\out.png"])
def test_f42_a_name_that_leaves_the_folder_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = packed(tmp_path / "in" / "own.zip", two_classes())
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        archive.writestr(entry, picture())
    assert any("would land outside" in sentence and "out.png" in sentence for sentence in faults(path))
    assert [found.name for found in tmp_path.rglob("*")] == ["in", "own.zip"]


def test_f42_links_are_refused_in_a_zip_and_in_a_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture())
    path = packed(tmp_path / "own.zip", two_classes())
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("ant/link.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, str(secret))
    lying = laid_out(tmp_path / "own", two_classes())
    (lying / "ant" / "link.png").symlink_to(secret)
    os.mkfifo(lying / "bee" / "pipe.png")
    (zipped,), (found,) = faults(path), faults(lying)
    assert zipped.startswith("ant/link.png are links")
    assert "ant/link.png" in found
    assert "bee/pipe.png" in found


def a_bomb(path: Path, *, says: int | None = None) -> Path:
    """Pack 300 MB of zeros as one picture; `says` is written where its size should stand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in two_classes().items():
            archive.writestr(name, content)
        with archive.open("ant/bomb.png", "w") as file:
            for _ in range(30):
                file.write(bytes(10_000_000))
    return path if says is None else restated(path, size=300_000_000, says=says)


def restated(path: Path, *, size: int, says: int) -> Path:
    """Write `says` wherever the zip holds `size` as the size of an entry."""
    true, false = struct.pack("<I", size), struct.pack("<I", says)
    content = path.read_bytes()
    assert true in content
    path.write_bytes(content.replace(true, false))
    return path


@pytest.mark.parametrize("says", [None, 500])
def test_f42_a_zip_bomb_is_refused_quickly_and_in_little_memory(says: int | None, tmp_path: Path) -> None:
    path = a_bomb(tmp_path / "own.zip", says=says)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    (sentence,) = faults(path)
    assert "ant/bomb.png" in sentence
    assert time.perf_counter() - begun < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000  # kilobytes


def test_f42_a_picture_that_says_that_it_is_too_large_is_not_even_opened(tmp_path: Path) -> None:
    odd = picture() + bytes(7)
    path = packed(tmp_path / "own.zip", two_classes() | {"ant/odd.png": odd})
    assert faults(restated(path, size=len(odd), says=30_000_000)) == (
        "ant/odd.png are larger than 20 MB each: make them smaller.",
    )


def growing(files: Mapping[str, bytes]) -> list[folder._File]:
    """Return files that were empty when they were listed, and are not when they are opened."""
    return [folder._File(PurePosixPath(name), 0, partial(io.BytesIO, content)) for name, content in files.items()]


def test_f42_a_file_that_grew_after_it_was_listed_is_refused_by_what_is_read() -> None:
    files = growing(two_classes() | {"ant/grown.png": bytes(folder.MOST_FILE_BYTES + 1)})
    with pytest.raises(FolderError, match=r"^ant/grown\.png are larger than 20 MB each"):
        folder._pictures(files, side=32, most=100)


def test_f42_files_that_grew_together_are_refused_by_what_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_BYTES", 500)
    with pytest.raises(FolderError, match="too large together"):
        folder._pictures(growing(two_classes()), side=32, most=100)


def test_f42_a_picture_of_very_many_pixels_is_refused_undecoded(tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    for side, name in ((30_000, "ant/huge.png"), (7_000, "ant/large.png")):
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
        (sentence,) = faults(packed(tmp_path / "own.zip", two_classes() | {name: bomb}))
        assert sentence.startswith(f"{name} have more than 40 million pixels")


def test_f42_a_hundred_thousand_files_are_refused(tmp_path: Path) -> None:
    begun = time.perf_counter()
    path = packed(tmp_path / "own.zip", {f"ant/{number}": b"" for number in range(100_000)}, method=zipfile.ZIP_STORED)
    packing, begun = time.perf_counter() - begun, time.perf_counter()
    assert faults(path) == ("There are more than 20,000 files: leave some out.",)
    assert time.perf_counter() - begun < max(5, packing)


@pytest.mark.parametrize("litter", [0, 41])
def test_f42_too_many_files_are_refused_whether_they_count_or_are_litter(
    litter: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MOST_FILES", 20)
    files = two_classes() if litter else two_classes(11)
    files |= {f"bee/.litter{number}": b"" for number in range(litter)}
    for path in (packed(tmp_path / "own.zip", files), laid_out(tmp_path / "own", files)):
        assert faults(path) == ("There are more than 20 files: leave some out.",)


def test_all_together_may_be_too_large_by_bytes_or_by_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "own.zip", two_classes())
    with monkeypatch.context() as small:
        small.setattr(folder, "MOST_BYTES", 500)
        assert "All files together are larger" in faults(path)[0]
    with monkeypatch.context() as small:
        small.setattr(folder, "MOST_SERVED_BYTES", 20 * 3 * 32 * 32 - 1)
        assert faults(path) == ("20 pictures of 32 by 32 do not fit into memory: choose a smaller side.",)
    monkeypatch.setattr(folder, "MOST_PIXELS_IN_ALL", 1000)
    assert "too large together" in faults(path)[0]


def broken_zip(content: bytes) -> bytes:
    return content[: len(content) // 2]


def locked_zip(content: bytes) -> bytes:
    """Set the bit that says an entry is encrypted, in its own head and in the list at the end."""
    changed = bytearray(content)
    changed[6] |= 1
    place = content.index(b"PK\x01\x02")
    changed[place + 8] |= 1
    return bytes(changed)


def strange_method(content: bytes) -> bytes:
    changed = bytearray(content)
    place = content.index(b"PK\x01\x02")
    changed[8:10] = changed[place + 10 : place + 12] = struct.pack("<H", 77)
    return bytes(changed)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (broken_zip, "own.zip is no zip that can be read"),
        (lambda content: b"", "own.zip is no zip that can be read"),
        (locked_zip, "ant/0.png are locked by a password"),
        (strange_method, "ant/0.png cannot be unpacked"),
        (lambda content: content.replace(b"IDAT", b"IDAX"), "cannot be unpacked, they are damaged"),
    ],
)
def test_a_broken_zip_is_refused_in_a_sentence(change: Callable[[bytes], bytes], said: str, tmp_path: Path) -> None:
    path = packed(tmp_path / "own.zip", two_classes(), method=zipfile.ZIP_STORED)
    path.write_bytes(change(path.read_bytes()))
    assert said in faults(path)[0]


def test_two_files_under_one_name_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "own.zip", two_classes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("ant/0.png", picture())
    assert faults(path)[0].startswith("ant/0.png are there twice")


def test_a_name_made_to_deceive_is_shown_plainly(tmp_path: Path) -> None:
    (sentence,) = faults(packed(tmp_path / "own.zip", two_classes() | {"ant/\u202egnp.\x1b[31m" + "x" * 200: b""}))
    assert "\x1b" not in sentence
    assert "\u202e" not in sentence


CHANGES = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=9)

HONEST = [picture(size=(30, 30), form=form) for form in folder.FORMATS]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.sampled_from(HONEST), changes=CHANGES)
def test_mutated_pictures_are_read_or_refused_by_name(
    content: bytes, changes: list[tuple[int, int]], tmp_path: Path
) -> None:
    mutated = bytearray(content)
    for place, value in changes:
        mutated[place % len(mutated)] = value
    path = packed(tmp_path / "own.zip", {"ant/odd": bytes(mutated)} | two_classes())
    try:
        assert read(path).images.shape == (21, 3, 32, 32)
        refusal = "ant/odd"
    except FolderError as error:
        (refusal,) = error.errors
    assert "ant/odd" in refusal


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_a_mutated_zip_is_read_or_refused_in_sentences(changes: list[tuple[int, int]], tmp_path: Path) -> None:
    mutated = bytearray(packed(tmp_path / "own.zip", two_classes()).read_bytes())
    for place, value in changes:
        mutated[place % len(mutated)] = value
    path = tmp_path / "own.zip"
    path.write_bytes(bytes(mutated))
    try:
        sentences = [f"{len(read(path).labels)} pictures."]
    except FolderError as error:
        sentences = list(error.errors)
    assert all(sentence.endswith(".") for sentence in sentences)
