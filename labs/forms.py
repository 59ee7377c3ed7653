"""The form that teaches: one knob per open field of a lab, with what was typed kept whatever it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from labs import owning, specs
from labs.foretelling import PLACES, PredictionForm
from labs.models import LabVersion, Run
from labs.owning import Visitor
from labs.several import SeveralForm
from nets.catalog import DATASETS, DRAWN, FIELDS, KNOWN, DataSet, Field, Option, OwnSet, choices_for
from nets.specs import LABELS, SpecError, TrainSpec

# A network is chosen by what it is, so its captions are shown; the other choices are words in a list.
SHOWN_AT_LENGTH: Final = frozenset({"arch"})
# More cards than this push everything else out of sight: then it is a list, with the caption of what is chosen.
MOST_CARDS: Final = 6
# Nobody types a number of more characters; a longer text would only fill the page that quotes it.
MAX_TYPED: Final = 40
LONGER: Final = {"names": 200, "words": 200, "steps": 4_000, "layers": 100_000}
YES_OR_NO: Final = (Option("true", "Yes", ""), Option("false", "No", ""))
# What a link to a lab may say besides fields: the run whose settings it starts from.
NO_FIELDS: Final = frozenset({"run"})


@dataclass(frozen=True, slots=True)
class Knob:
    """One field as the page shows it: what it is called and does, what was typed, and what is wrong with that."""

    field: Field
    value: str
    error: str
    options: tuple[Option, ...]

    @property
    def widget(self) -> str:
        """Which control shows it: "cards" (each with its caption), "ticks" (any of them), "list", "number", "words"."""
        if self.field.kind == "words":
            return "ticks"
        if self.field.kind == "names":
            return "words"
        if not self.options:
            return "number"
        return "cards" if self.is_captioned and len(self.options) <= MOST_CARDS else "list"

    @property
    def is_captioned(self) -> bool:
        """Whether the page says of each value what it is."""
        return self.field.name in SHOWN_AT_LENGTH

    @property
    def caption(self) -> str:
        """What the chosen value is, for a list that shows only titles."""
        return next((option.caption for option in self.options if option.name == self.value), "")

    @property
    def ticked(self) -> list[str]:
        """The words that are chosen, of a field that takes any of them."""
        return [word.strip() for word in self.value.split(",")]

    @property
    def limits(self) -> str:
        """The range of a number, in words; empty for a choice."""
        if self.field.minimum is None or self.field.maximum is None or self.options:
            return ""
        return f"{shown(self.field.minimum)} to {shown(self.field.maximum)}"


class LabForm:
    """A lab's open fields as texts. `spec` is None while any of them cannot stand; `errors` says which and why.

    `strangers` says what is wrong with those parts of a link (`is_link`) that are no knob here.
    """

    def __init__(
        self,
        version: LabVersion,
        data: Mapping[str, Any] | None = None,
        *,
        visitor: Visitor | None = None,
        is_link: bool = False,
    ) -> None:
        self.version = version
        self.visitor = visitor
        # Own pictures that may be chosen here, the newest first.
        self.sets = owning.usable(visitor) if owning.is_offered(version) else []
        self.prediction = PredictionForm(data or {})
        # A lab names only the fields that it sets; the rest are the spec's own defaults.
        self.settings = TrainSpec.from_json(version.spec).to_json()
        self.start = {name: typed_as(value) for name, value in self.settings.items()}
        asked = {name: _cut(name, _said(name, data)) for name in version.open_fields if name in data} if data else {}
        self.typed: dict[str, str] = {name: asked.get(name, self.start[name]) for name in version.open_fields}
        self.strangers = self._strangers(data) if data and is_link else []
        self.spec: TrainSpec | None = None
        self.errors: dict[str, str] = {}
        try:
            self.spec = specs.build(version, self.fields, owner=visitor)
        except SpecError as error:
            self.errors = error.errors
        every = [*self.knobs, *self.more_knobs]
        self.several = SeveralForm(version, [(knob.field, knob.options) for knob in every], data or {})
        self.several.read(self.fields, owner=visitor)

    def add(self, errors: Mapping[str, str]) -> str:
        """Take what only submitting could find out, such as that no device here could hold the run.

        Returns the sentences for what this form has no place for.
        """
        self.errors |= {name: sentence for name, sentence in errors.items() if name in self.typed}
        placed = self.typed.keys() | {"values"}
        homeless = (text for name, text in errors.items() if name not in placed and not name.startswith("prediction"))
        return " ".join(homeless)

    @property
    def fields(self) -> dict[str, object]:
        """What was typed, as the numbers it spells: what `submission.submit` takes.

        A drawing that is kept while another network is chosen is no part of it.
        """
        said = {name: text.strip() for name, text in self.typed.items()}
        if "layers" in said and self.typed.get("arch", self.start["arch"]) != DRAWN:
            said["layers"] = ""
        return specs.read_form(said)

    @property
    def nearest(self) -> TrainSpec:
        """The run that the form describes, with the lab's own value in each field that cannot stand."""
        if self.spec is not None:
            return self.spec
        sound = {name: value for name, value in self.fields.items() if name not in self.errors}
        sound |= {"data": self._dataset.name, "pictures": self._pictures} if "data" in sound else {}
        # Network, images and drawing may each be sound and yet not fit one another.
        alone = {name: value for name, value in sound.items() if name not in ("arch", "data", "layers", "pictures")}
        try:
            return TrainSpec.from_json(self.settings | sound)
        except SpecError:
            return TrainSpec.from_json(self.settings | alone)

    @property
    def knobs(self) -> list[Knob]:
        """Every open field that most labs open, in the order of the catalog."""
        return [self._knob(field) for field in FIELDS.values() if field.name in self.typed and not field.advanced]

    @property
    def more_knobs(self) -> list[Knob]:
        """The open fields that only a few labs need: the page folds them away."""
        folded = (field for field in FIELDS.values() if field.name in self.typed and field.advanced)
        return [self._knob(field) for field in folded if field.name != "layers"]

    @property
    def drawing(self) -> Knob | None:
        """The layers of the learner's own network, where the lab lets them draw one."""
        return self._knob(FIELDS["layers"]) if specs.may_draw(self.version) else None

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the folded knobs is not where the lab put it, or not sound."""
        return any(k.error or k.value != self.start[k.field.name] for k in self.more_knobs)

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """Every place for a sentence of the form, with the sentence, empty when all is well there."""
        own = [(name, self.errors.get(name, "")) for name in self.typed]
        # Who has just chosen the setting has not given its values yet.
        several = self.several.error if self.several.values else ""
        return [*own, *self.prediction.parts, ("several", several)]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is to be mended before this can be trained: where on the page, and the sentence."""
        places = PLACES | {"several": "several"}
        told = [*self.sentences[:-1], ("several", self.several.error)]
        return [(places.get(name, f"knob-{name}"), sentence) for name, sentence in told if sentence]

    @property
    def query(self) -> str:
        """Every open field as a link says it: opened, it fills this form with the same settings."""
        said = QueryDict(mutable=True)
        said.update(self.typed)
        return said.urlencode()

    @property
    def fixed(self) -> list[tuple[str, str]]:
        """What this lab decides for everyone: label and value; what its author hides is left out."""
        left_out = {*self.typed, *self.version.hidden_fields}
        closed = [field for field in FIELDS.values() if field.name not in left_out and not field.advanced]
        return [(field.label, titled(field, self.settings[field.name])) for field in closed]

    @property
    def is_own_offered(self) -> bool:
        """Whether the page says how to bring pictures of one's own."""
        return owning.is_offered(self.version)

    @property
    def _pictures(self) -> str:
        """What a spec says of the set of own pictures that is chosen; nothing for other data."""
        return next((each.pictures for each in self.sets if each.value == self.typed.get("data")), "")

    @property
    def _dataset(self) -> DataSet:
        """The data set that the run would use; the lab's own while what was typed is none."""
        if self._pictures:
            return OwnSet.parse(self._pictures).data_set
        return DATASETS.get(self.typed.get("data", "")) or TrainSpec.from_json(self.settings).dataset

    def _strangers(self, data: Mapping[str, Any]) -> list[str]:
        """Say what is wrong with the parts of a link that are no knob; a closed field at its own value is none."""
        asked = {name: _cut(name, value) for name, value in data.items() if name not in NO_FIELDS | {*self.typed}}
        closed = {name: value for name, value in asked.items() if self.start.get(name) != value}
        return [_stranger(name) for name in closed if not name.startswith(("predict_", "several"))]

    def _knob(self, field: Field) -> Knob:
        offered = self.version.choices.get(field.name)
        return Knob(
            field=field,
            value=self.typed[field.name],
            error=self.errors.get(field.name, ""),
            options=self._own(field, _options(field, offered, shape=self._dataset.shape)),
        )

    def _own(self, field: Field, options: tuple[Option, ...]) -> tuple[Option, ...]:
        """Add what is no word of a list but the learner's own: a drawing, or an augmentation by steps."""
        value = self.typed.get(field.name, "")
        known = {option.name for option in options}
        if field.name == "arch" and DRAWN not in known and self.typed.get("layers") and specs.may_draw(self.version):
            return (*options, Option(DRAWN, KNOWN[DRAWN].title, KNOWN[DRAWN].caption))
        if field.name == "data":
            return (*options, *(Option(each.value, f"Your pictures: {each}", "") for each in self.sets))
        if field.kind == "steps" and value.startswith("[") and value not in known:
            return (*options, Option(value, "Steps of your own", ""))
        return options


