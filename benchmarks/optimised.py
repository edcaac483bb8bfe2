"""The optimised form beside the fast one, with the same weights, as ratios of interleaved times:
python benchmarks/optimised.py [--threads N] [--rounds 9] [--batches 1 8] [--only NAME ...]
[--data DIR] [--json]

Both answer without gradients. The fast form runs twice: on pictures as they lie in memory
otherwise, and with weights and pictures in channels_last. Before the clock runs, the two forms must
give the same logits to 1e-5 of the largest. A ratio is how many times as fast the optimised form
is: the median of the rounds and their middle half. With `--data DIR` the batch is made of the
pictures below it, otherwise of noise. The last line has the ratios to the better of the two fast
ones with their goal; below it the exit code is 1."""

from __future__ import annotations

import argparse
import copy
import json
import statistics
from pathlib import Path
from typing import Any

import torch
from forward import agree
from peer_vision import pictures
from timing import inner, machine, print_machine, take_all, verdict

import papernets

NETWORKS = ("resnet18", "resnet50", "googlenet", "inception_v3", "mobilenet_v1", "vgg16", "alexnet")
LEAST = 0.98
"""What a ratio must not be below: no network is slower for it."""


def main() -> None:
    """Time every network; say which ratio is the smallest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--only", nargs="+", default=list(NETWORKS), help="networks' names")
    parser.add_argument("--data", type=Path, help="a folder of pictures, to take instead of noise")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    found: dict[str, Any] = {"machine": machine(given.threads), "rows": []}
    if not given.json:
        print_machine(found["machine"])
        print(f"{'':14}{'batch':>5} {'beside fast':>22} {'fast, channels_last':>22} {'ms':>9}")
    for name in given.only:
        plain = papernets.create_model(name, generator=torch.Generator().manual_seed(0)).eval()
        last = copy.deepcopy(plain).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        forms = [papernets.optimised(plain), papernets.fast(plain), papernets.fast(last)]
        side = plain.net.input[1]  # type: ignore[union-attr, index]
        error = agree(forms[0], forms[1], pictures(given.data, 2, side))
        if not error <= 1e-5:
            raise SystemExit(f"{name}: logits differ by {error:.1e} of the largest")
        for batch in given.batches:
            x = pictures(given.data, batch, side)
            wide = x.contiguous(memory_format=torch.channels_last)
            with torch.inference_mode():
                calls = [lambda f=f, x=x: f(x) for f, x in zip(forms, (x, x, wide), strict=True)]  # type: ignore[misc]
                (own, _), *others = take_all(calls, given.rounds, 0.05)
            ratios = [[b / a for a, b in zip(own, other, strict=True)] for other, _ in others]
            found["rows"].append(
                {"name": name, "batch": batch, "fast": ratios[0], "last": ratios[1]}
            )
            if not given.json:
                told = " ".join(f"{inner(each):>22}" for each in ratios)
                print(f"{name:14}{batch:5} {told} {statistics.median(own) * 1e3:9.1f}", flush=True)
    if given.json:
        print(json.dumps(found))
    verdict(
        {
            f"{row['name']}, {row['batch']}": min(
                map(statistics.median, (row["fast"], row["last"]))
            )
            for row in found["rows"]
        },
        LEAST,
    )


if __name__ == "__main__":
    main()
