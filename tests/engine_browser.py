"""Code run in a real Chromium, which tells what it found to a server of this process."""

from __future__ import annotations

import json
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from papernets.explore.engine.page import script

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 240
"""Seconds after which a page is not waited for any longer."""
PLAIN = "<!DOCTYPE html><meta charset=utf-8><script>{script}window.Engine = Engine;</script>"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0")
TELL = """
<script type="text/json" id="given">{data}</script>
<script type=module>
const work = async (given) => {{
{code}
}};
const given = JSON.parse(document.getElementById("given").textContent);
const found = await work(given).catch((error) => "error: " + error.stack);
await fetch("/found", {{method: "POST", body: JSON.stringify(found)}});
</script>
"""


def in_browser(code: str, given: Any, folder: Path) -> Any:
    """What a function's body `code` makes of `given` in Chromium, as JSON, behind the engine."""
    browser = next((found for name in NAMES if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("Chromium is not here: it opens the page")
    data = json.dumps(given).replace("<", "\\u003c")
    whole = PLAIN.format(script=script()) + TELL.format(data=data, code=code)
    told: Queue[bytes] = Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(whole.encode(), told))
    Thread(target=server.serve_forever, daemon=True).start()
    words = [browser, *FLAGS, f"--user-data-dir={folder}/profile"]
    address = f"http://127.0.0.1:{server.server_port}/"
    with subprocess.Popen(
        [*words, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as opened:
        try:
            found = json.loads(told.get(timeout=PATIENCE))
        except Empty:
            raise AssertionError("the page said nothing") from None
        finally:
            opened.terminate()
            server.shutdown()
            server.server_close()
    assert not str(found).startswith("error: "), found
    return found


def _handler(page: bytes, told: Queue[bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            own = self.path == "/"
            self.send_response(200 if own else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page if own else b"")

        def do_POST(self) -> None:
            told.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    return Handler
