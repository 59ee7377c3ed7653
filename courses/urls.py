"""Addresses of courses."""

from django.urls import URLPattern, path

from courses.views import checking, pages

app_name = "courses"
urlpatterns: list[URLPattern] = [
    path("", pages.show_map, name="map"),
    path("lessons/<slug:slug>/", pages.lesson, name="lesson"),
    path("lessons/<slug:slug>/check/", checking.check, name="check"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/", checking.result, name="result"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/<int:place>/", checking.question, name="question"),
    path("lessons/<slug:slug>/check/<uuid:attempt_id>/answer/", checking.answer, name="answer"),
    path("glossary/", pages.glossary, name="glossary"),
    path("sheet/", pages.sheet, name="sheet"),
    path("images/<str:name>", pages.picture, name="picture"),
]
