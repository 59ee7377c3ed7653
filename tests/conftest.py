"""What every test shares: a data folder of its own, and the embedded mode's settings."""

import os
import tempfile

# Settings read these before Django starts, so they are set when pytest loads this file.
os.environ.setdefault("STRIDE_MODE", "test")
os.environ.setdefault("STRIDE_DATA", tempfile.mkdtemp(prefix="stride-test-"))
os.environ.setdefault("OMP_NUM_THREADS", "1")
