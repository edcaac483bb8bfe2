"""Our plain form and our fast one beside torchvision's network with the same weights, in speed and
memory: python benchmarks/plain.py [--threads N] [--rounds 9] [--batches 1 32] [--steps evaluation
training] [--only NAME ...] [--contiguous] [--no-memory] [--data DIR] [--json]

The plain form is what `papernets.from_peer` gives, the fast one `papernets.fast` of the same model.
All three are eager and channels_last (unless `--contiguous`); evaluation is without gradients,
training one forward and backward pass in training mode, of two pictures at least, with all heads.
Before the clock runs, they give the same logits to 1e-5 of the largest. They take turns in one
process; a speed is how many times as fast as torchvision's, in processor time, the median of the
rounds and their middle half. Memory is the most that tensors made during one call take at once, as
torch's dispatcher sees them (without the kernels' own), as a share of torchvision's. With `--data
DIR` the batch is made of the pictures below it, otherwise of noise. The last line has the plain
form's speeds and their goal; below it the exit code is 1."""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from forward import LEAST, SIDES, agree, peers_own, step
from peer_vision import pictures, torchvision
from timing import inner, machine, print_machine, quartiles, take_all, verdict
from torch import Tensor, nn

import papernets

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
from live_memory import Live

NETWORKS = (
    "alexnet",
    "vgg11",
    "vgg16",
    "vgg16_bn",
    "resnet18",
    "resnet34",
    "resnet50",
    "googlenet",
    "inception_v3",
)


def forms(module: Any, name: str, order: torch.memory_format) -> dict[str, nn.Module]:
    """torchvision's network, then ours in its forms, with the same weights in one order."""
    theirs = peers_own(module, "torchvision", name)
    plain = papernets.from_peer("torchvision", name, theirs.state_dict())
    found = {"torchvision": theirs, "plain": plain}
    if hasattr(papernets, "fast"):
        # weights of its own: a step of one must not warm up the other
        found["fast"] = papernets.fast(copy.deepcopy(plain))
    return {form: model.to(memory_format=order) for form, model in found.items()}  # type: ignore[call-overload]


def check(models: dict[str, nn.Module], name: str, x: Tensor) -> None:
    """SystemExit where a form of ours gives other logits than torchvision's."""
    for form, model in models.items():
        error = agree(model, models["torchvision"], x)
        if not error <= 1e-5:
            raise SystemExit(f"{form} {name}: logits differ by {error:.1e} of the largest")


def most_bytes(call: Callable[[], object]) -> int:
    """The most that tensors made during a call take at once."""
    with Live() as live:
        call()
    return live.most


def measured(
    models: dict[str, nn.Module], x: Tensor, training: bool, given: argparse.Namespace
) -> dict[str, Any]:
    """Of each form: seconds, how many times as fast as torchvision's, its share of memory."""
    calls = {form: step(model, x, training) for form, model in models.items()}
    found: dict[str, Any] = {form: {} for form in calls}
    if not given.no_memory:
        for form, call in calls.items():
            for weight in models[form].parameters():
                weight.grad = None
            found[form]["bytes"] = most_bytes(call)
            found[form]["share"] = found[form]["bytes"] / found["torchvision"]["bytes"]
    laps = dict(zip(calls, take_all(list(calls.values()), given.rounds, 0.05), strict=True))
    theirs = laps["torchvision"][1]
    for form, (clock, cpu) in laps.items():
        ratios = [b / a for a, b in zip(cpu, theirs, strict=True)]
        low, middle, high = quartiles(ratios)
        found[form]["seconds"] = quartiles(clock)[1]
        found[form]["times_as_fast"] = {"median": middle, "quartiles": [low, high], "all": ratios}
        for weight in models[form].parameters():
            weight.grad = None
    return found


def line(name: str, batch: int, word: str, found: dict[str, Any]) -> str:
    """A row of the table."""
    cells = [f"{name:14}{batch:5} {word:10}"]
    for form in ("plain", "fast"):
        if form in found:
            share = found[form].get("share")
            cells.append(f"{inner(found[form]['times_as_fast']['all']):>20}")
            cells.append(f"{share:7.2f}" if share is not None else f"{'':7}")
    cells.append(f"{found['torchvision']['seconds'] * 1e3:10.1f}")
    if "bytes" in found["torchvision"]:
        cells.append(f"{found['torchvision']['bytes'] / 2**20:9.1f}")
    return " ".join(cells)


def main() -> None:
    """Measure every network that is asked for, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 32])
    words = ("evaluation", "training")
    parser.add_argument("--steps", choices=words, nargs="+", default=list(words))
    parser.add_argument("--only", choices=NETWORKS, nargs="+", default=list(NETWORKS))
    parser.add_argument("--contiguous", action="store_true")
    parser.add_argument("--no-memory", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="a folder of pictures, to take instead of noise")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    module = torchvision()
    about = machine(given.threads)
    rows: list[dict[str, Any]] = []
    if not given.json:
        print_machine(about)
        print(
            f"{'':14}{'batch':>5} {'step':10} {'plain, times as fast':>20} {'memory':>7}"
            f" {'fast':>20} {'memory':>7} {'theirs ms':>10} {'MiB':>9}"
        )
    order = torch.contiguous_format if given.contiguous else torch.channels_last
    for name in given.only:
        models, side = forms(module, name, order), SIDES.get(name, 224)
        check(models, name, pictures(given.data, 2, side))
        for word in given.steps:
            for asked in given.batches:
                batch = max(asked, 2) if word == "training" else asked
                x = pictures(given.data, batch, side).contiguous(memory_format=order)
                found = measured(models, x, word == "training", given)
                rows.append({"name": name, "batch": batch, "step": word, **found})
                if not given.json:
                    print(line(name, batch, word, found), flush=True)
    if given.json:
        print(json.dumps({"machine": about, "rows": rows}))
    each = {f"{r['name']}, {r['batch']}, {r['step']}": r["plain"] for r in rows}
    verdict({name: one["times_as_fast"]["median"] for name, one in each.items()}, LEAST)


if __name__ == "__main__":
    main()
