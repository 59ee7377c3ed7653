"""Turn what a person asked for into a spec: the lab's starting spec, changed where the lab lets them change it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from labs import owning
from labs.models import LabVersion
from labs.owning import Visitor
from nets import archives
from nets.catalog import DRAWN, KNOWN, OWN, fits
from nets.ledger import ledger
from nets.specs import BOUNDS, LABELS, Flag, Real, SpecError, TrainSpec, Whole, Words

# The networks whose layers have one name in the ledger and in torch: elsewhere only a worker knows what can be frozen.
NAMED_ALIKE: Final = frozenset(
    {"lenet5", "threeblock", "threeblock224", "fourconv", "fourconv_bn", "twoconv_bn", "alexnet", "alexnet32"}
)
# The most runs that may be asked for together.
MOST_AT_ONCE: Final = 20


def build(
    version: LabVersion,
    fields: Mapping[str, object],
    *,
    owner: Visitor | None = None,
    start: Mapping[str, object] | None = None,
) -> TrainSpec:
    """Return the spec that `fields` ask for, typed as JSON types it; what they leave out is the lab's, or `start`'s.

    `owner` is whose run it would be: only they may use their own pictures, which "own:" and the set's id choose.
    Raises SpecError with one sentence for every field that is unknown, closed in this lab, or out of bounds.
    """
    asked = {name: value for name, value in fields.items() if name in version.open_fields}
    errors = {name: closed(name, version) for name in fields if name not in version.open_fields}
    try:
        asked = owning.resolved(asked, owner)
    except SpecError as error:
        errors |= error.errors
        del asked["data"]
    errors |= _outside_choices(asked, version)
    try:
        spec = TrainSpec.from_json(dict(version.spec if start is None else start) | asked)
    except SpecError as error:
        raise SpecError(error.errors | errors) from error
    errors = _unfit(spec, version) | _not_here(spec) | owning.fault_of(spec, owner) | _unfrozen(spec) | errors
    if errors:
        raise SpecError(errors)
    return spec


def several(
    version: LabVersion, fields: Mapping[str, object], *, owner: Visitor | None, field: str, values: Sequence[object]
) -> list[TrainSpec]:
    """Return a spec for each of several values of one field, with the other `fields` as `build` takes them.

    Raises SpecError; what is wrong with the values, each of them named, stands under "values".
    """
    if not 2 <= len(values) <= MOST_AT_ONCE:
        were = "was" if len(values) == 1 else "were"
        raise SpecError({"values": f"Give 2 to {MOST_AT_ONCE} values; {len(values)} {were} given."})
    asked: list[TrainSpec] = []
    errors: dict[str, str] = {}
    bad: list[str] = []
    for value in values:
        try:
            asked.append(build(version, {**fields, field: value}, owner=owner))
        except SpecError as error:
            bad += [error.errors.pop(field)] if field in error.errors else []
            errors |= error.errors
    if len({spec.digest() for spec in asked}) < len(asked):
        bad.append("Two of these values are the same; give each once.")
    errors |= {"values": " ".join(bad)} if bad else {}
    if errors:
        raise SpecError(errors)
    return asked


def fault_of_rate(version: LabVersion, value: object) -> str:
    """Return what is wrong with `value` as a new learning rate in this lab; nothing when it may stand."""
    if "learning_rate" not in version.open_fields:
        return closed("learning_rate", version)
    return BOUNDS["learning_rate"].fault(LABELS["learning_rate"], value) or ""


def here(name: str, values: Sequence[Any]) -> list[Any]:
    """Return those of a field's `values` that can be used on this server: data sets that would be downloaded cannot."""
    return [value for value in values if name != "data" or value in archives.names_here()]


def may_draw(version: LabVersion) -> bool:
    """Whether a lab lets a learner draw the network: its layers are open, and so is which network it is."""
    offered = version.choices.get("arch", [DRAWN])
    return {"arch", "layers"} <= {*version.open_fields} and DRAWN in offered


def read_form(data: Mapping[str, str]) -> dict[str, object]:
    """Read the texts of a form as the numbers they spell; what is no number stays a text, for the error to quote."""
    return {name: _typed(name, text) for name, text in data.items()}


def _typed(name: str, text: str) -> object:
    bound = BOUNDS.get(name)
    if isinstance(bound, Flag):
        return {"true": True, "false": False}.get(text.lower(), text)
    if isinstance(bound, Words):
        return [word.strip() for word in text.split(",")] if text else []
    try:
        if isinstance(bound, Whole):
            return int(text)
        if isinstance(bound, Real):
            return float(text)
    except ValueError:
        return text
    return text


def closed(name: str, version: LabVersion) -> str:
    """Say that a lab does not let `name` be changed, and what it does."""
    allowed = ", ".join(version.open_fields) or "none"
    if name in LABELS:
        return f"{LABELS[name]} is fixed in this lab; you may change: {allowed}."
    return f"“{name[:60]}” is no field of this lab; you may change: {allowed}."


def _unfit(spec: TrainSpec, version: LabVersion) -> dict[str, str]:
    """Return a sentence when the network is meant for images of another size, unless the lab itself offers it."""
    network, data = KNOWN[spec.arch], spec.dataset
    if spec.arch in (version.spec.get("arch"), *version.choices.get("arch", ())) or fits(spec.arch, data.shape):
        return {}
    (_, rows, columns), (_, height, width) = network.shape, data.shape
    return {
        "arch": f"{network.title} is meant for images of {rows}x{columns}; those of {data.title} are {height}x{width}. "
        "Choose one that the form shows."
    }


def _not_here(spec: TrainSpec) -> dict[str, str]:
    """Return a sentence when the data of `spec` are neither made nor kept on this server."""
    usable = archives.names_here()
    if spec.data in usable or spec.data == OWN:
        return {}
    title = spec.dataset.title
    return {"data": f"{LABELS['data']}: {title} is not on this server; there are {', '.join(usable)}."}


def _unfrozen(spec: TrainSpec) -> dict[str, str]:
    """Return a sentence when the network has no layer of a name that is to be frozen, or none would be left."""
    if spec.freeze in ("none", "backbone") or spec.arch not in NAMED_ALIKE:
        return {}
    data = spec.dataset
    try:
        book = ledger(spec.arch, shape=data.shape, classes=len(data.classes), frozen=spec.freeze.split(","))
    except ValueError as error:
        return {"freeze": f"{LABELS['freeze']}: {error}"}
    if book.trainable:
        return {}
    return {"freeze": f"{LABELS['freeze']} must leave something to train; “{spec.freeze}” is the whole network."}


def _outside_choices(asked: Mapping[str, object], version: LabVersion) -> dict[str, str]:
    """Return a sentence for every asked value that the lab does not offer."""
    return {
        name: f"{LABELS.get(name, name)} must be one of {', '.join(map(str, offered))} in this lab."
        for name, offered in version.choices.items()
        if name in asked and asked[name] not in offered
    }
