"""The infer worker's task: answer every queued question, then rest until the next ring."""

from typing import Any

import structlog
from celery import current_app, shared_task
from celery.signals import worker_process_init, worker_ready
from django.db import close_old_connections

import rings
from inference import claiming
from inference.asking import QUEUE, TASK
from inference.models import Query

log = structlog.get_logger(__name__)


@shared_task(name=TASK, queue=QUEUE)
def answer() -> None:
    """Claim and answer until nothing is queued; a ring too many finds nothing to do."""
    close_old_connections()
    while (query := claiming.claim()) is not None:
        _settle(query)


def _settle(query: Query) -> None:
    # Needs torch, which the web process never loads; Celery's parent and the web import this module too.
    from inference import answering

    try:
        claiming.answer(query, answering.answer(query))
    except answering.Unanswerable as error:
        claiming.give_up(query, str(error))
    except Exception:
        # The worker's edge: one question that breaks must not take the others with it.
        log.exception("question_failed", query=str(query.id))
        claiming.give_up(query, "Something broke while your picture was looked at. Ask again, or draw it anew.")


@worker_ready.connect
def look_for_questions(sender: Any, **_: Any) -> None:
    """Knock at the start: questions may have been asked while no worker was there, and their knocks lost."""
    if QUEUE in sender.app.amqp.queues.consume_from:
        rings.knock(TASK, QUEUE)


@worker_process_init.connect
def warm(**_: Any) -> None:
    """Load torch before the first question, in the infer worker's child only."""
    if QUEUE in current_app.amqp.queues.consume_from:
        from inference import answering  # needs torch, like the task

        answering.warm()
