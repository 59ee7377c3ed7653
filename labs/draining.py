"""Know that this worker is asked to end: by a flag that Celery's parent shares with its children, or by SIGTERM.

SIGTERM to the parent alone is Celery's warm shutdown, of which the child hears nothing: the parent raises the shared
flag. SIGTERM to the whole process group reaches the child too, whose own handler billiard sets after the fork; it is
replaced only while a task runs.
"""

import mmap
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

# Anonymous shared memory, mapped before Celery forks its children.
_flag = mmap.mmap(-1, 1)


def is_draining() -> bool:
    """Whether this worker has been asked to end."""
    return _flag[0] != 0


def begin(*unused: Any, **more: Any) -> None:
    """Ask the parent and every child to end."""
    _flag[0] = 1


@contextmanager
def on_sigterm() -> Iterator[None]:
    """Let SIGTERM mean "drain" while a task runs; only the main thread of a process may do this."""

    def drain(number: int, frame: FrameType | None) -> None:
        begin()

    before = signal.signal(signal.SIGTERM, drain)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
