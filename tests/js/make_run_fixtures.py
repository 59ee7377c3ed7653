"""Write what nets.events and labs.wording say about runs, for the browser: `python -m tests.js.make_run_fixtures`.

tests/labs/test_pages_fixtures.py fails when a fixture no longer agrees with the Python that it was made from.
"""

import json
import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

from labs.happenings import happenings
from labs.wording import Facts, state_words
from nets import events
from nets.events import Event

HERE = Path(__file__).resolve().parent / "fixtures"
Pair = tuple[int, Event]


def main() -> None:
    """Write the fixtures."""
    for name, content in {"counted": counted_cases(), "words": word_cases(), "happenings": happening_cases()}.items():
        (HERE / f"{name}.json").write_text(json.dumps(content, indent=None, separators=(",", ":")) + "\n")


def counted_cases() -> list[dict[str, Any]]:
    """Return logs of several attempts with the points, epochs and other events that count."""
    named = {
        "one attempt": _attempt(1, first=1, last=8),
        "resumed in the middle": [*_attempt(1, first=1, last=9), *_attempt(2, first=5, last=12, resumed=4)],
        "started over": [*_attempt(1, first=1, last=7), *_attempt(2, first=1, last=10)],
        "resumed twice, the second time earlier": [
            *_attempt(1, first=1, last=9),
            *_attempt(2, first=9, last=11, resumed=8),
            *_attempt(3, first=5, last=12, resumed=4),
        ],
        "a pause within one attempt": [
            *_attempt(1, first=1, last=6),
            (1, events.paused(step=6)),
            (1, events.resumed(attempt=1, step=6)),
            *_attempt(1, first=7, last=9),
        ],
        "a late line of the earlier attempt": [
            *_attempt(1, first=1, last=4),
            *_attempt(2, first=3, last=6, resumed=2),
            (1, _points(5, 7)),
        ],
        "said twice": [*_attempt(1, first=1, last=5), *_attempt(1, first=1, last=5)],
        "a loss that is no number": [(1, events.steps(step=[1], loss=[float("nan")], metric=[0.1], lr=[0.1]))],
        "nothing": [],
    }
    chance = random.Random(4)
    named |= {f"by chance {number}": _by_chance(chance) for number in range(12)}
    return [{"name": name, "pairs": pairs, **_expected(pairs)} for name, pairs in named.items()]


def word_cases() -> list[dict[str, Any]]:
    """Return facts about a run with the words for them."""
    facts = [
        Facts(state="queued"),
        Facts(state="queued", ahead=0, wait_seconds=2.0),
        Facts(state="queued", ahead=2, wait_seconds=61.0),
        Facts(state="queued", ahead=3),
        Facts(state="queued", ahead=1, obstacle="No worker is there; it starts as soon as one is back."),
        Facts(state="queued", losses=1),
        Facts(state="running", epochs=10),
        Facts(state="running", epochs=10, step=81, steps_per_epoch=40, seconds_left=38.0),
        Facts(state="running", epochs=10, step=400, steps_per_epoch=40, seconds_left=0.0),
        Facts(state="running", epochs=10, step=0, steps_per_epoch=40, seconds_left=7500.0),
        Facts(state="running", epochs=10, step=120, steps_per_epoch=40, is_stopping=True),
        Facts(state="running", epochs=10, step=120, steps_per_epoch=40, is_pausing=True),
        Facts(state="paused"),
        Facts(state="cancelled"),
        Facts(state="cancelled", step=1200, steps_per_epoch=40),
        Facts(state="failed", reason="out_of_memory"),
        *(Facts(state="finished", reason=reason) for reason in events.FINISHED_REASONS),
        *(
            Facts(state="running", epochs=2, step=1, steps_per_epoch=9, seconds_left=left)
            for left in (2.9, 3.0, 9.99, 10.0, 12.4, 12.5, 54.9, 55.0, 89.9, 90.0, 3299.0, 3300.0, 5400.0)
        ),
    ]
    return [{"facts": _as_browser(each), "words": state_words(each)} for each in facts]


