"""Which share of the training pictures is held out, and training that holds out none."""

import json
from dataclasses import replace

import pytest
from small_runs import DATA, EYES, TINY, a_run, do, drawn, fitted, log_of, run_of, write_own

from papernets import data
from papernets.cli import main
from papernets.cli.epochs import epoch_line, heading
from papernets.nets import look_up
from papernets.train.events import Epoch, Started
from papernets.train.results import read_result
from papernets.train.settings import resolve
from papernets.train.state import start


def test_a_share_is_of_the_training_pictures():
    usual, all_of_them = data.open("digits"), data.open("digits", val_share=0)
    assert (len(usual.train), len(usual.validation)) == (1197, 200)
    assert (len(all_of_them.train), len(all_of_them.validation)) == (1397, 0)
    assert usual.test.images.equal(all_of_them.test.images)
    assert len(data.open("digits", val_share=0.5).validation) == pytest.approx(1397 / 2, abs=1)
    for wrong in (-0.5, 0.9, float("nan")):
        with pytest.raises(ValueError, match=r"val_share must be from 0 to 0\.8"):
            data.open("digits", val_share=wrong)


def test_folders_hold_out_as_much_as_is_asked(tmp_path):
    _, pictures = write_own(tmp_path)
    learnt = data.open(pictures, size=(12, 12), val_share=0)
    assert (len(learnt.train), len(learnt.validation), len(learnt.test)) == (84, 0, 30)
    with pytest.raises(ValueError, match="has a part val/ that chooses the epoch"):
        data.open(pictures, size=(12, 12), val_share=0.1)
    one = f"{pictures}/train"  # no parts: a tenth is tested
    counts = {}
    for share in (-1.0, 0.1, 0.0, 0.4):
        found = data.open(one, size=(12, 12), val_share=share)
        parts = (found.train, found.validation, found.test)
        counts[share] = list(map(len, parts))
        assert sum(counts[share]) == 60
    assert counts[-1.0] == counts[0.1] and counts[0.0][1] == 0 < counts[0.1][1] < counts[0.4][1]


def test_without_held_out_pictures_the_last_epoch_is_kept(tmp_path):
    write_own(tmp_path)
    run = run_of(tmp_path, val_share=0.0, keep="last")
    events = do(run, tmp_path / "whole")
    started = next(e for e in events if isinstance(e, Started))
    assert (len(started.dataset.train), len(started.dataset.validation)) == (84, 0)
    epochs = [e for e in events if isinstance(e, Epoch)]
    assert {(e.val_loss, e.val_error, e.best) for e in epochs} == {(None, None, False)}
    assert epochs[-1].train_error < 0.2
    result = read_result(tmp_path / "whole")
    assert result["best_epoch"] == 3 and result["test_error"] < 0.2
    said = json.loads((tmp_path / "whole" / "best" / "bundle.json").read_text())
    assert said["metrics"]["epoch"] == 3 and "val_error" not in said["metrics"]
    assert said["run"]["val_share"] == 0
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "cut", until=lambda e: isinstance(e, Epoch) and e.epoch == 2)
    do(None, tmp_path / "cut", resume=True)
    assert log_of(tmp_path / "cut") == log_of(tmp_path / "whole")
    line = epoch_line(epochs[-1], run.recipe, 0, 1.0)
    assert "val" not in line and f"error {100 * epochs[-1].train_error:.1f} %" in line
    assert "no picture is held out" in heading(run.recipe, 0)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "keep='best' chooses the epoch by held-out ones: --set keep=last"),
        ({"keep": "last", "schedule": "plateau"}, "schedule 'plateau' looks at held-out ones"),
        ({"keep": "last", "weights": "w", "fallback": True}, "--set fallback=false"),
    ],
)
def test_what_looks_at_held_out_pictures_is_refused_before_training(settings, why):
    with pytest.raises(ValueError, match=why):
        a_run("tiny", val_share=0.0, **settings)
    none = replace(DATA, validation=DATA.train.select([]))
    if "weights" not in settings:
        run = a_run("tiny", **settings)
        with pytest.raises(ValueError, match=why.split(":")[0]):
            next(fitted(start(drawn(TINY), run.recipe), none, EYES, run))
    a_run("tiny", val_share=0.0, keep="last", schedule="plateau", monitor="train_error")


def test_a_committee_needs_held_out_pictures():
    with pytest.raises(ValueError, match="weighed is chosen by held-out ones"):
        resolve("boosted_lenet4", {"val_share": 0.0})
    assert resolve("boosted_lenet4", {"recipe": "paper"}).recipe.val_share == -1


def test_the_share_asked_for_alone_keeps_the_last_epoch():
    assert resolve("lenet1", {"val_share": 0.0}).recipe.keep == "last"
    assert resolve("lenet1", {"val_share": 0.2}).recipe.keep == "best"
    with pytest.raises(ValueError, match="keep='best'"):
        resolve("lenet1", {"val_share": 0.0, "keep": "best"})


@pytest.mark.parametrize(
    ("name", "recipe", "share"),
    [
        ("resnet20", "released", 0),  # datasets/cifar10-gen.lua: all 50,000
        ("resnet20", "paper", -1),  # section 4.2: a 45k/5k split, which is CIFAR-10's own here
        ("lenet5", "paper", 0),  # III-A: 60,000
        ("nin_cifar10", "paper", 0),  # section 4.2: 50,000
    ],
)
def test_recipes_train_on_the_pictures_that_they_print(name, recipe, share):
    found = resolve(name, {"recipe": recipe, "data": "cifar10"}).recipe
    assert found.val_share == share and found.keep == "last"
    assert look_up(name).recipe(recipe).settings.get("val_share", -1) == share


def test_the_share_is_a_flag(capsys):
    arguments = ["train", "lenet1", "--data", "digits", "--dry-run"]
    assert main([*arguments, "--val-share", "0", "-q"]) == 0
    said = capsys.readouterr().out
    assert "val_share = 0.0" in said and 'keep = "last"' in said
    assert main([*arguments, "--val-share", "0.95"]) == 2
    assert "val_share must be from 0 to 0.8" in capsys.readouterr().err
