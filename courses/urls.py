"""Addresses of courses."""

from django.urls import URLPattern, path

from courses.views import attesting, challenging, checking, marking, pages, reporting, reviewing, searching

app_name = "courses"
urlpatterns: list[URLPattern] = [
    path("", pages.show_map, name="map"),
    path("lessons/<slug:slug>/", pages.lesson, name="lesson"),
    path("lessons/<slug:slug>/check/", checking.check, name="check"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/", checking.result, name="result"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/<int:place>/", checking.question, name="question"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/answer/", checking.answer, name="answer"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/draft/", checking.draft, name="draft"),
    path("lessons/<slug:slug>/challenge/", challenging.challenge, name="challenge"),
    path("me/record/", attesting.mine, name="my_record"),
    path("me/record/<uuid:record_id>/withdraw/", attesting.withdraw, name="withdraw_record"),
    path("records/<uuid:record_id>/", attesting.record, name="record"),
    path("lessons/<slug:slug>/place/", marking.place, name="place"),
    path("lessons/<slug:slug>/notes/", marking.notes, name="notes"),
    path("lessons/<slug:slug>/report/", reporting.report, name="report"),
    path("notes/", marking.all_notes, name="all_notes"),
    path("review/", reviewing.queue, name="review"),
    path("review/<uuid:review_id>/", reviewing.question, name="reviewed"),
    path("review/<uuid:review_id>/answer/", reviewing.answer, name="review_answer"),
    path("search/", searching.results, name="search"),
    path("glossary/", pages.glossary, name="glossary"),
    path("sheet/", pages.sheet, name="sheet"),
    path("images/<str:name>", pages.picture, name="picture"),
]
