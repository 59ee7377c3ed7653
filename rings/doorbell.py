"""Ring a topic: whoever watches it reads the rows again."""

import time
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

PREFIX: Final = "stride:"
# Longer and a frozen Redis slows every training step; redis-py's own ten retries cost 3 to 25 s.
TIMEOUT_SECONDS: Final = 0.2
# After a failure nobody tries again for this long, so that a frozen Redis costs a training run a tenth at most.
QUIET_SECONDS: Final = 2.0


class Doorbell:
    """One process's way to ring: a small pool of connections, and silence for a while after a failure."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            # Once more at once, on a fresh connection: the pooled one may be to a Redis that was restarted since.
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        self._quiet_until = 0.0

    def ring(self, topic: str) -> bool:
        """Ring `topic`; return whether Redis took it. Never raises, never waits longer than a frozen Redis costs."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            self._client.publish(PREFIX + topic, b"")
        except (RedisError, OSError):
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            return False
        return True

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()


_doorbell: Doorbell | None = None


def publish(topic: str) -> bool:
    """Ring `topic` ("run:<id>", "cohort:<id>", "query:<id>", "queue") now; return whether Redis took it."""
    global _doorbell
    # Tests point one process at several Redis servers in turn.
    if _doorbell is None or _doorbell.url != settings.REDIS_URL:
        _doorbell = Doorbell(settings.REDIS_URL)
    return _doorbell.ring(topic)


def ring_on_commit(topic: str) -> None:
    """Ring `topic` once the transaction has committed; a transaction that is rolled back rings nobody."""
    transaction.on_commit(partial(publish, topic))
