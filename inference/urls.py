"""Addresses of inference."""

from django.urls import URLPattern, path

from inference import views

app_name = "inference"
urlpatterns: list[URLPattern] = [path("inference/", views.home, name="home")]
