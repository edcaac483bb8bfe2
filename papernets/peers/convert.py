"""Tensors to our network: a peer's translated, anybody's matched; what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from .. import spec
from ..nets.registry import find
from ..spec import PadShortcut, each_part
from .auto import Misfit
from .channels import widened
from .fitting import File, of_channels
from .read import cleaned
from .recognise import how_to_take, our_net, recognised, same_network
from .translate import Conversion, loaded, take

UNSEEN = (
    "order and shapes cannot tell strides, padding, activations or epsilons: try the bundle on "
    "pictures that you know"
)


def convert(
    tensors: Mapping[str, Tensor],
    name: str,
    peer: str,
    *,
    classes: int | None = None,
    channels: int | None = None,
    ordered: bool = True,
    options: Mapping[str, object] | None = None,
    where: str = "the state_dict",
) -> Conversion:
    """A peer's tensors, or with `peer` "auto" anybody's, in our network; a new head is seeded by 0.

    For other channels than the tensors' the first convolution is adapted, as in `from_peer`.
    ValueError, or Misfit with the table of what did fit, names the first tensor that does not. A
    Misfit too where names and sizes are those of a peer's network that is another one of ours.
    """
    if classes == 0 and not isinstance(classes, bool):
        raise ValueError(
            "classes must be a whole number of at least 1, not 0: a bundle is of a network with "
            "classes; from_peer(..., num_classes=0) gives features"
        )
    generator = torch.Generator().manual_seed(0)
    if peer != "auto":
        if options:
            raise ValueError(f"the peer's name chooses the options of our network: {dict(options)}")
        return take(peer, name, tensors, classes, generator, channels)
    given = dict(options or {})
    clean = cleaned(tensors, where)
    peers = recognised(clean.tensors)
    same = next((known for known in peers if same_network(known, name, given)), None)
    if peers and same is None:
        raise Misfit(how_to_take(peers, where))
    file = File(clean.tensors, ordered and clean.ordered, where)
    try:
        own, found, left_out = of_channels(name, file, given, classes, channels)
    except Misfit as misfit:
        hint = f". {how_to_take(peers, where)}" if peers else ""
        raise Misfit(f"{misfit}{hint}", misfit.rows) from None
    depth = channels or own.input[0]
    state, adapted = widened(found.state, own, our_net(name, given, own.classes, depth))
    wanted = our_net(name, given, classes or own.classes, depth)
    shapes = spec.tensors(wanted)
    drawn = [
        key for key, one in shapes.items() if key not in state or state[key].shape != one.shape
    ]
    state = {key: tensor for key, tensor in state.items() if key not in drawn}
    notes = [*clean.notes, *found.notes, *adapted]
    if same is not None:
        notes.append(
            f"its tensors are those of {same.peer}'s {same.name}, which is this network: with "
            f"--from {same.peer} they are found by name, and {same.peer}'s preprocessing is kept"
        )
    elif not found.by_name:
        notes.append(UNSEEN)
    zeros = [part for _, part in each_part(wanted.body) if isinstance(part, PadShortcut)]
    if zeros and not found.by_name and not any(part.before for part in zeros):
        notes.append(
            "no state_dict tells where a shortcut's zeros stand: taken as behind the input's "
            "channels; for networks with half of them in front, as akamaster's: --set zeros=around"
        )
    return Conversion(
        loaded(wanted, state, generator),
        find(name).name,
        given,
        None,
        found.rows,
        (*clean.left_out, *left_out, *drawn),
        tuple(notes),
    )
