"""What may be asked of an augmentation: its steps, their bounds, and the recipes that have a name."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

MOST_STEPS: Final = 12
MOST_LETTERS: Final = 4_000
TURNS: Final = 180.0

Value = float | int | tuple[float, float]


class RecipeError(ValueError):
    """A recipe that cannot be followed; `errors` holds one sentence per fault, each naming its step."""

    def __init__(self, errors: Sequence[str]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(self.errors))


@dataclass(frozen=True, slots=True)
class Number:
    """A setting that is one number from `minimum` to `maximum`; `whole` allows no fraction."""

    minimum: float
    maximum: float
    default: float
    help: str
    whole: bool = False

    def read(self, value: object) -> Value | None:
        """Return the number, or None when it is none or out of bounds; NaN and True are no numbers."""
        if type(value) not in ((int,) if self.whole else (int, float)):
            return None
        number: float = value  # type: ignore[assignment]
        if not self.minimum <= number <= self.maximum:
            return None
        return number if self.whole else float(number) + 0.0

    @property
    def words(self) -> str:
        """Say what is allowed."""
        return f"a {'whole ' if self.whole else ''}number from {self.minimum:g} to {self.maximum:g}"


@dataclass(frozen=True, slots=True)
class Range:
    """A setting that is a pair [from, to], each from `minimum` to `maximum`, the first no greater than the second."""

    minimum: float
    maximum: float
    default: tuple[float, float]
    help: str

    def read(self, value: object) -> Value | None:
        """Return the pair, or None when it is none or out of bounds."""
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            return None
        if any(type(end) not in (int, float) for end in value):
            return None
        low, high = value
        return (float(low), float(high)) if self.minimum <= low <= high <= self.maximum else None

    @property
    def words(self) -> str:
        """Say what is allowed."""
        return f"two numbers [from, to] between {self.minimum:g} and {self.maximum:g}, the smaller first"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of change: what it does, what it may spoil, and its settings."""

    title: str
    caption: str
    pitfall: str
    settings: Mapping[str, Number | Range]


