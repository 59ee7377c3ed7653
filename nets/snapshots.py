"""What a spec asks to watch, looked at after an epoch: small tables that change nothing in the run."""

from typing import Final

from torch import Tensor

from nets import events, statistics
from nets.events import Event
from nets.metrics import normalised
from nets.session import Session

# Enough to tell a dead unit from an idle one, few enough to cost less than a step or two.
STATISTIC_IMAGES: Final = 128
# What a step works on; everything else is asked of the network that is judged and kept.
_OF_TRAINING: Final = ("gradients", "batch_norm")


def take(session: Session, kind: str, *, epoch: int) -> Event:
    """Return the `snapshot` for one word of the spec's `watch` (`nets.statistics.COLLECTORS`), after epoch `epoch`.

    Nothing here draws from chance or leaves the network in another mode: a watched run is the run unwatched.
    """
    validation = session.data.validation
    places = _places(kind, validation.labels)
    images = normalised(validation.images[places], mean=session.data.mean, std=session.data.std)
    network = session.model if kind in _OF_TRAINING else session.network
    with session.machine.autocast():
        found = statistics.collect(network, kind, images, validation.labels[places])
    if kind == "probe":
        found["images"] = places
    return events.snapshot(epoch=epoch, step=session.step, kind=kind, data=found)


def _places(kind: str, labels: Tensor) -> list[int]:
    """Return the numbers of the validation images that a snapshot looks at, the same in every epoch."""
    if kind == "probe":
        return statistics.probe_places(labels)
    return list(range(len(labels) if kind == "confusion" else min(len(labels), STATISTIC_IMAGES)))
