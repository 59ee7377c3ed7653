"""Check every reference in a parsed text and fill it in: values, terms, links, pictures, anchors, directives."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from markdown_it.token import Token

from courses.rendering.blocks import resolve_directive, resolve_fence
from courses.rendering.context import Heading, Reading
from courses.rendering.filling import fill
from courses.rendering.references import resolve_image, resolve_link
from courses.rendering.writing import inline_html

# What someone may report a mistake in, or have read last: blocks of the text itself, not those within others.
_BLOCKS = frozenset(
    f"{kind}_open" for kind in ("paragraph", "bullet_list", "ordered_list", "blockquote", "table", "directive")
) | {"math_block"}
_LOST_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")


def resolve(tokens: Sequence[Token], reading: Reading, *, first_line: int) -> None:
    """Resolve a whole token stream in place; what does not fit becomes a fault of the reading."""
    line = first_line
    heading: Token | None = None
    block: Token | None = None
    for token in tokens:
        if token.map is not None:
            line = token.map[0] + first_line
        block = token if token.level == 0 and token.type in _BLOCKS else block
        if block is not None and token.content:
            _name(block, token.content, reading)
            block = None
        _resolve_block(token, reading, line)
        if token.type == "inline" and heading is not None:
            _anchor(heading, token, reading)
        heading = token if token.type == "heading_open" else None


def _resolve_block(token: Token, reading: Reading, line: int) -> None:
    fill(token, reading, line)
    if token.type == "inline":
        _resolve_inline(token, reading, line)
    elif token.type == "fence":
        resolve_fence(token, reading, line)
    elif token.type == "directive_open":
        resolve_directive(token, reading, line)


def _resolve_inline(inline: Token, reading: Reading, line: int) -> None:
    terms: list[Token] = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        fill(child, reading, line)
        if child.type == "link_open":
            resolve_link(child, reading, line, terms)
        elif child.type == "link_close" and terms and terms[-1].level == child.level:
            child.type, child.meta = "term_close", terms.pop().meta
        elif child.type == "image":
            resolve_image(child, reading, line)
        elif child.type == "text" and (lost := _LOST_FOOTNOTE.search(child.content)):
            reading.fault(line, f"The footnote {lost[0]} is not defined.", f"Add a line {lost[0]}: with its text.")


def _name(block: Token, content: str, reading: Reading) -> None:
    """Give a block an id that follows from what it says, so that it stays when others are added before it."""
    digest = hashlib.sha256(content.encode()).hexdigest()
    block.attrSet("id", reading.free_anchor(f"b-{digest[:8]}"))


def _anchor(heading: Token, inline: Token, reading: Reading) -> None:
    plain = "".join(child.content for child in inline.children or [])
    anchor = reading.free_anchor(str(heading.attrGet("id") or anchor_of(plain)))
    heading.attrSet("id", anchor)
    reading.headings.append(Heading(int(heading.tag[1]), anchor, inline_html(inline)))


def anchor_of(title: str) -> str:
    """Return the anchor of a heading.

    >>> anchor_of("The shape that PyTorch wants")
    'the-shape-that-pytorch-wants'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def check_anchor_links(reading: Reading) -> None:
    """Add a fault for every link to an anchor that this lesson does not have."""
    for anchor, line in reading.anchor_links:
        if anchor not in reading.anchors:
            reading.fault(line, f"No heading here has the anchor #{anchor}.", "Link the heading's own anchor.")
