"""Downloads from a server on this machine: whole, or an error in a few words."""

import hashlib
import io
import itertools
import os
import re

import pytest
from loopback import CERTIFICATE, of_https, saying, serving

from papernets import download as module
from papernets.download import Failed, digest_of, download

CONTENT = os.urandom(200_000)


@pytest.fixture(autouse=True)
def direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server():
    with serving() as one:
        one.files["file"] = CONTENT
        yield one


def got(url, most=1 << 20, progress=None):
    file = io.BytesIO()
    download(url, file, most, progress)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["good", "unsaid"])
def test_the_bytes_come(server, kind):
    seen = []
    assert got(f"{server.url}/{kind}/file", progress=lambda *step: seen.append(step)) == CONTENT
    assert seen[-1] == ("file", len(CONTENT), len(CONTENT) if kind == "good" else None)


@pytest.mark.parametrize(
    ("kind", "most", "words"),
    [
        ("missing", 1 << 20, "the server answers 404 Not Found"),
        ("cut", 1 << 20, "broke off after 100,000"),
        ("good", 1 << 17, "more than 0 MiB: not the file that was asked for"),
        ("endless", 1 << 20, "more than 1 MiB: not the file that was asked for"),
    ],
)
def test_what_went_wrong(server, kind, most, words):
    with pytest.raises(Failed, match=words):
        got(f"{server.url}/{kind}/file", most)


def test_a_file_that_says_it_is_too_large_is_not_begun(server):
    file = io.BytesIO()
    with pytest.raises(Failed, match="more than"):
        download(f"{server.url}/good/file", file, len(CONTENT) - 1)
    assert file.getvalue() == b""


def test_nobody_answers():
    with pytest.raises(Failed, match="refused"):
        got("http://127.0.0.1:1/file")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/etc/passwd"])
def test_other_addresses(url):
    with pytest.raises(Failed, match="not an address of http or https"):
        got(url)


def test_a_redirect_to_the_same_kind_of_address_is_followed(server):
    server.onward = f"{server.url}/good/file"
    assert got(f"{server.url}/onward/file") == CONTENT
    assert server.asked == ["/onward/file", "/good/file"]


@pytest.mark.parametrize("onward", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x"])
def test_a_redirect_to_another_kind_is_not(server, onward):
    server.onward = onward
    with pytest.raises(Failed, match=r"sends on to|not allowed"):
        got(f"{server.url}/onward/file")


def test_redirects_in_a_circle_end(server):
    server.onward = f"{server.url}/onward/file"
    with pytest.raises(Failed, match=r"^the server sends on and on \(302\)$"):
        got(f"{server.url}/onward/file")


def test_a_certificate_that_nobody_vouches_for():
    with serving(of_https()) as server:
        server.files["file"] = CONTENT
        with pytest.raises(Failed, match="CERTIFICATE_VERIFY_FAILED"):
            got(f"{server.url}/good/file")
        assert server.asked == []


def test_https_is_not_left_for_http(server, monkeypatch):
    """With a certificate that is vouched for, the file comes; the way back to http is not gone."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serving(of_https()) as safe:
        safe.files["file"] = CONTENT
        assert got(f"{safe.url}/good/file") == CONTENT
        safe.onward = f"{server.url}/good/file"
        with pytest.raises(Failed, match=r"sends on to 'http://127\.0\.0\.1:\d+/good/file'"):
            got(f"{safe.url}/onward/file")
        assert server.asked == []
        server.onward = f"{safe.url}/good/file"
        assert got(f"{server.url}/onward/file") == CONTENT


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ONWARD = b"HTTP/1.1 302 Found\r\nLocation: /more\r\n\r\n"


@pytest.fixture
def patient(monkeypatch):
    """A clock on which each wait for bytes takes ten seconds."""
    ticks = itertools.count(step=10)
    monkeypatch.setattr(module, "clock", lambda: next(ticks))


@pytest.mark.parametrize(
    ("first", "again", "words"),
    [
        (b"HTTP/1.1 ", b"2", "has not begun the file after 70 s"),
        (OK + b"X: ", b"x", "has not begun the file after 70 s"),
        (ONWARD, b"x", "has not begun the file after 70 s"),
        (OK + b"\r\n", b"x", r"broke off after 0 bytes: too slow: \d bytes in 70 s, and 65,536 a"),
        (CHUNKED + b"4\r\nfour\r\n0\r\n", b"x", "too slow"),
    ],
    ids=["status", "head", "redirect", "file", "trailer"],
)
def test_a_server_that_is_too_slow(patient, first, again, words):
    with saying(first, again, wait=0.002) as url, pytest.raises(Failed, match=words):
        got(f"{url}/file")


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (CHUNKED + b"4\r\nfour\r\n0\r\n", b"A: trailer\r\n"),
        (ONWARD, bytes(1000)),
    ],
    ids=["continue", "trailers", "redirect"],
)
def test_a_server_that_never_ends_and_sends_no_file(first, again):
    with saying(first, again * 50) as url, pytest.raises(Failed, match="sends on and on"):
        got(f"{url}/file")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (CHUNKED + b"-5\r\nfive", r"broke off after 0 bytes: the server's answer cannot be read"),
        (CHUNKED + b"f" * 99 + b"\r\n", "broke off after 0 bytes: .*"),
        (CHUNKED + b"pig\r\n", "broke off after 0 bytes: .*"),
        (OK + b"Content-Length: 9\r\n\r\nx", "broke off after 1 of 9 bytes"),
        (
            b"HTTP/1.1 404 " + b"no " * 999 + b"\r\n\r\n",
            r"the server answers 404 (no )+.{0,3}\.\.\.",
        ),
        (b"SSH-2.0 hello" * 99 + b"\r\n", "SSH-2.0.*"),
        (b"HTTP/1.1 302 F\r\nLocation: http://[x/\r\n\r\n", "the server's answer cannot.*"),
        (b"HTTP/1.1 302 F\r\nLocation: http://a b/\r\n\r\n", ".+"),
        (OK + b"X: " + b"x" * 70_000 + b"\r\n", ".+"),
        (b"", ".+"),
    ],
)
def test_an_answer_that_is_none(answer, words):
    with saying(answer) as url, pytest.raises(Failed) as raised:
        got(f"{url}/file")
    said = str(raised.value)
    assert re.fullmatch(words, said) or re.match(words, said), said
    assert len(said) < 240 and "\n" not in said


def test_checksums(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    assert digest_of(path, "sha256") == hashlib.sha256(CONTENT).hexdigest()
    assert digest_of(path, "md5") == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
