"""The worker's side of previews: contact sheets, range tests, downloads. Needs torch; imported inside the task."""

import io
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import structlog
import torch

from labs import costs, fetching, previews, resuming, speeds
from labs.models import Preview, Run
from labs.previews import Made
from nets import events, memory, rangetest, recipes, sheet
from nets.checkpoints import CheckpointError
from nets.data import DataError, load_for
from nets.export import ExportError, export
from nets.machine import best_device
from nets.session import Session
from nets.specs import TrainSpec

log = structlog.get_logger(__name__)

# A range test makes as many steps as fit into this, but enough to show a curve.
RANGE_SECONDS: Final = 40.0
FEWEST_STEPS: Final = 40
MOST_STEPS: Final = 100
BROKE: Final = "Something broke while this was made. Ask again; if it breaks again, tell your instructor."


class Unmakeable(Exception):
    """Something that cannot be made; the text is the sentence for whoever asked."""


def work(*, node: str) -> None:
    """Claim and make previews until none waits; heard twice, the second time claims nothing."""
    while (preview := previews.claim(worker=f"{node}:{os.getpid()}")) is not None:
        _settle(preview)


def _settle(preview: Preview) -> None:
    try:
        previews.finish(preview, make(preview))
    except Unmakeable as error:
        previews.give_up(preview, str(error))
    except Exception:
        # The worker's edge: one that breaks must not take the others with it.
        log.exception("preview_failed", preview=str(preview.pk), kind=preview.kind)
        previews.give_up(preview, BROKE)


def make(preview: Preview) -> Made:
    """Make what was asked; raises Unmakeable with the sentence for whoever asked."""
    try:
        if preview.kind == "augment_sheet":
            return _with_data(preview, _sheet)
        if preview.kind == "range_test":
            return _with_data(preview, _range_test)
    except DataError as error:
        raise Unmakeable(str(error)) from error
    except (RuntimeError, MemoryError) as error:
        if memory.is_exceeded(error):
            raise Unmakeable("There is not enough memory for it. Choose a smaller batch or network.") from error
        raise
    if preview.run is None:
        raise Unmakeable("The run that this belongs to is gone.")
    return _download(preview.run, kind=preview.kind)


def _with_data(preview: Preview, make_of: Callable[[TrainSpec, Path | None], Made]) -> Made:
    """Make something of the settings of a preview, with the file of own pictures at hand where they name some."""
    with tempfile.TemporaryDirectory(prefix="stride-preview-") as folder:
        data_file = fetching.data_file_of_preview(preview, folder=Path(folder))
        return make_of(TrainSpec.from_json(preview.asked), data_file)


def _sheet(spec: TrainSpec, data_file: Path | None) -> Made:
    """Draw one training image beside 24 draws of the augmentation: a PNG."""
    drawn = sheet.contact_sheet(load_for(spec, file=data_file), recipes.parse(spec.augment), seed=spec.seed)
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    return Made({"width": drawn.width, "height": drawn.height}, "draws.png", buffer.getvalue())


def _range_test(spec: TrainSpec, data_file: Path | None) -> Made:
    """Sweep the rate from far too low to far too high, as plain values."""
    step_seconds, _ = costs.seconds_of_a_step(spec, known=speeds.known())
    steps = min(MOST_STEPS, max(FEWEST_STEPS, int(RANGE_SECONDS / step_seconds)))
    session = Session.begin(spec, device=torch.device(best_device()), data_file=data_file)
    found = rangetest.range_test(session, steps=steps)
    if not found.rates:
        raise Unmakeable("The loss is no number before anything is learned: this network cannot begin like this.")
    names = ("rates", "losses", "smoothed", "suggestion")
    return Made({name: getattr(found, name) for name in names})


def _download(run: Run, *, kind: str) -> Made:
    """Export a finished run: the whole zip, or the network in it as ONNX."""
    title = f"{run.lab_version.lab_id}-{str(run.pk)[:8]}"
    with tempfile.TemporaryDirectory(prefix="stride-export-") as folder:
        content = _exported(run, folder=Path(folder))
    if kind == "export_zip":
        return Made({"title": f"{title}.zip", "type": "application/zip"}, f"{title}.zip", content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        network = archive.read("model.onnx")
    return Made({"title": f"{title}.onnx", "type": "application/octet-stream"}, f"{title}.onnx", network)


def _exported(run: Run, *, folder: Path) -> bytes:
    told, data_file = events.counted(_told(run)), fetching.data_file_of(run, folder=folder)
    for beginning in resuming.beginnings(run, folder=folder):
        try:
            spec = TrainSpec.from_json(run.spec)
            to = folder / "run.zip"
            return export(spec, checkpoint=beginning.path, told=told, to=to, data_file=data_file).read_bytes()
        except DataError as error:
            raise Unmakeable(str(error)) from error
        except (CheckpointError, ExportError) as error:
            log.warning("export_refused", run=str(run.pk), step=beginning.step, error=str(error))
    raise Unmakeable("This run left no network that can be read. Train it again to download it.")


def _told(run: Run) -> list[tuple[int, dict[str, Any]]]:
    chunks = run.chunks.order_by("seq").values_list("attempt", "events")
    return [(attempt, event) for attempt, said in chunks for event in said]
