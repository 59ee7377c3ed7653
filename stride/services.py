"""The command line of every process of the house: what `make run` supervises, containers run one by one."""

import http.client
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

# Workers finish their step, write a checkpoint and give the run back; pages in flight are answered.
DRAIN_SECONDS = 30.0
ANSWER_SECONDS = 2.0
SOCKET_MESSAGE_BYTES = 65_536
# Celery warns root of pickled messages; ours are JSON, and a container's only user may be root.
AS_ROOT = ("-W", "ignore:You're running the worker with superuser")


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the house: what to execute, and when it ends (stage 0 first) and within how long."""

    name: str
    command: tuple[str, ...]
    stage: int = 0
    grace_seconds: float = 10.0
    environment: dict[str, str] = field(default_factory=dict)
    # Services that come later in the list start when this is true, and the greeting is said.
    is_ready: Callable[[], bool] | None = None
    greeting: str = ""
    # Where it says what ails it, when not on its standard output.
    log: Path | None = None


def redis(server: Path, *, folder: Path, path: Path) -> Service:
    """Return the doorbell: on a unix socket at `path` alone, every message appended to a file in `folder`."""
    log = folder / "redis.log"
    socket_options = ("--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700")
    file_options = ("--dir", str(folder), "--appendonly", "yes", "--save", "", "--logfile", str(log))
    return Service(
        name="redis",
        command=(str(server), *socket_options, *file_options),
        stage=2,
        is_ready=partial(redis_answers, path),
        log=log,
    )


def redis_answers(path: Path) -> bool:
    """Tell whether a Redis at this unix socket takes commands; the file is there before anyone listens behind it."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_SECONDS)
        try:
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def web(*, greeting: str = "") -> Service:
    """Return the web process; it binds STRIDE_BIND (127.0.0.1) and PORT (8000)."""
    port = os.environ.get("PORT", "8000")
    address = ("--host", os.environ.get("STRIDE_BIND", "127.0.0.1"), "--port", port)
    limits = ("--ws-max-size", str(SOCKET_MESSAGE_BYTES), "--timeout-graceful-shutdown", "5")
    # Compressing a frame anew for each of its watchers was more than half of this process's work with 200 of them.
    plain = ("--ws-per-message-deflate", "false")
    # uvicorn's 5 s closes connections just when a page that polls asks again, which a browser shows as a failure.
    patience = ("--timeout-keep-alive", "75")
    quiet = ("--no-proxy-headers", "--no-server-header", "--no-access-log", "--log-level", "warning")
    options = (*address, *limits, *plain, *patience, *quiet)
    return Service(
        name="web",
        command=(sys.executable, "-m", "uvicorn", "stride.asgi:application", *options),
        stage=1,
        is_ready=partial(is_alive, int(port)),
        greeting=greeting,
    )


def is_alive(port: int) -> bool:
    """Tell whether a web process of this machine answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def train_worker() -> Service:
    """Return the worker that trains: STRIDE_SLOTS runs at once (1), and never before a page.

    Several on one machine (one for each GPU) need names of their own: STRIDE_WORKER.
    """
    name = os.environ.get("STRIDE_WORKER") or "train"
    return _celery_worker("train", nice=10, name=name, slots=os.environ.get("STRIDE_SLOTS", "1"))


def infer_worker() -> Service:
    """Return the worker that answers questions to trained networks and makes previews, always warm.

    It has two processes, of which one at most makes previews: a question does not wait for a download.
    """
    return _celery_worker("infer", nice=0, slots="2")


def _celery_worker(queue: str, *, nice: int, name: str = "", slots: str = "1") -> Service:
    options = ("--concurrency", slots, "--pool", "prefork", "--loglevel", os.environ.get("STRIDE_LOG_LEVEL", "WARNING"))
    silent = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    worker = (
        *AS_ROOT,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "stride.celery",
        "worker",
        "-Q",
        queue,
        "-n",
        f"{name or queue}@%h",
        *options,
        *silent,
    )
    return Service(
        name=queue,
        command=("nice", "-n", str(nice), sys.executable, *worker) if nice else (sys.executable, *worker),
        grace_seconds=DRAIN_SECONDS,
        # A parallel tensor operation in Celery's parent before the fork hangs the child.
        environment={"OMP_NUM_THREADS": "1", "STRIDE_PROBES": str(_probes())},
    )


def _probes() -> Path:
    """Return where workers remember how fast this machine is: with the other data, which outlives a container."""
    folder = Path(os.environ.get("STRIDE_DATA") or Path(__file__).resolve().parent.parent / "var")
    return Path(os.environ.get("STRIDE_PROBES") or folder / "probes.json")


def sweeper() -> Service:
    """Return the process that finds what was lost: expired leases, unheard rings."""
    return Service(name="sweeper", command=(sys.executable, "manage.py", "sweep"))


BY_NAME: dict[str, Callable[[], Service]] = {
    "web": web,
    "train-worker": train_worker,
    "infer-worker": infer_worker,
    "sweeper": sweeper,
}


def become(service: Service) -> NoReturn:
    """Replace this process by the service."""
    os.execvpe(service.command[0], service.command, {**os.environ, **service.environment})  # noqa: S606  our own words


def main(arguments: list[str]) -> None:
    """Become the service that the command line names."""
    if len(arguments) != 1 or arguments[0] not in BY_NAME:
        sys.exit(f"Name one service: {', '.join(BY_NAME)}.")
    become(BY_NAME[arguments[0]]())


if __name__ == "__main__":
    main(sys.argv[1:])
