"""Fine-tuning beside a linear model on the same features: the table of docs/finetuning.md.

    python benchmarks/finetuning.py --data DIR --runs runs/finetuning

DIR has `ants-bees/`, `weights/mobilenet_2_5_224_tf.weights.h5` (Keras's MobileNet 0.25) and
`cifar10/` with CIFAR-10's parquet files. Five classes of CIFAR-10 train two small networks, one
with batch normalisation and one without; the other five, 40 pictures of each, are what they are
fine-tuned on. Nothing but `papernets train --weights BUNDLE --data FOLDER --seed N` is asked for.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

SEEDS = (1, 2, 3)
NAMES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
FIRST = ("airplane", "bird", "deer", "frog", "ship")
LEARNT, SEEN, FEW = 4000, 200, 40
"""Pictures of each of the first classes to train and to test, and of each of the others."""
BODIES = {
    "lecture_cnn": ["--epochs", "10"],
    "resnet20": ["--recipe", "cifar", "--epochs", "6"],
}


def papernets(*arguments: object) -> None:
    """One command of papernets, its words on this screen; nothing where its folder is there."""
    words = [str(word) for word in arguments]
    if not Path(words[words.index("--out") + 1]).exists():
        subprocess.run([sys.executable, "-m", "papernets", *words], check=True)


def write_cifar(shared: Path, root: Path) -> None:
    """root/first and root/others: the pictures as files, in the order of the parquet files."""
    import pyarrow.parquet

    for part in ("train", "test"):
        count: Counter[str] = Counter()
        for file in sorted((shared / "cifar10").glob(f"{part}-*.parquet")):
            table = pyarrow.parquet.read_table(file)
            pictures, labels = (table.column(n).to_pylist() for n in ("img", "label"))
            for picture, label in zip(pictures, labels, strict=True):
                name = NAMES[label]
                place = place_of(part, name, count[name])
                if place:
                    target = root / place / name / f"{count[name]:05}.png"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(picture["bytes"])
                count[name] += 1


def place_of(part: str, name: str, number: int) -> str:
    """Where a picture goes, or nowhere."""
    if name in FIRST:
        if part == "test" or number >= LEARNT + SEEN:
            return ""
        return "first/train" if number < LEARNT else "first/test"
    if part == "test":
        return "others/test"
    return "others/train" if number < FEW else ""


def linear(bundle: str, data: str, seed: int) -> tuple[float, float]:
    """Test errors of scikit-learn's logistic regressions on a bundle's features: C = 1, and C by
    cross-validation. They have the training pictures of the run with this seed."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    import papernets as package
    from papernets.evaluate.infer import logits_of
    from papernets.train.pictures import open_data, preprocessing_for
    from papernets.train.settings import resolve

    run = resolve("", {"weights": bundle, "data": data, "seed": seed})
    net = run.found.net.member
    dataset = open_data(run, net.input)
    eyes = preprocessing_for(run.recipe, net, dataset)
    body = package.create_model(bundle, num_classes=0).eval()
    parts = [
        (logits_of(body, part.images, eyes).double().numpy(), part.labels.numpy())
        for part in (dataset.train, dataset.test)
    ]
    judge = LogisticRegression(max_iter=5000)
    judges = judge, GridSearchCV(judge, {"C": np.logspace(-4, 4, 10)})
    one, chosen = (1 - float(judge.fit(*parts[0]).score(*parts[1])) for judge in judges)
    return one, chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs/finetuning"))
    given = parser.parse_args()
    shared, runs = given.data, given.runs
    runs.mkdir(parents=True, exist_ok=True)
    if not (runs / "others").exists():
        write_cifar(shared, runs)
    keras = shared / "weights" / "mobilenet_2_5_224_tf.weights.h5"
    own = ["--net", "mobilenet_0.25_224", "--from", "keras"]
    papernets("convert", keras, *own, "--out", runs / "mobilenet")
    for name, words in BODIES.items():
        papernets("train", name, "--data", runs / "first", *words, "--out", runs / name)
    print("| network | linear, C = 1 | linear, C chosen | epoch 0, held out | fine-tuned |")
    for name in ("mobilenet", *BODIES):
        data = shared / "ants-bees" if name == "mobilenet" else runs / "others"
        results: list[dict[str, Any]] = []
        for seed in SEEDS:
            out = runs / f"{name}-{seed}"
            words = ["--weights", runs / name, "--data", data, "--seed", seed]
            papernets("train", *words, "--threads", 1, "--out", out)
            results.append(json.loads((out / "result.json").read_text()))
        judged = [linear(str(runs / name), str(data), seed) for seed in SEEDS]
        columns = (
            [one for one, _ in judged],
            [chosen for _, chosen in judged],
            [result["begun"]["val_error"] for result in results],
            [result["test_error"] for result in results],
        )
        print(f"| {name} | " + " | ".join(map(words_of, columns)) + " |")


def words_of(errors: list[float]) -> str:
    """Errors in per cent: their mean, and each."""
    each = ", ".join(f"{100 * error:.1f}" for error in errors)
    return f"**{100 * statistics.mean(errors):.1f}** ({each})"


if __name__ == "__main__":
    main()
