"""`manage.py sweep`: find what was lost, every few seconds."""

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import FrameType
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from labs import echoing

log = structlog.get_logger(__name__)

Sweep = Callable[..., None]


class Command(BaseCommand):
    """Call `sweep(now=...)` of every app that has a module `sweeping`, until SIGTERM or SIGINT."""

    help = "Find expired leases, unheard knocks and what is no longer to be kept, every STRIDE_SWEEP_SECONDS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep until asked to end."""
        ending = threading.Event()

        def end(number: int, frame: FrameType | None) -> None:
            ending.set()

        sweeps = find_sweeps()
        self._look(sweeps)
        if options["once"]:
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        while not ending.wait(settings.STRIDE_SWEEP_SECONDS):
            self._look(sweeps)

    def _look(self, sweeps: dict[str, Sweep]) -> None:
        sweep_all(sweeps, now=timezone.now())
        echoing.echo("sweeper", queue="sweep")


def find_sweeps() -> dict[str, Sweep]:
    """Return the `sweep` function of every installed app that has a module `sweeping`, by the app's name."""
    names = [config.name for config in apps.get_app_configs() if find_spec(f"{config.name}.sweeping")]
    return {name: import_module(f"{name}.sweeping").sweep for name in names}


def sweep_all(sweeps: dict[str, Sweep], *, now: datetime) -> None:
    """Call every sweep once; one that fails is logged and must not keep the others from their work."""
    for name, sweep in sweeps.items():
        try:
            sweep(now=now)
        except Exception:
            log.exception("sweep_failed", app=name)
            # A connection that the database dropped is opened anew by the next look.
            connection.close()
