"""The house for tests: the real processes, on the tests' own database, a private Redis and a free port.

    house.need("redis", "train", "sweeper")
    house.kill("train")                  # SIGKILL to the whole worker
    house.until(lambda: run_is("finished"), seconds=20)

The command lines are those of `stride.services`. Each process has a log in `house.logs`.
"""

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import psutil
from celery import current_app
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from redis import Redis, RedisError

from labs.models import Run, Worker
from labs.models.runs import State
from stride import bootstrap, services

ROOT: Final = Path(__file__).resolve().parent.parent
# Short enough for a test to see a lease end, long enough for two busy cores.
TIMES: Final = {
    "STRIDE_HEARTBEAT_SECONDS": "1",
    "STRIDE_LEASE_SECONDS": "3",
    "STRIDE_SWEEP_SECONDS": "0.5",
    "STRIDE_SEND_SECONDS": "8",
    "STRIDE_LOG_LEVEL": "INFO",
}
LOOK_SECONDS: Final = 0.02
OPENINGS: Final = 2
START_SECONDS: Final = 150.0


class House:
    """Redis, workers, sweeper and web as subprocesses that share the tests' database and data folder."""

    def __init__(self, *, environment: Mapping[str, str] | None = None) -> None:
        self.data = Path(settings.DATA_DIR)
        self.logs = self.data / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.socket = Path(str(settings.REDIS_URL).removeprefix("unix://"))
        self.port = _free_port()
        self.environment = {**os.environ, "DATABASE_URL": database_url(), **TIMES, **(environment or {})}
        self.environment |= {"STRIDE_DATA": str(self.data), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        # What stands in front of the command line of processes that are started now.
        self.prefix: list[str] = []
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._started_at: dict[str, datetime] = {}
        self._read = self._written()

    @property
    def url(self) -> str:
        """Return the address of the web process."""
        return f"http://127.0.0.1:{self.port}"

    def need(self, *names: str) -> None:
        """Start what is not running of redis, train, train2, infer, sweeper, web, and wait until it answers."""
        for name in names:
            if self.is_alive(name):
                self.thaw(name)
        missing = [name for name in names if not self.is_alive(name)]
        for name in missing:
            self._start(name)
        for name in missing:
            self.until(partial(self._is_ready, name), seconds=START_SECONDS, what=f"{name} to be ready")

    def open_site(self, *names: str) -> None:
        """Start the web process with its static files, and the named processes beside it.

        Static files are collected once: a web process knows the sizes of those that it started with.
        """
        if not (self.data / "static").exists():
            self.manage("collectstatic", "--noinput", "-v0")
        self.need("redis", *names, "web")

    def is_alive(self, name: str) -> bool:
        """Whether a process was started and has not ended."""
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def is_idle(self, name: str) -> bool:
        """Whether a worker has ended every task that it took, by its own word: it waits for a knock."""
        worker = f"{name}@house"
        asked = current_app.control.inspect([worker], timeout=5)
        return all(tasks() == {worker: []} for tasks in (asked.active, asked.reserved))

    def process(self, name: str) -> psutil.Process:
        """Return a running process: the parent, for a worker."""
        return psutil.Process(self._processes[name].pid)

    def children(self, name: str) -> list[psutil.Process]:
        """Return the child processes: the ones that train or answer, for a worker."""
        return self.process(name).children(recursive=True)

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a process and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._processes[name].pid, number)

    def kill(self, name: str) -> None:
        """SIGKILL a process with its children, and wait until it is gone."""
        self.signal(name, signal.SIGKILL)
        self._processes.pop(name).wait(timeout=10)

    def without(self, *names: str) -> None:
        """See that these processes are not there, however they end."""
        for name in names:
            if self.is_alive(name):
                self.kill(name)

    def kill_children(self, name: str) -> None:
        """SIGKILL the children alone; Celery's parent then starts others."""
        for child in self.children(name):
            child.kill()

    def freeze(self, name: str) -> None:
        """Stop a process with its children in mid-air."""
        self.signal(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen process go on."""
        self.signal(name, signal.SIGCONT)

    def settle(self) -> None:
        """Make the house idle for the next test: end every run, and let nobody work until `need` names them again.

        A worker that went on would take the runs of tests that have no house, on the same database.
        """
        self._read = self._written()
        for name in list(self._processes):
            self.thaw(name) if self.is_alive(name) else self._processes.pop(name)
        unended = Run.objects.unended()
        unended.update(state=State.CANCELLED, ended_at=Greatest(Now(), F("queued_at")), lease_until=None)
        if connection.vendor == "sqlite":
            self.until(self._is_at_rest, what="the workers to rest outside of a transaction")
            return
        for name in self._working():
            self.stop(name)

    def open_database(self) -> None:
        """Open the tests' connection. Whoever was frozen with the file locked may finish first.

        Seen once in six runs of the tests of faults: "database is locked" at the first query of the next test.
        """
        for _ in range(OPENINGS):
            try:
                connection.ensure_connection()
                return
            except OperationalError:
                for name in self._working():
                    self.thaw(name)
                self.until(self._is_at_rest, what="the workers to rest without the database's lock")
        connection.ensure_connection()

    def _working(self) -> list[str]:
        return [name for name in self._processes if name not in ("redis", "web")]

    def _is_at_rest(self) -> bool:
        """Freeze whoever works; whoever froze with the database's lock in hand would keep it, so thaw them again."""
        for name in self._working():
            self.freeze(name)
        # A thread inside of a system call stops only after it: it could still take the lock behind the probe's back.
        self.until(lambda: all(map(self._is_frozen, self._working())), seconds=10, what="the workers to stand still")
        probe = sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=0.2, isolation_level=None)
        try:
            probe.execute("BEGIN IMMEDIATE")
            probe.execute("ROLLBACK")
        except sqlite3.OperationalError:
            for name in self._working():
                self.thaw(name)
            return False
        finally:
            probe.close()
        return True

    def _is_frozen(self, name: str) -> bool:
        """Whether each thread of a process and of its children has stopped, or is no more."""
        return all(map(_stands_still, [self.process(name), *self.children(name)]))

    def stop(self, name: str, *, seconds: float = 30.0) -> None:
        """Ask a process to end as its supervisor would (SIGTERM to the parent alone), and wait for it."""
        process = self._processes.get(name)
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
        process.terminate()
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            # Celery writes where each of its threads stands into the log.
            process.send_signal(signal.SIGUSR1)
            children = [" ".join(child.cmdline()) for child in self.children(name)]
            self.kill(name)
            raise AssertionError(f"{name} did not end; its children: {children}\n{self.log(name)[-6000:]}") from None
        self._processes.pop(name)

    def close(self) -> None:
        """End everything, Redis last."""
        for name in sorted(self._processes, key=lambda name: name == "redis"):
            self.signal(name, signal.SIGCONT)
            self.kill(name)

    def log(self, name: str) -> str:
        """Return what a process wrote since the last test."""
        path = self.logs / f"{name}.log"
        return path.read_bytes()[self._read.get(name, 0) :].decode(errors="replace") if path.exists() else ""

    def until(self, claim: Callable[[], Any], *, seconds: float = 60.0, what: str = "the claim") -> Any:
        """Look again and again until `claim()` is true and return it; fails with the processes' last lines."""
        deadline = time.monotonic() + seconds
        while not (found := claim()):
            if time.monotonic() > deadline:
                raise AssertionError(f"Waited {seconds:g} s for {what}.\n{self._last_lines()}")
            time.sleep(LOOK_SECONDS)
        return found

    def manage(self, *arguments: str) -> str:
        """Run one management command against the tests' database and return what it wrote."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _start(self, name: str) -> None:
        service = self._service(name)
        self._started_at[name] = timezone.now()
        with (self.logs / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [*self.prefix, *service.command],
                cwd=ROOT,
                env={**self.environment, **service.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _service(self, name: str) -> services.Service:
        if name == "redis":
            server = bootstrap.redis_server()
            assert server is not None, "No redis-server: `make test` installs one under .venv/redis."
            self.socket.unlink(missing_ok=True)
            return services.redis(server, folder=self.data, path=self.socket)
        if name == "web":
            return _changed(services.web(), "--port", str(self.port))
        if name == "sweeper":
            return services.sweeper()
        if name == "infer":
            return _changed(services.infer_worker(), "-n", f"{name}@house")
        worker = _changed(services.train_worker(), "--concurrency", self.environment.get("STRIDE_SLOTS", "1"))
        return _changed(worker, "-n", f"{name}@house")

    def _is_ready(self, name: str) -> bool:
        assert self.is_alive(name), f"{name} ended.\n{self._last_lines()}"
        if name == "redis":
            return services.redis_answers(self.socket)
        if name == "web":
            return self._web_answers()
        echo = name if name == "sweeper" else f"{name}@house"
        return Worker.objects.filter(name=echo, echoed_at__gt=self._started_at[name]).exists()

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _written(self) -> dict[str, int]:
        """Return how much each log holds by now, in bytes: other houses wrote into the same files."""
        return {path.stem: path.stat().st_size for path in self.logs.glob("*.log")}

    def _last_lines(self) -> str:
        logs = (f"--- {name}\n" + "\n".join(self.log(name).splitlines()[-25:]) for name in self._processes)
        return "\n".join([*logs, "--- rows and queues", *self._open_work()])

    def _open_work(self) -> list[str]:
        """Return who is there, what is not ended, and how many knocks nobody has heard."""
        rows = [f"{run.pk} {run.state} fence={run.fence} lease={run.lease_until}" for run in Run.objects.unended()]
        echoes = [f"{worker.name} echoed at {worker.echoed_at}" for worker in Worker.objects.all()]
        client = Redis.from_url(settings.REDIS_URL, socket_timeout=1)
        try:
            knocks = [f"{queue}: {client.llen(queue)} knocks" for queue in ("train", "infer")]
        except RedisError as error:
            knocks = [f"Redis does not answer: {error}"]
        return [*rows, *echoes, *knocks]


def database_url() -> str:
    """Return the address of the database that the tests use, for processes of their own."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        name = str(values["NAME"])
        assert "memory" not in name, "The house needs a database in a file: set STRIDE_TEST_DATABASE."
        return f"sqlite:///{name}"
    return (
        f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT'] or 5432}/{values['NAME']}"
    )


def _stands_still(process: psutil.Process) -> bool:
    threads = list(Path(f"/proc/{process.pid}/task").glob("*/stat"))
    try:
        # The state comes after the name, which stands in brackets and may hold anything.
        states = [path.read_text().rpartition(")")[2].split()[0] for path in threads]
        # Without /proc the state of the whole process must do.
        return all(state in "TtZX" for state in states) if states else process.status() == psutil.STATUS_STOPPED
    except (FileNotFoundError, ProcessLookupError, psutil.NoSuchProcess):
        return True


def _changed(service: services.Service, option: str, value: str) -> services.Service:
    """Return the service with another value for one option of its command line."""
    command = list(service.command)
    # The last one: `nice` has options of its own in front.
    command[len(command) - command[::-1].index(option)] = value
    return replace(service, command=tuple(command))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
