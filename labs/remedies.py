"""Say what a learner can do about an error: a reason of the vocabulary and one sentence."""

import errno
from collections.abc import Mapping
from typing import Any

from nets.specs import SpecError


class NoBranchPointError(Exception):
    """The checkpoint from which a run was to branch off cannot be used; the text is the sentence for its learner."""

    def __init__(self) -> None:
        super().__init__("The checkpoint that this run branches from cannot be read any more. Branch from another one.")


_FULL = (errno.ENOSPC, errno.EDQUOT)


def explain(error: BaseException, *, spec: Mapping[str, Any]) -> tuple[str, str]:
    """Return (reason, remedy) for an error that ended a run.

    >>> explain(MemoryError(), spec={"batch_size": 512})
    ('out_of_memory', 'The run needed more memory than its device has. Try a batch size of 256.')
    """
    if _is_out_of_memory(error):
        batch_size = int(spec.get("batch_size", 1))
        # The trainer has tried which batch fits (nets.memory); without it, half is a guess.
        return "out_of_memory", _smaller(getattr(error, "fits", batch_size // 2))
    if isinstance(error, OSError) and error.errno in _FULL:
        return "disk_full", "The server's disk is full, so the network could not be saved. Tell your instructor."
    if type(error).__name__ == "DataError":
        # By name: the module that raises it needs torch. Its text says what is wrong and what helps.
        return "bad_data", str(error)
    if isinstance(error, NoBranchPointError):
        return "error", str(error)
    if isinstance(error, SpecError):
        return "error", f"{error} Change that, and train again."
    return "error", (
        "Something went wrong on our side, not in your settings. Train again; if it fails again, tell your instructor "
        "the address of this page."
    )


def worker_lost() -> str:
    """Return the sentence for a run whose workers died under it again and again."""
    return "The worker went away each time this run was tried. Train again with a smaller batch or a smaller network."


def stalled() -> str:
    """Return the sentence for a run whose steps stopped coming."""
    return "The run stopped making progress twice. Train again; if it stalls again, tell your instructor."


def expired() -> str:
    """Return the sentence for a run that was paused for too long."""
    return "The run was paused for longer than pauses may last. Train again with its settings, or branch from its end."


def _smaller(fits: int | None) -> str:
    said = "The run needed more memory than its device has."
    if not fits:
        return f"{said} Not even one image fits: choose a smaller network."
    return f"{said} Try a batch size of {fits}."


def _is_out_of_memory(error: BaseException) -> bool:
    # By name: torch.OutOfMemoryError on a GPU; on a CPU torch raises a plain RuntimeError.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)
