"""A bundle as a program for a page: what is kept, how large it is, and what is refused."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace

import numpy as np
import pytest
import siblings
import torch
from engine_judge import apart, asked, described, drawn, exported_of, logits, needs_node, task

from papernets.bundle.find import SHIPPED
from papernets.bundle.save import save_bundle
from papernets.data import Preprocessing
from papernets.explore.engine import LIMIT, export, exported, page_part
from papernets.explore.engine.export import by_row, planned, power
from papernets.explore.engine.eyes import UNSAID
from papernets.explore.engine.steps import step
from papernets.nets import list_nets, look_up, net
from papernets.rewrite import without_heads
from papernets.spec import BatchNorm, Conv, Dense, Flatten, GlobalPool, Net, Norm, chain, walk

SMALL = Net(
    "small",
    (3, 8, 8),
    4,
    chain(
        {
            "conv": Conv(5, 3, groups=1, norm=Norm(eps=1e-3)),
            "bare": Conv(6, 3, bias=False, norm=Norm(scale=False), activation="relu"),
            "alone": BatchNorm(),
            "pool": GlobalPool(),
            "flat": Flatten(),
            "out": Dense(4, norm=Norm()),
        }
    ),
)


def test_folded_normalisation_is_the_layer_and_its_normalisation():
    """In float64, before anything is rounded."""
    model = drawn(SMALL).double()
    state = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    inputs = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    rows = [row.name for row in walk(SMALL)]
    with torch.no_grad():
        wanted = model.features(inputs, rows)
    held, seen = by_row(SMALL, state), inputs
    for row in walk(SMALL):
        _, kept = step(row)
        own = {name: torch.from_numpy(one.of(held[row.name])) for name, one in kept.items()}
        if isinstance(row.layer, Conv):
            seen = torch.conv2d(seen, own["weight"], own["bias"])
        elif isinstance(row.layer, BatchNorm):
            seen = seen * own["weight"].view(1, -1, 1, 1) + own["bias"].view(1, -1, 1, 1)
        elif isinstance(row.layer, Dense):
            seen = torch.nn.functional.linear(seen, own["weight"], own["bias"])
        else:
            seen = wanted[row.name]
        seen = seen.relu() if row.activation == "relu" else seen
        assert torch.allclose(seen, wanted[row.name], rtol=1e-10, atol=1e-12), row.name


@siblings.together("scale", (1e-12, 1.0, 3e7))
def test_float16_loses_no_more_at_either_end(scale):
    """Eleven bits of every weight that is not tiny beside the largest, however large that is."""
    own = Net("own", (1, 4, 4), 2, chain({"flat": Flatten(), "out": Dense(2, bias=False)}))
    weight = (np.random.RandomState(0).uniform(0.01, 1, (2, 16)) * scale).astype(np.float32)
    made = exported(own, described(own), {"out.weight": weight})
    found = made.numbers(made.program["steps"][1]["weight"]).reshape(2, 16)
    assert np.abs(found / weight - 1).max() <= 2**-11
    assert np.log2(power(weight)) % 1 == 0


def test_every_network_of_the_family_has_its_steps():
    """But heads, which only training uses; a softmax belongs to the loss."""
    for name in list_nets():
        own = without_heads(look_up(name).net.member).net
        for row in walk(own):
            assert step(row)[0]["op"]


def test_what_the_page_has_of_the_shipped_network():
    made = export("resnet20")
    own = net("resnet20")
    assert [one["name"] for one in made.program["steps"]] == [row.name for row in walk(own)]
    assert made.program["cam"]["maps"] == "stage3_3"
    assert len(made.weights) == made.program["bytes"]
    part = page_part()
    assert part.size < 1_000_000 < LIMIT
    assert json.loads(part.data)["networks"][0]["program"] == made.program


def test_the_size_is_known_before(tmp_path):
    plan, made = planned("resnet20"), export("resnet20")
    real = len(made.packed) + len(made.text)
    assert abs(plan.size / real - 1) < 0.01
    words = r"resnet20: the page would be 0.8 MB larger, more than 0.5 MB.*--page-limit 1 allows it"
    with pytest.raises(ValueError, match=words):
        page_part("resnet20", limit=500_000)
    large = net("vgg11")
    many = replace(described(large), classes=tuple(map(str, range(1000))))
    (tmp_path / "bundle.json").write_text(many.to_json())
    (tmp_path / "weights.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(ValueError, match=r"page would be 354\.\d MB larger.*--page-limit 355 "):
        page_part(tmp_path)
    with pytest.raises(ValueError, match=r"more than the 500 MB that browsers open as one text"):
        page_part(tmp_path, tmp_path, limit=10**9)


@dataclass(frozen=True)
class Doubled(Conv):
    """A convolution that a user made into something else."""


def refused(own: Net, info, state) -> str:
    with pytest.raises(ValueError) as caught:
        exported(own, info, state)
    return str(caught.value)


def test_what_a_page_cannot_run_is_named(tmp_path):
    own = Net(
        "own", (1, 4, 4), 2, chain({"odd": Doubled(2, 3), "flat": Flatten(), "out": Dense(2)})
    )
    words = refused(own, described(own), {})
    assert words.startswith("own: odd: the page cannot run a Doubled (conv); it runs Activation,")
    with pytest.raises(ValueError, match=r"is a committee of 3 networks; .* give a member, "):
        export("boosted_lenet4")
    assert export(SHIPPED / "boosted_lenet4" / "1").program["name"] == "lenet4"
    wide = net("inception_reduced_3a")
    assert "takes 192 channels; a page reads pictures of 1 or 3" in refused(
        wide, described(wide), {}
    )
    large = replace(net("vgg16"), input=(3, 4000, 4000))
    assert "GB in a page; at most 2 GB are taken" in refused(large, described(large), {})


def test_a_bundle_that_is_damaged(tmp_path):
    state = {name: tensor.numpy() for name, tensor in drawn(SMALL).state_dict().items()}
    info = described(SMALL)
    for name, array, words in (
        ("out.linear.bias", None, "small has no tensor 'out.linear.bias'"),
        ("conv.conv.weight", np.zeros((5, 3, 3, 2)), "'conv.conv.weight' is 5x3x3x2, the network"),
        ("conv.conv.bias", np.full(5, np.nan), "'conv.conv.bias' has numbers that are none"),
    ):
        other = {key: value for key, value in {**state, name: array}.items() if value is not None}
        assert words in refused(SMALL, info, other)
    for key, value, words in (
        ("channels", 1, "it makes [1, 8, 8], its network takes [3, 8, 8]"),
        ("crop", True, "no 8x8 can be cut out of a photo of 6x7"),
        ("short", 9, "short is for pictures of which the middle is cut out"),
        ("turn", 1, "the key 'turn' is unknown"),
        ("kind", "film", "'kind'"),
        ("low", [0, 1], "give low and high one number, or 3"),
    ):
        made = {**info.preprocessing, "picture": [6, 7], key: value}
        assert words in refused(SMALL, replace(info, preprocessing=made), state)
    folder = tmp_path / "cut"
    shutil.copytree(SHIPPED / "lenet1", folder)
    content = (folder / "weights.safetensors").read_bytes()
    (folder / "weights.safetensors").write_bytes(content[:-8])
    with pytest.raises(ValueError, match="Copy the bundle again"):
        export(folder)


def test_what_goes_without_saying_is_what_python_takes():
    eyes = Preprocessing(1, 32, 32)
    own = {**eyes.to_dict(), "short": eyes.short, "gcn": eyes.gcn}
    assert {key: own[key] for key in UNSAID} == UNSAID


@needs_node
def test_a_bundle_as_save_writes_it(tmp_path):
    own = net("resnet20")
    model, inputs = drawn(own), torch.randn(1, *own.input)
    save_bundle(tmp_path / "kept", described(own), model.state_dict())
    made = export(tmp_path / "kept")
    assert made.weights == exported_of(model, own).weights
    (answer,) = asked([task(made, inputs)], tmp_path)
    with torch.no_grad():
        assert apart(logits(answer), model(inputs)) < 0.01  # the weights are rounded
