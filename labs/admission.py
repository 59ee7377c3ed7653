"""May this run be queued, and what will it need? Asked in the transaction that queues it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from labs import costs, devices, quotas
from nets.specs import SpecError, TrainSpec


def needs_of(spec: TrainSpec) -> dict[str, Any]:
    """Return the columns of a run's row that say what it is estimated to need."""
    cost = costs.cost_of(spec)
    return {"memory_bytes": cost.memory_bytes, "expected_seconds": cost.seconds, "total_steps": cost.steps}


def check(owner: User, specs: Sequence[TrainSpec], *, now: datetime) -> None:
    """Say whether this person may queue these runs; nothing is written.

    Raises SpecError for a run that no known device could hold, and QuotaError when the owner may not have so many, or
    has not so many seconds of devices left today. A time that was not measured here refuses nobody.
    """
    found = [costs.cost_of(spec) for spec in specs]
    for spec, cost in zip(specs, found, strict=True):
        refusal = devices.why_none_fits(cost.memory_bytes, batch_size=spec.batch_size, now=now)
        if refusal:
            raise SpecError({"batch_size": refusal})
    measured = sum(cost.seconds for cost in found if cost.is_measured)
    quotas.check(owner, now=now, runs=len(specs), seconds=measured)
