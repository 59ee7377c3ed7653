"""What a learner expects of a run, as the lab's form takes it: percentages, with what was typed kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from labs import prediction
from nets.specs import SpecError

# Nobody types a percentage of more characters; a longer text would only fill the page that quotes it.
MOST_TYPED: Final = 40
# Where on the page each part begins, for a link from the list of what is to be mended.
PLACES: Final = {"predict_range": "predict-low", "predict_outcome": "predict-outcome", "predict_sketch": "predict_at_0"}


@dataclass(frozen=True, slots=True)
class Height:
    """One number of a sketch: the input's name, the share of the run that it is for (0 to 1), what was typed."""

    name: str
    share: float
    value: str

    @property
    def percent(self) -> str:
        """The share of the run as its label says it."""
        return f"{100 * self.share:g}"


class PredictionForm:
    """What the learner expects, as typed: percentages. `said` is what submit takes; `errors` is keyed by its parts."""

    outcomes = tuple(prediction.OUTCOMES.items())

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.low, self.high, self.outcome = (_text(data, f"predict_{part}") for part in ("low", "high", "outcome"))
        names = {f"predict_at_{number}": share for number, share in enumerate(prediction.PLACES)}
        self.sketch = tuple(Height(name, share, _text(data, name)) for name, share in names.items())
        sketch = [[height.share, _share(height.value)] for height in self.sketch if height.value]
        self.said: dict[str, object] = {"low": _share(self.low), "high": _share(self.high), "outcome": self.outcome}
        self.said |= {"sketch": sketch}
        self.errors: dict[str, str] = {}
        try:
            prediction.read(self.said)
        except SpecError as error:
            self.errors = {name.replace("prediction.", "predict_"): text for name, text in error.errors.items()}

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed."""
        return any((self.low, self.high, self.outcome, self.is_drawn))

    @property
    def is_drawn(self) -> bool:
        """Whether any height of the sketch was given."""
        return any(height.value for height in self.sketch)

    @property
    def range_error(self) -> str:
        """The sentences about the range, which stands in one line."""
        return " ".join(self.errors[name] for name in ("predict_low", "predict_high") if name in self.errors)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Every place for a sentence, with the sentence, empty when all is well there."""
        outcome, sketch = (self.errors.get(f"predict_{part}", "") for part in ("outcome", "sketch"))
        return [("predict_range", self.range_error), ("predict_outcome", outcome), ("predict_sketch", sketch)]


def _text(data: Mapping[str, Any], name: str) -> str:
    return str(data.get(name, ""))[:MOST_TYPED].strip()


def _share(text: str) -> float | str:
    """Read a percentage as a fraction; what is no number stays a text, for the error to quote."""
    try:
        return round(float(text.rstrip("% ").replace(",", ".")) / 100, 6)
    except ValueError:
        return text
