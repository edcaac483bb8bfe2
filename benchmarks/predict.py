"""Answers beside ONNX Runtime, OpenVINO and torchvision, with the same weights on the same cores:
python benchmarks/predict.py [--data DIR] [--threads N] [--rounds 9] [--batches 1 8]
[--only NAME ...] [--no-files] [--json]

Ours are the optimised form by torch, which is the default, and in the runtimes that `--runtime`
takes; `auto` is the one that its own measurement chooses, before the clock runs. The others are
torchvision's network (timm's MobileNet) eager in channels_last, and exported by torch.onnx, at the
very size of the batch, in ONNX Runtime and in OpenVINO, which is pinned to float32. All take
turns, whose first two calls are not counted; ONNX Runtime's threads leave the cores after each call
on both sides. Before the clock runs all must give the same logits to 1e-5 of the largest. A ratio
is how many times as fast ours is: the median of the rounds and their middle half. "of peak" is
how many multiply-adds a second `auto`'s choice makes, as a share of those in a product of two
2,048 x 2,048 matrices by oneDNN, which is about what the cores can do.

With --data DIR batches are made of the pictures below it, otherwise of noise; and the JPEG files
below it go from files to labels, by `predict` to stdout and by `predict -o`: pictures a second as a
share of 1 / (seconds to read + seconds of the network), each on all threads.

The last line has `auto`'s ratios with their goals; below one the exit code is 1."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from forward import SIDES, installed, peers_own
from peer_vision import pictures
from timing import inner, machine, print_machine, take_all, verdict
from torch import Tensor, nn

import papernets
from papernets.bulk.job import AHEAD, Job, run
from papernets.bundle.info import BundleInfo
from papernets.bundle.load import Bundle
from papernets.deploy.onnx_file import still
from papernets.evaluate.ahead import read_ahead
from papernets.evaluate.predict import Source, predict
from papernets.evaluate.steady import steady
from papernets.machine import keep_memory
from papernets.run.packed import dense
from papernets.runtimes import OTHERS
from papernets.runtimes.choose import runtime_of
from papernets.runtimes.engines import ENGINES
from papernets.runtimes.runtime import Runtime
from papernets.spec import totals, walk

NETWORKS = (
    *("resnet18", "resnet50", "googlenet", "mobilenetv1_100", "vgg16", "alexnet"),
    "inception_v3",
)
INCEPTION = ("googlenet", "inception_v3")
RUNTIME, RUNTIME_INCEPTION = 1.0, 1.1
EAGER, EAGER_MOBILE, EAGER_LARGE = 1.4, 2.3, 1.1
FILES = 0.9
AGREE = 1e-5
READ = ("resnet18", "mobilenetv1_100")
"""Networks that go from files to labels: one that computes long, one that reads as long."""


def eager_goal(name: str, batch: int) -> float:
    """How many times as fast as eager torchvision ours is to be."""
    if name.startswith("mobilenet"):
        return EAGER_MOBILE
    large = name in ("vgg16", "alexnet") or (name == "resnet18" and batch == 8)
    return EAGER_LARGE if large else EAGER


def bundle_for(model: nn.Module, name: str) -> Bundle:
    """A network in memory, as `load_bundle` would give it."""
    net: Any = model.net
    eyes = {"picture": list(net.input[1:]), "kind": "photo", "low": [0.0], "high": [1.0]}
    eyes |= {"channels": 3, "height": net.input[1], "width": net.input[2]}
    names = tuple(f"class {at}" for at in range(net.classes))
    info = BundleInfo(name, names, net.input, eyes)
    return Bundle(info, model.eval(), Path(f"(the weights of {name})"))


def peers_file(model: nn.Module, x: Tensor) -> bytes:
    """The peer's network as a user exports it, for batches of this size."""
    with still(), torch.no_grad():
        made = torch.onnx.export(model, (x,), dynamo=True, verbose=False)
    assert made is not None
    content: bytes = made.model_proto.SerializeToString()
    return content


