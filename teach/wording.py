"""The words of the class board."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from labs.models import Run


@dataclass(frozen=True, slots=True)
class Word:
    """A state in a word, and how it is marked beside the word: good, bad, accent, or not at all."""

    text: str
    mark: str


def run_state(state: str, *, reason: str) -> Word:
    """Return a run's state as an instructor reads it."""
    ended = {
        "completed": Word(_("finished"), "good"),
        "stopped": Word(_("stopped by the learner"), "good"),
        "early_stopped": Word(_("stopped early"), "good"),
        "diverged": Word(_("diverged"), "bad"),
        "time_limit": Word(_("out of time"), "bad"),
    }
    going = {
        "queued": Word(_("waiting"), ""),
        "running": Word(_("training"), "accent"),
        "paused": Word(_("paused"), ""),
        "cancelled": Word(_("cancelled"), ""),
    }
    if state == "failed":
        return Word(_("failed: %(reason)s") % {"reason": reason.replace("_", " ")}, "bad")
    return going.get(state) or ended.get(reason) or Word(_("finished"), "good")


def goal(run: Run) -> Word | None:
    """Return whether a run met its goal, in words; None before it was judged."""
    result = getattr(run, "goal_result", None)
    if result is None:
        return None
    return Word(_("goal met"), "good") if result.passed else Word(_("goal not met"), "")
