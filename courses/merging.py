"""Settle a text that was written in two places at once: nothing that anyone wrote is lost. Pure.

A merge of three texts, line by line: what one side changed is taken; where both changed the same lines, the lines of
both are kept, one after the other.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Lines = Sequence[str]


def merged(*, base: str, mine: str, theirs: str) -> str:
    """Return one text. `base` is what both started from; a base that is not true costs repeated lines, never lost ones.

    >>> merged(base="one\\ntwo", mine="one\\ntwo\\nthree", theirs="zero\\none\\ntwo")
    'zero\\none\\ntwo\\nthree'
    """
    parts = _parts(base.split("\n"), mine.split("\n"), theirs.split("\n"))
    return "\n".join(line for part in parts for line in _settled(*part))


def _parts(base: Lines, mine: Lines, theirs: Lines) -> Iterator[tuple[Lines, Lines, Lines]]:
    """Cut the three texts at the lines that stand in all of them."""
    in_mine, in_theirs = _kept(base, mine), _kept(base, theirs)
    b = m = t = 0
    for at in range(len(base)):
        if at in in_mine and at in in_theirs:
            yield base[b:at], mine[m : in_mine[at]], theirs[t : in_theirs[at]]
            b, m, t = at + 1, in_mine[at] + 1, in_theirs[at] + 1
            yield base[at:b], base[at:b], base[at:b]
    yield base[b:], mine[m:], theirs[t:]


def _kept(base: Lines, changed: Lines) -> dict[int, int]:
    """Return where each line of the base that was kept stands now."""
    blocks = SequenceMatcher(None, base, changed, autojunk=False).get_matching_blocks()
    return {block.a + offset: block.b + offset for block in blocks for offset in range(block.size)}


def _settled(base: Lines, mine: Lines, theirs: Lines) -> list[str]:
    if mine == theirs or theirs == base:
        return list(mine)
    if mine == base:
        return list(theirs)
    return [*theirs, *(line for line in mine if line not in theirs)]
