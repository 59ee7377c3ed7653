"""Hand out passwords that Stride made up: shown once, and kept in a file that only its owner may read."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from accounts.models import User


@dataclass(frozen=True, slots=True)
class Credentials:
    """How one made-up account signs in; `password` is empty where it was not changed."""

    role: str
    user: User
    password: str

    def line(self) -> str:
        """Return them as one line of text."""
        return f"{self.role:<11} {self.user.email:<28} {self.password or '(password unchanged)'}"


def write_privately(path: Path, handed_out: Sequence[Credentials]) -> None:
    """Write credentials to a file with mode 600; it is never readable by others, not even while it is written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.writelines(f"{one.line()}\n" for one in handed_out)
