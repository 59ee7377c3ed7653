"""The live stream through the real web process: who may listen, that nothing is missed, what overload does."""

import contextlib
import json
import random
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.test import Client
from websockets import Origin
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import rings.doorbell
from accounts.models import User
from labs import following, queueing, submission
from labs.models import Lab, Run
from labs.recording import Recorder
from nets import events
from nets.events import Event
from tests.house import House
from tests.labs.conftest import SHORT, state_of, submit
from tests.labs.test_recording import steps

pytestmark = [pytest.mark.worker, pytest.mark.timeout(300)]

PATIENCE = 15.0


@pytest.fixture
def web(house: House) -> House:
    house.need("web")
    return house


@pytest.fixture
def run(learner: User, lab: Lab) -> Run:
    """A run that this test plays the worker of."""
    submit(learner, lab)
    claimed = queueing.claim(worker="the test")
    assert claimed is not None
    return claimed


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


def watch(
    web: House, run: Run, user: User | None, *, after: int | str = 0, origin: str | None = "own"
) -> ClientConnection:
    address = f"{web.url.replace('http', 'ws')}/ws/runs/{run.pk}/?after={after}"
    headers = {"Cookie": cookie_of(user)} if user else {}
    return connect(address, additional_headers=headers, origin=_origin(web, origin), proxy=None, compression=None)


def _origin(web: House, origin: str | None) -> Origin | None:
    return None if origin is None else Origin(web.url if origin == "own" else origin)


def read(connection: ClientConnection, *, seconds: float = PATIENCE) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(connection.recv(timeout=seconds))
    return frame


def close_code(connection: ClientConnection, *, seconds: float = PATIENCE) -> int | None:
    """Read until the server closes, and return its code."""
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            connection.recv(timeout=deadline - time.monotonic())
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    raise AssertionError("The socket stayed open.")


def say(recorder: Recorder, *numbers: int) -> None:
    for number in numbers:
        recorder.add(steps(number))
        recorder.flush()


def end(run: Run, recorder: Recorder) -> None:
    from labs import ending

    done = events.finished(reason="completed", summary={})
    ending.finish(run, event=done, before=[], seq=recorder.seq + 1, files=[])


class Listener:
    """A watcher who remembers everything that was told, comes back after every loss, and stops at the end state."""

    def __init__(self, web: House, run: Run, user: User) -> None:
        self.again: Callable[[int], ClientConnection] = lambda after: watch(web, run, user, after=after)
        self.told: list[tuple[int, Event]] = []
        self.seq = 0
        self.state = ""

    def listen(self, *, frames: int) -> None:
        """Take a few frames, then drop the line."""
        with self.again(self.seq) as connection:
            self.take(connection, frames=frames)

    def take(self, connection: ClientConnection, *, frames: int) -> None:
        """Take so many frames, fewer when the run ends."""
        for _ in range(frames):
            frame = read(connection)
            self.seq, self.state = frame["seq"], frame["state"]
            self.told += [(frame["attempt"], event) for event in frame["events"]]
            if self.state == "finished":
                return


