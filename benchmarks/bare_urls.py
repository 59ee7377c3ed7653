"""The addresses of the site and one more, whose view does nothing: what pages are measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from stride.urls import urlpatterns as site


def bare(request: HttpRequest) -> HttpResponse:
    """Answer with two letters, behind the same middleware as every page."""
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), *site]
