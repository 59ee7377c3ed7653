"""Fault 22: every route and socket as everyone: exactly what the policy table says, and nothing it does not list."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from asgiref.sync import sync_to_async
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, get_resolver

from stride import sockets
from stride.asgi import application
from tests.security import policy_table
from tests.security.world import LOCKED_LESSON, OPEN_LESSON, PEOPLE, World, make_world
from tests.sockets import Socket

REDIRECTS = {"/accounts/login/": "login", "/accounts/signup/": "signup"}


class Row(NamedTuple):
    """One line of the table."""

    route: str
    place: str
    method: str
    expected: tuple[str, ...]


def _rows(*tables: str) -> Iterator[Row]:
    for line in "".join(tables).split("\n"):
        if line.strip():
            address, method, *expected = line.split()
            route, _, place = address.partition("@")
            values = tuple(expected) * (len(PEOPLE) if len(expected) == 1 else 1)
            yield Row("" if route == "(front)" else route, place, method, values)


def _routes(patterns: Any, *, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern.url_patterns, before=route)


def _address(row: Row, world: World) -> str:
    lesson = {"locked": LOCKED_LESSON, "unknown": "no-such-lesson"}.get(row.place, OPEN_LESSON)
    lab = "taster" if row.place == "taster" else "first-run"
    values = {
        "slug": lab if "labs/" in row.route else lesson,
        "attempt_id": world.attempt.pk,
        "place": 0 if row.route.startswith("data/") else 1,
        "record_id": world.record.pk,
        "set_id": world.pictures.pk,
        "review_id": world.review.pk,
        "report_id": world.report.pk,
        "run_id": world.run.pk,
        "query_id": world.query.pk,
        "group_id": world.group.pk,
        "token_id": world.token.pk,
        "artifact_id": world.artifact.pk,
        "preview_id": (world.download if row.place == "of_run" else world.range_test).pk,
        "arch": "lenet5",
        "kind": "augment_sheet" if "labs/" in row.route else "export_zip",
        "cohort_id": world.cohort.pk,
        "enrolment_id": world.enrolment,
        "code": "wrong" if row.place == "unknown" else world.cohort.invite_code,
        "name": "no-such.webp",
        "key": "abc",
        "uidb36": "1",
    }
    route = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", row.route).replace("^", "").replace("$", "")
    queries = {
        "run": f"?run={world.run.pk}",
        "query": f"?query={world.query.pk}",
        "check": f"?check={world.attempt.pk}&place=1",
        "review": f"?review={world.review.pk}",
    }
    query = queries.get(row.place, "")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route) + query


def _send(client: Client, row: Row, address: str) -> HttpResponseBase:
    if row.method == "GET":
        return client.get(address)
    if row.route in policy_table.JSON:
        return client.post(address, policy_table.JSON[row.route], content_type="application/json")
    return client.post(address, policy_table.FORMS.get(row.route, {}))


def _answer(response: HttpResponseBase) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    return next((word for path, word in REDIRECTS.items() if response["Location"].startswith(path)), "302")


def _ask(world: World, who: str, row: Row) -> str:
    cache.clear()
    with transaction.atomic():
        answer = _answer(_send(world.browser(who), row, _address(row, world)))
        transaction.set_rollback(True)
    return answer


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_f22_every_route_answers_everyone_as_the_table_says() -> None:
    world = make_world()
    tables = (policy_table.PAGES, policy_table.ACCOUNTS, policy_table.API, policy_table.HEALTH)
    differences = [
        f"{row.method} /{row.route}@{row.place} as {who}: {got}, the table says {expected}"
        for row in _rows(*tables)
        for who, expected in zip(PEOPLE, row.expected, strict=True)
        if (got := _ask(world, who, row)) != expected
    ]
    assert differences == []


def test_f22_no_route_is_missing_from_the_table() -> None:
    tables = (policy_table.PAGES, policy_table.ACCOUNTS, policy_table.API, policy_table.HEALTH)
    listed = {(row.route, row.method) for row in _rows(*tables) if not row.place}
    routes = {route for route in _routes(get_resolver().url_patterns) if not route.startswith("admin/")}
    assert {(route, method) for route in routes for method in ("GET", "POST")} == listed


@pytest.mark.django_db
@pytest.mark.timeout(300)
def test_f22_the_admin_is_for_admins() -> None:
    world = make_world()
    routes = {route for route in _routes(get_resolver().url_patterns) if route.startswith("admin/")}
    assert routes
    seen = []
    for route in sorted(routes - {"admin/logout/"}):
        address = "/" + re.sub(r"<[^>]+>|\^\(\?P<\w+>[^)]*\)\$", "1", route)
        for who in PEOPLE[:-1]:
            for method in ("get", "post"):
                response = getattr(world.browser(who), method)(address)
                if response.status_code not in (302, 403) or "/login/" not in response.get("Location", "/login/"):
                    seen.append(f"{method} {address} as {who}: {response.status_code}")
    assert seen == []


@pytest.mark.django_db(transaction=True)
async def test_f22_every_socket_opens_for_whom_the_table_says() -> None:
    world = await sync_to_async(make_world)()
    rows = list(_rows(policy_table.SOCKETS))
    assert {row.route for row in rows} == {str(route.pattern) for route in sockets.routes}
    differences = []
    for row in rows:
        for who, expected in zip(PEOPLE, row.expected, strict=True):
            socket = Socket(application, _address(row, world), session=world.sessions[who])
            got = "101" if await socket.connect() else "403"
            if got == "101":
                await socket.leave()
            if got != expected:
                differences.append(f"{row.route} as {who}: {got}, the table says {expected}")
    assert differences == []
