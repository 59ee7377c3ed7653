"""Words as search sees them: what a text is found by, what someone who types may mean, where a text shows it. Pure.

A query finds a text that holds, for each of its words, a word that begins like it. Endings are taken off the query's
words and not off the text's, so that half a word finds what the whole one finds and a result never vanishes while
someone types on. British and American spelling are one, and so are letters with and without accents.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_QUERY, MOST_WORDS = 100, 8
SNIPPET_CHARACTERS, LEAD_CHARACTERS = 220, 60
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("ations", "ation", "ings", "ing", "ions", "ion", "ed", "es", "e", "s")
_SHORTEST_STEM = 4
# Each begins a word of the course in American spelling; the other begins it in the course's own.
_SPELLINGS = (("color", "colour"), ("gray", "grey"), ("center", "centre"), ("behavior", "behaviour"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a snippet; `found`: it is a word that was searched for."""

    text: str
    found: bool = False


def folded(word: str) -> str:
    """Return a word as it is compared.

    >>> folded("Normalization"), folded("Gray"), folded("Café")
    ('normalisation', 'grey', 'cafe')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    plain = re.sub(r"iz(?=[aei])", "is", plain)
    for other, ours in _SPELLINGS:
        if plain.startswith(other) and not plain.startswith(ours):
            return ours + plain[len(other) :]
    return plain


def words_of(text: str) -> str:
    """Return the words of a text with blanks between them.

    >>> words_of("nn.Conv2d(3, 16)")
    'nn conv2d 3 16'
    """
    return " ".join(folded(word) for word in _WORD.findall(text))


def beginnings_of(query: str) -> tuple[str, ...]:
    """Return how the words begin that someone searches for, each once; empty when the query holds no word.

    >>> beginnings_of("Max-pooling layers")
    ('max', 'pool', 'layer')
    """
    words = [_stem(folded(word)) for word in _WORD.findall(query[:LONGEST_QUERY])]
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM and not (ending == "s" and stem.endswith("s")):
            return stem
    return word


def marked(text: str, beginnings: Sequence[str]) -> tuple[Piece, ...]:
    """Return a text in pieces, the words that begin like one of `beginnings` apart."""
    pieces: list[Piece] = []
    at = 0
    for word in _WORD.finditer(text):
        if folded(word[0]).startswith(tuple(beginnings)):
            pieces += [Piece(text[at : word.start()]), Piece(word[0], found=True)]
            at = word.end()
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)


def snippet(text: str, beginnings: Sequence[str]) -> tuple[Piece, ...]:
    """Return the part of a text around the first word that was searched for, else its start."""
    found = next((word for word in _WORD.finditer(text) if folded(word[0]).startswith(tuple(beginnings))), None)
    start = _blank_before(text, max(0, found.start() - LEAD_CHARACTERS)) if found else 0
    end = _blank_before(text, start + SNIPPET_CHARACTERS) if len(text) > start + SNIPPET_CHARACTERS else len(text)
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return marked(f"{before}{text[start:end].strip()}{after}", beginnings)


def _blank_before(text: str, at: int) -> int:
    """Return where the word that stands at a place begins, or the place itself within a very long one."""
    if at == 0:
        return 0
    blank = text.rfind(" ", max(0, at - LEAD_CHARACTERS), at + 1)
    return blank + 1 if blank >= 0 else at
