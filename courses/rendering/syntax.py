"""Parse Markdown as lessons use it: CommonMark, tables, footnotes, maths, attributes and directives."""

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

_DIRECTIVE = re.compile(r"^\{(?P<kind>[a-z][a-z0-9-]*)\}\s*(?P<argument>.*)$")
_OPTION = re.compile(r"^:(?P<key>[a-z][a-z0-9-]*):\s*(?P<value>.*)$")


@cache
def parser() -> MarkdownIt:
    """Return the parser. HTML in the source is text, not HTML."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.use(footnote_plugin).use(colon_fence_plugin)
    markdown.use(attrs_plugin, allowed=("id", "class")).use(dollarmath_plugin, double_inline=True)
    markdown.core.ruler.after("block", "directives", _open_directives)
    return markdown


def _open_directives(state: StateCore) -> None:
    """Put what stands inside a directive into the token stream, so that footnotes and values work there too."""
    state.tokens = [token for block in state.tokens for token in _opened(state, block)]


def _opened(state: StateCore, block: Token) -> Sequence[Token]:
    if block.type != "colon_fence" or block.map is None:
        return [block]
    found = _DIRECTIVE.match(block.info.strip())
    kind, argument = (found["kind"], found["argument"].strip()) if found else ("", block.info.strip())
    options, body, skipped = _options(block.content)
    start = Token("directive_open", "", 1, map=block.map, block=True, level=block.level)
    start.meta = {"kind": kind, "argument": argument, "options": options, "title": _plain_start(body)}
    return [start, *_inside(state, body, block.map[0] + 1 + skipped, block.level + 1), _closing(block, kind)]


def _options(content: str) -> tuple[dict[str, str], str, int]:
    """Split the `:key: value` lines at the top from the body; also return how many lines they take."""
    options: dict[str, str] = {}
    lines = content.splitlines(keepends=True)
    for index, line in enumerate(lines):
        found = _OPTION.match(line.rstrip("\n"))
        if not found:
            return options, "".join(lines[index:]), index
        options[found["key"]] = found["value"].strip()
    return options, "", len(lines)


def _plain_start(body: str) -> str:
    return body.strip().partition("\n")[0][:120]


def _inside(state: StateCore, body: str, first: int, level: int) -> Sequence[Token]:
    tokens: list[Token] = []
    state.md.block.parse(body, state.md, state.env, tokens)
    for token in tokens:
        token.level += level
        if token.map is not None:
            token.map = [token.map[0] + first, token.map[1] + first]
    return [each for token in tokens for each in _opened(state, token)]


def _closing(block: Token, kind: str) -> Token:
    end = Token("directive_close", "", -1, block=True, level=block.level)
    end.meta = {"kind": kind}
    return end
