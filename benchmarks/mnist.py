"""The table of MNIST results: train what is missing, and write docs/results.md from the runs.

    python benchmarks/mnist.py --data DIR --runs runs/mnist      # four networks, three seeds
    python benchmarks/mnist.py --runs runs/mnist --no-train --out docs/results.md

Each run is one command, `papernets train NETWORK --data mnist --recipe best --seed N`, in its own
folder NETWORK-N.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

NETWORKS = ("lenet1", "lenet4", "lenet5", "boosted_lenet4")
GOALS = {  # the paper's error and ours to try hard for, per cent
    "lenet1": ("1.7", "0.9"),
    "lenet4": ("1.1", "0.7"),
    "lenet5": ("0.95 (0.8 with distortions)", "0.6"),
    "boosted_lenet4": ("0.7", "0.5"),
}


def command(network: str, seed: int, arguments: argparse.Namespace) -> list[str]:
    """The command of one run."""
    more = ["--threads", str(arguments.threads)] if arguments.threads else []
    more += ["--data-dir", arguments.data] if arguments.data else []
    out = str(arguments.runs / f"{network}-{seed}")
    start = [sys.executable, "-m", "papernets", "train"]
    if (arguments.runs / f"{network}-{seed}" / "run.toml").exists():
        return [*start, "--out", out, "--resume"]
    return [
        *start,
        network,
        "--data",
        "mnist",
        "--recipe",
        "best",
        "--seed",
        str(seed),
        "--out",
        out,
        *more,
    ]


def rows(runs: Path, seeds: int) -> list[dict[str, object]]:
    """One row a network that has results: errors in per cent, times in minutes."""
    found = []
    for network in NETWORKS:
        results = [
            json.loads(path.read_text())
            for seed in range(seeds)
            if (path := runs / f"{network}-{seed}" / "result.json").exists()
        ]
        if results:
            errors = [100 * r["test_error"] for r in results]
            found.append({"network": network, "results": results, "errors": errors})
    return found


def text(found: list[dict[str, object]], runs: Path, note: str) -> str:
    """docs/results.md's generated part."""
    lines = [
        "| network | paper | goal | ours, mean | each seed | spread (s.d.) | passes | time a run |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in found:
        network, errors, results = row["network"], row["errors"], row["results"]
        assert isinstance(errors, list) and isinstance(results, list) and isinstance(network, str)
        spread = f"{statistics.stdev(errors):.2f}" if len(errors) > 1 else "one seed"
        minutes = statistics.mean(r["seconds"] for r in results) / 60
        paper, goal = GOALS[network]
        lines.append(
            f"| `{network}` | {paper} % | {goal} % | **{statistics.mean(errors):.2f} %** | "
            f"{', '.join(f'{e:.2f}' for e in errors)} | {spread} | {results[0]['epochs']} | "
            f"{minutes:.0f} min |"
        )
    boosted = [r for row in found if row["network"] == "boosted_lenet4" for r in row["results"]]
    if boosted:
        asked = 100 * statistics.mean(r["others_asked"] for r in boosted)
        gained = statistics.mean(r["speed_gained"] for r in boosted)
        early = 100 * statistics.mean(r["early_exit_error"] for r in boosted)
        lines += [
            "",
            f"Early exit of the boosted LeNet-4: networks 2 and 3 ran on {asked:.1f} % of the test "
            f"pictures; {gained:.2f} times the speed of asking all three, {early:.2f} % error "
            f"(means of {len(boosted)} seeds).",
        ]
    return "\n".join([note, "", *lines, ""])


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, default=Path("runs/mnist"))
    parser.add_argument("--data", default="")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--no-train", action="store_true")
    parser.add_argument("--note", default="", help="the conditions: machine, threads, commit")
    parser.add_argument(
        "--out", type=Path, help="a Markdown file whose text between the marks is replaced"
    )
    arguments = parser.parse_args()
    if not arguments.no_train:
        arguments.runs.mkdir(parents=True, exist_ok=True)
        for network in NETWORKS:
            for seed in range(arguments.seeds):
                subprocess.run(command(network, seed, arguments), check=True)
    made = text(rows(arguments.runs, arguments.seeds), arguments.runs, arguments.note)
    if arguments.out:
        begin, end = "<!-- mnist: begin -->", "<!-- mnist: end -->"
        old = arguments.out.read_text()
        head, _, rest = old.partition(begin)
        arguments.out.write_text(f"{head}{begin}\n{made}{end}{rest.partition(end)[2]}")
    print(made)


if __name__ == "__main__":
    main()
