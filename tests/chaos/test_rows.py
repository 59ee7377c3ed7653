"""Every fault of the list that labs must survive has a test of its own that carries its number."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROWS = {*range(1, 22), 40, 42, 43}


def test_no_fault_is_without_a_test() -> None:
    found = {
        int(row)
        for path in TESTS.rglob("test_*.py")
        for row in re.findall(r"def test_f(\d\d)_", path.read_text(encoding="utf-8"))
    }
    assert sorted(ROWS - found) == []
