"""End the children of a supervisor that died without doing so itself."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field

import psutil

LOOK_SECONDS = 0.05


@dataclass(slots=True)
class _Watched:
    """Process groups by pid, as (stage, seconds of grace)."""

    groups: dict[int, tuple[int, float]] = field(default_factory=dict)

    def hear(self, line: str) -> None:
        verb, pid, *rest = line.split()
        if verb == "watch":
            self.groups[int(pid)] = (int(rest[0]), float(rest[1]))
        else:
            self.groups.pop(int(pid), None)

    def end_all(self) -> None:
        for stage in sorted({stage for stage, _ in self.groups.values()}):
            self._end([(pid, grace) for pid, (its_stage, grace) in self.groups.items() if its_stage == stage])

    def _end(self, groups: list[tuple[int, float]]) -> None:
        for pid, _ in groups:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + max(grace for _, grace in groups)
        while time.monotonic() < deadline and any(_is_alive(pid) for pid, _ in groups):
            time.sleep(LOOK_SECONDS)
        for pid, _ in groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)


def _is_alive(pid: int) -> bool:
    # Where nobody collects orphans (a container without init), a dead one stays as a zombie.
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Watchdog:
    """The supervisor's end of a pipe to a forked process, which acts when the pipe closes without a dismissal.

    A pipe closes however its owner dies, SIGKILL included, on Linux and macOS alike; Linux's own
    "signal on parent's death" would reach the children at once, not workers first and Redis last.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    @classmethod
    def start(cls) -> "Watchdog":
        """Fork the watching process; call this before any thread or event loop child exists."""
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(writing)
            _watch(reading)
        os.close(reading)
        return cls(writing)

    def watch(self, pid: int, *, stage: int, grace_seconds: float) -> None:
        """Have this process group ended with the supervisor."""
        self._tell(f"watch {pid} {stage} {grace_seconds}")

    def forget(self, pid: int) -> None:
        """Leave this process group alone: it has ended, and its number may be another's soon."""
        self._tell(f"forget {pid}")

    def dismiss(self) -> None:
        """Let the watching process go; the supervisor has ended its children itself."""
        os.close(self._pipe)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self._pipe, f"{line}\n".encode())


def _watch(pipe: int) -> None:
    """Read what to watch until the pipe closes, end what is left, and leave without a trace."""
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        watched = _Watched()
        with os.fdopen(pipe) as lines:
            for line in lines:
                watched.hear(line)
        watched.end_all()
    finally:
        os._exit(0)
