"""What every test shares: a data folder of its own, and the embedded mode's settings."""

import os
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import django
import pytest

if TYPE_CHECKING:
    from tests.house import House

# Settings read these. Named in pyproject, the settings would be read before this file, with the data of `make run`.
os.environ.setdefault("STRIDE_MODE", "test")
if "STRIDE_DATA" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["STRIDE_DATA"] = tempfile.mkdtemp(prefix="stride-test-")
    os.environ.pop("STRIDE_TEST_DATABASE", None)
# In a file, so that workers and web processes of a house can open it too.
os.environ.setdefault("STRIDE_TEST_DATABASE", os.path.join(os.environ["STRIDE_DATA"], "test.sqlite3"))  # noqa: PTH118
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DJANGO_SETTINGS_MODULE"] = "stride.settings"
# The conftest files of the rooms import models.
django.setup()
# pytest-django would read it in the processes of pytest-xdist, before this file could give each its own data and Redis.
del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.fixture(scope="module")
def _houses() -> "Iterator[list[House]]":
    """The one house of a test file, built when first needed. The next file's must not inherit what this one broke."""
    houses: list[House] = []
    yield houses
    for house in houses:
        house.close()


@pytest.fixture
def house(transactional_db: None, _houses: "list[House]") -> "Iterator[House]":
    """Real processes on this test's database: Redis is there, the rest starts with `house.need(...)`."""
    from tests.house import House

    if not _houses:
        _houses.append(House())
    _houses[0].need("redis")
    _houses[0].open_database()
    yield _houses[0]
    _houses[0].settle()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep tests that start workers or servers in one process, one after another: they are timed.

    So are those that only open a browser, in a process of their own choice: two browsers beside each other are enough.
    """
    if item.get_closest_marker("worker") or "house" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.xdist_group("processes"))
    elif item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.xdist_group("browsers"))
