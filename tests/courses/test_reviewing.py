"""The spaced review: what was missed comes back, gives nothing away, and follows from the answers."""

from pathlib import Path

import pytest

from accounts import personal_data
from accounts.models import User
from courses import progress, reviewing
from courses.models import Attempt, Course, QuestionVersion, Review, ReviewAnswer, ReviewCard, UnlockGrant
from courses.policy import LockedError
from courses.publishing.storing import store
from courses.remembering import rebuild_cards
from tests.courses.answering import form_for, take
from tests.courses.course_folder import read, replace
from tests.courses.reviewing import answer, asked_now, fields_for, let_days_pass, state_of_cards

pytestmark = pytest.mark.usefixtures("release")


def due(learner: User) -> int:
    return ReviewCard.objects.filter(learner=learner).due(by=reviewing.due_by()).askable().count()


def test_what_was_missed_comes_back_the_next_day(learner: User) -> None:
    take(learner, "first", right=3)
    assert ReviewCard.objects.filter(learner=learner).exists()
    assert reviewing.ask(learner) is None
    let_days_pass(1)
    assert reviewing.ask(learner) is not None


def test_what_was_right_does_not_come_back(learner: User) -> None:
    take(learner, "first", right=6)
    let_days_pass(30)
    assert not ReviewCard.objects.exists()
    assert reviewing.ask(learner) is None


