"""Every recipe of every family trains its network on real pictures, and resumes bit for bit.

A recipe's batch is computed in parts of a few pictures and kept so; where it is larger than the
set, a step takes all of that. Inputs are as small as the network takes them.
"""

import gzip
import os
import shutil
from functools import cache
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from small_runs import do, left_by

from papernets import data
from papernets.bundle.info import BundleInfo
from papernets.bundle.save import save_bundle
from papernets.nets import NETS, look_up
from papernets.run.network import build
from papernets.spec import smallest_input, tensors, totals, walk
from papernets.train import outcome, session
from papernets.train.events import Epoch
from papernets.train.settings import resolve

AT_ONCE = 8
"""Pictures of a batch that are computed at a time."""
SIDE = 32
"""Pixels of an input, or as many more as the network needs."""
SIZES = {"digits": (20, 10), "cifar": (20, 10), "insects": (12, 4)}
"""Pictures to learn from, held out and in the test, of each set: several parts of a step."""
NOT_RUN = {
    ("resnet", "paper", "resnet1202"): "1,202 layers take a minute; resnet110 warms up alike",
}
"""Recipes that are not tried, by family, name and first network, and why."""


def _listed():
    """Each recipe with the networks that have it: printed ones each, ours one a family and name."""
    found = {}
    for entry in NETS:
        family = entry.family.rpartition(".")[2]
        for recipe in look_up(entry.name).recipes:
            told = repr(recipe) if recipe.printed else ""
            found.setdefault((family, recipe.name, told), []).append(entry.name)
    return {(*key[:2], names[0]): tuple(names) for key, names in found.items()}


LISTED = _listed()
CASES = [
    pytest.param(names, recipe, id=f"{family}-{recipe}-{first}")
    for (family, recipe, first), names in LISTED.items()
    if (family, recipe, first) not in NOT_RUN
]


def test_what_is_not_run_is_there():
    assert set(NOT_RUN) <= set(LISTED) and all(NOT_RUN.values())
    assert len(CASES) == len(LISTED) - len(NOT_RUN) > 50


@cache
def small(name):
    """The side of a network's input that is tried, and about what a training on it costs."""
    own = look_up(name).net.member
    side = min(max(SIDE, *smallest_input(own)), *own.input[1:])
    sums = totals(walk(look_up(name, 2, None, (side, side)).net.member))
    return side, 200 * sums.macs + 100 * sums.params


@pytest.fixture(scope="module")
def pictures(shared_data, tmp_path_factory):
    """Folders of real pictures: digits of MNIST, pictures of CIFAR-10, photographs of insects."""
    root = tmp_path_factory.mktemp("pictures")
    if not all((shared_data / name).is_dir() for name in ("mnist", "cifar10", "ants-bees")):
        pytest.skip(f"{shared_data} has not all of mnist, cifar10 and ants-bees")
    _digits(shared_data / "mnist", root / "digits")
    _coloured(shared_data / "cifar10", root / "cifar")
    _photographs(shared_data / "ants-bees", root / "insects")
    yield root
    shutil.rmtree(root)


