"""Cut a lesson into passages: pieces of prose in which numbers are looked for, with their lines and footnotes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from courses.rendering.syntax import parser
from courses.rendering.values import PLACE, ValueFault, looked_up, shown
from courses.tracing.figures import formula_text

# Stand for what is not prose: code, a picture, the end of a formula.
CUT = "\x00"
_NOTE = re.compile(r"\x01(?P<label>[^\x02]*)\x02")
# A sentence ends at its mark, after any footnotes behind it.
_SENTENCE = re.compile(r"(?<=[.!?])((?:\x01[^\x02]*\x02|[)\"”*])*)\s+(?=[^\s\d])")
_FORMULAS = ("math_inline", "math_inline_double")
_BLOCKS = ("math_block", "math_block_label")


@dataclass(slots=True)
class Passage:
    """One piece of prose. `filled` holds, for each place of a computed value, its span in the text and its name."""

    line: int
    text: str
    filled: list[tuple[int, int, str]] = field(default_factory=list)
    note: str = ""  # the footnote whose text this is
    row_notes: tuple[str, ...] = ()  # the footnotes in the same row of a table

    def line_at(self, start: int) -> int:
        """Return the line of what stands at a place of the text."""
        return self.line + self.text.count("\n", 0, start)

    def is_filled(self, start: int) -> bool:
        """Return whether a computed value was put in here."""
        return any(first <= start < last for first, last, _ in self.filled)

    def notes_at(self, start: int) -> tuple[str, ...]:
        """Return the footnotes of the sentence at a place, of the next one, and of the row of a table."""
        ends = [found.end(1) for found in _SENTENCE.finditer(self.text)]
        first = max((end for end in ends if end <= start), default=0)
        last = [*(end for end in ends if end > start), len(self.text), len(self.text)][1]
        return (*(found["label"] for found in _NOTE.finditer(self.text, first, last)), *self.row_notes)


def passages(tokens: Sequence[Token], values: Mapping[str, Any], *, first_line: int) -> Iterator[Passage]:
    """Yield the passages of a token stream; a formula that stands alone is one too."""
    line, note = first_line, ""
    row: list[Passage] = []
    for token in tokens:
        if token.map is not None:
            line = token.map[0] + first_line
        if token.type == "footnote_open":
            note = str(token.meta.get("label", ""))
        elif token.type == "footnote_close":
            note = ""
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            _share_notes(row)
        if token.type == "inline" or token.type in _BLOCKS:
            passage = _inline(token, values, line) if token.type == "inline" else _formula(token, values, line)
            passage.note = note
            row.append(passage)
            yield passage


def passages_of(text: str, values: Mapping[str, Any], *, line: int) -> Iterator[Passage]:
    """Yield the passages of a text of its own, such as a question's."""
    yield from passages(parser().parse(text, {}), values, first_line=line)


def _share_notes(row: Sequence[Passage]) -> None:
    notes = tuple(found["label"] for passage in row for found in _NOTE.finditer(passage.text))
    for passage in row:
        passage.row_notes = notes


def _inline(inline: Token, values: Mapping[str, Any], line: int) -> Passage:
    passage = Passage(line, "")
    for child in inline.children or []:
        if child.type == "text":
            _add(passage, child.content, values)
        elif child.type in _FORMULAS:
            _add(passage, formula_text(_marked(child.content)), values)
        elif child.type == "footnote_ref":
            passage.text += f"\x01{child.meta.get('label', '')}\x02"
        elif child.type in ("softbreak", "hardbreak"):
            passage.text += "\n"
        elif child.type in ("code_inline", "image"):
            passage.text += CUT
    return passage


def _formula(token: Token, values: Mapping[str, Any], line: int) -> Passage:
    passage = Passage(line, "")
    _add(passage, formula_text(_marked(token.content)), values)
    return passage


def _marked(latex: str) -> str:
    """Keep places whole while LaTeX is read: their braces are no groups."""
    return PLACE.sub(lambda found: found[0].replace("{{", "{{ ").replace("}}", " }}"), latex)


def _add(passage: Passage, text: str, values: Mapping[str, Any]) -> None:
    """Add a text with its places filled in, and note what was filled."""
    at = 0
    for found in PLACE.finditer(text):
        passage.text += text[at : found.start()]
        start = len(passage.text)
        passage.text += _shown(found, values)
        passage.filled.append((start, len(passage.text), found["name"]))
        at = found.end()
    passage.text += text[at:]


def _shown(found: re.Match[str], values: Mapping[str, Any]) -> str:
    try:
        return shown(looked_up(found["name"], values), (found["format"] or "").strip())
    except ValueFault:
        return CUT  # reported where the lesson is read for publication
