"""What tests of photographs share: small pictures in colour, in folders and in parquet files."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from small_runs import a_run, do_undrawn

from papernets.train.events import Epoch

NAMES = ("blue", "red")


def photo(label: int, seed: int, size: tuple[int, int] = (30, 40)) -> Image.Image:
    """Noise (height, width) with much of one colour, by its label: blue or red."""
    random = np.random.RandomState(1000 * label + seed)
    values = random.randint(0, 120, (*size, 3))
    values[..., 0 if label else 2] += 110
    return Image.fromarray(values.astype(np.uint8))


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


def folder(root: Path, counts: dict[str, int], size: tuple[int, int] = (30, 40)) -> Path:
    """root/PART/CLASS/N.png, so many of each class; the part "" has no folder of its own."""
    for at, (part, count) in enumerate(counts.items()):
        for label, name in enumerate(NAMES):
            place = root / part / name
            place.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                photo(label, 100 * at + number, size).save(place / f"{number}.png")
    return root


def parquet(
    path: Path,
    count: int,
    seed: int = 0,
    names: Sequence[str] | None = NAMES,
    change: Callable[[dict[str, list]], None] | None = None,
    group: int = 5,
    size: tuple[int, int] = (30, 40),
) -> Path:
    """A file as Hugging Face writes it, labels 0 and 1 in turn; `change` may spoil its columns."""
    import pyarrow
    import pyarrow.parquet

    cells = {
        "image": [
            {"bytes": encoded(photo(at % 2, seed + at // 2, size)), "path": f"{at}.png"}
            for at in range(count)
        ],
        "label": [at % 2 for at in range(count)],
    }
    if change:
        change(cells)
    table = pyarrow.table(cells)
    if names is not None:
        features = {
            "image": {"_type": "Image"},
            "label": {"names": list(names), "_type": "ClassLabel"},
        }
        told = json.dumps({"info": {"features": features}}).encode()
        table = table.replace_schema_metadata({b"huggingface": told})
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(table, path, row_group_size=group)
    return path


OWN = '''"""A network for small photographs: normalisation, dropout, and a head beside the way."""
from papernets.said import Paper
from papernets.spec import Aux, Conv, Dense, Dropout, Flatten, Net, Norm, Pool, chain

PAPER = Paper("Mine", "me", 2026, "here")


def make(classes=2, channels=3, input=16):
    head = chain({"pool": Pool("average", 4), "flatten": Flatten(), "out": Dense(classes)})
    return Net(
        name="own",
        input=(channels, input, input) if isinstance(input, int) else (channels, *input),
        classes=classes,
        body=chain({
            "conv1": Conv(8, 3, padding=1, norm=Norm(), activation="relu"),
            "head": Aux(head, 0.3),
            "pool": Pool("max", 2),
            "conv2": Conv(8, 3, padding=1, norm=Norm(), activation="relu"),
            "pool2": Pool("average", 4), "flatten": Flatten(), "drop": Dropout(0.2),
            "out": Dense(classes, activation="softmax"),
        }),
    )
'''
AUGMENT = {"flip": 0.5, "padding": 1, "area": 0.6, "rotate": 5.0}


def run_of(home, kind="photos", **settings):
    own = {"epochs": 3, "batch_size": 8, "learning_rate": 0.02, "optimizer": "sgd"}
    own |= {"standardise": True, "enlarge": 1.25, "augment": AUGMENT, "schedule": "one_cycle"}
    return a_run(**{"net": f"{home}/own.py:make", "data": f"{home}/{kind}", **own, **settings})


def trained_on_two(root, train, val, **settings):
    """own.py, two/ and a run/ trained on it, and other/ with two classes of other names; the root.

    train, val: pictures of each part.
    """
    (root / "own.py").write_text(OWN)
    for name in ("two", "other"):
        folder(root / name, {"train": train, "val": val})
    for part in ("train", "val"):
        for name in ("blue", "red"):
            (root / "other" / part / name).rename(root / "other" / part / f"dark_{name}")
    do_undrawn(run_of(root, "two", **settings), root / "run")
    return root


def after(epoch):
    return lambda event: isinstance(event, Epoch) and event.epoch == epoch
