"""A training replayed: the page's network at each moment is torch's on the same weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from engine_judge import with_page_weights
from explore_page import ran
from safetensors.numpy import save_file

from papernets.bundle.info import read_info
from papernets.data import Preprocessing
from papernets.explore.engine import LIMIT
from papernets.explore.engine.export import exported
from papernets.explore.replay import FILE, has_replay, read_replay, replay, replays
from papernets.explore.trained import DIGITS, at_work, trained
from papernets.run.network import build

LABELS = """
const {program} = given.engine.networks[0], {replay, digits} = given, found = [];
for (const [at, weights] of replay.weights.entries()) {
  const own = programAt(program, replay.times[at]);
  const network = await Engine.load(own, weights, given.engine.wasm);
  found.push(digits.map((digit) => {
    const {logits} = network.runStored(digit);
    return given.logits ? [...logits] : logits.indexOf(Math.max(...logits));
  }));
}
return found;
"""


def given(digits: torch.Tensor, logits: bool) -> dict[str, Any]:
    one = trained("lenet1", "lenet1")
    part, _ = at_work([one], LIMIT)
    assert part is not None
    engine = json.loads(part.data)
    stored = digits.flatten(1).tolist()
    return {"engine": engine, "replay": replay(one), "digits": stored, "logits": logits}


def moments() -> list[torch.nn.Module]:
    """Python's networks with the page's weights."""
    one = trained("lenet1", "lenet1")
    _, states = read_replay(one.folder / FILE)
    net = one.found.net.member
    return [
        with_page_weights(build(net).eval(), net, exported(net, one.info, state))
        for state in states
    ]


def test_every_moment_is_torchs(tmp_path: Path):
    """Outputs to 1e-4 of the largest, on noise; the drawn weights are there too."""
    digits = torch.randint(0, 256, (3, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    found = ran(tmp_path, LABELS, given(digits.to(torch.uint8), True))
    see = Preprocessing.from_dict(read_info(trained("lenet1", "lenet1").folder).preprocessing)
    for at, (model, page) in enumerate(zip(moments(), found, strict=True)):
        with torch.no_grad():
            right = model(see(digits.to(torch.uint8)))
        assert (torch.tensor(page) - right).abs().max() <= 1e-4 * right.abs().max(), at


@pytest.mark.slow
def test_the_error_of_each_moment_is_pythons(shared_data: Path, tmp_path: Path):
    """Of 500 test digits; and what the file says of all 10,000 holds for these weights."""
    from papernets.data.sources import open as open_data

    test = open_data("mnist", data_dir=str(shared_data)).test
    digits, labels = test.images[:500], test.labels[:500]
    found = ran(tmp_path, LABELS, given(digits, False))
    told = replay(trained("lenet1", "lenet1"))["moments"]
    see = Preprocessing.from_dict(read_info(trained("lenet1", "lenet1").folder).preprocessing)
    for page, model, moment in zip(found, moments(), told, strict=True):
        with torch.no_grad():
            right = model(see(test.images[:])).argmax(1)
        page_error = float((torch.tensor(page) != labels).double().mean())
        assert page_error == float((right[:500] != labels).double().mean())
        error = float((right != test.labels).double().mean())
        assert error == pytest.approx(moment["test_error"], abs=3e-4)


def test_the_moments_are_of_one_training():
    """From drawn weights on, denser early; each has its losses and errors; the error goes down."""
    (told,) = replays([trained(name, name) for name in DIGITS])
    several = told["moments"]
    assert 14 <= len(several) <= 20 and several[0]["epoch"] == several[0]["step"] == 0
    steps = [one["step"] for one in several]
    assert steps == sorted(set(steps))
    assert sum(0 < one["epoch"] < 1 for one in several) >= 5
    passes = several[-1]["step"] / several[-1]["epoch"]
    assert all(one["step"] == round(passes * one["epoch"]) for one in several)
    assert several[0]["test_error"] > 0.8 and several[-1]["test_error"] < 0.011
    for one in several:
        assert {"train_loss", "train_error", "val_loss", "val_error"} < one.keys()


def test_a_file_that_is_no_replay(tmp_path: Path):
    """Other tensors, and a file cut short, are told by their names."""
    own = trained("lenet1", "lenet1")
    path = tmp_path / FILE
    save_file({"one": torch.zeros(3, 2).numpy()}, path)
    with pytest.raises(ValueError, match=r"is no replay of a training\. python benchmarks"):
        read_replay(path)
    path.write_bytes((own.folder / FILE).read_bytes()[:5000])
    with pytest.raises(ValueError, match=FILE):
        read_replay(path)
    assert not has_replay(trained("lenet4", "lenet4"))
