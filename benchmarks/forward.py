"""Our networks beside torchvision's and timm's, with the same weights, as ratios of interleaved
times: python benchmarks/forward.py [--threads N] [--rounds 15] [--batches 1 32] [--training]
[--only NAME ...] [--contiguous] [--data DIR] [--json]

Ours is `papernets.fast` of what `papernets.from_peer` gives: eager, no compiler and nothing
folded. Both sides are channels_last (unless `--contiguous`), in evaluation mode without gradients,
or with `--training` one forward and backward pass in training mode, of two pictures at least, as
normalisation needs. Before the clock runs, both must give the same logits to 1e-5 of the largest. A
ratio is how many times as fast ours is: the median of the rounds and their middle half. With
`--data DIR` the batch is made of the pictures below it, otherwise of noise. A peer that is not
installed ends the benchmark, unless `--peers` leaves it out. The last line has the ratios with
their goal, in processor time on one thread and on the clock on several; below it the exit code
is 1."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
from peer_vision import pictures, torchvision
from timing import Pair, inner, machine, print_machine, take_pairs, verdict
from torch import Tensor, nn

import papernets

PEERS = {
    "torchvision": (
        "alexnet",
        "vgg11",
        "vgg16",
        "vgg16_bn",
        "resnet18",
        "resnet34",
        "resnet50",
        "resnet101",
        "resnet152",
        "googlenet",
        "inception_v3",
    ),
    "timm": ("mobilenetv1_100", "inception_v4", "inception_resnet_v2"),
}
SIDES = {"inception_v3": 299, "inception_v4": 299, "inception_resnet_v2": 299}
LEAST = 0.98
"""What a ratio must not be below, by the project's own promise."""


def installed(peers: Iterable[str]) -> dict[str, Any]:
    """The peers' modules; SystemExit where one cannot be imported: nothing is left out quietly."""
    vision = torchvision()  # timm needs it too
    found = {}
    for peer in peers:
        try:
            found[peer] = vision if peer == "torchvision" else importlib.import_module(peer)
        except ImportError as error:
            sys.exit(f"error: {error}. pip install --no-deps {peer} (docs/speed.md)")
    return found


def peers_own(module: Any, peer: str, name: str) -> nn.Module:
    """The peer's network with fresh weights, drawn from a fixed seed."""
    torch.manual_seed(0)
    if peer == "timm":
        model = module.create_model(name, pretrained=False)
    elif name in ("googlenet", "inception_v3"):  # their own drawing takes minutes
        model = getattr(module.models, name)(weights=None, aux_logits=True, init_weights=False)
    else:
        model = getattr(module.models, name)(weights=None)
    assert isinstance(model, nn.Module)
    for part in model.modules():  # so that logits are neither zero nor without bounds
        if isinstance(part, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
        if isinstance(part, nn.BatchNorm2d) and "resnet" in name:
            nn.init.constant_(part.weight, 0.5)
    return model


def agree(ours: nn.Module, theirs: nn.Module, x: Tensor) -> float:
    """The largest difference of logits as a share of the largest logit."""
    with torch.no_grad():
        a, b = ours.eval()(x), theirs.eval()(x)
    return float((a - b).abs().max() / b.abs().max())


def step(model: nn.Module, x: Tensor, training: bool) -> Callable[[], object]:
    """One call of the model: its logits, or its gradients from all its heads."""
    model.train(training)

    def forward() -> object:
        with torch.no_grad():
            return model(x)

    def forward_and_backward() -> None:
        out = model(x)
        heads = [out] if isinstance(out, Tensor) else flat(out)
        loss = sum((head.logsumexp(1).sum() for head in heads), torch.zeros(()))
        model.zero_grad(set_to_none=True)
        loss.backward()

    return forward_and_backward if training else forward


def flat(out: Any) -> list[Tensor]:
    """The tensors of nested tuples: heads that a network left out are none."""
    if isinstance(out, Tensor):
        return [out]
    return [] if out is None else [tensor for part in out for tensor in flat(part)]


def pair(model: nn.Module, peer: nn.Module, x: Tensor, given: argparse.Namespace) -> Pair:
    """Both in turns, in the order of memory that was asked for."""
    order = torch.contiguous_format if given.contiguous else torch.channels_last
    x = x.contiguous(memory_format=order)
    calls = [
        step(m.to(memory_format=order), x, given.training)  # type: ignore[call-overload]
        for m in (model, peer)
    ]
    return take_pairs(*calls, rounds=given.rounds, least=0.05)


def main() -> None:
    """Time every network that is asked for and installed; say which ratio is the smallest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--contiguous", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], help="the peers' own names")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--data", type=Path, help="a folder of pictures, to take instead of noise")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    modules = installed(given.peers)
    found: dict[str, Any] = {"machine": machine(given.threads), "rows": []}
    if not given.json:
        print_machine(found["machine"])
        print(
            f"{'':32}{'batch':>5} {'times as fast':>22} {'in processor time':>22}"
            f" {'ours ms':>9} {'theirs ms':>9}"
        )
    rows: list[dict[str, Any]] = found["rows"]
    for peer, module in modules.items():
        for name in PEERS[peer]:
            if given.only and name not in given.only:
                continue
            theirs = peers_own(module, peer, name)
            ours = papernets.fast(papernets.from_peer(peer, name, theirs.state_dict()))
            side = SIDES.get(name, 224)
            error = agree(ours, theirs, pictures(given.data, 2, side))
            if not error <= 1e-5:
                raise SystemExit(f"{peer} {name}: logits differ by {error:.1e} of the largest")
            for batch in given.batches:
                batch = max(batch, 2) if given.training else batch
                x = pictures(given.data, batch, side)
                done = pair(ours, theirs, x, given)
                row = {"peer": peer, "name": name, "batch": batch, **done.as_json()}
                rows.append(row)
                if not given.json:
                    print(
                        f"{peer + ' ' + name:32}{batch:5} {inner(done.ratios, 3):>22} "
                        f"{inner(done.cpu_ratios, 3):>22}"
                        f" {row['seconds'] * 1e3:9.1f} {row['other_seconds'] * 1e3:9.1f}",
                        flush=True,
                    )
    if given.json:
        print(json.dumps(found))
    kind = "in_cpu_time" if given.threads == 1 else "times_as_fast"
    each = {f"{r['name']}, {r['batch']}": r[kind]["median"] for r in rows}
    verdict(each, LEAST)


if __name__ == "__main__":
    main()
