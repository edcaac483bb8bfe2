"""A network that begins with some rows of another one: VGG's deeper columns with A's."""

import json
import re
from dataclasses import replace

import pytest
import torch
from small_runs import DATA, EYES, OWN, do, log_of, run_of, write_own

from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.train import session
from papernets.train.events import Epoch, Started
from papernets.train.pretrained import take_rows

DEEPER = OWN.replace('"pool": Pool', '"conv2": Conv(4, 3, padding=1), "pool": Pool').replace(
    'name="own"', 'name="deeper"'
)
OTHER = OWN.replace("Conv(4, 3", "Conv(5, 3")


@pytest.fixture(scope="module")
def shallow(tmp_path_factory):
    """A trained network, and a deeper one beside it that has its rows."""
    folder = tmp_path_factory.mktemp("begin")
    write_own(folder)
    (folder / "deeper.py").write_text(DEEPER)
    (folder / "other.py").write_text(OTHER)
    do(run_of(folder, epochs=2, average=0.0), folder / "A")
    return folder


def deeper(folder, rows, epochs=1, net="deeper", **settings):
    begin = {"bundle": str(folder / "A"), "rows": rows}
    run = run_of(folder, epochs=epochs, average=0.0, begin=begin, **settings)
    return run.changed(net=f"{folder / net}.py:NET")


def first_weights(run, folder, monkeypatch):
    """The weights with which a run begins, and those of the run alone."""
    kept = {}
    real = session.start

    def start(model, recipe):
        kept.update({k: v.clone() for k, v in model.state_dict().items()})
        return real(model, recipe)

    with monkeypatch.context() as patch:
        patch.setattr(session, "start", start)
        do(run, folder)
    return kept


def test_the_rows_that_are_named_begin_with_its_weights(shallow, tmp_path, monkeypatch):
    given = load_bundle(shallow / "A").model.state_dict()
    plain = deeper(shallow, ["conv"]).changed(begin={})
    drawn = first_weights(plain, tmp_path / "drawn", monkeypatch)
    begun = first_weights(deeper(shallow, ["conv", "out"]), tmp_path / "B", monkeypatch)
    for name, value in begun.items():
        row = name.partition(".")[0]
        wanted = given[name] if row in ("conv", "out") else drawn[name]
        assert torch.equal(value, wanted), name
    assert not torch.equal(begun["conv.conv.weight"], drawn["conv.conv.weight"])
    some = first_weights(deeper(shallow, "out, conv"), tmp_path / "C", monkeypatch)
    assert all(torch.equal(some[name], begun[name]) for name in begun)


def test_a_run_that_began_so_goes_on_without_the_bundle(shallow, tmp_path):
    whole = deeper(shallow, ["conv"], epochs=2)
    do(whole, tmp_path / "whole")
    gone = replace(whole, recipe=whole.recipe)
    half = tmp_path / "half"
    with pytest.raises(KeyboardInterrupt):
        do(gone, half, until=lambda e: isinstance(e, Epoch) and e.epoch == 1)
    config = half / "run.toml"
    config.write_text(config.read_text().replace(str(shallow / "A"), str(shallow / "nowhere")))
    started = do(None, half, resume=True)[0]
    assert isinstance(started, Started) and log_of(half) == log_of(tmp_path / "whole")


def test_it_is_said_and_written(shallow, tmp_path, capsys):
    words = ["train", f"{shallow / 'deeper.py'}:NET", "--data", str(shallow / "pictures")]
    words += ["--epochs", "1", "--out", str(tmp_path / "run"), "--set", "begin.rows=conv,out"]
    assert main([*words, "--set", f"begin.bundle={shallow / 'A'}"]) == 0
    err = capsys.readouterr().err
    assert f"conv, out begin with the weights of {shallow / 'A'}" in err.replace("\n", "")
    assert (
        f'[begin]\nrows = "conv,out"\nbundle = "{shallow / "A"}"'
        in (tmp_path / "run" / "run.toml").read_text()
    )
    told = json.loads((tmp_path / "run" / "best" / "bundle.json").read_text())["run"]["begin"]
    assert told == {"rows": "conv,out", "bundle": "A"}  # no path of this machine


def test_what_it_learnt_from_is_no_test(shallow, tmp_path):
    """Pictures that the other network has seen are left out of the test, or it is said."""
    from papernets.train.lists import begun

    run = deeper(shallow, ["conv"])
    swapped = replace(DATA, test=DATA.train, train=DATA.test, classes=("low", "mid", "top"))
    found = begun(run, swapped, tmp_path, None)
    assert found.seen_before == len(DATA.train) and "is none on new pictures" in found.notes[0]
    assert not begun(run.changed(begin={}), swapped, tmp_path, None).seen_before


@pytest.mark.parametrize(
    ("rows", "net", "message"),
    [
        (
            ["outt"],
            "deeper",
            "deeper has no row 'outt' with weights. Did you mean 'out'? Its rows: conv, conv2, out",
        ),
        (["pool"], "deeper", "deeper has no row 'pool' with weights."),
        (["conv2"], "deeper", "has no tensor 'conv2.weight'"),
        (["conv"], "other", "own has 5x1x3x3: leave conv out"),
    ],
)
def test_rows_that_cannot_be_taken(shallow, rows, net, message):
    from papernets.run.network import build

    run = deeper(shallow, rows, net=net)
    model = build(run.found.net)
    before = {k: v.clone() for k, v in model.state_dict().items()}
    with pytest.raises(ValueError, match=re.escape(message)):
        take_rows(model, run)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    assert EYES.channels == 1


def test_vggs_deeper_columns_take_as(tmp_path):
    """Section 3.1: the first four convolutions and the last three layers of A, with A's shapes."""
    from papernets.nets.registry import net
    from papernets.spec import tensors

    a, d = (tensors(net(name, classes=5)) for name in ("vgg11", "vgg16"))
    rows = ("conv1_1", "conv2_1", "conv3_1", "conv3_2", "fc6", "fc7", "fc8")
    for row in rows:
        own = {name: t.shape for name, t in d.items() if t.row == row}
        assert own and own == {name: t.shape for name, t in a.items() if t.row == row}


@pytest.mark.slow
def test_vgg16_begins_with_a_as_the_paper_did(tmp_path):
    """Section 3.1, by the recipes alone, at 32 pixels: A from a Gaussian, D from A's layers."""
    from papernets.train.settings import resolve

    write_own(tmp_path)
    common = {"data": str(tmp_path / "pictures"), "input": (32,), "channels": 1, "epochs": 1}
    common |= {"batch_size": 8, "recipe": "paper", "tiles": False}
    a = resolve("vgg11", common)
    first = session.build(
        a.network(3).net,
        generator=torch.Generator().manual_seed(0),
        initialisation=a.recipe.draw(a.network(3)),
    ).state_dict()
    assert first["conv4_1.conv.weight"].std().item() == pytest.approx(0.01, rel=0.01)
    assert not first["fc6.linear.bias"].any()
    do(a, tmp_path / "A")
    begin = {"bundle": str(tmp_path / "A")}
    d = resolve("vgg16", {**common, "begin": begin})
    assert len(d.recipe.begin_rows) == 7
    started, *_, done = do(d, tmp_path / "D")
    assert isinstance(started, Started) and 0 <= done.result["test_error"] <= 1
    config = (tmp_path / "D" / "run.toml").read_text()
    assert 'drawn = "gaussian 0.01"' in config and f'bundle = "{tmp_path / "A"}"' in config
