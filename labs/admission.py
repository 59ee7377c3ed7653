"""May this run be queued, and what will it need? Asked in the transaction that queues it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from labs import costs, devices, quotas
from nets.specs import SpecError, TrainSpec


@dataclass(frozen=True, slots=True)
class Needs:
    """What a run was estimated to need when it was queued."""

    memory_bytes: int
    expected_seconds: float
    total_steps: int

    def columns(self) -> dict[str, Any]:
        """Return the columns of the run's row."""
        return {
            "memory_bytes": self.memory_bytes,
            "expected_seconds": self.expected_seconds,
            "total_steps": self.total_steps,
        }


def admit(owner: User, specs: list[TrainSpec], *, now: datetime) -> list[Needs]:
    """Return what each of these runs needs; nothing is written.

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
    return [Needs(cost.memory_bytes, cost.seconds, cost.steps) for cost in found]
