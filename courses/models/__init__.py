"""The rows of courses.

What is taught (content), who learns together (classes), how far each has come (records), what comes back (reviews),
what search finds,
what people leave on lessons (marks).
"""

from courses.models.classes import Cohort, Enrolment
from courses.models.content import (
    Course,
    FormerAddress,
    Lesson,
    LessonVersion,
    Part,
    Prerequisite,
    Question,
    QuestionVersion,
    Release,
    ReleaseLesson,
)
from courses.models.marks import Bookmark, MistakeReport
from courses.models.records import Answer, Attempt, Completion, CompletionRecord, LabResult, UnlockGrant
from courses.models.reviews import Review, ReviewAnswer, ReviewCard
from courses.models.search import SearchEntry

__all__ = [
    "Answer",
    "Attempt",
    "Bookmark",
    "Cohort",
    "Completion",
    "CompletionRecord",
    "Course",
    "Enrolment",
    "FormerAddress",
    "LabResult",
    "Lesson",
    "LessonVersion",
    "MistakeReport",
    "Part",
    "Prerequisite",
    "Question",
    "QuestionVersion",
    "Release",
    "ReleaseLesson",
    "Review",
    "ReviewAnswer",
    "ReviewCard",
    "SearchEntry",
    "UnlockGrant",
]
