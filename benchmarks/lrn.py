"""Local response normalisation beside torch's own function, as ratios of interleaved times:
python benchmarks/lrn.py [--threads N] [--rounds 9] [--batches 1 8 32 128] [--nets] [--json]

Forward without gradients, forward that keeps what the backward pass needs, the backward pass, and
a whole step (forward and backward), in single precision, for the shapes of the networks that have
it: AlexNet, ZFNet, GoogLeNet, VGG-11 with LRN; maps one after another, and channels_last. A ratio
is how many times as fast ours is, in processor time on one thread and on the clock on several: the
median of the rounds and their middle half. The error is the largest difference from the value in
double precision, as a share of the largest value, of y and of its gradient, ours and torch's.
`--nets` times whole networks with the rewrite and without. The last line has the least ratio of
each way and the goal; below it the exit code is 1."""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import torch
import torch.nn.functional as F
from timing import Pair, inner, machine, print_machine, take_pairs, verdict
from torch import Tensor

import papernets
from papernets import rewrite
from papernets.nets.registry import net
from papernets.run.lrn import Window, lrn
from papernets.run.network import Network
from papernets.spec import LRN, walk

NAMES = ("alexnet", "zfnet", "googlenet", "vgg11_lrn")
MOST = 60_000_000
"""Values of a tensor: torch's function keeps seven such tensors, and larger ones fill memory."""
WAYS = ("forward", "forward, kept", "backward", "both")
GOAL = 2.0
"""Each way at least, on one thread, by the promise of the project."""
LAST = torch.channels_last


def shapes() -> dict[tuple[int, int, int], tuple[str, Window]]:
    """The inputs of the networks' normalisations, and where each is found."""
    found: dict[tuple[int, int, int], tuple[str, Window]] = {}
    for name in NAMES:
        for row in walk(net(name)):
            layer = row.layer
            if isinstance(layer, LRN):
                window = Window(layer.size, layer.k, layer.alpha, layer.beta)
                found.setdefault(row.input, (f"{name} {row.name}", window))
    return found


def torchs(x: Tensor, window: Window) -> Tensor:
    """torch's own function, which divides alpha by the size."""
    size, k, alpha, beta = window.size, window.k, window.alpha, window.beta
    return F.local_response_norm(x, size, alpha * size, beta, k)


Function = Callable[[Tensor, Window], Tensor]


def calls(function: Function, x: Tensor, window: Window) -> dict[str, Callable[[], object]]:
    """What is timed, by its name in WAYS."""
    own = x.clone().requires_grad_()
    toward = torch.ones_like(x)
    kept = function(own, window)

    def forward() -> Tensor:
        with torch.no_grad():
            return function(x, window)

    def backward() -> object:
        return torch.autograd.grad(kept, own, toward, retain_graph=True)

    def both() -> object:
        return torch.autograd.grad(function(own, window), own, toward)

    return dict(zip(WAYS, (forward, lambda: function(own, window), backward, both), strict=True))


def shown(found: Pair, threads: int) -> list[float]:
    """The ratios to print: others' work disturbs processor time less, but threads wait in it."""
    return found.cpu_ratios if threads == 1 else found.ratios


def errors(x: Tensor, window: Window) -> dict[str, tuple[float, float]]:
    """How far y and its gradient are from double precision, for each function."""

    def values(function: Function, x: Tensor) -> tuple[Tensor, Tensor]:
        own = x.clone().requires_grad_()
        y = function(own, window)
        (slope,) = torch.autograd.grad(y, own, torch.ones_like(y))
        return y.detach().double(), slope.double()

    exact = values(torchs, x.double())
    found = {}
    for name, function in (("ours", lrn), ("torch", torchs)):
        y, slope = (
            float((a - b).abs().max() / b.abs().max())
            for a, b in zip(values(function, x), exact, strict=True)
        )
        found[name] = (y, slope)
    return found


def without_sliding(model: Network) -> Network:
    """The fast form with torch's own normalisation."""
    with mock.patch.object(rewrite, "sliding_norms", rewrite.Rewritten):
        return papernets.fast(model)


def whole(name: str, batch: int, rounds: int, training: bool) -> Pair:
    """A network with the rewrite and without, the same weights: evaluation, or a training step."""
    given = net(name)
    model = Network(given)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.02)
    ours, plain = papernets.fast(model), without_sliding(copy.deepcopy(model))
    x = torch.rand(batch, *given.input).contiguous(memory_format=LAST)

    def call(model: Network) -> Callable[[], object]:
        model.train(training).to(memory_format=LAST)  # type: ignore[call-overload]

        def run() -> None:
            if not training:
                with torch.no_grad():
                    model(x)
                return
            out = model(x)
            main = out if isinstance(out, Tensor) else out.main
            model.zero_grad(set_to_none=True)
            main.logsumexp(1).sum().backward()

        return run

    return take_pairs(call(ours), call(plain), rounds)


def main() -> None:
    """Time every shape, print a table, and say which ratio is the smallest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32, 128])
    parser.add_argument("--nets", action="store_true", help="whole networks instead of layers")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(0)
    found: dict[str, Any] = {"machine": machine(given.threads), "rows": []}
    if not given.json:
        print_machine(found["machine"])
    rows: list[dict[str, Any]] = found["rows"]
    if given.nets:
        for name in NAMES:
            for batch in given.batches:
                for training in (False, True):
                    pair = whole(name, batch, given.rounds, training)
                    what = "training step" if training else "evaluation"
                    rows.append({"net": name, "batch": batch, "what": what, **pair.as_json()})
                    if not given.json:
                        print(
                            f"{name:10} batch {batch:3} {what:13} {inner(pair.ratios)}"
                            f"  in processor time {inner(pair.cpu_ratios)}",
                            flush=True,
                        )
    else:
        if not given.json:
            print(f"{'':30}{'batch':>6} {'order':8}" + "".join(f"{way:>22}" for way in WAYS))
        for shape, (name, window) in shapes().items():
            for batch in given.batches:
                for order in (torch.contiguous_format, LAST):
                    x = torch.randn(batch, *shape).relu_().contiguous(memory_format=order)
                    if x.numel() > MOST:
                        continue
                    ours, theirs = (calls(f, x, window) for f in (lrn, torchs))
                    pairs = {w: take_pairs(ours[w], theirs[w], given.rounds) for w in WAYS}
                    rows.append(
                        {
                            "where": name,
                            "shape": [batch, *shape],
                            "channels_last": order is LAST,
                            "errors": errors(x, window) if batch == 1 else None,
                            **{way: pair.as_json() for way, pair in pairs.items()},
                        }
                    )
                    if not given.json:
                        where = f"{'x'.join(map(str, shape))} {name}"
                        words = "last" if order is LAST else "plain"
                        each = "".join(
                            f"{inner(shown(pair, given.threads)):>22}" for pair in pairs.values()
                        )
                        print(f"{where:30}{batch:6} {words:8}{each}", flush=True)
    if given.json:
        print(json.dumps(found))
        return
    if given.nets:
        return
    reached = {}
    for way in WAYS:
        kind = "in_cpu_time" if given.threads == 1 else "times_as_fast"
        least = min(rows, key=lambda row: row[way][kind]["median"])
        reached[way] = least[way][kind]["median"]
        print(f"least {way}: {reached[way]:.2f}, {least['where']}")
    for which in ("ours", "torch"):
        y, slope = (max(r["errors"][which][i] for r in rows if r["errors"]) for i in (0, 1))
        print(f"largest error, {which}: {y:.1e} of y, {slope:.1e} of its gradient")
    verdict(reached, GOAL)


if __name__ == "__main__":
    main()
