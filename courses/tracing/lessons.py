"""Trace every number of one lesson."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from courses.content_files import LessonFile
from courses.faults import Fault
from courses.rendering.values import PLACE
from courses.tracing.figures import Figure, figures
from courses.tracing.passages import Passage, passages, passages_of
from courses.tracing.questions import Given, given_of, texts_of
from courses.tracing.sources import CITED, COMPUTED, DECIDED, Origin, Sources, sources
from courses.tracing.sums import sums
from courses.yaml_lines import Key, Located

UNTRACED = "untraced"
_REMEDY = (
    "Compute it in a cell and write {{ name }}, cite it with a footnote, or list it under decided: in the front matter."
)


@dataclass(frozen=True, slots=True)
class Traced:
    """One number of a lesson with its origin; `kind` is computed, cited, decided or untraced."""

    path: str
    line: int
    text: str
    kind: str
    source: str

    def fault(self) -> Fault:
        """Return what publication or `make check` says of an untraced number."""
        return Fault(self.path, self.line, f"Nobody says where the number {self.text} comes from.", _REMEDY)


def trace_lesson(file: LessonFile, labs: Mapping[str, Located]) -> tuple[list[Traced], list[Fault]]:
    """Return every number of a lesson with its origin, and what is wrong: untraced ones, sums that do not hold.

    `labs`: the files of the course's labs by name.
    """
    values = {name: value for result in file.results.values() for name, value in result.values.items()}
    names = {name: cell.id for cell in file.cells for name in cell.exports}
    shown_labs = {token.meta["argument"] for token in file.body if token.type == "directive_open"}
    held = {name: located for name, located in labs.items() if name in shown_labs}
    tracer = _Tracer(file.path, names, sources(file.cells, file.results, labs=held, front=file.front))
    for passage in passages(file.body, values, first_line=file.first_line):
        tracer.trace(passage)
    tracer.trace_front(file.front, values)
    for question in file.questions:
        tracer.trace_question(question, values)
    for cell in file.cells:
        if not cell.hidden and (result := file.results.get(cell.id)):
            printed = len(list(figures(result.stdout)))
            text = f"{printed} printed"
            tracer.found.append(Traced(file.path, cell.line, text, COMPUTED, f"cell {cell.id}"))
    return sorted(tracer.found, key=lambda each: each.line), [*tracer.faults, *tracer.unused(file.front)]


class _Tracer:
    """Traces passage by passage, and keeps what it found."""

    def __init__(self, path: str, names: Mapping[str, str], held: Sources) -> None:
        self.path, self.names, self.held = path, names, held
        self.found: list[Traced] = []
        self.faults: list[Fault] = []
        self.cited: dict[float, str] = {}  # what the text cites, which its questions may say again

    def trace(self, passage: Passage, given: Given | None = None) -> None:
        """Trace the numbers of one passage. `given`: what the question it belongs to sets."""
        written = [found for found in sums(passage.text) if "\x00" not in found.text]
        for found in written:
            if not found.holds:
                line = passage.line_at(found.start)
                self.faults.append(Fault(self.path, line, f"The sum {found.text} does not hold.", "Correct it."))
        for start, last, name in passage.filled:
            if any(character.isdigit() for character in passage.text[start:last]):
                self._add(passage, start, passage.text[start:last], Origin(COMPUTED, f"cell {self.names.get(name)}"))
        for figure in figures(passage.text):
            if not passage.is_filled(figure.start):
                in_sum = any(found.start <= figure.start < found.end for found in written)
                self._add(passage, figure.start, figure.text, self._origin(figure, passage, given, in_sum=in_sum))

    def _origin(self, figure: Figure, passage: Passage, given: Given | None, *, in_sum: bool) -> Origin | None:
        notes = (passage.note,) if passage.note else passage.notes_at(figure.start)
        if notes:
            self.cited.setdefault(figure.value, notes[0])
            return Origin(CITED, f"footnote {notes[0]}")
        if given is not None and any(figure.fits(value) for value in given.values):
            return Origin(DECIDED, f"set in question {given.question}")
        line = passage.line_at(figure.start)
        origin = self.held.of(figure, line=line, around=passage.text)
        if origin is None and given is not None and figure.value in self.cited:
            return Origin(CITED, f"footnote {self.cited[figure.value]}, as in the text")
        if origin is None and in_sum:
            return Origin(COMPUTED, "a sum that is written out, checked")
        return origin

    def _add(self, passage: Passage, start: int, text: str, origin: Origin | None) -> None:
        line = passage.line_at(start)
        traced = Traced(
            self.path,
            line,
            " ".join(text.split()),
            origin.kind if origin else UNTRACED,
            origin.source if origin else "",
        )
        self.found.append(traced)
        if origin is None:
            self.faults.append(traced.fault())

    def trace_front(self, front: Located, values: Mapping[str, Any]) -> None:
        """Trace title, summary and objectives; the minutes are ours."""
        self.found.append(
            Traced(
                self.path, front.line("duration"), str(front.data.get("duration")), DECIDED, "duration of the lesson"
            )
        )
        objectives = front.data.get("objectives") or []
        texts: list[tuple[tuple[Key, ...], object]] = [
            ((key,), front.data.get(key, "")) for key in ("title", "summary")
        ]
        texts += [(("objectives", at), text) for at, text in enumerate(objectives)]
        for keys, text in texts:
            for passage in passages_of(PLACE.sub("", str(text)), values, line=front.line(*keys)):
                self.trace(passage)

    def trace_question(self, question: Located, values: Mapping[str, Any]) -> None:
        """Trace what a question says; what it sets itself (its text, its code, its wrong answers) is decided."""
        given = given_of(question, values)
        for keys, text, is_set in texts_of(question):
            for passage in passages_of(text, values, line=question.line(*keys)):
                if is_set:
                    self._trace_set(passage, given)
                else:
                    self.trace(passage, given)

    def _trace_set(self, passage: Passage, given: Given) -> None:
        for start, last, name in passage.filled:
            self._add(passage, start, passage.text[start:last], Origin(COMPUTED, f"cell {self.names.get(name)}"))
        for figure in figures(passage.text):
            if not passage.is_filled(figure.start):
                self._add(passage, figure.start, figure.text, Origin(DECIDED, f"set in question {given.question}"))

    def unused(self, front: Located) -> Iterator[Fault]:
        """Yield a fault for every decision that no number of the lesson needs."""
        entries = front.data.get("decided") or []
        for at, entry in enumerate(entries if isinstance(entries, list) else []):
            if not isinstance(entry, dict) or set(entry) != {"text", "why"}:
                yield front.fault(
                    "A decided number needs text and why.", "Write - {text: ..., why: ...}.", "decided", at
                )
            elif str(entry["text"]) not in self.held.used:
                yield front.fault(
                    f"No untraced number stands in {entry['text']!r}.", "Quote the lesson's own words, or drop it.",
                    "decided", at,
                )  # fmt: skip
