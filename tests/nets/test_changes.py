"""Every change does to each image what torchvision does to one, and draws its random amounts alike.

The maps themselves are compared exactly. Chance is compared over thousands of images, with bounds of about five
standard errors: they hold nearly always for the right distribution, and fail for one that is a tenth off.
"""

import colorsys
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode, v2

from nets import changes

MANY = 4000
ERRORS = 5.0
F = v2.functional


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(5)


def photos(count: int, *, side: int = 12, low: float = 0.0, high: float = 1.0) -> Tensor:
    return torch.empty(count, 3, side, side).uniform_(low, high)


def grey(images: Tensor) -> Tensor:
    found: Tensor = F.rgb_to_grayscale(images)
    return found


def amounts(low: float, high: float) -> Tensor:
    return torch.linspace(low, high, 9)


def errors_apart(ours: Tensor, theirs: Tensor) -> float:
    """Say how many standard errors the means or the spreads, whichever differ more, of two samples are apart."""
    found = []
    for one, other in ((ours, theirs), ((ours - ours.mean()) ** 2, (theirs - theirs.mean()) ** 2)):
        error = math.sqrt(float(one.var()) / len(one) + float(other.var()) / len(other)) + 1e-9
        found.append(abs(float(one.mean() - other.mean())) / error)
    return max(found)


# The maps, image by image against torchvision.


def test_warp_is_torchvisions_affine_on_a_picture_wider_than_high() -> None:
    images = torch.rand(9, 3, 20, 32)
    turn, size, slant = amounts(-40, 40), amounts(0.7, 1.4), amounts(25, -25)
    right, down = torch.arange(-4.0, 5.0), torch.arange(4.0, -5.0, -1)
    ours = changes.warp(images, turn=turn.deg2rad(), size=size, slant=slant.deg2rad(), right=right, down=down)
    for number, image in enumerate(images):
        theirs = F.affine(
            image,
            angle=float(turn[number]),
            translate=[int(right[number]), int(down[number])],
            scale=float(size[number]),
            shear=[float(slant[number]), 0.0],
            interpolation=InterpolationMode.BILINEAR,
        )
        assert torch.allclose(ours[number], theirs, atol=2e-4)


def test_enlarge_is_torchvisions_resized_crop() -> None:
    images = torch.rand(9, 3, 16, 24)
    left, top = torch.arange(0.0, 9.0), torch.arange(8.0, -1.0, -1)
    width, height = torch.arange(15.0, 6.0, -1), torch.arange(1.0, 10.0).clamp(max=8)
    ours = changes.enlarge(images, left=left, top=top, width=width, height=height)
    for number, image in enumerate(images):
        place = [int(side[number]) for side in (top, left, height, width)]
        theirs = F.resized_crop(image, *place, size=[16, 24], antialias=False)
        assert torch.allclose(ours[number], theirs, atol=1e-4)


def test_recolour_is_torchvisions_brightness_contrast_and_saturation_where_nothing_is_cut_off() -> None:
    images = photos(9, low=0.4, high=0.6)
    light, spread, depth = amounts(0.8, 1.2), amounts(1.2, 0.8), amounts(0.7, 1.3)
    ours = changes.recolour(images, brightness=light, contrast=spread, saturation=depth)
    for number, image in enumerate(images):
        theirs = F.adjust_brightness(image, float(light[number]))
        theirs = F.adjust_contrast(theirs, float(spread[number]))
        theirs = F.adjust_saturation(theirs, float(depth[number]))
        assert torch.allclose(ours[number], theirs, atol=1e-4)


def test_a_turn_of_the_hue_keeps_grey_brightness_and_comes_back_after_a_whole_turn() -> None:
    images, one = photos(3, low=0.3, high=0.7), torch.ones(3)
    turned, whole = (
        changes.recolour(images, brightness=one, contrast=one, saturation=one, turn=one * angle)
        for angle in (0.7, 2 * math.pi)
    )
    assert torch.allclose(grey(turned), grey(images), atol=1e-3)
    assert torch.allclose(whole, images, atol=1e-3)
    assert float((turned - images).abs().max()) > 0.05