class BadBell:
    """A doorbell that drops three rings in ten, doubles two, and keeps two back until later ones have rung."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._true_ring = rings.doorbell.publish
        self._kept: list[str] = []
        self.done: Counter[str] = Counter()

    def ring(self, topic: str) -> bool:
        what = self._chance.choices(["dropped", "doubled", "kept", "rung"], weights=[3, 2, 2, 3])[0]
        self.done[what] += 1
        for _ in range({"doubled": 2, "rung": 1}.get(what, 0)):
            self._true_ring(topic)
        while what != "kept" and self._kept and self._chance.random() < 0.5:
            self._true_ring(self._kept.pop(self._chance.randrange(len(self._kept))))
        self._kept += [topic] if what == "kept" else []
        return what != "dropped"


def train_badly(run: Run, chance: random.Random, *, meanwhile: Callable[[], None]) -> None:
    """Play two workers: the second goes on behind where the first was, and the run ends with it."""
    recorder, step = Recorder(run), 0
    for chunk in range(60):
        if chunk == 35:
            Run.objects.filter(pk=run.pk).update(fence=2)
            run.refresh_from_db()
            recorder, step = Recorder(run), step - 7
            recorder.add(events.resumed(attempt=2, step=step))
        some = chance.randrange(1, 5)
        values = [chance.random() for _ in range(some)]
        recorder.add(events.steps(step=range(step + 1, step + some + 1), loss=values, metric=values, lr=values))
        recorder.flush()
        step += some
        if chance.random() < 0.2:
            meanwhile()
    end(run, recorder)


def test_f19_what_was_written_between_page_and_socket_is_there(web: House, learner: User, run: Run) -> None:
    recorder = Recorder(run)
    say(recorder, 1, 2, 3)
    with watch(web, run, learner, after=1) as connection:
        frame = read(connection)
        assert (frame["seq"], frame["events"], frame["attempt"]) == (3, [steps(2), steps(3)], 1)
        say(recorder, 4)
        assert read(connection, seconds=2)["events"] == [steps(4)]


@pytest.mark.parametrize("seed", [1, 2])
def test_f18_every_point_is_that_of_the_rows_whatever_the_rings_do(
    web: House, learner: User, run: Run, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    bell = BadBell(chance)
    monkeypatch.setattr(rings.doorbell, "publish", bell.ring)
    stays, comes_and_goes = Listener(web, run, learner), Listener(web, run, learner)
    with watch(web, run, learner) as connection, ThreadPoolExecutor(1) as beside:
        stayed = beside.submit(stays.take, connection, frames=1000)
        train_badly(run, chance, meanwhile=lambda: comes_and_goes.listen(frames=1))
        comes_and_goes.listen(frames=1000)
        stayed.result(timeout=PATIENCE)
    rows = [(chunk.attempt, event) for chunk in run.chunks.order_by("seq") for event in chunk.events]
    assert rows[-1][1]["type"] == "finished"
    for listener in (stays, comes_and_goes):
        assert listener.told == rows
        assert events.columns(events.counted(listener.told)) == events.columns(following.all_events(run))
        assert listener.state == "finished"
    assert min(bell.done[what] for what in ("dropped", "doubled", "kept", "rung")) > 5


def test_two_tabs_are_told_the_same(web: House, learner: User, run: Run) -> None:
    recorder = Recorder(run)
    with watch(web, run, learner) as one, watch(web, run, learner) as two:
        read(one), read(two)
        say(recorder, 1)
        assert read(one) == read(two)


def test_an_ended_run_is_told_once_and_the_socket_closed(web: House, learner: User, run: Run) -> None:
    recorder = Recorder(run)
    with watch(web, run, learner) as connection:
        assert read(connection)["state"] == "running"
        end(run, recorder)
        frame = read(connection)
        assert (frame["state"], frame["reason"], frame["events"][-1]["type"]) == ("finished", "completed", "finished")
        assert close_code(connection) == 1000


def test_a_waiting_run_is_told_its_place(web: House, learner: User, other: User, lab: Lab) -> None:
    submit(other, lab)
    run = submit(learner, lab)
    with watch(web, run, learner) as connection:
        frame = read(connection)
        assert frame["state"] == "queued"
        assert frame["events"] == [{"type": "waiting", "ahead": 1, "seconds": None}]
        queueing.claim(worker="the test")
        while frame["events"][0]["ahead"]:
            frame = read(connection)
        submission.request_stop(run)
        while frame["state"] == "queued":
            frame = read(connection)
        assert frame["state"] == "cancelled"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", None], ids=["foreign", "missing"])
def test_f21_a_foreign_or_missing_origin_is_refused(web: House, learner: User, run: Run, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, watch(web, run, learner, origin=origin):
        pass
    assert refused.value.response.status_code == 403


def test_f22_a_run_is_streamed_to_its_owner_and_who_teaches_them_alone(
    web: House, learner: User, other: User, guest: User, run: Run
) -> None:
    for stranger in (None, other, guest):
        with pytest.raises(InvalidStatus) as refused, watch(web, run, stranger):
            pass
        assert refused.value.response.status_code == 403
    with watch(web, run, learner) as connection:
        assert read(connection)["run"] == str(run.pk)


def test_f22_a_run_that_is_not_there_is_refused_in_the_same_way(web: House, learner: User, run: Run) -> None:
    gone = Run(pk="00000000-0000-0000-0000-000000000000")
    with pytest.raises(InvalidStatus) as refused, watch(web, gone, learner):
        pass
    assert refused.value.response.status_code == 403


def test_f21_sign_out_while_connected_ends_the_stream(web: House, learner: User, run: Run) -> None:
    client = Client()
    client.force_login(learner)
    headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
    address = f"{web.url.replace('http', 'ws')}/ws/runs/{run.pk}/?after=0"
    with connect(address, additional_headers=headers, origin=_origin(web, "own"), proxy=None) as connection:
        read(connection)
        client.logout()
        assert close_code(connection, seconds=30) == 4404


@pytest.mark.parametrize("after", ["-1", "1e9", "9" * 40, "x%00"])
def test_f20_a_garbage_address_is_refused(web: House, learner: User, run: Run, after: str) -> None:
    with pytest.raises(InvalidStatus), watch(web, run, learner, after=after):
        pass


def test_f20_who_talks_is_closed_and_others_hear_on(web: House, learner: User, run: Run) -> None:
    with watch(web, run, learner) as quiet:
        read(quiet)
        for said, code in (("{", 4400), (b"\x00\xff", 4400), ("x" * 70_000, 1009)):
            with watch(web, run, learner) as loud:
                read(loud)
                # The refusal of a message that is too long may come while the client still sends it.
                with contextlib.suppress(ConnectionClosed):
                    loud.send(said)
                assert close_code(loud) == code
        say(Recorder(run), 1)
        assert read(quiet)["events"] == [steps(1)]
    assert "Traceback" not in web.log("web")


def test_f20_a_slow_reader_is_closed_and_costs_no_memory(web: House, learner: User, run: Run) -> None:
    recorder = Recorder(run)
    before = web.process("web").memory_info().rss
    key = cookie_of(learner)
    host, port = "127.0.0.1", web.port
    with socket.socket() as slow, watch(web, run, learner) as quick:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        # Loopback's segments are longer than this window: to read the rest at the end would take two minutes.
        slow.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1024)
        slow.connect((host, port))
        slow.sendall(
            f"GET /ws/runs/{run.pk}/?after=0 HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {web.url}\r\nCookie: {key}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        read(quick)
        heavy = steps(*range(10_000))
        for number in range(30):
            recorder.add(heavy | {"step": list(range(number * 10_000, (number + 1) * 10_000))})
            recorder.flush()
            while read(quick)["seq"] <= number:
                pass
        assert web.process("web").memory_info().rss - before < 250 * 1024 * 1024
        web.until(lambda: "watcher_too_slow" in web.log("web"), seconds=45, what="the server's patience to end")
        # Ours, or the web server's own for a peer that answers no ping: both bring a browser back.
        closing = _rest(slow).rpartition(b"\x88")[2]
        assert any(code.to_bytes(2) in closing for code in (4408, 1011))
    assert "Traceback" not in web.log("web")


def _rest(slow: socket.socket) -> bytes:
    """Take everything until the other side says that it closes; return its last bytes."""
    slow.settimeout(PATIENCE)
    last = b""
    while taken := slow.recv(1 << 20):
        last = (last + taken)[-64:]
        if any(b"\x88" in last and code.to_bytes(2) in last.rpartition(b"\x88")[2] for code in (4408, 1011)):
            break
    return last


def test_f07_frames_come_while_redis_is_away(web: House, learner: User, run: Run) -> None:
    recorder = Recorder(run)
    with watch(web, run, learner) as connection:
        read(connection)
        web.kill("redis")
        say(recorder, 1)
        assert read(connection, seconds=7)["events"] == [steps(1)]
        web.need("redis")
        say(recorder, 2)
        assert read(connection, seconds=7)["events"] == [steps(2)]


def test_f08_a_frozen_redis_does_not_keep_a_submission_waiting(web: House, learner: User, lab: Lab) -> None:
    web.without("train")
    web.freeze("redis")
    token = "a" * 32
    headers = {"Cookie": f"{cookie_of(learner)}; csrftoken={token}", "X-CSRFToken": token}
    began = time.monotonic()
    answer = httpx.post(f"{web.url}/api/v1/labs/free/runs", json=SHORT, headers=headers, timeout=20)
    assert time.monotonic() - began < 3
    assert answer.status_code == 201, answer.text
    run = Run.objects.get(pk=answer.json()["id"])
    assert run.state == "queued"
    web.thaw("redis")
    web.need("sweeper", "train")
    web.until(lambda: state_of(run) == "finished", what="the run to finish")


def test_a_run_that_is_erased_closes_its_sockets(web: House, learner: User, run: Run) -> None:
    with watch(web, run, learner) as connection:
        read(connection)
        Run.objects.filter(pk=run.pk).delete()
        rings.publish(f"run:{run.pk}")
        assert close_code(connection) == 4404
