"""What a page costs the server, beside a view that does nothing. Run it with `python -m benchmarks.pages`."""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.figures import Figure, show, spread
from benchmarks.site import prepare

ROUNDS: Final = 150
WARM: Final = 15
LESSONS: Final = 500
LESSON_AIM: Final = 6.0
MAP_AIM_MS: Final = 50.0
LESSON: Final = "/lessons/images-as-tensors/"


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each request of a page, and of the bare view asked in turn with it."""

    page: list[float]
    bare: list[float]

    @property
    def ratio(self) -> float:
        """How many times longer than the bare view the page takes, by medians."""
        return statistics.median(self.page) / statistics.median(self.bare)


def measure() -> dict[str, Measured]:
    """Return the real course's first lesson and map, and the map of 500 lessons, for a visitor and a learner."""
    prepare()
    from django.core.management import call_command
    from django.test import override_settings

    from benchmarks.large_course import publish_large_course

    call_command("migrate", verbosity=0)
    call_command("publish", verbosity=0)
    with override_settings(ROOT_URLCONF="benchmarks.bare_urls"):
        learner = _learner()
        found = {
            "lesson, visitor": _beside(LESSON, ""),
            "lesson, learner": _beside(LESSON, learner),
            "map, learner": _beside("/", learner),
        }
        publish_large_course(LESSONS)
        _complete(learner_id=_user().pk, lessons=LESSONS // 3)
        return found | {"large map, visitor": _beside("/", ""), "large map, learner": _beside("/", learner)}


def _user() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get_or_create(email="pages@example.org")[0]


def _learner() -> str:
    """Return the cookie of a session of a learner."""
    from django.test import Client

    client = Client()
    client.force_login(_user())
    return f"sessionid={client.cookies['sessionid'].value}"


def _complete(*, learner_id: Any, lessons: int) -> None:
    from courses.models import Completion, LessonVersion

    versions = LessonVersion.objects.filter(lesson__course="large").order_by("lesson_id")[:lessons]
    Completion.objects.bulk_create(
        Completion(learner_id=learner_id, lesson_id=version.lesson_id, version=version) for version in versions
    )


def _beside(path: str, cookie: str) -> Measured:
    """Ask for a page and for the bare view in turn, in this process, through the whole WSGI application."""
    asked, bare = _request(path, cookie), _request("/bare/", cookie)
    page_ms, bare_ms = [], []
    gc.collect()
    for turn in range(WARM + ROUNDS):
        taken = _milliseconds(asked), _milliseconds(bare)
        if turn >= WARM:
            page_ms.append(taken[0])
            bare_ms.append(taken[1])
    return Measured(page_ms, bare_ms)


def _request(path: str, cookie: str) -> Callable[[], None]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory

    application, factory = WSGIHandler(), RequestFactory(HTTP_COOKIE=cookie)

    def ask() -> None:
        statuses: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
            statuses.append(status)
            return lambda written: None

        body = b"".join(application(factory.get(path).environ, start))
        if not statuses[0].startswith("200") or not body:
            raise RuntimeError(f"{path} answered {statuses[0]}")

    return ask


def _milliseconds(ask: Callable[[], None]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000


def figures(measured: dict[str, Measured]) -> list[Figure]:
    """Return the measured lines against their aims."""
    lines = []
    for name, aim in (("lesson, visitor", LESSON_AIM), ("lesson, learner", LESSON_AIM), ("map, learner", None)):
        found = measured[name]
        value = f"{found.ratio:.1f} times ({statistics.median(found.page):.2f} ms)"
        is_met = None if aim is None else found.ratio <= aim
        said = "none" if aim is None else f"at most {aim:g} times"
        lines.append(Figure(f"Server time of a page against a bare view: {name}", value, _spread(found), said, is_met))
    for name in ("large map, visitor", "large map, learner"):
        found, middle = measured[name], statistics.median(measured[name].page)
        value = f"median {middle:.1f} ms ({found.ratio:.0f} times a bare view)"
        title = f"Server time of the map with {LESSONS} lessons: {name.partition(', ')[2]}"
        lines.append(Figure(title, value, _spread(found), f"median under {MAP_AIM_MS:g} ms", middle < MAP_AIM_MS))
    return lines


def _spread(found: Measured) -> str:
    return f"{spread(found.page, unit='ms')}; bare {spread(found.bare, unit='ms')}"


if __name__ == "__main__":
    sys.stdout.write(show(figures(measure())) + "\n")
