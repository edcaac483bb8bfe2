"""Peers' weights give peers' logits: what torchvision and timm computed, in double precision."""

import pytest
import torch
from fingerprints import drawn, fingerprint, input_of

from papernets import from_peer

slow = pytest.mark.slow
WITH_LOGITS = [
    "torchvision-resnet18",
    "torchvision-googlenet",
    "timm-mobilenetv1_100",
    *(
        pytest.param(file, marks=slow)
        for file in (
            "torchvision-alexnet",
            "torchvision-vgg11",
            "torchvision-vgg16",
            "torchvision-vgg16_bn",
            "torchvision-resnet50",
            "torchvision-inception_v3",
            "timm-inception_v4",
        )
    ),
]


@pytest.mark.parametrize("file", WITH_LOGITS)
def test_a_peers_weights_give_the_peers_logits(file):
    """By name: the state_dict is given in alphabetical order, as a safetensors file has it."""
    peer = fingerprint(file)
    state = {key: drawn(key, shape) for key, shape in sorted(peer["state_dict"])}
    model = from_peer(peer["peer"], peer["model"], state)
    assert model.training and model.left_out == ()
    with torch.no_grad():
        ours = model.eval()(input_of(peer))
    theirs = torch.tensor(peer["logits"], dtype=torch.double)
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() < 1e-6 * theirs.abs().max()


@slow
def test_the_network_without_logits_loads_whole():
    peer = fingerprint("timm-inception_resnet_v2")
    state = {key: drawn(key, shape).float() for key, shape in sorted(peer["state_dict"])}
    model = from_peer(peer["peer"], peer["model"], state)
    assert len(model.state_dict()) == len(peer["state_dict"]) == 1306
    last = model.state_dict()["block8_10.linear.weight"]
    assert torch.equal(last, state["block8.conv2d.weight"])
