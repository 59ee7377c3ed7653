"""Keep the processes of the house running, and end them together, in order, however the end comes."""

import asyncio
import contextlib
import os
import signal
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Callable, Sequence

from stride.services import Service
from stride.watchdog import Watchdog

# A process that lived this long was healthy; one that did not counts towards "keeps ending".
HEALTHY_SECONDS = 30.0
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 30.0
KEEPS_ENDING = 4
# Later services wait this long at most for an earlier one: better a rough start than none.
READY_SECONDS = 20.0
FIRST_LOOK_SECONDS = 0.02
LONGEST_LOOK_SECONDS = 5.0
LAST_LINES_SECONDS = 1.0
CANNOT_START = 127
STANDARD_OUTPUT = 1
OWN_NAME = "stride"
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """The processes of the house and the wish to end them.

    Every child leads a process group of its own, so that a Ctrl-C in the terminal reaches the supervisor alone,
    which then ends the children stage by stage. A watchdog does the same when the supervisor is killed.
    """

    def __init__(self, services: Sequence[Service], *, write: Callable[[str], None]) -> None:
        self._services = services
        self._write = write
        self._width = max(len(name) for name in (OWN_NAME, *(service.name for service in services)))
        self._children: dict[str, Process] = {}
        self._ending = asyncio.Event()
        self._hurried = asyncio.Event()
        # Held, because the loop alone would let them be collected.
        self._background: set[asyncio.Task[None]] = set()
        self._watchdog = Watchdog.start()

    def say(self, name: str, text: str) -> None:
        """Write one line under a process's name; a terminal that went away is no reason to stop."""
        with contextlib.suppress(OSError, ValueError):
            self._write(f"{name:<{self._width}} | {text}\n")

    def end(self) -> None:
        """Ask for the end; asked twice, nobody is given time to finish."""
        (self._hurried if self._ending.is_set() else self._ending).set()

    async def run(self) -> None:
        """Start every service in order, keep each running, and return when all have ended."""
        loop = asyncio.get_running_loop()
        for number in ENDS:
            loop.add_signal_handler(number, self.end)
        keepers: list[asyncio.Task[None]] = []
        for service in self._services:
            keepers.append(asyncio.create_task(self._keep(service)))
            await self._wait_until_ready(service)
        await self._ending.wait()
        self.say(OWN_NAME, "Ending; a run in progress is kept. A second Ctrl-C does not wait for it.")
        await self._end_in_stages()
        await asyncio.gather(*keepers, *self._background)
        self._watchdog.dismiss()

    async def _wait_until_ready(self, service: Service) -> None:
        if service.is_ready is not None:
            looking = asyncio.create_task(self._greet_when_ready(service, is_ready=service.is_ready))
            self._background.add(looking)
            await asyncio.wait({looking}, timeout=READY_SECONDS)

    async def _greet_when_ready(self, service: Service, *, is_ready: Callable[[], bool]) -> None:
        wait = FIRST_LOOK_SECONDS
        while not self._ending.is_set() and not await asyncio.to_thread(is_ready):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)
            wait = min(LONGEST_LOOK_SECONDS, 1.5 * wait)
        if not self._ending.is_set():
            for line in service.greeting.splitlines():
                self.say(OWN_NAME, line)

    async def _keep(self, service: Service) -> None:
        early_ends = 0
        while not self._ending.is_set():
            started = time.monotonic()
            code = await self._run_once(service)
            if self._ending.is_set():
                return
            early_ends = 0 if time.monotonic() - started > HEALTHY_SECONDS else early_ends + 1
            wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2**early_ends)
            self.say(service.name, restart_sentence(service, code=code, early_ends=early_ends, wait=wait))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)

    async def _run_once(self, service: Service) -> int:
        # A pipe of our own: asyncio's wait() with its own pipes lasts until the last grandchild has closed them.
        reading, writing = os.pipe()
        lines = asyncio.create_task(self._pass_on_lines(service.name, reading))
        try:
            process = await self._start(service, output=writing)
        except OSError as error:
            self.say(service.name, f"{service.command[0]} cannot be started: {error.strerror}.")
            return CANNOT_START
        finally:
            os.close(writing)
        if self._ending.is_set():
            await self._end_one(service)
        code = await process.wait()
        # What it left behind (a worker's forked child) must not live on unled.
        _signal_group(process.pid, signal.SIGKILL)
        await asyncio.wait({lines}, timeout=LAST_LINES_SECONDS)
        self._watchdog.forget(process.pid)
        return code

    async def _start(self, service: Service, *, output: int) -> Process:
        process = await asyncio.create_subprocess_exec(
            *service.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **service.environment},
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            start_new_session=True,
        )
        self._children[service.name] = process
        self._watchdog.watch(process.pid, stage=service.stage, grace_seconds=service.grace_seconds)
        return process

    async def _pass_on_lines(self, name: str, reading: int) -> None:
        stream = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading, "rb", buffering=0)
        )
        rest = b""
        while piece := await stream.read(65_536):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self.say(name, line.decode(errors="replace"))
        if rest:
            self.say(name, rest.decode(errors="replace"))

    async def _end_in_stages(self) -> None:
        for stage in sorted({service.stage for service in self._services}):
            ending = [service for service in self._services if service.stage == stage]
            await asyncio.gather(*(self._end_one(service) for service in ending))

    async def _end_one(self, service: Service) -> None:
        process = self._children.get(service.name)
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        ended = asyncio.create_task(process.wait())
        hurried = asyncio.create_task(self._hurried.wait())
        await asyncio.wait({ended, hurried}, timeout=service.grace_seconds, return_when=asyncio.FIRST_COMPLETED)
        hurried.cancel()
        if not ended.done():
            self.say(service.name, "did not end in time and is killed.")
            _signal_group(process.pid, signal.SIGKILL)
            await ended


def restart_sentence(service: Service, *, code: int, early_ends: int, wait: float) -> str:
    """Say that a process ended, how, and what happens next."""
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
    if early_ends >= KEEPS_ENDING:
        reason = f"{service.log} says why" if service.log else "its lines above say why"
        return (
            f"{service.name} {how}, for the {early_ends}th time soon after its start: {reason}. "
            f"The rest goes on without it; next try in {wait:g} s."
        )
    return f"{service.name} {how}; starting it again in {wait:g} s."


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def write_to_terminal(text: str) -> None:
    """Write to standard output, unbuffered: what a lost terminal refused must not be flushed again at exit."""
    os.write(STANDARD_OUTPUT, text.encode())
