"""`python -m nets`: train without a web site, or list what can be trained."""

import argparse
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from nets import catalog, recipes
from nets.ledger import ledger
from nets.specs import SpecError, TrainSpec

OWN_FILE: Final = "the safetensors file of pictures of your own"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 2 bad arguments."""
    options = _parser().parse_args(arguments)
    if options.command == "list":
        return _list(as_json=options.json, is_whole=options.library)
    commands = {"train": _train, "sheet": _sheet, "export": _export, "backbone": _backbone, "reader": _reader}
    return commands[options.command](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nets", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lister = commands.add_parser("list", help="what can be trained, and on what")
    lister.add_argument("--json", action="store_true", help="for programs")
    lister.add_argument("--library", action="store_true", help="count the networks of torchvision and timm too")
    _add_options(commands.add_parser("train", help="train one network; one JSON event per line"))
    sheet = commands.add_parser("sheet", help="a picture of what an augmentation makes of one image")
    sheet.add_argument(
        "--data", default="shapes", help=f"{', '.join(catalog.DATASETS)}, or a folder or zip of pictures"
    )
    sheet.add_argument("--augment", default="standard", help=f"{', '.join(recipes.NAMED)}, or a list of steps as JSON")
    sheet.add_argument("--image", type=int, default=0, help="its number in the training set, from 0")
    sheet.add_argument("--seed", type=int, default=0, help="another seed, other variants")
    sheet.add_argument("--out", type=Path, default=Path("sheet.png"), metavar="FILE")
    exporter = commands.add_parser("export", help="make a zip of a run: script, notebook, data, ONNX, numbers")
    exporter.add_argument("run", type=Path, metavar="FOLDER", help="what train was told as --checkpoint-to")
    exporter.add_argument("--to", type=Path, required=True, metavar="ZIP", help="where the zip is written")
    exporter.add_argument("--pictures", type=Path, metavar="FILE", help=f"{OWN_FILE} on which it was trained")
    backbone = commands.add_parser("backbone", help="train the offline backbone on drawn pictures, or judge it")
    backbone.add_argument("--compare", action="store_true", help="with few digits, against the same net from scratch")
    backbone.add_argument(
        "--to", type=Path, metavar="FILE", help="where the weights are written; in place unless given"
    )
    reader = commands.add_parser("reader", help="train the small network that the front page runs in the browser")
    reader.add_argument("--to", type=Path, metavar="FILE", help="where it is written; in place unless given")
    return parser


def _add_options(trainer: argparse.ArgumentParser) -> None:
    """Add an option for every field of a spec, and those of the run itself."""
    for field in catalog.FIELDS.values():
        option = f"--{field.name.replace('_', '-')}"
        if field.kind == "layers":
            trainer.add_argument(option, type=Path, metavar="FILE", help="a JSON list of layers, for --arch drawn")
            continue
        if field.kind == "pictures":
            trainer.add_argument(option, type=Path, metavar="FILE", help=f"{OWN_FILE}, for --data own")
            continue
        trainer.add_argument(option, metavar="VALUE", help=f"{_limits(field)}; {_unless_given(field)} unless given")
    trainer.add_argument("--device", help="cpu or cuda; the best there is unless given")
    trainer.add_argument("--threads", type=int, help="all cores but one unless given")
    trainer.add_argument("--checkpoint-to", type=Path, metavar="FOLDER", help="nothing is saved unless given")
    trainer.add_argument("--weights", type=Path, metavar="FILE", help="safetensors or checkpoint that --start names")
    trainer.add_argument("--resume-from", type=Path, metavar="FILE", help="a checkpoint of the same settings")


def _limits(field: catalog.Field) -> str:
    """Say in a few words what a field takes."""
    if field.minimum is not None and field.maximum is not None:
        return f"{field.minimum:g} to {field.maximum:g}"
    if field.kind == "flag":
        return "true or false"
    if field.kind == "start":
        return "backbone, or the sha256 of --weights"
    if field.kind == "names":
        return "none, backbone, or names of layers with commas between"
    words = ", ".join(choice.name for choice in field.choices)
    if field.kind == "steps":
        return f"{words}, or a list of steps as JSON"
    return f"with commas between, any of {words}" if field.kind == "words" else words


def _unless_given(field: catalog.Field) -> str:
    if isinstance(field.default, list):
        return ",".join(field.default) or "nothing"
    if field.default == "":
        return "nothing"
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def _list(*, as_json: bool, is_whole: bool) -> int:
    listed = [_listed(network) for network in catalog.ARCHITECTURES.values()]
    listed += [_library(network, is_counted=is_whole) for network in catalog.LIBRARY.values()]
    if as_json:
        print(json.dumps(_everything(listed), indent=2))
        return 0
    for data in catalog.DATASETS.values():
        print(f"{data.name:14} {data.images:,} images {data.shape}  {data.caption}")
    print(f"\n{'network':32} {'input':>13} {'parameters':>12} {'multiply-adds':>15}")
    for line in listed:
        size = "x".join(map(str, line["input"]))
        counted = [f"{line[key]:,}" if line[key] is not None else "-" for key in ("parameters", "multiply_adds")]
        print(f"{line['name']:32} {size:>13} {counted[0]:>12} {counted[1]:>15}  {line['note'] or line['caption']}")
    return 0


def _listed(network: catalog.Architecture) -> dict[str, Any]:
    """Return one network of ours with its costs at the size of image that it is meant for."""
    book = ledger(network.name, shape=network.shape, classes=network.classes)
    return _line(network, parameters=book.parameters, multiply_adds=book.multiply_adds)


def _library(network: catalog.Architecture, *, is_counted: bool) -> dict[str, Any]:
    """Return one network of another package, without numbers unless `is_counted`, which imports that package."""
    if not is_counted:
        return _line(network)
    from nets.counting import costs
    from nets.zoo.library import LibraryError

    try:
        parameters, multiply_adds = costs(network.name, shape=network.shape, classes=network.classes)
    except LibraryError as error:
        return _line(network, note=str(error))
    return _line(network, parameters=parameters, multiply_adds=multiply_adds)


def _line(
    network: catalog.Architecture, *, parameters: int | None = None, multiply_adds: int | None = None, note: str = ""
) -> dict[str, Any]:
    known = {name: getattr(network, name) for name in ("title", "caption", "paper", "year", "classes", "is_library")}
    counted = {"input": list(network.shape), "parameters": parameters, "multiply_adds": multiply_adds}
    return {"name": network.name, **counted, **known, "smallest_side": network.smallest_side, "note": note}


def _everything(listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "architectures": listed,
        "datasets": [{**_plain(entry), "splits": dict(entry.splits)} for entry in catalog.DATASETS.values()],
        "fields": [asdict(entry) for entry in catalog.FIELDS.values()],
    }


def _plain(entry: catalog.DataSet) -> dict[str, Any]:
    # asdict would copy the read-only mapping of the splits, which cannot be copied.
    return {name: getattr(entry, name) for name in entry.__slots__}


def _train(options: argparse.Namespace) -> int:
    try:
        spec = _spec_of(options)
    except (OSError, UnicodeDecodeError) as error:
        _complain([f"A file cannot be read: {error}."])
        return 2
    except SpecError as error:
        _complain(error.errors.values())
        return 2
    # Listing and complaining need no torch, and its import takes seconds.
    from nets.checkpoints import CheckpointError
    from nets.data import DataError
    from nets.trainer import train

    told = _Told(options.checkpoint_to, is_resumed=options.resume_from is not None)
    try:
        for event in train(
            spec,
            device=options.device,
            threads=options.threads,
            checkpoint_to=options.checkpoint_to,
            resume_from=options.resume_from,
            weights=options.weights,
            data_file=options.pictures,
        ):
            line = json.dumps(event, allow_nan=False)
            told.add(line)
            print(line, flush=True)
    except (CheckpointError, DataError) as error:
        _complain([str(error)])
        return 2
    except SpecError as error:
        # What only the run itself can find: a package that is not there, a frozen layer that the network has not.
        _complain(error.errors.values())
        return 2
    return 0


def _spec_of(options: argparse.Namespace) -> TrainSpec:
    """Return what is asked for; raises SpecError, and OSError or UnicodeDecodeError for a file that cannot be read."""
    given = {name: getattr(options, name) for name in catalog.FIELDS if getattr(options, name) is not None}
    if "layers" in given:
        given["layers"] = given["layers"].read_text(encoding="utf-8")
    if "pictures" in given:
        given["pictures"] = _words_about(given["pictures"])
    return TrainSpec.from_form(given)


def _words_about(file: Path) -> str:
    """Return what a spec says of a file with a learner's own pictures; raises SpecError for any other file."""
    # numpy alone; most runs name no such file.
    from nets.own_files import set_of
    from nets.raw import DataError

    try:
        return set_of(file.read_bytes()).text
    except DataError as error:
        raise SpecError({"pictures": str(error)}) from error


