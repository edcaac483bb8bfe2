"""LeNet in the page: the same maps, outputs and labels as torch on the same rounded weights."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from engine_judge import with_page_weights
from explore_page import ran
from PIL import Image
from torch import nn

from papernets.bundle.load import Bundle, load_bundle
from papernets.data.handwriting import read_picture
from papernets.data.preprocessing import Preprocessing
from papernets.explore.engine import LIMIT, export
from papernets.explore.export import net_data
from papernets.explore.trained import DIGITS, at_work, trained
from papernets.nets import look_up
from papernets.nets.registry import find

LABELS = """
const found = [];
for (const [at, entry] of given.entries.entries()) {
  const network = await readyNetwork(entry, given.engine, given.nets[at]);
  const rows = network.rows.map((row) => row.name);
  found.push(given.digits.map((digit) => {
    const answer = (member) => {
      const out = member.runStored(digit);
      out.kept = given.maps ? rows.map((name) => [name, [...out.map(name).values]]) : [];
      return out;
    };
    const told = recognised(network, answer);
    return given.maps ? {label: told.label, scores: told.scores,
      members: told.answers.map((out) => out.kept)} : {label: told.label, asked: told.asked};
  }));
}
return found;
"""
EXAMPLES_STORED = """
return given.pens.map((pen) => EXAMPLES.map((strokes) => {
  const sheet = painted(strokes, pen, given.turn);
  return {digit: [...stored(sheet)], sheet: [...sheet.values], width: sheet.width};
}));
"""


@cache
def given() -> dict[str, Any]:
    """The trained LeNets as the page has them."""
    several = [trained(name, name) for name in DIGITS]
    part, entries = at_work(several, LIMIT)
    assert part is not None
    nets = [net_data(look_up(name), find(name)) for name in DIGITS]
    return {"engine": json.loads(part.data), "entries": entries, "nets": nets}


def judges(name: str) -> tuple[Bundle, list[nn.Module], Preprocessing]:
    """A bundle, its members, and how it prepares, all with the page's weights."""
    bundle, kept = load_bundle(name), trained(name, name)
    members = list(getattr(bundle.model, "members", [bundle.model]))
    for model, (_, folder) in zip(members, kept.programs, strict=True):
        with_page_weights(model, kept.found.net.member, export(folder))
    return bundle, members, Preprocessing.from_dict(bundle.info.preprocessing)


def test_maps_and_scores_are_torchs(tmp_path: Path):
    """Every value of every row to 1e-4 of the row's largest, on digits that a pen drew."""
    pens = ran(tmp_path, EXAMPLES_STORED, {"pens": [0.09], "turn": 0})[0]
    digits = [one["digit"] for one in pens]
    found = ran(tmp_path, LABELS, {**given(), "digits": digits, "maps": True})
    stored = torch.tensor(digits, dtype=torch.uint8).view(-1, 1, 28, 28)
    for name, several in zip(DIGITS, found, strict=True):
        bundle, members, prepare = judges(name)
        x = prepare(stored)
        with torch.no_grad():
            out = bundle.model(x)
        scores = torch.softmax(out * bundle.info.score_scale, 1)
        for at, one in enumerate(several):
            assert one["label"] == int(out[at].argmax()), (name, at)
            assert one["scores"] == pytest.approx(scores[at].tolist(), abs=1e-5)
            for model, rows in zip(members, one["members"], strict=True):
                with torch.no_grad():
                    told = model.features(x[at : at + 1], [row for row, _ in rows])
                for row, values in rows:
                    right = told[row].flatten()
                    apart = (right - torch.tensor(values)).abs().max()
                    assert apart <= 1e-4 * right.abs().max(), (name, row)
    assert [one["label"] for one in found[DIGITS.index("lenet5")]] == list(range(10))


@pytest.mark.slow
def test_labels_of_500_digits_are_pythons(shared_data: Path, tmp_path: Path):
    """Five hundred test digits of MNIST, four networks: no label differs, nor who was asked."""
    from papernets.data.sources import open as open_data

    digits = open_data("mnist", data_dir=str(shared_data)).test.images[:500]
    found = ran(tmp_path, LABELS, {**given(), "digits": digits.flatten(1).tolist(), "maps": False})
    for name, several in zip(DIGITS, found, strict=True):
        bundle, _, prepare = judges(name)
        with torch.no_grad():
            out = bundle.model(prepare(digits))
        assert [one["label"] for one in several] == out.argmax(1).tolist(), name
    assert {one["asked"] for one in found[DIGITS.index("boosted_lenet4")]} == {1, 3}


@pytest.mark.parametrize("turn", [0, 25])
def test_a_drawing_is_stored_as_python_stores_its_picture(turn: int, tmp_path: Path):
    """MNIST's recipe: 20x20, centred by mass. A sheet with a wide margin is read as a picture."""
    drawn = ran(tmp_path, EXAMPLES_STORED, {"pens": [0.09], "turn": turn})[0]
    preprocessing = Preprocessing.from_dict(load_bundle("lenet5").info.preprocessing)
    for one in drawn:
        sheet = np.array(one["sheet"], np.float32).reshape(-1, one["width"])
        picture = Image.fromarray(np.uint8(255 - np.round(np.pad(sheet, 30) * 255)))
        right, found = read_picture(picture, preprocessing)
        assert found == "black on white"
        apart = np.abs(np.array(one["digit"], int).reshape(28, 28) - right[0].numpy().astype(int))
        assert apart.max() <= 4  # grey levels of 255: the sheet has passed through 256 of them


def test_noise_is_the_same_for_the_same_seed(tmp_path: Path):
    """Levels that are normal with this deviation where nothing is cut off."""
    code = "return [1, 1, 2].map((seed) => [...noisy(new Uint8Array(20000).fill(128), 20, seed)])"
    one, again, other = (np.array(v) for v in ran(tmp_path, code, None))
    assert (one == again).all() and (one != other).any()
    assert abs(one.mean() - 128) < 0.6 and abs(one.std() - 20) < 0.6
