"""What a network saw as it learnt: the snapshots of a run, an entry per epoch, few enough for a page."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.urls import reverse

from labs import following, pictures, policy
from labs.models import Run
from labs.policy import Visitor
from nets.events import Event
from nets.specs import TrainSpec

MOST_EPOCHS: Final = 60
LEAST_EPOCHS: Final = 8
# What a page may fetch at once, about: large first layers have fewer epochs to move through.
MOST_BYTES: Final = 1_500_000


def is_watched(run: Run) -> bool:
    """Whether this run looks into its network after its epochs."""
    return bool(run.spec.get("watch"))


def looks(run: Run, visitor: Visitor) -> dict[str, Any]:
    """Return the run's snapshots by epoch, with all that a page needs to draw and name them."""
    data = TrainSpec.from_json(run.spec).dataset
    here = policy.may_see_pictures(visitor, run) and pictures.are_kept(run)
    return {
        "classes": list(data.classes),
        "height": data.shape[1],
        "width": data.shape[2],
        "columns": pictures.IN_A_ROW,
        "pictures": reverse("labs:pictures", args=[run.pk]) if here else None,
        "epochs": spread(by_epoch(following.all_events(run))),
    }


def by_epoch(told: Iterable[Event]) -> list[dict[str, Any]]:
    """Gather snapshots into one entry per epoch: {"epoch", "step", and the data of each kind}."""
    entries: dict[int, dict[str, Any]] = {}
    for event in told:
        if event["type"] == "snapshot":
            entry = entries.setdefault(event["epoch"], {"epoch": event["epoch"]})
            entry |= {"step": event["step"], event["kind"]: event["data"]}
    return [entries[number] for number in sorted(entries)]


def spread(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries thinned evenly, first and last among them, to what a page may fetch at once."""
    if not entries:
        return []
    size = len(json.dumps(entries[-1], separators=(",", ":")))
    most = min(MOST_EPOCHS, max(LEAST_EPOCHS, MOST_BYTES // size))
    if len(entries) <= most:
        return list(entries)
    last = len(entries) - 1
    return [entries[round(place * last / (most - 1))] for place in range(most)]
