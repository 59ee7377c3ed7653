"""What a lab tells around its runs: which twin to train next, and what there was to see in one that has ended. Pure.

A story is {"seen": [{"when", "text"}], "twins": [{"when", "field", "value", "text"}]}. `when` holds settings that a
run must have for the entry to be about it; without it, the entry is about every run. With "begin": "range_test" the
lab begins with a range test, whose mark three runs then judge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nets.specs import BOUNDS, SpecError, TrainSpec

BEGINNINGS: Final = ("range_test",)
KEYS: Final[Mapping[str, frozenset[str]]] = {
    "seen": frozenset({"when", "text"}),
    "twins": frozenset({"when", "field", "value", "text"}),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A twin that a lab proposes: the same run with `field` set to `value`; `text` is what its button says."""

    field: str
    value: Any
    text: str
    spec: TrainSpec


def what_was_seen(story: Mapping[str, Any], spec: Mapping[str, Any]) -> str:
    """Return what there was to see in a run of `spec`: the first entry that is about it, or nothing.

    >>> what_was_seen({"seen": [{"when": {"seed": 1}, "text": "one"}, {"text": "any"}]}, {"seed": 2})
    'any'
    """
    return next((str(entry["text"]) for entry in story.get("seen", []) if _is_about(entry, spec)), "")


def suggestions(story: Mapping[str, Any], spec: Mapping[str, Any]) -> list[Suggestion]:
    """Return the twins to propose to a run of `spec`: those that would change something and can be trained."""
    now, found = TrainSpec.from_json(spec), list[Suggestion]()
    for entry in story.get("twins", []):
        changed = _changed(spec, field=entry["field"], value=entry["value"]) if _is_about(entry, spec) else None
        if changed not in (None, now):
            found.append(Suggestion(entry["field"], entry["value"], entry["text"], changed))
    return found


def faults(
    story: Mapping[str, Any], *, spec: Mapping[str, Any], open_fields: list[str]
) -> Iterator[tuple[str, int, str]]:
    """Yield what is wrong with a story, as (key, place in its list, sentence)."""
    if "begin" in story and story["begin"] not in BEGINNINGS:
        yield "begin", 0, f"A lab may begin with {', '.join(BEGINNINGS)}."
    elif "begin" in story and "learning_rate" not in open_fields:
        yield "begin", 0, "A lab that begins with a range test leaves the learning rate open."
    for key, known in KEYS.items():
        for place, entry in enumerate(story.get(key, [])):
            if not isinstance(entry, dict) or entry.keys() - known or known - {"when"} - entry.keys():
                yield key, place, f"An entry of `{key}` has {', '.join(sorted(known))}; `when` may be left out."
            elif not isinstance(entry["text"], str) or not isinstance(entry.get("when", {}), dict):
                yield key, place, "`text` must be text, and `when` fields with their values."
            elif unknown := entry.get("when", {}).keys() - BOUNDS.keys():
                yield key, place, f"`when` names {', '.join(sorted(unknown))}, which no run has."
            elif key == "twins":
                yield from ((key, place, sentence) for sentence in _faults_of_twin(entry, spec, open_fields))


def _faults_of_twin(entry: Mapping[str, Any], spec: Mapping[str, Any], open_fields: list[str]) -> Iterator[str]:
    field, value = entry["field"], entry["value"]
    if field not in open_fields:
        yield f"A twin changes {field!r}, which is not open in this lab."
    elif _changed(spec, field=field, value=value) is None:
        yield f"No run of this lab can have {field} {value!r}."


def _changed(spec: Mapping[str, Any], *, field: str, value: Any) -> TrainSpec | None:
    try:
        return TrainSpec.from_json({**spec, field: value})
    except SpecError:
        return None


def _is_about(entry: Mapping[str, Any], spec: Mapping[str, Any]) -> bool:
    usual = TrainSpec.from_json(spec).to_json()
    return all(usual[name] == value for name, value in entry.get("when", {}).items())
