"""What tests of training share: a tiny network, a tiny set of pictures, a run of both."""

import json
from contextlib import nullcontext
from dataclasses import replace

import pytest
import torch

from papernets.data import Dataset, Part, Preprocessing
from papernets.run.network import build
from papernets.spec import Activation, Conv, Dense, Dropout, Flatten, Net, Norm, Pool, chain
from papernets.train import outcome
from papernets.train.fit import fit
from papernets.train.folder import opened
from papernets.train.recipe import TrainRecipe
from papernets.train.run import Run
from papernets.train.runner import train
from papernets.train.session import stepper_of
from papernets.train.source import Source

CPU = torch.device("cpu")
TINY = Net(
    name="tiny",
    input=(1, 12, 12),
    classes=3,
    body=chain(
        {
            "conv": Conv(4, 3, activation="tanh"),
            "pool": Pool("max", 2),
            "flatten": Flatten(),
            "drop": Dropout(0.2),
            "out": Dense(3, activation="softmax"),
        }
    ),
)

NORMED = replace(
    TINY,
    body=chain(
        {
            "conv": Conv(6, 3, norm=Norm(momentum=0.01), activation="relu"),
            "pool": Pool("max", 2),
            "flatten": Flatten(),
            "drop": Dropout(0.2),
            "out": Dense(3, activation="softmax"),
        }
    ),
)

SHARP = replace(TINY, body=chain({"flatten": Flatten(), "out": Dense(3), "a": Activation("tanh")}))


def part(count, seed, classes=3):
    """Pictures with a bright stripe at a place that tells the class, and noise."""
    draws = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % classes
    images = torch.randint(0, 90, (count, 1, 12, 12), generator=draws, dtype=torch.uint8)
    for at, label in enumerate(labels.tolist()):
        images[at, 0, 2 + 3 * label : 4 + 3 * label] += 100
    return Part(images, labels)


DATA = Dataset(
    "stripes", ("low", "mid", "top"), part(60, 0), part(24, 1), part(30, 2), "digit", "as drawn"
)
EYES = Preprocessing(1, 12, 12, (12, 12))

OWN = '''"""A network of the user's own."""
from papernets.said import Paper
from papernets.spec import Conv, Dense, Dropout, Flatten, Net, Pool, chain

PAPER = Paper("Mine", "me", 2026, "here")
NET = Net(
    name="own",
    input=(1, 12, 12),
    classes=3,
    body=chain({
        "conv": Conv(4, 3, activation="tanh"), "pool": Pool("max", 2), "flatten": Flatten(),
        "drop": Dropout(0.2), "out": Dense(3, activation="softmax"),
    }),
)
'''


def write_own(folder):
    """own.py with NET, and pictures/ with one folder a class; the name and the path."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.py").write_text(OWN)
    for split, pictures in (("train", DATA.train), ("val", DATA.validation), ("test", DATA.test)):
        for at in range(len(pictures)):
            name = DATA.classes[int(pictures.labels[at])]
            place = folder / "pictures" / split / name
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pictures.images[at, 0].numpy()).save(place / f"{at}.png")
    return f"{folder / 'own.py'}:NET", str(folder / "pictures")


def run_of(folder, **settings):
    """A run of the tiny network on the tiny pictures, with a running mean of its weights."""
    net, data = f"{folder / 'own.py'}:NET", str(folder / "pictures")
    common = {"epochs": 3, "batch_size": 16, "average": 0.9, "learning_rate": 0.01}
    return a_run(net, data=data, **{**common, **settings})


def a_run(net, **settings):
    """A run of a network, by its settings."""
    return Run.of({"net": net, **settings})


def drawn(net, seed=0):
    """A network with weights drawn from a seed."""
    return build(net, generator=torch.Generator().manual_seed(seed))


def source_of(part, **settings):
    """A source of these pictures, on the CPU."""
    return Source(part, EYES, TrainRecipe("tiny", **{"batch_size": 16, **settings}), CPU)


def batches(part, eyes, size, seed=0, epoch=1, **settings):
    """An epoch's whole batches and their labels, on the CPU."""
    recipe = TrainRecipe("tiny", batch_size=size, seed=seed, **settings)
    return [(x, y) for x, y, *_ in Source(part, eyes, recipe, CPU).epoch(epoch)]


def fitted(state, dataset, eyes, run):
    """What `fit` yields where a session trains these pictures by this run on the CPU."""
    source = Source(dataset.train, eyes, run.recipe, CPU)
    with stepper_of(state.model, source, run.where) as stepper:
        yield from fit(state, stepper, dataset.validation, eyes, run.recipe)


def do(run, folder, resume=False, until=None):
    """Train in a folder; stop by Ctrl-C after the event for which `until` is true; the events."""
    events = []
    with opened(folder, None if resume else run, resume, {}) as kept:
        for event in train(kept, folder):
            events.append(event)
            if until is not None and until(event):
                raise KeyboardInterrupt
    return events


def do_undrawn(run, folder):
    """`do` without pictures, for fixtures that outlive a test: curves take longer than the run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        do(run, folder)


def never_stopped(run, folder):
    """What a run leaves that was never stopped; see `left_by`."""
    do_undrawn(run, folder)
    return left_by(folder)


def log_of(folder):
    """log.jsonl without its times."""
    lines = (folder / "log.jsonl").read_text().splitlines()
    timed = ("seconds", "images_per_second")
    return [{k: v for k, v in json.loads(line).items() if k not in timed} for line in lines]


def left_by(folder):
    """All that a finished run leaves but times: weights as bytes, log, result."""
    result = json.loads((folder / "result.json").read_text())
    result.pop("seconds")
    tensors = {}
    from safetensors.torch import load_file

    for name in ("best", "last"):
        for key, value in load_file(folder / name / "weights.safetensors").items():
            tensors[name, key] = value.numpy().tobytes()
    return tensors, log_of(folder), result


class After:
    """Asks to stop after so many steps, as a signal does."""

    def __init__(self, steps):
        self.left = steps

    def asked(self):
        self.left -= 1
        return self.left <= 0

    def end(self):
        raise KeyboardInterrupt

    def steps(self):
        return nullcontext()
