"""A server on this machine for tests of downloads: /KIND/NAME serves a file well or badly."""

import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Loopback(ThreadingHTTPServer):
    """`files` are served by name, `wrong` as /wrong/NAME; /onward/NAME sends on to `onward`.

    `asked` are the paths that were asked for.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.wrong, self.onward, self.asked = {}, b"", "", []

    @property
    def url(self):
        scheme = "https" if isinstance(self.socket, ssl.SSLSocket) else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass  # the client went away


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        _, kind, name = self.path.split("/", 2)
        self.server.asked.append(self.path)
        if kind == "missing":
            self.send_error(404)
            return
        if kind == "onward":
            self.send_response(302)
            self.send_header("Location", self.server.onward)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = self.server.wrong if kind == "wrong" else self.server.files[name]
        self.send_response(200)
        if kind not in ("endless", "unsaid"):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content[: len(content) // 2] if kind == "cut" else content)
            while kind == "endless":
                self.wfile.write(bytes(1 << 16))
        except OSError:
            pass  # the client has had enough

    def log_message(self, *_):
        pass


@contextmanager
def serving(context=None):
    """A server that runs; with an SSL context it speaks https."""
    server = Loopback()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


CERTIFICATE = Path(__file__).with_name("fixtures") / "loopback.pem"


def of_https():
    """The context of a server of https whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextmanager
def saying(first, again=b"", wait=0.0):
    """The address of a server that answers with these bytes, then with others for ever.

    `wait` are the seconds between them.
    """
    over = threading.Event()

    def serve():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                try:
                    client.recv(1 << 16)
                    client.sendall(first)
                    while again and not over.is_set():
                        client.sendall(again)
                        time.sleep(wait)
                    client.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # the client has had enough

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
