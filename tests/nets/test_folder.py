"""A learner's own pictures: whatever is honest is read, and what cannot be learned from is named."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nets import data
from nets.folder import FolderError, read
from tests.nets.packed_pictures import faults, laid_out, packed, picture, two_classes


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


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert faults(tmp_path / "gone.zip") == ("gone.zip cannot be opened: No such file or directory.",)


@pytest.mark.parametrize("side", [0, 7, 513, 100_000])
def test_a_side_out_of_bounds_is_refused(side: int, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="from 8 to 512"):
        read(packed(tmp_path / "own.zip", two_classes()), side=side)
