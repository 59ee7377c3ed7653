"""What the web process says about static files beside their content.

Settings read this, so it imports nothing of Django.
"""

from typing import Final

# A name that holds its content's hash, or lies in a folder that holds its version, never holds anything else.
NEVER_CHANGES: Final = r"\.[0-9a-f]{12}\.[^/]+$|/vendor/pyodide-[^/]+/"
PYTHON_WORKER: Final = "/js/exercise/python-worker."
# A worker obeys the policy that comes with its own script. This one runs what a learner typed or pasted: it may compile
# Python and ask this site for Python's files, and reach nothing beyond.
WORKER_POLICY: Final = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def add_headers(headers: dict[str, str], path: str, url: str) -> None:
    """Give the script that runs Python its policy."""
    if PYTHON_WORKER in url:
        headers["Content-Security-Policy"] = WORKER_POLICY
