"""How long the command line takes to answer, as whole processes: python benchmarks/startup.py
[--rounds 7]

The last line has, of each, what is promised by what it took: how many times better than promised.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time

from timing import verdict

COMMANDS = {"--help": 0.3, "explain lenet5": 0.5, "explain lenet5 --json": 0.5, "list": 0.5}
"""What each command may take, in seconds, by the project's own promise."""


def main() -> None:
    """Time each command, and the interpreter alone beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    ratios = {}
    print(f"{'command':<24}{'median s':>10}{'max s':>8}{'promise':>9}")
    for name, most in {"": 0.0, **COMMANDS}.items():
        call = (
            [sys.executable, "-m", "papernets", *name.split()]
            if name
            else [sys.executable, "-c", ""]
        )
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            subprocess.run(call, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
        promise = f"{most:.1f}" if name else ""
        if name:
            ratios[name] = most / statistics.median(times)
        print(
            f"{name or '(python alone)':<24}{statistics.median(times):>10.3f}"
            f"{max(times):>8.3f}{promise:>9}"
        )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"largest memory of any of them: {peak / 1024:.0f} MB (promise: below 80 MB)")
    verdict({**ratios, "memory": 80 * 1024 / peak}, 1.0)


if __name__ == "__main__":
    main()
