"""Find the Chromium that drives the page tests; install one where this user may.

Like the bootstrap, runs with the system's Python, so that a missing browser is said before a long download.
"""

import os
import shutil
import sys
from pathlib import Path

from stride.bootstrap import Refusal, run, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_A_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def chromium() -> "str | None":
    """Return the path of a Chromium: STRIDE_CHROMIUM, one on the PATH, Chrome on a Mac, or None."""
    named = os.environ.get("STRIDE_CHROMIUM")
    found = [shutil.which(name) for name in NAMES]
    mac = ON_A_MAC if Path(ON_A_MAC).exists() else None
    return named or next((path for path in found if path), mac)


def install_chromium(*, is_root: bool, apt: "str | None") -> None:
    """Install a browser as root on a system with apt; else refuse with the remedy."""
    if not is_root or apt is None:
        raise Refusal(
            "The page tests need a Chromium: install one (`sudo apt install chromium`, or Chrome on a Mac) "
            "or name yours with STRIDE_CHROMIUM=/path/to/it."
        )
    say("Installing Chromium for the page tests.")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    remedy = "Chromium could not be installed: install one and name it with STRIDE_CHROMIUM=/path/to/it."
    run([apt, "update", "-qq"], remedy=remedy)
    run([apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"], remedy=remedy)


def main() -> None:
    """Make sure that a browser is here; ends with one sentence and status 1 when that cannot be."""
    try:
        if chromium() is None:
            install_chromium(is_root=os.geteuid() == 0, apt=shutil.which("apt-get"))
    except Refusal as refusal:
        sys.exit(f"stride: {refusal}")


if __name__ == "__main__":
    main()
