"""A run's settings: where they come from, how they are written, and what is refused."""

import json
import math
import re
import tomllib
from dataclasses import fields

import pytest
from small_runs import a_run

from papernets.data import Distortion
from papernets.nets.registry import net
from papernets.train.run import DISTORTIONS, Run
from papernets.train.settings import checked, joined, located, parse_set, read_config, resolve


def test_each_layer_goes_over_the_one_before():
    recipe = dict(next(r for r in net("lenet5").recipes if r.name == "quick").settings)
    plain = resolve("lenet5", {"data": "mnist"})
    assert plain.momentum == Run.momentum  # a default
    assert plain.recipe == "quick"
    assert plain.learning_rate == recipe["learning_rate"] != Run.learning_rate
    config = {"data": "mnist", "epochs": 7, "batch_size": 9, "seed": 5}
    settled = resolve("lenet5", config, {"batch_size": 10, "seed": 6}, {"seed": 7})
    assert (settled.epochs, settled.batch_size, settled.seed) == (7, 10, 7)
    assert settled.learning_rate == recipe["learning_rate"]


def test_tables_are_joined_and_an_empty_one_empties():
    own = dict(resolve("lenet5").augment)
    assert own
    changed = resolve("lenet5", {"augment": {"rotate": 1.0}}, {"augment": {"shift": 2.0}})
    assert changed.augment == {**own, "rotate": 1.0, "shift": 2.0}
    assert resolve("lenet5", {"augment": {}}).augment == {}
    assert joined({"augment": {"rotate": 1}}, {"augment": {}}) == {"augment": {}}


def test_the_recipe_follows_the_data():
    assert resolve("lenet5").recipe == "small"
    assert resolve("lenet5", {"data": "Digits"}).recipe == "small"
    assert resolve("lenet5", {"data": "mnist"}).recipe == "quick"
    assert resolve("lenet5", {"data": "mnist", "recipe": "best"}).recipe == "best"


def test_an_unknown_recipe_names_the_others():
    text = "lenet5 has no recipe 'bets'. Did you mean 'best'? Its recipes: quick, best"
    with pytest.raises(ValueError, match=re.escape(text)):
        resolve("lenet5", {"recipe": "bets"})


def test_the_name_is_the_networks():
    assert resolve("LeNet-5").net == resolve("lenet5_1998").net == "lenet5"


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
    assert resolve("lenet5", read_config(path)).augment == {}


def test_json_has_no_infinity():
    text = json.dumps(ODD.to_dict(), allow_nan=False)
    assert json.loads(text)["constant"] == "inf"
    assert json.loads(text)["input"] == [32, 48]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("epochs=3", ("epochs", 3)),
        ("learning-rate = 1e-2", ("learning_rate", 1e-2)),
        ("average=0", ("average", 0.0)),
        ("data=photos/my set", ("data", "photos/my set")),
        ('data="12"', ("data", "12")),
        ("constant=inf", ("constant", math.inf)),
        ("betas=[0.8, 0.9]", ("betas", (0.8, 0.9))),
        ("input=36", ("input", (36,))),
        ("augment.rotate=5", ("augment", {"rotate": 5})),
        ("augment={}", ("augment", {})),
        ("options.word=x = y", ("options", {"word": "x = y"})),
    ],
)
def test_set(text, expected):
    assert parse_set(text) == expected


