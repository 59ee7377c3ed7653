"""The notebook of the documentation does what it says, against real processes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from accounts import tokens
from accounts.models import User
from labs.models import Run
from stride.api import api
from tests.house import ROOT, House
from tests.labs.conftest import make_lab

NOTEBOOK = ROOT / "docs" / "notebooks" / "follow_a_run.ipynb"


@pytest.mark.worker
@pytest.mark.timeout(300)
def test_the_notebook_submits_a_run_and_follows_it_to_its_end(house: House, tmp_path: Path) -> None:
    house.open_site("train")
    ada = User.objects.create_user("ada@example.org", "a long password")
    make_lab()
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    script = tmp_path / "follow_a_run.py"
    script.write_text("\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))
    environment = {"STRIDE_URL": house.url, "STRIDE_TOKEN": tokens.make(ada, name="notebook")}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    run = Run.objects.get(owner=ada)
    assert (run.state, run.title, run.notes) == ("finished", "From a notebook", "120 steps")
    assert "epoch 3: validation accuracy" in done.stdout
    assert "weights" in done.stdout


def test_every_address_of_labs_and_runs_is_in_the_documentation() -> None:
    told = (ROOT / "docs" / "api.md").read_text()
    paths = api.get_openapi_schema()["paths"]
    for path in paths:
        if any(path.startswith(f"/api/v1/{room}") for room in ("labs", "runs", "groups", "ledger")):
            last = path.rstrip("/").rpartition("/")[2]
            assert last.startswith("{") or last in told, path
