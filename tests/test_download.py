"""Downloads from a server on this machine: whole, or an error in a few words."""

import hashlib
import io
import os

import pytest
from loopback import CERTIFICATE, of_https, serving

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
    with pytest.raises(Failed, match="302"):
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


def test_checksums(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    assert digest_of(path, "sha256") == hashlib.sha256(CONTENT).hexdigest()
    assert digest_of(path, "md5") == hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
