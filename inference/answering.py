"""The worker's side of a question: the network from its checkpoint, the picture in its form, the answer as JSON.

Imported inside the task only: it needs torch.
"""

import base64
import time
from collections import OrderedDict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import structlog
import torch
from django.core.files.storage import Storage, default_storage
from PIL import Image

from inference.models import Network, Query
from nets.checkpoints import CheckpointError
from nets.images import Prepared, digit
from nets.paper import NoInk
from nets.predictor import Predictor

# A network of this course takes one to ten megabytes; a class looks at a few dozen at a time.
MAX_NETWORKS: Final = 32
# The stages of the preparation are looked at, not computed with.
SHOWN_SIDE: Final = 72
log = structlog.get_logger(__name__)


class Unanswerable(Exception):
    """A question that has no answer; the text is the sentence for whoever asked."""


class Shelf:
    """The networks that were asked last, by the hash of their checkpoint, the least recently asked put away first."""

    def __init__(self, *, size: int = MAX_NETWORKS) -> None:
        self._size = size
        self._held: OrderedDict[str, Predictor] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, network: Network) -> Predictor:
        """Return the network ready to be asked; raises CheckpointError when its file is missing or damaged."""
        held = self._held.pop(network.sha256, None)
        self._held[network.sha256] = held or _loaded(network)
        if len(self._held) > self._size:
            self._held.popitem(last=False)
        return self._held[network.sha256]


shelf: Final = Shelf()


def warm() -> None:
    """Make the first question as fast as the others: torch loaded, one thread, the arithmetic touched once."""
    torch.set_num_threads(1)
    torch.nn.functional.conv2d(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 3, 3))
    log.info("infer_worker_warm")


def answer(query: Query) -> dict[str, Any]:
    """Return the answer to one claimed question; raises Unanswerable with the sentence for its owner."""
    began = time.perf_counter()
    try:
        predictor = shelf.take(query.network)
        with default_storage.open(query.upload.name) as file:
            prepared = digit(Image.open(file))
    except NoInk as error:
        raise Unanswerable(str(error)) from error
    except CheckpointError as error:
        log.warning("network_unreadable", network=str(query.network_id), error=str(error))
        raise Unanswerable("The file of this network is missing or damaged. Train it again, then ask again.") from error
    except OSError as error:
        raise Unanswerable("Your picture is no longer here: pictures are kept for a day. Draw it again.") from error
    found = _found(predictor, prepared, with_maps=query.kind == "grad_cam")
    return found | {"milliseconds": round(1000 * (time.perf_counter() - began), 1)}


def _found(predictor: Predictor, prepared: Prepared, *, with_maps: bool) -> dict[str, Any]:
    """Return every class with its share, likeliest first, what the network saw, and where it found evidence."""
    # The digits networks see one channel: (1, 32, 32) uint8.
    image = torch.from_numpy(np.array(prepared.pixels))[None]
    classes = predictor.top(image, k=len(predictor.classes))[0]
    return {
        "classes": [{"index": c.place, "name": c.name, "share": round(c.probability, 6)} for c in classes],
        "seen": _picture(prepared.pixels),
        "steps": [
            {"name": step.name, "caption": step.caption, **_picture(_smaller(step.pixels))} for step in prepared.steps
        ],
        "layer": predictor.layers[-1],
        "maps": {str(place): _map(predictor, image, place) for place in range(len(classes))} if with_maps else {},
    }


def _map(predictor: Predictor, image: torch.Tensor, index: int) -> dict[str, Any]:
    heat = predictor.grad_cam(image, index)[0]  # (H, W) from 0 to 1
    return _picture((heat * 255).round().to(torch.uint8).numpy())


def _picture(pixels: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """Return (H, W) uint8 pixels as the browser draws them: sides, and the bytes row by row in base64."""
    height, width = pixels.shape
    return {"width": width, "height": height, "pixels": base64.b64encode(pixels.tobytes()).decode()}


def _smaller(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    if max(pixels.shape) <= SHOWN_SIDE:
        return pixels
    image = Image.fromarray(pixels)
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BOX)
    return np.asarray(image)


def _loaded(network: Network) -> Predictor:
    """Read a checkpoint where it lies, or from a copy when the storage is on another machine."""
    try:
        return Predictor.load(Path(default_storage.path(network.weights)), sha256=network.sha256)
    except NotImplementedError:
        return _loaded_from_copy(default_storage, network)


def _loaded_from_copy(storage: Storage, network: Network) -> Predictor:
    try:
        with storage.open(network.weights) as remote, NamedTemporaryFile(suffix=".pt") as copy:
            copy.write(remote.read())
            copy.flush()
            return Predictor.load(Path(copy.name), sha256=network.sha256)
    except OSError as error:
        raise CheckpointError(f"The checkpoint {network.weights} cannot be read: {error}.") from error
