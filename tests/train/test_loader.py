"""Loader processes: the same batches for any number of them, and nobody left behind."""

import shutil
from dataclasses import replace

import pytest
import torch
from processes import none_left
from small_photos import folder as photo_folder
from small_photos import run_of as photo_run
from small_runs import CPU, DATA, EYES, TINY

from papernets.data import open as open_data
from papernets.train.loader import LoaderDied, Loaders
from papernets.train.older import todays
from papernets.train.pictures import preprocessing_for
from papernets.train.recipe import TrainRecipe
from papernets.train.settings import read_config
from papernets.train.source import Source

DIGITS = {"augment": {"rotate": 9.0, "elastic_alpha": 3.0, "elastic_sigma": 4.0}}
STRIPS = {"neighbours": 0.5, "loss": "map", "constant": 5.0}


def source_of(**settings):
    recipe = TrainRecipe("tiny", **{"batch_size": 8, "epochs": 3, "seed": 5, **settings})
    return Source(DATA.train, EYES, recipe, CPU)


def same(one, other):
    one, other = list(one), list(other)
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels)
        assert a.total == b.total and torch.equal(a.draws.places, b.draws.places)


def copied(batches):
    """Batches whose tensors stay: a slot's memory is used again."""
    return [b._replace(images=b.images.clone(), labels=b.labels.clone()) for b in batches]


@pytest.mark.parametrize(
    "settings", [DIGITS, pytest.param(STRIPS, marks=pytest.mark.slow)], ids=["digits", "strips"]
)
def test_batches_are_those_of_one_process(settings, monkeypatch):
    monkeypatch.setattr("papernets.train.source.CHUNK", 8)
    source = source_of(**settings)
    with Loaders(source, 2) as loaders:
        for number, start in ((1, 0), (2, 0), (3, 5)):
            same(copied(loaders.epoch(number, start)), source.epoch(number, start))
        abandoned = loaders.epoch(2)
        next(abandoned)
        abandoned.close()
        same(copied(loaders.epoch(1)), source.epoch(1))


@pytest.mark.slow
@pytest.mark.parametrize("room", [None, 0.0], ids=["in memory", "on demand"])
@pytest.mark.parametrize("zca", [0.0, 0.1])
def test_photographs_for_any_number_of_processes(tmp_path, room, zca):
    photo_folder(tmp_path / "photos", {"train": 40, "val": 4, "test": 4})
    augment = {"flip": 0.5, "padding": 1, "area": 0.6, "rotate": 5.0, "hue": 0.2, "pca": 0.1}
    scale = {"zca": zca, "standardise": False} if zca else {}
    run = photo_run(tmp_path, augment=augment, **scale)
    dataset = open_data(str(tmp_path / "photos"), channels=3, size=(20, 20), room=room)
    net = replace(TINY, input=(3, 16, 16), classes=2)
    eyes = preprocessing_for(run.recipe, net, dataset)
    source = Source(dataset.train, eyes, run.recipe, CPU)
    whole = list(source.epoch(1))
    for count in (1, 2, 4):
        with Loaders(source, count) as loaders:
            same(copied(loaders.epoch(1)), whole)


@pytest.mark.slow
def test_a_process_that_dies_is_named():
    with none_left(), Loaders(source_of(**DIGITS), 1) as loaders:
        loaders.loaders[0].process.kill()
        with pytest.raises(LoaderDied, match=r"loader process 1 of 1 was killed by signal 9: is m"):
            list(loaders.epoch(1))


@pytest.mark.slow
def test_a_picture_that_vanishes_is_named(tmp_path):
    photo_folder(tmp_path / "photos", {"train": 4, "val": 2, "test": 2})
    dataset = open_data(str(tmp_path / "photos"), channels=3, size=(16, 16), room=0.0)
    shutil.rmtree(tmp_path / "photos" / "train" / "red")
    recipe = TrainRecipe("tiny", batch_size=8)
    eyes = replace(EYES, channels=3, height=16, width=16, picture=(16, 16), kind="photo")
    said = pytest.raises(ValueError, match=r"png: not there .*bring it back, then go on with")
    with Loaders(Source(dataset.train, eyes, recipe, CPU), 1) as loaders, said:
        list(loaders.epoch(1))


def test_an_older_runs_workers_are_processes(tmp_path):
    old = {"net": "lenet1", "seed": 7, "device": "auto", "threads": 1, "workers": 2}
    assert todays(old)["processes"] == 2 and "workers" not in todays(old)
    new = {**old, "processes": 0}
    assert todays(new) == new
    assert todays({"net": "lenet1", "workers": 2}) == {"net": "lenet1", "workers": 2}
    file = tmp_path / "run.toml"
    file.write_text('net = "lenet1"\nseed = 1\ndevice = "cpu"\nthreads = 1\nworkers = 2\n')
    assert read_config(file)["processes"] == 2
