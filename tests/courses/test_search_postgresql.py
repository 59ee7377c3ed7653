"""Search gives the same answers on a real PostgreSQL server as on SQLite."""

import pytest

from tests.postgresql import passes, served

pytestmark = [pytest.mark.worker, pytest.mark.timeout(280)]


def test_every_test_of_search_passes_on_postgresql() -> None:
    with served() as address:
        said = passes(address, "tests/courses/test_search.py")
    assert " passed" in said
    assert "skipped" not in said
