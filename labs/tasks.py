"""The Celery tasks of labs. Their messages say "there is work" and name no row."""

from typing import Any

from celery import Task, current_app, shared_task
from celery.signals import celeryd_after_setup, worker_process_init, worker_ready, worker_shutting_down
from django.db import close_old_connections

import rings
from labs import draining, echoing, previews
from labs.announcing import QUEUE, WORK

worker_shutting_down.connect(draining.begin)


@shared_task(name=WORK, bind=True)
def work(task: Task) -> None:
    """Claim and train queued runs until none is left; heard twice, the second time claims nothing."""
    # torch: only a worker has it, and the web process imports this module to know the task's name.
    from labs import working

    with draining.on_sigterm():
        working.work(node=task.request.hostname)


@shared_task(name=previews.TASK, queue=previews.QUEUE, bind=True)
def preview(task: Task) -> None:
    """Claim and make previews until none waits."""
    close_old_connections()
    # torch, as above.
    from labs import previewing

    previewing.work(node=task.request.hostname)


@celeryd_after_setup.connect
def load_libraries(instance: Any, **unused: Any) -> None:
    """Load in Celery's parent what training needs, so that every child has it at once, one that replaces another too.

    The parent runs no tensor operation: a parallel one before the fork would hang the child.
    """
    if QUEUE in instance.app.amqp.queues.consume_from:
        from labs import working

        working.load_libraries()


@worker_process_init.connect
def warm_up(**unused: Any) -> None:
    """Pay in the child, before its first run, what torch's first steps cost."""
    if QUEUE in current_app.amqp.queues.consume_from:
        from labs import working

        working.warm_up()


@worker_ready.connect
def begin(sender: Any, **unused: Any) -> None:
    """Say that this worker is there, and look for runs that were queued while none was, their knocks lost."""
    queues = sorted(sender.app.amqp.queues.consume_from)
    echoing.keep_echoing(sender.hostname, queue=",".join(queues))
    if QUEUE in queues:
        rings.knock(WORK, QUEUE)
    if previews.QUEUE in queues:
        rings.knock(previews.TASK, previews.QUEUE)
