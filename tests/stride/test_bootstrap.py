"""Setting up: what does not fit gets one sentence with a remedy, and the pins are what they claim to be."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stride import bootstrap
from stride.bootstrap import Refusal

ROOT = Path(__file__).parent.parent.parent
FILES = ("requirements.txt", "requirements-worker.txt", "requirements-dev.txt")
HOST = re.compile(r"https?://|[a-z0-9-]+\.(org|com|net|io|dev)\b")


def versions(name: str) -> dict[str, set[str]]:
    """Return the versions pinned for each package, one per environment marker."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"(?m)^([a-z0-9-]+)==([^ ]+)", (ROOT / name).read_text()):
        found.setdefault(package, set()).add(version)
    return found


def is_one_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(re.findall(r"\.\s+[A-Z]", text)) == 0


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14)])
def test_a_python_that_does_not_fit_gets_one_sentence(version: tuple[int, int]) -> None:
    with pytest.raises(Refusal) as refusal:
        bootstrap.check_python(version)
    assert ".".join(map(str, version)) in str(refusal.value)
    assert "make run PYTHON=" in str(refusal.value)
    assert is_one_sentence(str(refusal.value))


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_every_python_that_is_promised_fits(version: tuple[int, int]) -> None:
    bootstrap.check_python(version)


def test_an_old_python_can_read_the_file_that_refuses_it() -> None:
    ast.parse(Path(bootstrap.__file__).read_text(), feature_version=(3, 6))


def test_a_full_disk_is_refused_before_the_download(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"needs 1e\+06 GB free .* TORCH_INDEX=") as refusal:
        bootstrap.check_disk(tmp_path, needed_gb=1e6)
    assert is_one_sentence(str(refusal.value))


def test_a_disk_with_room_is_taken(tmp_path: Path) -> None:
    bootstrap.check_disk(tmp_path, needed_gb=0)


@pytest.mark.parametrize(
    ("system", "machine", "release"),
    [("Darwin", "x86_64", "14.5"), ("Darwin", "arm64", "13.6"), ("Windows", "AMD64", "")],
)
def test_a_platform_without_pytorch_gets_one_sentence(system: str, machine: str, release: str) -> None:
    with pytest.raises(Refusal) as refusal:
        bootstrap.check_platform(system=system, machine=machine, release=release)
    assert is_one_sentence(str(refusal.value))


@pytest.mark.parametrize(
    ("system", "machine", "release"), [("Linux", "x86_64", ""), ("Linux", "aarch64", ""), ("Darwin", "arm64", "15.1")]
)
def test_platforms_with_pytorch_pass(system: str, machine: str, release: str) -> None:
    bootstrap.check_platform(system=system, machine=machine, release=release)


@pytest.mark.parametrize(
    ("system", "machine", "command"),
    [("Darwin", "arm64", "brew install redis"), ("Linux", "aarch64", "apt install redis-server")],
)
def test_where_no_redis_comes_along_the_remedy_is_named(system: str, machine: str, command: str) -> None:
    with pytest.raises(Refusal, match=command) as refusal:
        bootstrap.check_redis(system=system, machine=machine)
    assert is_one_sentence(str(refusal.value))


def test_the_cpu_pins_hold_everything_but_pytorch_and_gpu_libraries() -> None:
    whole = (ROOT / "requirements-worker.txt").read_text()
    cut = bootstrap.without_torch(whole)
    names = {name for name in versions("requirements-worker.txt") if not re.match("(nvidia|cuda)-", name)}
    kept = set(re.findall(r"(?m)^([a-z0-9-]+)==", cut))
    assert kept == names - {"torch", "torchvision", "triton"}
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", cut)[1:])


def test_the_environment_is_made_anew_when_a_pin_or_the_torch_index_changes(tmp_path: Path) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text("a==1")
    first = bootstrap.digest([pins], torch_index="")
    assert first == bootstrap.digest([pins], torch_index="")
    assert first != bootstrap.digest([pins], torch_index="elsewhere")
    pins.write_text("a==2")
    assert first != bootstrap.digest([pins], torch_index="")


@pytest.mark.parametrize("name", [*FILES, "requirements-uv.txt", "requirements-redis.txt"])
def test_every_pin_has_a_hash_and_no_file_names_an_index(name: str) -> None:
    text = (ROOT / name).read_text()
    pins = re.findall(r"(?m)^[a-z0-9-]+==.*$", text)
    hashed = re.findall(r"(?m)^[a-z0-9-]+==.*\\\n    --hash=sha256:[0-9a-f]{64}", text)
    assert len(pins) == len(hashed) > 0
    assert not HOST.search(text)


def test_the_web_is_pinned_without_torch() -> None:
    assert "torch" not in versions("requirements.txt")
    assert "torch" in versions("requirements-worker.txt")


def test_one_package_has_one_version_in_every_file() -> None:
    most = versions("requirements-dev.txt")
    for name in FILES:
        assert {package: most[package] for package in versions(name)} == versions(name)


def test_the_lock_of_the_browser_libraries_names_no_registry() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert "resolved" not in text
    assert not HOST.search(text)
    assert all("integrity" in about for path, about in json.loads(text)["packages"].items() if path)


def test_make_alone_lists_what_there_is() -> None:
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    listed = set(re.findall(r"(?m)^  make ([a-z-]+)", done.stdout))
    assert {"run", "class", "test", "check", "bench", "content", "audit", "pins", "help"} <= listed


def test_the_bootstrap_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({bootstrap.__file__!r})"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
