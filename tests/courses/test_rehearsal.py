"""A course edit rehearsed on 200 learners at every stage: the preview says whom it touches, and nothing is lost.

Text, a question's right answer, a prerequisite, the order and an address change in one publication (fault 33).
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from courses import progress
from courses.models import Answer, Attempt, Completion, QuestionVersion, UnlockGrant
from courses.outline import published_outline
from courses.publishing.preview import preview
from courses.publishing.storing import store
from courses.serving import Served, show
from courses.standing import records, standing_of
from courses.unlocking import State, states
from tests.courses.answering import form_for, take
from tests.courses.course_folder import read, replace, write_results

pytestmark = [pytest.mark.usefixtures("release"), pytest.mark.timeout(300)]
LEARNERS = 200
STAGES = ("new", "inside first", "failed first", "passed first", "inside second", "passed two", "inside third",
          "passed all", "challenged second", "shut second")  # fmt: skip
EACH = LEARNERS // len(STAGES)


def begin(learner: User, lesson: str, *, answers: int) -> None:
    """Begin a check and answer so many of its questions rightly."""
    attempt = progress.start_attempt(learner, lesson)
    for place in range(1, answers + 1):
        fields = form_for(attempt, place, right=True)
        progress.record_answer(learner, attempt, place=place, fields=fields, key=str(place))


def challenge(learner: User, lesson: str) -> None:
    attempt = progress.start_challenge(learner, lesson)
    for place in range(1, len(attempt.questions) + 1):
        fields = form_for(attempt, place, right=True)
        progress.record_answer(learner, attempt, place=place, fields=fields, key=str(place))


def bring(learner: User, stage: str) -> None:
    """Bring a learner to a stage by learning as a person does."""
    if stage == "failed first":
        take(learner, "first", right=2)
    elif stage == "inside first":
        begin(learner, "first", answers=3)
    elif stage == "challenged second":
        challenge(learner, "second")
    elif stage != "new":
        passed = {"passed two": 2, "inside third": 2, "passed all": 3}.get(stage, 1)
        for lesson in ("first", "second", "third")[:passed]:
            take(learner, lesson)
    if stage in ("inside second", "inside third"):
        begin(learner, stage.split()[1], answers=2 if stage == "inside second" else 5)
    if stage == "shut second":
        UnlockGrant.objects.create(learner=learner, lesson_id="second", is_open=False, reason="instructor")


@pytest.fixture
def learners(release: Any) -> dict[str, list[User]]:
    """Two hundred learners, twenty at each stage."""
    found: dict[str, list[User]] = {stage: [] for stage in STAGES}
    for number in range(LEARNERS):
        learner = User.objects.create_user(f"{number}@example.org", None)
        stage = STAGES[number % len(STAGES)]
        bring(learner, stage)
        found[stage].append(learner)
    return found


def edit(folder: Path) -> None:
    """Change the first lesson's text, a question of the second, put a new lesson before it, and rename the third."""
    first, second, third = (folder / "lessons" / f"{name}.md" for name in ("01-first", "02-second", "03-third"))
    extra = second.read_text().replace("id: second", "id: extra", 1).replace("title: Second", "title: Extra")
    extra = extra.replace("second-", "extra-").replace("nextLessonId: third", "nextLessonId: second")
    (folder / "lessons" / "02-extra.md").write_text(extra)
    replace(first, "Look closely.", "Look more closely.")
    replace(first, "nextLessonId: second", "nextLessonId: extra")
    text = second.read_text().replace("order: 2", "order: 3", 1).replace("prevLessonId: first", "prevLessonId: extra")
    text = text.replace("requires: [first]", "requires: [extra]").replace(
        "answer: [8, 3, 224, 224]", "answer: [9, 3, 224, 224]"
    )
    second.unlink()
    (folder / "lessons" / "03-second.md").write_text(text)
    replace(third, "order: 3", "order: 4")
    third.rename(folder / "lessons" / "04-last.md")
    course = folder / "course.yaml"
    course.write_text(course.read_text().split("coming:")[0])
    for path in (folder / "lessons").glob("*.md"):
        write_results(path)


