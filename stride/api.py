"""The root of /api/v1: one router per app, the session's user, errors as sentences."""

import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, Throttled, ValidationError
from ninja.security import django_auth

from courses.api import router as lessons_router
from inference.api import router as queries_router
from labs.api import labs_router, runs_router
from labs.api_continuing import groups_router, sweeps_router
from labs.api_continuing import runs_router as continuing_router
from labs.api_files import ledger_router
from labs.api_files import router as files_router
from labs.api_pictures import router as pictures_router
from labs.api_steering import router as steering_router
from stride.api_auth import TokenAuth, TokenThrottle
from teach.api import router as cohorts_router

api = NinjaAPI(
    title="Stride",
    version="1",
    urls_namespace="api",
    auth=[TokenAuth(), django_auth],
    throttle=[TokenThrottle()],
    docs_url="/docs",
)
api.add_router("/lessons", lessons_router, tags=["lessons"])
api.add_router("/labs", labs_router, tags=["labs"])
api.add_router("/runs", runs_router, tags=["runs"])
api.add_router("/runs", steering_router, tags=["runs"])
api.add_router("/runs", continuing_router, tags=["runs"])
api.add_router("/runs", files_router, tags=["runs"])
api.add_router("/labs", sweeps_router, tags=["labs"])
api.add_router("/groups", groups_router, tags=["runs"])
api.add_router("/data", pictures_router, tags=["my pictures"])
api.add_router("/ledger", ledger_router, tags=["labs"])
api.add_router("/queries", queries_router, tags=["look inside"])
api.add_router("/cohorts", cohorts_router, tags=["teaching"])


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name every field that does not fit, each with a sentence."""
    errors = {_field(item): f"{item.get('msg', 'This value does not fit')}." for item in error.errors}
    return api.create_response(request, {"errors": errors}, status=422)


@api.exception_handler(AuthenticationError)
def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Say how to be somebody."""
    said = "Sign in, or send a personal token from your page: `Authorization: Bearer <token>`."
    return api.create_response(request, {"error": said}, status=401)


@api.exception_handler(Throttled)
def too_many(request: HttpRequest, error: Throttled) -> HttpResponse:
    """Say when to come back; the header Retry-After says it in seconds."""
    said = f"Too many requests with this token. Ask again in {math.ceil(error.wait or 1)} s."
    return api.create_response(request, {"error": said}, status=429)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Say why it may not be done."""
    return api.create_response(request, {"error": str(error) or "You may not do this."}, status=403)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that there is no such thing here, in the same words whether it exists for others or not."""
    return api.create_response(request, {"error": "There is nothing at this address for you."}, status=404)


def _field(item: dict[str, Any]) -> str:
    return ".".join(str(part) for part in item.get("loc", ()) if part not in ("body", "data", "payload", "query"))
