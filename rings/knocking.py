"""Knock at a Celery queue: "there is work". The caller never waits for the broker."""

import contextlib
import os
import threading
from functools import partial
from queue import Empty, Full, Queue
from typing import Final

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import KombuError
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from rings.doorbell import TIMEOUT_SECONDS

# A knock that finds no room is dropped: the sweeper knocks again while rows are queued.
WAITING_KNOCKS: Final = 64

Knock = tuple[str, str]


class Knocker:
    """One daemon thread that hands knocks to the broker, however slow or absent that is."""

    def __init__(self) -> None:
        self._knocks: Queue[Knock | None] = Queue(maxsize=WAITING_KNOCKS)
        self._thread = threading.Thread(target=self._work, name="knocker", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the thread still works; what it cannot foresee ends it, and the next knock starts another."""
        return self._thread.is_alive()

    def put(self, knock: Knock | None) -> None:
        """Take a knock (or None: only open the connection) and return at once."""
        try:
            self._knocks.put_nowait(knock)
        except Full:
            return

    def _work(self) -> None:
        while True:
            knock = self._knocks.get()
            waiting = self._knocks.qsize()
            try:
                _open() if knock is None else _send(*knock)
            except (KombuError, RedisError, OSError):
                # Each would wait as long for a broker that is away; the sweeper rings once it is back. What came
                # meanwhile is tried: the broker may be back already.
                self._drop(waiting)

    def _drop(self, count: int) -> None:
        with contextlib.suppress(Empty):
            for _ in range(count):
                self._knocks.get_nowait()


_knocker: Knocker | None = None
_lock = threading.Lock()


def _after_fork() -> None:
    """Start anew in a forked child: threads do not survive a fork, locks survive it as they were."""
    global _knocker, _lock
    _knocker, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def knock(task_name: str, queue: str) -> None:
    """Say "there is work" to the workers of `queue`, from a thread of its own; returns at once, whatever Redis does."""
    _the_knocker().put((task_name, queue))


def knock_on_commit(task_name: str, queue: str) -> None:
    """Knock once the transaction has committed."""
    transaction.on_commit(partial(knock, task_name, queue))


def warm() -> None:
    """Open the broker's connection now, in the background: the first knock of a process would cost 125 ms."""
    _the_knocker().put(None)


def is_silent(queue: str) -> bool:
    """Whether no knock waits in `queue`; False when Redis does not answer, since nobody could knock then either."""
    client = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return client.llen(queue) == 0
    except (RedisError, OSError):
        return False
    finally:
        client.close()


def _the_knocker() -> Knocker:
    global _knocker
    with _lock:
        if _knocker is None or not _knocker.is_alive:
            _knocker = Knocker()
        return _knocker


def _send(task_name: str, queue: str) -> None:
    # Without retry: a publish that failed is made good by the sweeper, and later knocks must not queue behind it.
    current_app.send_task(task_name, queue=queue, ignore_result=True, retry=False)


def _open() -> None:
    with current_app.producer_or_acquire() as producer:
        producer.connection.ensure_connection(max_retries=1, timeout=2)