def calls_of(
    bundle: Bundle, peer: nn.Module, x: Tensor, threads: int
) -> tuple[dict[str, Callable[[], Any]], str]:
    """Every contestant by its name, and which of ours `auto` chooses."""
    last = x.contiguous(memory_format=torch.channels_last)
    form = papernets.optimised(bundle.model)
    given, content = x.numpy(), peers_file(peer, x)
    wide = peer.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    calls: dict[str, Callable[[], Any]] = {"torch": lambda: form(x)}
    for name in OTHERS:
        calls[name] = partial(Runtime(name, threads)(bundle), x)
    calls["eager"] = lambda: wide(last)
    for name in OTHERS:
        calls[f"peer {name}"] = partial(ENGINES[name](content, threads), given)
    found = runtime_of(bundle, "auto", len(x))
    return calls, "torch" if found is None else found.name


def peak() -> float:
    """Multiply-adds a second in a product of large matrices, the best of some."""
    side = 2048
    x = torch.randn(side, side)
    layer = dense(nn.Linear(side, side, bias=False).requires_grad_(False), side)
    best = float("inf")
    with torch.inference_mode():
        for _ in range(20):
            start = time.perf_counter()
            layer(x, None)
            best = min(best, time.perf_counter() - start)
    return side**3 / best


def check(calls: dict[str, Callable[[], Any]], name: str) -> None:
    """SystemExit where one does not answer as the others."""
    with torch.inference_mode():
        answers = {who: torch.as_tensor(call()) for who, call in calls.items()}
    own = answers["torch"]
    for who, answer in answers.items():
        error = float((answer - own).abs().max() / own.abs().max())
        if not error <= AGREE:
            raise SystemExit(f"{name}, {who}: logits differ by {error:.1e} of the largest")


def row_of(
    name: str, batch: int, times: dict[str, Sequence[float]], auto: str, macs: int, most: float
) -> dict[str, Any]:
    """A network's ratios, round by round, its median milliseconds, and its share of the peak."""
    runtimes = [times[f"peer {other}"] for other in OTHERS]
    best = min(runtimes, key=statistics.median)

    def ratios(other: Sequence[float], own: Sequence[float]) -> list[float]:
        return [b / a for a, b in zip(own, other, strict=True)]

    return {
        "name": name,
        "batch": batch,
        "auto": auto,
        "of_peak": macs * batch / statistics.median(times[auto]) / most,
        "ms": {who: statistics.median(each) * 1e3 for who, each in times.items()},
        "torch_to_runtime": ratios(best, times["torch"]),
        "torch_to_eager": ratios(times["eager"], times["torch"]),
        "auto_to_runtime": ratios(best, times[auto]),
        "auto_to_eager": ratios(times["eager"], times[auto]),
    }


def networks(given: argparse.Namespace, told: bool) -> list[dict[str, Any]]:
    """Time every network at every size."""
    modules, rows, most = installed(("torchvision", "timm")), [], peak()
    for name in given.only:
        peer = "timm" if name.startswith("mobilenet") else "torchvision"
        theirs = peers_own(modules[peer], peer, name).eval()
        bundle = bundle_for(papernets.from_peer(peer, name, theirs.state_dict()), name)
        for batch in given.batches:
            x = pictures(given.data, batch, SIDES.get(name, 224))
            calls, auto = calls_of(bundle, theirs, x, given.threads)
            check(calls, name)
            with torch.inference_mode():
                laps = take_all(list(calls.values()), given.rounds, 0.1, warm=2)
            times = dict(zip(calls, (clock for clock, _ in laps), strict=True))
            macs = totals(walk(bundle.model.net)).macs  # type: ignore[arg-type]
            rows.append(row := row_of(name, batch, times, auto, macs, most))
            if told:
                print_row(row)
    return rows


def print_row(row: dict[str, Any]) -> None:
    """One network at one size: what each took, and ours beside the better runtime and eager."""
    ms = row["ms"]
    took = " ".join(f"{ms[who]:9.1f}" for who in ms)
    keys = ("torch_to_runtime", "torch_to_eager", "auto_to_runtime", "auto_to_eager")
    ratios = " ".join(f"{inner(row[key]):>20}" for key in keys)
    print(
        f"{row['name']:16}{row['batch']:3} {took} {ratios}  {row['auto']} {row['of_peak']:.0%}",
        flush=True,
    )


