"""The command line trains without a web site and refuses nonsense by name."""

import json
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
