"""Open the house on this machine: check the port, prepare, start every process, say where it is, end them all."""

import asyncio
import fcntl
import hashlib
import io
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

import qrcode

from stride import bootstrap, services
from stride.supervisor import Supervisor, write_to_terminal

# The kernel's limit for a unix socket's path is 104 (macOS) or 108 (Linux) bytes.
SOCKET_PATH_BYTES = 100
# A documentation address (RFC 5737): nothing is sent, the kernel only says which of our addresses would send it.
ELSEWHERE = ("192.0.2.1", 9)


class Refusal(Exception):
    """The house cannot open; the text is one sentence with the remedy."""


def check_port(host: str, port: int) -> None:
    """Refuse a port that another program holds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"Port {port} cannot be used ({error.strerror}): end the program that holds it, "
                f"or take another one with `make run PORT={port + 1}`."
            ) from None


def lock(folder: Path) -> IO[str]:
    """Hold the data folder for this house alone until the returned file is closed."""
    folder.mkdir(parents=True, exist_ok=True)
    holder = (folder / "house.lock").open("a+")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refusal(
            f"Stride already runs on {folder}: end it there, or name another folder in STRIDE_DATA."
        ) from None
    return holder


def redis_socket(folder: Path) -> Path:
    """Return where the doorbell listens: under the data folder, or under /tmp where that path is too long."""
    path = folder / "redis" / "redis.sock"
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        path = Path(tempfile.gettempdir()) / f"stride-{os.getuid()}-{name}" / "redis.sock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path


def lan_address() -> str:
    """Return the address under which this machine is seen by its neighbours."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError:
            raise Refusal(
                "This machine is in no network: join one, or name its address with `make class ADDRESS=192.168.1.5`."
            ) from None


def environment(mode: str, *, folder: Path, address: str, port: int) -> dict[str, str]:
    """Return the settings of an embedded house or a class; what the user set stays."""
    names = [address, socket.gethostname(), "localhost", "127.0.0.1"]
    settings = {"STRIDE_MODE": mode, "STRIDE_DATA": str(folder), "PORT": str(port)}
    if mode == "class":
        settings["STRIDE_BIND"] = "0.0.0.0"  # noqa: S104  a class is for the room
        settings["STRIDE_HOSTS"] = ",".join(names)
        settings["STRIDE_ORIGINS"] = ",".join(f"http://{name}:{port}" for name in names)
    return {**settings, **{name: os.environ[name] for name in settings if os.environ.get(name)}}


def embedded_redis(folder: Path) -> services.Service | None:
    """Return the doorbell to start, with its address put into the environment; None when REDIS_URL names one."""
    if os.environ.get("REDIS_URL"):
        return None
    server = bootstrap.redis_server()
    if server is None:
        raise Refusal("No redis-server is here: run `make setup` first.")
    path = redis_socket(folder)
    os.environ["REDIS_URL"] = f"unix://{path}"
    (folder / "redis").mkdir(exist_ok=True)
    return services.redis(server, folder=folder / "redis", path=path)


def prepare() -> None:
    """Run the preparation in a process of its own, so that this one stays small."""
    if subprocess.run([sys.executable, "-m", "stride.preparation"], cwd=bootstrap.ROOT).returncode != 0:
        raise Refusal("The house could not be prepared; the lines above say why.")


def welcome(mode: str, *, address: str, port: int) -> str:
    """Return what the person at the terminal reads when the house is open."""
    url = f"http://{address}:{port}/"
    if mode == "embedded":
        return f"Stride is open at {url} (Ctrl-C ends it)"
    code = io.StringIO()
    picture = qrcode.QRCode()
    picture.add_data(url)
    picture.print_ascii(out=code, invert=True)
    return f"{code.getvalue()}\nThe class is open at {url} for everyone in this network (Ctrl-C ends it)"


def open_house(mode: str) -> None:
    """Open the house in `mode` (embedded or class) and return when it has been ended."""
    port = int(os.environ.get("PORT") or 8000)
    folder = Path(os.environ.get("STRIDE_DATA") or bootstrap.ROOT / "var").resolve()
    address = "127.0.0.1" if mode == "embedded" else os.environ.get("ADDRESS") or lan_address()
    os.environ.update(environment(mode, folder=folder, address=address, port=port))
    check_port(os.environ.get("STRIDE_BIND") or "127.0.0.1", port)
    holder = lock(folder)
    doorbell = embedded_redis(folder)
    prepare()
    web = services.web(greeting=welcome(mode, address=address, port=port))
    # The web is up first: the workers need seconds of both cores to load PyTorch.
    rest = [web, services.sweeper(), services.infer_worker(), services.train_worker()]
    supervisor = Supervisor([doorbell, *rest] if doorbell else rest, write=write_to_terminal)
    asyncio.run(supervisor.run())
    holder.close()


def main(arguments: list[str]) -> None:
    """Open the house; a refusal is one sentence and status 1."""
    os.chdir(bootstrap.ROOT)
    try:
        open_house(arguments[0] if arguments else "embedded")
    except Refusal as refusal:
        sys.exit(f"stride: {refusal}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
