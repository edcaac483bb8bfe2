"""LeNet in JavaScript: the same maps, outputs and labels as torch on the same rounded weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from explore_page import ran
from PIL import Image

from papernets.bundle.find import find_bundle
from papernets.bundle.info import BundleInfo, read_info
from papernets.bundle.load import load_bundle
from papernets.bundle.net_json import write_net
from papernets.bundle.save import save_bundle
from papernets.data.fitting import fitted
from papernets.data.handwriting import read_picture
from papernets.data.preprocessing import Preprocessing
from papernets.explore.export import net_data
from papernets.explore.weights import SHIPPED, packed, runs
from papernets.nets import look_up
from papernets.nets.registry import find
from papernets.run.network import build
from papernets.said import Record
from papernets.spec import (
    LRN,
    Activation,
    AdaptivePool,
    BatchNorm,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Norm,
    Pad,
    PadShortcut,
    Pool,
    add,
    chain,
    concat,
)

LABELS = """
return given.networks.map(([packed, data]) => {
  const network = trainedNetwork(packed, data);
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
    """The bundle of a name, its weights rounded as the page's are: all but what normalises."""
    bundle = load_bundle(name)
    state = bundle.model.state_dict()
    bundle.model.load_state_dict(
        {k: v if "norm." in k else v.half().to(v.dtype) for k, v in state.items()}
    )
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
    """Small networks of stored digits, and of photographs that are not cut; no large one."""
    digits, photos = (read_info(find_bundle(name)) for name in ("lenet5", "resnet20"))
    assert runs(look_up("lenet5").net, digits) and runs(look_up("resnet20").net, photos)
    assert not runs(look_up("resnet20").net, digits)  # of one channel
    assert not runs(look_up("resnet110").net, photos)  # 1.7 million parameters
    cut = replace(photos, preprocessing={**photos.preprocessing, "crop": True})
    assert not runs(look_up("resnet20").net, cut)


def every_kind() -> Net:
    """A network with each kind of layer and join that the page runs, most of them twice."""
    norm = Norm(eps=1e-3)
    branches = {
        "a": Conv(6, (1, 3), padding="same", bias=False, norm=norm, activation="relu6"),
        "b": chain(
            {"pool": Pool("average", 3, 1, "same", count_padding=False), "conv": Conv(4, 1)}
        ),
        "c": Pool("max", 3, 1, 1),
    }
    mixed = concat(branches)
    shortcut = {"main": Conv(30, 3, 2, 1, norm=Norm(scale=False)), "short": PadShortcut(30, 2, 3)}
    layers = {
        "pad": Pad(1),
        "first": Conv(8, 3, 2, "same", activation="tanh"),
        "lrn": LRN(5, 2.0, 1e-2, 0.75),
        "deep": Conv(16, 3, padding="behind", stride=1, groups=8, activation="relu"),
        "pool": Pool("max", 3, 2, ceil=True),
        "mixed": mixed,
        "bn": BatchNorm(norm, "relu"),
        "sum": add(shortcut, "relu", (0.5, 1.0)),
        "average": Pool("average", 2, 1, 1),
        "same": add({"conv": Conv(30, 3, padding=1), "short": Identity()}),
        "even": AdaptivePool((3, 2)),
        "active": Activation("sigmoid"),
        "drop": Dropout(0.5),
        "head": Conv(12, 2, activation="scaled_tanh"),
        "global": GlobalPool(),
        "flatten": Flatten(),
        "fc1": Dense(9, bias=False, norm=norm, activation="relu"),
        "fc2": Dense(5),
    }
    return Net("every_kind", (3, 23, 31), 5, chain(layers))


def test_every_kind_of_layer_is_torchs(tmp_path: Path):
    """From a bundle with weights and statistics that were drawn: maps to 1e-4 of the largest."""
    net = every_kind()
    model = build(net, generator=torch.Generator().manual_seed(5)).eval()
    drawn = torch.Generator().manual_seed(6)
    state = model.state_dict()
    for name, tensor in state.items():
        if "norm." in name and tensor.dtype.is_floating_point:
            tensor.copy_(torch.rand(tensor.shape, generator=drawn) + 0.5)
    made = Preprocessing(3, 23, 31, (23, 31), "photo", low=(-1.0, -2.0, 0.0), high=(1.0, 2.0, 1.5))
    info = BundleInfo(
        network="every_kind",
        classes=tuple("abcde"),
        input=net.input,
        preprocessing=made.to_dict(),
        net=write_net(net, Record("Every kind", None)),
    )
    save_bundle(tmp_path / "bundle", info, state)
    found, weights = packed(str(tmp_path / "bundle"))
    own = ({"own": "mine", **weights}, {**net_data(found), "own": "mine"})
    pictures = torch.randint(0, 256, (2, 3, 23, 31), generator=drawn, dtype=torch.uint8)
    check(tmp_path, own, str(tmp_path / "bundle"), pictures)


def test_a_residual_network_is_torchs(tmp_path: Path):
    """ResNet-20 as it comes with the package, on a picture of noise."""
    drawn = torch.Generator().manual_seed(20)
    pictures = torch.randint(0, 256, (1, 3, 32, 32), generator=drawn, dtype=torch.uint8)
    own = ({"own": "resnet20", **packed("resnet20")[1]}, net_data(look_up("resnet20")))
    check(tmp_path, own, "resnet20", pictures)


def check(tmp_path: Path, own: object, name: str, pictures: torch.Tensor) -> None:
    """Every row of the page's network against the module's, on stored pictures (N, C, h, w)."""
    given = {"networks": [own], "digits": pictures.flatten(1).tolist(), "maps": True}
    (found,) = ran(tmp_path, LABELS, given)
    _, scores, (model,), x = asked(name, pictures)
    for at, one in enumerate(found):
        assert one["scores"] == pytest.approx(scores[at].tolist(), abs=1e-4)
        ((*rows,),) = one["members"]
        with torch.no_grad():
            told = model.features(x[at : at + 1], [row for row, _ in rows])
        assert len(rows) == len(told)
        for row, values in rows:
            right = told[row].flatten()
            apart = (right - torch.tensor(values)).abs().max()
            assert apart <= 1e-4 * right.abs().max(), row


@pytest.mark.parametrize(("height", "width"), [(40, 61), (200, 33), (16, 16), (32, 32)])
def test_a_picture_is_scaled_as_python_does(height: int, width: int, tmp_path: Path):
    """Its middle square at 32x32, in colour and grey, to 2 levels of 255, on noise."""
    pixels = np.random.default_rng(height).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    code = """
    const {data, width, height} = given;
    return [3, 1].map((channels) => [...coveredBy({data, width, height}, 32, 32, channels)]);
    """
    given = {"data": pixels.flatten().tolist(), "width": width, "height": height}
    for channels, found in zip((3, 1), ran(tmp_path, code, given), strict=True):
        right = fitted(Image.fromarray(pixels[..., :3]), channels, (32, 32)).flatten().numpy()
        assert np.abs(np.array(found) - right.astype(int)).max() <= 2


def test_noise_is_the_same_for_the_same_seed(tmp_path: Path):
    """Levels that are normal with this deviation where nothing is cut off."""
    code = "return [1, 1, 2].map((seed) => [...noisy(new Uint8Array(20000).fill(128), 20, seed)])"
    one, again, other = (np.array(v) for v in ran(tmp_path, code, None))
    assert (one == again).all() and (one != other).any()
    assert abs(one.mean() - 128) < 0.6 and abs(one.std() - 20) < 0.6