def rows() -> dict[str, Any]:
    """Return everything that must not change: completions, grants, attempts and answers."""
    return {
        model.__name__: sorted(map(str, model.objects.values_list(*columns)))
        for model, columns in (
            (Completion, ("pk", "learner", "lesson", "version", "completed_at")),
            (UnlockGrant, ("pk", "learner", "lesson", "is_open", "reason")),
            (Attempt, ("pk", "learner", "version", "questions", "rule", "score", "passed", "ended_at")),
            (Answer, ("pk", "attempt", "question", "seq", "given", "is_right", "tag")),
        )
    }


def readable() -> dict[Any, set[str]]:
    """Return which lessons each learner may read, by what is published now."""
    nodes = published_outline().nodes
    known = records(User.objects.values_list("pk", flat=True))
    return {
        learner: {id_ for id_, state in states(nodes, record).items() if state is not State.LOCKED}
        for learner, record in known.items()
    }


def asked_in(attempts: list[Attempt]) -> Iterator[tuple[Any, str]]:
    """Yield what every unfinished attempt asks, as its page shows it."""
    for attempt in attempts:
        for each in attempt.questions:
            question = QuestionVersion.objects.get(pk=each["version"])
            yield attempt.pk, str(show(question.kind, question.data, Served.from_json(each)))


def test_f33_an_edit_on_two_hundred_learners_says_whom_it_touches_and_loses_nothing(
    learners: dict[str, list[User]], folder: Path
) -> None:
    unfinished = list(Attempt.objects.filter(passed=None).order_by("pk"))
    assert len(unfinished) == 3 * EACH
    before, could_read, asked = rows(), readable(), list(asked_in(unfinished))
    edit(folder)
    edition = read(folder)

    said = list(preview(edition))
    assert rows() == before, "a preview writes nothing"
    assert said == [
        "Changed text: First. 20 learners are inside its check and finish on what they saw; "
        "120 have completed it and keep that.",
        "New lesson: Extra.",
        "Changed questions: Second. 20 learners are inside its check and finish on what they saw; "
        "80 have completed it and keep that.",
        "New prerequisites: Second requires Extra. Whoever could open it still can.",
        "New address: Third moves to /lessons/last/; /lessons/third/ leads there.",
        "Of 200 people, 20 would see a new check, 40 finish a check as they saw it, 120 would be told that a lesson "
        "they completed has changed, 120 gain a lesson, 0 lose anything.",
    ]

    store(edition)
    after = rows()
    for name in ("Completion", "Attempt", "Answer"):
        assert after[name] == before[name]
    assert set(before["UnlockGrant"]) <= set(after["UnlockGrant"])
    now = readable()
    assert all(could_read[learner] <= now[learner] for learner in could_read)
    assert sum(now[learner] > could_read[learner] for learner in now) == 6 * EACH
    shut = {learner.pk for learner in learners["shut second"]}
    assert all("second" not in now[learner] for learner in shut), "what an instructor shut stays shut"

    assert list(asked_in(unfinished)) == asked
    for attempt in unfinished:
        finish(attempt)
    ended = Counter(Attempt.objects.filter(pk__in=[each.pk for each in unfinished]).values_list("passed", flat=True))
    assert ended == {True: 3 * EACH}
    for attempt in unfinished:
        completion = Completion.objects.get(learner=attempt.learner, lesson=attempt.version.lesson_id)
        assert completion.version_id == attempt.version_id, "completed in the version that was read"


def finish(attempt: Attempt) -> None:
    """Answer what is left of an attempt by the key that it was begun with."""
    for place in range(progress.next_place(attempt, list(attempt.answers.all())), len(attempt.questions) + 1):
        fields = form_for(attempt, place, right=True)
        progress.record_answer(attempt.learner, attempt, place=place, fields=fields, key=f"after-{place}")


def test_f33_the_map_says_what_changed_to_those_who_had_completed_it(
    learners: dict[str, list[User]], folder: Path
) -> None:
    edit(folder)
    store(read(folder))
    for stage in ("passed first", "passed all"):
        standing = standing_of(learners[stage][0])
        assert standing.changed_since(standing.outline.by_id["first"])
    assert not any(map(standing_of(learners["new"][0]).changed_since, published_outline().lessons))