def happening_cases() -> list[dict[str, Any]]:
    """Return logs with what happened in them, in words."""
    diagnosed = events.diagnosis(kind="overfit", step=80, text="Since epoch 2 it rises.", lesson="the-training-loop")
    unheard = events.diagnosis(kind="something_new", step=9, text="A rule that came later.", lesson="")
    named: dict[str, list[Event]] = {
        "nothing": [_points(1, 3)],
        "every kind, out of order": [
            diagnosed,
            events.rate_changed(step=41, value=0.0003),
            events.paused(step=50),
            events.resumed(attempt=2, step=50),
            events.diverged(step=99),
            unheard,
        ],
        "at the same step, in the order in which they were told": [
            events.rate_changed(step=7, value=1.0),
            events.rate_changed(step=7, value=0.00001),
        ],
    }
    return [
        {"name": name, "told": told, "expected": [asdict(each) for each in happenings(told)]}
        for name, told in named.items()
    ]


def _expected(pairs: list[Pair]) -> dict[str, Any]:
    kept = events.counted(pairs)
    return {
        "columns": events.columns(kept),
        "epochs": [event["step"] for event in kept if event["type"] == "epoch"],
        "others": [event["type"] for event in kept if event["type"] not in ("steps", "epoch")],
    }


def _points(first: int, last: int, *, height: float = 1.0) -> Event:
    step = list(range(first, last + 1))
    loss = [round(height / number, 4) for number in step]
    return events.steps(step=step, loss=loss, metric=[0.5] * len(step), lr=[0.01] * len(step))


def _attempt(attempt: int, *, first: int, last: int, resumed: int | None = None) -> list[Pair]:
    """Return one attempt in chunks of three steps, an epoch every four, a checkpoint with each."""
    started = events.started(
        device="cpu", dtype="float32", layout="contiguous", threads=1, parameters=10, dataset={}, steps_per_epoch=4
    )
    said = [started] if resumed is None else [events.resumed(attempt=attempt, step=resumed), started]
    for begin in range(first, last + 1, 3):
        end = min(last, begin + 2)
        said.append(_points(begin, end, height=float(attempt)))
        said += [event for step in range(begin, end + 1) if step % 4 == 0 for event in _closed(step)]
    return [(attempt, event) for event in said]


def _closed(step: int) -> list[Event]:
    epoch = events.epoch(
        epoch=step // 4,
        step=step,
        train_loss=1.0,
        train_metric=0.5,
        validation_loss=1.1,
        validation_metric=0.4,
        seconds=0.5,
        images_per_second=100.0,
    )
    return [epoch, events.checkpoint(step=step, epoch=step // 4, file="a", sha256="0", size=1)]


def _by_chance(chance: random.Random) -> list[Pair]:
    """Return up to four attempts, each going on from a step that an earlier one reached."""
    pairs = _attempt(1, first=1, last=chance.randint(1, 14))
    for attempt in range(2, chance.randint(2, 5)):
        resumed = chance.choice([None, chance.randint(0, 12)])
        first = 1 if resumed is None else resumed + 1
        pairs += _attempt(attempt, first=first, last=first + chance.randint(0, 9), resumed=resumed)
    return pairs


def _as_browser(facts: Facts) -> dict[str, Any]:
    waiting = None
    if facts.ahead is not None:
        waiting = {"ahead": facts.ahead, "seconds": facts.wait_seconds, "obstacle": facts.obstacle}
    return {
        "state": facts.state,
        "reason": facts.reason,
        "epochs": facts.epochs,
        "step": facts.step,
        "stepsPerEpoch": facts.steps_per_epoch,
        "secondsLeft": facts.seconds_left,
        "waiting": waiting,
        "stopping": facts.is_stopping,
        "pausing": facts.is_pausing,
        "losses": facts.losses,
    }


if __name__ == "__main__":
    main()
