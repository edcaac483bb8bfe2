"""What of a trained network learns: frozen rows, the classifier alone, part by part."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file
from small_photos import after, run_of, trained_on_two
from small_runs import DATA, EYES, NORMED, a_run, do, drawn, fitted, left_by

from papernets.cli import main
from papernets.nets import look_up
from papernets.run.network import build
from papernets.train import outcome, probe
from papernets.train.events import Begun, Epoch
from papernets.train.optimizers import parameter_groups
from papernets.train.settings import resolve
from papernets.train.state import start
from papernets.train.transfer import Transfer, waits


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    monkeypatch.setattr(probe, "SPREADS", (1.0, 64.0))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """own.py, two/ with its trained run, and other/ with classes of other names."""
    return trained_on_two(tmp_path_factory.mktemp("transfer"), train=12, val=4, epochs=1)


def begun(home, **settings):
    own = {"weights": str(home / "run"), "probe": True, "fallback": False, "keep": "last"}
    return run_of(home, "other", **{**own, **settings})


def tensors(place, name="best"):
    return load_file(place / name / "weights.safetensors")


def test_frozen_rows_keep_weights_and_statistics(home, tmp_path):
    do(begun(home, freeze_to="conv2", filter_rms=1e-3, epochs=2), tmp_path / "run")
    before, then = tensors(home / "run"), tensors(tmp_path / "run")
    frozen = [name for name in before if name.startswith(("conv1.", "conv2."))]
    assert sum("running" in name for name in frozen) == 4
    assert all(torch.equal(before[name], then[name]) for name in frozen)
    assert all(not torch.equal(before[n], then[n]) for n in before.keys() - set(frozen))


def test_what_follows_frozen_rows_moves_with_its_statistics(home, tmp_path):
    do(begun(home, freeze_to="conv1", epochs=1), tmp_path / "run")
    before, then = tensors(home / "run"), tensors(tmp_path / "run")
    assert all(torch.equal(before[n], then[n]) == n.startswith("conv1.") for n in before)


def test_a_block_stands_for_its_rows_and_heads_are_beside_the_way():
    net = look_up("googlenet").net
    still = waits(net, Transfer(freeze_to="inception_4a"))
    assert {"conv1", "inception_4a.b1x1", "inception_4a.pool.project"} <= still.keys()
    assert not any(row.startswith(("inception_4b", "aux")) for row in still)
    later = waits(look_up("resnet18").net, Transfer(unfreeze=2, freeze_to="conv1"))
    found = {row: later[f"{row}.conv1"] for row in ("conv5_2", "conv5_1", "conv2_1")}
    assert found == {"conv5_2": 2, "conv5_1": 4, "conv2_1": 16}
    assert later["conv1"] == float("inf") and "fc" not in later


def test_parts_learn_one_after_another():
    run = a_run("tiny", weights="bundle", unfreeze=1, epochs=2, batch_size=16)
    state = start(drawn(NORMED), run.recipe)
    first = {k: v.clone() for k, v in state.model.state_dict().items()}
    moved = []
    for event in fitted(state, DATA, EYES, run):
        if isinstance(event, Epoch):
            now = state.model.state_dict()
            moved.append({k.partition(".")[0] for k in now if not torch.equal(now[k], first[k])})
    assert moved == [{"out"}, {"conv", "out"}]


def test_a_run_that_unfreezes_goes_on_to_the_same_bits(home, tmp_path):
    run = begun(home, unfreeze=1, average=0.9, freeze_to="conv1", optimizer="adam")
    do(run, tmp_path / "whole")
    for epoch in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            do(run, tmp_path / str(epoch), until=after(epoch))
        do(None, tmp_path / str(epoch), resume=True)
        assert left_by(tmp_path / str(epoch)) == left_by(tmp_path / "whole")


def test_the_head_alone_is_the_fit_and_nothing_else(home, tmp_path):
    events = do(begun(home, head_only=True), tmp_path / "head")
    assert [type(e) for e in events if isinstance(e, Begun | Epoch)] == [Begun]
    result = json.loads((tmp_path / "head" / "result.json").read_text())
    assert (result["epochs"], result["best_epoch"]) == (0, 0)
    before, then = tensors(home / "run"), tensors(tmp_path / "head")
    own = {name for name in before if name.startswith(("out.", "head.out."))}
    assert {name for name in before if not torch.equal(before[name], then[name])} == own
    # what a whole run calls epoch 0
    still = begun(home, learning_rate=1e-30, epochs=1, fallback=True, freeze_norm=True, keep="best")
    do(still, tmp_path / "whole")
    whole = tensors(tmp_path / "whole")
    assert all(torch.equal(then[name], whole[name]) for name in own)
    (again,) = do(None, tmp_path / "head", resume=True)
    assert again.already


def test_the_head_is_fitted_anew_where_the_classes_are_the_same(home, tmp_path):
    own = {"weights": str(home / "run"), "probe": True, "keep": "last", "head_only": True}
    do(run_of(home, "two", **own), tmp_path / "head")
    before, then = tensors(home / "run"), tensors(tmp_path / "head")
    assert not torch.equal(before["out.weight"], then["out.weight"])
    assert torch.equal(before["conv2.conv.weight"], then["conv2.conv.weight"])


def test_head_and_body_have_rates_of_their_own():
    net = look_up("googlenet").net
    model = build(replace(net, input=(3, 224, 224)))
    own = {"head": 10.0, "bias": 2.0}
    recipe = a_run("x", speeds=own, decays={"body": 0.0}, weight_decay=1e-4).recipe
    names = {id(p): name for name, p in model.named_parameters()}
    found = {}
    for group in parameter_groups(model, recipe, {}):
        for parameter in group["params"]:
            found[names[id(parameter)]] = (group["speed"], group["weight_decay"])
    heads = {name for name, (_, decay) in found.items() if decay}
    assert len(heads) == 6 and all(found[n][0] == (20 if "bias" in n else 10) for n in heads)
    assert {found[n][0] for n in found.keys() - heads} == {1.0, 2.0}


@pytest.mark.parametrize(
    "wanted, told",
    [
        ({"freeze_to": "conv9"}, r"freeze_to: \w+ has no row 'conv9'\. Did you mean 'conv\d'\?"),
        ({"freeze_to": "out"}, "no row of own with weights comes after out, and nothing would"),
        ({"freeze_to": "head"}, "head of own is of an auxiliary head, beside the way"),
        ({"unfreeze": -1}, "unfreeze must be 0 or more"),
        ({"head_only": True, "unfreeze": 1}, "head_only trains the classifier alone: leave unf"),
        ({"head_only": True, "probe": False}, "head_only fits the classifier: leave --set probe"),
        ({"unfreeze": 1, "optimizer": "levenberg_marquardt"}, "moves all rows at once|in a line"),
        ({"speeds": {"heads": 2.0}}, "unknown key 'heads' in speeds. Did you mean 'head'"),
    ],
)
def test_what_cannot_be_is_told(home, wanted, told):
    own = {"weights": str(home / "run"), "data": str(home / "other")}
    with pytest.raises(ValueError, match=told):
        resolve(f"{home}/own.py:make", {**own, **wanted})


def test_it_is_for_trained_weights():
    for name, value in (("freeze_to", "C1"), ("head_only", True), ("unfreeze", 1)):
        with pytest.raises(ValueError, match=rf"{name} is for a run that begins with weights: --w"):
            resolve("lenet5", {"data": "digits", name: value})


def test_the_codes_of_lenet5_cannot_be_fitted(tmp_path, capsys):
    words = ["train", "--weights", "lenet5", "--data", "digits", "--head-only"]
    assert main([*words, "--out", str(tmp_path / "run")]) == 1
    assert "lenet5 has no classifier that can be fitted alone" in capsys.readouterr().err


def test_the_command_says_what_it_does(home, tmp_path, capsys):
    words = ["train", f"{home}/own.py:make", "--weights", str(home / "run"), "--data"]
    words += [f"{home}/other", "--set", "enlarge=1.25", "--set", "standardise=true"]
    assert main([*words, "--head-only", "--out", str(tmp_path / "head")]) == 0
    out, err = capsys.readouterr()
    assert "epoch 0: out, head.out fitted" in err and "classifier alone" in err
    assert "kept epoch 0: the classifier alone was fitted" in out.replace("\n", " ")
    assert (
        main([*words, "--freeze-to", "conv2", "--epochs", "1", "--out", str(tmp_path / "f")]) == 0
    )
    assert "conv1 to conv2 keep their weights" in capsys.readouterr().err


@pytest.mark.slow
def test_processes_leave_frozen_rows_alone(home, tmp_path):
    """The tiny network without normalisation: two processes end as one does, but for rounding."""
    from small_runs import write_own

    net, data = write_own(tmp_path)
    do(a_run(net, data=data, epochs=1, batch_size=16), tmp_path / "first")
    own = {"weights": str(tmp_path / "first"), "freeze_to": "conv", "epochs": 2, "batch_size": 16}
    for processes in (0, 2):
        do(a_run(net, data=data, **own, processes=processes), tmp_path / str(processes))
    one, two = tensors(tmp_path / "0", "last"), tensors(tmp_path / "2", "last")
    begun_with = tensors(tmp_path / "first")
    for name in one:
        torch.testing.assert_close(one[name], two[name], rtol=1e-4, atol=1e-6)
        if name.startswith("conv."):
            assert torch.equal(two[name], begun_with[name])
            assert torch.equal(one[name], begun_with[name])
