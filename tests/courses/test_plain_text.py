"""The text of a lesson as search keeps it."""

from courses.plain_text import sections_of, text_of

LESSON = """\
<p>Before <em>any</em> heading.</p>
<h2 id="two">Two <code>Conv2d</code></h2>
<p>A <a class="term" href="/glossary/#pixel">pixel</a><span class="term__entry" id="t" popover>A place.</span>.</p>
<p>As <math><mi>x</mi><mo>=</mo></math> says.<sup class="footnote-ref"><a href="#fn1">[1]</a></sup></p>
<h3 id="three">Three</h3>
<ul><li>one</li><li>two</li></ul>
<img src="x.png" alt="not text"><figure><figcaption><p>Touch it.</p></figcaption></figure>
<section class="footnotes"><ol><li>By someone.</li></ol></section>
"""


def test_a_lesson_is_cut_at_its_headings() -> None:
    found = [(section.anchor, section.title) for section in sections_of(LESSON)]
    assert found == [("", ""), ("two", "Two Conv2d"), ("three", "Three")]


def test_formulas_glossary_entries_and_footnotes_are_left_out() -> None:
    texts = [section.text for section in sections_of(LESSON)]
    assert texts == ["Before any heading.", "A pixel. As says.", "one two Touch it."]


def test_what_reads_like_html_is_text() -> None:
    assert text_of("<p>a &lt;script&gt; &amp; b</p>") == "a <script> & b"


def test_broken_html_still_has_its_text() -> None:
    assert text_of("<p>one <b>two</p> three</i>") == "one two three"
