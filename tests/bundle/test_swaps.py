"""A swapped network's bundle reloads as itself."""

import json

import pytest
import torch
from small_bundles import same
from small_runs import do, run_of, write_own

import papernets
from papernets import create_model
from papernets.bundle.load import load_bundle
from papernets.train.settings import resolve

NORMS = ("", "+norm=batch")
SWAPS = {"activation": "relu", "pooling": "overlapping"}


def kept(model, folder):
    papernets.save(model, folder, classes=range(10), preprocessing="unit")
    return json.loads((folder / "bundle.json").read_text())


@pytest.mark.parametrize("way", ["options", "name"])
def test_a_saved_network_is_itself_again(tmp_path, way):
    word = "lenet5_modern+activation=relu+pooling=overlapping"
    draws = torch.Generator().manual_seed(5)
    name, options = (word, {}) if way == "name" else ("lenet5_modern", SWAPS)
    model = create_model(name, generator=draws, **options).eval()
    info = kept(model, tmp_path / "b")
    assert info["network"] == "lenet5_modern" and info["options"] == SWAPS and not info["net"]
    again = create_model(tmp_path / "b")
    assert same(model, again) and again.net == model.net and again.net.name == word


def test_a_built_network_is_itself_again(tmp_path):
    model = papernets.build(papernets.net("lenet5_modern", dropout=None, **SWAPS)).eval()
    assert kept(model, tmp_path / "b")["options"] == SWAPS
    assert create_model(tmp_path / "b").net == model.net


def test_a_bundle_is_swapped_as_it_is_loaded(tmp_path):
    model = create_model("lenet5_modern").eval()
    kept(model, tmp_path / "b")
    other = create_model(tmp_path / "b", activation="sigmoid")
    assert same(model, other) and other.net.name == "lenet5_modern+activation=sigmoid"


def test_a_users_own_network_is_kept_swapped(tmp_path):
    name, data = write_own(tmp_path)
    run = run_of(tmp_path, options={"activation": "relu", "dropout": 0}, epochs=1)
    do(run, tmp_path / "run")
    del name, data
    model = load_bundle(tmp_path / "run").model
    assert model.net.name == "own+activation=relu+dropout=0"
    info = json.loads((tmp_path / "run" / "best" / "bundle.json").read_text())
    assert info["net"]["name"] == model.net.name and info["net"]["title"] == "own"
    other = create_model(tmp_path / "run", activation="sigmoid")
    assert other.net.name == "own+activation=sigmoid+dropout=0"
    with pytest.raises(ValueError, match="activation=relu changes nothing"):
        create_model(tmp_path / "run", activation="relu")


def test_a_run_is_resolved_with_the_swaps_of_flags_and_names():
    by_name = resolve("lenet5_modern+norm=batch", {"data": "digits"})
    by_flag = resolve("lenet5_modern", {"data": "digits", "options": {"norm": "batch"}})
    assert by_name == by_flag and by_name.recipe.net == "lenet5_modern"
    assert by_name.found.net.name == "lenet5_modern+norm=batch"
    # batch normalisation bears a larger step: the recipe is the swapped network's
    rates = [resolve(f"vgg11{way}", {"data": "digits"}).recipe.learning_rate for way in NORMS]
    assert rates[1] > rates[0] > 0
