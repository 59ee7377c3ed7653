"""The doorbell: rings that say "look again" and carry nothing. A ring that is lost costs seconds, never data."""

from rings.doorbell import publish, ring_on_commit
from rings.knocking import is_silent, knock, knock_on_commit, warm

__all__ = ["is_silent", "knock", "knock_on_commit", "publish", "ring_on_commit", "warm"]
