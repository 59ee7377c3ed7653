"""Markdown becomes safe HTML: no script gets through, every reference is checked, numbers come from cells."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rendering.context import Course, Picture, Reading
from courses.rendering.fragments import fragment
from courses.rendering.maths import MathFault, mathml

COURSE = Course(
    lessons={"first": "first-slug"},
    terms={"pixel": "A <em>place</em>."},
    pictures={"images/a.png": Picture("/images/0.png", 4, 3)},
    widgets={"stepper": {}},
    parts={},
)
VALUES = {
    "n": 150528,
    "x": -0.81,
    "share": 0.97,
    "grid": [[1, 2]],
    "evil": "<script>alert(1)</script> *not bold* [a](javascript:b)",
}


def reading() -> Reading:
    return Reading(COURSE, "lesson.md", values=VALUES)


def html(text: str) -> str:
    found = reading()
    rendered = fragment(text, found, line=1)
    assert found.faults == []
    return rendered


class Inspector(HTMLParser):
    """Collects what could run: script elements, handlers, addresses with a scheme of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "style", "link", "base", "form", "meta"):
            self.dangers.append(tag)
        for name, value in attrs:
            scheme = re.sub(r"[\s\x00-\x1f]", "", value or "").lower().partition(":")[0]
            if name.startswith("on") or name == "style" or scheme in ("javascript", "data", "vbscript"):
                self.dangers.append(f"{tag} {name}={value}")


def dangers_in(rendered: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(rendered)
    return inspector.dangers


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '[x](https://a.example "onclick=alert(1)")',
    "[x](https://a.example){onclick=alert(1) style=color:red}",
    '[x](https://a.example){style="color:red" onclick="alert(1)"}',
    "$\\text{<script>alert(1)</script>}$",
    "$\\text{</mtext></math><img src=x onerror=alert(1)>}$",
    "$$\\href{javascript:alert(1)}{x}$$",
    "$\\style{color:red}{x}$",
    "```<script>\nalert(1)\n```",
    "```python\n</code></pre><script>alert(1)</script>\n```",
    "`<script>`",
    "[<script>](term:pixel)",
    ":::{note}\n<script>alert(1)</script>\n:::",
    ':::{widget} stepper\n:a: "><script>alert(1)</script>\n:::',
    "[^a]\n\n[^a]: <script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "| <script> |\n|---|\n| <img onerror=alert(1)> |",
    "{{ evil }}",
    "$\\text{ {{ evil }} }$",
    "`{{ evil }}`",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_f32_nothing_in_markdown_runs(text: str) -> None:
    assert dangers_in(fragment(text, reading(), line=1)) == []


@given(
    st.lists(
        st.sampled_from(
            [
                "<",
                ">",
                '"',
                "'",
                "&",
                "[",
                "](",
                ")",
                "$",
                "`",
                "\n",
                "script",
                "javascript:",
                "{",
                "}",
                "\\text{",
                "onload=",
                " ",
                "!",
                ":::",
                "{note}",
                "term:pixel",
                "{{ evil }}",
            ]
        ),
        max_size=24,
    )
)
def test_f32_nothing_runs_however_the_pieces_are_put_together(pieces: list[str]) -> None:
    assert dangers_in(fragment("".join(pieces), reading(), line=1)) == []


def test_a_value_is_text_not_markdown() -> None:
    assert "<em>" not in html("{{ evil }}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{{ n }}", "150528"),
        ("{{ n:, }}", "150,528"),
        ("{{ x:.1f }}", "−0.8"),
        ("`{{ x }}`", "<code>-0.81</code>"),
        ("{{ grid }}", "[[1, 2]]"),
        ("**{{ n:, }}**", "<strong>150,528</strong>"),
    ],
)
def test_values_are_filled_in_with_their_format(text: str, shown: str) -> None:
    assert html(text) == shown


def test_code_is_left_as_it_is() -> None:
    assert "{{ n }}" in re.sub(r"<[^>]+>", "", html("```text\n{{ n }}\n```"))


