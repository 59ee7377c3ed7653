"""Which ideas come back, and when: the one writer of review cards, a projection of the recorded answers.

What makes a card: a counted answer of a knowledge check that is wrong. What moves it: the counted answers of the
review. A wrong answer there that shows another misconception makes or moves the card of that one too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from courses.ideas import idea_of
from courses.models import Answer, ReviewAnswer, ReviewCard
from courses.spacing import Memory, after

Key = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One counted answer as far as an idea is concerned; `question` is the id of the question that was asked."""

    learner: UUID
    lesson: str
    idea: str
    question: str
    right: bool
    at: datetime

    @property
    def key(self) -> Key:
        """Which card it is about."""
        return self.learner, self.lesson, self.idea


def shown_by_check(answer: Answer) -> list[Shown]:
    """Return what an answer of a check shows: a wrong one that counts shows that an idea was missed."""
    if answer.is_right or answer.seq != 1:
        return []
    question, attempt = answer.question.question_id, answer.attempt
    idea = idea_of(answer.tag, question)
    lesson = attempt.version.lesson_id
    return [Shown(attempt.learner_id, lesson, idea, question, False, answer.created_at)]


def shown_by_review(answer: ReviewAnswer) -> list[Shown]:
    """Return what an answer of the review shows: of the idea that was asked for, and of the one that it missed."""
    if answer.seq != 1:
        return []
    review, question = answer.review, answer.review.question.question_id
    missed = set() if answer.is_right else {idea_of(answer.tag, question)}
    ideas = [review.idea, *sorted(missed - {review.idea})]
    return [
        Shown(review.learner_id, review.lesson_id, idea, question, answer.is_right, answer.created_at) for idea in ideas
    ]


def remember(shown: Iterable[Shown]) -> None:
    """Bring the cards up to date with new answers. Called in the transaction that records them."""
    for each in shown:
        cards = ReviewCard.objects.select_for_update().filter(learner=each.learner, lesson=each.lesson, idea=each.idea)
        card = cards.first()
        if card is not None or not each.right:
            _write(each, None if card is None else _memory(card), card)


def _write(shown: Shown, memory: Memory | None, card: ReviewCard | None) -> None:
    memory = after(memory, right=shown.right, at=shown.at)
    card = card or ReviewCard(learner_id=shown.learner, lesson_id=shown.lesson, idea=shown.idea)
    if not shown.right:
        card.question_id = shown.question
    _set(card, memory)
    card.save()


@transaction.atomic
def rebuild_cards(*, learner: UUID | None = None) -> int:
    """Compute every card again from the answers, of one learner or of all; return how many differed."""
    wanted: dict[Key, tuple[Memory, str]] = {}
    for each in _everything_shown(learner):
        before = wanted.get(each.key)
        if before is None and each.right:
            continue
        memory = after(before[0] if before else None, right=each.right, at=each.at)
        wanted[each.key] = (memory, before[1] if before and each.right else each.question)
    cards = ReviewCard.objects.all() if learner is None else ReviewCard.objects.filter(learner=learner)
    found = {(card.learner_id, card.lesson_id, card.idea): card for card in cards.select_for_update()}
    stray = [card.pk for key, card in found.items() if key not in wanted]
    ReviewCard.objects.filter(pk__in=stray).delete()
    return len(stray) + sum(_corrected(key, found.get(key), *wanted[key]) for key in wanted)


def make_missing_cards() -> int:
    """Make the cards of those who missed something before there was a review; return how many. Else one query.

    A counted wrong answer of a check makes a card of its lesson, and no card is ever taken away: where there is none,
    the answer is older than the cards.
    """
    cards = ReviewCard.objects.filter(learner=OuterRef("attempt__learner"), lesson=OuterRef("attempt__version__lesson"))
    older = Answer.objects.filter(~Exists(cards), seq=1, is_right=False)
    learners = older.order_by().values_list("attempt__learner", flat=True).distinct()
    return sum(rebuild_cards(learner=learner) for learner in list(learners))


def _everything_shown(learner: UUID | None) -> Iterator[Shown]:
    """Yield what all counted answers show, in the order in which they were given."""
    checks = Answer.objects.filter(seq=1, is_right=False).select_related("attempt__version", "question")
    reviews = ReviewAnswer.objects.filter(seq=1).select_related("review__question")
    if learner is not None:
        checks, reviews = checks.filter(attempt__learner=learner), reviews.filter(review__learner=learner)
    shown = [each for answer in checks.order_by("pk") for each in shown_by_check(answer)]
    shown += [each for review in reviews.order_by("pk") for each in shown_by_review(review)]
    yield from sorted(shown, key=lambda each: each.at)


def _corrected(key: Key, card: ReviewCard | None, memory: Memory, question: str) -> bool:
    if card is not None and (_memory(card), card.question_id) == (memory, question):
        return False
    learner, lesson, idea = key
    card = card or ReviewCard(learner_id=learner, lesson_id=lesson, idea=idea)
    card.question_id = question
    _set(card, memory)
    card.save()
    return True


def _memory(card: ReviewCard) -> Memory:
    return Memory(card.stability, card.difficulty, card.last_at, card.due_at)


def _set(card: ReviewCard, memory: Memory) -> None:
    card.stability, card.difficulty = memory.stability, memory.difficulty
    card.last_at, card.due_at = memory.last_at, memory.due_at
