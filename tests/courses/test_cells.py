"""The lessons' code: run in order, kept by hash, compared within the cell's tolerance."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from courses.cell_runner import NotJsonAble, plain
from courses.content_cells import same, same_output

LESSON = """\
---
id: cells
title: Cells
---

```python {cell=one exports=a}
a = 2
print("a is", a)
```

```python {cell=two hidden tolerance=0.1 exports=b}
b = {"third": a / 3}
print(f"loss {b['third']:.4f}")
```

```python
this is not a cell
```
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    path = tmp_path / "content" / "small" / "lessons" / "01-cells.md"
    path.parent.mkdir(parents=True)
    path.write_text(LESSON)
    return path


def content(lesson: Path, *args: str, **options: Any) -> str:
    out = StringIO()
    with override_settings(COURSE_CONTENT=lesson.parents[2]):
        call_command("content", *args, course="small", stdout=out, **options)
    return out.getvalue()


def results(lesson: Path) -> dict[str, Any]:
    return dict(json.loads(lesson.with_suffix(".results.json").read_text())["cells"])


def edit(lesson: Path, old: str, new: str) -> None:
    text = lesson.read_text()
    assert old in text
    lesson.write_text(text.replace(old, new, 1))


def test_cells_run_from_top_to_bottom_in_one_namespace(lesson: Path) -> None:
    assert "2 cells, results written" in content(lesson)
    assert results(lesson)["one"]["stdout"] == "a is 2\n"
    assert results(lesson)["two"]["values"] == {"b": {"third": pytest.approx(2 / 3)}}


def test_running_again_changes_nothing(lesson: Path) -> None:
    content(lesson)
    assert "results unchanged" in content(lesson)


def test_check_needs_no_run_and_names_the_first_stale_line(lesson: Path) -> None:
    content(lesson)
    content(lesson, check=True)
    edit(lesson, "a = 2", "a = 3")
    with pytest.raises(CommandError, match=r"01-cells\.md:7: The results of cell 'one' are stale(.|\n)*:12: .*'two'"):
        content(lesson, check=True)


def test_a_change_below_leaves_what_is_above_fresh(lesson: Path) -> None:
    content(lesson)
    edit(lesson, "a / 3", "a / 4")
    with pytest.raises(CommandError) as refused:
        content(lesson, check=True)
    assert "'one'" not in str(refused.value)


def test_verify_finds_a_result_that_no_longer_holds(lesson: Path) -> None:
    content(lesson)
    path = lesson.with_suffix(".results.json")
    path.write_text(path.read_text().replace("a is 2", "a is 5"))
    with pytest.raises(CommandError, match=r"01-cells\.md:7: Cell 'one': It printed 'a is 2', committed is 'a is 5'\."):
        content(lesson, verify=True)


@pytest.mark.parametrize(("committed", "holds"), [("0.6667", True), ("0.7000", True), ("0.8000", False)])
def test_verify_allows_the_cells_tolerance(lesson: Path, committed: str, holds: bool) -> None:
    content(lesson)
    path = lesson.with_suffix(".results.json")
    path.write_text(path.read_text().replace("loss 0.6667", f"loss {committed}"))
    if holds:
        assert "2 cells run again" in content(lesson, verify=True)
    else:
        with pytest.raises(CommandError, match="Cell 'two': It printed"):
            content(lesson, verify=True)


def test_a_result_within_the_tolerance_is_not_written_anew(lesson: Path) -> None:
    content(lesson)
    path = lesson.with_suffix(".results.json")
    path.write_text(path.read_text().replace("loss 0.6667", "loss 0.6700"))
    assert "unchanged" in content(lesson)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a = 2", "a = 2\nraise ValueError('no')", r":8: The cell 'one' failed: ValueError: no\."),
        ("a = 2", "a = (", r":7: The cell 'one' failed: SyntaxError"),
        ("a = 2", "a = object()", r":7: The cell 'one' failed: NotJsonAble: 'a' cannot be exported: it is a object"),
        ("a = 2", "a = float('nan')", r":7: .*'a' cannot be exported"),
        ("exports=a", "exports=zz", r":7: .*exports 'zz' but never sets it"),
        ("a = 2", "raise SystemExit(3)", r":7: The cell 'one' failed: SystemExit: 3\."),
        ("a = 2", "import os; os._exit(4)", r":7: Its cells ended the process \(4\)"),
        ("{cell=two", "{cell=one", r":11: Two cells of this lesson have the id 'one'\."),
        ("{cell=two", "{cell=Two", r":11: This cell has no usable id"),
        ("tolerance=0.1", "tolerance=much", r":11: The tolerance of this cell is not a number"),
        ("hidden", "hiden", r":11: This cell says hiden, which means nothing here\."),
    ],
)
def test_what_is_wrong_with_a_cell_is_told_with_its_line(lesson: Path, old: str, new: str, said: str) -> None:
    edit(lesson, old, new)
    with pytest.raises(CommandError, match=r"01-cells\.md" + said):
        content(lesson)


