"""What every test shares: a data folder of its own, and the embedded mode's settings."""

import os
import tempfile

import django

# Settings read these. Named in pyproject, the settings would be read before this file, with the data of `make run`.
os.environ.setdefault("STRIDE_MODE", "test")
os.environ.setdefault("STRIDE_DATA", tempfile.mkdtemp(prefix="stride-test-"))
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stride.settings")
# The conftest files of the rooms import models.
django.setup()
