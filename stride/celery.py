"""The Celery app. Its messages only say "look again"; the rows say what there is to do."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stride.settings")

app = Celery("stride")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    # Early acknowledgement: a lost message is found again by lease and sweeper, never by the broker.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_disable_prefetch=True,
    # Celery's default of 4 s makes children that import torch loop for ever on a busy machine.
    worker_proc_alive_timeout=60,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_max_tasks_per_child=None,
    task_create_missing_queues=True,
    task_default_queue="train",
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2, "visibility_timeout": 3600},
)
app.autodiscover_tasks()