def _digits(source, target):
    with gzip.open(source / "t10k-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + 784 * 400)[16:], np.uint8).reshape(-1, 28, 28)
    with gzip.open(source / "t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + 400)[8:], np.uint8)
    for digit in range(10):
        some = (Image.fromarray(images[at]) for at in np.flatnonzero(labels == digit))
        _kept(target, str(digit), some, classes=10)


def _coloured(source, target):
    from pyarrow.parquet import ParquetFile

    rows = next(ParquetFile(source / "test-00000-of-00001.parquet").iter_batches(1000)).to_pylist()
    for label, name in enumerate(("airplane", "automobile")):
        some = (row["img"]["bytes"] for row in rows if row["label"] == label)
        _kept(target, name, (Image.open(BytesIO(one)) for one in some), classes=2)


def _photographs(source, target):
    for name in ("ants", "bees"):
        files = sorted((source / "train" / name).glob("*.jpg"))
        opened = (Image.open(file).convert("RGB") for file in files)
        _kept(target, name, (image.resize((160, 120)) for image in opened), classes=2)


def _kept(target, name, images, classes):
    """A class's pictures in train/, val/ and test/."""
    learnt, held_out = SIZES[target.name]
    for part, number in (("train", learnt), ("val", held_out), ("test", held_out)):
        place = target / part / name
        place.mkdir(parents=True)
        for at in range(number // classes):
            next(images).save(place / f"{at}.png")


def settings_for(name, recipe, pictures, home):
    """What a run of a recipe is given besides: pictures, two passes, parts, what it begins with."""
    found = look_up(name)
    kind = "insects" if max(found.net.member.input[1:]) > SIDE else "cifar"
    grey = found.net.member.input[0] == 1
    kind = "digits" if grey or recipe == "digits" else kind
    side, _ = small(name)
    given = {"data": str(pictures / kind), "recipe": recipe, "epochs": 2, "threads": 1}
    given |= {"input": (side, side), "device": "cpu", "micro_batch": AT_ONCE}
    for need in found.recipe(recipe).needs:
        table, dot, key = need.field.partition(".")
        bundle = written(name if not dot else "vgg11", ("a", "b"), side, home)
        given |= {table: {key: bundle} if dot else bundle}
    if recipe == "finetune":
        given["weights"] = written(name, ("a", "b", "c"), side, home)
    return given


def written(name, classes, side, home):
    """A bundle of a network for these classes with the weights that a seed draws; its folder."""
    net = look_up(name, len(classes), None, (side, side)).net.member
    eyes = data.Preprocessing(net.input[0], side, side, (side, side))
    info = BundleInfo(name, classes, net.input, eyes.to_dict(), run={"data": "others"})
    model = build(net, generator=torch.Generator().manual_seed(1))
    save_bundle(home / "given", info, model.state_dict())
    return str(home / "given")


@pytest.fixture
def begun(monkeypatch):
    """The tensors with which each run begins, before any step, and its network."""
    kept = []
    real = session.start

    def start(model, recipe):
        kept.append((model.net, {key: value.clone() for key, value in model.state_dict().items()}))
        return real(model, recipe)

    monkeypatch.setattr(session, "start", start)
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    return kept


@pytest.mark.slow
@pytest.mark.parametrize(("names", "recipe"), CASES)
def test_it_trains_and_resumes_bit_for_bit(names, recipe, pictures, tmp_path, begun):
    name = look_up(min(names, key=lambda one: small(one)[1])).net.member.name
    run = resolve(name, settings_for(name, recipe, pictures, tmp_path))
    whole, half = tmp_path / "whole", tmp_path / "half"
    try:
        epochs = [e for e in do(run, whole, until=copies(whole, half)) if isinstance(e, Epoch)]
        assert [epoch.epoch for epoch in epochs] == [1, 2]
        for epoch in epochs:
            found = [epoch.train_loss, epoch.val_loss, epoch.learning_rate]
            assert np.isfinite([one for one in found if one is not None]).all()
        check_moved(*begun[0], load_file(whole / "last" / "weights.safetensors"), run.recipe)
        do(None, half, resume=True)
        assert left_by(half) == left_by(whole)
    finally:
        for folder in (whole, half, tmp_path / "given"):
            shutil.rmtree(folder, ignore_errors=True)


def copies(whole, half):
    """Leaves beside a run what it would leave if it were killed after its first epoch.

    Links will do, as files are replaced whole.
    """

    def look(event):
        if isinstance(event, Epoch) and event.epoch == 1:
            shutil.copytree(whole, half, copy_function=os.link)

    return look


def check_moved(net, first, last, recipe):
    """Each row's weights learnt; statistics moved, or stayed if they are to; codes stayed."""
    assert first.keys() == last.keys()
    moved = {key: not torch.equal(first[key], value) for key, value in last.items()}
    rows = {}
    for key, tensor in tensors(net).items():
        assert last[key].isfinite().all(), key
        if tensor.trained:
            rows.setdefault((tensor.row, tensor.operation), []).append(moved[key])
        elif key.endswith(("running_mean", "running_var")):
            assert moved[key] != recipe.freeze_norm, key
        elif key.endswith("codes"):
            assert not moved[key], key
    assert not [row for row, learnt in rows.items() if not any(learnt)]
