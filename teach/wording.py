"""The words of the class board."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.unlocking import State
from labs.models import Run


@dataclass(frozen=True, slots=True)
class Word:
    """A state in a word, and how it is marked beside the word: good, bad, accent, or not at all."""

    text: str
    mark: str = ""


def lesson_state(state: State) -> Word:
    """Return a lesson's state as an instructor reads it."""
    return {
        State.DONE: Word(_("done"), "good"),
        State.OPEN: Word(_("open"), "accent"),
        State.LOCKED: Word(_("locked")),
    }[state]


def run_state(state: str, *, reason: str) -> Word:
    """Return a run's state as an instructor reads it."""
    if state == "failed":
        return Word(_("failed: %(reason)s") % {"reason": reason.replace("_", " ")}, "bad")
    if state == "finished":
        return _ended(reason)
    return {
        "queued": Word(_("waiting")),
        "running": Word(_("training"), "accent"),
        "paused": Word(_("paused")),
        "cancelled": Word(_("cancelled")),
    }[state]


def _ended(reason: str) -> Word:
    words = {
        "stopped": Word(_("stopped by the learner"), "good"),
        "early_stopped": Word(_("finished early"), "good"),
        "diverged": Word(_("diverged"), "bad"),
        "time_limit": Word(_("ended at the time limit"), "good"),
    }
    return words.get(reason, Word(_("finished"), "good"))


def goal(run: Run) -> Word | None:
    """Return whether a run met its goal, in words; None before it was judged."""
    result = getattr(run, "goal_result", None)
    if result is None:
        return None
    return Word(_("goal met"), "good") if result.passed else Word(_("goal not met"))
