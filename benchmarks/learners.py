"""Learners who are played by programs: each signs up, trains, watches, reloads, stops and branches over real HTTP."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from websockets import Origin
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from nets.events import Event

PASSWORD: Final = "a password for the class 42"
ENDS: Final = ("finished", "failed", "cancelled")
ANSWER_SECONDS: Final = 30.0
FRAME_SECONDS: Final = 30.0


@dataclass(slots=True)
class Watched:
    """What one watcher was told of one run: pairs of attempt and event, the last seq, the state at the end."""

    run: str
    told: list[tuple[int, Event]] = field(default_factory=list)
    seq: int = 0
    state: str = ""
    reloads: int = 0


@dataclass(slots=True)
class Diary:
    """What one learner did and saw; `faults` are sentences about what should not have happened."""

    watched: list[Watched] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers_ms: list[float] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """Note that something was done once more."""
        self.done[what] = self.done.get(what, 0) + 1


class Learner:
    """One learner at one address of the house, with cookies of their own and a chance of their own."""

    def __init__(self, number: int, *, address: str, lab: str, until: float) -> None:
        self.name = f"learner{number}"
        self.diary = Diary()
        self._address = address
        self._lab = lab
        self._until = until
        self._chance = random.Random(number)
        self._http = httpx.AsyncClient(base_url=address, timeout=ANSWER_SECONDS, follow_redirects=True)

    async def live(self) -> Diary:
        """Sign up, then train and watch until the lesson is over; whatever breaks is a fault in the diary."""
        try:
            async with self._http:
                await self._sign_up()
                while time.monotonic() < self._until:
                    await self._one_run()
        except (httpx.HTTPError, OSError, ConnectionClosed, InvalidStatus, TimeoutError) as error:
            self.diary.faults.append(f"{self.name}: {type(error).__name__}: {error}")
        return self.diary

    async def _sign_up(self) -> None:
        await self._http.get("/accounts/signup/")
        form = {"email": f"{self.name}@class.example", "password1": PASSWORD}
        answer = await self._http.post("/accounts/signup/", data=form, headers=self._headers)
        if "sessionid" not in self._http.cookies:
            raise httpx.HTTPError(f"sign-up answered {answer.status_code}")

    @property
    def _headers(self) -> dict[str, str]:
        token = self._http.cookies.get("csrftoken") or ""
        return {"X-CSRFToken": token, "Origin": self._address, "Referer": f"{self._address}/"}

    async def _post(self, path: str, body: dict[str, Any], *, expected: tuple[int, ...]) -> httpx.Response:
        began = time.monotonic()
        answer = await self._http.post(path, json=body, headers=self._headers)
        self.diary.answers_ms.append((time.monotonic() - began) * 1000)
        if answer.status_code not in expected:
            self.diary.faults.append(f"{self.name}: POST {path} answered {answer.status_code}: {answer.text[:200]}")
        return answer

    async def _one_run(self) -> None:
        """Train once; now and then stop it, pause it, branch from it, or look at other pages meanwhile."""
        wish = {"epochs": self._chance.choice([2, 4, 8, 16])}
        made = await self._post(f"/api/v1/labs/{self._lab}/runs", wish, expected=(201, 409, 429))
        if made.status_code != 201:
            await asyncio.sleep(1)
            return
        self.diary.count("submitted")
        run = made.json()["id"]
        fate = self._chance.choice(["watch", "watch", "stop", "pause", "branch"])
        watched = await self._watch(run, fate=fate)
        if fate == "branch" and watched.state == "finished":
            await self._branch(run)

    async def _branch(self, run: str) -> None:
        """Go on from the run's last checkpoint by one more setting, and watch that too."""
        saved = (await self._http.get(f"/api/v1/runs/{run}/checkpoints")).json()
        if not saved:
            return
        wish = {"step": saved[-1]["step"], "fields": {"epochs": saved[-1]["epoch"] + 4}}
        made = await self._post(f"/api/v1/runs/{run}/branch", wish, expected=(201, 422, 429))
        if made.status_code == 201:
            self.diary.count("branched")
            await self._watch(made.json()["id"], fate="watch")

    async def _watch(self, run: str, *, fate: str) -> Watched:
        """Follow a run to its end over sockets that break off at random and begin again where they were."""
        watched = Watched(run)
        self.diary.watched.append(watched)
        while watched.state not in ENDS:
            if time.monotonic() > self._until and watched.state in ("queued", "paused"):
                # The lesson is over: who still waits takes the run back.
                await self._post(f"/api/v1/runs/{run}/stop", {}, expected=(200, 409))
            page = await self._http.get(f"/runs/{run}/")
            if page.status_code != 200:
                self.diary.faults.append(f"{self.name}: the page of a run answered {page.status_code}")
            await self._listen(watched, frames=self._chance.randrange(3, 60), fate=fate)
            watched.reloads += 1
        self.diary.count(watched.state)
        return watched

    async def _listen(self, watched: Watched, *, frames: int, fate: str) -> None:
        async with self._socket(watched) as socket:
            for number in range(frames):
                async with asyncio.timeout(FRAME_SECONDS):
                    frame = json.loads(await socket.recv())
                watched.told += [(frame["attempt"], event) for event in frame["events"] if event["type"] != "waiting"]
                watched.seq, watched.state = frame["seq"], frame["state"]
                if watched.state in ENDS:
                    return
                if number == 5 and watched.state == "running":
                    await self._act(watched, fate)

    async def _act(self, watched: Watched, fate: str) -> None:
        path = f"/api/v1/runs/{watched.run}"
        if fate == "stop":
            await self._post(f"{path}/stop", {}, expected=(200, 409))
            self.diary.count("stopped")
        elif fate == "pause":
            await self._post(f"{path}/pause", {}, expected=(200, 409))
            await asyncio.sleep(self._chance.uniform(0.2, 2.0))
            await self._post(f"{path}/resume", {}, expected=(200, 409, 429))
            self.diary.count("paused")

    @asynccontextmanager
    async def _socket(self, watched: Watched) -> AsyncIterator[Any]:
        address = f"{self._address.replace('http', 'ws')}/ws/runs/{watched.run}/?after={watched.seq}"
        cookie = f"sessionid={self._http.cookies['sessionid']}"
        headers = {"Cookie": cookie}
        async with connect(address, additional_headers=headers, origin=Origin(self._address), proxy=None) as socket:
            yield socket
