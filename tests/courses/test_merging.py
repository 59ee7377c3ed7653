"""A note that was written in two places at once: nothing that anyone wrote is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.merging import merged

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "", "a longer line"]), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("", "mine", "", "mine"),
        ("", "", "theirs", "theirs"),
        ("same", "same", "same", "same"),
        ("a\nb", "a\nb\nmine", "a\nb", "a\nb\nmine"),
        ("a\nb", "a\nb", "theirs\na\nb", "theirs\na\nb"),
        ("a\nb", "a\nb\nmine", "theirs\na\nb", "theirs\na\nb\nmine"),
        ("a\nb\nc\nd\ne", "a\nB\nc\nd\ne", "a\nb\nc\nD\ne", "a\nB\nc\nD\ne"),
        ("a\nb\nc", "a\nB\nc", "a\nb\nC", "a\nb\nC\nB\nc"),
        ("a", "mine", "theirs", "theirs\nmine"),
        ("a\nb", "a", "a\nb\ntheirs", "a\nb\ntheirs"),
        ("", "the same", "the same", "the same"),
    ],
)
def test_what_one_side_changed_is_taken_and_what_both_changed_is_kept_twice(
    base: str, mine: str, theirs: str, both: str
) -> None:
    assert merged(base=base, mine=mine, theirs=theirs) == both


@given(LINES, LINES, LINES)
def test_no_line_that_anyone_wrote_is_lost(base: str, mine: str, theirs: str) -> None:
    kept = set(merged(base=base, mine=mine, theirs=theirs).split("\n"))
    written = (set(mine.split("\n")) | set(theirs.split("\n"))) - set(base.split("\n"))
    assert written <= kept


@given(LINES, LINES, LINES)
def test_saving_the_same_again_changes_nothing(base: str, mine: str, theirs: str) -> None:
    once = merged(base=base, mine=mine, theirs=theirs)
    assert merged(base=base, mine=once, theirs=once) == once


@given(LINES, LINES)
def test_who_writes_alone_gets_what_they_wrote(base: str, mine: str) -> None:
    assert merged(base=base, mine=mine, theirs=base) == mine
    assert merged(base=base, mine=base, theirs=mine) == mine