def files(given: argparse.Namespace, name: str) -> dict[str, Any]:
    """From files to labels, as a share of 1 / (seconds to read + seconds of the network)."""
    paths = sorted(
        path for path in given.data.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg")
    )[: given.files]
    modules, peer = installed(("torchvision", "timm")), "torchvision"
    peer = "timm" if name.startswith("mobilenet") else peer
    theirs = peers_own(modules[peer], peer, name)
    bundle = bundle_for(papernets.from_peer(peer, name, theirs.state_dict()), name)
    bundle = replace(bundle, runtime=runtime_of(bundle, given.runtime, 8))
    given_sources = [Source(str(path), str(path)) for path in paths]
    eyes = steady(bundle)
    named = [Named(source) for source in given_sources]
    ready = [(one.source, read) for one, read in read_ahead(named, eyes.asked.eyes, AHEAD)]

    def reading() -> None:
        for _ in read_ahead(named, eyes.asked.eyes, AHEAD):
            pass

    def network() -> None:
        eyes.answers(ready)

    def to_stdout() -> None:
        list(predict(bundle, iter(given_sources)))

    def to_file() -> None:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "answers.jsonl")
            list(run(Job(bundle, [str(given.data)], lambda: iter(given_sources), out)))

    calls = (reading, network, to_stdout, to_file)
    laps: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for at in range(given.rounds):
        order = range(len(calls)) if at % 2 == 0 else reversed(range(len(calls)))
        for which in order:
            start = time.perf_counter()
            calls[which]()
            laps[which].append(time.perf_counter() - start)
    read, net, out, file = laps
    runtime = "torch" if bundle.runtime is None else bundle.runtime.name
    return {
        "name": name,
        "runtime": runtime,
        "pictures": len(paths),
        "rate": {
            who: len(paths) / statistics.median(each)
            for who, each in zip(("read", "network", "stdout", "file"), laps, strict=True)
        },
        "stdout": [(a + b) / c for a, b, c in zip(read, net, out, strict=True)],
        "file": [(a + b) / c for a, b, c in zip(read, net, file, strict=True)],
    }


class Named:
    """A picture to be read."""

    def __init__(self, source: Source):
        self.source = source


def main() -> None:
    """Time every network, then files; say which goals are missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--only", nargs="*", default=list(NETWORKS), help="the peers' own names")
    parser.add_argument("--data", type=Path, help="a folder of pictures, to take instead of noise")
    parser.add_argument("--no-files", action="store_true", help="leave the files out")
    parser.add_argument("--files", type=int, default=200, help="how many files go to labels")
    parser.add_argument("--runtime", default="torch", help="what answers for files")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    keep_memory()  # as the command line does; all contestants gain by it
    found: dict[str, Any] = {"machine": machine(given.threads)}
    told = not given.json
    if told:
        print_machine(found["machine"])
        heads = ("torch", *OTHERS, "eager", *(f"peer {name}" for name in OTHERS))
        print(f"{'ms':19} " + " ".join(f"{head[-9:]:>9}" for head in heads))
    found["rows"] = networks(given, told)
    each: dict[str, float] = {}
    goals: dict[str, float] = {}
    for row in found["rows"]:
        key = f"{row['name']}, {row['batch']}"
        each[f"{key}, runtimes"] = statistics.median(row["auto_to_runtime"])
        goals[f"{key}, runtimes"] = RUNTIME_INCEPTION if row["name"] in INCEPTION else RUNTIME
        each[f"{key}, eager"] = statistics.median(row["auto_to_eager"])
        goals[f"{key}, eager"] = eager_goal(row["name"], row["batch"])
    found["files"] = []
    if given.data is not None and not given.no_files:
        for name in READ:
            found["files"].append(row := files(given, name))
            if told:
                rates = ", ".join(f"{who} {rate:,.0f}" for who, rate in row["rate"].items())
                shares = f"stdout {inner(row['stdout'])}, file {inner(row['file'])}"
                print(f"{name}, {row['pictures']} files by {row['runtime']}: {shares}; {rates}")
            for way in ("stdout", "file"):
                each[f"{name}, {way}"] = statistics.median(row[way])
                goals[f"{name}, {way}"] = FILES
    if given.json:
        print(json.dumps(found))
    verdict(each, goals)


if __name__ == "__main__":
    main()
