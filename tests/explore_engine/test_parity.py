"""The page's network against torch with the same weights: logits and all maps, family by family."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import siblings
import torch
from engine_judge import (
    apart,
    asked,
    described,
    drawn,
    exported_of,
    floats,
    logits,
    needs_node,
    packed,
    task,
    with_page_weights,
)
from PIL import Image

from papernets.bundle.load import load_bundle
from papernets.data import Preprocessing
from papernets.explore.engine import export
from papernets.nets import look_up
from papernets.rewrite import swapped, without_heads
from papernets.run.network import build
from papernets.spec import (
    LRN,
    RBF,
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
    Subsample,
    TableConv,
    add,
    chain,
    concat,
    smallest_input,
    walk,
)

pytestmark = needs_node
CLOSE = 1e-4
"""Of the largest value: what the page promises."""

EVERY = Net(
    "every_layer",
    (3, 41, 38),
    7,
    chain(
        {
            "wide": Conv(8, (5, 3), stride=(1, 2), padding=(2, 1), activation="relu"),
            "same": Conv(8, 3, stride=2, padding="same", norm=Norm(), activation="relu6"),
            "groups": Conv(12, 3, padding=1, groups=4, bias=False, norm=Norm(scale=False)),
            "depth": Conv(12, 3, stride=2, padding="behind", groups=12, activation="tanh"),
            "depth1": Conv(12, (3, 5), padding=(1, 2), groups=12, activation="relu"),
            "lrn": LRN(5, 2, 1e-2, 0.75),
            "lrn_even": LRN(4, 1, 1e-1, 0.6),
            "block": add(
                {
                    "left": chain({"conv": Conv(12, 3, padding=1), "norm": BatchNorm(Norm())}),
                    "short": Identity(),
                },
                activation="relu",
                scales=(0.3, 1.0),
            ),
            "paths": concat(
                {
                    "max": Pool("max", 3, 1, padding="same"),
                    "mean": Pool("average", 3, 1, padding=1, count_padding=False),
                    "own": chain({"c": Conv(5, 1, activation="scaled_tanh")}),
                }
            ),
            "pad": Pad((1, 2)),
            "ceil": Pool("max", 3, 2, ceil=True),
            "mean_over": Pool("average", 3, 2, padding=1, ceil=True),
            "down": add(
                {
                    "conv": Conv(40, 3, stride=2, padding=1),
                    "short": PadShortcut(40, 2, before=3),
                }
            ),
            "norm": BatchNorm(Norm(scale=False), "sigmoid"),
            "mean_ceil": Pool("average", 2, 1, padding=1, ceil=True),
            "grid": AdaptivePool((2, 3)),
            "active": Activation("relu"),
            "drop": Dropout(0.5),
            "flat": Flatten(),
            "hidden": Dense(33, norm=Norm(), activation="tanh"),
            "out": Dense(7, activation="softmax"),
        }
    ),
)
TRAINED = Net(
    "of_1998",
    (1, 22, 20),
    3,
    chain(
        {
            "C1": Conv(4, 5, activation="scaled_tanh"),
            "S2": Subsample(2, "scaled_tanh", sources=(0, 2, 1, 3, 3)),
            "C3": TableConv(((0, 1), (4,), (0, 2, 3, 4)), 3, activation="tanh"),
            "S4": Subsample((1, 2), None),
            "flat": Flatten(),
            "F": Dense(6, activation="scaled_tanh"),
            "out": RBF(((1, -1, 1, 1, -1, -1), (-1,) * 6, (1,) * 6), scale=0.5),
        }
    ),
)
SMALL = {
    "lenet5": None,
    "resnet18_A": (17, 20),
    "mobilenet_v1_timm": (17, 20),
}
"""Three families for every day, at small inputs; None is the network's own."""


