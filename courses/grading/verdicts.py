"""What grading says."""

from dataclasses import dataclass
from typing import Any

Given = dict[str, Any]
"""An answer as it is recorded: {"option"}, {"options"}, {"order"}, {"text"} or {"cell"}."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A graded answer. `whys` are HTML, shown after the answer; `tag` names the misconception of a wrong one."""

    is_right: bool
    whys: tuple[str, ...]
    tag: str = ""


class Slip(Exception):
    """An answer that cannot be read or is not complete: nothing is graded. The message is for the learner."""
