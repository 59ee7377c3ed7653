"""A learner's own pictures: read whatever is honest, refuse the rest by name, and never write to disk (fault 42)."""

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

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nets import data, folder
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


@pytest.mark.parametrize("around", ["", "my pictures/", "a/b/"])
def test_a_zip_and_a_folder_of_the_same_files_are_the_same_data(around: str, tmp_path: Path) -> None:
    files = {around + name: content for name, content in two_classes().items()}
    files |= {"__MACOSX/ant/._0.png": b"litter", around + "ant/.DS_Store": b"litter", around + "bee/Thumbs.db": b""}
    zipped, lying = read(packed(tmp_path / "own.zip", files)), read(laid_out(tmp_path / "own", files))
    assert zipped.classes == lying.classes == ("ant", "bee")
    assert zipped.images.shape == (20, 3, 32, 32)
    for one in (zipped, lying):
        assert sorted(zip(one.labels.tolist(), one.images[:, 0, 5, 5].tolist(), strict=True)) == [
            (label, number) for label in (0, 1) for number in range(10)
        ]


def test_own_pictures_become_splits_with_every_class_in_each(tmp_path: Path) -> None:
    loaded = data.load_folder(packed(tmp_path / "own.zip", two_classes(20)), side=16)
    assert loaded.classes == ("ant", "bee")
    assert loaded.shape == (3, 16, 16)
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [28, 6, 6]
    assert all(set(part.labels.tolist()) == {0, 1} for part in (loaded.train, loaded.validation, loaded.test))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (picture((10, 20, 30)), (10, 20, 30)),
        (picture((10, 20, 30), form="BMP"), (10, 20, 30)),
        (picture(77, mode="L"), (77, 77, 77)),
        (picture(1, mode="1"), (255, 255, 255)),
        (picture((77, 128), mode="LA"), (166, 166, 166)),
        (picture((0, 0, 0, 0), mode="RGBA"), (255, 255, 255)),
        (picture(40000, mode="I;16"), (155, 155, 155)),
        (picture((0, 255, 255, 0), mode="CMYK", form="JPEG"), (254, 0, 0)),
        (picture((10, 200, 30), form="WEBP"), (10, 200, 30)),
    ],
    ids=["RGB", "BMP", "L", "1", "LA", "RGBA", "I;16", "CMYK", "WEBP"],
)
def test_every_mode_becomes_three_channels(content: bytes, expected: tuple[int, ...], tmp_path: Path) -> None:
    files = two_classes() | {"ant/odd": content}
    got = read(packed(tmp_path / "own.zip", files))
    odd = got.images[list(files).index("ant/odd")]
    assert np.abs(odd.mean(axis=(1, 2)) - expected).max() <= 4


def test_a_palette_with_one_clear_colour_turns_white_there(tmp_path: Path) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([9, 9, 9, 200, 0, 0])
    saved = io.BytesIO()
    image.save(saved, format="GIF", transparency=1)
    got = read(packed(tmp_path / "own.zip", {"ant/clear.gif": saved.getvalue()} | two_classes()))
    assert got.images[0].min() == 255


def test_the_longer_side_is_cut_off_evenly_and_a_photo_stands_as_it_was_held(tmp_path: Path) -> None:
    wide = np.zeros((30, 90, 3), dtype=np.uint8)
    wide[:, :30], wide[:, 30:60], wide[:, 60:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    wide[:10, 30:60] = 255
    held = Image.Exif()
    held[0x0112] = 3  # orientation: upside down
    saved = io.BytesIO()
    Image.fromarray(wide).save(saved, format="PNG", exif=held)
    got = read(packed(tmp_path / "own.zip", {"ant/wide.png": saved.getvalue()} | two_classes())).images[0]
    assert got[:, 5, 16].tolist() == [0, 255, 0]
    assert got[:, 28, 16].tolist() == [255, 255, 255]


# EXIF 2.32, tag 0x0112: on which sides of the scene lie the first row and the first column of what is stored.
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("turned", SIDES)
def test_a_photo_stands_as_it_was_held(turned: int, form: str, tmp_path: Path) -> None:
    stored = np.zeros((64, 64, 3), dtype=np.uint8)
    stored[:32, :32] = (255, 0, 0)  # where the first row meets the first column
    stored[:32, 32:] = (0, 0, 255)  # the other end of the first row
    held, saved = Image.Exif(), io.BytesIO()
    held[0x0112] = turned
    Image.fromarray(stored).save(saved, format=form, exif=held)
    got = read(packed(tmp_path / "own.zip", {f"ant/photo.{form}": saved.getvalue()} | two_classes())).images[0]
    row, column = SIDES[turned]
    other = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[column]
    for sides, channel in (({row, column}, 0), ({row, other}, 2)):
        corner = got[:, 24 if "bottom" in sides else 8, 24 if "right" in sides else 8]
        assert corner.argmax() == channel
        assert corner[channel] > 200


def test_everything_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    whole = picture(size=(64, 64))
    odd = {
        "ant/notes.txt": b"no picture",
        "bee/cut.png": whole[: len(whole) // 2],
        "bee/empty.jpg": b"",
        "ant/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "ant/inside.zip": packed(tmp_path / "x.zip", two_classes()).read_bytes(),
    }
    (sentence,) = faults(packed(tmp_path / "own.zip", two_classes() | odd))
    assert all(name in sentence for name in odd)
    assert "leave them out or save them anew" in sentence


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


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "There is no picture in it"),
        ({"README": b""}, "README lie in no class"),
        ({f"{number}.png": picture() for number in range(20)}, "lie in no class"),
        ({f"ant/{number}.png": picture() for number in range(20)}, "one class only, ant"),
        (two_classes() | {"cat/1.png": picture()}, "too few are in cat (1)"),
        ({f"{number}/{other}.png": b"" for number in range(101) for other in range(10)}, "There are 101 classes"),
    ],
)
def test_classes_that_cannot_be_learned_are_named(files: dict[str, bytes], said: str, tmp_path: Path) -> None:
    assert any(said in sentence for sentence in faults(packed(tmp_path / "own.zip", files)))


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


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert faults(tmp_path / "gone.zip") == ("gone.zip cannot be opened: No such file or directory.",)


@pytest.mark.parametrize("side", [0, 7, 513, 100_000])
def test_a_side_out_of_bounds_is_refused(side: int, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="from 8 to 512"):
        read(packed(tmp_path / "own.zip", two_classes()), side=side)


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
