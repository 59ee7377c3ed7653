"""Try a function on the tests of an exercise, and say of each test in a sentence what came of it.

The page runs this file in the learner's browser, `make content` runs it with the reference. Standard library alone,
and one file: the browser fetches nothing else.
"""

import contextlib
import copy
import json
import math
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

# What tracebacks call the learner's code.
FILE = "your code"
# A print in a loop must neither fill the page nor the memory.
PRINTED_CHARACTERS = 4_000
SHOWN_CHARACTERS = 240
FLUSH_SECONDS = 0.1
# Sums of decimals end in other digits when they are added up in another order.
RELATIVE, ABSOLUTE = 1e-6, 1e-9

Json = dict[str, Any]


class Output:
    """What the code prints: the first characters, passed on in pieces while the code runs."""

    def __init__(self, emit: Callable[[str], object]) -> None:
        self.room, self.waiting, self.emit, self.emitted_at = PRINTED_CHARACTERS, "", emit, 0.0

    def write(self, text: str) -> int:
        """Keep what there is room for; what comes later is dropped."""
        if self.room > 0:
            kept = text[: self.room]
            self.room -= len(kept)
            self.waiting += kept if self.room else f"{kept}\n(the rest is left out)"
            if not self.room or time.monotonic() - self.emitted_at > FLUSH_SECONDS:
                self.flush()
        return len(text)

    def flush(self) -> None:
        """Pass on what has gathered."""
        if self.waiting:
            self.emit(self.waiting)
        self.waiting, self.emitted_at = "", time.monotonic()


def run(code: str, exercise: Json, emit: Callable[[str], object]) -> Json:
    """Run the code and its tests; returns `error` (a sentence, empty when the code itself ran) and `tests`.

    `exercise` holds `function` and `tests`, each with `given` (the arguments) and `expected`; `emit` gets what is
    printed, piece by piece.
    """
    output = Output(emit)
    with _printing_to(output):
        function, error = _function(code, str(exercise["function"]))
        tests = [] if function is None else [_tried(function, exercise, test) for test in exercise["tests"]]
    output.flush()
    return {"error": error, "tests": tests}


def run_json(code: str, exercise: str, emit: Callable[[str], object]) -> str:
    """Do the same with JSON, which crosses from JavaScript to Python and back as it is."""
    return json.dumps(run(code, json.loads(exercise), emit))


def returned(code: str, exercise: Json) -> list[Any]:
    """Return what the function in the code returns for each test, whatever was expected.

    Raises ValueError with the sentence when the code does not get so far or a result is no plain data.
    """
    with _printing_to(Output(lambda text: None)):
        function, error = _function(code, str(exercise["function"]))
        if function is None:
            raise ValueError(error)
        results = []
        for test in exercise["tests"]:
            result, sentence = _result(function, exercise, copy.deepcopy(test["given"]))
            if sentence:
                raise ValueError(sentence)
            results.append(json.loads(json.dumps(result, allow_nan=False)))
    return results


def call_text(function: str, given: list[Any]) -> str:
    """Return a call as the learner would write it.

    >>> call_text("add", [1, [2, 3]])
    'add(1, [2, 3])'
    """
    return f"{function}({', '.join(_shown(each) for each in given)})"


@contextlib.contextmanager
def _printing_to(output: Output) -> Iterator[None]:
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        yield


def _function(code: str, name: str) -> tuple[Callable[..., Any] | None, str]:
    """Run the code and return its function, or None with the sentence that says why there is none."""
    namespace: Json = {"__name__": "__main__"}
    try:
        exec(compile(code, FILE, "exec"), namespace)  # noqa: S102 - running the learner's code is the job
    except BaseException as error:  # noqa: BLE001 - the code may end in any way, SystemExit included
        return None, f"Python stopped{_where(error)}: {_last_line(error)}"
    found = namespace.get(name)
    if found is None:
        return None, f"There is no function {name}: the code must hold a line that begins with def {name}(."
    if not callable(found):
        return None, f"{name} is {_kind(found)}, not a function: begin with def {name}(."
    return found, ""


