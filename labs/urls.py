"""Addresses of labs."""

from django.urls import URLPattern, path

from labs import building_views, picture_views, preview_views, record_views, steering_views, views

STEERING = {
    "stop": steering_views.stop,
    "pause": steering_views.pause,
    "resume": steering_views.resume,
    "rate": steering_views.rate,
    "priority": steering_views.priority,
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
    path("labs/<slug:slug>/build/", building_views.build, name="build"),
    path("labs/<slug:slug>/build/count/", building_views.count, name="count_layers"),
    path("labs/<slug:slug>/build/start/<slug:arch>/", building_views.start, name="start_layers"),
    path("labs/<slug:slug>/preview/<slug:kind>/", preview_views.ask, name="ask_preview"),
    path("previews/<uuid:preview_id>/", preview_views.show, name="preview"),
    path("previews/<uuid:preview_id>/file", preview_views.file, name="preview_file"),
    path("previews/<uuid:preview_id>/pick/", preview_views.pick, name="pick_rate"),
    path("runs/<uuid:run_id>/download/<slug:kind>/", preview_views.download, name="download"),
    path("data/", picture_views.index, name="pictures_own"),
    path("data/new/", picture_views.new, name="picture_set_new"),
    path("data/<uuid:set_id>/", picture_views.show, name="picture_set"),
    path("data/<uuid:set_id>/sheets/<int:place>.webp", picture_views.sheet, name="picture_sheet"),
    path("data/<uuid:set_id>/file", picture_views.file, name="picture_file"),
    path("data/<uuid:set_id>/delete/", picture_views.delete, name="picture_set_delete"),
    path("runs/", views.runs, name="runs"),
    path("runs/compare/", record_views.compare, name="compare"),
    path("runs/<uuid:run_id>/", views.run, name="run"),
    path("runs/<uuid:run_id>/outcome/", views.outcome, name="outcome"),
    path("runs/<uuid:run_id>/script.py", views.script, name="script"),
    path("runs/<uuid:run_id>/looks/", record_views.looks, name="looks"),
    path("runs/<uuid:run_id>/pictures.webp", record_views.pictures, name="pictures"),
    *(path(f"runs/<uuid:run_id>/{name}/", view, name=name) for name, view in STEERING.items()),
    path("groups/<uuid:group_id>/", record_views.group, name="group"),
    path("groups/<uuid:group_id>/stop/", steering_views.stop_group, name="stop_group"),
]
