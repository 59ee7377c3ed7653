"""What is wrong with a course's files: each fault with its file, its line and the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that stands in the way of publication. `line` counts from 1."""

    path: str
    line: int
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text} {self.remedy}"


class ContentError(Exception):
    """The files cannot be published; holds every fault that was found, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
