"""ResNet-20 on CIFAR-10 by the paper's whole recipe, several seeds at once on one GPU.

    python benchmarks/cifar.py --data DIR --minutes 8 --out runs/cifar
    python benchmarks/cifar.py --data DIR --epochs 2 --device cpu --threads 1 --seeds 1

Each training is one command, `papernets train resnet20 --recipe paper --seed N`, in a folder of its
own. When all seeds are done and time is left, ResNet-56 begins. At the limit what runs is stopped;
the same command goes on where it was. The last line has what is finished, as JSON.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PAPER = {"resnet20": 8.75, "resnet56": 6.97}
"""He et al. 2016, table 6: test error in per cent."""
FOLLOWED = 2  # seconds between two looks at what runs
PATIENCE = 20  # seconds that a training has to stop


def started(network: str, seed: int, given: argparse.Namespace) -> subprocess.Popen[bytes] | None:
    """A training of one seed, begun or gone on with; None where it is finished."""
    out = given.out / f"{network}-{seed}"
    if (out / "result.json").exists():
        return None
    command = [sys.executable, "-m", "papernets", "train", "--out", str(out)]
    command += ["--device", given.device, "--threads", str(given.threads)]
    command += ["--data-dir", given.data] if given.data else []
    if (out / "run.toml").exists():
        command += ["--resume"]
    else:
        command[4:4] = [network, "--recipe", "paper", "--data", "cifar10", "--seed", str(seed)]
        command += ["--epochs", str(given.epochs)] if given.epochs else []
    with open(given.out / f"{network}-{seed}.txt", "ab") as said:
        return subprocess.Popen(command, stdout=said, stderr=said)


def ended(running: list[subprocess.Popen[bytes]], deadline: float) -> bool:
    """Wait for all of them; True where they ended before the time was up."""
    while any(one.poll() is None for one in running):
        if time.monotonic() > deadline:
            for one in running:
                one.send_signal(signal.SIGINT)
            for one in running:
                one.wait(PATIENCE)
            return False
        time.sleep(FOLLOWED)
    return True


def found(out: Path, network: str) -> dict[str, Any]:
    """What the finished trainings of a network gave, in per cent."""
    results = [json.loads(f.read_text()) for f in sorted(out.glob(f"{network}-*/result.json"))]
    errors = [round(100 * one["test_error"], 2) for one in results]
    return {
        "network": network,
        "paper": PAPER[network],
        "errors": errors,
        "mean": round(statistics.mean(errors), 2) if errors else None,
        "spread": round(statistics.stdev(errors), 2) if len(errors) > 1 else None,
        "epochs": results[0]["epochs"] if results else None,
        "seconds": [round(one["seconds"]) for one in results],
    }


def main() -> None:
    """Train for so many minutes, and say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/cifar"))
    parser.add_argument("--data", default="")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=0, help="fewer than the recipe's 182")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + 60 * given.minutes
    for network, seeds in (("resnet20", given.seeds), ("resnet56", 1)):
        begun = [started(network, seed, given) for seed in range(1, seeds + 1)]
        running = [one for one in begun if one is not None]
        if not ended(running, deadline):
            break
        if any(one.returncode for one in running):
            sys.exit(f"a training of {network} failed: see {given.out}/{network}-*.txt")
    print(json.dumps([found(given.out, network) for network in PAPER]))


if __name__ == "__main__":
    main()