@pytest.mark.parametrize("colour", [(0.6, 0.4, 0.4), (0.4, 0.6, 0.4), (0.4, 0.4, 0.6)])
def test_a_turn_of_the_hue_goes_the_way_of_torchvisions_and_nearly_as_far(colour: tuple[float, float, float]) -> None:
    image, one = torch.tensor(colour).view(1, 3, 1, 1), torch.ones(1)
    ours = changes.recolour(image, brightness=one, contrast=one, saturation=one, turn=one * (2 * math.pi / 12))
    theirs = F.adjust_hue(image, 1 / 12)
    hues = [colorsys.rgb_to_hsv(*changed.flatten().tolist())[0] for changed in (ours, theirs)]
    assert hues[0] == pytest.approx(hues[1], abs=0.04)


def test_colour_leaves_a_grey_channel_grey_and_within_0_to_1() -> None:
    changed = changes.colour(torch.rand(50, 1, 8, 8), brightness=0.9, contrast=0.9, saturation=0.9, hue=0.3)
    assert changed.shape == (50, 1, 8, 8)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_normalise_is_torchvisions_for_bytes_floats_and_one_channel() -> None:
    images = torch.randint(0, 256, (5, 3, 8, 8), dtype=torch.uint8)
    mean, std = (0.5, 0.4, 0.3), (0.2, 0.3, 0.4)
    theirs = F.normalize(images.float() / 255, list(mean), list(std))
    assert torch.allclose(changes.normalise(images, mean=mean, std=std), theirs, atol=1e-5)
    assert torch.allclose(changes.normalise(images.float() / 255, mean=mean, std=std), theirs, atol=1e-5)
    grey = images[:, :1]
    assert torch.equal(changes.normalise(grey, mean=0.3, std=0.2), (grey.float() / 255 - 0.3) / 0.2)


# Chance.


def places(images: Tensor) -> tuple[Tensor, Tensor]:
    """Find the one bright pixel of each image: row and column, or -1 where it was moved out."""
    brightest = images.float().flatten(1).max(dim=1)
    row, column = brightest.indices // images.shape[3], brightest.indices % images.shape[3]
    gone = brightest.values == 0
    return row.masked_fill(gone, -1), column.masked_fill(gone, -1)


def dots(count: int, *, side: int, row: int, column: int) -> Tensor:
    images = torch.zeros(count, 1, side, side, dtype=torch.uint8)
    images[:, :, row, column] = 255
    return images


def test_a_crop_moves_each_way_by_every_whole_number_equally_often() -> None:
    row, column = places(changes.crop(dots(MANY, side=15, row=7, column=7), padding=3))
    counts = torch.zeros(7, 7)
    counts.index_put_((row - 4, column - 4), torch.ones(MANY), accumulate=True)
    expected = MANY / 49
    # Chi-squared of 48 degrees of freedom: mean 48, standard deviation 9.8.
    assert float(((counts - expected) ** 2 / expected).sum()) < 48 + 5 * 9.8


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_flip_mirrors_its_share_of_the_images(share: float) -> None:
    images = dots(MANY, side=12, row=5, column=2)
    for changed in (
        changes.flip(images, probability=share),
        changes.flip_crop(images, probability=share, padding=1),
    ):
        _, column = places(changed)
        found = float((column > 5).float().mean())
        assert abs(found - share) <= 5 * math.sqrt(share * (1 - share) / MANY)


def test_flip_and_crop_in_one_are_independent_and_change_no_pixel_but_its_place() -> None:
    images = torch.arange(1, 65, dtype=torch.uint8).view(1, 1, 8, 8).repeat(MANY, 2, 1, 1)
    changed = changes.flip_crop(images, probability=0.5, padding=2)
    seen = {image.numpy().tobytes() for image in changed}
    padded = torch.nn.functional.pad(images[0], (2,) * 4)
    expected = {
        source[:, y : y + 8, x : x + 8].contiguous().numpy().tobytes()
        for source in (padded, padded.flip(2))
        for y in range(5)
        for x in range(5)
    }
    assert seen == expected


def angles(images: Tensor) -> Tensor:
    """Measure, in degrees, how far a bright patch right of the middle was turned."""
    side = images.shape[-1]
    ramp = torch.arange(side) - (side - 1) / 2
    mass = images.sum(dim=(1, 2, 3))
    x, y = (images.sum(dim=(1, 2)) * ramp).sum(dim=1) / mass, (images.sum(dim=(1, 3)) * ramp).sum(dim=1) / mass
    return torch.atan2(y, x).rad2deg()


