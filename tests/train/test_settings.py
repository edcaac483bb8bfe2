"""Where a run's settings come from: recipes, files, flags; and what is refused."""

import math
import re
import tomllib

import pytest
from small_runs import a_run

from papernets.nets import look_up
from papernets.train.augmenting import AUGMENTATIONS
from papernets.train.recipe import TrainRecipe
from papernets.train.run import NAMES, Run
from papernets.train.settings import checked, joined, located, parse_set, read_config, resolve
from papernets.train.usual_words import MEANT, without_effect


def test_each_layer_goes_over_the_one_before():
    printed = dict(next(r for r in look_up("lenet5").recipes if r.name == "quick").settings)
    plain = resolve("lenet5", {"data": "mnist"}).recipe
    assert plain.momentum == TrainRecipe.momentum  # a default
    assert plain.recipe == "quick"
    assert plain.learning_rate == printed["learning_rate"] != TrainRecipe.learning_rate
    config = {"data": "mnist", "epochs": 7, "batch_size": 9, "seed": 5}
    settled = resolve("lenet5", config, {"batch_size": 10, "seed": 6}, {"seed": 7}).recipe
    assert (settled.epochs, settled.batch_size, settled.seed) == (7, 10, 7)
    assert settled.learning_rate == printed["learning_rate"]


def test_tables_are_joined_and_an_empty_one_empties():
    own = dict(resolve("lenet5").recipe.augment)
    assert own
    changed = resolve("lenet5", {"augment": {"rotate": 1.0}}, {"augment": {"shift": 2.0}})
    assert changed.recipe.augment == {**own, "rotate": 1.0, "shift": 2.0}
    assert resolve("lenet5", {"augment": {}}).recipe.augment == {}
    assert joined({"augment": {"rotate": 1}}, {"augment": {}}) == {"augment": {}}


def test_the_recipe_follows_the_data():
    assert resolve("lenet5").recipe.recipe == "small"
    assert resolve("lenet5", {"data": "Digits"}).recipe.recipe == "small"
    assert resolve("lenet5", {"data": "mnist"}).recipe.recipe == "quick"
    assert resolve("lenet5", {"data": "mnist", "recipe": "best"}).recipe.recipe == "best"


def test_an_unknown_recipe_names_the_others():
    text = "lenet5 has no recipe 'bets'. Did you mean 'best'? Its recipes: quick, best"
    with pytest.raises(ValueError, match=re.escape(text)):
        resolve("lenet5", {"recipe": "bets"})


def test_the_name_is_the_networks():
    assert resolve("LeNet-5").recipe.net == resolve("lenet5_1998").recipe.net == "lenet5"


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
        (
            "epochs",
            "--set epochs: give key=value. All keys, with their values: papernets train lenet5",
        ),
        ("=3", "--set =3: give key=value"),
        ("epoch=3", "--set epoch=3: unknown key 'epoch'. Did you mean 'epochs'? All keys,"),
        ("lr=0.1", "--set lr=0.1: unknown key 'lr'. Did you mean 'learning_rate'? All keys,"),
        ("BS=8", "unknown key 'BS'. Did you mean 'batch_size'?"),
        ("wd=0.1", "unknown key 'wd'. Did you mean 'weight_decay'?"),
        ("num-workers=2", "unknown key 'num_workers'. Did you mean 'workers'?"),
        ("flip=0.5", "unknown key 'flip'. Did you mean 'augment.flip'?"),
        ("zzz=3", "--set zzz=3: unknown key 'zzz'. All keys, with"),
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


def test_words_of_other_programs_lead_to_settings_that_there_are():
    for word, ours in MEANT.items():
        assert word not in NAMES and ours.partition(".")[0] in NAMES
        inner = ours.partition(".")[2]
        assert not inner or inner in AUGMENTATIONS


def test_settings_without_effect():
    """Whatever they are, training computes the same: as the optimizer, schedule and loss are."""
    plain = TrainRecipe("lenet1")
    still = {"warmup", "constant", "probe", "fallback", "freeze_norm", "momentum"}
    still |= {"milestones", "gamma", "patience", "drops", "monitor", "every", "power", "rates"}
    still |= {"freeze_to", "head_only", "unfreeze", "zooms"}
    still |= {"alpha", "curvature", "decays", "average_kind", "nesterov", "shuffle_buffer"}
    assert without_effect(plain) == still
    other = TrainRecipe(
        "lenet1", optimizer="sgd", schedule="one_cycle", loss="map", standardise=True, weights="x"
    )
    others = {"balance", "mixup", "cutmix", "betas", "low", "high", "label_smoothing", "epsilon"}
    unused = {"constant", "probe", "fallback", "freeze_norm", "momentum", "nesterov", "warmup"}
    unused |= {"freeze_to", "head_only", "unfreeze", "zooms"}
    assert without_effect(other) == still - unused | others
    tensorflow = TrainRecipe("lenet1", optimizer="rmsprop_tensorflow", schedule="exponential")
    assert not {"momentum", "alpha", "epsilon", "gamma", "every"} & without_effect(tensorflow)
    marquardt = TrainRecipe(
        "lenet1", optimizer="levenberg_marquardt", schedule="listed", rates=((0.1, 2),)
    )
    assert {"momentum", "alpha", "betas", "learning_rate"} <= without_effect(marquardt)
    assert not {"curvature", "epsilon", "rates"} & without_effect(marquardt)
    stepped = TrainRecipe("lenet1", optimizer="sgd", schedule="step")
    assert not {"milestones", "gamma"} & without_effect(stepped)
    left = tomllib.loads(Run(other).to_toml(without_effect(other)))
    whole = tomllib.loads(Run(other).to_toml())
    assert whole.keys() - left.keys() == without_effect(other)
    assert left == {key: value for key, value in whole.items() if key in left}


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
    message = (
        r"my\.toml: unknown key 'learning_rat'\. Did you mean 'learning_rate'\? All keys, with"
    )
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
    assert resolve("resnet18", asked, {"batch_size": 2}).recipe.batch_size == 2
    assert resolve(
        "resnet18", {"data": "photos", "batch_size": 1, "input": (64,)}
    ).recipe.input == (64,)
    assert resolve("lenet5", {"batch_size": 1}).recipe.batch_size == 1
