"""The server under load, attack and odd pictures: limits hold, and others are served."""

from __future__ import annotations

import resource
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import numpy as np
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


def damaged(content: bytes, draws: np.random.Generator) -> bytes:
    """A picture file spoilt in one of several ways."""
    spoilt = bytearray(content)
    way = draws.integers(7)
    if way == 0:
        return bytes(spoilt[: draws.integers(1, len(spoilt))])
    if way == 1:
        for at in draws.integers(0, len(spoilt), 1 + len(spoilt) // 100):
            spoilt[at] = draws.integers(256)
    elif way == 2:  # its head, where sizes and kinds stand
        for at in draws.integers(0, min(64, len(spoilt)), 4):
            spoilt[at] = draws.integers(256)
    elif way == 3:
        at, size = draws.integers(0, len(spoilt)), draws.integers(1, 500)
        del spoilt[at : at + size]
    elif way == 4:
        at = draws.integers(0, len(spoilt))
        spoilt[at:at] = draws.bytes(draws.integers(1, 500))
    elif way == 5:
        at = draws.integers(0, len(spoilt))
        spoilt[at : at + 8] = b"\xff" * 8
    else:
        return draws.bytes(draws.integers(1, 3000))
    return bytes(spoilt)


def pictures_to_spoil() -> list[bytes]:
    """Small files of each kind that Pillow writes, of several modes."""
    from io import BytesIO

    from PIL import Image

    drawn = Image.open(BytesIO(picture(3, (64, 48))))
    found = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA", "PCX", "SGI"):
        for mode in ("RGB", "L", "P", "RGBA", "1", "CMYK", "I;16"):
            held = BytesIO()
            try:
                drawn.convert("L" if mode == "I;16" else mode).convert(mode).save(held, kind)
            except (OSError, ValueError, KeyError):
                continue  # this kind has no such mode
            found.append(held.getvalue())
    return found


def test_damaged_hostile_and_odd_pictures_get_a_label_or_a_reason(shared_data: Path):
    draws = np.random.default_rng(1800)
    files = pictures_to_spoil()
    photos = sorted((shared_data / "ants-bees").rglob("*.jpg"))[:6]
    files += [one.read_bytes() for one in photos]
    assert len(files) > 30
    found: dict[int, int] = {}
    with server("lenet5", "resnet20") as running:
        for at in range(1800):
            spoilt = damaged(files[at % len(files)], draws)
            model = ("lenet5", "resnet20")[at % 2]
            status, told, _ = running.ask("POST", f"/predict?model={model}&top=1", spoilt)
            assert status == 200 or 400 <= status < 500, (at, status, told)
            said = told["predictions"][0]["label"] if status == 200 else told["error"]
            assert said and "0x" not in said and "/" not in said.replace("/2", ""), (at, said)
            found[status] = found.get(status, 0) + 1
        assert min(found[200], found[422]) > 100, found
        well(running)
