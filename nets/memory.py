"""What to say when a step does not fit into memory: the largest batch that does, found by trying."""

import math
import traceback
from typing import Final

import torch

from nets.session import Session

# What torch says on a CPU, where it has no error of its own for this.
_SAID = ("out of memory", "can't allocate memory", "not enough memory", "could not create a memory object")
# What oneDNN says when there is no room for its own buffers, and of much else.
_PERHAPS_SAID = ("could not create a primitive", "could not execute a primitive")
# A run is more than its step: it judges, saves, and leaves holes in the heap. A batch must fit with so much to spare.
SPARE: Final = 1.5


class MemoryExceeded(MemoryError):
    """A step that needs more memory than its device has; the text is one sentence with a remedy.

    `fits` is the largest batch, of those tried by halves, that one step can take with room to spare; None when not even
    one image fits.
    """

    def __init__(self, *, batch_size: int, fits: int | None) -> None:
        self.fits = fits
        said = f"A batch of {batch_size:,} needs more memory than this device has"
        super().__init__(
            f"{said}, and so does a single image: choose a smaller network."
            if fits is None
            else f"{said}; a batch of {fits:,} fits."
        )


def is_exceeded(error: BaseException) -> bool:
    """Say whether `error` is one of the ways in which torch says that there is no room."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error).lower() for said in _SAID + _PERHAPS_SAID)


def exceeded(error: BaseException, session: Session) -> MemoryExceeded:
    """Return the named error for `error`, after trying smaller batches on the device itself.

    The tries are steps, so the session is of no use afterwards. Raises `error` itself when it is one that may mean
    something else, and no smaller batch fits either.
    """
    # The stack of the step that failed holds its activations, which is most of the memory.
    traceback.clear_frames(error.__traceback__)
    size = min(session.spec.batch_size, len(session.data.train)) // 2
    while size and not _fits(session, size):
        size //= 2
    if not size and any(said in str(error).lower() for said in _PERHAPS_SAID):
        raise error
    return MemoryExceeded(batch_size=session.spec.batch_size, fits=size or None)


def _fits(session: Session, size: int) -> bool:
    session.optimiser.zero_grad()
    if session.data.train.labels.is_cuda:
        torch.cuda.empty_cache()
    try:
        chosen = session.sequence[: math.ceil(SPARE * size)]
        session.learn(chosen, session.data.train.labels[chosen])
    except (RuntimeError, MemoryError) as error:
        if not is_exceeded(error):
            raise
        return False
    except ValueError:
        # A norm over a batch of one image of one pixel has nothing to average; such a batch is of no use.
        return False
    return True
