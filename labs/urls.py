"""Addresses of labs."""

from django.urls import URLPattern, path

from labs import record_views, views

app_name = "labs"
urlpatterns: list[URLPattern] = [
    path("labs/", views.index, name="index"),
    path("labs/<slug:slug>/", views.lab, name="lab"),
    path("labs/<slug:slug>/beside/", views.beside, name="beside"),
    path("runs/", views.runs, name="runs"),
    path("runs/compare/", record_views.compare, name="compare"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/outcome/", views.outcome, name="outcome"),
    path("runs/<uuid:run_id>/script.py", views.script, name="script"),
    path("runs/<uuid:run_id>/looks/", record_views.looks, name="looks"),
    path("runs/<uuid:run_id>/pictures.webp", record_views.pictures, name="pictures"),
    path("runs/<uuid:run_id>/weights.safetensors", record_views.weights, name="weights"),
    path("runs/<uuid:run_id>/stop/", views.stop, name="stop"),
]
