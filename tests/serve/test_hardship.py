"""The server under load and attack: limits hold, and others are served."""

from __future__ import annotations

import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from serving import PACKAGES, Running, form, picture, resident, server

for _name in PACKAGES:
    pytest.importorskip(_name, reason="pip install 'papernets[web]'")

pytestmark = pytest.mark.slow
CLIENTS = 20


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with server("lenet5", "resnet20", "--timeout", "5", "--max-connections", "300") as found:
        yield found


def connected(running: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", running.port), 30)


def well(running: Running) -> None:
    """Others are served."""
    assert running.ask("POST", "/predict?model=resnet20", picture(1))[0] == 200


def test_every_accepted_request_is_answered_when_it_ends():
    """Clients that ask again and again on open connections: none is left without an answer.

    A connection that was never taken is none of these, nor is a request begun after it was closed
    with the last answer's `Connection: close`.
    """
    answered, lost = [], []
    body, heads = form(picture(1), picture(2))

    def ask(port: int) -> None:
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", port, timeout=60)
                connection.connect()
            except OSError:
                return  # it takes no more
            try:
                while True:
                    sent = False
                    connection.request("POST", "/predict?model=resnet20", body, heads)
                    sent = True
                    response = connection.getresponse()
                    response.read()
                    answered.append(response.status)
                    if response.headers.get("Connection") == "close":
                        break
            except (OSError, HTTPException) as error:
                lost.append((sent, len(answered), repr(error)))
                return
            finally:
                connection.close()

    with server("resnet20") as running:
        threads = [threading.Thread(target=ask, args=(running.port,)) for _ in range(CLIENTS)]
        for one in threads:
            one.start()
        while len(answered) < 3 * CLIENTS:
            time.sleep(0.05)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(90) == 143
        for one in threads:
            one.join(90)
    assert lost == []
    assert set(answered) == {200}
    told = sum('"route": "/predict"' in line for line in running.log)
    assert told == len(answered)


def test_slow_clients_and_half_requests_end_and_others_are_served(running: Running):
    head = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    sent = {
        "half a head": head,
        "no body": head + b"Content-Length: 5000\r\n\r\n",
        "half a body": head + b"Content-Length: 5000\r\n\r\n" + bytes(100),
        "nothing": b"",
    }
    clients = {what: connected(running) for what in sent}
    for what, client in clients.items():
        client.sendall(sent[what])
    slow = connected(running)
    slow.sendall(sent["no body"])
    ended = threading.Event()

    def drip() -> None:
        try:
            while not ended.wait(0.1):
                slow.sendall(b"x")
        except OSError:
            pass

    dripping = threading.Thread(target=drip)
    dripping.start()
    well(running)
    found = {}
    for what, client in clients.items():
        found[what] = client.recv(1 << 16)[:12]
        client.close()
    assert slow.recv(1 << 16).startswith(b"HTTP/1.1 408 ")
    ended.set()
    dripping.join()
    slow.close()
    assert found["no body"] == found["half a body"] == b"HTTP/1.1 408"
    assert found["half a head"] in (b"", b"HTTP/1.1 408") and found["nothing"] == b""
    well(running)


def test_a_client_that_goes_away(running: Running):
    for _ in range(50):
        with connected(running) as client:
            client.sendall(
                b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\nab"
            )
    for _ in range(20):
        with connected(running) as client:
            body = picture(1)
            head = (
                f"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            client.sendall(head.encode() + body)
    well(running)


def test_a_body_of_a_gigabyte_is_cut_at_the_limit(running: Running):
    before = resident(running.process.pid)
    sent, most = 0, 1 << 30
    with connected(running) as client:
        client.sendall(
            b"POST /predict HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        part = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
        try:
            while sent < most:
                client.sendall(part)
                sent += 1 << 20
        except OSError:
            pass  # it has stopped to read
    assert sent < 300 << 20
    assert resident(running.process.pid) < before + (128 << 20)
    status, told, _ = running.ask("POST", "/predict", b"", {"Content-Length": str(most)})
    assert status == 413 and "bytes" in told["error"]
    well(running)


def test_ten_thousand_connections(running: Running):
    """More than may be open: the oldest idle ones make way, and whoever asks is answered."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 10_000
    if hard != resource.RLIM_INFINITY and hard < wanted + 200:
        pytest.skip(f"this user may open {hard} files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted + 200, hard))
    clients: list[socket.socket] = []
    try:
        for at in range(wanted):
            clients.append(connected(running))
            if at % 2000 == 1999:
                well(running)
        well(running)
        open_ = len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))
        assert open_ < 300 + 64
    finally:
        for one in clients:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    well(running)


@contextmanager
def files(most: int) -> Iterator[None]:
    """Within it, this process and those that it starts may open so many files by the soft limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_burst_of_idle_connections_under_a_low_limit_of_files():
    with ExitStack() as held:
        with files(256):
            running = held.enter_context(server("lenet5", "--max-connections", "300"))
        clients = [held.enter_context(connected(running)) for _ in range(900)]
        for _ in range(3):
            assert running.ask("GET", "/v2/health/live")[0] == 200
        assert len(clients) == 900
    assert [line for line in running.log if '"request"' not in line and '"ended"' not in line] == [
        running.log[0]
    ]


def test_a_log_that_nobody_reads_holds_up_nothing():
    words = [sys.executable, "-m", "papernets", "serve", "lenet5"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        running = Running(process, int(process.stdout.readline().rpartition(":")[2]))
        for _ in range(600):  # 150 KB of lines, of which a pipe takes 64
            assert running.ask("GET", "/v2/health/live")[0] == 200
        process.terminate()
        assert process.wait(60) == 143


def test_a_full_line_answers_429_and_never_500():
    with server("resnet20", "--queue", "2", "--workers", "1") as running:
        body, heads = form(*[picture(seed) for seed in range(8)])
        with ThreadPoolExecutor(16) as pool:
            asked = [pool.submit(running.ask, "POST", "/predict", body, heads) for _ in range(48)]
            found = [one.result() for one in asked]
    statuses = {status for status, _, _ in found}
    assert statuses == {200, 429}
    waits = [int(r.headers["Retry-After"]) for status, _, r in found if status == 429]
    assert min(waits) >= 1
