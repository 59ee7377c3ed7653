"""A run as a zip that other people can use: script, notebook, data, network, numbers, and how to use each."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import torch
from safetensors.torch import save as as_safetensors

from nets import checkpoints, events, script, starting
from nets.catalog import KNOWN
from nets.data import load_for
from nets.events import Event, counted
from nets.export import archive, logs, networks, notebook, words
from nets.script import Course
from nets.specs import SpecError, TrainSpec
from nets.zoo import build_for

# What `python -m nets train --checkpoint-to FOLDER` leaves there besides its checkpoints: one event per line.
EVENTS_FILE: Final = "events.jsonl"
# The name by which TensorBoard knows a log; the number in it is a time, and ours has none.
TENSORBOARD_FILE: Final = "tensorboard/events.out.tfevents.0000000000.stride"


class ExportError(Exception):
    """A run that cannot be exported; the text says what is missing."""


def export(
    spec: TrainSpec,
    *,
    checkpoint: Path,
    told: Sequence[Event],
    to: Path,
    weights: Path | None = None,
    data_file: Path | None = None,
) -> Path:
    """Write the run of `spec` as a zip to `to` and return `to`; `told` are its events that count, in order.

    The network is that of `checkpoint`, on the CPU. `weights` is the file that the spec's `start` names by its sha256:
    the script needs what fits of it, and without it the zip lacks that one file. `data_file` holds the spec's own
    pictures, where it names some; DataError without it. The same run makes the same bytes with the same versions of
    torch, onnx and numpy. Raises ExportError when the checkpoint belongs to another spec, CheckpointError when it
    cannot be read, OSError when the disk does not take the zip.
    """
    state = checkpoints.load(checkpoint)
    if state.get("spec_digest") != spec.digest():
        raise ExportError(f"The checkpoint {checkpoint.name} belongs to another run: its spec differs.")
    files = _files(spec, state, told, data_file=data_file)
    if spec.start == starting.BACKBONE or (spec.start and weights is not None):
        files[script.START_FILE] = _start_bytes(spec, weights)
    return archive.write_zip(files, to)


def export_folder(folder: Path, *, to: Path, data_file: Path | None = None) -> Path:
    """Export the run that `python -m nets train --checkpoint-to` left in `folder`, from its newest checkpoint.

    Raises ExportError, which names the file, when one is missing or cannot be read.
    """
    found = sorted(folder.glob("step-*.ckpt"))
    if not found:
        raise ExportError(f"There is no checkpoint (step-*.ckpt) in {folder}.")
    state = checkpoints.load(found[-1])
    try:
        spec = TrainSpec.from_json(state["spec"])
    except (KeyError, SpecError) as error:
        raise ExportError(f"The checkpoint {found[-1].name} holds no run of this course.") from error
    told = read_events(folder / EVENTS_FILE)
    return export(spec, checkpoint=found[-1], told=told, to=to, data_file=data_file)


def read_events(file: Path) -> list[Event]:
    """Return the events that count of a file with one event per line; every `started` in it begins an attempt."""
    try:
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise ExportError(f"The events of the run cannot be read from {file.name}: {error}.") from error
    return counted(_attempts(lines))


def course_of(spec: TrainSpec, told: Iterable[Event]) -> Course:
    """Return what a script must know of a run besides its spec: rates set by hand, where it stopped, its threads."""
    rates: dict[int, float] = {}
    threads, step, per_epoch = None, 0, 0
    dtype, layout = "float32", "channels_first"
    for event in told:
        if event["type"] == "rate_changed":
            rates[event["step"]] = event["value"]
        elif event["type"] == "started":
            # On a GPU the threads of the CPU change no sum.
            threads = event["threads"] if event["device"] == "cpu" else None
            per_epoch, dtype, layout = event["steps_per_epoch"], event["dtype"], event["layout"]
        elif event["type"] == "steps":
            step = max(step, *event["step"])
    is_whole = step == 0 or step >= spec.epochs * per_epoch
    last_step = None if is_whole else step
    return Course(rates=rates, last_step=last_step, threads=threads, dtype=dtype, layout=layout)


def _attempts(lines: Sequence[Event]) -> Iterator[tuple[int, Event]]:
    """Number the attempts; a later one that does not say from where it goes on is made to say so."""
    attempt = 0
    for place, event in enumerate(lines):
        if event["type"] == "started":
            attempt += 1
        yield attempt, event
        if event["type"] == "started" and attempt > 1:
            coming = next((later["step"][0] for later in lines[place:] if later["type"] == "steps"), None)
            if coming is not None:
                yield attempt, events.resumed(attempt=attempt, step=coming - 1)


def _start_bytes(spec: TrainSpec, weights: Path | None) -> bytes:
    """Return the weights with which the run began, less a head that was fresh, as safetensors."""
    start, model = starting.read(spec.start, weights), build_for(spec)
    found = starting.fitting(start, model) if start is not None else {}
    return as_safetensors({name: weight.contiguous() for name, weight in found.items()})


def _files(
    spec: TrainSpec, state: dict[str, Any], told: Sequence[Event], *, data_file: Path | None
) -> dict[str, bytes]:
    """Return every file of the zip by its name."""
    course = course_of(spec, told)
    # Of borrowed weights, the normalisation that they brought along.
    data = replace(load_for(spec, file=data_file), mean=state["mean"], std=state["std"])
    entry = spec.dataset
    model = build_for(spec)
    model.load_state_dict(state["model"])
    mean, std = state["mean"], state["std"]
    about = {"arch": spec.arch, "data": spec.data, "classes": ", ".join(entry.classes), "spec": spec.digest()}
    about |= {"mean": str(mean), "std": str(std), "input": "pixels / 255, minus mean, divided by std"}
    pixels = about | {"input": "pixels from 0 to 255"}
    title = f"{KNOWN[spec.arch].title} on {entry.title.lower()}"
    return {
        "README.txt": words.readme(spec, course=course, torch=torch.__version__, mean=str(mean), std=str(std)).encode(),
        "train.py": script.source(spec, course=course, from_file=True).encode(),
        "train.ipynb": notebook.notebook_bytes(title, script.sections(spec, course=course, from_file=True)),
        script.DATA_FILE: archive.data_bytes(data),
        "model.onnx": networks.onnx_bytes(model, shape=entry.shape, mean=mean, std=std, about=pixels),
        "weights.safetensors": networks.safetensors_bytes(model, about=about),
        "events.csv": logs.csv_bytes(told),
        TENSORBOARD_FILE: logs.tensorboard_bytes(told),
    }
