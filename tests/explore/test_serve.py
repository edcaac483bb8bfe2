"""papernets explore --serve and papernets.explore: a page for this machine, or for a notebook."""

from __future__ import annotations

import html
import http.client
import os
import re
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from explore_page import browser

import papernets
from papernets.cli import main
from papernets.explore import serve
from papernets.explore.serve import address, server


def asked(port: int, path: str, host: str = "", method: str = "GET") -> tuple[int, bytes]:
    """A server's answer: its status and what it sends."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_only_the_page_is_served_and_only_here(monkeypatch, capsys):
    made = server("<p>é</p>")
    assert made.server_address[0] == "127.0.0.1"
    assert address(made) == f"http://127.0.0.1:{made.server_port}/"
    with made:
        Thread(target=made.serve_forever, daemon=True).start()
        port = made.server_port
        assert asked(port, "/") == (200, "<p>é</p>".encode())
        assert asked(port, "/", method="HEAD") == (200, b"")
        for path in ("/index.html", "/../etc/passwd", "/%2e%2e/", "/?a"):
            assert asked(port, path)[0] == 404, path
        assert asked(port, "/", f"elsewhere.example:{port}")[0] == 404
        assert asked(port, "/", f"localhost:{port}")[0] == 200
        assert asked(port, "/", "localhost")[0] == 404
        monkeypatch.setattr(serve, "USUAL", port)  # 80, which browsers do not name
        assert asked(port, "/", "localhost")[0] == 200
        gone = socket.create_connection((made.server_address[0], port))
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.sendall(b"GET / HTTP/1.0\r\n")
        gone.close()  # it is reset
        assert asked(port, "/", f"localhost:{port}")[0] == 200
        made.shutdown()
    assert capsys.readouterr().err == ""


def test_it_is_served_until_ctrl_c():
    words = ["explore", "--only", "lenet1", "--serve", "--no-browser"]
    started = subprocess.Popen(
        [sys.executable, "-m", "papernets", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    with started:
        assert started.stdout is not None and started.stderr is not None
        line = started.stdout.readline()
        port = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", line)
        assert port, started.stderr.read()
        status, body = asked(int(port[1]), "/")
        assert status == 200 and b"Papernets explorer" in body
        assert main([*words, "--port", port[1]]) == 2  # it is taken
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=60)
    assert started.returncode == 130
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--serve", "-o", "a.html"], "--serve writes no file: leave out -o"),
        (["--port", "80"], "--port and --no-browser are for --serve: add it"),
    ],
)
def test_flags_that_do_not_go_together(words: list[str], said: str, capsys):
    assert main(["explore", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_network_for_a_notebook():
    """A frame without an origin of its own; names in it are escaped."""
    net = papernets.net("lenet1")
    shown = papernets.explore(net, "lenet1")
    assert shown.names == ("lenet1", "lenet1 (2)")
    markup = shown._repr_html_()
    assert markup.startswith("<iframe title=") and markup.endswith("</iframe>")
    assert markup.count("<") == 2 and 'sandbox="allow-scripts"' in markup
    found = re.search(r'srcdoc="([^"]*)"', markup)
    assert found and html.unescape(found[1]) == shown.page
    assert "0.3 MB" in repr(shown) or "0.2 MB" in repr(shown)
    for wrong, words in (((), "no network is given"), (("lenet55",), "Did you mean")):
        with pytest.raises(ValueError, match=words):
            papernets.explore(*wrong)
    with pytest.raises(TypeError, match="not a int"):
        papernets.explore(5)


@pytest.mark.slow
def test_it_works_in_a_frame(tmp_path: Path):
    """Links, layers, and the engine, where the page has neither an origin nor an address."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if browser() is None:
        pytest.skip("no Chromium is installed")
    file = tmp_path / "notebook.html"
    file.write_text(f"<!DOCTYPE html>{papernets.explore('lenet5')._repr_html_()}", "utf-8")
    wrong: list[str] = []
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = opened.new_context(offline=True).new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda one: one.type == "error" and wrong.append(one.text))
        page.goto(file.as_uri())
        frame = page.frame_locator("iframe")
        frame.locator("#drawing g.row").nth(1).click()
        frame.locator("#place").wait_for()
        frame.locator("nav >> text=Draw a digit").click()
        frame.locator("#map-C3-5").click()
        frame.locator(".maps button.lit").nth(2).wait_for()
        assert frame.locator(".answer b").inner_text() == "4"
        opened.close()
    assert wrong == []
