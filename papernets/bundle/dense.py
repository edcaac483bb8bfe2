"""A trained network's dense form: its dense layers as convolutions, with the same weights."""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from .. import rewrite
from ..run.network import Network
from ..spec import AdaptivePool, Net, pair, tensors, walk
from .committee import Committee
from .weights import load_weights, moved


def dense_form(model: nn.Module, input: int | tuple[int, int] | None = None) -> Network:
    """A network's module with its dense layers as convolutions: (N, C, H, W) to (N, classes, H',
    W').

    At the network's own size the map is 1x1 and has the network's values. `input` is what the form
    says that it sees, by default the network's own; it takes larger ones too. Auxiliary heads are
    left out. It has weights of its own, on the model's device and of its kind of number, and is in
    its mode. ValueError for a committee, and for what is no network of ours.
    """
    if isinstance(model, Committee):
        raise ValueError("a committee has no dense form: its networks have, each for itself")
    if not isinstance(model, Network):
        raise ValueError(f"no dense form is known of a {type(model).__name__}")
    net = model.net
    done = rewrite.dense(net)
    wide = done.net if input is None else replace(done.net, input=(net.input[0], *pair(input)))
    form = Network(wide)
    own, every = tensors(wide), moved(model.state_dict(), done.moves)
    first = next(model.parameters(), None)
    if first is not None:
        form = form.to(device=first.device, dtype=first.dtype)
    load_weights(form, {name: every[name] for name in own}, "the dense form")
    return form.train(model.training)


def check_dense(net: Net) -> None:
    """ValueError where a network, run as a convolution over larger pictures, gives no map.

    Pooling that adapts to its input gives the same size whatever it sees: what stands behind it
    cannot slide over the picture.
    """
    fixed = [
        row
        for row in walk(rewrite.dense(net).net)
        if isinstance(row.layer, AdaptivePool) and not row.aux
    ]
    if fixed:
        row = fixed[0]
        _, height, width = row.input
        raise ValueError(
            f"{net.name} has a fixed head: {row.name} makes {row.out[1]}x{row.out[2]} of "
            f"{height}x{width} by windows that are not all alike, so that its dense layers cannot "
            "run as convolutions. Crops work: ten-crop, 144, multi-crop"
        )
    last = walk(rewrite.dense(net).net)[-1].out
    if last[1:] != (1, 1):
        raise ValueError(
            f"{net.name} gives a map of {last[1]}x{last[2]} at its own size, not one output: it is "
            "no network that classifies"
        )
