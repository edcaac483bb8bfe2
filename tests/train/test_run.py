"""A run as its file holds it, and its network."""

import json
import math
import tomllib
from dataclasses import fields, replace

import pytest
from small_runs import OWN, a_run

from papernets.train import recipe
from papernets.train.recipe import TrainRecipe
from papernets.train.run import NAMES, Run
from papernets.train.settings import read_config, resolve
from papernets.train.where import Where

ODD = a_run(
    net="lenet5",
    data='a "quoted" \\ path\twith\nlines/é中\x7f',
    constant=math.inf,
    betas=(0.5, 1e-7),
    learning_rate=1e-05,
    input=(32, 48),
    augment={"rotate": 3, "elastic_alpha": 1.5},
    boost={"rounds": 4},
    options={"deep": {"a key": [1, 2.5, "x"]}, "on": True, 'odd "key"': False},
)


def test_the_file_reads_back_as_the_same_run(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text(ODD.to_toml(), encoding="utf-8")
    assert Run.of(read_config(path)) == ODD
    for name in ("lenet1", "lenet5", "boosted_lenet4"):
        run = resolve(name)
        path.write_text(run.to_toml())
        assert Run.of(read_config(path)) == run
        assert resolve(name, read_config(path)) == run  # as --config too


def test_distortions_that_were_taken_out_stay_out(tmp_path):
    run = resolve("lenet5", {"augment": {}})
    path = tmp_path / "run.toml"
    path.write_text(run.to_toml())
    assert resolve("lenet5", read_config(path)).recipe.augment == {}


def test_json_has_no_infinity():
    text = json.dumps(ODD.to_dict(), allow_nan=False)
    assert json.loads(text)["constant"] == "inf"
    assert json.loads(text)["input"] == [32, 48]


def test_every_setting_has_its_place():
    """`run.toml` is as flat as ever: what is done, and behind what it belongs to, where."""
    halves = [field.name for half in (TrainRecipe, Where) for field in fields(half)]
    assert sorted(NAMES) == sorted(halves) and len(set(halves)) == len(halves)
    assert NAMES[:6] == ("net", "data", "data_dir", "strict", "memory", "recipe")
    assert list(tomllib.loads(ODD.to_toml())) == list(ODD.to_dict()) == list(NAMES)
    assert Run.of(ODD.settings()) == ODD


def test_a_network_is_looked_up_once(monkeypatch):
    found, real = [], recipe.look_up
    monkeypatch.setattr(recipe, "look_up", lambda *given: found.append(given[1]) or real(*given))
    run = a_run("lenet1")
    assert run.found is run.found is run.network(10) and found == [None]
    assert run.network(3).net.classes == 3 and found == [None, 3]
    assert replace(run, where=Where(threads=2)).found.net == run.found.net
    assert run.changed(net="lenet4").found.net.name == "lenet4"
    kept = resolve("lenet1")
    found.clear()
    assert kept.found.net == run.found.net and kept.network(10) is kept.found and found == []
    assert kept.changed(channels=3).found.net.input[0] == 3 and found == [None]


def test_a_function_of_ones_own_is_asked_for_its_classes(tmp_path):
    (tmp_path / "own.py").write_text(OWN + "\n\ndef make():\n    return NET\n")
    run = a_run(f"{tmp_path}/own.py:make")
    assert run.found.net.classes == 3
    with pytest.raises(ValueError, match="takes no option 'classes'; its options: none"):
        run.network(3)
