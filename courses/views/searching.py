"""The page of search: a full page, and its results alone for htmx as someone types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.searching import search
from courses.standing import standing_of
from courses.words import LONGEST_QUERY


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What a query finds in lessons, glossary and labs."""
    query = " ".join(request.GET.get("q", "")[:LONGEST_QUERY].split())
    found = search(query, standing_of(request.user))
    template = "courses/_results.html" if request.headers.get("HX-Request") == "true" else "courses/search.html"
    response = render(request, template, {"query": query, "found": found, "longest": LONGEST_QUERY})
    response["Vary"] = "HX-Request, Cookie"
    return response
