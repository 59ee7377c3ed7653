"""What the page of looking inside shows: networks to choose from, the answer there is, what a script starts from."""

from dataclasses import dataclass
from typing import Any, Final

from accounts.policy import Visitor
from inference import policy
from inference.api import shown
from inference.models import Query, QueryState
from inference.receiving import UPLOAD_HOURS
from labs.listing import settings_in_words
from labs.models import Run
from labs.wording import percent

MAX_CHOICES: Final = 50
SHOWN_CLASSES: Final = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One network that may be asked."""

    run: Run
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """One class of an answer: its name, its share as a number and in words."""

    name: str
    share: str
    words: str


@dataclass(frozen=True, slots=True)
class InsidePage:
    """Everything that the page shows. `unready` says why the run that was asked for cannot be looked into yet."""

    choices: list[Choice]
    chosen: Run | None
    unready: str
    refusal: str
    guesses: list[Guess]
    state: str
    hours: int
    start: dict[str, Any]


def page(visitor: Visitor, *, run: Run | None, query: Query | None, lab: str, refusal: str) -> InsidePage:
    """Return the page for this visitor; without a run, the newest network is chosen, of `lab` when it has one."""
    runs = list(policy.askable_runs(visitor)[:MAX_CHOICES])
    known = {each.pk for each in runs}
    chosen = run if run is not None and run.pk in known else None
    unready = _unready(run) if run is not None and chosen is None else ""
    if run is None and runs:
        chosen = next((each for each in runs if each.lab_version.lab_id == lab), runs[0])
    return InsidePage(
        choices=[Choice(each, _label(each), each == chosen) for each in runs],
        chosen=chosen,
        unready=unready,
        refusal=refusal,
        guesses=_guesses(query),
        state=_state(query),
        hours=UPLOAD_HOURS,
        start={"run": str(chosen.pk) if chosen else None, "query": shown(query) if query else None},
    )


def _label(run: Run) -> str:
    accuracy = percent(run.summary.get("validation_accuracy"))
    reached = f", {accuracy} validation accuracy" if accuracy else ""
    return f"{run.title or settings_in_words(run.spec)}{reached} ({run.queued_at:%-d %b, %H:%M})"


def _unready(run: Run) -> str:
    if not run.has_ended:
        return "This network is still being trained. Stop the run, or wait for its end, and look inside then."
    return "This run left no network that could be asked. Train it again."


def _guesses(query: Query | None) -> list[Guess]:
    if query is None or query.answer is None:
        return []
    classes = query.answer["classes"][:SHOWN_CLASSES]
    return [Guess(each["name"], f"{each['share']:.4f}", percent(each["share"])) for each in classes]


def _state(query: Query | None) -> str:
    """Say where the question stands, for a page without scripts."""
    if query is None:
        return ""
    if query.state == QueryState.FAILED:
        return query.remedy
    if query.state == QueryState.ANSWERED and query.answer is not None:
        first = query.answer["classes"][0]
        return f"It reads a {first['name']}, with {percent(first['share'])} of its belief."
    return "Your picture is being looked at. Reload this page in a moment."
