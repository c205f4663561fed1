"""gunicorn's processes as they begin and end: nobody is turned away meanwhile, and nothing piles up."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from sqlalchemy import Engine

from surveyapp.config import PROJECT
from surveyapp.keys import make_key_ring
from surveyapp.web.http.monitoring import metrics
from surveyapp.web.serving import draining, metric_files
from tests.ports import free_port
from tests.web.serving import wait_for

CONFIGURATION = PROJECT / "gunicorn.conf.py"


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


@pytest.fixture
def serve(settings, tmp_path):
    """Start the server with so many workers; gives its address and its process."""
    make_key_ring(settings.keys)
    started = []

    def begin(workers: int, port: int | None = None):
        is_waited_for, port = port is None, port or free_port()
        environment = {
            **os.environ,
            "HOME": str(tmp_path),
            "WEB_CONCURRENCY": str(workers),
            "DATABASE_URL": settings.database_url,
            "SURVEYAPP_INSTANCE": str(settings.instance),
            "SURVEYAPP_BASE_URL": f"http://127.0.0.1:{port}",
        }
        log = (tmp_path / "log").open("w")
        command = [sys.executable, "-m", "surveyapp", "run", "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        started.append((server, log))
        address = f"http://127.0.0.1:{port}/health/live"
        if is_waited_for:
            wait_for(address, server)
        return address, server

    yield begin
    for server, log in started:
        server.kill()
        server.wait()
        log.close()


def until(is_so, words: str, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, words
        time.sleep(0.05)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return int(answer.status) == 200
    except OSError:
        return False


def children(pid: int) -> set[str]:
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def test_a_stop_answers_whoever_waits_at_the_door(serve):
    address, server = serve(1)
    port = int(address.split(":")[2].split("/")[0])
    waiting = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(60)]
    for one in waiting:
        one.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    server.send_signal(signal.SIGTERM)
    told = []
    for one in waiting:
        with one:
            told.append(one.recv(100).startswith(b"HTTP/1.1 200"))
    assert told.count(True) == 60
    assert server.wait(timeout=60) == 0


def test_who_was_told_that_the_connection_stays_open_is_heard_after_a_stop_too(serve):
    """The proxy sends its next request there before it can know of the stop; a post is not sent twice."""
    address, server = serve(1)
    port = int(address.split(":")[2].split("/")[0])
    head = b"Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as proxy:
        proxy.sendall(b"POST / HTTP/1.1\r\n" + head + b"Content-Length: 6\r\n\r\ncode")
        assert answers(address), "the first half is read before this"
        server.send_signal(signal.SIGTERM)
        until(lambda: not listens(port), "the door stays open")
        proxy.sendall(b"=1")
        first = proxy.recv(100_000)
        assert b"Connection: keep-alive" in first
        proxy.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        told = b""
        while more := proxy.recv(100_000):
            told += more
    assert b"HTTP/1.1 200" in told
    assert b"Connection: close" in told
    assert server.wait(timeout=60) == 0


def test_a_door_is_shut_until_somebody_can_answer(tmp_path):
    class Server:
        master_pid, LISTENERS, log = 0, (), None

        class cfg:  # noqa: N801  as gunicorn calls it
            address, backlog, is_ssl = [("127.0.0.1", free_port())], 5, False

    draining.bind_only(Server)
    (door,) = Server.LISTENERS
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(Server.cfg.address[0], timeout=5)
    door.listen(5)
    socket.create_connection(Server.cfg.address[0], timeout=5).close()
    door.close()


def test_of_two_servers_at_one_address_the_later_one_ends(serve):
    """Both were bound to it before either could answer."""
    port = free_port()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        _address, server = serve(1, port)
        until(lambda: children(server.pid), "it never began")
        other.listen(5)
        assert server.wait(timeout=120) != 0


def test_a_reload_refuses_nobody_and_old_workers_answer_until_new_ones_can(serve):
    address, server = serve(2)
    before = children(server.pid)
    failed, over = [], threading.Event()

    def ask() -> None:
        while not over.is_set():
            if not answers(address):
                failed.append(time.monotonic())

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    server.send_signal(signal.SIGHUP)
    until(lambda: len(children(server.pid) - before) == 2, "no new workers")
    until(lambda: not children(server.pid) & before, "the old ones stay")
    over.set()
    for one in asking:
        one.join()
    assert failed == []


def test_the_counts_of_ended_processes_stay_and_their_files_go(tmp_path):
    key = mmap_key("survey_requests_total", "survey_requests_total", ("room",), ("desk",), "")
    for pid, count in ((101, 3), (102, 4)):
        kept = MmapedDict(str(tmp_path / f"counter_{pid}.db"))
        kept.write_value(key, float(count), 0.0)
        kept.close()
        (tmp_path / f"gauge_livesum_{pid}.db").touch()
        metric_files.fold(tmp_path, pid)
    assert [path.name for path in tmp_path.iterdir()] == ["counter_ended.db"]
    assert metric_files.pids(tmp_path) == set()
    (count_kept,) = MmapedDict.read_all_values_from_file(str(tmp_path / "counter_ended.db"))
    assert count_kept[:2] == (key, 7.0)


@pytest.mark.parametrize("left", [b"", b"\0\0", b"\xff\x0f\0\0" + bytes(8)])
def test_a_file_that_is_just_being_made_hides_no_other_count_and_fells_no_server(
    tmp_path, monkeypatch, left
):
    key = mmap_key("survey_refusals_total", "survey_refusals_total", ("reason",), ("rate",), "")
    kept = MmapedDict(str(tmp_path / "counter_101.db"))
    kept.write_value(key, 3.0, 0.0)
    kept.close()
    for kind in ("counter", "histogram"):
        (tmp_path / f"{kind}_102.db").write_bytes(left)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    assert b'survey_refusals_total{reason="rate"} 3.0' in metrics.exposition()
    metric_files.fold(tmp_path, 102)
    metric_files.fold(tmp_path, 101)
    assert metric_files.pids(tmp_path) == set()
    assert b'survey_refusals_total{reason="rate"} 3.0' in metrics.exposition()


def test_processes_that_began_together_do_not_end_together():
    told = dict(re.findall(r"^(max_\w+) = ([0-9_]+)$", CONFIGURATION.read_text(), re.M))
    assert int(told["max_requests_jitter"]) >= int(told["max_requests"])


def test_the_folder_of_a_server_that_was_killed_goes_with_the_next_start(tmp_path):
    dead = tmp_path / f"{metric_files.PREFIX}999999999-aa"
    dead.mkdir()
    alive = tmp_path / f"{metric_files.PREFIX}{os.getpid()}-bb"
    alive.mkdir()
    made = metric_files.make_folder(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([alive, made])
