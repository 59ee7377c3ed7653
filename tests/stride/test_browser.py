"""The browser for the page tests: named, found, or refused with a remedy before anything long begins."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stride import browser
from stride.bootstrap import Refusal

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(("is_root", "apt"), [(False, "/usr/bin/apt-get"), (True, None), (False, None)])
def test_without_the_right_to_install_it_refuses_in_one_sentence(is_root: bool, apt: str | None) -> None:
    with pytest.raises(Refusal, match=r"apt install chromium.*STRIDE_CHROMIUM=") as refusal:
        browser.install_chromium(is_root=is_root, apt=apt)
    assert "\n" not in str(refusal.value)


def test_a_named_browser_comes_first_and_a_nameless_machine_has_none() -> None:
    command = [sys.executable, "-c", "from stride.browser import chromium; print(chromium())"]
    empty = {**os.environ, "PATH": "", "PYTHONPATH": str(ROOT)}
    empty.pop("STRIDE_CHROMIUM", None)
    named = subprocess.run(command, env={**empty, "STRIDE_CHROMIUM": "/mine"}, capture_output=True, timeout=30)
    assert named.stdout == b"/mine\n"
    if sys.platform == "linux":
        assert subprocess.run(command, env=empty, capture_output=True, timeout=30).stdout == b"None\n"
