"""The one Celery task of labs. Its message says "there is work" and names no run."""

import os
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_init, worker_ready, worker_shutting_down

import rings
from labs import draining
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
def look_for_work(**unused: Any) -> None:
    """Knock at the start: runs may have been queued while no worker was there, and their knocks lost."""
    rings.knock(WORK, QUEUE)
