"""A release is written whole or not at all, versions only of what changed, and nothing twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from accounts.models import User
from courses.faults import ContentError, Fault
from courses.models import Attempt, Course, Lesson, LessonVersion, Prerequisite, QuestionVersion, Release, UnlockGrant
from courses.outline import published_outline
from courses.progress import start_attempt
from courses.publishing import PartContext, PartSource, register_part_kind
from courses.publishing import parts as registry
from courses.publishing.edition import Edition
from courses.publishing.preview import preview
from courses.publishing.storing import PICTURE_FOLDER, store
from tests.courses.answering import form_for, take
from tests.courses.course_folder import read, replace, write_results

pytestmark = pytest.mark.django_db
ROWS = (Course, Lesson, LessonVersion, QuestionVersion, Release, Prerequisite)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in ROWS}


def test_a_release_pins_lessons_questions_and_edges(release: Release) -> None:
    assert [entry.version.lesson_id for entry in release.entries.all()] == ["first", "second", "third"]
    assert [entry.questions.count() for entry in release.entries.all()] == [10, 10, 10]
    assert set(release.prerequisites.values_list("lesson_id", "requires_id")) == {
        ("second", "first"),
        ("third", "second"),
    }
    assert Course.objects.get().published == release


def test_publishing_the_same_again_changes_nothing(release: Release, edition: Edition) -> None:
    before = counts()
    assert store(edition) is None
    assert counts() == before


def test_only_what_changed_gets_a_new_version(release: Release, folder: Path) -> None:
    replace(folder / "lessons" / "02-second.md", "Look closely.", "Look more closely.")
    before = counts()
    assert store(read(folder)) is not None
    assert counts() == before | {"LessonVersion": 4, "Release": 2, "Prerequisite": 4}


def test_a_changed_question_leaves_the_lessons_version_alone(release: Release, folder: Path) -> None:
    replace(folder / "lessons" / "02-second.md", "What does this print?", "What does it print?")
    before = counts()
    assert store(read(folder)) is not None
    assert counts() == before | {"QuestionVersion": 31, "Release": 2, "Prerequisite": 4}


def test_changing_back_takes_the_old_versions(release: Release, folder: Path) -> None:
    path = folder / "lessons" / "02-second.md"
    replace(path, "Look closely.", "Look more closely.")
    store(read(folder))
    replace(path, "Look more closely.", "Look closely.")
    again = store(read(folder))
    assert again is not None
    assert [e.version_id for e in again.entries.all()] == [e.version_id for e in release.entries.all()]


def test_lessons_may_swap_their_slugs(release: Release, folder: Path) -> None:
    first, second = folder / "lessons" / "01-first.md", folder / "lessons" / "02-second.md"
    a, b = first.read_text(), second.read_text()
    first.write_text(b)
    second.write_text(a)
    for path in (first, second):
        write_results(path)
    assert store(read(folder)) is not None
    assert dict(Lesson.objects.values_list("id", "slug")) == {"first": "second", "second": "first", "third": "third"}


def test_f33_a_renamed_lesson_keeps_what_people_did_in_it(release: Release, folder: Path, learner: User) -> None:
    take(learner, "first")
    for suffix in (".md", ".results.json"):
        (folder / "lessons" / f"01-first{suffix}").rename(folder / "lessons" / f"01-beginning{suffix}")
    store(read(folder))
    assert published_outline().by_slug["beginning"].id == "first"
    assert Attempt.objects.get().version.lesson.slug == "beginning"


def rename(folder: Path, old: str, new: str) -> None:
    for suffix in (".md", ".results.json"):
        (folder / "lessons" / f"{old}{suffix}").rename(folder / "lessons" / f"{new}{suffix}")


def test_f33_an_old_address_leads_to_the_lesson_and_a_page_that_is_open_there_goes_on(
    release: Release, folder: Path, learner: User, client: Client
) -> None:
    client.force_login(learner)
    attempt = start_attempt(learner, "first")
    rename(folder, "01-first", "01-beginning")
    store(read(folder))
    moved = client.get("/lessons/first/")
    assert (moved.status_code, moved["Location"]) == (302, "/lessons/beginning/")
    answer = {"question": "1", "key": "k", **form_for(attempt, 1, right=True)}
    response = client.post(f"/lessons/first/check/{attempt.pk}/answer/", answer)
    assert response.status_code == 302
    assert attempt.answers.count() == 1
    assert client.get(f"/lessons/second/check/{attempt.pk}/1/").status_code == 404


def test_f33_a_lesson_that_takes_an_old_address_has_it(release: Release, folder: Path, client: Client) -> None:
    rename(folder, "01-first", "01-beginning")
    store(read(folder))
    rename(folder, "02-second", "02-first")
    store(read(folder))
    assert client.get("/lessons/first/").status_code == 403
    assert client.get("/lessons/second/")["Location"] == "/lessons/first/"


def test_a_lesson_of_another_course_is_not_taken_over(release: Release, folder: Path) -> None:
    replace(folder / "course.yaml", "id: small", "id: large")
    with pytest.raises(ContentError, match="belongs to a lesson of another course"):
        store(read(folder))
    assert not Course.objects.filter(pk="large").exists()


class Stopped(Exception):
    """A publication that breaks off in the middle."""


def test_f34_a_publication_that_breaks_off_leaves_the_old_release_whole(release: Release, folder: Path) -> None:
    def stop(part: object, source: PartSource, release: Release) -> None:
        raise Stopped

    with_kind(folder, stop)
    replace(folder / "lessons" / "01-first.md", "Look closely.", "Look more closely.")
    before = counts()
    try:
        with pytest.raises(Stopped):
            store(read(folder))
    finally:
        registry._kinds.pop("gadget")
    assert counts() == before
    assert published_outline().release == release.pk


class Gadget:
    title, summary = "A gadget", "It does something."


def with_kind(folder: Path, store_part: Callable[[Any, PartSource, Release], None]) -> None:
    """Register a kind of part with files, and write one file of it."""
    register_part_kind(
        "gadget",
        parse=lambda source: Gadget(),
        validate=check_gadget,
        store=store_part,
        folder="gadgets",
    )
    (folder / "gadgets").mkdir()
    (folder / "gadgets" / "one.yaml").write_text("lesson: first\nsize: 3\n")


def check_gadget(part: object, source: PartSource, context: PartContext) -> list[Fault]:
    lesson = source.located.data["lesson"]
    return [] if lesson in context.lessons else [source.fault(f"No lesson {lesson!r}.", "Correct it.", "lesson")]


def test_parts_of_other_apps_are_checked_stored_and_shown(folder: Path) -> None:
    stored = []
    with_kind(folder, lambda part, source, release: stored.append((source.key, release.number)))
    try:
        replace(folder / "lessons" / "01-first.md", "## Going on", ":::{gadget} one\nTry it.\n:::\n\n## Going on")
        write_results(folder / "lessons" / "01-first.md")
        release = store(read(folder))
        (folder / "gadgets" / "one.yaml").write_text("size: 3\nlesson: none\n")
        with pytest.raises(ContentError, match=r"gadgets/one\.yaml:2: No lesson 'none'\. Correct it\."):
            read(folder)
    finally:
        registry._kinds.pop("gadget")
    assert release is not None
    assert stored == [("one", 1)]
    version = release.entries.get(order=1).version
    assert list(version.parts.values_list("kind", "key", "title")) == [("gadget", "one", "A gadget")]
    assert '<a href="/gadgets/one/">A gadget</a>' in version.body_html


def test_publishing_writes_the_grants_that_it_opens(release: Release, folder: Path, learner: User) -> None:
    take(learner, "first")
    UnlockGrant.objects.all().delete()
    third = folder / "lessons" / "03-third.md"
    replace(third, "requires: [second]", "requires: [first]")
    store(read(folder))
    assert set(UnlockGrant.objects.values_list("lesson_id", "reason")) == {
        ("second", "publication"),
        ("third", "publication"),
    }


def test_publishing_twice_writes_no_grant_twice(release: Release, folder: Path, learner: User) -> None:
    take(learner, "first")
    for words in ("Look once.", "Look twice."):
        path = folder / "lessons" / "01-first.md"
        path.write_text(path.read_text().replace("Look closely.", words).replace("Look once.", words))
        store(read(folder))
    assert UnlockGrant.objects.count() == 1


def test_the_preview_says_whom_it_would_touch_and_writes_nothing(
    release: Release, folder: Path, learner: User, edition: Edition
) -> None:
    assert list(preview(edition)) == ["Nothing would change: the published release says the same."]
    take(learner, "first")
    replace(folder / "lessons" / "01-first.md", "Look closely.", "Look more closely.")
    replace(folder / "lessons" / "02-second.md", "What does this print?", "What does it print?")
    before = counts()
    said = list(preview(read(folder)))
    assert said[0] == (
        "Changed text: First. "
        "0 learners are inside its check and finish on what they saw; 1 have completed it and keep that."
    )
    assert said[1].startswith("Changed questions: Second.")
    assert counts() == before


def test_pictures_are_kept_by_their_content(release: Release) -> None:
    assert len(default_storage.listdir(PICTURE_FOLDER)[1]) >= 1


def test_the_command_publishes_checks_previews_and_refuses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "lessons" / "01-first.md", "(#going-on)", "(/glossary/)")
    with override_settings(COURSE_CONTENT=folder.parent, BASE_DIR=folder.parents[0]):
        (folder.parent / "static" / "js" / "widgets").mkdir(parents=True)
        (folder / "widgets.json").rename(folder.parent / "static" / "js" / "widgets" / "index.json")
        call_command("publish", course="small", check=True)
        call_command("publish", course="small", preview=True)
        assert not Release.objects.exists()
        call_command("publish", course="small")
        call_command("publish", course="small")
        replace(folder / "lessons" / "02-second.md", "![A grey square.]", "![]")
        with pytest.raises(CommandError, match=r"small/lessons/02-second\.md:\d+: .*no alt text.*\n1 faults"):
            call_command("publish", course="small")
    said = capsys.readouterr().out
    assert "3 lessons and 0 labs and exercises are fit to publish." in said
    assert "New lesson: First." in said
    assert "release 1 is published." in said
    assert "nothing changed." in said
