"""A worker's sign of life: its row says when it was last there, for readiness and for the page that says who trains."""

import threading
from typing import Final

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from labs.models import Worker

log = structlog.get_logger(__name__)

ECHO_SECONDS: Final = 10.0


def echo(name: str, *, queue: str) -> None:
    """Write that the worker `name` of `queue` is there now; a database that is away is no reason to end."""
    try:
        Worker.objects.update_or_create(name=name, defaults={"queue": queue, "echoed_at": timezone.now()})
    except DatabaseError as error:
        log.warning("echo_missed", worker=name, error=str(error))
        connection.close()


def keep_echoing(name: str, *, queue: str) -> None:
    """Echo at once and then every ECHO_SECONDS from a daemon thread, as long as this process lives."""

    def repeat() -> None:
        while True:
            echo(name, queue=queue)
            ending.wait(ECHO_SECONDS)

    ending = threading.Event()
    threading.Thread(target=repeat, name="echo", daemon=True).start()
