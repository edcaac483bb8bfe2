"""LeNet in JavaScript: the same maps, outputs and labels as torch on the same rounded weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from explore_page import ran
from PIL import Image

from papernets.bundle.load import load_bundle
from papernets.data.handwriting import read_picture
from papernets.data.preprocessing import Preprocessing
from papernets.explore.export import net_data
from papernets.explore.weights import SHIPPED, packed, runs
from papernets.nets import look_up
from papernets.nets.registry import find

LABELS = """
return given.networks.map(([packed, data]) => {
  const network = digitNetwork(packed, data);
  return given.digits.map((digit) => {
    const told = recognised(network, digit);
    return given.maps ? {label: told.label, scores: told.scores,
      members: told.members.map((rows) => [...rows].map(([name, values]) => [name, [...values]]))}
      : {label: told.label, asked: told.asked};
  });
});
"""
EXAMPLES_STORED = """
return given.pens.map((pen) => EXAMPLES.map((strokes) => {
  const sheet = painted(strokes, pen, given.turn);
  return {digit: [...stored(sheet)], sheet: [...sheet.values], width: sheet.width};
}));
"""


def networks() -> list[tuple[object, object]]:
    """The trained LeNets as the page has them."""
    return [({"own": n, **packed(n)[1]}, net_data(look_up(n), find(n))) for n in SHIPPED]


def rounded(name: str):
    """The bundle of a name, its weights rounded as the page's are."""
    bundle = load_bundle(name)
    state = bundle.model.state_dict()
    bundle.model.load_state_dict({k: v.half().to(v.dtype) for k, v in state.items()})
    return bundle


def asked(name: str, digits: torch.Tensor):
    """The outputs and scores of stored digits, the networks that were asked, and their input."""
    bundle = rounded(name)
    with torch.no_grad():
        x = Preprocessing.from_dict(bundle.info.preprocessing)(digits)
        out = bundle.model(x)
    scores = torch.softmax(out * bundle.info.score_scale, 1)
    return out, scores, list(getattr(bundle.model, "members", [bundle.model])), x


def test_maps_and_scores_are_torchs(tmp_path: Path):
    """Every value of every row to 1e-4 of the row's largest, on digits that a pen drew."""
    drawn = ran(tmp_path, EXAMPLES_STORED, {"pens": [0.09], "turn": 0})[0]
    digits = [one["digit"] for one in drawn]
    found = ran(tmp_path, LABELS, {"networks": networks(), "digits": digits, "maps": True})
    stored = torch.tensor(digits, dtype=torch.uint8).view(-1, 1, 28, 28)
    for name, several in zip(SHIPPED, found, strict=True):
        out, scores, members, x = asked(name, stored)
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
    assert [one["label"] for one in found[SHIPPED.index("lenet5")]] == list(range(10))


@pytest.mark.slow
def test_labels_of_500_digits_are_pythons(shared_data: Path, tmp_path: Path):
    """Five hundred test digits of MNIST, four networks: no label differs, nor who was asked."""
    from papernets.data.sources import open as open_data

    digits = open_data("mnist", data_dir=str(shared_data)).test.images[:500]
    given = digits.flatten(1).tolist()
    found = ran(tmp_path, LABELS, {"networks": networks(), "digits": given, "maps": False})
    for name, several in zip(SHIPPED, found, strict=True):
        out, *_ = asked(name, digits)
        labels = [one["label"] for one in several]
        assert labels == out.argmax(1).tolist(), name
    assert {one["asked"] for one in found[SHIPPED.index("boosted_lenet4")]} == {1, 3}


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


def test_what_the_page_runs():
    """A line of layers on stored digits; no residual network, no photographs."""
    from papernets.bundle.find import find_bundle
    from papernets.bundle.info import read_info

    info = read_info(find_bundle("lenet5"))
    assert runs(look_up("lenet5").net, info)
    assert not runs(look_up("resnet20").net, info)
    assert packed("resnet20")[1] is None


def test_noise_is_the_same_for_the_same_seed(tmp_path: Path):
    """Levels that are normal with this deviation where nothing is cut off."""
    code = "return [1, 1, 2].map((seed) => [...noisy(new Uint8Array(20000).fill(128), 20, seed)])"
    one, again, other = (np.array(v) for v in ran(tmp_path, code, None))
    assert (one == again).all() and (one != other).any()
    assert abs(one.mean() - 128) < 0.6 and abs(one.std() - 20) < 0.6
