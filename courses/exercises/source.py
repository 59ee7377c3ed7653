"""An exercise as its file describes it: read and checked against what its tests gave when they were last run. Pure."""

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courses.faults import ContentError, Fault
from courses.yaml_lines import Key, Located

_KEYS = {
    "title": (str, "Say in a few words what is to be written."),
    "summary": (str, "Say in one sentence what the function does."),
    "function": (str, "Name the function that is to be written."),
    "task": (str, "Say in Markdown what the function takes and returns."),
    "start": (str, "Give the code that learners start from."),
    "reference": (str, "Give a function that is right; no browser gets it."),
    "tests": (list, "List what the function is called with: - given: [first argument, second argument]."),
}
FEWEST_TESTS = 3
# Not the digit within a name, as in conv2d.
_NUMBER = re.compile(r"(?<!\w)\d")
_RUN_AGAIN = "Run `make content`."


@dataclass(frozen=True, slots=True)
class Exercise:
    """A function to write. `given`: for each test the arguments, as JSON holds them."""

    title: str
    summary: str
    function: str
    task: str
    start: str
    reference: str
    given: tuple[list[Any], ...]

    @property
    def hash(self) -> str:
        """What the results belong to: everything that is run."""
        said = [self.function, self.start, self.reference, self.given]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def told(self, expected: list[Any] | None = None) -> dict[str, Any]:
        """Return what the harness gets, here or in the browser: never the reference."""
        wanted = [None] * len(self.given) if expected is None else expected
        tests = [{"given": given, "expected": value} for given, value in zip(self.given, wanted, strict=True)]
        return {"function": self.function, "tests": tests}


def read_exercise(located: Located) -> Exercise:
    """Return what a file says. Raises ContentError with what is missing or does not fit."""
    faults = list(_missing(located))
    if not faults:
        faults += _unfit(located)
    if faults:
        raise ContentError(faults)
    texts = {key: str(located.data[key]) for key, (kind, _) in _KEYS.items() if kind is str}
    return Exercise(**texts, given=tuple(test["given"] for test in located.data["tests"]))


def _missing(located: Located) -> Iterator[Fault]:
    for key in sorted(set(located.data) - set(_KEYS)):
        yield located.fault(f"{key!r} means nothing here.", "Remove it or correct it.", key)
    for key, (kind, remedy) in _KEYS.items():
        if not isinstance(located.data.get(key), kind) or not located.data[key]:
            yield located.fault(f"{key} is missing or does not fit.", remedy, key)


def _unfit(located: Located) -> Iterator[Fault]:
    tests = located.data["tests"]
    if len(tests) < FEWEST_TESTS:
        yield located.fault(f"It has {len(tests)} tests.", f"Write at least {FEWEST_TESTS}.", "tests")
    for at, test in enumerate(tests):
        if not isinstance(test, dict) or set(test) != {"given"} or not isinstance(test["given"], list):
            remedy = "Write - given: [...]; what is expected is computed from the reference."
            yield located.fault("A test holds its arguments and nothing else.", remedy, "tests", at)
    for key in ("start", "reference"):
        yield from _unreadable(located, key)
    if _NUMBER.search(located.data["task"]):
        remedy = "Say it in words: the page shows a computed example beneath."
        yield located.fault("The task quotes a number.", remedy, "task")


def _unreadable(located: Located, key: str) -> Iterator[Fault]:
    """Yield a fault unless the code holds the function."""
    name = located.data["function"]
    try:
        tree = ast.parse(located.data[key])
    except SyntaxError as error:
        # A block of text begins on the line below its key.
        line = located.line(key) + (error.lineno or 1)
        yield Fault(located.path, line, f"The {key} is no Python: {error.msg}.", "Correct it.")
        return
    if not any(isinstance(each, ast.FunctionDef) and each.name == name for each in tree.body):
        yield located.fault(f"The {key} defines no function {name!r}.", f"Begin with def {name}(.", key)


def results_path(path: Path) -> Path:
    """Return where the results of an exercise lie: beside its file."""
    return path.with_suffix(".results.json")


def read_expected(exercise: Exercise, located: Located, results: Path) -> list[Any]:
    """Return what the reference gave for each test when it was last run.

    Raises ContentError when that was other code, when the reference fails, or when the start already passes.
    """
    try:
        found = json.loads(results.read_text(encoding="utf-8"))
        is_current, outcome = found["hash"] == exercise.hash, found["outcome"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ContentError([located.fault("The exercise has no results.", _RUN_AGAIN)]) from None
    if not is_current:
        raise ContentError([located.fault("The results belong to other code or tests.", _RUN_AGAIN)])
    refuse_outcome(outcome, located)
    return list(outcome["expected"])


def refuse_outcome(outcome: dict[str, Any], located: Located) -> None:
    """Raise ContentError when a run says that the exercise cannot be given to learners."""
    faults = list(_outcome_faults(outcome, located))
    if faults:
        raise ContentError(faults)


def _outcome_faults(outcome: dict[str, Any], located: Located) -> Iterator[Fault]:
    if "error" in outcome:
        remedy = "Correct it, and run `make content`."
        yield located.fault(f"The reference fails: {outcome['error']}", remedy, "reference")
        return
    for at, test in enumerate(outcome["reference"]["tests"]):
        if not test["passed"]:
            keys: tuple[Key, ...] = ("tests", at)
            yield located.fault(f"The reference fails this test: {test['text']}", "Correct one of the two.", *keys)
    if not outcome["start"]["error"] and all(test["passed"] for test in outcome["start"]["tests"]):
        yield located.fault("The start passes every test already.", "Leave something to write.", "start")