def test_a_formula_takes_values_without_a_gap_after_the_comma() -> None:
    assert "<mtext>150,528</mtext>" in html("$n = {{ n:, }}$")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It is $w$. So", 'It is <span class="nobreak">FORMULA.</span> So'),
        ("(with $w$), so", 'nobreak">FORMULA),</span> so'),
        ("is ($w$) here", 'is <span class="nobreak">(FORMULA)</span> here'),
        ("and $w$ here", "and FORMULA here"),
    ],
)
def test_a_line_never_begins_with_the_mark_after_a_formula(text: str, shown: str) -> None:
    assert shown in re.sub(r"<math.*?</math>", "FORMULA", html(text))


@pytest.mark.parametrize("text", ["Over 97 % of 100 %.", "Over 97% of 100%.", "Over {{ share:.0% }} of 100 %."])
def test_per_cents_look_alike_and_a_line_never_begins_with_their_sign(text: str) -> None:
    assert "Over 97\u00a0% of 100\u00a0%." in html(text)


def test_a_note_that_is_named_twice_has_one_number() -> None:
    rendered = html("One.[^a] Two.[^b] Again.[^a]\n\n[^a]: First.\n\n[^b]: Second.")
    assert re.findall(r">(\[[^<]*\])<", rendered) == ["[1]", "[2]", "[1]"]


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [(r"-\log p", 1), (r"\log 10", 1), (r"t_k \log p_k", 2), (r"\log(x)", 0), (r"2 \cos(\pi t)", 1), ("x y", 0)],
)
def test_the_name_of_a_function_keeps_its_distance(latex: str, spaces: int) -> None:
    assert mathml(latex, display=False).count("<mspace") == spaces


def test_a_term_is_a_link_to_the_glossary_with_its_entry_as_a_popover() -> None:
    assert html("a [pixel](term:pixel)") == (
        'a <a class="term" href="/glossary/#pixel">pixel</a>'
        '<span class="term__entry" id="term-pixel-1" popover>A <em>place</em>.</span>'
    )


def test_each_use_of_a_term_has_an_entry_of_its_own() -> None:
    rendered = html("[a](term:pixel) [b](term:pixel)")
    assert re.findall(r' id="([^"]+)"', rendered) == ["term-pixel-1", "term-pixel-2"]


def test_links_to_lessons_lead_to_their_pages() -> None:
    assert html("[on](lesson:first)") == '<a href="/lessons/first-slug/">on</a>'


def test_images_carry_their_size_so_that_nothing_jumps() -> None:
    tag = html("![A thing.](images/a.png)")
    assert all(part in tag for part in ('src="/images/0.png"', 'width="4"', 'height="3"', 'alt="A thing."', "lazy"))


@pytest.mark.parametrize(
    "latex", ["\\frac{1}{2}", "\\sum_{i=1}^{n} w_i x_i + b", "x' = \\frac{x - \\text{mean}}{\\text{std}}"]
)
def test_latex_becomes_mathml(latex: str) -> None:
    rendered = mathml(latex, display=True)
    assert rendered.startswith('<math display="block">')
    assert "\\" not in rendered


@pytest.mark.parametrize("latex", ["\\nonsense x", "a_b_c", "\\left( x", "\\begin{matrix} a"])
def test_latex_that_cannot_be_read_is_a_fault(latex: str) -> None:
    with pytest.raises(MathFault):
        mathml(latex, display=False)


def test_a_line_inside_a_paragraph_is_found() -> None:
    found = reading()
    fragment("one\ntwo\n[three](term:voxel)\nfour", found, line=10)
    assert [fault.line for fault in found.faults] == [12]


def test_faults_inside_a_directive_carry_the_lines_of_the_file() -> None:
    found = reading()
    fragment("one\n\n:::{pitfall}\n[three](term:voxel)\n\n[five](term:voxel)\n:::", found, line=10)
    assert [fault.line for fault in found.faults] == [13, 15]
