"""A contact sheet shows what training would see, and nothing else."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nets import data, recipes, sheet
from nets.__main__ import main
from nets.data import Data


@pytest.fixture(params=["digits", "shapes"])
def loaded(request: pytest.FixtureRequest) -> Data:
    return data.load(request.param)


def test_without_augmentation_every_variant_is_the_image_itself(loaded: Data) -> None:
    shown = sheet.variants(loaded, recipes.parse("none"), number=7)
    assert shown.shape == (24, *loaded.shape)
    assert bool((shown == loaded.train.images[7]).all())


def test_the_pictures_of_a_data_set_lie_in_rows_of_forty_in_the_order_of_its_validation_images(loaded: Data) -> None:
    file = Image.open(io.BytesIO(sheet.pictures(loaded, most=100)))
    _, height, width = loaded.shape
    assert file.size == (40 * width, 3 * height)
    pixels = torch.from_numpy(np.asarray(file.convert("RGB")).copy()).permute(2, 0, 1).float()
    for place in (0, 39, 40, 99):
        top, left = place // 40 * height, place % 40 * width
        found = pixels[:, top : top + height, left : left + width]
        # The file is lossy: the nearest of all the images must be the one that is meant.
        distances = (loaded.validation.images[:100].float() - found).abs().flatten(1).mean(dim=1)
        assert int(distances.argmin()) == place


@pytest.mark.parametrize("recipe", ["light", "standard", "strong"])
def test_variants_differ_repeat_with_their_seed_and_leave_torchs_chance_alone(recipe: str, loaded: Data) -> None:
    state = torch.get_rng_state()
    first, again = (sheet.variants(loaded, recipes.parse(recipe), seed=3) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(state, torch.get_rng_state())
    assert len({image.numpy().tobytes() for image in first}) == 24
    assert not torch.equal(first, sheet.variants(loaded, recipes.parse(recipe), seed=4))


def test_mixup_shows_the_image_under_another_one(loaded: Data) -> None:
    image = loaded.train.images[0].double()
    shown = sheet.variants(loaded, recipes.parse([{"kind": "mixup", "alpha": 10.0}])).double()
    for number, blend in enumerate(shown):
        other = loaded.train.images[number + 1].double()
        # The share that fits best, and what it leaves unexplained: half a step of 255 by rounding.
        share = ((blend - other) * (image - other)).sum() / ((image - other) ** 2).sum()
        assert 0.45 < float(share) < 1
        assert float((share * image + (1 - share) * other - blend).abs().max()) < 1.5


def test_the_command_writes_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "sheet.png"
    assert main(["sheet", "--data", "shapes", "--augment", '[{"kind": "rotate"}]', "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    with Image.open(out) as picture:
        assert picture.format == "PNG"
        assert picture.size[0] > 24 / 4 * 96


def test_the_command_refuses_in_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sheet", "--augment", '[{"kind": "zap"}, {"kind": "crop", "padding": 0}]']) == 2
    assert main(["sheet", "--data", "digits", "--image", "5000"]) == 2
    assert main(["sheet", "--data", str(tmp_path / "gone.zip")]) == 2
    said = capsys.readouterr().err
    assert "Step 1: kind must be" in said
    assert "Step 2 (crop): padding must be" in said
    assert "from 0 to 1,256; 5000 was given" in said
    assert "gone.zip cannot be opened" in said
