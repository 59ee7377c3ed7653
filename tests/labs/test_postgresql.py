"""The races on a real PostgreSQL server, where claims are not serial by themselves as they are on SQLite."""

import pytest

from tests.postgresql import passes, served

pytestmark = [pytest.mark.worker, pytest.mark.timeout(280)]

SAME_THERE = tuple(
    f"tests/labs/test_{name}.py" for name in ("recording", "steering", "family", "continuing", "comparing")
)
RACES = ("tests/labs/test_queueing.py", "tests/labs/test_devices.py")


def test_no_race_gives_a_run_twice_or_a_device_more_than_it_takes() -> None:
    with served() as address:
        said = passes(address, "-k", "racing", *RACES)
    assert "4 passed" in said, said[-2000:]


def test_what_depends_on_the_database_is_there_as_on_sqlite() -> None:
    """The question for the wishes is SQL by hand, and the order of a run's relatives names where no step stands."""
    with served() as address:
        said = passes(
            address, "tests/labs/test_recording.py", "tests/labs/test_steering.py", "tests/labs/test_family.py"
        )
    assert " failed" not in said
    assert " skipped" not in said, said[-2000:]
