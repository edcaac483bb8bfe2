"""The optimised form: equal to the plain one for every network, for evaluation alone."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
import siblings
import torch
from torch import nn

import papernets
from papernets import create_model, optimised
from papernets.nets.registry import NETS, net
from papernets.rewrite import without_heads
from papernets.run.network import build
from papernets.run.optimised import Optimised
from papernets.spec import (
    RBF,
    Add,
    BatchNorm,
    Committee,
    Conv,
    Dense,
    Flatten,
    Net,
    Norm,
    Pool,
    Subsample,
    TableConv,
    chain,
    fixed_size,
)

CLOSE = 1e-5
"""Of the largest logit: how far the optimised form may be from the plain one."""


def members():
    """Every network of the registry by name, a committee by its member."""
    found = {}
    for entry in NETS:
        made = entry.make()
        found[entry.name] = made.member if isinstance(made, Committee) else made
    return found


def drawn(network, seed=1):
    """A network with drawn weights, and running statistics as pictures give them, but shaken.

    Means are moved by up to a third of a deviation and variances multiplied by 1/2 to 2, gamma and
    beta are drawn too: nothing is 0 or 1 where a fold could leave it out unseen. To a variance
    comes a quarter of the mean's square: deep networks with drawn weights give nearly the same for
    all pictures, and a difference of nearly equal numbers has no seven digits in any form.
    """
    generator = torch.Generator().manual_seed(seed)
    model = build(network, generator)
    norms = [one for one in model.modules() if isinstance(one, nn.BatchNorm2d | nn.BatchNorm1d)]
    for norm in norms:
        norm.momentum = 1.0
        if norm.weight is not None:
            nn.init.uniform_(norm.weight, 0.5, 1.0, generator=generator)
        nn.init.uniform_(norm.bias, -0.3, 0.3, generator=generator)
    if norms:
        with torch.no_grad():
            model.train()(pictures(network, 2))
    for norm in norms:
        norm.momentum = 0.1
        shift = torch.rand(norm.num_features, generator=generator) - 0.5
        norm.running_mean.add_(0.6 * shift * norm.running_var.sqrt())
        norm.running_var.mul_(2 ** (2 * torch.rand(norm.num_features, generator=generator) - 1))
        norm.running_var.add_((norm.running_mean / 2).square())
    return model.eval()


def pictures(network, count=1, more=0):
    channels, height, width = network.input
    generator = torch.Generator().manual_seed(2)
    return torch.randn(count, channels, height + more, width + more, generator=generator)


def apart(ours, theirs):
    """The largest difference as a share of the largest value."""
    assert torch.isfinite(theirs).all() and theirs.abs().max() > 0
    return float((ours - theirs).abs().max() / theirs.abs().max())


@torch.inference_mode()
@pytest.mark.parametrize("name", siblings.few(members().keys()))
def test_every_network_gives_the_same_logits(name):
    network = members()[name]
    model, x = drawn(network), pictures(network)
    if network.classes == 1:  # no logit is larger than others: it may be what is left of such
        model, x = model.double(), x.double()
    form = optimised(model)
    assert apart(form(x), model(x)) <= CLOSE
    if fixed_size(without_heads(network).net):
        with pytest.raises(ValueError, match="dense layers"):
            form(pictures(network, more=32))
    else:
        larger = pictures(network, more=32).to(x.dtype)
        assert apart(form(larger), model(larger)) <= CLOSE
