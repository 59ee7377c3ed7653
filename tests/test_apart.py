"""Tests that run side by side must not share a Redis, a database or a folder."""

import os
from pathlib import Path

from django.conf import settings


def test_the_settings_name_the_data_of_this_very_process() -> None:
    folder = Path(os.environ["STRIDE_DATA"])
    assert Path(settings.DATA_DIR) == folder
    assert settings.REDIS_URL == f"unix://{folder / 'redis.sock'}"
