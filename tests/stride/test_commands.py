"""One idea, one place: Makefile, services, containers and the manual name the same things."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from stride import bootstrap, services

ROOT = Path(__file__).parent.parent.parent
SOURCES = ("stride", "accounts", "courses", "labs", "inference", "teach", "nets", "rings", ".ci")
TARGETS = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())


def test_every_service_is_a_target_of_the_makefile() -> None:
    assert set(services.BY_NAME) <= TARGETS


def test_every_process_of_ours_in_compose_is_a_target_of_the_makefile() -> None:
    ours = {name: one["command"] for name, one in COMPOSE["services"].items() if "build" in one}
    assert set(services.BY_NAME) | {"prepare"} == set(ours)
    assert {command.removeprefix("make ") for command in ours.values()} <= TARGETS


@pytest.mark.parametrize("name", ["web", "worker"])
def test_an_image_starts_by_a_target_and_installs_by_the_bootstrap(name: str) -> None:
    text = (ROOT / "docker" / f"{name}.Dockerfile").read_text()
    (target,) = re.findall(r'(?m)^CMD \["make", "([a-z-]+)"\]', text)
    assert target in TARGETS
    assert f"python3 stride/bootstrap.py {name}" in text
    assert name in bootstrap.KINDS


def test_compose_waits_longer_than_a_worker_drains() -> None:
    seconds = int(COMPOSE["services"]["train-worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > services.DRAIN_SECONDS


def test_the_manual_lists_every_variable_that_is_read() -> None:
    read = r"""(?:environ(?:\.get)?[\[(]|words\(|seconds\(|required\(|number\()\s*"([A-Z][A-Z_]+)\""""
    files = [path for room in SOURCES for path in (ROOT / room).rglob("*.py")]
    names = {name for path in files for name in re.findall(read, path.read_text())}
    listed = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs" / "running.md").read_text()))
    assert {name for name in names if name.startswith(("STRIDE_", "DATABASE_", "REDIS_", "TORCH_"))} <= listed


def test_the_readme_shows_the_two_commands_and_what_it_links_to_is_there() -> None:
    text = (ROOT / "README.md").read_text()
    assert "make run" in text
    assert "make test" in text
    linked = [target.split("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text)]
    assert [target for target in linked if not (ROOT / target).exists() and target != "docs/images/run.png"] == []
