"""The network that reads digits in the page answers as the server would, whatever its weights."""

import json
import random
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nets import images, reader
from nets.checkpoints import CheckpointError
from stride.bootstrap import node_tool
from tests.nets.drawn_digits import on_canvas

# A thousand drawings are prepared by both, which a busy machine takes minutes for.
pytestmark = pytest.mark.timeout(400)

ROOT = Path(__file__).parents[2]
DRAWINGS, SIDE, AGREED = 1_000, 352, 0.999
SECONDS, EPOCHS = 240, 4


@dataclass(frozen=True, slots=True)
class Answers:
    """What server and page made of the same drawings: the pixels that the network saw, and a share for each digit."""

    server_seen: np.ndarray
    page_seen: np.ndarray
    server: torch.Tensor
    page: torch.Tensor


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, reader.Made]:
    """Train for a few epochs, as the command does for many; return the file and what was told of it."""
    path = tmp_path_factory.mktemp("made") / "small.safetensors"
    *_, told = reader.make(to=path, spec=replace(reader.SPEC, epochs=EPOCHS))
    assert isinstance(told, reader.Made)
    return path, told


@pytest.fixture(scope="module")
def answers(made: tuple[Path, reader.Made], tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Draw a thousand digits and let both read them."""
    (weights, _), dice = made, random.Random(11)
    pictures = [on_canvas(number % 10, side=SIDE, dice=dice) for number in range(DRAWINGS)]
    page_seen, page = read_by_the_page(pictures, tmp_path_factory.mktemp("reader"), weights=weights)
    server_seen = np.stack([images.digit(picture).pixels for picture in pictures])
    server = reader.load_reader(weights).predict(torch.from_numpy(server_seen)[:, None])
    return Answers(server_seen, page_seen, server, page)


def read_by_the_page(pictures: list[Image.Image], folder: Path, *, weights: Path) -> tuple[np.ndarray, torch.Tensor]:
    """Run the page's own modules under node."""
    (folder / "pictures").write_bytes(b"".join(picture.tobytes() for picture in pictures))
    script, seen = ROOT / "tests" / "js" / "read_digits.mjs", folder / "seen"
    command = [*node_tool("node"), str(script), str(folder / "pictures"), str(SIDE), str(weights), str(seen)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout
    (folder / "pictures").unlink()
    pixels = np.frombuffer(seen.read_bytes(), dtype=np.uint8).reshape(-1, images.SIDE, images.SIDE)
    return pixels, torch.tensor([json.loads(line) for line in told.splitlines()]).softmax(dim=1)


def test_the_page_reads_a_thousand_drawings_as_the_server_does(answers: Answers) -> None:
    same = (answers.page.argmax(dim=1) == answers.server.argmax(dim=1)).float().mean().item()
    assert len(answers.page) == len(answers.server) == DRAWINGS
    assert same >= AGREED


def test_the_page_brings_drawings_to_the_same_form(answers: Answers) -> None:
    unlike = int((answers.page_seen != answers.server_seen).any(axis=(1, 2)).sum())
    assert unlike <= DRAWINGS * (1 - AGREED)


def test_the_page_computes_the_shares_that_torch_computes(answers: Answers) -> None:
    alike = (answers.page_seen == answers.server_seen).all(axis=(1, 2))
    assert alike.any()
    torch.testing.assert_close(answers.page[alike], answers.server[alike], atol=1e-4, rtol=0)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"nowhere\.safetensors cannot be read"):
        reader.load_reader(tmp_path / "nowhere.safetensors")


def test_the_command_tells_what_it_wrote(made: tuple[Path, reader.Made]) -> None:
    path, told = made
    assert told.bytes == path.stat().st_size < 40 * 1024
    assert 0.5 < told.accuracy <= 1
