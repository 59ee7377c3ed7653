"""Break each guard of a run, one at a time, and see the test fail that it alone saves: `make guards`.

A fault that is survived says nothing about what saved the run: two guards may stand behind one another. In guards.toml
every guard has its row: a text of the source, what is put in its place, and the tests of which one must then fail. The
tree is copied first; nothing is changed in place. `tests/chaos/test_guard_table.py` keeps the rows true to the source.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TABLE: Final = ROOT / "tests" / "guards.toml"
# Not in git, and needed by the tests: what `make test` installs.
INSTALLED: Final = (".venv", "node_modules")
# A test that waits for what a broken guard no longer does ends by its own timeout long before this.
PATIENCE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard: the faults that it is there for, what it does, how to break it, and tests of which one must fail."""

    faults: tuple[int, ...]
    does: str
    file: str
    stands: str
    broken: str
    tests: tuple[str, ...]


def read() -> list[Guard]:
    """Return the table of guards."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["guard"]
    return [Guard(**row | {"faults": tuple(row["faults"]), "tests": tuple(row["tests"])}) for row in rows]


@contextmanager
def copied() -> Iterator[Path]:
    """Copy what git would commit into a folder of its own, with what is installed linked into it."""
    with tempfile.TemporaryDirectory(prefix="stride-guards-") as name:
        folder = Path(name)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for path in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / path).is_file():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / path, folder / path)
        for path in INSTALLED:
            (folder / path).symlink_to(ROOT / path)
        yield folder


def fails_without(guard: Guard, folder: Path) -> tuple[bool, str]:
    """Break the guard in `folder`, run its tests, mend it; return whether one failed, and the first line that says how.

    A run of the tests that ended otherwise (none found, an error before the first) does not count as a failure.
    """
    file = folder / guard.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(guard.stands, guard.broken), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *guard.tests]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    finally:
        file.write_text(whole, encoding="utf-8")
    how = re.search(r"^E {3,}(.*)$", ran.stdout, flags=re.MULTILINE)
    failed = re.search(r"^FAILED \S*::(\S+)", ran.stdout, flags=re.MULTILINE)
    said = f"{failed[1]}: {how[1][:110]}" if how and failed else ran.stdout.strip().rpartition("\n")[2]
    return ran.returncode == 1 and failed is not None, said


def main() -> int:
    """Break the guards whose number or words were given, or all; return how many nobody missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.guards", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("words", nargs="*", help="a fault's number, or a word of what the guard does; none for all")
    wanted = parser.parse_args().words
    chosen = [one for one in read() if not wanted or any(_is_meant(one, word) for word in wanted)]
    survived = 0
    with copied() as folder:
        for guard in chosen:
            began = time.monotonic()
            is_missed, said = fails_without(guard, folder)
            survived += not is_missed
            word, faults = "missed" if is_missed else "NOT MISSED", ", ".join(map(str, guard.faults))
            _say(f"{word:<10} {faults:>7}  {guard.does} ({time.monotonic() - began:.0f} s)\n{'':20}{said}")
    _say(f"{len(chosen) - survived} of {len(chosen)} guards are missed by their tests.")
    return survived


def _is_meant(guard: Guard, word: str) -> bool:
    return int(word) in guard.faults if word.isdigit() else word in guard.does


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
