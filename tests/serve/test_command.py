"""`papernets serve` as a process: its first line, its end, and what it refuses to begin."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import PACKAGES, Running, picture, server

from papernets.cli import main
from papernets.serve import run
from papernets.serve.models import names_of

for _name in PACKAGES:
    pytest.importorskip(_name, reason="pip install 'papernets[web]'")


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A server; SIGTERM ends it with 143, and its log is whole."""
    with server("lenet5", "--max-bytes", "100000") as found:
        yield found
        found.ask("GET", "/v2", headers={"X-Request-Id": "the-last"})
        found.process.send_signal(signal.SIGTERM)
        assert found.process.wait(60) == 143
    lines = [json.loads(line) for line in found.log]
    assert lines[0]["event"] == "ready"
    assert (lines[-2]["id"], lines[-1]["event"]) == ("the-last", "ended")
    assert lines[-1]["signal"] == signal.SIGTERM


def test_the_first_line_is_the_address_and_it_answers(running: Running):
    status, told, response = running.ask("POST", "/predict?top=1", picture(1))
    assert status == 200 and told["model"] == "lenet5"
    assert response.headers["X-Request-Id"]
    assert running.ask("GET", "/v2/health/ready")[0] == 200


def test_a_body_that_is_too_large_is_cut_and_told(running: Running):
    """By its length at once; without a length where the limit is reached."""
    status, told, response = running.ask("POST", "/predict", bytes(1 << 20))
    assert status == 413 and "more than the 100,000 bytes" in told["error"]
    assert response.headers["Connection"] == "close"
    status, _, _ = running.ask("POST", "/predict", (bytes(1 << 14) for _ in range(64)))
    assert status == 413


def test_what_is_not_http_gets_an_answer(running: Running):
    with socket.create_connection(("127.0.0.1", running.port), 20) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        said = client.recv(1 << 16)
    assert said.startswith(b"HTTP/1.1 400 ") and b'{"error": ' in said


def test_a_port_in_use(running: Running, capsys: pytest.CaptureFixture[str]):
    assert main(["serve", "lenet5", "--port", str(running.port)]) == 2
    assert f"port {running.port} of 127.0.0.1 is in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "name what is served"),
        (["lenet5", "lenet5"], 2, "two models would be called lenet5"),
        (["lenet5", "--host", "0.0.0.0"], 2, "can be reached from other machines"),
        (["lenet5", "--insecure", "--token-file", "x"], 2, "give one of them"),
        (["lenet5", "--token-file", "nothing/here"], 2, "nothing/here"),
        (["lenet5", "--host", "192.0.2.1", "--insecure"], 2, "Give an address of this machine"),
        (["no_such_network"], 1, "no_such_network"),
        (["lenet5", "--runtime", "auto"], 2, "auto is for predict and evaluate"),
        (["a="], 2, "give a bundle behind the ="),
    ],
)
def test_what_is_refused(
    words: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["serve", *words]) == code
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_token_file_that_all_can_read_or_that_is_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "token"
    file.write_text("0123456789abcdef\n")
    file.chmod(0o644)
    words = ["serve", "lenet5", "--host", "0.0.0.0", "--token-file", str(file)]
    assert main(words) == 2
    assert f"chmod 600 {file}" in capsys.readouterr().err
    file.chmod(0o600)
    file.write_text("short\n")
    assert main(words) == 2
    assert "16 to 512 characters" in capsys.readouterr().err


def test_a_damaged_bundle_and_a_damaged_evaluation(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    bundle = shutil.copytree(trained, tmp_path / "mine")
    (bundle / "evaluation.json").write_text('{"classes": 1}')
    assert main(["serve", str(bundle)]) == 1
    assert "not what evaluate --json writes" in capsys.readouterr().err
    (bundle / "bundle.json").write_text("{")
    assert main(["serve", str(bundle)]) == 1
    assert "is not JSON" in capsys.readouterr().err


def test_a_package_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(run, "PACKAGES", ("python_multipart_of_nobody",))
    assert main(["serve", "lenet5"]) == 1
    said = "serve needs python-multipart-of-nobody: pip install 'papernets[web]'"
    assert said in capsys.readouterr().err


def test_what_models_are_called(trained: Path, tmp_path: Path):
    run_folder = tmp_path / "my run+1"
    shutil.copytree(trained, run_folder / "best")
    assert names_of([str(run_folder), "digits=lenet5", "lenet1"]) == {
        "my-run-1": str(run_folder),
        "digits": "lenet5",
        "lenet1": "lenet1",
    }


def test_the_figures_of_a_class(trained: Path, tmp_path: Path):
    import torch

    from papernets.serve.models import served

    bundle = shutil.copytree(trained, tmp_path / "mine")
    rows = [{"name": "3", "error": 0.125, "images": 8}, {"name": "4", "error": None, "images": 0}]
    text = json.dumps({"classes": rows, "error": 0.1, "images": 9, "interval": [0.01, 0.3]})
    (bundle / "evaluation.json").write_text(text)
    figures = served("mine", str(bundle), torch.device("cpu")).figures.to_dict()
    assert figures["classes"] == {"3": {"error": 0.125, "images": 8}}
    assert figures["interval"] == [0.01, 0.3]
