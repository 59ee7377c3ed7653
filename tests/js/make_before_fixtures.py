"""Make what the lab page's arithmetic in the browser is held against: `python -m tests.js.make_before_fixtures`."""

import json
from pathlib import Path
from typing import Any

from labs import advising, building
from nets import schedules
from nets.catalog import DATASETS
from nets.layers import parse
from nets.specs import BOUNDS, Choice

HERE = Path(__file__).resolve().parent / "fixtures"


def main() -> None:
    """Write every fixture."""
    for name, make in MADE.items():
        (HERE / f"{name}.json").write_text(json.dumps(make(), indent=1) + "\n")


def schedule_cases() -> list[dict[str, Any]]:
    """Return every schedule over short and long runs, with and without warm-up, as shares step by step."""
    bound = BOUNDS["schedule"]
    assert isinstance(bound, Choice)
    return [
        {
            "schedule": schedule,
            "steps": steps,
            "warmup": warmup,
            "shares": [
                schedules.share(schedule, position=position, steps=steps, warmup=warmup) for position in range(steps)
            ],
        }
        for schedule in bound.allowed
        for steps in (1, 2, 3, 4, 7, 40)
        for warmup in (0.0, 0.1, 0.25, 0.5)
        # A warm-up that rounds to every step leaves none for the schedule.
        if round(warmup * steps) < steps
    ]


def place_cases() -> list[dict[str, Any]]:
    """Return lists of layers with the places that the server's sentences name, of every shape that a block has."""
    block = {"kind": "residual", "body": [{"kind": "conv", "out": 1, "kernel": 1}, {"kind": "norm"}]}
    gate = {"kind": "gate", "body": [{"kind": "act", "how": "Sigmoid"}]}
    branch = {"kind": "branch", "paths": [[{"kind": "norm"}], [block, gate]]}
    nets: dict[str, list[dict[str, Any]]] = {
        "LeNet-5": building.start_of("lenet5", data=DATASETS["digits"]),
        "ResNet-20": building.start_of("resnet20", data=DATASETS["shapes"]),
        "blocks in blocks": [branch, {"kind": "residual", "body": [branch], "shortcut": [gate]}],
    }
    return [
        {"name": name, "layers": layers, "places": list(building.places(parse(layers)))}
        for name, layers in nets.items()
    ]


def advice_cases() -> list[dict[str, Any]]:
    """Return sets of pictures with what the server says of them: too few, too uneven, too many to name, all well."""
    sets: list[list[tuple[str, int]]] = [
        [],
        [("cup", 40)],
        [("cup", 12), ("pen", 3)],
        [("cup", 1), ("pen", 10)],
        [("cup", 0), ("pen", 9), ("ring", 10)],
        [("cup", 12), ("pen", 15)],
        [("cup", 30), ("pen", 30)],
        [("cup", 10), ("pen", 31), ("ring", 1000)],
        [("cup", 1234), ("pen", 411)],
        [(f"class {number}", 9 + number) for number in range(9)],
        [(f"class {number}", 20 + number % 3) for number in range(12)],
    ]
    return [{"classes": classes, "advice": advising.advice(classes)} for classes in sets]


MADE = {"schedules": schedule_cases, "places": place_cases, "advice": advice_cases}

if __name__ == "__main__":
    main()
