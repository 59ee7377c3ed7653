"""The form that teaches: one knob per open field of a lab, with what was typed kept whatever it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from labs import specs
from labs.models import LabVersion
from nets.catalog import DATASETS, FIELDS, Field, Option, choices_for
from nets.specs import SpecError, TrainSpec

# A network is chosen by what it is, so its captions are shown; the other choices are words in a list.
SHOWN_AT_LENGTH: Final = frozenset({"arch"})
# Nobody types a number of more characters; a longer text would only fill the page that quotes it.
MAX_TYPED: Final = 40


@dataclass(frozen=True, slots=True)
class Knob:
    """One field as the page shows it: what it is called and does, what was typed, and what is wrong with that."""

    field: Field
    value: str
    error: str
    options: tuple[Option, ...]

    @property
    def widget(self) -> str:
        """Which control shows it: "cards" (each with its caption), "list" or "number"."""
        if not self.options:
            return "number"
        return "cards" if self.field.name in SHOWN_AT_LENGTH else "list"

    @property
    def limits(self) -> str:
        """The range of a number, in words; empty for a choice."""
        if self.field.minimum is None or self.field.maximum is None or self.options:
            return ""
        return f"{shown(self.field.minimum)} to {shown(self.field.maximum)}"


class LabForm:
    """A lab's open fields as texts. `spec` is None while any of them cannot stand; `errors` says which and why."""

    def __init__(self, version: LabVersion, data: Mapping[str, Any] | None = None) -> None:
        self.version = version
        # A lab names only the fields that it sets; the rest are the spec's own defaults.
        self.start = TrainSpec.from_json(version.spec).to_json()
        start = {name: shown(value) for name, value in self.start.items()}
        names = [name for name in version.open_fields if not FIELDS[name].advanced]
        typed = {name: shown(data[name])[:MAX_TYPED] for name in names if name in data} if data else {}
        self.typed: dict[str, str] = {name: typed.get(name, start[name]) for name in names}
        self.spec: TrainSpec | None = None
        self.errors: dict[str, str] = {}
        try:
            self.spec = specs.build(version, self.fields)
        except SpecError as error:
            self.errors = error.errors

    @property
    def fields(self) -> dict[str, object]:
        """What was typed, as the numbers it spells: what `submission.submit` takes."""
        return specs.read_form({name: text.strip() for name, text in self.typed.items()})

    @property
    def nearest(self) -> TrainSpec:
        """The run that the form describes, with the lab's own value in each field that cannot stand."""
        sound = {name: value for name, value in self.fields.items() if name not in self.errors}
        return self.spec or TrainSpec.from_json(self.start | sound)

    @property
    def knobs(self) -> list[Knob]:
        """Every open field, in the order of the catalog; the advanced ones keep the lab's values."""
        return [self._knob(field) for field in FIELDS.values() if field.name in self.typed]

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """What this lab decides for everyone: label and value."""
        closed = [field for field in FIELDS.values() if field.name not in self.typed and not field.advanced]
        return [(field.label, titled(field, self.start[field.name])) for field in closed]

    @property
    def _data(self) -> str:
        """The data set that the run would use; the lab's own while what was typed is none."""
        typed = self.typed.get("data", "")
        return typed if typed in DATASETS else str(self.start["data"])

    def _knob(self, field: Field) -> Knob:
        offered = self.version.choices.get(field.name)
        return Knob(
            field=field,
            value=self.typed[field.name],
            error=self.errors.get(field.name, ""),
            options=_options(field, offered, data=self._data),
        )


def shown(value: object) -> str:
    """Return a spec's value as someone would type it.

    >>> shown(0.002), shown(1e-06), shown(32), shown("adam")
    ('0.002', '0.000001', '32', 'adam')
    """
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def titled(field: Field, value: object) -> str:
    """Return a value as pages call it: the title of a choice, the number itself otherwise."""
    return next((option.title for option in field.choices if option.name == value), shown(value))


def _options(field: Field, offered: list[Any] | None, *, data: str) -> tuple[Option, ...]:
    known = {option.name: option for option in field.choices}
    fitting = [option.name for option in choices_for(field, data=data)]
    values = specs.here(field.name, fitting if offered is None else offered)
    return tuple(known.get(str(value), Option(shown(value), shown(value), "")) for value in values)
