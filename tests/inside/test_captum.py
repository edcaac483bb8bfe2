"""Attributions beside Captum's, on twins whose rectifiers are modules of their own, as it needs."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from papernets import build, inside
from papernets.inside.gradients import noisy
from papernets.run.network import Network
from papernets.spec import (
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Net,
    Norm,
    Pool,
    add,
    chain,
    concat,
)

pytestmark = pytest.mark.slow

STRAIGHT = Net(
    "straight",
    (3, 20, 17),
    6,
    chain(
        {
            "conv1": Conv(8, 3, padding=1, activation="relu"),
            "pool1": Pool("max", 3, 2),
            "conv2": Conv(12, 3, padding=1, activation="relu"),
            "pool2": Pool("max", 2, 2),
            "conv3": Conv(10, 3, padding=1, activation="relu"),
            "flatten": Flatten(),
            "fc1": Dense(16, activation="relu"),
            "fc2": Dense(6),
        }
    ),
)
JOINED = Net(
    "joined",
    (3, 20, 17),
    6,
    chain(
        {
            "conv1": Conv(8, 3, padding=1, norm=Norm(), activation="relu"),
            "block": add(
                {
                    "way": chain(
                        {
                            "a": Conv(8, 3, padding=1, norm=Norm(), activation="relu"),
                            "b": Conv(8, 3, padding=1, norm=Norm()),
                        }
                    ),
                    "shortcut": chain({}),
                },
                activation="relu",
            ),
            "pool": Pool("max", 2, 2),
            "mixed": concat(
                {
                    "one": Conv(5, 1, activation="relu"),
                    "three": Conv(6, 3, padding=1, activation="relu"),
                }
            ),
            "average": GlobalPool(),
            "flatten": Flatten(),
            "fc": Dense(6),
        }
    ),
)


@pytest.fixture(scope="module")
def attr() -> Any:
    """Captum's attributions; imported late, for it takes seconds, and tests are collected often."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("captum.attr", reason="captum comes with the extra [check]")


def ours(net: Net) -> Network:
    """A network with batch statistics that are not those of a new one."""
    model = build(net, torch.Generator().manual_seed(1)).eval()
    draws = torch.Generator().manual_seed(2)
    for value in model.buffers():
        if value.is_floating_point():
            value.copy_(0.5 + torch.rand(value.shape, generator=draws))
    return model


def twin(model: Network) -> Network:
    """The same network; each rectifier is a module of its own that writes over nothing."""
    other = copy.deepcopy(model)
    for module in other.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return other


def pictures() -> Tensor:
    return torch.randn(3, 3, 20, 17, generator=torch.Generator().manual_seed(3))


def quietly(method: Callable[..., Any], *given: Any, **named: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return method(*given, **named)


def same(found: Any, wanted: Tensor) -> None:
    values, wanted = np.asarray(found), wanted.detach().numpy()
    assert np.abs(wanted).max() > 1e-4  # something is there to be equal
    np.testing.assert_allclose(values, wanted, rtol=0, atol=1e-5)


CLASSES = [4, 0, 2]
BOTH = pytest.mark.parametrize("net", [STRAIGHT, JOINED], ids=["straight", "joined"])


@BOTH
def test_saliency_and_guided(attr: Any, net: Net) -> None:
    model, x = ours(net), pictures()
    wanted = quietly(attr.Saliency(twin(model)).attribute, x, target=CLASSES, abs=False)
    found = inside.saliency(model, x, CLASSES, batch_size=2)
    same(found, wanted)
    same(found.heat, wanted.abs().amax(1))
    same(
        inside.guided(model, x, CLASSES, batch_size=2),
        quietly(attr.GuidedBackprop(twin(model)).attribute, x, target=CLASSES),
    )


@BOTH
def test_smooth(attr: Any, net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same noise is laid under Captum's tunnel."""
    model, x = ours(net), pictures()[:1]
    copies = torch.cat(list(noisy(x[0], 12, 0.2, (7, 0), 5)))
    tunnel = attr.NoiseTunnel(attr.Saliency(twin(model)))
    monkeypatch.setattr(torch, "normal", lambda *given, **named: copies - x)
    wanted = quietly(
        tunnel.attribute, x, nt_type="smoothgrad", nt_samples=12, stdevs=1.0, target=4, abs=False
    )
    found = inside.smooth(model, x, 4, samples=12, noise=0.2, seed=7, batch_size=5)
    same(found, wanted)


@BOTH
def test_grad_cam(attr: Any, net: Net) -> None:
    model, x = ours(net), pictures()
    other = twin(model)
    layer = "conv2" if net is STRAIGHT else "mixed"
    found = inside.cam(model, x, CLASSES, layer=layer, method="grad-cam", batch_size=2)
    wanted = quietly(
        attr.LayerGradCam(other, other.get_submodule(other._built.outputs[layer])).attribute,
        x,
        target=CLASSES,
    )
    same(found, wanted[:, 0])


@BOTH
@pytest.mark.parametrize("stride", [2, 3])
def test_occlusion(attr: Any, net: Net, stride: int) -> None:
    """Of the probability; the last places of the square are cut off by the edge."""
    model, x = ours(net), pictures()
    other = twin(model)
    found = inside.occlusion(
        model, x, CLASSES, square=(5, 4), stride=stride, fill=0.25, batch_size=7
    )
    wanted = quietly(
        attr.Occlusion(lambda seen: other(seen).softmax(1)).attribute,
        x,
        sliding_window_shapes=(3, 5, 4),
        strides=(3, stride, stride),
        baselines=0.25,
        target=CLASSES,
    )
    same(found, wanted[:, 0])


@BOTH
def test_deconv(attr: Any, net: Net) -> None:
    """Of a class's unit, and of a unit within; ours begins with its value, Captum with 1."""
    model, x = ours(net), pictures()
    other = twin(model)
    layer = "conv3" if net is STRAIGHT else "block"
    found = inside.deconv(model, x, layer=layer, batch_size=2)
    module = other.get_submodule(other._built.outputs[layer])
    for at, patch in enumerate(found.patches):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = attr.NeuronDeconvolution(other, module).attribute(
                x[at : at + 1], (int(found.units[at]), patch.row, patch.column)
            )
        same(found.values[at], one[0] * patch.value)
    if net is STRAIGHT:
        with torch.no_grad():
            unit = int(model(x)[0].argmax())
        found = inside.deconv(model, x[:1], layer="fc2", unit=unit)
        wanted = quietly(attr.Deconvolution(other).attribute, x[:1], target=unit)
        assert found.patches[0].value > 0  # of a positive value the signal is in proportion to it
        same(found, wanted * found.patches[0].value)
