"""Addresses of labs."""

from django.urls import URLPattern, path

from labs import views

app_name = "labs"
urlpatterns: list[URLPattern] = [
    path("labs/", views.index, name="index"),
    path("labs/<slug:slug>/", views.lab, name="lab"),
    path("labs/<slug:slug>/beside/", views.beside, name="beside"),
    path("runs/", views.runs, name="runs"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/outcome/", views.outcome, name="outcome"),
    path("runs/<uuid:run_id>/script.py", views.script, name="script"),
    path("runs/<uuid:run_id>/stop/", views.stop, name="stop"),
]