def test_one_lesson_may_be_run_alone_and_an_unknown_one_is_refused(lesson: Path) -> None:
    content(lesson, "cells")
    with pytest.raises(CommandError, match="There is no lesson nothing; there are: cells"):
        content(lesson, "nothing")


def test_the_courses_own_results_belong_to_its_code() -> None:
    call_command("content", check=True)
    assert sorted((settings.COURSE_CONTENT / "cnn" / "lessons").glob("*.results.json"))


def test_arrays_and_their_scalars_are_exported_as_numbers() -> None:
    numpy = pytest.importorskip("numpy", reason="numpy is a dependency of the web process")
    assert plain({"a": numpy.arange(3), "b": (numpy.float32(0.5), True, None)}) == {
        "a": [0, 1, 2],
        "b": [0.5, True, None],
    }
    with pytest.raises(NotJsonAble):
        plain({1, 2})


@given(
    st.recursive(st.floats(allow_nan=False) | st.text() | st.booleans(), lambda inner: st.lists(inner), max_leaves=8)
)
def test_every_value_is_the_same_as_itself(value: Any) -> None:
    assert same(value, value, tolerance=0)
    assert not same(value, [value], tolerance=0)


def test_words_must_agree_exactly_and_numbers_within_the_tolerance() -> None:
    assert same_output("a 1.00 b", "a 1.01 b", tolerance=0.1)
    assert not same_output("a 1.00 b", "a 1.01 c", tolerance=0.1)
    assert not same_output("a 1.00", "a 1.01", tolerance=0)
    assert not same_output("a 1 2", "a 1", tolerance=0.5)
    assert same([1, {"x": True}], [1 + 1e-12, {"x": True}], tolerance=0)
    assert not same(True, 1, tolerance=1)


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def verify(lesson: Path) -> str:
    """Verify in the folder of the lesson's own course, so that what its cells read lies below it."""
    with override_settings(BASE_DIR=lesson.parents[3]):
        return content(lesson, verify=True, changed=True)


@pytest.fixture
def reading(lesson: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson whose first cell reads a file, run and confirmed once."""
    monkeypatch.setenv("PYTHONPATH", str(settings.BASE_DIR))
    base = lesson.parents[3]
    (base / "data.txt").write_text("2")
    (base / "courses").symlink_to(settings.BASE_DIR / "courses")
    (base / "requirements-worker.txt").write_text("torch==1\n")
    edit(lesson, "a = 2", 'a = int(open("data.txt").read())')
    with override_settings(BASE_DIR=base):
        content(lesson)
    assert "2 cells run again" in verify(lesson)
    return lesson


def test_what_was_confirmed_is_not_run_again(reading: Path) -> None:
    assert "confirmed before" in verify(reading)


def test_a_changed_result_is_run_again_and_found(reading: Path) -> None:
    path = reading.with_suffix(".results.json")
    path.write_text(path.read_text().replace("a is 2", "a is 5"))
    with pytest.raises(CommandError, match="committed is 'a is 5'"):
        verify(reading)
    with pytest.raises(CommandError, match="committed is 'a is 5'"):
        verify(reading)


def test_a_changed_file_that_a_cell_read_makes_it_run_again(reading: Path) -> None:
    (reading.parents[3] / "data.txt").write_text("3")
    with pytest.raises(CommandError, match="printed 'a is 3'"):
        verify(reading)


def test_changed_packages_make_it_run_again(reading: Path) -> None:
    (reading.parents[3] / "requirements-worker.txt").write_text("torch==2\n")
    assert "2 cells run again" in verify(reading)