def test_a_later_try_in_a_check_that_does_not_count_makes_nothing_come_back(learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    for right in (True, False):
        progress.record_answer(learner, attempt, place=1, fields=form_for(attempt, 1, right=right), key=str(right))
    assert not ReviewCard.objects.exists()


def test_a_right_answer_moves_the_idea_away_and_a_wrong_one_brings_it_back(learner: User) -> None:
    take(learner, "first", right=5)
    let_days_pass(1)
    card = ReviewCard.objects.get()
    answer(learner, asked_now(learner), right=True)
    moved = ReviewCard.objects.get()
    assert moved.due_at > card.due_at
    assert reviewing.ask(learner) is None
    let_days_pass(10)
    answer(learner, asked_now(learner), right=False)
    assert (ReviewCard.objects.get(idea=card.idea).due_at - ReviewAnswer.objects.latest("pk").created_at).days <= 1


def test_two_clicks_ask_one_question(learner: User) -> None:
    take(learner, "first", right=3)
    let_days_pass(1)
    assert asked_now(learner) == asked_now(learner)
    assert Review.objects.count() == 1


def test_f25_the_same_answer_sent_twice_counts_once(learner: User) -> None:
    take(learner, "first", right=5)
    let_days_pass(1)
    review = asked_now(learner)
    first = answer(learner, review, right=True, key="once")
    before = state_of_cards()
    again = answer(learner, review, right=True, key="once")
    assert (first.answer, first.counted) == (again.answer, again.counted)
    later = answer(learner, review, right=False, key="another")
    assert not later.counted
    assert state_of_cards() == before


def test_f22_nobody_answers_for_someone_else(learner: User, other: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    with pytest.raises(Review.DoesNotExist):
        reviewing.record(other, review, fields=fields_for(review, right=True), key="k")
    assert not ReviewAnswer.objects.exists()


def test_f22_what_another_was_asked_is_asked_of_nobody_else(learner: User, other: User) -> None:
    for person in (learner, other):
        take(person, "first", right=0)
    let_days_pass(1)
    theirs = asked_now(other)
    assert asked_now(learner).learner == learner
    assert asked_now(other) == theirs


def test_before_the_lesson_is_done_only_questions_of_its_checks_are_asked(learner: User) -> None:
    attempt = take(learner, "first", right=0)
    asked = {each["version"] for each in attempt.questions}
    let_days_pass(1)
    for _ in range(due(learner)):
        review = asked_now(learner)
        assert review.question_id in asked
        answer(learner, review, right=True)


def test_f25_a_question_that_waits_in_a_check_is_not_asked_and_not_answered(learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    begun = progress.start_attempt(learner, "first")
    begun.questions = [{**begun.questions[0], "version": review.question_id}]
    begun.save()
    with pytest.raises(reviewing.WaitsInCheck):
        answer(learner, review, right=False)
    assert not ReviewAnswer.objects.exists()
    other = reviewing.ask(learner)
    assert other is None or other.question_id != review.question_id


def test_a_lesson_that_is_shut_asks_nothing(learner: User) -> None:
    take(learner, "first", right=2)
    let_days_pass(1)
    review = asked_now(learner)
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    assert reviewing.ask(learner) is None
    assert due(learner) == 0
    with pytest.raises(LockedError):
        answer(learner, review, right=True)


def test_a_lesson_that_is_taken_out_asks_nothing(learner: User) -> None:
    take(learner, "first", right=2)
    let_days_pass(1)
    Course.objects.update(published=None)
    assert due(learner) == 0
    assert reviewing.ask(learner) is None


def test_f33_a_question_that_is_edited_while_it_is_asked_is_answered_as_it_was(learner: User, folder: Path) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    review = asked_now(learner)
    replace(folder / "lessons" / "01-first.md", "What does this print?", "And what does this print?")
    replace(folder / "lessons" / "01-first.md", "Which hold?", "Which of these hold?")
    store(read(folder))
    assert asked_now(learner) == review
    assert answer(learner, review, right=True).verdict.is_right


def test_f33_an_idea_outlives_its_question(learner: User, folder: Path) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    path = folder / "lessons" / "01-first.md"
    path.write_text(path.read_text().replace("id: first-", "id: newer-").replace("tag: zq-secret-tag", "tag: zq-new"))
    store(read(folder))
    review = asked_now(learner)
    assert review.question.question_id.startswith("first-")


def test_the_numbers_of_a_question_are_drawn_anew(learner: User) -> None:
    question = QuestionVersion.objects.get(question="first-drawn")
    parameters = {"height": 8, "width": 32, "channels": 1}
    attempt = progress.start_attempt(learner, "first")
    attempt.questions = [{"version": question.pk, "options": [], "parameters": parameters}]
    attempt.rule = {"served": 1, "to_pass": 1}
    attempt.save()
    fields = form_for(attempt, 1, right=False)
    progress.record_answer(learner, attempt, place=1, fields=fields, key="k")
    let_days_pass(1)
    review = asked_now(learner)
    assert review.question == question
    assert review.parameters != parameters


def test_cards_follow_from_the_answers_alone(learner: User, other: User) -> None:
    take(learner, "first", right=2)
    take(other, "first", right=4)
    for days, right in ((1, True), (1, False), (3, True), (20, True)):
        let_days_pass(days)
        while (review := reviewing.ask(learner)) is not None:
            answer(learner, review, right=right)
    before = state_of_cards()
    assert rebuild_cards() == 0
    assert state_of_cards() == before
    ReviewCard.objects.filter(learner=learner).delete()
    ReviewCard.objects.update(stability=99.0)
    assert rebuild_cards() == len(before)
    assert state_of_cards() == before


def test_a_card_that_no_answer_speaks_for_is_removed(learner: User) -> None:
    take(learner, "first", right=5)
    card = ReviewCard.objects.get()
    card.pk, card.idea = None, "invented"
    card.save()
    assert rebuild_cards() == 1
    assert not ReviewCard.objects.filter(idea="invented").exists()


def test_a_guests_reviews_move_to_the_account_and_count_with_its_own(learner: User) -> None:
    guest = User.objects.create_guest()
    take(guest, "first", right=0)
    take(learner, "first", right=3)
    let_days_pass(2)
    answer(guest, asked_now(guest), right=True)
    personal_data.merge(guest, into=learner)
    assert set(Review.objects.values_list("learner", flat=True)) == {learner.pk}
    assert set(ReviewCard.objects.values_list("learner", flat=True)) == {learner.pk}
    assert rebuild_cards() == 0
    assert Attempt.objects.filter(learner=learner).count() == 2


def test_erasing_leaves_no_review(learner: User) -> None:
    take(learner, "first", right=0)
    let_days_pass(1)
    answer(learner, asked_now(learner), right=True)
    personal_data.erase(learner)
    assert not Review.objects.exists()
    assert not ReviewAnswer.objects.exists()
    assert not ReviewCard.objects.exists()
