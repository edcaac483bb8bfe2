"""The line of requests, and the log: nobody waits for what nobody wants any more."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import warnings
from typing import Any

import pytest
from serving import client_of, form, picture

from papernets.serve import log
from papernets.serve.body import Gone
from papernets.serve.limits import Limits, Refused
from papernets.serve.line import Left, Line, Turn
from papernets.serve.models import Models

PNG = {"Content-Type": "image/png"}


async def never() -> None:
    await asyncio.Event().wait()


async def until_empty(line: Line) -> None:
    while line.held:
        await asyncio.sleep(0.01)


def test_a_late_job_ends_where_it_looks():
    begun = threading.Event()

    def job(turn: Turn) -> None:
        begun.set()
        while True:
            turn.check()

    async def ask() -> None:
        line = Line(Limits(seconds=0.05), 1)
        with pytest.raises(Refused, match="is not answered"):
            await line.done(job, asyncio.get_running_loop().time() + 0.5, never)
        async with asyncio.timeout(20):
            await until_empty(line)

    asyncio.run(ask())
    assert begun.is_set()


def test_the_job_of_a_client_that_has_gone_is_not_begun():
    hold, begun = threading.Event(), []

    async def gone() -> None:
        pass

    async def ask() -> None:
        line = Line(Limits(), 1)
        until = asyncio.get_running_loop().time() + 20
        first = asyncio.ensure_future(line.done(lambda _: hold.wait(20), until, never))
        await asyncio.sleep(0)
        with pytest.raises(Gone):
            await line.done(begun.append, until, gone)
        hold.set()
        assert await first
        await until_empty(line)

    asyncio.run(ask())
    assert begun == []


def test_a_client_that_has_gone_is_told_apart(
    models: Models, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    hold = threading.Event()
    monkeypatch.setattr("papernets.serve.predicting.given", lambda *_: hold.wait(20))
    with client_of(models) as client:
        client.post("/predict", content=picture(1), headers=PNG, leaves=True)
        hold.set()
        text = client.get("/metrics").text
    assert 'papernets_requests_total{route="/predict",status="499"} 1.0' in text
    assert json.loads(capsys.readouterr().err.splitlines()[0])["status"] == 499


def test_no_picture_is_begun_for_whoever_has_left(models: Models):
    model, turn = models.every["lenet5"], Turn()
    reading = model.read([picture(1), picture(2)], Limits(), turn)
    next(reading)
    turn.over = True
    with pytest.raises(Left):
        next(reading)
    with pytest.raises(Left):
        model.answers([picture(1)], 1, Limits(), turn)


class Slow:
    """Stands for stderr: nobody reads it before `read` is set."""

    def __init__(self) -> None:
        self.read = threading.Event()
        self.lines: list[bytes] = []

    def __call__(self, line: bytes) -> None:
        self.read.wait(20)
        self.lines.append(line)


def test_a_log_that_nobody_reads_drops_lines_and_says_how_many(monkeypatch: pytest.MonkeyPatch):
    place = Slow()
    monkeypatch.setattr(log, "_put", place)
    writer = log.Writer(most=50)
    for number in range(20):
        writer.offer(b"%09d\n" % number)
    assert writer.dropped == 15 and not writer.end(0.01)
    place.read.set()
    assert writer.end(20)
    told = [json.loads(line) for line in place.lines if line.startswith(b"{")]
    assert sum(one["lines"] for one in told) == 15
    assert len(place.lines) - len(told) == 5


def test_whatever_is_said_is_a_line_of_json(capsys: pytest.CaptureFixture[str]):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with log.kept():
            warnings.warn("of a library", stacklevel=1)
            logging.getLogger("some.library").warning("an oddity")
            logging.getLogger("python_multipart.multipart").warning("of what a client sent")
            log.write("ready")
    lines: list[Any] = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [one.get("said") for one in lines] == ["of a library", "an oddity", None]


def test_a_request_may_have_four_times_the_pixels_of_a_picture(models: Models):
    with client_of(models, Limits(pixels=10_000)) as client:
        body, heads = form(*[picture(1, (100, 99))] * 5)
        answer = client.post("/predict", content=body, headers=heads)
        assert answer.status_code == 413 and "40,000 pixels together" in answer.json()["error"]
        body, heads = form(*[picture(1, (100, 99))] * 4)
        assert client.post("/predict", content=body, headers=heads).status_code == 200
