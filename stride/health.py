"""Is this process alive, and is the house ready?"""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from labs.models import Worker

PROBE_SECONDS = 0.5
# Workers echo every ten seconds, the sweeper at every sweep.
ECHO_SECONDS = 60


def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200: this process serves."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and doorbell answer and workers and sweeper are there, else 503; the body says which."""
    parts = {"database": _database_answers(), "redis": _redis_answers()}
    parts |= {queue: parts["database"] and _echoes(queue) for queue in ("train", "infer", "sweep")}
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _echoes(queue: str) -> bool:
    """Whether a process of this queue has said lately that it is there."""
    lately = timezone.now() - timedelta(seconds=ECHO_SECONDS)
    return Worker.objects.filter(queue=queue, echoed_at__gt=lately).exists()


def _redis_answers() -> bool:
    client = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=PROBE_SECONDS,
        socket_connect_timeout=PROBE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return bool(client.ping())
    except (RedisError, OSError):
        return False
    finally:
        client.close()
