"""Which file holds the network of a run: one Network row per run, made when it is first asked."""

from inference.models import Network
from inference.policy import CHECKPOINT
from labs.models import Artifact, Run


class NetworkMissing(Exception):
    """A run that left no network behind; the text is the sentence for its owner."""

    def __init__(self) -> None:
        super().__init__("This run left no network behind. Train it again, and look inside when an epoch has passed.")


def network_of(run: Run) -> Network:
    """Return the network of an ended run, at its newest checkpoint; raises NetworkMissing when there is none."""
    newest = Artifact.objects.filter(run=run, kind=CHECKPOINT).order_by("-created_at", "-id").first()
    if newest is None:
        raise NetworkMissing
    network, _ = Network.objects.update_or_create(
        run=run,
        defaults={"title": str(run)[:120], "spec": run.spec, "weights": newest.name, "sha256": newest.sha256},
    )
    return network
