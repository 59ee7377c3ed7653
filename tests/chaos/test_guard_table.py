"""The table of guards says what the source says, so that breaking one breaks what it names."""

import pytest

from tests.guards import ROOT, Guard, read

GUARDS = read()


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.does)
def test_a_guard_stands_in_its_file_once(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text(encoding="utf-8").count(guard.stands) == 1
    assert guard.broken != guard.stands


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.does)
def test_the_tests_that_must_fail_are_there(guard: Guard) -> None:
    for name in guard.tests:
        file, _, test = name.partition("::")
        assert f"def {test.partition('[')[0]}" in (ROOT / file).read_text(encoding="utf-8")


def test_every_fault_of_a_run_has_a_guard() -> None:
    named = {fault for guard in GUARDS for fault in guard.faults}
    assert sorted({*range(1, 22), 40, 41, 42, 43} - named) == []
