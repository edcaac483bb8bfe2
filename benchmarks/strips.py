"""How many random strips of MNIST test digits a trained network reads whole.

    python benchmarks/strips.py --bundle lenet5_scan --data DIR

Strips are made by a seed, in five ways of spacing; the first is that of LeCun et al. 1998, section
VII. With --part validation the digits are those that chose the epoch of the run.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict

import torch

from papernets import data
from papernets.strips.make import GAPS, WIDE_GAPS
from papernets.strips.scan import load_scanner
from papernets.strips.score import measure

SPACINGS = (
    (f"{GAPS[0]} to {GAPS[1]} columns", GAPS),
    ("0 to 4 columns", (0, 4)),
    ("1 to 6 columns", (1, 6)),
    (f"{WIDE_GAPS[0]} to {WIDE_GAPS[1]} columns", WIDE_GAPS),
    ("28x28 side by side", None),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", default="lenet5_scan", help="a bundle, a run, or a name")
    parser.add_argument("--data", default=None, help="MNIST's folder, else PAPERNETS_DATA")
    parser.add_argument("--part", default="test", choices=("test", "validation"))
    parser.add_argument("--strips", type=int, default=500)
    parser.add_argument("--digits", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0, help="of the strips")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    try:
        scanner, info = load_scanner(given.bundle)
        # a run's own split, so that its validation part was not trained on
        dataset = data.open("mnist", data_dir=given.data, seed=int(info.run.get("seed", 0)))
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
    part = dataset.test if given.part == "test" else dataset.validation
    results = []
    for name, gaps in SPACINGS:
        began = time.perf_counter()
        score = measure(scanner, part, given.strips, given.digits, given.seed, gaps)
        seconds = time.perf_counter() - began
        results.append({"spacing": name, "seconds": seconds, **asdict(score)})
        if not given.json:
            low, high = (100 * (1 - end) for end in reversed(score.interval))
            print(
                f"{name:20}  {100 * (1 - score.error):5.1f} % of {score.strips} strips read whole "
                f"(95 % interval {low:.1f} to {high:.1f}), "
                f"{100 * (1 - score.digit_error):.2f} % of {score.digits} digits, "
                f"seed {given.seed}, {seconds:.1f} s"
            )
    if given.json:
        print(json.dumps({"bundle": given.bundle, "part": given.part, "results": results}))


if __name__ == "__main__":
    main()
