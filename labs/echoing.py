"""A worker's sign of life: its row says when it was last there, for readiness and for the page that says who trains."""

import os
import threading
from typing import Final

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from labs.models import Worker

log = structlog.get_logger(__name__)

ECHO_SECONDS: Final = 10.0

# Held while the echoing thread has a connection, and across every fork: a child that is forked while SQLite is open
# believes for ever that its process holds the locks of that moment ("database is locked").
_connected = threading.Lock()
os.register_at_fork(before=_connected.acquire, after_in_parent=_connected.release, after_in_child=_connected.release)


def echo(name: str, *, queue: str) -> None:
    """Write that the worker `name` of `queue` is there now; a database that is away is no reason to end."""
    try:
        Worker.objects.update_or_create(name=name, defaults={"queue": queue, "echoed_at": timezone.now()})
    except DatabaseError as error:
        log.warning("echo_missed", worker=name, error=str(error))
        connection.close()


def keep_echoing(name: str, *, queue: str) -> threading.Event:
    """Echo at once and then every ECHO_SECONDS from a daemon thread, until the event that is returned is set."""

    def repeat() -> None:
        while not ending.is_set():
            with _connected:
                echo(name, queue=queue)
                connection.close()
            ending.wait(ECHO_SECONDS)

    ending = threading.Event()
    threading.Thread(target=repeat, name="echo", daemon=True).start()
    return ending
