"""The border modules cost a web process nothing: the standard library alone."""

import subprocess
import sys

import pytest

BORDER = (
    "nets.architectures",
    "nets.specs",
    "nets.events",
    "nets.catalog",
    "nets.layers",
    "nets.plans",
    "nets.ledger",
    "nets.script",
    "nets.diagnosis",
    "nets.advanced",
    "nets.schedules",
    "nets.recipes",
    "nets.archives",
    "nets.own_sets",
)
HEAVY = ("torch", "numpy", "PIL", "sklearn", "django", "celery", "channels", "redis")


@pytest.mark.parametrize("module", BORDER)
def test_a_border_module_brings_nothing_heavy(module: str) -> None:
    program = (
        f"import sys, {module}\n"
        "from nets.specs import TrainSpec\n"
        + ("nets.script.source(TrainSpec())\n" if module == "nets.script" else "")
        + f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_preparing_a_digit_needs_no_torch() -> None:
    program = "import sys, nets.images; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
