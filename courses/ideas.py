"""Which ideas a question is about: the misconceptions that its wrong answers show. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from courses.serving import PoolQuestion

# What grading says of an answer that misses something and shows no misconception; the question itself is then the idea.
NO_IDEA = ("", "incomplete")


def idea_of(tag: str, question: str) -> str:
    """Return the idea that a wrong answer missed: its misconception, else the question itself.

    >>> idea_of("padding-forgotten", "output-size-1"), idea_of("incomplete", "output-size-1")
    ('padding-forgotten', 'output-size-1')
    """
    return question if tag in NO_IDEA else tag


def ideas_of(question: str, data: Mapping[str, Any]) -> frozenset[str]:
    """Return every idea that a question can show to be missed."""
    explained: Iterable[Mapping[str, Any]] = [
        *data.get("options", ()),
        *data.get("wrong", ()),
        data.get("otherwise", {}),
    ]
    return frozenset(each["tag"] for each in explained if each.get("tag", "") not in NO_IDEA) | {question}


def askable(
    pool: Sequence[PoolQuestion],
    *,
    idea: str,
    missed: str,
    seen: AbstractSet[str],
    waiting: AbstractSet[str],
    is_done: bool,
) -> list[PoolQuestion]:
    """Return the questions that may ask for an idea again.

    Before the lesson is completed only those that were asked already (`seen`): the others are what its check has left.
    Never one that waits for an answer in a check that is begun (`waiting`): the feedback would give it away.
    """
    about = [each for each in pool if each.question == missed or idea in ideas_of(each.question, each.data)]
    return [each for each in about if (is_done or each.question in seen) and each.question not in waiting]
