"""What a text is found by, what a query means, and the snippet that shows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.words import LONGEST_QUERY, MOST_WORDS, SNIPPET_CHARACTERS, Piece, beginnings_of, marked, snippet, words_of


def finds(query: str, text: str) -> bool:
    words = words_of(text).split()
    beginnings = beginnings_of(query)
    return bool(beginnings) and all(any(word.startswith(each) for word in words) for each in beginnings)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("kernel", "Kernels slide over the image."),
        ("poolin", "Max-pooling keeps the largest."),
        ("pooling", "pooled values"),
        ("normalization", "Batch normalisation"),
        ("batch norm", "Normalising each batch: nn.BatchNorm2d"),
        ("color", "a colour image"),
        ("gray", "grey values"),
        ("conv2d", "nn.Conv2d(3, 16, 3)"),
        ("max_pool", "F.max_pool2d"),
        ("KÉRNEL", "kernel"),
        ("3x3", "a 3x3 window"),
    ],
)
def test_people_find_what_they_mean(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(("query", "text"), [("kernel", "colonel"), ("max pooling", "max value"), ("loss", "lost")])
def test_every_word_must_be_there(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize("query", ["", "   ", "!?", '"', "* OR *", "%_", "''"])
def test_what_holds_no_word_or_a_sign_of_the_syntax_asks_for_words_alone(query: str) -> None:
    assert all(each.isalnum() for each in beginnings_of(query))


def test_a_very_long_query_is_cut() -> None:
    assert len(beginnings_of("word1 word2 word3 word4 word5 word6 word7 word8 word9 word10")) == MOST_WORDS
    assert beginnings_of("x" * 500) == ("x" * LONGEST_QUERY,)


def test_half_a_word_finds_whatever_the_whole_one_finds() -> None:
    word = "normalising"
    for length in range(5, len(word) + 1):
        assert finds(word[:length], "normalising"), word[:length]


def test_found_words_are_marked_whole_and_nothing_is_lost() -> None:
    pieces = marked("A kernel <b>slides</b>; kernels learn.", ("kernel",))
    assert [piece.text for piece in pieces if piece.found] == ["kernel", "kernels"]
    assert "".join(piece.text for piece in pieces) == "A kernel <b>slides</b>; kernels learn."


def test_a_snippet_stands_around_what_was_found() -> None:
    text = f"{'before ' * 100}here the stride is two {'after ' * 100}".strip()
    pieces = snippet(text, ("strid",))
    shown = "".join(piece.text for piece in pieces)
    assert Piece("stride", found=True) in pieces
    assert shown.startswith("… before")
    assert shown.endswith("after …")
    assert len(shown) <= SNIPPET_CHARACTERS + 4


def test_a_snippet_without_the_word_is_the_start_of_the_text() -> None:
    assert snippet("Nothing here.", ("kernel",)) == (Piece("Nothing here."),)
    assert snippet("", ("kernel",)) == ()


@given(st.text(), st.text())
def test_no_text_and_no_query_breaks_it(text: str, query: str) -> None:
    beginnings = beginnings_of(query)
    assert all(each and " " not in each for each in beginnings)
    if beginnings:
        assert "".join(piece.text for piece in marked(text, beginnings)) == text
        snippet(text, beginnings)
