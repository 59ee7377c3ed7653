"""The one Celery task of labs. Its message says "there is work" and names no run."""

import os
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_init, worker_ready, worker_shutting_down

import rings
from labs import draining, echoing
from labs.announcing import QUEUE, WORK

worker_shutting_down.connect(draining.begin)


@shared_task(name=WORK, bind=True)
def work(task: Task) -> None:
    """Claim and train queued runs until none is left; heard twice, the second time claims nothing."""
    # torch: only a worker has it, and the web process imports this module to know the task's name.
    from labs import working

    with draining.on_sigterm():
        working.work(worker=f"{task.request.hostname}:{os.getpid()}")


@worker_init.connect
def load_torch(**unused: Any) -> None:
    """Load torch in Celery's parent, which runs no tensor operation: every child has it at once, a new one too."""
    from labs import working

    _ = working


@worker_ready.connect
def begin(sender: Any, **unused: Any) -> None:
    """Say that this worker is there, and look for runs that were queued while none was, their knocks lost."""
    queues = sorted(sender.app.amqp.queues.consume_from)
    echoing.keep_echoing(sender.hostname, queue=",".join(queues))
    if QUEUE in queues:
        rings.knock(WORK, QUEUE)
