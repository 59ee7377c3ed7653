"""`python -m nets`: train without a web site, or list what can be trained."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nets import catalog
from nets.ledger import ledger
from nets.specs import SpecError, TrainSpec


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 2 bad arguments."""
    options = _parser().parse_args(arguments)
    if options.command == "list":
        return _list(as_json=options.json)
    return {"train": _train, "export": _export, "backbone": _backbone}[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lister = commands.add_parser("list", help="what can be trained, and on what")
    lister.add_argument("--json", action="store_true", help="for programs")
    trainer = commands.add_parser("train", help="train one network; one JSON event per line")
    for field in catalog.FIELDS.values():
        option = f"--{field.name.replace('_', '-')}"
        limits = ", ".join(choice.name for choice in field.choices) or f"{field.minimum:g} to {field.maximum:g}"
        trainer.add_argument(option, metavar="VALUE", help=f"{limits}; {field.default} unless given")
    trainer.add_argument("--device", help="cpu or cuda; the best there is unless given")
    trainer.add_argument("--threads", type=int, help="all cores but one unless given")
    trainer.add_argument("--checkpoint-to", type=Path, metavar="FOLDER", help="nothing is saved unless given")
    trainer.add_argument("--resume-from", type=Path, metavar="FILE", help="a checkpoint of the same settings")
    exporter = commands.add_parser("export", help="make a zip of a run: script, notebook, data, ONNX, numbers")
    exporter.add_argument("run", type=Path, metavar="FOLDER", help="what train was told as --checkpoint-to")
    exporter.add_argument("--to", type=Path, required=True, metavar="ZIP", help="where the zip is written")
    backbone = commands.add_parser("backbone", help="train the offline backbone on drawn pictures, or judge it")
    backbone.add_argument("--compare", action="store_true", help="with few digits, against the same net from scratch")
    backbone.add_argument(
        "--to", type=Path, metavar="FILE", help="where the weights are written; in place unless given"
    )
    return parser


def _list(*, as_json: bool) -> int:
    if as_json:
        print(json.dumps(_everything(), indent=2))
        return 0
    for data in catalog.DATASETS.values():
        print(f"{data.name:12} {data.images:,} images {data.shape}  {data.caption}")
    for arch, data in ((arch, data) for arch in catalog.ARCHITECTURES.values() for data in catalog.DATASETS.values()):
        costs = ledger(arch.name, shape=data.shape, classes=len(data.classes))
        print(f"{arch.name:12} {costs.parameters:,} parameters on {data.name}  {arch.caption}")
    return 0


def _everything() -> dict[str, Any]:
    return {
        "architectures": [asdict(entry) for entry in catalog.ARCHITECTURES.values()],
        "datasets": [{**_plain(entry), "splits": dict(entry.splits)} for entry in catalog.DATASETS.values()],
        "fields": [asdict(entry) for entry in catalog.FIELDS.values()],
    }


def _plain(entry: catalog.DataSet) -> dict[str, Any]:
    # asdict would copy the read-only mapping of the splits, which cannot be copied.
    return {name: getattr(entry, name) for name in entry.__slots__}


def _train(options: argparse.Namespace) -> int:
    given = {name: getattr(options, name) for name in catalog.FIELDS if getattr(options, name) is not None}
    try:
        spec = TrainSpec.from_form(given)
    except SpecError as error:
        _complain(error.errors.values())
        return 2
    # Listing and complaining need no torch, and its import takes seconds.
    from nets.checkpoints import CheckpointError
    from nets.trainer import train

    told = _Told(options.checkpoint_to, is_resumed=options.resume_from is not None)
    try:
        for event in train(
            spec,
            device=options.device,
            threads=options.threads,
            checkpoint_to=options.checkpoint_to,
            resume_from=options.resume_from,
        ):
            line = json.dumps(event, allow_nan=False)
            told.add(line)
            print(line, flush=True)
    except CheckpointError as error:
        _complain([str(error)])
        return 2
    return 0


class _Told:
    """The events of a run beside its checkpoints, one per line, for `export`; without a folder it keeps nothing."""

    def __init__(self, folder: Path | None, *, is_resumed: bool) -> None:
        self._file = folder / "events.jsonl" if folder else None
        if self._file and not is_resumed:
            self._file.unlink(missing_ok=True)

    def add(self, line: str) -> None:
        """Write one event; the folder is there by then."""
        if self._file:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")


def _export(options: argparse.Namespace) -> int:
    from nets.checkpoints import CheckpointError
    from nets.export import ExportError, export_folder

    try:
        print(export_folder(options.run, to=options.to))
    except (ExportError, CheckpointError, OSError) as error:
        _complain([str(error)])
        return 2
    return 0


def _backbone(options: argparse.Namespace) -> int:
    from nets.backbones import WEIGHTS, comparing, training

    if not options.compare:
        for epoch in training.fit(training.Recipe(), to=options.to or WEIGHTS):
            print(json.dumps(asdict(epoch)), flush=True)
        return 0
    found = []
    for one in comparing.compare():
        found.append(one)
        print(json.dumps(asdict(one)), flush=True)
    print(f"fine-tuned beats from scratch by {100 * comparing.margin(found):.1f} points of accuracy in the mean")
    return 0


def _complain(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
