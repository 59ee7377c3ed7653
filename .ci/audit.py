"""Compare what is pinned with known holes: the advisories recorded beside this file, and a live source.

Where no source answers, the last line says NOT CHECKED and why.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / ".ci" / "advisories.json"
SOURCE = "https://api.osv.dev/v1/querybatch"
ANSWER_SECONDS = 20
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One package at one version, in the ecosystem's spelling of an advisory (PyPI or npm)."""

    ecosystem: str
    name: str
    version: str


def pins() -> list[Pin]:
    """Return everything that is pinned for Python and for the browser."""
    files = sorted(ROOT.glob("requirements*.txt"))
    python = {Pin("PyPI", *found) for path in files for found in PIN.findall(path.read_text())}
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    browser = {Pin("npm", path.split("node_modules/")[-1], about["version"]) for path, about in lock.items() if path}
    return sorted(python | browser)


def holes_recorded(pinned: Iterable[Pin], *, advisories: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for every pin that a recorded advisory (in OSV's form) covers."""
    for pin in pinned:
        for advisory in advisories:
            if any(is_affected(pin, affected=one) for one in advisory["affected"]):
                yield f"{pin.name} {pin.version}: {advisory['id']} {advisory.get('summary', '')}".rstrip()


def is_affected(pin: Pin, *, affected: dict[str, Any]) -> bool:
    """Tell whether one `affected` entry of an advisory covers the pin: by its list of versions, or its ranges."""
    package = affected["package"]
    if (package["ecosystem"], package["name"].lower()) != (pin.ecosystem, pin.name.lower()):
        return False
    listed = pin.version in affected.get("versions", [])
    return listed or any(_is_within(pin.version, events=one["events"]) for one in affected.get("ranges", []))


def _is_within(version: str, *, events: list[dict[str, str]]) -> bool:
    is_open = False
    for event in events:
        (kind, at), *_ = event.items()
        try:
            reached = at == "0" or Version(version) >= Version(at)
        except InvalidVersion:
            continue
        if kind == "last_affected":
            reached = at != version and reached
        if reached:
            is_open = kind == "introduced"
    return is_open


def holes_at_source(pinned: list[Pin], *, source: str) -> list[str]:
    """Ask the live source about every pin; raises OSError or ValueError when it gives no usable answer."""
    queries = [{"package": {"name": p.name, "ecosystem": p.ecosystem}, "version": p.version} for p in pinned]
    request = urllib.request.Request(  # noqa: S310  the scheme is fixed, or the operator's own
        source, data=json.dumps({"queries": queries}).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
        results = json.load(answer)["results"]
    if len(results) != len(pinned):
        raise ValueError(f"{len(results)} answers to {len(pinned)} questions")
    found = [(pin, hole["id"]) for pin, result in zip(pinned, results, strict=True) for hole in result.get("vulns", [])]
    return [f"{pin.name} {pin.version}: {name}" for pin, name in found]


def main(arguments: list[str]) -> int:
    """Print every hole; 1 when there is one. An argument names another file of recorded advisories."""
    pinned = pins()
    recorded = json.loads(Path(arguments[0] if arguments else RECORDED).read_text())
    holes = list(holes_recorded(pinned, advisories=recorded))
    try:
        holes += holes_at_source(pinned, source=os.environ.get("STRIDE_ADVISORIES", SOURCE))
        verdict = f"{len(pinned)} pins checked against {len(recorded)} recorded advisories and the live source"
    except (OSError, ValueError, KeyError) as error:
        verdict = (
            f"NOT CHECKED beyond {len(recorded)} recorded advisories: the advisory source gave no answer ({error})"
        )
    sys.stdout.writelines(f"{line}\n" for line in [*sorted(set(holes)), f"{verdict}; {len(set(holes))} holes."])
    return int(bool(holes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
