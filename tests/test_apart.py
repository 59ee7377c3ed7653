"""Tests that run side by side must not share a Redis, a database or a folder."""

import os
from pathlib import Path

import pytest
from django.conf import settings


def test_the_settings_name_the_data_of_this_very_process() -> None:
    folder = Path(os.environ["STRIDE_DATA"])
    assert Path(settings.DATA_DIR) == folder
    assert Path(settings.REDIS_URL.removeprefix("unix://")) == folder / "redis.sock"


@pytest.mark.worker
def test_timed_tests_are_one_group(request: pytest.FixtureRequest) -> None:
    # Side by side they would be slower than what they promise.
    is_spread = getattr(request.config.option, "loadgroup", False)
    assert not is_spread or request.node.nodeid.endswith("@processes")
