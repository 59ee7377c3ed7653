"""A house of small processes for test_supervisor: each service is a Python script with a grandchild.

Arguments: a JSON list of [name, script, stage, grace_seconds].
"""

import asyncio
import json
import sys

from stride.services import Service
from stride.supervisor import Supervisor, write_to_terminal


def main() -> None:
    services = [
        Service(name=name, command=(sys.executable, "-c", script, name), stage=stage, grace_seconds=grace)
        for name, script, stage, grace in json.loads(sys.argv[1])
    ]
    asyncio.run(Supervisor(services, write=write_to_terminal).run())


if __name__ == "__main__":
    main()
