"""A house of small processes for test_supervisor: each service is a Python script with a grandchild.

Arguments: a JSON list of [name, script, stage, grace_seconds], and optionally the file that says it is ready.
"""

import asyncio
import json
import sys
from pathlib import Path

from stride.services import Service
from stride.supervisor import Supervisor, write_to_terminal


def service(name: str, script: str, stage: int, grace: float, ready: str = "") -> Service:
    command = (sys.executable, "-c", script, name)
    if not ready:
        return Service(name=name, command=command, stage=stage, grace_seconds=grace)
    is_ready = Path(ready).exists
    greeting = f"{name} is open"
    return Service(name=name, command=command, stage=stage, grace_seconds=grace, is_ready=is_ready, greeting=greeting)


def main() -> None:
    services = [service(*one) for one in json.loads(sys.argv[1])]
    asyncio.run(Supervisor(services, write=write_to_terminal).run())


if __name__ == "__main__":
    main()