def _sheet(options: argparse.Namespace) -> int:
    try:
        recipe = recipes.parse(options.augment)
    except recipes.RecipeError as error:
        _complain(error.errors)
        return 2
    # Complaining needs no torch.
    from nets.data import DataError, load, load_folder
    from nets.sheet import contact_sheet

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        data = load(options.data) if options.data in catalog.DATASETS else load_folder(Path(options.data))
    except DataError as error:
        _complain([str(error)])
        return 2
    if not 0 <= options.image < len(data.train):
        _complain([f"The image must be a number from 0 to {len(data.train) - 1:,}; {options.image} was given."])
        return 2
    contact_sheet(data, recipe, number=options.image, seed=options.seed).save(options.out, format="PNG")
    print(options.out)
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
    from nets.raw import DataError

    try:
        print(export_folder(options.run, to=options.to, data_file=options.pictures))
    except (ExportError, CheckpointError, DataError, OSError) as error:
        _complain([str(error)])
        return 2
    return 0


def _reader(options: argparse.Namespace) -> int:
    from nets import reader

    for told in reader.make(to=options.to or reader.WEIGHTS):
        if isinstance(told, reader.Made):
            print(json.dumps(asdict(told)), flush=True)
        elif told["type"] == "epoch":
            print(json.dumps(told, allow_nan=False), flush=True)
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
