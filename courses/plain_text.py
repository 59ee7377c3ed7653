"""The text of a rendered lesson, section by section, as search keeps it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Formulas read as rows of letters, glossary entries and footnotes stand elsewhere, widgets hold no text.
_LEFT_OUT = {"math", "svg", "sup"}
_LEFT_OUT_CLASSES = {"term__entry", "footnotes", "footnote-ref"}
_VOID = {"img", "br", "hr", "input", "wbr", "source", "col"}
_INLINE = {"a", "abbr", "b", "code", "em", "i", "kbd", "samp", "span", "strong", "sub"}


@dataclass(slots=True)
class Section:
    """What stands under one heading. No anchor: what stands before the first heading."""

    anchor: str
    title: str = ""
    text: str = ""


@dataclass(slots=True)
class _Open:
    tag: str
    left_out: bool


@dataclass
class _Reader(HTMLParser):
    """Collects text under the headings of level 2 and 3."""

    sections: list[Section] = field(default_factory=lambda: [Section("")])
    _open: list[_Open] = field(default_factory=list)
    _heading: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        within = bool(self._open) and self._open[-1].left_out
        left_out = within or tag in _LEFT_OUT or bool(classes & _LEFT_OUT_CLASSES)
        if tag not in _INLINE:
            self._add(" ")
        if tag not in _VOID:
            self._open.append(_Open(tag, left_out))
        if tag in ("h2", "h3") and not left_out:
            self._heading = tag
            self.sections.append(Section(given.get("id") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass  # what was left open inside is closed with it
        if tag == self._heading:
            self._heading = ""
        elif tag not in _INLINE:
            self._add(" ")

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1].left_out):
            self._add(data)

    def _add(self, text: str) -> None:
        section = self.sections[-1]
        if self._heading:
            section.title += text
        else:
            section.text += text


def sections_of(html: str) -> Iterator[Section]:
    """Yield the sections of a lesson that hold anything, blanks made one.

    >>> [(s.anchor, s.title, s.text) for s in sections_of('<p>One.</p><h2 id="a">Two <em>3</em></h2><p>Four.</p>')]
    [('', '', 'One.'), ('a', 'Two 3', 'Four.')]
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    for section in reader.sections:
        found = Section(section.anchor, _tidy(section.title), _tidy(section.text))
        if found.title or found.text:
            yield found


def block_of(html: str, anchor: str) -> str:
    """Return the text of the element with an id; empty when there is none.

    >>> block_of('<p id="a">One <b>two</b>.</p><p id="b">Three.</p>', "a")
    'One two.'
    """
    reader = _Block(anchor)
    reader.feed(html)
    reader.close()
    return _tidy(reader.text)


@dataclass
class _Block(HTMLParser):
    """Collects the text of one element, formulas and all, without the glossary entries that it hides."""

    anchor: str
    text: str = ""
    _depth: int = 0
    _hidden: int = 0
    _is_over: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._depth and tag not in _INLINE:
            self.text += " "
        if tag in _VOID or self._is_over:
            return
        given = dict(attrs)
        if self._depth or given.get("id") == self.anchor:
            self._depth += 1
            if self._hidden or set((given.get("class") or "").split()) & _LEFT_OUT_CLASSES:
                self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if self._depth and tag not in _VOID:
            self._depth -= 1
            self._hidden = max(0, self._hidden - 1)
            self._is_over = self._depth == 0

    def handle_data(self, data: str) -> None:
        if self._depth and not self._hidden:
            self.text += data


def text_of(html: str) -> str:
    """Return the text of a piece of HTML, headings and all."""
    return _tidy(" ".join(f"{section.title} {section.text}" for section in sections_of(html)))


def _tidy(text: str) -> str:
    return " ".join(text.split())
