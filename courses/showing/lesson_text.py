"""What a lesson's page shows to everyone: read and rendered once per release, since a version never changes.

What differs from person to person (done, changed, results in labs, what is open beside it) stays with the view.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from courses.models import LessonVersion, Part
from courses.outline import Outline, OutlineLesson


@dataclass(frozen=True, slots=True)
class LessonText:
    """A version with the labs that it places, and the pieces of its page that are the same for everyone."""

    version: LessonVersion
    labs: tuple[Part, ...]
    head: SafeString
    contents: SafeString
    objectives: SafeString
    navigation: SafeString
    check_to_pass: SafeString
    check_passed: SafeString


def lesson_text(outline: Outline, lesson: OutlineLesson) -> LessonText:
    """Return the text of a published lesson: two queries when this process shows it for the first time, then none."""
    key = str(get_language()), lesson.version
    if key not in outline.texts:
        outline.texts[key] = _read(outline, lesson)
    text: LessonText = outline.texts[key]
    return text


def _read(outline: Outline, lesson: OutlineLesson) -> LessonText:
    version = LessonVersion.objects.get(pk=lesson.version)
    before, after = outline.neighbours(lesson.id)
    context = {"version": version, "lesson": lesson, "before": before, "after": after}

    def piece(name: str, **more: bool) -> SafeString:
        return render_to_string(f"courses/{name}.html", {**context, **more})

    return LessonText(
        version=version,
        labs=tuple(version.parts.filter(kind="lab")),
        head=piece("_lesson_head"),
        contents=piece("_lesson_contents"),
        objectives=piece("_lesson_objectives"),
        navigation=piece("_navigation"),
        check_to_pass=piece("_lesson_check", is_done=False),
        check_passed=piece("_lesson_check", is_done=True),
    )
