"""Resolve what stands between paragraphs: directives and fences."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from courses.faults import ContentError
from courses.rendering.context import Reading, Reference, ShownPart
from courses.yaml_lines import Located

NOTES = frozenset({"note", "pitfall", "margin"})


@dataclass(frozen=True, slots=True)
class CellInfo:
    """What a fence says about its executed cell: ```python {cell=ID} hidden tolerance=1e-3 exports=a,b"""

    id: str
    hidden: bool
    tolerance: float
    exports: tuple[str, ...]
    unknown: tuple[str, ...]


def cell_info(info: str) -> CellInfo | None:
    """Return what a fence's info string says, None when the fence is no cell.

    Raises ValueError when the tolerance is no number.

    >>> cell_info("python {cell=count exports=a,b}").exports
    ('a', 'b')
    """
    words = shlex.split(info.replace("{", " ").replace("}", " "))[1:]
    pairs = dict(word.partition("=")[::2] for word in words)
    if "cell" not in pairs:
        return None
    unknown = tuple(sorted(set(pairs) - {"cell", "hidden", "tolerance", "exports"}))
    exports = tuple(name.strip() for name in pairs.get("exports", "").split(",") if name.strip())
    return CellInfo(pairs["cell"], "hidden" in pairs, float(pairs.get("tolerance", "0")), exports, unknown)


def resolve_fence(token: Token, reading: Reading, line: int) -> None:
    """Tie an executed cell to what it printed."""
    if token.info.split()[:1] == ["question"]:
        reading.fault(line, "A question stands outside the Knowledge Check.", 'Move it below "## Knowledge Check".')
        return
    try:
        cell = cell_info(token.info)
    except ValueError:
        return  # reported where cells are read
    if cell is not None:
        output = reading.outputs.get(cell.id, "").rstrip()
        token.meta = {"cell": {"id": cell.id, "hidden": cell.hidden, "output": output}}


def resolve_directive(token: Token, reading: Reading, line: int) -> None:
    """Check what a directive names, and note widgets and parts."""
    meta = token.meta
    kind, name = meta["kind"], meta["argument"]
    if kind == "widget":
        _resolve_widget(name, meta["options"], reading, line)
    elif kind in reading.course.part_kinds:
        _resolve_part(meta, reading, line)
    elif kind not in NOTES:
        known = ", ".join(sorted(NOTES | reading.course.part_kinds | {"widget"}))
        reading.fault(line, f"The directive {kind or name!r} is not known.", f"Use one of {known}: :::{{kind}}.")


def _resolve_widget(name: str, options: dict[str, str], reading: Reading, line: int) -> None:
    if name not in reading.course.widgets:
        known = ", ".join(sorted(reading.course.widgets)) or "none yet"
        reading.fault(line, f"There is no widget {name!r}.", f"Use one of static/js/widgets/index.json ({known}).")
    placed_by = reading.course.widgets.get(name, {}).get("directive")
    if placed_by:
        reading.fault(line, f"{name} does not stand on its own.", f"Write :::{{{placed_by}}} and a name.")
    takes = reading.course.widgets.get(name, {}).get("options")
    for option, value in options.items():
        is_known = not isinstance(takes, Mapping) or option in takes
        if not is_known or option.startswith("on") or option in ("style", "id", "class"):
            reading.fault(line, f"A widget takes no option {option!r}.", "Use the options that its index names.")
        elif isinstance(takes, Mapping) and isinstance(takes[option], list) and value not in takes[option]:
            allowed = ", ".join(takes[option])
            reading.fault(line, f"The option {option!r} cannot be {value!r}.", f"Use one of {allowed}.")
    if name not in reading.widgets:
        reading.widgets.append(name)


def _resolve_part(meta: dict[str, Any], reading: Reading, line: int) -> None:
    kind, key = meta["kind"], meta["argument"]
    if kind in reading.course.filed_kinds:
        reference = reading.course.parts.get((kind, key))
        if reference is None:
            reading.fault(
                line, f"There is no {kind} {key!r}.", f"Add its file {kind}s/{key}.yaml, or correct the name."
            )
    else:
        reference = _described(kind, key, Located(reading.path, meta["options"], {(): line}), reading)
    meta["reference"] = reference
    if reference is None:
        return
    reading.parts.append(ShownPart(kind, key, reference.title, line))
    if reference.widget and reference.widget not in reading.widgets:
        reading.widgets.append(reference.widget)


def _described(kind: str, key: str, located: Located, reading: Reading) -> Reference | None:
    try:
        return reading.course.read_part(kind, key, located)
    except ContentError as error:
        reading.faults += error.faults
        return None