@pytest.mark.parametrize(
    "text, message",
    [
        ("epochs", "--set epochs: give key=value. The keys: net, data,"),
        ("=3", "--set =3: give key=value"),
        ("epoch=3", "--set epoch=3: unknown key 'epoch'. Did you mean 'epochs'? The keys: net,"),
        ("zzz=3", "--set zzz=3: unknown key 'zzz'. The keys: net,"),
        ("augmnt.rotate=3", "unknown table 'augmnt'. Did you mean 'augment'? Tables: augment, b"),
        ("augment.=3", "--set augment.=3: give augment.key=value"),
        ("options.a.b=3", "--set options.a.b=3: give options.key=value"),
        ("epochs=many", "--set epochs=many: epochs takes a whole number, not 'many'"),
        ("epochs=2.5", "--set epochs=2.5: epochs takes a whole number, not 2.5"),
        ("epochs=true", "--set epochs=true: epochs takes a whole number, not True"),
        ("momentum=true", "momentum takes a number, not True"),
        ("data=3", "--set data=3: data takes text, not 3"),
        ("betas=[1, 'x']", "--set betas=[1, 'x']: betas takes numbers, not [1, 'x']"),
        ("augment=3", "--set augment=3: augment takes a table, not 3"),
    ],
)
def test_a_wrong_set(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_set(text)


def test_a_wrong_file(tmp_path):
    path = tmp_path / "my.toml"
    with pytest.raises(FileNotFoundError, match=r"no configuration .*my.toml: --config takes a"):
        read_config(path)
    path.write_text("epochs = ")
    with pytest.raises(ValueError, match=r"my\.toml is not TOML: "):
        read_config(path)
    path.write_bytes(b'data = "\xff"')
    with pytest.raises(ValueError, match=r"my\.toml is not TOML: "):
        read_config(path)
    path.write_text("learning_rat = 1")
    message = r"my\.toml: unknown key 'learning_rat'\. Did you mean 'learning_rate'\? The keys: net"
    with pytest.raises(ValueError, match=message):
        read_config(path)
    path.write_text('epochs = "3"')
    with pytest.raises(ValueError, match=r"my\.toml: epochs takes a whole number, not '3'"):
        read_config(path)
    with pytest.raises(FileNotFoundError, match="is a folder: --config takes a file, not a folder"):
        read_config(tmp_path)
    (tmp_path / "run.toml").write_text("epochs = 3")
    with pytest.raises(FileNotFoundError, match=r"takes a file, .*run\.toml, say"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"batch_size": -1}, "batch_size must be at least 1, not -1"),
        ({"threads": -1}, "threads must be 0 or more, not -1"),
        ({"channels": -1}, "channels must be 0 or more, not -1"),
        ({"seed": -1}, "seed must be from 0 to below 1,152,921,504,606,846,976, not -1"),
        ({"seed": 2**64}, "seed must be from 0 to below"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0, not 0.0"),
        ({"learning_rate": math.inf}, "learning_rate must be above 0, not inf"),
        ({"distance_scale": math.nan}, "distance_scale must be above 0, not nan"),
        ({"weight_decay": -0.1}, "weight_decay must be 0 or more, not -0.1"),
        ({"average": 1.0}, "average must be from 0 to below 1, not 1.0"),
        ({"warmup": -0.5}, "warmup must be from 0 to below 1, not -0.5"),
        ({"momentum": 2.0}, "momentum must be from 0 to below 1, not 2.0"),
        ({"betas": (0.9,)}, "betas must be two numbers from 0 to below 1, not [0.9]"),
        ({"constant": -math.inf}, "constant must be a number, or inf for no term, not -inf"),
        ({"digit_size": 18}, "digit_size must be 20 or 16, not 18"),
        ({"input": (3, 3, 3)}, "input must be a side or height and width in pixels, such as 32"),
        ({"input": (3.5,)}, "input must be a side or height and width in pixels"),
        ({"neighbours": 1.5}, "neighbours must be from 0 to 1, not 1.5"),
        ({"neighbours": 0.5}, "neighbours needs loss 'map' with a finite constant"),
        ({"low": 1.0, "high": 1.0}, "low and high must be two different numbers, not 1.0 and 1.0"),
        ({"optimizer": "adm"}, "unknown optimizer 'adm'. Did you mean 'adam'? optimizer is one of"),
        ({"schedule": "linear"}, "unknown schedule 'linear'"),
        ({"loss": "mea"}, "unknown loss 'mea'. Did you mean"),
        ({"keep": "all"}, "unknown keep 'all'. keep is one of best, last"),
        ({"device": "gpu"}, "unknown device 'gpu'. Devices: auto, cpu, cuda, mps"),
        ({"data": ""}, "data must name a data set or a folder"),
        ({"augment": {"rotat": 5}}, "unknown key 'rotat' in augment. Did you mean 'rotate'? It"),
        ({"augment": {"rotate": "x"}}, "augment.rotate takes a number of 0 or more, not 'x'"),
        ({"augment": {"rotate": -1}}, "augment.rotate takes a number of 0 or more, not -1"),
        ({"boost": {"round": 5}}, "unknown key 'round' in boost. Did you mean 'rounds'?"),
        ({"boost": {"rounds": 0}}, "boost.rounds must be a whole number of at least 1, not 0"),
        ({"boost": {"rounds": 1.5}}, "boost.rounds must be a whole number of at least 1, not 1.5"),
        ({"options": {"depth": 5}}, "lenet5 has no option 'depth'"),
        ({"input": (9,)}, "the smallest input of lenet5 is 32x32, not 9x9"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_loaded(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        resolve("lenet5", settings)


def test_the_distortions_that_a_run_knows_are_the_data_rooms():
    assert tuple(f.name for f in fields(Distortion)) == DISTORTIONS


def test_numbers_take_whole_ones_and_lists_one():
    assert checked("momentum", 0, "here") == 0.0
    assert checked("input", 28, "here") == (28,)
    assert tomllib.loads(a_run("lenet5", input=(28,)).to_toml())["input"] == [28]


def test_paths_are_made_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    (tmp_path / "digits").mkdir()  # the data set's name goes first
    found = located({"data": "photos", "data_dir": "sets", "net": "my/own.py:NET", "seed": 1})
    assert found == {
        "data": str(tmp_path / "photos"),
        "data_dir": str(tmp_path / "sets"),
        "net": f"{tmp_path / 'my' / 'own.py'}:NET",
        "seed": 1,
    }
    for name in ("digits", "mnist", "elsewhere"):
        assert located({"data": name}) == {"data": name}


def test_batch_normalisation_cannot_train_on_one_value_a_channel():
    """resnet18 halves its input five times: 32x32 pictures end in maps of 1x1."""
    asked = {"data": "photos", "input": (32,)}
    with pytest.raises(
        ValueError, match=r"input 3x32x32 normalises conv5_1.conv1 .*--batch-size 2"
    ):
        resolve("resnet18", asked, {"batch_size": 1})
    assert resolve("resnet18", asked, {"batch_size": 2}).batch_size == 2
    assert resolve("resnet18", {"data": "photos", "batch_size": 1, "input": (64,)}).input == (64,)
    assert resolve("lenet5", {"batch_size": 1}).batch_size == 1
