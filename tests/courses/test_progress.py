"""Attempts, answers, completions: nothing can be gained by trickery, nothing is lost."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from courses import pacing, progress
from courses.grading import Slip
from courses.models import Answer, Attempt, Completion, UnlockGrant
from courses.policy import LockedError, lesson_is_open, require_open
from courses.publishing.storing import store
from tests.courses.answering import form_for, take
from tests.courses.course_folder import read, replace, write_results

pytestmark = pytest.mark.usefixtures("release")


def test_six_questions_are_served_and_five_right_pass(learner: User) -> None:
    attempt = take(learner, "first", right=5)
    assert (len(attempt.questions), attempt.score, attempt.passed) == (6, 5, True)
    assert take(learner, "second", right=4).passed is False


def test_a_pass_completes_the_lesson_and_writes_the_grants_that_it_opens(learner: User) -> None:
    take(learner, "first")
    assert Completion.objects.get().lesson_id == "first"
    assert list(UnlockGrant.objects.values_list("lesson_id", "reason")) == [("second", "completion")]
    assert lesson_is_open(learner, "second")
    assert not lesson_is_open(learner, "third")


def test_a_failed_attempt_opens_nothing(learner: User) -> None:
    take(learner, "first", right=4)
    assert not Completion.objects.exists()
    assert not lesson_is_open(learner, "second")


def test_f23_a_locked_lesson_begins_no_attempt(learner: User) -> None:
    with pytest.raises(LockedError, match="about 10 minutes"):
        progress.start_attempt(learner, "second")
    assert not Attempt.objects.exists()


def test_f23_an_answer_in_a_lesson_that_was_shut_meanwhile_is_refused(learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    UnlockGrant.objects.create(learner=learner, lesson_id="first", is_open=False, reason="instructor")
    with pytest.raises(LockedError):
        progress.record_answer(learner, attempt, place=1, fields=form_for(attempt, 1, right=True), key="k")
    assert not Answer.objects.exists()


def test_beginning_again_returns_the_unfinished_attempt(learner: User) -> None:
    assert progress.start_attempt(learner, "first").pk == progress.start_attempt(learner, "first").pk


def test_f25_a_blank_answer_reveals_and_records_nothing(learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    for place in range(1, 2):
        with pytest.raises(Slip):
            progress.record_answer(learner, attempt, place=place, fields={}, key="k")
    assert not Answer.objects.exists()


def test_f25_the_first_graded_answer_counts_and_later_ones_teach(learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    first = progress.record_answer(learner, attempt, place=1, fields=form_for(attempt, 1, right=False), key="a")
    second = progress.record_answer(learner, attempt, place=1, fields=form_for(attempt, 1, right=True), key="b")
    attempt.refresh_from_db()
    assert (first.counted, second.counted, attempt.score) == (True, False, 0)
    assert list(Answer.objects.values_list("seq", "is_right")) == [(1, False), (2, True)]


def test_f25_the_same_submit_twice_counts_once_and_says_the_same(learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    fields = form_for(attempt, 1, right=True)
    once = progress.record_answer(learner, attempt, place=1, fields=fields, key="same")
    again = progress.record_answer(learner, attempt, place=1, fields=fields, key="same")
    assert once.answer == again.answer
    assert again.counted
    assert again.verdict == once.verdict
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("place", [0, 2, 6, 7, 999])
def test_f25_questions_out_of_order_are_refused(learner: User, place: int) -> None:
    attempt = progress.start_attempt(learner, "first")
    fields = form_for(attempt, min(max(place, 1), 6), right=True)
    with pytest.raises(progress.OutOfOrder):
        progress.record_answer(learner, attempt, place=place, fields=fields, key="k")
    assert not Answer.objects.exists()


def test_a_key_that_belongs_to_another_question_is_refused(learner: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    progress.record_answer(learner, attempt, place=1, fields=form_for(attempt, 1, right=True), key="k")
    with pytest.raises(progress.OutOfOrder):
        progress.record_answer(learner, attempt, place=2, fields=form_for(attempt, 2, right=True), key="k")


def test_someone_elses_attempt_takes_no_answer(learner: User, other: User) -> None:
    attempt = progress.start_attempt(learner, "first")
    with pytest.raises(Attempt.DoesNotExist):
        progress.record_answer(other, attempt, place=1, fields=form_for(attempt, 1, right=True), key="k")


def test_an_answer_after_the_end_changes_nothing(learner: User) -> None:
    attempt = take(learner, "first", right=4)
    ended_at = attempt.ended_at
    recorded = progress.record_answer(learner, attempt, place=6, fields=form_for(attempt, 6, right=True), key="late")
    attempt.refresh_from_db()
    assert not recorded.counted
    assert (attempt.score, attempt.passed, attempt.ended_at) == (4, False, ended_at)


def test_the_cool_down_grows_with_every_failure_in_a_row(learner: User) -> None:
    waits = []
    for _ in range(6):
        take(learner, "first", right=0)
        until = pacing.may_start_at(learner, "first")
        waits.append(0 if until is None else round((until - timezone.now()).total_seconds() / 60))
        Attempt.objects.update(ended_at=timezone.now() - timedelta(hours=1))
    assert waits == [0, 0, 1, 5, 15, 15]


def test_too_early_is_refused_with_the_minutes(learner: User) -> None:
    for _ in range(3):
        take(learner, "first", right=0)
    with pytest.raises(pacing.CoolingDown, match="again in 1 min"):
        progress.start_attempt(learner, "first")


def test_a_pass_ends_the_cool_down(learner: User) -> None:
    for _ in range(2):
        take(learner, "first", right=0)
    take(learner, "first")
    take(learner, "first", right=0)
    assert pacing.may_start_at(learner, "first") is None


def test_a_retry_serves_unseen_questions_first(learner: User) -> None:
    once = {each["version"] for each in take(learner, "first", right=0).questions}
    again = {each["version"] for each in take(learner, "first", right=0).questions}
    assert len(again - once) == 4  # the pool has ten


def test_f33_an_attempt_finishes_on_what_it_saw(learner: User, folder: Path) -> None:
    attempt = progress.start_attempt(learner, "first")
    path = folder / "lessons" / "01-first.md"
    text = path.read_text().replace("Which statement holds", "What holds").replace("A picture of", "An image of")
    path.write_text(text.replace("[8, 3, 224, 224]", "[9, 3, 224, 224]").replace("150,528", "1"))
    write_results(path)
    assert store(read(folder)) is not None
    finished = take(learner, "first")
    assert (finished.pk, finished.version_id, finished.passed) == (attempt.pk, attempt.version_id, True)
    assert Completion.objects.get().version_id == attempt.version_id


def test_f33_a_prerequisite_added_later_shuts_nobody_out(learner: User, other: User, folder: Path) -> None:
    take(learner, "first")
    replace(folder / "lessons" / "01-first.md", "order: 1", "order: 0")
    second = folder / "lessons" / "02-second.md"
    text = second.read_text()
    extra = text.replace("id: second", "id: extra", 1).replace("order: 2", "order: 1", 1).replace("{lesson}", "extra")
    extra = extra.replace("second-", "extra-").replace("nextLessonId: third", "nextLessonId: second")
    path = folder / "lessons" / "04-extra.md"
    path.write_text(extra)
    write_results(path)
    replace(folder / "lessons" / "01-first.md", "nextLessonId: second", "nextLessonId: extra")
    replace(second, "prevLessonId: first", "prevLessonId: extra")
    replace(second, "requires: [first]", "requires: [first, extra]")
    assert store(read(folder)) is not None
    assert lesson_is_open(learner, "second")
    assert not lesson_is_open(other, "second")


def test_f33_a_lesson_that_comes_to_require_something_stays_open_to_those_who_were_there(
    learner: User, folder: Path
) -> None:
    for name, order in (("01-first", 3), ("02-second", 1), ("03-third", 2)):
        path = folder / "lessons" / f"{name}.md"
        text = path.read_text()
        head, body = text.split("objectives:", 1)
        lines = [line for line in head.splitlines() if not line.startswith(("order", "prev", "next", "requires"))]
        neighbours = {"first": ("third", "null"), "second": ("null", "third"), "third": ("second", "first")}
        before, after = neighbours[name[3:]]
        requires = {"first": "[third]", "second": "[]", "third": "[second]"}[name[3:]]
        added = [f"order: {order}", f"prevLessonId: {before}", f"nextLessonId: {after}", f"requires: {requires}"]
        path.write_text("\n".join([*lines, *added, "objectives:"]) + body)
    assert store(read(folder)) is not None
    assert lesson_is_open(learner, "first")
    assert lesson_is_open(learner, "second")
    newcomer = User.objects.create_user("new@example.org", None)
    assert not lesson_is_open(newcomer, "first")


def test_f33_a_lesson_taken_out_can_still_be_finished_and_stays_completed(learner: User, folder: Path) -> None:
    take(learner, "first")
    take(learner, "second")
    attempt = progress.start_attempt(learner, "third")
    (folder / "lessons" / "03-third.md").unlink()
    replace(folder / "lessons" / "02-second.md", "nextLessonId: third", "nextLessonId: null")
    replace(folder / "course.yaml", "requires: [third]", "requires: [second]")
    assert store(read(folder)) is not None
    for place in range(1, 7):
        fields = form_for(attempt, place, right=True)
        progress.record_answer(learner, attempt, place=place, fields=fields, key=str(place))
    assert set(Completion.objects.values_list("lesson_id", flat=True)) == {"first", "second", "third"}


def test_passing_again_brings_the_completion_up_to_the_new_text(learner: User, folder: Path) -> None:
    take(learner, "first")
    replace(folder / "lessons" / "01-first.md", "Look closely.", "Look more closely.")
    store(read(folder))
    standing = require_open(learner, "first")
    assert standing.changed_since(standing.outline.by_id["first"])
    take(learner, "first")
    standing = require_open(learner, "first")
    assert not standing.changed_since(standing.outline.by_id["first"])
