"""The shape that a comment in the zoo states is the shape that the line makes."""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import torch

import nets.zoo
from nets.architectures import ARCHITECTURES
from nets.zoo import build

FOLDER = Path(nets.zoo.__file__).parent
# The member of each file whose shapes its comments give, as the docstrings say; the first unless named here.
SHOWN = {entry.file: name for name, entry in reversed(list(ARCHITECTURES.items()))}
SHOWN |= {"vgg": "vgg16", "resnet": "resnet50", "vit": "vit_b_16"}
SHAPE = re.compile(r"\(N, [^()]*\)")
BATCH = 2

Watch = Callable[[FrameType, str, Any], Any]


def stated(line: str) -> list[str]:
    """Return the shapes that a line's comment states: what comes out stands last, what went in, if said, first."""
    return SHAPE.findall(line.partition("#")[2])


def fits(said: str, shape: tuple[int, ...], known: dict[str, int]) -> bool:
    """Compare "(N, 4 * D, h, w)" with a shape; a letter that is met for the first time is learned from it."""
    parts = said.strip("()").split(", ")
    if len(parts) != len(shape):
        return False
    for part, size in zip(parts, shape, strict=True):
        if part.isidentifier() and known.setdefault(part, size) != size:
            return False
        if not part.isidentifier() and eval(part, {}, known) != size:
            return False
    return True


class Reader:
    """Follows every `forward` of one file line by line, and notes where a comment and a tensor disagree."""

    def __init__(self, file: str) -> None:
        self.path = str(FOLDER / f"{file}.py")
        self.lines = Path(self.path).read_text(encoding="utf-8").splitlines()
        self.wrong: list[str] = []
        self.read: set[int] = set()
        self.changed: dict[int, bool] = {}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Watch | None:
        if frame.f_code.co_filename != self.path or frame.f_code.co_name != "forward":
            return None
        known = {"N": BATCH}
        before: dict[str, tuple[int, ...]] = {}
        last = 0

        def follow(frame: FrameType, event: str, argument: Any) -> Watch:
            nonlocal last, before
            if last:
                self.check(last, before, frame.f_locals, known, returned=argument if event == "return" else None)
            last = frame.f_lineno
            before = shapes(frame.f_locals)
            return follow

        return follow

    def check(
        self,
        number: int,
        before: dict[str, tuple[int, ...]],
        after: dict[str, Any],
        known: dict[str, int],
        *,
        returned: Any,
    ) -> None:
        line = self.lines[number - 1]
        target = line.split("=")[0].split(":")[0].strip()
        made = returned if line.strip().startswith("return") else after.get(target)
        if not isinstance(made, torch.Tensor):
            return
        said = stated(line)
        if len(said) == 2 and not fits(said[0], before["x"], known):
            self.wrong.append(f"{number}: {said[0]} goes in, says the comment; it is {before['x']}")
        if said and not fits(said[-1], tuple(made.shape), known):
            self.wrong.append(f"{number}: {said[-1]} comes out, says the comment; it is {tuple(made.shape)}")
        if not said and target in before and before[target] != tuple(made.shape):
            self.wrong.append(f"{number}: {before[target]} becomes {tuple(made.shape)}, and no comment says so")
        self.read.add(number)


def shapes(names: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in names.items() if isinstance(value, torch.Tensor)}


def disagreements(arch: str, file: str) -> tuple[list[str], int]:
    """Run `arch` at the size that it is meant for, without computing; return what is wrong and how many were read."""
    entry = ARCHITECTURES[arch]
    with torch.device("meta"):
        model = build(arch, shape=entry.shape, classes=entry.classes).train()
        images = torch.zeros(BATCH, *entry.shape)
    model(images)  # torch imports what it needs now, and not under the tracer, which is slow
    reader = Reader(file)
    sys.settrace(reader)
    try:
        model(images)
    finally:
        sys.settrace(None)
    return sorted(set(reader.wrong)), len(reader.read)


@pytest.mark.parametrize(("file", "arch"), sorted(SHOWN.items()))
def test_every_stated_shape_is_the_shape_that_torch_makes(file: str, arch: str) -> None:
    wrong, read = disagreements(arch, file)
    assert wrong == []
    assert read >= 6


def classes_of(file: str) -> Iterator[type[object]]:
    module = sys.modules[f"nets.zoo.{file}"]
    for _, kind in inspect.getmembers(module, inspect.isclass):
        if kind.__module__ == module.__name__:
            yield kind


@pytest.mark.parametrize("file", sorted(SHOWN))
def test_a_file_reads_from_top_to_bottom_without_a_jump(file: str) -> None:
    text = (FOLDER / f"{file}.py").read_text(encoding="utf-8")
    tree = ast.parse(text)
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    sources = {alias.name for node in imported if isinstance(node, ast.Import) for alias in node.names}
    sources |= {str(node.module) for node in imported if isinstance(node, ast.ImportFrom)}
    assert sources <= {"math", "torch", "torch.nn.functional"}
    # Nothing is used before it is defined: the parts come first, the network last.
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    for place, name in enumerate(names):
        later = "|".join(names[place + 1 :])
        body = ast.get_source_segment(text, next(node for node in tree.body if getattr(node, "name", "") == name)) or ""
        assert not later or not re.search(rf"\b({later})\(", body), (name, later)


@pytest.mark.parametrize("arch", sorted(ARCHITECTURES))
def test_a_network_cites_its_paper_and_says_how_its_weights_start(arch: str) -> None:
    entry = ARCHITECTURES[arch]
    network = getattr(sys.modules[f"nets.zoo.{entry.file}"], entry.network)
    said = inspect.getdoc(network) or ""
    assert re.search(r"\b(19|20)\d\d\b", said)
    assert "Weights start" in said
    assert all(kind.__doc__ for kind in classes_of(entry.file))
