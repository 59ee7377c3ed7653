"""Someone's own networks, for their own page."""

from collections.abc import Mapping
from typing import Any, Final

from accounts.models import User
from inference import policy

MOST: Final = 8


def networks_of(user: User) -> Mapping[str, Any]:
    """Return the newest networks that this person trained and may look into; `more`: there are older ones."""
    runs = list(policy.askable_runs(user)[: MOST + 1])
    return {"runs": runs[:MOST], "more": len(runs) > MOST}
