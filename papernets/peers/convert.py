"""Tensors to our network: a peer's translated, anybody's matched; what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from .. import spec
from ..nets.registry import find
from ..spec import Net, PadShortcut, each_part
from .auto import Matched, Misfit, match
from .recognise import how_to_take, our_net, recognised, same_network
from .translate import Conversion, loaded, take

MOST_GUESSES = 12
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
    ordered: bool = True,
    options: Mapping[str, object] | None = None,
    where: str = "the state_dict",
) -> Conversion:
    """A peer's tensors, or with `peer` "auto" anybody's, in our network; a new head is seeded by 0.

    ValueError, or Misfit with the table of what did fit, names the first tensor that does not. A
    Misfit too where names and sizes are those of a peer's network that is another one of ours.
    """
    generator = torch.Generator().manual_seed(0)
    if peer != "auto":
        if options:
            raise ValueError(f"the peer's name chooses the options of our network: {dict(options)}")
        return take(peer, name, tensors, classes, generator)
    given = dict(options or {})
    peers = recognised(tensors)
    same = next((known for known in peers if same_network(known, name, given)), None)
    if peers and same is None:
        raise Misfit(how_to_take(peers, where))
    try:
        own, found = _matched(name, tensors, ordered, given, where)
    except Misfit as misfit:
        hint = f". {how_to_take(peers, where)}" if peers else ""
        raise Misfit(f"{misfit}{hint}", misfit.rows) from None
    state = found.state
    left_out: tuple[str, ...] = ()
    if classes is not None and classes != own.classes:
        own = our_net(name, given, classes)
        wanted = spec.tensors(own)
        left_out = tuple(key for key, tensor in state.items() if tensor.shape != wanted[key].shape)
        state = {key: tensor for key, tensor in state.items() if key not in left_out}
    notes = [*found.notes]
    if same is not None:
        notes.append(
            f"its tensors are those of {same.peer}'s {same.name}, which is this network: with "
            f"--from {same.peer} they are found by name, and {same.peer}'s preprocessing is kept"
        )
    elif not found.by_name:
        notes.append(UNSEEN)
    zeros = [part for _, part in each_part(own.body) if isinstance(part, PadShortcut)]
    if zeros and not found.by_name and not any(part.before for part in zeros):
        notes.append(
            "no state_dict tells where a shortcut's zeros stand: taken as behind the input's "
            "channels; for networks with half of them in front, as akamaster's: --set zeros=around"
        )
    return Conversion(
        loaded(own, state, generator),
        find(name).name,
        given,
        None,
        found.rows,
        left_out,
        tuple(notes),
    )


def _matched(
    name: str,
    tensors: Mapping[str, Tensor],
    ordered: bool,
    options: Mapping[str, object],
    where: str,
) -> tuple[Net, Matched]:
    """Our network with as many classes as the tensors have, and the match.

    The Misfit hints at the shortcut with which they would fit, where that is an option.
    """
    first: Misfit | None = None
    for count in (None, *_counts(tensors)):
        own = our_net(name, options, count)
        try:
            return own, match(own, tensors, ordered, where)
        except Misfit as misfit:
            if first is None or len(misfit.rows) > len(first.rows):
                first = misfit
    assert first is not None
    hint = ""
    if "shortcut" in find(name).options and "shortcut" not in options:
        for option in "ABC":
            try:
                _matched(name, tensors, ordered, {**options, "shortcut": option}, where)
            except ValueError:
                continue
            hint = f". With --set shortcut={option} it fits"
            break
    raise Misfit(f"{first}{hint}", first.rows) from None


def _counts(tensors: Mapping[str, Tensor]) -> list[int]:
    """How many classes tensors may have: the outputs of their dense layers, the last first."""
    dense = [len(t) for t in tensors.values() if t.ndim == 2 and len(t)]
    heads = dense or [len(t) for t in tensors.values() if t.ndim == 4 and t.shape[2:].numel() == 1]
    return list(dict.fromkeys(reversed(heads)))[:MOST_GUESSES]
