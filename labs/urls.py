"""Addresses of labs."""

from django.urls import URLPattern, path

from labs import steering_views, views

STEERING = {
    "stop": steering_views.stop,
    "pause": steering_views.pause,
    "resume": steering_views.resume,
    "rate": steering_views.rate,
    "about": steering_views.about,
    "branch": steering_views.branch,
    "twin": steering_views.twin,
    "again": steering_views.again,
}

app_name = "labs"
urlpatterns: list[URLPattern] = [
    path("labs/", views.index, name="index"),
    path("labs/<slug:slug>/", views.lab, name="lab"),
    path("labs/<slug:slug>/beside/", views.beside, name="beside"),
    path("runs/", views.runs, name="runs"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/outcome/", views.outcome, name="outcome"),
    path("runs/<uuid:run_id>/script.py", views.script, name="script"),
    *(path(f"runs/<uuid:run_id>/{name}/", view, name=name) for name, view in STEERING.items()),
    path("groups/<uuid:group_id>/stop/", steering_views.stop_group, name="stop_group"),
]
