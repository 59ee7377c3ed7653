"""What a watcher is told: frames built from the rows. Page, poll, socket and reconnect all read here.

A frame is {"run", "attempt", "seq", "state", "events"} and, for the words beside the chart, "reason", "remedy",
"losses", "stopping" and "pausing". It holds events of one attempt only; when a second attempt follows, "more" is true
and the next frame begins after "seq". The row is read before its chunks, so that a frame never says that a run has
ended without the end's own events.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from labs import packed
from labs.models import Chunk, Run
from labs.models.runs import State
from nets import events
from nets.events import Event

Frame = dict[str, Any]

SNAPSHOT_POINTS: Final = 4000
# About four minutes of training; a watcher who is further behind gets several frames.
CHUNKS_IN_A_FRAME: Final = 2000
_STANDING: Final = (
    "fence",
    "last_seq",
    "state",
    "reason",
    "remedy",
    "losses",
    "stop_requested_at",
    "pause_requested_at",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One chunk as it is sent: its place in the log, the attempt that wrote it, what it says."""

    seq: int
    attempt: int
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands at one reading of its row; `seq` is the last chunk that the row knew then."""

    run: uuid.UUID
    attempt: int
    seq: int
    state: str
    reason: str
    remedy: str
    losses: int
    stopping: bool
    pausing: bool


def standing(run_id: uuid.UUID) -> Standing:
    """Read where the run stands; raises Run.DoesNotExist."""
    row = Run.objects.only(*_STANDING).get(pk=run_id)
    return Standing(
        run=row.pk,
        attempt=row.fence,
        seq=row.last_seq,
        state=row.state,
        reason=row.reason,
        remedy=row.remedy,
        losses=row.losses,
        stopping=row.state == State.RUNNING and row.stop_requested_at is not None,
        pausing=row.state == State.RUNNING and row.pause_requested_at is not None,
    )


def pieces_after(run_id: uuid.UUID, seq: int) -> list[Piece]:
    """Read the chunks that follow `seq`, at most CHUNKS_IN_A_FRAME of them, as rows or from the packed log."""
    rows = Chunk.objects.filter(run=run_id, seq__gt=seq).order_by("seq").values_list(*packed.COLUMNS)
    found = list(rows[:CHUNKS_IN_A_FRAME]) or [row for row in packed.read(run_id) if row[0] > seq][:CHUNKS_IN_A_FRAME]
    return [Piece(*row) for row in found]


def frame_after(run_id: uuid.UUID, seq: int) -> Frame:
    """Return what came after `seq`, as far as one frame goes; raises Run.DoesNotExist."""
    now = standing(run_id)
    return build(now, pieces_after(run_id, seq), after=seq)


def build(now: Standing, pieces: Sequence[Piece], *, after: int) -> Frame:
    """Build the frame for a watcher who has everything up to `after`: the first attempt among the pieces."""
    attempt = pieces[0].attempt if pieces else now.attempt
    part = list(takewhile(lambda piece: piece.attempt == attempt, pieces))
    seq = part[-1].seq if part else after
    frame = _frame(now, attempt=attempt, seq=seq, said=[event for piece in part for event in piece.events])
    if seq < now.seq:
        # The end, or a new attempt, is told together with its own events.
        return frame | {"state": State.RUNNING.value, "reason": "", "remedy": "", "more": True}
    return frame


def snapshot(run: Run) -> Frame:
    """Return all that a page needs to draw the run as it stands: one frame, its points thinned."""
    now = standing(run.pk)
    rows = [(attempt, said) for seq, attempt, said in whole_log(run.pk) if seq <= now.seq]
    counted = events.counted((attempt, event) for attempt, said in rows for event in said)
    # The points are those of the attempt that spoke last: a new one that has yet to speak may go back behind them.
    attempt = rows[-1][0] if rows else now.attempt
    return _frame(now, attempt=attempt, seq=now.seq, said=thinned(counted))


def thinned(counted: Sequence[Event]) -> list[Event]:
    """Return the events with all their points joined into one `steps` event of at most SNAPSHOT_POINTS."""
    others = [event for event in counted if event["type"] != "steps"]
    points = events.thin(events.columns(counted), SNAPSHOT_POINTS)
    if not points["step"]:
        return others
    begin = next((place + 1 for place, event in enumerate(others) if event["type"] == "started"), 0)
    return [*others[:begin], events.steps(**points), *others[begin:]]


def all_events(run: Run) -> list[Event]:
    """Return every event that counts, at full resolution."""
    return events.counted((attempt, event) for _, attempt, said in whole_log(run.pk) for event in said)


def whole_log(run_id: uuid.UUID) -> list[packed.Row]:
    """Return every chunk of a run (seq, attempt, events), as rows or from the file that they were packed into."""
    rows = Chunk.objects.filter(run=run_id).order_by("seq").values_list(*packed.COLUMNS)
    return list(rows) or packed.read(run_id)


def _frame(now: Standing, *, attempt: int, seq: int, said: list[Event]) -> Frame:
    return {
        "run": str(now.run),
        "attempt": attempt,
        "seq": seq,
        "state": now.state,
        "reason": now.reason,
        "remedy": now.remedy,
        "losses": now.losses,
        "stopping": now.stopping,
        "pausing": now.pausing,
        "more": False,
        "events": said,
    }
