"""What a run told, in forms that other programs read: a table and a TensorBoard log."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from nets.events import COLUMNS, Event, columns

# The columns of events.csv; a row of a step fills the first four after "kind", a row of an epoch the others.
EPOCH_COLUMNS: Final = ("epoch", "train_loss", "train_metric", "validation_loss", "validation_metric")
HEAD: Final = ("kind", *COLUMNS, *EPOCH_COLUMNS)
_TAGS: Final = {"loss": "step/loss", "metric": "step/accuracy", "lr": "step/learning_rate"}


def csv_bytes(events: Sequence[Event]) -> bytes:
    """Return a run's points and epochs as UTF-8 text with commas, in order of step; an epoch after its last step."""
    rows: list[dict[str, object]] = [{"kind": "step"} | row for row in _points(events)]
    rows += [{"kind": "epoch", "step": event["step"]} | _epoch(event) for event in events if event["type"] == "epoch"]
    rows.sort(key=lambda row: (row["step"], row["kind"] == "epoch"))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEAD, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def tensorboard_bytes(events: Sequence[Event]) -> bytes:
    """Return the same numbers as a TensorBoard event file.

    One second per step stands for the wall clock, so that the same run makes the same bytes. A loss that was no
    number has no point.
    """
    # protobuf and the rest of tensorboard take a second to import.
    from tensorboard.compat.proto import event_pb2, summary_pb2
    from tensorboard.summary.writer.record_writer import RecordWriter

    buffer = io.BytesIO()
    writer = RecordWriter(buffer)
    writer.write(event_pb2.Event(wall_time=0.0, file_version="brain.Event:2").SerializeToString())
    for step, tag, value in _scalars(events):
        summary = summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, simple_value=value)])
        writer.write(event_pb2.Event(wall_time=float(step), step=step, summary=summary).SerializeToString())
    writer.flush()
    return buffer.getvalue()


def _points(events: Sequence[Event]) -> Iterator[dict[str, object]]:
    found = columns(events)
    for row in zip(*(found[name] for name in COLUMNS), strict=True):
        yield dict(zip(COLUMNS, row, strict=True))


def _epoch(event: Event) -> dict[str, object]:
    return {name: event[name] for name in EPOCH_COLUMNS}


def _scalars(events: Sequence[Event]) -> Iterator[tuple[int, str, float]]:
    """Yield every number as (step, tag, value), in order of step within each tag's kind."""
    for point in _points(events):
        for name, tag in _TAGS.items():
            value = point[name]
            if isinstance(value, int | float):
                yield int(str(point["step"])), tag, float(value)
    for event in events:
        if event["type"] == "epoch":
            for name in EPOCH_COLUMNS[1:]:
                part, _, kind = name.partition("_")
                if event[name] is not None:
                    yield event["step"], f"epoch/{part}_{'accuracy' if kind == 'metric' else kind}", event[name]