def patches(count: int) -> Tensor:
    images = torch.zeros(count, 1, 25, 25)
    images[:, :, 11:14, 18:21] = 1
    return images


def one_by_one(transform: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    return torch.stack([transform(image) for image in images])


def test_angles_are_spread_as_torchvisions() -> None:
    ours = angles(changes.rotate(patches(MANY), degrees=40))
    theirs = one_by_one(v2.RandomRotation(40, interpolation=InterpolationMode.BILINEAR), patches(1000))
    assert errors_apart(ours, angles(theirs)) < ERRORS
    assert 38 < float(ours.abs().max()) < 41


def test_affine_spreads_turn_move_and_size_as_torchvisions() -> None:
    ours = changes.affine(patches(MANY), degrees=20, translate=0.1, scale=(0.7, 1.3), shear=20)
    transform = v2.RandomAffine(20, (0.1, 0.1), (0.7, 1.3), 20, interpolation=InterpolationMode.BILINEAR)
    theirs = one_by_one(transform, patches(1500))
    # torchvision moves by whole pixels, which adds next to nothing to the spread.
    assert errors_apart(angles(ours), angles(theirs)) < ERRORS
    assert errors_apart(ours.sum(dim=(1, 2, 3)), theirs.sum(dim=(1, 2, 3))) < ERRORS


@pytest.mark.parametrize("part", ["brightness", "contrast", "saturation"])
def test_colour_factors_are_spread_as_torchvisions(part: str) -> None:
    image = photos(1, side=6, low=0.4, high=0.6)
    light, spread, depth = (0.3 if part == name else 0.0 for name in ("brightness", "contrast", "saturation"))
    many, some = image.expand(MANY, -1, -1, -1), image.expand(1500, -1, -1, -1)
    ours = changes.colour(many, brightness=light, contrast=spread, saturation=depth, hue=0.0)
    theirs = one_by_one(v2.ColorJitter(light, spread, depth), some)

    def measure(images: Tensor) -> Tensor:
        if part == "brightness":
            return images.mean(dim=(1, 2, 3))
        if part == "contrast":
            return grey(images).std(dim=(1, 2, 3))
        return (images - grey(images)).std(dim=(1, 2, 3))

    assert errors_apart(measure(ours), measure(theirs)) < ERRORS


def test_parts_are_spread_as_torchvisions() -> None:
    image, scale, ratio = torch.zeros(1, 1, 32, 32), (0.3, 1.0), (0.75, 4 / 3)
    left, top, width, height = changes.parts(image.expand(MANY, -1, -1, -1), scale=scale, ratio=ratio)
    boxes = [v2.RandomResizedCrop(32, scale, ratio).make_params([image[0]]) for _ in range(MANY)]
    theirs = {name: torch.tensor([float(box[name]) for box in boxes]) for name in ("left", "top", "width", "height")}
    for ours, name in ((left, "left"), (top, "top"), (width, "width"), (height, "height")):
        assert errors_apart(ours, theirs[name]) < ERRORS
    assert errors_apart(width * height, theirs["width"] * theirs["height"]) < ERRORS
    assert errors_apart((width / height).log(), (theirs["width"] / theirs["height"]).log()) < ERRORS
    assert bool(((left >= 0) & (top >= 0) & (left + width <= 32) & (top + height <= 32)).all())


def test_a_part_that_cannot_fit_is_the_middle_as_in_torchvision() -> None:
    image = torch.zeros(3, 1, 8, 32)
    ours = changes.parts(image, scale=(1.0, 1.0), ratio=(1.0, 1.2))
    box = v2.RandomResizedCrop(8, (1.0, 1.0), (1.0, 1.2)).make_params([image[0]])
    assert [part.tolist() for part in ours] == [[box[name]] * 3 for name in ("left", "top", "width", "height")]


def test_noise_is_normal_and_cut_off_at_black_and_white() -> None:
    added = changes.noise(torch.full((200, 1, 16, 16), 0.5), std=0.1) - 0.5
    theirs = v2.GaussianNoise(0.0, 0.1)(torch.full((200, 1, 16, 16), 0.5)) - 0.5
    assert errors_apart(added.flatten(), theirs.flatten()) < ERRORS
    assert float((added.abs() < 0.1).float().mean()) == pytest.approx(0.6827, abs=0.01)
    assert float(changes.noise(torch.zeros(5, 1, 8, 8), std=0.5).min()) == 0


def test_a_cutout_covers_a_square_about_each_pixel_equally_often() -> None:
    images = torch.full((MANY, 3, 9, 9), 200, dtype=torch.uint8)
    covered = changes.cutout(images, size=3, fill=(0.0, 0.5, 1.0)) != 200
    counts = covered[:, 0].float().mean(dim=0)
    # A pixel is covered by the centres within one of it; at the edge there are fewer of them.
    near = torch.tensor([2.0] + [3.0] * 7 + [2.0]) / 9
    expected = near[:, None] * near
    assert float(((counts - expected).abs() / (expected * (1 - expected) / MANY).sqrt()).max()) < 5
    changed = changes.cutout(images, size=3, fill=(0.0, 0.5, 1.0)).amin(dim=(2, 3))
    assert changed[0].tolist() == [0, 128, 200]


def test_mixup_blends_each_image_with_the_one_before_by_shares_of_a_beta_draw() -> None:
    images = torch.linspace(0, 1, MANY)[torch.randperm(MANY)].view(-1, 1, 1, 1)
    mixed, share = changes.mixup(images, alpha=0.4)
    expected = share * images.flatten() + (1 - share) * images.flatten().roll(1)
    assert torch.allclose(mixed.flatten(), expected, atol=1e-6)
    drawn = torch.distributions.Beta(0.4, 0.4).sample((MANY,))
    assert errors_apart(share, torch.maximum(drawn, 1 - drawn)) < ERRORS
    # About its middle, the spread of the draw itself is known in closed form.
    assert float(((share - 0.5) ** 2).mean()) == pytest.approx(1 / (4 * (2 * 0.4 + 1)), rel=0.08)


CHANGES: dict[str, Callable[..., Tensor]] = {
    "flip": lambda images, **given: changes.flip(images, probability=0.5, **given),
    "crop": lambda images, **given: changes.crop(images, padding=2, **given),
    "flip_crop": lambda images, **given: changes.flip_crop(images, probability=0.5, padding=2, **given),
    "rotate": lambda images, **given: changes.rotate(images, degrees=30, **given),
    "affine": lambda images, **given: changes.affine(
        images, degrees=9, translate=0.1, scale=(0.8, 1.2), shear=9, **given
    ),
    "resized_crop": lambda images, **given: changes.resized_crop(images, scale=(0.4, 1), ratio=(0.7, 1.4), **given),
    "colour": lambda images, **given: changes.colour(
        images, brightness=0.3, contrast=0.3, saturation=0.3, hue=0.1, **given
    ),
    "noise": lambda images, **given: changes.noise(images, std=0.1, **given),
    "cutout": lambda images, **given: changes.cutout(images, size=4, **given),
    "mixup": lambda images, **given: changes.mixup(images, alpha=0.5, **given)[0],
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_new_for_each_image_repeats_with_the_generator_and_leaves_the_original(name: str) -> None:
    change, images = CHANGES[name], torch.randint(0, 256, (1, 3, 12, 12), dtype=torch.uint8).repeat(40, 1, 1, 1)
    if name == "mixup":
        images = torch.randint(0, 256, (40, 3, 12, 12), dtype=torch.uint8)
    kept = images.clone()
    state = torch.get_rng_state()
    first, again = (change(images, generator=torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(state, torch.get_rng_state())
    assert torch.equal(images, kept)
    assert len({image.numpy().tobytes() for image in first}) > 1
    assert first.shape == images.shape
    torch.manual_seed(9)
    one = change(images)
    torch.manual_seed(9)
    assert torch.equal(one, change(images))


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_does_the_same_to_bytes_as_to_floats_and_in_either_layout(name: str) -> None:
    images = torch.randint(0, 256, (8, 3, 12, 10), dtype=torch.uint8)
    results = []
    for given in (images, images.float() / 255, images.contiguous(memory_format=torch.channels_last)):
        torch.manual_seed(4)
        results.append(changes.as_float(CHANGES[name](given)))
    assert torch.allclose(results[0], results[1], atol=1e-6)
    assert torch.allclose(results[0], results[2], atol=1e-6)
