"""The shape of the house: who may import what, how long a file may be, what the web process must not load."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400


def rooms() -> set[str]:
    """Return the import packages that the repository holds."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return found - {"tests", "benchmarks"}


def test_every_room_has_its_place_in_the_import_contracts() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    placed = {room.strip() for layer in linter["contracts"][0]["layers"] for room in layer.split("|")}
    assert rooms() == placed == set(linter["root_packages"])


def test_no_module_is_longer_than_it_may_be() -> None:
    modules = [path for room in rooms() for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_web_process_never_loads_torch() -> None:
    program = (
        "import sys, stride.asgi; from django.urls import get_resolver; get_resolver().url_patterns; "
        "from django.template.loader import get_template; "
        "print([name for name in ('torch', 'torchvision', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stderr


def test_migrations_say_all_that_the_models_say() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
