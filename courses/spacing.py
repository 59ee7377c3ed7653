"""When an idea that was missed comes back: FSRS, the scheduler of py-fsrs, with fixed parameters. Pure.

No steps of minutes: what was missed comes back the next day at the earliest, because the check itself is tried again
today. No random fuzz: the same answers at the same times always give the same dates, so that they can be rebuilt.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fsrs import Card, Rating, Scheduler, State

LONGEST_DAYS = 180
# So much before its time an idea may be asked and counts as asked in time: whoever comes every evening must not be a
# day late for coming a little earlier.
AHEAD = timedelta(hours=8)

_SCHEDULER = Scheduler(
    desired_retention=0.9,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=LONGEST_DAYS,
    enable_fuzzing=False,
)


@dataclass(frozen=True, slots=True)
class Memory:
    """How well one idea is remembered.

    `stability`: the days after which it is still recalled nine times in ten. `difficulty`: from 1 to 10.
    """

    stability: float
    difficulty: float
    last_at: datetime
    due_at: datetime


def after(memory: Memory | None, *, right: bool, at: datetime) -> Memory:
    """Return the memory of an idea after one more answer at a time (aware); None: the idea was never missed before.

    >>> missed = after(None, right=False, at=datetime(2026, 3, 1, 9, tzinfo=UTC))
    >>> missed.due_at - missed.last_at, after(missed, right=True, at=missed.due_at).due_at - missed.due_at
    (datetime.timedelta(days=1), datetime.timedelta(days=2))
    """
    now = at.astimezone(UTC)
    if memory is not None and now < memory.due_at <= now + AHEAD:
        now = memory.due_at.astimezone(UTC)
    card, _ = _SCHEDULER.review_card(_card(memory, now), Rating.Good if right else Rating.Again, now)
    if card.stability is None or card.difficulty is None:
        raise ValueError("FSRS gave an answered card no stability.")
    return Memory(card.stability, card.difficulty, now, card.due)


def _card(memory: Memory | None, now: datetime) -> Card:
    if memory is None:
        return Card(card_id=0, due=now)
    last_at, due_at = memory.last_at.astimezone(UTC), memory.due_at.astimezone(UTC)
    return Card(0, State.Review, None, memory.stability, memory.difficulty, due_at, last_at)
