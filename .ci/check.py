"""Run every check that needs no test, side by side, and print one table with the seconds of each."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LIMIT_SECONDS = 600
# What `check --deploy` looks at is the production mode; nothing is contacted.
PRODUCTION = {
    "STRIDE_MODE": "production",
    "STRIDE_SECRET_KEY": secrets.token_urlsafe(50),
    "STRIDE_HOSTS": "stride.example",
    "STRIDE_ORIGINS": "https://stride.example",
    "DATABASE_URL": "postgres://stride:stride@localhost:5432/stride",
    "REDIS_URL": "redis://localhost:6379",
}


@dataclass(frozen=True, slots=True)
class Check:
    """A command that ends with 0 when all is well."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    check: Check
    status: int
    seconds: float
    output: str


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command for a tool of the environment."""
    return (str(BIN / name), *arguments)


def manage(*arguments: str) -> tuple[str, ...]:
    """Return a management command; the deprecations of our own packages count as faults."""
    return (sys.executable, "manage.py", *arguments)


def checks() -> list[Check]:
    """Return every check, the longest first."""
    scripts = [str(path.relative_to(ROOT)) for path in sorted((ROOT / ".ci").glob("*.py"))]
    return [
        Check("types (mypy)", tool("mypy", ".", *scripts)),
        Check("content results", manage("content", "--check")),
        Check("content run again", manage("content", "--verify", "--changed")),
        Check("numbers of the lessons", manage("numbers", "--check")),
        Check("course (publish)", manage("publish", "--check")),
        Check("deploy settings", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
        Check("migrations", manage("makemigrations", "--check", "--dry-run")),
        Check("templates (djlint)", tool("djlint", "--lint", "--quiet", "templates")),
        Check("import contracts", tool("lint-imports", "--no-cache")),
        Check("style (ruff check)", tool("ruff", "check", "--quiet", ".")),
        Check("format (ruff format)", tool("ruff", "format", "--check", "--quiet", ".")),
    ]


def run(check: Check, *, data: str) -> Outcome:
    """Run one check with a data folder of its own kind."""
    started = time.monotonic()
    env = {**os.environ, "STRIDE_DATA": data, **check.environment}
    done = subprocess.run(
        check.command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_SECONDS
    )
    return Outcome(check, done.returncode, time.monotonic() - started, done.stdout.decode(errors="replace"))


def report(outcomes: list[Outcome]) -> str:
    """Return what failed in full, then the table."""
    failures = [f"--- {one.check.name}\n{one.output.rstrip()}\n" for one in outcomes if one.status]
    rows = [f"{'FAILED' if one.status else 'ok':<8}{one.check.name:<24}{one.seconds:>6.1f} s" for one in outcomes]
    return "\n".join([*failures, *rows])


def main() -> int:
    """Run the checks on every core; 1 when any failed."""
    with tempfile.TemporaryDirectory(prefix="stride-check-") as data, ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda check: run(check, data=data), checks()))
    sys.stdout.write(report(outcomes) + "\n")
    return int(any(one.status for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
