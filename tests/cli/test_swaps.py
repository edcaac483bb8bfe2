"""The flags that swap a part of a network, in every verb that has them."""

import json

import pytest
from small_runs import write_own

from papernets.cli import main, screen

FLAGS = ["--activation", "tanh", "--pooling", "plain", "--dropout", "0", "--set", "lrn=false"]
NAME = "alexnet+lrn=false+activation=tanh+dropout=0+pooling=plain"


@pytest.fixture(autouse=True)
def as_loud_as_before(monkeypatch):
    """--quiet holds until a verb is told otherwise: not in the tests after these."""
    monkeypatch.setattr(screen, "QUIET", False)


def told(capsys, *arguments):
    assert main([*map(str, arguments), "--json"]) == 0
    out, err = capsys.readouterr()
    assert not err
    return json.loads(out)


def test_explain_tells_what_was_swapped_and_no_claim(capsys):
    found = told(capsys, "explain", "alexnet", *FLAGS)
    assert found["name"] == NAME and found["facts"] == found["errata"] == []
    assert found == told(capsys, "explain", NAME)
    assert [one["where"] for one in found["departures"]] == ["an experiment"] * 4
    assert {row["activation"] for row in found["rows"]} == {"tanh", "softmax", None}
    assert told(capsys, "explain", "alexnet")["facts"]


def test_set_takes_a_networks_own_options_too(capsys):
    found = told(capsys, "explain", "resnet18", "--set", "shortcut=A", "--set", "norm=none")
    assert found["name"] == "resnet18_A+norm=none"
    assert "shortcut" in [row["name"].rpartition(".")[2] for row in found["rows"]]


def test_diff_sets_a_network_beside_itself_swapped(capsys):
    found = told(capsys, "diff", "alexnet", "--norm", "none")
    assert (found["a"]["name"], found["b"]["name"]) == ("alexnet", "alexnet+norm=none")
    same = told(capsys, "diff", "alexnet", "alexnet+norm=none")
    assert found == same
    # B alone is swapped
    assert told(capsys, "diff", "alexnet", "vgg16", "--dropout", "0")["a"]["name"] == "alexnet"


def test_compare_swaps_all_or_by_name(capsys):
    found = told(capsys, "compare", "alexnet", "vgg11", "--activation", "tanh")
    assert [one["network"] for one in found] == ["alexnet+activation=tanh", "vgg11+activation=tanh"]
    assert not any(one["top1_error"] for one in found)
    found = told(capsys, "compare", "alexnet", "alexnet+norm=batch")
    assert [one["network"] for one in found] == ["alexnet", "alexnet+norm=batch"]


def test_draw_swaps_what_it_draws(tmp_path, capsys):
    file = tmp_path / "net.svg"
    arguments = ["draw", "lenet5", "--activation", "relu", "--beside", "lenet5", "-o", str(file)]
    assert main(arguments) == 0
    assert "activation=relu" in file.read_text() and not capsys.readouterr().err


def test_train_takes_them_into_the_run_and_its_bundle(tmp_path, capsys):
    name, data = write_own(tmp_path)
    out = tmp_path / "run"
    flags = ["--activation", "sigmoid", "--set", "dropout=0", "--epochs", "1", "--quiet"]
    assert main(["train", name, "--data", data, "--out", str(out), *flags]) == 0
    assert 'activation = "sigmoid"' in (out / "run.toml").read_text()
    capsys.readouterr()
    found = told(capsys, "explain", out)
    assert found["name"] == "own+activation=sigmoid+dropout=0"
    assert main(["evaluate", str(out), "--data", data, "--quiet"]) == 0
    again = ["train", "--resume", "--trust", "--out", str(out), "--activation", "relu"]
    assert main(again) == 2
    assert "options" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explain", "vgg16", "--set", "lrn=false"], "vgg16: lrn=false changes nothing"),
        (["explain", "vgg16", "--activation", "rellu"], "Did you mean 'relu'?"),
        (["explain", "vgg16", "--set", "lrn"], "--set lrn: give key=value"),
        (["explain", "vgg16", "--set", "shortcut=A"], "vgg16 has no option 'shortcut'."),
        (["explain", "alexnet", "--norm", "none", "--set", "norm=batch"], "norm is given twice"),
        (["explain", "alexnet", "--dropout", "1.5"], "dropout=1.5: a rate from 0"),
        (["diff", "lenet5"], "diff compares two: papernets diff lenet5 B"),
        (["compare", "lenet5", "--residual-scale", "0.1"], "it has no shortcuts"),
        (["draw", "lenet5", "--norm", "none", "-o", "x.svg"], "lenet5: norm=none changes nothing"),
        (["train", "lenet5", "--pooling", "plain"], "lenet5: pooling=plain changes nothing"),
    ],
)
def test_wrong_use(arguments, said, capsys):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert said in err and not out and len(err.splitlines()) == 1
