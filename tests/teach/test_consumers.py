"""The live board's socket: who may open it, what ends it, and that it says nothing but "look again"."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import RoleGrant, User
from courses.models import Cohort
from rings import hub
from stride.asgi import application
from teach import consumers
from tests.sockets import Socket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(30)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "LOOK_SECONDS", 0.3)
    monkeypatch.setattr(consumers, "REST_SECONDS", 0.01)


async def _board_of(user: User | None, cohort_id: object, *, origin: str = "http://testserver") -> Socket:
    """Return an unopened board in the browser of someone, or of nobody."""
    client = Client()
    if user is not None:
        await sync_to_async(client.force_login)(user)
    session = client.cookies["sessionid"].value if user is not None else ""
    return Socket(application, f"/ws/cohorts/{cohort_id}/", session=session, origin=origin)


@pytest.fixture
async def watching(cohort: Cohort, instructor: User) -> AsyncIterator[Socket]:
    """The instructor's open board."""
    socket = await _board_of(instructor, cohort.pk)
    assert await socket.connect()
    yield socket
    await socket.leave()


async def test_a_frame_says_look_again_and_nothing_else(watching: Socket, cohort: Cohort) -> None:
    assert await watching.frame() == {"cohort": str(cohort.pk), "look": True}


async def test_without_any_ring_the_board_looks_again(watching: Socket) -> None:
    for _ in range(3):
        await watching.frame()


async def test_a_ring_brings_a_frame(monkeypatch: pytest.MonkeyPatch, cohort: Cohort, instructor: User) -> None:
    monkeypatch.setattr(consumers, "LOOK_SECONDS", 60.0)
    socket = await _board_of(instructor, cohort.pk)
    assert await socket.connect()
    # Where a Redis is there, the hub rings every bell once when it has joined it.
    while not await socket.is_quiet(seconds=0.3):
        await socket.frame()
    hub._hubs[asyncio.get_running_loop()]._ring(f"cohort:{cohort.pk}")
    assert await socket.frame()
    await socket.leave()


@pytest.mark.parametrize("who", ["nobody", "guest", "learner", "other instructor", "admin"])
async def test_f22_only_the_instructor_of_the_class_opens_it(
    cohort: Cohort, learner: User, other_instructor: User, who: str
) -> None:
    people: dict[str, User | None] = {"nobody": None, "learner": learner, "other instructor": other_instructor}
    people["guest"] = await sync_to_async(User.objects.create_guest)()
    people["admin"] = await sync_to_async(User.objects.create_superuser)("root@example.org")
    assert not await (await _board_of(people[who], cohort.pk)).connect()


async def test_a_class_that_does_not_exist_is_refused(instructor: User) -> None:
    assert not await (await _board_of(instructor, uuid.uuid4())).connect()


@pytest.mark.parametrize("origin", ["http://evil.example", ""])
async def test_f21_a_foreign_or_missing_origin_is_refused(cohort: Cohort, instructor: User, origin: str) -> None:
    assert not await (await _board_of(instructor, cohort.pk, origin=origin)).connect()


async def test_f21_signing_out_closes_the_board(watching: Socket) -> None:
    await sync_to_async(Session.objects.all().delete)()
    assert await watching.closed() == consumers.CLOSED_FORBIDDEN


async def test_f21_losing_the_role_closes_the_board(watching: Socket) -> None:
    await sync_to_async(RoleGrant.objects.all().delete)()
    assert await watching.closed() == consumers.CLOSED_FORBIDDEN


async def test_f21_no_longer_teaching_the_class_closes_the_board(watching: Socket, cohort: Cohort) -> None:
    await sync_to_async(cohort.instructors.clear)()
    assert await watching.closed() == consumers.CLOSED_FORBIDDEN


async def test_f21_a_changed_password_closes_the_board(watching: Socket, instructor: User) -> None:
    instructor.set_password("another-horse-9")
    await sync_to_async(instructor.save)()
    assert await watching.closed() == consumers.CLOSED_FORBIDDEN


async def test_f20_what_a_board_sends_is_ignored(watching: Socket) -> None:
    await watching.say(text="{garbage" * 1000)
    await watching.say(data=b"\x00" * 100_000)
    assert await watching.frame()
