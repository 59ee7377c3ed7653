"""A machine is measured once, the spec has the first word, and a resume computes as it did before."""

import json
import time
from pathlib import Path

import pytest
import torch

from nets import machine
from nets.machine import Speeds, probe, resolve
from nets.specs import TrainSpec

WAYS = ["float32 channels_first", "float32 channels_last", "bfloat16 channels_first", "bfloat16 channels_last"]
AUTO = TrainSpec(precision="auto", layout="auto")


def known(file: Path, **seconds: float) -> Path:
    """Write a file that says that this machine takes so long, and 1 second in every other way."""
    probe(device="cpu", file=file)
    (name,) = json.loads(file.read_text())
    speeds: Speeds = {way: seconds.get(way.replace(" ", "_"), 1.0) for way in WAYS}
    file.write_text(json.dumps({name: speeds}))
    return file


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("probe") / "below" / "probes.json"
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    probe(device="cpu", file=file)
    torch.set_num_threads(before)
    return file


def test_a_measurement_covers_every_way_and_is_not_made_twice(measured: Path) -> None:
    content = measured.read_bytes()
    begun = time.perf_counter()
    speeds = probe(device="cpu", file=measured)
    assert time.perf_counter() - begun < machine.PROBE_SECONDS / 2
    assert sorted(speeds) == sorted(WAYS)
    assert all(seconds > 0 for seconds in speeds.values())
    assert measured.read_bytes() == content


def test_a_measurement_takes_nothing_from_chance(tmp_path: Path) -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    begun = time.perf_counter()
    probe(device="cpu", file=tmp_path / "probes.json")
    # The last round that began in time may end after it.
    assert time.perf_counter() - begun < 2 * machine.PROBE_SECONDS + 3
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"float32 channels_first": 1}}', "\x00"])
def test_a_damaged_file_is_measured_over(tmp_path: Path, measured: Path, content: str) -> None:
    file = tmp_path / "probes.json"
    file.write_text(content)
    assert machine._read(file) == {}


def test_a_file_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("kept")
    speeds = probe(device="cpu", file=in_the_way / "probes.json")
    assert sorted(speeds) == sorted(WAYS)
    assert in_the_way.read_text() == "kept"


def test_the_fastest_way_is_taken_when_it_is_clearly_faster(tmp_path: Path, measured: Path) -> None:
    file = tmp_path / "probes.json"
    file.write_bytes(measured.read_bytes())
    chosen = resolve(AUTO, device="cpu", probes=known(file, bfloat16_channels_last=0.5))
    assert (chosen.dtype, chosen.layout) == ("bfloat16", "channels_last")
    chosen = resolve(AUTO, device="cpu", probes=known(file, bfloat16_channels_last=0.95))
    assert (chosen.dtype, chosen.layout) == ("float32", "channels_first")


def test_what_a_spec_says_is_done_whatever_is_faster(tmp_path: Path, measured: Path) -> None:
    file = tmp_path / "probes.json"
    file.write_bytes(measured.read_bytes())
    file = known(file, bfloat16_channels_last=0.1, float32_channels_last=0.2)
    for asked, expected in [
        (TrainSpec(), ("float32", "channels_first")),
        (TrainSpec(layout="auto"), ("float32", "channels_last")),
        (TrainSpec(precision="bfloat16", layout="auto"), ("bfloat16", "channels_last")),
        (TrainSpec(precision="auto"), ("float32", "channels_first")),
        (TrainSpec(precision="float16"), ("float32", "channels_first")),
    ]:
        chosen = resolve(asked, device="cpu", probes=file)
        assert (chosen.dtype, chosen.layout) == expected


def test_a_fixed_spec_measures_nothing(tmp_path: Path) -> None:
    resolve(TrainSpec(), device="cpu", probes=tmp_path / "probes.json")
    assert not (tmp_path / "probes.json").exists()


def test_a_resume_computes_on_what_was_recorded(tmp_path: Path) -> None:
    recorded = {"device": "cpu", "dtype": "bfloat16", "layout": "channels_last", "threads": 3}
    again = resolve(AUTO, recorded=recorded, probes=tmp_path / "probes.json")
    assert again.to_json() == recorded
    assert not (tmp_path / "probes.json").exists()
    assert resolve(AUTO, threads=1, recorded=recorded).threads == 1