def _kind(title: str, caption: str, pitfall: str, **settings: Number | Range) -> Kind:
    return Kind(title, caption, pitfall, MappingProxyType(settings))


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "light": _kind(
            "Light handwriting changes",
            "Turns, scales, slants, stretches and moves each image a little.",
            "Made for ink on black: what moves in from outside is black.",
        ),
        "flip": _kind(
            "Flip",
            "Mirrors an image left to right.",
            "A mirrored 2 is no 2, and a mirrored arrow points the other way: flip only what keeps its name.",
            probability=Number(0.0, 1.0, 0.5, "Share of the images that are mirrored."),
        ),
        "crop": _kind(
            "Padded crop",
            "Adds a black border and cuts the old size out again, somewhere else for each image.",
            "With a border too wide, the object leaves the picture.",
            padding=Number(1, 64, 4, "Width of the border, and so the farthest move, in pixels.", whole=True),
        ),
        "rotate": _kind(
            "Rotation",
            "Turns each image about its middle.",
            "Past 45 degrees a 6 becomes a 9.",
            degrees=Number(0.0, TURNS, 15.0, "Farthest turn either way, in degrees."),
        ),
        "colour": _kind(
            "Colour jitter",
            "Changes brightness, contrast, saturation and hue of each image.",
            "Where colour is the answer, as in ripe or unripe, it destroys what should be learned.",
            brightness=Number(0.0, 1.0, 0.2, "Brightness is multiplied by 1 plus or minus at most this."),
            contrast=Number(0.0, 1.0, 0.2, "Contrast is multiplied by 1 plus or minus at most this."),
            saturation=Number(0.0, 1.0, 0.2, "Saturation is multiplied by 1 plus or minus at most this."),
            hue=Number(0.0, 0.5, 0.0, "Farthest turn of the colour circle either way; 0.5 is half a turn."),
        ),
        "resized_crop": _kind(
            "Random resized crop",
            "Cuts out a part of each image and enlarges it to the full size.",
            "A small part may show nothing of what the label names.",
            scale=Range(0.01, 1.0, (0.6, 1.0), "Share of the area that is cut out."),
            ratio=Range(0.1, 10.0, (0.75, 4 / 3), "Width of the part divided by its height."),
        ),
        "affine": _kind(
            "Affine map",
            "Turns, moves, scales and slants each image in one go.",
            "Strong slants and scales make pictures that nobody will ever show the network.",
            degrees=Number(0.0, TURNS, 10.0, "Farthest turn either way, in degrees."),
            translate=Number(0.0, 1.0, 0.1, "Farthest move each way, as a share of the side."),
            scale=Range(0.1, 10.0, (0.9, 1.1), "Size of the content, 1 as it was."),
            shear=Number(0.0, 60.0, 10.0, "Farthest slant either way, in degrees."),
        ),
        "noise": _kind(
            "Noise",
            "Adds its own random amount to every value.",
            "Much of it hides the fine textures that tell classes apart.",
            std=Number(0.0, 1.0, 0.05, "Standard deviation of the noise, where 1 is the way from black to white."),
        ),
        "cutout": _kind(
            "Cutout",
            "Covers a square somewhere in each image with the mean colour.",
            "A square as large as the object leaves nothing to learn from.",
            size=Number(1, 512, 8, "Side of the square in pixels.", whole=True),
        ),
        "mixup": _kind(
            "Mixup",
            "Blends each image with another one, and their labels in the same shares.",
            "Training accuracy means little then: most images show two classes.",
            alpha=Number(0.01, 10.0, 0.2, "Small: mostly one of the two. 1: any share is as likely as any other."),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One change with every setting filled in."""

    kind: str
    settings: Mapping[str, Value]

    def to_json(self) -> dict[str, Any]:
        """Return the step as plain values, `kind` first."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in self.settings.items()}
        return {"kind": self.kind, **plain}


@dataclass(frozen=True, slots=True)
class Recipe:
    """Steps in the order in which they change an image; `name` is the word that it goes by, or "custom"."""

    name: str
    steps: tuple[Step, ...]

    def to_json(self) -> str | list[dict[str, Any]]:
        """Return what `parse` reads back: the word of a named recipe, the steps of any other."""
        return self.name if self.name in NAMED else [step.to_json() for step in self.steps]

    @property
    def text(self) -> str:
        """Return the one text of this recipe, which `parse` reads back: its word, or its steps as JSON.

        >>> parse('[ {"kind": "flip"} ]').text, parse([{"kind": "light"}]).text
        ('[{"kind":"flip","probability":0.5}]', 'light')
        """
        said = self.to_json()
        return said if isinstance(said, str) else json.dumps(said, separators=(",", ":"), allow_nan=False)

    @property
    def mixes(self) -> bool:
        """Say whether labels are blended too."""
        return any(step.kind == "mixup" for step in self.steps)

    @property
    def changes(self) -> tuple[Step, ...]:
        """Return the steps that change pixels as they are computed: a flip right before a crop is one copy with it."""
        steps, found = [step for step in self.steps if step.kind != "mixup"], list[Step]()
        while steps:
            step = steps.pop(0)
            if step.kind == "flip" and steps and steps[0].kind == "crop":
                step = Step("flip_crop", MappingProxyType({**step.settings, **steps.pop(0).settings}))
            found.append(step)
        return tuple(found)


_WORDS: Final[Mapping[str, tuple[Mapping[str, object], ...]]] = MappingProxyType(
    {
        "none": (),
        "light": ({"kind": "light"},),
        "flip_crop": ({"kind": "flip"}, {"kind": "crop"}),
        "standard": ({"kind": "flip"}, {"kind": "crop"}, {"kind": "colour"}),
        "strong": (
            {"kind": "flip"},
            {"kind": "resized_crop", "scale": [0.5, 1.0]},
            {"kind": "rotate", "degrees": 15},
            {"kind": "colour", "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.05},
            {"kind": "cutout", "size": 8},
            {"kind": "mixup", "alpha": 0.2},
        ),
    }
)


def parse(wanted: object) -> Recipe:
    """Return the recipe that is meant: one of the words of `NAMED`, a list of steps, or such a list as JSON text.

    Settings that a step leaves out take their defaults, and the steps of a named recipe go by its word. Raises
    RecipeError with every fault at once.

    >>> [step.kind for step in parse("standard").steps]
    ['flip', 'crop', 'colour']
    >>> parse([{"kind": "rotate", "degrees": 700}])
    Traceback (most recent call last):
    nets.recipes.RecipeError: Step 1 (rotate): degrees must be a number from 0 to 180; 700 was given.
    """
    if isinstance(wanted, Recipe):
        return wanted
    if isinstance(wanted, str) and wanted in NAMED:
        return NAMED[wanted]
    steps = _decoded(wanted) if isinstance(wanted, str) else wanted
    if not isinstance(steps, (list, tuple)):
        raise RecipeError([_no_recipe(wanted)])
    if len(steps) > MOST_STEPS:
        raise RecipeError([f"A recipe has at most {MOST_STEPS} steps; {len(steps):,} were given."])
    recipe = _recipe("custom", steps)
    return next((known for known in NAMED.values() if known.steps == recipe.steps), recipe)


def _decoded(text: str) -> object:
    if len(text) > MOST_LETTERS:
        raise RecipeError([f"A recipe has at most {MOST_LETTERS:,} letters; {len(text):,} were given."])
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _no_recipe(wanted: object) -> str:
    words = ", ".join(NAMED)
    return f"An augmentation is one of {words}, or a list of steps; {_shown(wanted)} was given."


def _recipe(name: str, steps: Sequence[object]) -> Recipe:
    errors: list[str] = []
    read = [_step(number, given, errors) for number, given in enumerate(steps, start=1)]
    errors += _order_faults([step.kind for step in read])
    if errors:
        raise RecipeError(errors)
    return Recipe(name, tuple(read))


def _step(number: int, given: object, errors: list[str]) -> Step:
    """Read one step; its faults are added to `errors`, and what cannot be read is left out of the step."""
    if not isinstance(given, Mapping):
        errors.append(f'Step {number}: a step is an object such as {{"kind": "flip"}}; {_shown(given)} was given.')
        return Step("", {})
    word = given.get("kind")
    kind = KINDS.get(word) if isinstance(word, str) else None
    if not isinstance(word, str) or kind is None:
        errors.append(f"Step {number}: kind must be one of {', '.join(KINDS)}; {_shown(word)} was given.")
        return Step("", {})
    values: dict[str, Value] = {}
    for name, setting in kind.settings.items():
        value = setting.read(given.get(name, setting.default))
        if value is None:
            said = f"{name} must be {setting.words}; {_shown(given[name])} was given."
            errors.append(f"Step {number} ({word}): {said}")
        else:
            values[name] = value
    known = ", ".join(kind.settings) or "none"
    unknown = [name for name in given if name != "kind" and name not in kind.settings]
    errors += [f"Step {number} ({word}): {_shown(name)} is no setting of it; it has {known}." for name in unknown]
    return Step(word, MappingProxyType(values))


def _order_faults(kinds: Sequence[str]) -> list[str]:
    """Mixup blends finished images, and once: what would change them after is refused."""
    return [
        f"Step {number} (mixup): mixup must be the last step, for it blends finished images and their labels."
        for number, kind in enumerate(kinds, start=1)
        if kind == "mixup" and number < len(kinds)
    ]


def _shown(value: object) -> str:
    """Quote what was given, briefly."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "not a number (NaN)" if math.isnan(value) else "infinity"
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of very many digits"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_shown, value))}]" if len(value) <= 2 and not _nests(value) else "a list"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 60 else f"“{value[:57]}…”"
    return repr(value)


def _nests(values: Sequence[object]) -> bool:
    return any(isinstance(value, (list, tuple)) for value in values)


NAMED: Final[Mapping[str, Recipe]] = MappingProxyType({name: _recipe(name, steps) for name, steps in _WORDS.items()})
