"""Run every test: the browser's arithmetic under node, then everything under pytest, whose line comes last."""

import os
import subprocess
import sys
from pathlib import Path

from stride import bootstrap
from stride.browser import chromium

ROOT = Path(__file__).resolve().parent.parent
# More workers than this wait for each other's databases and browsers rather than compute.
MOST_WORKERS = 4


def javascript_tests() -> int:
    """Run node's own test runner over tests/js; 0 when all pass."""
    files = sorted(str(path) for path in (ROOT / "tests" / "js").rglob("*.test.*js"))
    if not files:
        return 0
    return subprocess.run([*bootstrap.node_tool("node"), "--test", "--test-reporter=dot", *files], cwd=ROOT).returncode


def python_tests(arguments: list[str]) -> int:
    """Run pytest, tests of one group in one process; 0 when all pass."""
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    browser = chromium()
    env = {**os.environ, "OMP_NUM_THREADS": "1", **({"STRIDE_CHROMIUM": browser} if browser else {})}
    spread = ["-n", str(workers), "--dist", "loadgroup"] if not arguments else []
    return subprocess.run([sys.executable, "-m", "pytest", *spread, *arguments], cwd=ROOT, env=env).returncode


def main(arguments: list[str]) -> int:
    """Run both; with arguments, only pytest with them."""
    failed = javascript_tests() if not arguments else 0
    return python_tests(arguments) or failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
