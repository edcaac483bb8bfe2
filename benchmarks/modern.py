"""Which recipe is best for photographs: settings tried on several small sets, with a table.

    python benchmarks/modern.py --data DIR --runs runs/modern --seeds 3

DIR has `ants-bees/`, `weights/` (Keras's MobileNet 0.25), `cifar10/` and `mnist/`. Every set is
made of training pictures alone, some to train on and others to judge by: the sets' own test
pictures choose nothing. Each arm is recipe `photos`, or `finetune`, with a few settings, the same
for every set. Runs that are there are not done again, so that it goes on after a stop. The last
line is JSON: each arm's mean rank over the sets.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

GENTLY = ["label_smoothing=0.1", "average=0.99"]
SCRATCH = {
    "today": [],
    "smoothing": ["label_smoothing=0.1"],
    "average": ["average=0.99"],
    "mixup": ["mixup=0.2"],
    "cutmix": ["cutmix=1.0"],
    "both": ["mixup=0.2", "cutmix=1.0"],
    "area": ["augment.area=0.35"],
    "adamw": ["optimizer=adamw", "learning_rate=0.002", "weight_decay=0.05"],
    "adamw 1e-3": ["optimizer=adamw", "learning_rate=0.001", "weight_decay=0.05"],
    "smoothing average": GENTLY,
    "adamw smoothing average": [
        *("optimizer=adamw", "learning_rate=0.002", "weight_decay=0.05"),
        *GENTLY,
    ],
    "everything": [*GENTLY, "mixup=0.2", "cutmix=1.0", "augment.area=0.35"],
}
TUNED = {
    "today": [],
    "smoothing": ["label_smoothing=0.1"],
    "average": ["average=0.98"],
    "mixup": ["mixup=0.2"],
    "cutmix": ["cutmix=1.0"],
    "area": ["augment.area=0.35"],
    "head rate": ["speeds.head=10"],
    "rate 3e-4": ["learning_rate=0.0003"],
}
"""Arms of networks that are drawn, and of those that begin with weights."""
MOBILENET = "mobilenet_v1_0.25_224"


@dataclass(frozen=True)
class Trial:
    """A set with the flags of a network for it; `tuned`: it begins with weights."""

    name: str
    flags: tuple[str, ...]
    tuned: bool = False


def trials(runs: Path) -> list[Trial]:
    """What is trained: small networks, short runs."""
    small, bundle = ("--epochs", "30"), str(runs / "mobilenet")
    return [
        Trial("ants-bees", ("--weights", bundle), tuned=True),
        Trial("ants-bees", (MOBILENET, "--recipe", "photos", "--set", "input=96", *small)),
        Trial("cifar10", ("resnet20", "--recipe", "photos", *small)),
        Trial("mnist", ("resnet20", "--recipe", "photos", "--set", "augment.flip=0", *small)),
    ]


def write_sets(shared: Path, root: Path) -> None:
    """root/NAME/train and root/NAME/test, of training pictures alone; every fourth is a test."""
    for name in ("ants", "bees"):
        for at, file in enumerate(sorted((shared / "ants-bees" / "train" / name).glob("*.jpg"))):
            _link(file, root / "ants-bees" / ("train" if at % 4 else "test") / name / file.name)
    _write_cifar(shared / "cifar10", root / "cifar10")
    _write_mnist(shared / "mnist", root / "mnist")


def _link(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.symlink(file.resolve(), target)


def _place(count: int, train: int, test: int) -> str:
    return "train" if count < train else "test" if count < train + test else ""


def _write_cifar(folder: Path, root: Path) -> None:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(sorted(folder.glob("train-*.parquet"))[0])
    count: Counter[int] = Counter()
    pictures, labels = (table.column(name).to_pylist() for name in ("img", "label"))
    for picture, label in zip(pictures, labels, strict=True):
        if part := _place(count[label], 100, 200):
            target = root / part / f"class{label}" / f"{count[label]:05}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(picture["bytes"])
        count[label] += 1


def _write_mnist(folder: Path, root: Path) -> None:
    """Digits as photographs: red on white, 32x32, which nobody takes for MNIST's own form."""
    import numpy as np
    from PIL import Image

    def read(kind: str, skip: int) -> np.ndarray:
        with gzip.open(folder / f"train-{kind}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=skip)

    images, labels = read("images-idx3", 16).reshape(-1, 28, 28), read("labels-idx1", 8)
    count: Counter[int] = Counter()
    for image, label in zip(images[:6000], labels[:6000].tolist(), strict=True):
        if part := _place(count[label], 30, 200):
            paper = np.full((32, 32, 3), 255, np.uint8)
            paper[2:30, 2:30, 1:] -= image[:, :, None]
            target = root / part / f"digit{label}" / f"{count[label]:05}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(paper).save(target)
        count[label] += 1


def papernets(*arguments: object) -> None:
    """One command of papernets, its words on this screen."""
    subprocess.run([sys.executable, "-m", "papernets", *map(str, arguments)], check=True)


def errors(trial: Trial, arm: str, settings: list[str], runs: Path, seeds: int) -> dict:
    """What several seeds of an arm found, trained where they are not there."""
    kind = "tuned" if trial.tuned else "drawn"
    out = runs / f"{trial.name}-{kind}-{arm.replace(' ', '-')}"
    if not (out / "result.json").exists():
        words = [word for one in settings for word in ("--set", one)]
        begun = ["--resume"] if (out / "seeds.json").exists() else []
        asked = [] if begun else [*trial.flags, "--data", runs / "sets" / trial.name, *words]
        papernets("train", *asked, "--threads", 1, "--seeds", seeds, "--out", out, *begun)
    return json.loads((out / "result.json").read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs/modern"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="trials whose name begins so")
    parser.add_argument("--arms", nargs="*", help="these alone, where a trial has them")
    given = parser.parse_args()
    runs = given.runs.resolve()
    if not (runs / "sets" / "mnist").exists():
        write_sets(given.data, runs / "sets")
    if not (runs / "mobilenet").exists():
        keras = given.data / "weights" / "mobilenet_2_5_224_tf.weights.h5"
        own = ["--net", "mobilenet_0.25_224", "--from", "keras"]
        papernets("convert", keras, *own, "--out", runs / "mobilenet")
    ranks: dict[str, dict[str, list[int]]] = {"drawn": {}, "tuned": {}}
    print("| set | weights | arm | error, mean | each seed | 95 % interval |")
    for trial in trials(runs):
        if not trial.name.startswith(given.only):
            continue
        kind = "tuned" if trial.tuned else "drawn"
        arms = TUNED if trial.tuned else SCRATCH
        if given.arms is not None:
            arms = {name: arms[name] for name in given.arms if name in arms}
        found = {name: errors(trial, name, own, runs, given.seeds) for name, own in arms.items()}
        for name, one in found.items():
            each = ", ".join(f"{100 * error:.1f}" for error in one["test_errors"])
            over = one["interval"] or (float("nan"), float("nan"))
            print(
                f"| {trial.name} | {kind} | {name} | {100 * one['test_error']:.1f} | {each} | "
                f"{100 * over[0]:.1f} to {100 * over[1]:.1f} |",
                flush=True,
            )
        order = sorted(found, key=lambda name: found[name]["test_error"])
        for at, name in enumerate(order, 1):
            ranks[kind].setdefault(name, []).append(at)
    print(json.dumps({k: {n: mean(r) for n, r in arms.items()} for k, arms in ranks.items()}))


if __name__ == "__main__":
    main()