def of_run(run: Run) -> LabForm:
    """Return the form of a run's lab as its owner filled it in for this run."""
    said = run.spec | {"data": owning.as_chosen(run.spec, run.owner)}
    return LabForm(run.lab_version, said, visitor=run.owner)


def _stranger(name: str) -> str:
    """Say what is wrong with a part of a link; the form itself shows what may be changed."""
    return f"{LABELS[name]} is fixed in this lab." if name in LABELS else f"“{name[:60]}” is no setting of this lab."


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


def typed_as(value: object) -> str:
    """Return a spec's value as a form sends it back.

    >>> typed_as(True), typed_as(["filters", "probe"]), typed_as(1e-06)
    ('true', 'filters, probe', '0.000001')
    """
    return str(value).lower() if isinstance(value, bool) else shown(value)


def titled(field: Field, value: object) -> str:
    """Return a value as pages call it: the title of a choice, the number itself otherwise."""
    if field.kind == "pictures" and value:
        return ", ".join(f"{name} ({count:,})" for name, count in OwnSet.parse(value).classes)
    return next((option.title for option in field.choices if option.name == value), shown(value))


def _options(field: Field, offered: list[Any] | None, *, shape: tuple[int, int, int]) -> tuple[Option, ...]:
    if field.kind == "flag":
        return YES_OR_NO
    known = {option.name: option for option in field.choices}
    fitting = [option.name for option in choices_for(field, shape=shape)]
    values = specs.here(field.name, fitting if offered is None else offered)
    return tuple(known.get(str(value), Option(shown(value), shown(value), "")) for value in values)


def _said(name: str, data: Mapping[str, Any]) -> object:
    """Return what was sent for a field; the words of several ticks as one text."""
    if FIELDS[name].kind == "words" and isinstance(data, QueryDict):
        return ", ".join(word for word in data.getlist(name) if word)
    return data[name]


def _cut(name: str, value: object) -> str:
    kind = FIELDS[name].kind if name in FIELDS else ""
    return typed_as(value)[: LONGER.get(kind, MAX_TYPED)]
