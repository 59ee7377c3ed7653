"""The lessons that are announced and not written yet: titles and what they require, nothing else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from courses.content_files import CourseFiles
from courses.faults import Fault
from courses.questions.source import SLUG

_KEYS: dict[str, type] = {"id": str, "title": str, "section": str, "order": int, "requires": list}
_REMEDY = "Write - {id: residual, title: Residual networks, section: architectures, order: 15, requires: [batch-norm]}."


def read_coming(files: CourseFiles, *, sections: Sequence[str], faults: list[Fault]) -> list[dict[str, Any]]:
    """Return the entries of `coming` in order. One that is written by now is a fault: nobody would see its entry."""
    given = files.course.data.get("coming") or []
    if not isinstance(given, list):
        faults.append(files.course.fault("coming is no list.", _REMEDY, "coming"))
        return []
    broken = {index for index, entry in enumerate(given) if not _fits(entry)}
    faults += [
        files.course.fault("A coming lesson needs id, title, section, order and requires.", _REMEDY, "coming", index)
        for index in sorted(broken)
    ]
    kept = {index: entry for index, entry in enumerate(given) if index not in broken}
    faults += _faults(files, kept, sections)
    return sorted(({key: entry[key] for key in _KEYS} for entry in kept.values()), key=lambda entry: entry["order"])


def _fits(entry: Any) -> bool:
    if not isinstance(entry, dict) or set(entry) != set(_KEYS) or isinstance(entry["order"], bool):
        return False
    return all(isinstance(entry[key], kind) for key, kind in _KEYS.items()) and bool(SLUG.match(entry["id"]))


def _faults(files: CourseFiles, kept: Mapping[int, Mapping[str, Any]], sections: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with entries that are whole: ids, places, sections, prerequisites."""
    ids = Counter(entry["id"] for entry in kept.values())
    orders = _orders(files)
    written = {lesson.id: lesson.path for lesson in files.lessons}
    places = Counter([*orders.values(), *(entry["order"] for entry in kept.values())])
    orders |= {entry["id"]: entry["order"] for entry in kept.values()}
    for index, entry in kept.items():
        at = ("coming", index)
        if entry["id"] in written:
            said = f"The lesson {entry['id']!r} is announced, and written already: {written[entry['id']]}."
            yield files.course.fault(said, "Take the entry out.", *at, "id")
            continue
        if ids[entry["id"]] > 1:
            yield files.course.fault(f"The id {entry['id']!r} is announced twice.", "Keep one.", *at, "id")
        if places[entry["order"]] > 1:
            yield files.course.fault(f"The order {entry['order']} is taken.", "Give it its own.", *at, "order")
        if entry["section"] not in sections:
            remedy = f"Use one of {', '.join(sections)}."
            yield files.course.fault(f"There is no section {entry['section']!r}.", remedy, *at, "section")
        yield from _requirements(files, entry, orders, index)


def _requirements(
    files: CourseFiles, entry: Mapping[str, Any], orders: Mapping[str, int], index: int
) -> Iterator[Fault]:
    for place, required in enumerate(entry["requires"]):
        at = ("coming", index, "requires", place)
        if required not in orders:
            yield files.course.fault(f"It requires {required!r}, which is no lesson.", "Correct the id.", *at)
        elif orders[required] >= entry["order"]:
            yield files.course.fault(f"It requires {required!r}, which does not come before it.", "Correct it.", *at)


def _orders(files: CourseFiles) -> dict[str, int]:
    given = {lesson.id: lesson.front.data.get("order") for lesson in files.lessons}
    return {id_: order for id_, order in given.items() if isinstance(order, int)}