def compared(net: Net, folder, both: bool = True) -> None:
    """Holds the page to torch, in both ways in which it computes."""
    model = drawn(net)
    made = exported_of(model, net)
    judge = with_page_weights(model, net, made)
    inputs = torch.randn(2, *net.input, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = judge(inputs)
    tasks = [task(made, inputs), *([task(made, inputs, wasm=False)] if both else [])]
    answers = asked(tasks, folder)
    assert [one["kind"] for one in answers] == ["wasm", "javascript"][: len(tasks)]
    for answer in answers:
        assert apart(logits(answer), wanted) < CLOSE


def small(name: str) -> Net:
    """A network of the registry without heads, a little larger than it must be."""
    net = without_heads(look_up(name).net.member).net
    size = smallest_input(net)
    if net.input[1] <= 32 or size is None:
        return net
    return replace(net, input=(net.input[0], size[0] + 6, size[1] + 9))


@pytest.mark.parametrize("net", [EVERY, TRAINED], ids=lambda net: net.name)
def test_all_maps_of_every_layer(net, tmp_path):
    model = drawn(net)
    made = exported_of(model, net)
    judge = with_page_weights(model, net, made)
    inputs = torch.randn(1, *net.input, generator=torch.Generator().manual_seed(2))
    names = [row.name for row in walk(net)]
    with torch.no_grad():
        wanted = judge.features(inputs, names)
    for answer in asked([task(made, inputs, way, rows=names) for way in (True, False)], tmp_path):
        rows = answer["answers"][0]["rows"]
        far = {name: apart(floats(rows[name]), wanted[name].flatten()) for name in names}
        assert max(far.values()) < CLOSE, far
        assert apart(logits(answer), wanted[names[-1]].flatten(1)) < CLOSE


@siblings.together("name", SMALL)
def test_three_families(name, tmp_path):
    net, size = without_heads(look_up(name).net.member).net, SMALL[name]
    compared(replace(net, input=(net.input[0], *size)) if size else net, tmp_path)


FAMILIES = [name for name in siblings.FEW if name not in SMALL and name != "inception_reduced_3a"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [*FAMILIES, "zfnet", "caffenet", "resnet164", "vgg16_keras_2class"]
)
def test_every_family(name, tmp_path):
    compared(small(name), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("swap", [{"activation": "tanh"}, {"pooling": "plain"}, {"norm": "batch"}])
def test_a_network_with_a_part_swapped(swap, tmp_path):
    compared(swapped(small("alexnet"), swap), tmp_path, both=False)


def pictures(shared_data, count):
    """CIFAR-10's first test pictures, uint8 (N, 3, 32, 32), and the places of their classes."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow reads the pictures")
    file = shared_data / "cifar10" / "test-00000-of-00001.parquet"
    if not file.is_file():
        pytest.skip(f"{file} is not here")
    rows = next(parquet.ParquetFile(file).iter_batches(batch_size=count)).to_pylist()
    found = [np.asarray(Image.open(io.BytesIO(row["img"]["bytes"]))) for row in rows]
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2), [row["label"] for row in rows]


def shipped(shared_data, count, folder, ways=(True, False)):
    """What the page and torch say of CIFAR-10, with the page's weights."""
    bundle = load_bundle("resnet20")
    made, (stored, labels) = export("resnet20"), pictures(shared_data, count)
    judge = with_page_weights(bundle.model, bundle.model.net, made)
    seen = Preprocessing.from_dict(bundle.info.preprocessing)(stored)
    with torch.no_grad():
        wanted = judge(seen)
    shown = [rgba(one) for one in stored]
    for answer in asked([task(made, wasm=way, pictures=shown) for way in ways], folder):
        found = logits(answer)
        assert apart(found, wanted) < CLOSE
        assert (found.argmax(1) == wanted.argmax(1)).all()
        right = sum(a == b for a, b in zip(found.argmax(1).tolist(), labels, strict=True))
        assert right >= 0.85 * count or count < 50
        names = [one["top"][0]["label"] for one in answer["answers"]]
        assert names == [bundle.info.classes[at] for at in wanted.argmax(1).tolist()]


def rgba(stored):
    """A stored picture (3, H, W) as a page's canvas gives it."""
    pixels = torch.full((*stored.shape[1:], 4), 255, dtype=torch.uint8)
    pixels[..., :3] = stored.permute(1, 2, 0)
    return {"data": packed(pixels.numpy()), "height": stored.shape[1], "width": stored.shape[2]}


def test_the_shipped_network_on_some_pictures(shared_data, tmp_path):
    shipped(shared_data, 6, tmp_path)


@pytest.mark.slow
def test_the_shipped_network_on_200_pictures(shared_data, tmp_path):
    shipped(shared_data, 200, tmp_path)


def test_class_maps_add_up_to_the_logits(tmp_path):
    """The mean of a class's map, and its bias, are its logit (Zhou et al. 2016)."""
    made, inputs = export("resnet20"), torch.randn(1, 3, 32, 32)
    dense = made.program["steps"][-1]
    bias = torch.from_numpy(made.numbers(dense["bias"]))
    (answer,) = asked([task(made, inputs, cams=list(range(10)))], tmp_path)
    cams = answer["answers"][0]["cams"]
    means = torch.stack([floats(cams[str(at)]).view(8, 8).mean() for at in range(10)])
    assert apart(means + bias, logits(answer)[0]) < CLOSE


def test_one_output_for_two_classes(tmp_path):
    net = Net(
        "two",
        (1, 6, 5),
        1,
        chain({"c": Conv(4, 3), "g": GlobalPool(), "f": Flatten(), "out": Dense(1)}),
    )
    info = replace(described(net), classes=("cold", "warm"), outputs=1)
    model = build(net, torch.Generator().manual_seed(0)).eval()
    made, inputs = exported_of(model, net, info), torch.randn(1, 1, 6, 5)
    with torch.no_grad():
        wanted = float(with_page_weights(model, net, made)(inputs).sigmoid())
    (answer,) = asked([task(made, inputs, cams=[0, 1])], tmp_path)
    assert abs(answer["answers"][0]["scores"][1] - wanted) < 1e-6
    assert not floats(answer["answers"][0]["cams"]["0"]).any()
