"""`make audit`: red on a known hole, recorded or live, and honest where nobody answers."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
NOBODY = "http://127.0.0.1:9/"
DJANGO = re.findall(r"(?m)^django==([^ ]+)", (ROOT / "requirements.txt").read_text())[0]


def audit(recorded: list[dict[str, Any]], *, source: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the audit against recorded advisories and a source."""
    path = folder / "advisories.json"
    path.write_text(json.dumps(recorded))
    env = {**os.environ, "STRIDE_ADVISORIES": source}
    command = [sys.executable, str(ROOT / ".ci" / "audit.py"), str(path)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def advisory(**affected: Any) -> dict[str, Any]:
    package = {"ecosystem": "PyPI", "name": "Django"}
    return {"id": "TEST-1", "summary": "a hole", "affected": [{"package": package, **affected}]}


def span(*events: dict[str, str]) -> dict[str, Any]:
    return advisory(ranges=[{"type": "ECOSYSTEM", "events": list(events)}])


@pytest.mark.parametrize(
    "hole",
    [
        advisory(versions=[DJANGO]),
        span({"introduced": "0"}),
        span({"introduced": "5.2"}, {"fixed": "99"}),
        span({"introduced": "0"}, {"last_affected": DJANGO}),
    ],
)
def test_f39_a_recorded_advisory_on_a_pin_is_red(hole: dict[str, Any], tmp_path: Path) -> None:
    done = audit([hole], source=NOBODY, folder=tmp_path)
    assert done.returncode == 1
    assert f"django {DJANGO}: TEST-1 a hole" in done.stdout


@pytest.mark.parametrize(
    "other",
    [
        advisory(versions=["1.0"]),
        span({"introduced": "0"}, {"fixed": "4.2"}),
        span({"introduced": "99"}),
        span({"introduced": "0"}, {"last_affected": "5.1"}),
    ],
)
def test_f39_an_advisory_on_other_versions_is_not_red(other: dict[str, Any], tmp_path: Path) -> None:
    assert audit([other], source=NOBODY, folder=tmp_path).returncode == 0


def test_f39_where_no_source_answers_it_says_not_checked_and_why(tmp_path: Path) -> None:
    done = audit([], source=NOBODY, folder=tmp_path)
    assert done.stdout.splitlines()[-1].startswith("NOT CHECKED beyond 0 recorded advisories")
    assert "refused" in done.stdout


class _Source(BaseHTTPRequestHandler):
    """Answers as the live source does, with a hole in Django."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        results = [{"vulns": [{"id": "LIVE-1"}]} if one["package"]["name"] == "django" else {} for one in asked]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"results": results}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def live_source() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Source)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def test_f39_a_hole_that_the_live_source_knows_is_red(live_source: str, tmp_path: Path) -> None:
    done = audit([], source=live_source, folder=tmp_path)
    assert done.returncode == 1
    assert f"django {DJANGO}: LIVE-1" in done.stdout
    assert "NOT CHECKED" not in done.stdout
