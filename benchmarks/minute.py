"""`papernets train lenet5 --data mnist` from nothing, start-up included: time and test error of
each seed, and as the last line how many times better than promised.

python benchmarks/minute.py --data DIR [--seeds 3] [--threads 4]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from timing import verdict

ERROR, SECONDS = 0.95, 60
"""Per cent, and seconds on four cores, that the project promises."""


def main() -> None:
    """Train with each seed in a new process and a new folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    more = ["--data-dir", arguments.data] if arguments.data else []
    more += ["--threads", str(arguments.threads)] if arguments.threads else []
    times, errors = [], []
    for seed in range(arguments.seeds):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            began = time.perf_counter()
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "papernets",
                    "train",
                    "lenet5",
                    "--data",
                    "mnist",
                    "--seed",
                    str(seed),
                    "--out",
                    str(out),
                    "--quiet",
                    *more,
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            times.append(time.perf_counter() - began)
            result = json.loads((out / "result.json").read_text())
            errors.append(100 * result["test_error"])
            print(f"seed {seed}: {times[-1]:.1f} s, {errors[-1]:.2f} % test error", flush=True)
    print(
        f"mean of {arguments.seeds} seeds: {statistics.mean(times):.1f} s, "
        f"{statistics.mean(errors):.2f} %. The promise: {ERROR} % or better in under {SECONDS} s "
        f"on 4 cores; this machine has {os.cpu_count()}"
    )
    taken, error = statistics.mean(times), statistics.mean(errors)
    verdict({"seconds": SECONDS / taken, "error": ERROR / error}, 1.0)


if __name__ == "__main__":
    main()
