"""`papernets serve` under 200 clients, beside the same network under a plain FastAPI handler.

    python benchmarks/serve.py [--bundle resnet20] [--data DIR] [--clients 200] [--seconds 60]
                               [--rounds 1]

Each client has one open connection and asks again as soon as it is answered. It sends JPEGs of
mixed sizes as a form: the photographs of --data, or drawn ones from 64 to 1,600 pixels wide. The
plain handler is what one writes in ten lines: Pillow decodes and resizes, the network in
evaluation mode answers, in FastAPI's own threads, under uvicorn as it comes. Sides take turns; each
is asked for --seconds after 5 that are not counted, by a process of its own on the same cores.

The last line has the ratios plain/ours of the 50th, 95th and 99th percentile of latency (goal 1),
the share of requests that no error of the server (5xx, or a lost connection) met (goal 1), and
ours' memory early in the run over its end (goal 0.95). Below a goal the exit code is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from timing import machine, print_machine, verdict

WARM, SETTLED = 5.0, 15.0
SIZES = (64, 160, 320, 640, 1024, 1600)
EDGE = "edge-of-a-part"


@dataclass
class Result:
    """What one side did: latencies in seconds, statuses (0: a lost connection), memory."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: tuple[int, int] = (1, 1)

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.latencies, share))

    @property
    def faults(self) -> int:
        return sum(n for status, n in self.statuses.items() if status == 0 or status >= 500)


def pictures(folder: str) -> list[bytes]:
    """JPEG files: of a folder, or drawn ones of mixed sizes."""
    if folder:
        found = sorted(Path(folder).rglob("*.jpg"))[:60]
        if not found:
            raise SystemExit(f"{folder} has no .jpg")
        return [one.read_bytes() for one in found]
    from PIL import Image

    draws, made = np.random.default_rng(0), []
    for width in SIZES:
        small = draws.integers(0, 256, (width // 16, width // 12, 3), np.uint8)
        held = io.BytesIO()
        Image.fromarray(small).resize((width, width * 3 // 4)).save(held, "JPEG", quality=90)
        made.append(held.getvalue())
    return made


def request(content: bytes) -> bytes:
    """A whole request with one picture in a form."""
    body = (
        f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode() + content
    body += f"\r\n--{EDGE}--\r\n".encode()
    head = (
        "POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: multipart/form-data; boundary={EDGE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def answered(reader: asyncio.StreamReader) -> int:
    """The status of one answer, which is read to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def client(port: int, asks: list[bytes], first: int, until: float, result: Result) -> None:
    """One client, from picture number `first` on, until the clock says so."""
    at, writer = first, None
    while (began := time.perf_counter()) < until:
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(asks[at % len(asks)])
            status = await answered(reader)
        except (OSError, asyncio.IncompleteReadError):
            status = 0
            if writer is not None:
                writer.close()
            writer = None
        ended = time.perf_counter()
        at += 1
        if began > until - result.seconds:
            result.statuses[status] += 1
            result.latencies.append(ended - began)
        if status in (0, 429, 503):
            await asyncio.sleep(0.1)
    if writer is not None:
        writer.close()


async def load(port: int, pid: int, asks: list[bytes], clients: int, seconds: float) -> Result:
    """All clients at once."""
    result, began = Result(seconds), time.perf_counter()
    until = began + WARM + seconds
    each = [asyncio.create_task(client(port, asks, at, until, result)) for at in range(clients)]
    await asyncio.sleep(min(SETTLED, WARM + seconds / 2))
    early = resident(pid)
    await asyncio.sleep(max(0.0, until - time.perf_counter() - 0.5))
    result.memory = early, resident(pid)
    await asyncio.gather(*each)
    return result


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def plain(bundle: str) -> None:
    """The plain handler, as a process: its port is its first line."""
    import socket

    import torch
    import uvicorn
    from fastapi import FastAPI, UploadFile
    from PIL import Image

    import papernets

    predictor = papernets.load(bundle)
    model, classes, eyes = predictor.model, predictor.classes, predictor.preprocessing
    low = torch.tensor(eyes.low).reshape(-1, 1, 1)
    span = torch.tensor(eyes.high).reshape(-1, 1, 1) - low
    app = FastAPI()

    def predict(file: UploadFile) -> dict[str, Any]:
        image = Image.open(file.file).convert("RGB" if eyes.channels == 3 else "L")
        image = image.resize((eyes.width, eyes.height))
        pixels = np.asarray(image, np.float32).reshape(eyes.height, eyes.width, -1)
        x = torch.from_numpy(pixels.transpose(2, 0, 1).copy()) / 255 * span + low
        with torch.inference_mode():
            scores = model(x[None]).softmax(1)[0]
        best = scores.topk(3)
        return {
            "predictions": [
                {"label": classes[at], "score": value}
                for value, at in zip(best.values.tolist(), best.indices.tolist(), strict=True)
            ]
        }

    predict.__annotations__["file"] = UploadFile  # FastAPI does not see what is imported here
    app.post("/predict")(predict)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def measured(words: list[str], asks: list[bytes], clients: int, seconds: float) -> Result:
    """One side: started, asked, ended."""
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.rpartition(":")[2])
        try:
            return asyncio.run(load(port, process.pid, asks, clients, seconds))
        finally:
            process.terminate()


def told(name: str, result: Result) -> str:
    milliseconds = [f"{1000 * result.percentile(p):,.0f}" for p in (50, 95, 99)]
    early, late = (size / 2**20 for size in result.memory)
    return (
        f"{name}: {len(result.latencies) / result.seconds:,.1f} answers a second; p50, p95, p99 "
        f"{', '.join(milliseconds)} ms; statuses {dict(sorted(result.statuses.items()))}; memory "
        f"{early:,.0f} MB early, {late:,.0f} MB at the end"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", default="resnet20")
    parser.add_argument("--data", default="")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.plain:
        plain(args.bundle)
        return
    print_machine(machine(0))
    files = pictures(args.data)
    sizes = [len(one) / 1024 for one in files]
    print(
        f"{args.bundle}: {args.clients} clients, {args.seconds:g} s, {len(files)} pictures of "
        f"{min(sizes):,.0f} to {max(sizes):,.0f} KB"
    )
    asks = [request(one) for one in files]
    ours = [sys.executable, "-m", "papernets", "serve", args.bundle, "--port", "0"]
    theirs = [sys.executable, __file__, "--bundle", args.bundle, "--plain"]
    rounds = []
    for at in range(args.rounds):
        sides = [("papernets serve", ours), ("plain FastAPI", theirs)]
        pair = {}
        for name, words in sides if at % 2 == 0 else reversed(sides):
            pair[name] = measured(words, asks, args.clients, args.seconds)
            print(told(name, pair[name]), flush=True)
            if not pair[name].statuses[200]:
                raise SystemExit(f"{name} answered nothing well")
        rounds.append((pair["papernets serve"], pair["plain FastAPI"]))
    reached = {
        f"p{p}": statistics.median(b.percentile(p) / a.percentile(p) for a, b in rounds)
        for p in (50, 95, 99)
    }
    reached["no fault"] = min(1 - a.faults / max(len(a.latencies), 1) for a, _ in rounds)
    reached["memory"] = min(a.memory[0] / a.memory[1] for a, _ in rounds)
    verdict(reached, {"p50": 1.0, "p95": 1.0, "p99": 1.0, "no fault": 1.0, "memory": 0.95})


if __name__ == "__main__":
    main()
