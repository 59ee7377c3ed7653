"""Read one question of any kind."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from courses.questions.choices import read_options, read_order
from courses.questions.numbers import drawn_names, read_drawn, read_number
from courses.questions.places import read_pixel, read_shape
from courses.questions.source import SLUG, QuestionSource
from courses.rendering.context import Reading
from courses.yaml_lines import Located

_READERS: dict[str, tuple[Callable[[QuestionSource], dict[str, Any]], set[str]]] = {
    "one": (read_options, {"options"}),
    "several": (read_options, {"options"}),
    "prints": (read_options, {"options"}),
    "order": (read_order, {"items", "wrong", "otherwise"}),
    "number": (read_number, {"answer", "tolerance", "unit", "wrong", "otherwise"}),
    "drawn": (read_drawn, {"parameters", "function", "tolerance", "unit", "wrong", "otherwise"}),
    "shape": (read_shape, {"answer", "wrong", "otherwise"}),
    "pixel": (read_pixel, {"picture", "answer", "wrong", "otherwise"}),
}
KINDS = frozenset(_READERS)
_SHARED = {"id", "kind", "text", "code", "explanation", "reread"}


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question ready to be stored. `line` is where it starts in its file."""

    id: str
    kind: str
    data: dict[str, Any]
    line: int

    @property
    def content_hash(self) -> str:
        """What tells one version of the question from another."""
        text = json.dumps([self.kind, self.data], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def read_question(located: Located, reading: Reading) -> ReadQuestion:
    """Return one question; what is wrong with it becomes faults of the reading."""
    source = QuestionSource(located, reading)
    kind = located.data.get("kind")
    if kind not in _READERS:
        source.fault(f"The kind {kind!r} is not known.", f"Use one of {', '.join(sorted(KINDS))}.", "kind")
        return ReadQuestion(str(located.data.get("id", "")), str(kind), {}, located.line())
    read, own = _READERS[kind]
    if kind == "drawn":
        source.parameters = (*drawn_names(source), "answer")
    source.refuse_unknown(_SHARED | own)
    data = {**_shared(source), **read(source)}
    return ReadQuestion(str(located.data.get("id", "")), kind, data, located.line())


def _shared(source: QuestionSource) -> dict[str, Any]:
    given = source.located.data.get("id")
    if not isinstance(given, str) or not SLUG.match(given) or len(given) > 80:
        source.fault(f"The id {given!r} cannot be used.", "Use at most 80 lower-case letters, digits, hyphens.", "id")
    if source.located.data.get("kind") == "prints" and not source.located.data.get("code"):
        source.fault("There is no code to print anything.", "Add a block that starts with code: |.", "kind")
    reread = source.value("reread")
    if reread:
        source.reading.anchor_links.append((str(reread), source.located.line("reread")))
    return {
        "text": source.text("text", wanted="Say what is asked."),
        "code": source.code("code"),
        "explanation": source.text("explanation", wanted="Explain the right answer."),
        "reread": str(reread or ""),
    }
