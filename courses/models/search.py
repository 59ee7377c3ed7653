"""What search finds."""

from typing import ClassVar

from django.db import models


class SearchEntry(models.Model):
    """One thing that search finds in the published release: a lesson, a section of one, a term, a lab.

    `lesson` is empty for what belongs to no lesson. `title_words` and `words` are what it is found by; the database
    keeps an index of them beside this table (FTS5 on SQLite, a tsvector on PostgreSQL; migration 0004), brought up to
    date by the database itself. Rows of a release go when the next one is published.
    """

    KINDS: ClassVar = ("lesson", "section", "term", "lab")

    release = models.ForeignKey("courses.Release", on_delete=models.CASCADE, related_name="search_entries")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
    lesson = models.ForeignKey("courses.Lesson", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    url = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    text = models.TextField()
    title_words = models.TextField()
    words = models.TextField()

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
