"""The child process that runs one lesson's cells: a job as JSON on standard input, results as JSON on the last line.

It runs whatever the cells need, torch included, and nothing of Django. The parent is `courses.content_running`.
"""

import contextlib
import io
import json
import sys
import traceback
from pathlib import Path
from typing import Any

MARK = "\x1e"  # sets the results apart from anything a library prints past the capture


class NotJsonAble(Exception):
    """An exported value that cannot be kept as JSON."""


def plain(value: Any) -> Any:
    """Return a value as JSON holds it: arrays and tensors as lists, their scalars as numbers.

    Raises NotJsonAble for anything else.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    raise NotJsonAble(f"it is a {type(value).__name__}; export numbers, texts, lists or dictionaries")


def run(cells: list[dict[str, Any]], *, path: str) -> dict[str, Any]:
    """Run cells in one namespace until one fails. Returns results by cell id, and the error with its line if any."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results: dict[str, Any] = {}
    for cell in cells:
        printed = io.StringIO()
        try:
            # Blank lines in front let tracebacks carry the lines of the lesson's file.
            code = compile("\n" * (cell["line"] - 1) + cell["code"], path, "exec")
            with contextlib.redirect_stdout(printed):
                exec(code, namespace)  # noqa: S102 - running the course's own code is the job
            results[cell["id"]] = {"stdout": printed.getvalue(), "values": _exported(cell, namespace)}
        except BaseException as error:  # noqa: BLE001 - a cell may end in any way, SystemExit included
            return {"cells": results, "error": {"line": _line(error, cell, path), "text": _sentence(error, cell)}}
    return {"cells": results}


def watch_files() -> set[str]:
    """Return a set that gathers every file that this process opens from now on."""
    opened: set[str] = set()

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str):
            opened.add(arguments[0])

    sys.addaudithook(note)
    return opened


def used_files(opened: set[str], *, base: Path) -> list[str]:
    """Return what was read or imported below `base`, relative to it; what is installed there does not count."""
    loaded = {str(module.__file__) for module in list(sys.modules.values()) if getattr(module, "__file__", None)}
    paths = {Path(path).resolve() for path in opened | loaded}
    inside = {path.relative_to(base) for path in paths if path.is_relative_to(base) and path.is_file()}
    return sorted(path.as_posix() for path in inside if not {".venv", "__pycache__"} & set(path.parts))


def _exported(cell: dict[str, Any], namespace: dict[str, Any]) -> dict[str, Any]:
    values = {}
    for name in cell["exports"]:
        if name not in namespace:
            raise NotJsonAble(f"the cell {cell['id']!r} exports {name!r} but never sets it")
        try:
            values[name] = plain(namespace[name])
            json.dumps(values[name], allow_nan=False)
        except (NotJsonAble, ValueError) as error:
            raise NotJsonAble(f"{name!r} cannot be exported: {error}") from error
    return values


def _line(error: BaseException, cell: dict[str, Any], path: str) -> int:
    if isinstance(error, SyntaxError) and error.filename == path and error.lineno:
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return (frames[-1].lineno if frames else None) or cell["line"]


def _sentence(error: BaseException, cell: dict[str, Any]) -> str:
    return f"The cell {cell['id']!r} failed: {type(error).__name__}: {str(error).strip() or 'no message'}."


def main() -> None:
    """Read the job, run it, write the results after the mark."""
    job = json.load(sys.stdin)
    opened = watch_files()
    results = run(job["cells"], path=job["path"])
    results["used"] = used_files(opened, base=Path.cwd().resolve())
    sys.stdout.write(MARK + json.dumps(results))


if __name__ == "__main__":
    main()
