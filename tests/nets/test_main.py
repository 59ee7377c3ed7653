"""The command line trains without a web site and refuses nonsense by name."""

import json
import sys
from pathlib import Path

import pytest

from nets.__main__ import main
from nets.catalog import ARCHITECTURES, DATASETS, FIELDS, LIBRARY


def test_train_prints_one_event_per_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status = main(["train", "--epochs", "1", "--batch-size", "200", "--threads", "1", "--checkpoint-to", str(tmp_path)])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert (told[0]["type"], told[-1]["type"]) == ("started", "finished")
    assert (tmp_path / "weights.safetensors").exists()


def test_every_bad_option_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--epochs", "-3", "--learning-rate", "nan", "--arch", "huge"]) == 2
    complaints = capsys.readouterr().err
    for text in ("Epochs must be", "Learning rate must be", "“huge” was given"):
        assert text in complaints


def trained(capsys: pytest.CaptureFixture[str], *options: str) -> list[dict[str, object]]:
    """Train for one epoch on one thread and return the events."""
    status = main(["train", "--epochs", "1", "--batch-size", "700", "--threads", "1", *options])
    found = capsys.readouterr()
    assert status == 0, found.err
    return [json.loads(line) for line in found.out.splitlines()]


def test_a_network_of_a_library_trains_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    told = trained(capsys, "--arch", "torchvision/resnet18", "--data", "digits", "--augment", "none")
    # Torchvision's 11,689,512, less 64 x 2 kernels of 7x7 for two colours, with a head of 10 classes for 1,000.
    assert told[0]["parameters"] == 11_689_512 - 64 * 2 * 49 - 990 * 513
    assert told[-1]["type"] == "finished"


def test_a_drawn_network_trains_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    layers = [{"kind": "adaptive_pool", "size": 4}, {"kind": "flatten"}, {"kind": "linear", "out": 10}]
    file = tmp_path / "layers.json"
    file.write_text(json.dumps(layers), encoding="utf-8")
    told = trained(capsys, "--arch", "drawn", "--layers", str(file), "--augment", '[{"kind": "noise"}]')
    assert told[0]["parameters"] == (16 + 1) * 10


def test_layers_that_do_not_fit_or_cannot_be_read_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "layers.json"
    file.write_text('[{"kind": "linear", "out": 10}]', encoding="utf-8")
    assert main(["train", "--arch", "drawn", "--layers", str(file)]) == 2
    assert "layer 1: linear takes one row of numbers" in capsys.readouterr().err
    assert main(["train", "--arch", "drawn", "--layers", str(tmp_path / "gone.json")]) == 2
    assert "gone.json" in capsys.readouterr().err


def test_what_only_the_run_can_find_wrong_is_told_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["train", "--freeze", "conv9"]) == 2
    assert "“conv9” was given" in capsys.readouterr().err
    # None in sys.modules is how Python itself marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "torchvision.models", None)
    assert main(["train", "--arch", "torchvision/resnet18"]) == 2
    assert "torchvision is not installed here; install it with" in capsys.readouterr().err


def test_data_that_cannot_be_had_are_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIDE_DATA", str(tmp_path))
    # A proxy that nobody answers behind: the download fails at once, wherever this runs.
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert main(["train", "--data", "cifar10"]) == 2
    assert "CIFAR-10 is not on this machine and could not be downloaded" in capsys.readouterr().err


def test_a_missing_checkpoint_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train", "--epochs", "1", "--resume-from", str(tmp_path / "gone.ckpt")]) == 2
    assert "gone.ckpt" in capsys.readouterr().err


def test_list_names_everything_for_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in (*ARCHITECTURES, *DATASETS))
    assert main(["list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [field["name"] for field in listed["fields"]] == list(FIELDS)
    assert [entry["name"] for entry in listed["architectures"]] == [*ARCHITECTURES, *LIBRARY]
    for entry in listed["architectures"][: len(ARCHITECTURES)]:
        assert entry["input"] == list(ARCHITECTURES[entry["name"]].shape)
        assert entry["parameters"] > 0
        assert entry["multiply_adds"] > 0
