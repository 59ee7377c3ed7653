"""Write resolved tokens as HTML: what each construct of a lesson looks like in the page."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from courses.rendering.syntax import parser

Tokens = Sequence[Token]
_MARKS = re.compile(r"[.,;:?!)]*")
# One way to write it on every page: 97 %, and never a line break between the two.
_PER_CENT = re.compile(r"(?<=\d) ?(?=%)")


def inline_html(inline: Token) -> str:
    """Return the HTML of one inline token, already resolved."""
    return _renderer().renderInline(inline.children or [], parser().options, {})


def block_html(tokens: Tokens) -> str:
    """Return the HTML of a resolved token stream."""
    return _renderer().render(tokens, parser().options, {}).strip()


def code_html(code: str, *, language: str) -> str:
    """Return highlighted code; a language that Pygments does not know is shown plain.

    >>> code_html("x = 1", language="text")
    '<div class="highlight"><pre tabindex="0"><code>x = 1</code></pre></div>'
    """
    try:
        lexer = get_lexer_by_name(language or "text", stripnl=False, ensurenl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False, ensurenl=False)
    inner = highlight(code.rstrip("\n"), lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    # A long line scrolls, so the keyboard must reach the box.
    return f'<div class="highlight"><pre tabindex="0"><code>{inner}</code></pre></div>'


class LessonRenderer(RendererHTML):
    """Markdown-it's renderer, with the constructs of a lesson."""

    def fence(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        cell = token.meta.get("cell")
        words = token.info.split()
        code = code_html(token.content, language=words[0] if words else "text")
        if cell is None:
            return code + "\n"
        if cell["hidden"]:
            return ""
        output = f'<pre class="cell__output" tabindex="0"><samp>{escape(cell["output"])}</samp></pre>'
        return f'<div class="cell" id="cell-{escape(cell["id"])}">{code}{output if cell["output"] else ""}</div>\n'

    def text(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        words = tokens[idx].content
        words = words[len(_closing(tokens, idx - 1)) : len(words) - len(_opening(tokens, idx + 1))]
        return escape(_PER_CENT.sub("\u00a0", words))

    def math_inline(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        formula = str(tokens[idx].meta.get("mathml", ""))
        before, after = _opening(tokens, idx), _closing(tokens, idx)
        # A browser breaks the line between a formula and the full stop after it.
        return f'<span class="nobreak">{before}{formula}{after}</span>' if before or after else formula

    def math_inline_double(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return str(tokens[idx].meta.get("mathml", ""))

    def math_block_label(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.math_block(tokens, idx, options, env)

    def math_block(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="formula"{_id(tokens[idx])} tabindex="0">{tokens[idx].meta.get("mathml", "")}</div>\n'

    def term_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        # A link, not a button: a button is a box, and the browser breaks the line between it and the comma after it.
        return f'<a class="term" href="/glossary/#{escape(tokens[idx].meta["term"])}">'

    def term_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        return f'</a><span class="term__entry" id="{escape(meta["id"])}" popover>{meta["html"]}</span>'

    def table_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="table-scroll"{_id(tokens[idx])} tabindex="0"><table class="table">\n'

    def table_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def td_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell_open(tokens[idx], label=_heading_of(tokens, idx))

    def th_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell_open(tokens[idx])

    def directive_open(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        return _OPENINGS.get(meta["kind"], _open_part)(meta, _id(tokens[idx]))

    def directive_close(self, tokens: Tokens, idx: int, options: OptionsDict, env: EnvType) -> str:
        return _CLOSINGS.get(tokens[idx].meta["kind"], "</aside>") + "\n"


def _footnote_caption(
    _renderer: RendererProtocol, tokens: Tokens, idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Return a note's number; where a note is named a second time, the plugin would write [1:1]."""
    return f"[{tokens[idx].meta['id'] + 1}]"


def _closing(tokens: Tokens, idx: int) -> str:
    """Return the marks that follow the formula at `idx` without a blank; empty where no formula stands there."""
    if not 0 <= idx < len(tokens) - 1 or tokens[idx].type != "math_inline" or tokens[idx + 1].type != "text":
        return ""
    return _MARKS.match(tokens[idx + 1].content)[0]  # type: ignore[index]  # it matches the empty string too


def _opening(tokens: Tokens, idx: int) -> str:
    """Return the bracket that stands right before the formula at `idx`; empty where none does."""
    if not 0 < idx < len(tokens) or tokens[idx].type != "math_inline" or tokens[idx - 1].type != "text":
        return ""
    return "(" if tokens[idx - 1].content.endswith("(") else ""


def _id(token: Token) -> str:
    """Return the id of a block as an attribute, with a blank before it; empty when it has none."""
    anchor = token.attrGet("id")
    return f' id="{escape(str(anchor))}"' if anchor else ""


def _heading_of(tokens: Tokens, idx: int) -> str:
    """Return what stands above a table cell, for a phone, where the cells of a row stand below each other."""
    row = next(at for at in range(idx, 0, -1) if tokens[at].type == "tr_open")
    table = next(at for at in range(row, -1, -1) if tokens[at].type == "table_open")
    column = sum(token.type == "td_open" for token in tokens[row:idx])
    headings = [at + 1 for at in range(table, row) if tokens[at].type == "th_open"]
    return tokens[headings[column]].content if column < len(headings) else ""


def _cell_open(token: Token, *, label: str = "") -> str:
    """Return a table cell; markdown-it aligns by an inline style, which the site's policy refuses."""
    is_numeric = "right" in str(token.attrGet("style") or "")
    scope = ' scope="col"' if token.tag == "th" else ""
    above = f' data-label="{escape(label)}"' if label else ""
    return f"<{token.tag}{scope}{' class=numeric' if is_numeric else ''}{above}>"


def _open_widget(meta: dict[str, Any], anchor: str) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in sorted(meta["options"].items()))
    name = escape(meta["argument"])
    return f'<figure class="figure widget"{anchor}><{name}{attributes}></{name}><figcaption>\n'


def _open_part(meta: dict[str, Any], anchor: str) -> str:
    kind, key, shown = escape(meta["kind"]), escape(meta["argument"]), meta.get("reference")
    if shown is None:
        return f'<aside class="part part--{kind}"{anchor}>\n'
    if shown.body:
        head = f'<p class="eyebrow">{kind.capitalize()}</p><p class="part__title">{escape(shown.title)}</p>'
        return f'<aside class="part part--{kind}"{anchor}>{head}{shown.body}\n'
    link = f'<a href="{escape(shown.url)}">{escape(shown.title)}</a>'
    head = f'<p class="eyebrow">{kind.capitalize()}</p><p class="part__title">{link}</p>'
    return f'<aside class="part part--{kind}"{anchor} data-key="{key}">{head}<p>{escape(shown.summary)}</p>\n'


_OPENINGS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "widget": _open_widget,
    "note": lambda meta, anchor: f'<aside class="notice"{anchor}>\n',
    "margin": lambda meta, anchor: f'<aside class="margin-note"{anchor}>\n',
    "pitfall": lambda meta, anchor: (
        f'<aside class="notice notice--pitfall"{anchor}><p class="notice__title">Commonly got wrong</p>\n'
    ),
}
_CLOSINGS = {"widget": "</figcaption></figure>"}


@cache
def _renderer() -> LessonRenderer:
    markdown = parser()
    markdown.add_render_rule("footnote_caption", _footnote_caption)
    renderer = LessonRenderer(markdown)
    for name, rule in vars(markdown.renderer)["rules"].items():  # what the plugins added, footnotes above all
        renderer.rules.setdefault(name, rule)
    return renderer
