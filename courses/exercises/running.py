"""Run an exercise's reference and start in a process of their own, and keep what the reference returned.

The side of `make content`; the web process never calls this. It needs no torch.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from courses.content_cells import DEFAULT_TOLERANCE, same
from courses.exercises.source import Exercise
from courses.faults import ContentError, Fault
from courses.yaml_lines import Located

SECONDS = 20
_HARNESS = Path(__file__).with_name("harness.py")


def run_exercise(exercise: Exercise, located: Located) -> dict[str, Any]:
    """Return what came of the reference and of the start, good or bad.

    Raises ContentError with file and line when they take too long or end the process.
    """
    job = {"exercise": exercise.told(), "reference": exercise.reference, "start": exercise.start}
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_HARNESS)],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        text = f"Reference and start took longer than {SECONDS} s."
        raise ContentError([located.fault(text, "Make the tests smaller.", "tests")]) from error
    except subprocess.CalledProcessError as error:
        text = f"It ended the process: {error.stderr.strip()[-300:]}"
        raise ContentError([located.fault(text, "Correct the code.", "reference")]) from error
    return dict(json.loads(done.stdout))


def write_outcome(exercise: Exercise, outcome: dict[str, Any], path: Path) -> bool:
    """Write the results of an exercise; returns whether they changed. What differs by rounding alone is kept."""
    old = _kept(path)
    if old.get("hash") == exercise.hash and not _differs(old.get("outcome", {}), outcome):
        return False
    path.write_text(json.dumps({"hash": exercise.hash, "outcome": outcome}, indent=1) + "\n", encoding="utf-8")
    return True


def compare_outcome(outcome: dict[str, Any], located: Located, path: Path) -> list[Fault]:
    """Return a fault when a fresh run does not confirm the committed results."""
    if not _differs(_kept(path).get("outcome", {}), outcome):
        return []
    return [located.fault("The reference returns something else than what is committed.", "Run `make content`.")]


def _kept(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return not same(_told(old), _told(new), tolerance=DEFAULT_TOLERANCE)


def _told(outcome: dict[str, Any]) -> list[Any]:
    """Return what matters of an outcome: values and passes, not the sentences, whose last digits may differ."""
    passed = [[test["passed"] for test in outcome.get(name, {}).get("tests", ())] for name in ("reference", "start")]
    return [outcome.get("expected"), outcome.get("error"), passed]