def _tried(function: Callable[..., Any], exercise: Json, test: Json) -> Json:
    given = copy.deepcopy(test["given"])
    result, sentence = _result(function, exercise, given)
    call = call_text(exercise["function"], test["given"])
    if not sentence and given != test["given"]:
        sentence = f"{call} changed what it was given: build a new list, and leave the given one as it is."
    elif not sentence:
        sentence = _difference(call, result, test["expected"])
    if sentence:
        return {"passed": False, "text": sentence}
    return {"passed": True, "text": f"{call} gave {_shown(result)}, as expected."}


def _result(function: Callable[..., Any], exercise: Json, given: list[Any]) -> tuple[Any, str]:
    """Call the function; returns what it returned, and a sentence when it did not return."""
    call = call_text(exercise["function"], given)
    try:
        return function(*given), ""
    except BaseException as error:  # noqa: BLE001 - as above
        return None, f"{call} stopped{_where(error)}: {_last_line(error)}"


def _difference(call: str, result: Any, expected: Any) -> str:
    """Return in what a result is not the expected one; empty when it is."""
    wanted = f"but {_shown(expected)} was expected."
    if result is None:
        return f"{call} gave None, {wanted} Does the function end in return, followed by the result?"
    if isinstance(result, list) != isinstance(expected, list) or not isinstance(result, list | int | float):
        return f"{call} gave {_shown(result)}, which is {_kind(result)}, {wanted}"
    if _same(result, expected):
        return ""
    shapes = _shape(result), _shape(expected)
    size = f" That is {shapes[0]} in place of {shapes[1]}." if all(shapes) and shapes[0] != shapes[1] else ""
    return f"{call} gave {_shown(result)}, {wanted}{size}"


def _same(result: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        is_list = isinstance(result, list | tuple) and len(result) == len(expected)
        return is_list and all(_same(a, b) for a, b in zip(result, expected, strict=True))
    is_number = isinstance(result, int | float) and not isinstance(result, bool)
    return is_number and math.isclose(result, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _shape(value: Any) -> str:
    """Return the size of a list in words; empty when it holds nothing or its rows are not all of one length."""
    if not isinstance(value, list) or not value or value[0] == []:
        return ""
    if not any(isinstance(row, list) for row in value):
        return f"a list of {len(value)}"
    lengths = {len(row) if isinstance(row, list) else -1 for row in value}
    return f"{_counted(len(value), 'row')} of {lengths.pop()}" if len(lengths) == 1 and -1 not in lengths else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _shown(value: Any) -> str:
    """Return a value as Python writes it, cut where it would fill the page; decimals as far as they are compared."""
    try:
        text = repr(_rounded(value))
    except BaseException:  # noqa: BLE001 - a learner's own class may say anything of itself
        text = _kind(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _rounded(value: Any) -> Any:
    if isinstance(value, list) and len(value) <= SHOWN_CHARACTERS:
        return [_rounded(each) for each in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


def _kind(value: Any) -> str:
    names = {int: "a whole number", float: "a decimal", str: "a text", list: "a list", tuple: "a tuple"}
    return names.get(type(value), f"of the type {type(value).__name__}")


def _where(error: BaseException) -> str:
    """Return the line of the learner's code at which an error happened, in words; empty when it is not known."""
    if isinstance(error, SyntaxError) and error.filename == FILE and error.lineno:
        return f" at line {error.lineno}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return f" at line {lines[-1]}" if lines else ""


def _last_line(error: BaseException) -> str:
    """Return what a traceback ends with, as one sentence."""
    if isinstance(error, RecursionError):
        return "RecursionError: the function calls itself again and again without an end."
    text = traceback.format_exception_only(type(error), error)[-1].strip()
    return (text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…") + "." * (text[-1:] not in ".?!")


def main() -> None:
    """Read a job as JSON (`exercise`, `reference`, `start`) and write what came of it: the side of `make content`."""
    job = json.load(sys.stdin)
    exercise = job["exercise"]
    try:
        expected = returned(job["reference"], exercise)
    except (ValueError, TypeError) as error:
        sys.stdout.write(json.dumps({"error": str(error)}))
        return
    tests = [{**test, "expected": value} for test, value in zip(exercise["tests"], expected, strict=True)]
    tried = [run(job[name], {**exercise, "tests": tests}, lambda text: None) for name in ("reference", "start")]
    sys.stdout.write(json.dumps({"expected": expected, "reference": tried[0], "start": tried[1]}))


if __name__ == "__main__":
    main()
