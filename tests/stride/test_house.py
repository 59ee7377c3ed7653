"""Opening the house: a port that is taken, a folder that is taken, addresses, the redis that comes along."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from stride import bootstrap, house, services

ROOT = Path(__file__).parent.parent.parent
WAIT_SECONDS = 30


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_in_use_gets_one_sentence_before_anything_is_made(taken_port: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = subprocess.run(
        [sys.executable, "-m", "stride.house", "embedded"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(taken_port), "STRIDE_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert f"Port {taken_port} cannot be used" in done.stderr
    assert f"make run PORT={taken_port + 1}" in done.stderr
    assert not data.exists()


def test_a_free_port_passes() -> None:
    house.check_port("127.0.0.1", 0)


def test_two_houses_cannot_share_a_data_folder(tmp_path: Path) -> None:
    with house.lock(tmp_path), pytest.raises(house.Refusal, match="already runs on"):
        house.lock(tmp_path)
    house.lock(tmp_path).close()


def test_a_deep_data_folder_still_gives_a_socket_the_kernel_takes(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 5)
    for folder in (tmp_path, deep):
        path = house.redis_socket(folder)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
        path.unlink()


def test_a_class_is_told_under_which_names_it_is_reached(tmp_path: Path) -> None:
    settings = house.environment("class", folder=tmp_path, address="192.168.1.5", port=8102)
    assert settings["STRIDE_BIND"] == "0.0.0.0"
    assert "192.168.1.5" in settings["STRIDE_HOSTS"].split(",")
    assert "http://192.168.1.5:8102" in settings["STRIDE_ORIGINS"].split(",")


def test_a_house_on_ones_own_machine_is_not_opened_to_the_network(tmp_path: Path) -> None:
    settings = house.environment("embedded", folder=tmp_path, address="127.0.0.1", port=8102)
    assert "STRIDE_BIND" not in settings


def test_the_class_shows_its_address_as_text_and_as_a_code_to_scan() -> None:
    text = house.welcome("class", address="192.168.1.5", port=8102)
    assert "http://192.168.1.5:8102/" in text
    assert any("█" in line or "▀" in line for line in text.splitlines())


@pytest.mark.worker
def test_the_redis_that_comes_along_answers_on_a_private_socket_and_appends(tmp_path: Path) -> None:
    server = bootstrap.redis_server()
    assert server is not None, "run `make setup`: no redis-server is here"
    doorbell = services.redis(server, folder=tmp_path, path=tmp_path / "redis.sock")
    with subprocess.Popen(doorbell.command, stdout=subprocess.DEVNULL) as process:
        try:
            client = Redis(unix_socket_path=str(tmp_path / "redis.sock"))
            answer = _first_answer(client, process)
            client.set("kept", "yes")
            mode = (tmp_path / "redis.sock").stat().st_mode
            client.close()
        finally:
            process.terminate()
    assert answer
    assert mode & 0o077 == 0
    assert list(tmp_path.rglob("*.aof*"))


def _first_answer(client: "Redis", process: "subprocess.Popen[bytes]") -> bool:
    for _ in range(200):
        try:
            return bool(client.ping())
        except (OSError, ConnectionError):
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
    return False


def test_training_yields_to_pages_and_forks_without_threads() -> None:
    worker = services.train_worker()
    assert worker.command[:3] == ("nice", "-n", "10")
    assert worker.environment["OMP_NUM_THREADS"] == "1"
    assert services.infer_worker().command[0] != "nice"


def test_workers_remember_the_machine_beside_the_other_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STRIDE_PROBES", raising=False)
    monkeypatch.setenv("STRIDE_DATA", str(tmp_path))
    workers = (services.train_worker(), services.infer_worker())
    assert {worker.environment["STRIDE_PROBES"] for worker in workers} == {str(tmp_path / "probes.json")}
    monkeypatch.setenv("STRIDE_PROBES", "/elsewhere.json")
    assert services.train_worker().environment["STRIDE_PROBES"] == "/elsewhere.json"


def test_workers_end_first_then_pages_then_redis(tmp_path: Path) -> None:
    doorbell = services.redis(Path("redis-server"), folder=tmp_path, path=tmp_path / "s")
    stages = [services.train_worker().stage, services.web().stage, doorbell.stage]
    assert stages == sorted(set(stages))


def test_an_unknown_service_is_refused_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stride.services", "webb"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 1
    assert done.stderr == "Name one service: web, train-worker, infer-worker, sweeper.\n"
