"""The form of a network that leaves: what is written into a file is computed as this module does.

`form_of` is the one place that chooses it.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from ..evaluate.form import answering
from ..rewrite.optimise import STEPS, Steps
from ..run.layers import ConnectionTable


def form_of(model: nn.Module, plain: bool = False, steps: Steps = STEPS) -> nn.Module:
    """The module that is exported for a model, in evaluation mode, on the CPU, in float32.

    It is the form that answers in `evaluate` and `predict`, or that of other `steps`; with `plain`
    every row is computed as it stands in the paper's table. The model is left as it is.
    """
    return _settled(model if plain else answering(model, steps=steps))


def _settled(model: nn.Module) -> nn.Module:
    """The model with each connection table as the full convolution that it is computed as."""
    tables = [name for name, one in model.named_modules() if type(one) is ConnectionTable]
    own = next((p for p in model.parameters()), None)
    as_it_is = own is None or (own.device.type == "cpu" and own.dtype == torch.float32)
    if not tables and as_it_is:
        return model.eval()
    model = copy.deepcopy(model).cpu().float().eval()
    for name in tables:
        outer, _, last = name.rpartition(".")
        table = model.get_submodule(name)
        assert isinstance(table, ConnectionTable)
        model.get_submodule(outer)._modules[last] = _convolution(table)
    return model


def _convolution(table: ConnectionTable) -> nn.Conv2d:
    conv = nn.Conv2d(table.maps, len(table.table), table.kernel)
    with torch.no_grad():
        conv.weight.copy_(table.full_weight())
        conv.bias.copy_(table.bias)  # type: ignore[union-attr]
    return conv
