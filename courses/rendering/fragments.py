"""Render a piece of Markdown on its own: a question's text, an explanation, a glossary entry."""

from courses.rendering.context import Reading
from courses.rendering.resolving import resolve
from courses.rendering.syntax import parser
from courses.rendering.writing import block_html, inline_html


def fragment(text: str, reading: Reading, *, line: int) -> str:
    """Return the HTML of one text: inline HTML for a single paragraph, blocks for anything longer."""
    tokens = parser().parse(text, {})
    resolve(tokens, reading, first_line=line)
    if [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]:
        return inline_html(tokens[1])
    return block_html(tokens)
