"""Train a LeNet-1 on MNIST and keep its weights at moments on the way, for the explorer's replay.

    python benchmarks/replay.py --data DIR

It is `papernets train lenet1 --recipe best --data mnist --epochs 20 --threads 1`: the recipe of the
weights that come with the package, with a schedule of 20 passes. At each moment the averaged
weights, which a run would keep, are rounded to float16; losses and errors are those of the rounded
weights. The file is what `papernets.explore.replay` reads.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import save

import papernets
from papernets.data import Part, Preprocessing
from papernets.evaluate.infer import logits_of
from papernets.run.network import build
from papernets.train.events import Epoch
from papernets.train.fit import Between, Due, fit
from papernets.train.pictures import open_data, preprocessing_for
from papernets.train.session import stepper_of
from papernets.train.settings import resolve
from papernets.train.source import Source
from papernets.train.state import start

WITHIN = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
"""Moments of the first pass, as shares of it."""
AFTER = (1, 2, 3, 4, 6, 8, 11, 15, 20)
"""Passes after which the weights are kept."""
TRAINING = 5000
"""Training pictures whose loss is looked at, as they are stored."""


def main() -> None:
    """Train, keep, and say what was kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=None, help="MNIST's folder, else PAPERNETS_DATA")
    folder = Path(papernets.__file__).parent / "weights" / "lenet1"
    parser.add_argument("--out", type=Path, default=folder / "replay.safetensors")
    given = parser.parse_args()
    wanted = {"recipe": "best", "data": "mnist", "epochs": AFTER[-1], "threads": 1, "seed": 0}
    try:
        run = resolve("lenet1", wanted, {"data_dir": given.data} if given.data else {})
        dataset = open_data(run, run.found.net.member.input)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
    torch.set_num_threads(1)
    recipe, net = run.recipe, run.found.net.member
    draws = torch.Generator().manual_seed(recipe.seed)
    model = build(net, generator=draws, initialisation=recipe.draw(run.found))
    sees = preprocessing_for(recipe, net, dataset)
    state, source = start(model, recipe), Source(dataset.train, sees, recipe, torch.device("cpu"))
    scale = recipe.distance_scale
    parts = {
        "train": Part(dataset.train.images[:TRAINING], dataset.train.labels[:TRAINING]),
        "val": dataset.validation,
        "test": dataset.test,
    }
    moments, kept = [], []

    def keep(passes: float) -> None:
        weights = {name: value.half() for name, value in state.weights().items()}
        told = {"epoch": passes, "step": state.step} | figures(net, weights, parts, sees, scale)
        moments.append(told)
        kept.append(weights)
        print(json.dumps(told), flush=True)

    began = time.perf_counter()
    keep(0)
    wanted_steps = {round(share * len(source)): share for share in WITHIN}
    between = Between(due=lambda: state.step in wanted_steps)
    with stepper_of(model, source, run.where) as stepper:
        for event in fit(state, stepper, dataset.validation, sees, recipe, between):
            if isinstance(event, Due):
                keep(wanted_steps[state.step])
            elif isinstance(event, Epoch) and event.epoch in AFTER:
                keep(event.epoch)
    tensors = {name: torch.stack([one[name] for one in kept]) for name in kept[0]}
    count = f"{AFTER[-1]} passes over {len(dataset.train):,} digits of MNIST"
    facts = {
        "words": f"trained anew, {count}, by recipe {recipe.recipe}",
        "tested": len(dataset.test),
        "moments": moments,
        "recipe": {**run.to_dict(), "data_dir": ""},
        "versions": {"papernets": papernets.__version__, "torch": torch.__version__},
    }
    given.out.write_bytes(save(tensors, {"replay": json.dumps(facts)}))
    print(
        f"{given.out}: {len(moments)} moments, {given.out.stat().st_size:,} bytes, "
        f"{time.perf_counter() - began:.0f} s"
    )


def figures(net, weights, parts: dict[str, Part], sees: Preprocessing, scale: float) -> dict:
    """Loss and error of weights on each part; the test set has an error alone."""
    model = build(net).eval()
    model.load_state_dict({name: value.float() for name, value in weights.items()})
    found = {}
    for name, part in parts.items():
        logits = logits_of(model, part.images, sees, torch.device("cpu"))
        if name != "test":
            loss = torch.nn.functional.cross_entropy(scale * logits, part.labels)
            found[f"{name}_loss"] = float(loss)
        found[f"{name}_error"] = float((logits.argmax(1) != part.labels).double().mean())
    return found


if __name__ == "__main__":
    main()
