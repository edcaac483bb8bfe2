"""A classifier that is not the peer's own: taken where it is one layer, else left out and said.

People replace it: by `Sequential(Dropout(), Linear())`, whose tensors are `fc.1.weight`, by several
layers, or by nothing at all, in a body alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod

from torch import Tensor

from .. import spec
from ..spec import Dense, Net, walk
from ..words import by, listed
from .layout import PeerNet

LEAVES = {"weight", "bias"}


@dataclass(frozen=True)
class Top:
    """A peer's tensors, less a classifier that does not fit, whose names are `left_out`.

    `fresh` are our names of what is not there and must be drawn; `why` says what was there instead.
    """

    tensors: dict[str, Tensor]
    left_out: tuple[str, ...] = ()
    fresh: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    why: str = ""


def dense_rows(net: Net) -> list[str]:
    """The rows of the dense layers that classify, in their order; auxiliary heads' are none."""
    return [row.name for row in walk(net) if isinstance(row.layer, Dense) and not row.aux]


def tops(net: Net, theirs: Mapping[str, str]) -> tuple[str, ...]:
    """How the peer's names of the classifier's dense layers begin: `classifier.`, or `fc.`."""
    rows = dense_rows(net)
    names = (theirs[key] for key, tensor in spec.tensors(net).items() if tensor.row in rows)
    return tuple(dict.fromkeys(f"{name.split('.')[0]}." for name in names))


def top_of(
    known: PeerNet, net: Net, theirs: Mapping[str, str], tensors: Mapping[str, Tensor]
) -> Top:
    """The tensors with the peer's name for the classifier, and without what is another.

    `theirs` are the peer's names for ours, of a network of any number of classes. What is half
    there, or at odds with itself, stays, for an error that names it.
    """
    rows, own = dense_rows(net), spec.tensors(net)
    modules: dict[str, dict[str, tuple[str, tuple[int, ...]]]] = {}
    for key, tensor in own.items():
        if tensor.row in rows:
            module, _, leaf = theirs[key].rpartition(".")
            modules.setdefault(module, {})[leaf] = key, tensor.shape
    inside = tops(net, theirs)
    wanted = modules[known.head]["weight"][1]
    found, notes = _unwrapped(known.head, wanted, tensors, set(theirs.values()))
    whole: list[str] = []
    why = ""
    for module, leaves in modules.items():
        here = {leaf for leaf in leaves if f"{module}.{leaf}" in found}
        shapes = {leaf: tuple(found[f"{module}.{leaf}"].shape) for leaf in here}
        if here and (here != set(leaves) or not _agree(shapes)):
            return Top(found, notes=notes)  # the error names what lacks, or does not fit
        why = "" if here else _instead(found, inside, whole)
        if here and not _fits(shapes["weight"], leaves["weight"][1], module == known.head):
            shape, wanted = shapes["weight"], leaves["weight"][1]
            wanted = (shape[0], *wanted[1:]) if module == known.head else wanted
            why = f"'{module}.weight' is {by(shape)}, not {by(wanted)}"
        if why or not here:
            break
        whole.append(module)
    else:
        return Top(found, notes=notes)
    kept = {f"{module}.{leaf}" for module in whole for leaf in modules[module]}
    left_out = tuple(name for name in found if name.startswith(inside) and name not in kept)
    fresh = [key for m, leaves in modules.items() if m not in whole for key, _ in leaves.values()]
    rest = {name: tensor for name, tensor in found.items() if name not in left_out}
    return Top(rest, left_out, frozenset(fresh), notes, why)


def _unwrapped(
    head: str, shape: tuple[int, ...], tensors: Mapping[str, Tensor], known: Collection[str]
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """The tensors, those of one dense layer within the classifier's place under its own name.

    Where nothing is there, one layer beside the network, `classifier` beside `backbone`, is it.
    """
    found = dict(tensors)
    within = [name for name in tensors if name.startswith(f"{head}.")]
    within = within or [name for name in tensors if name not in known]
    places = {name.rpartition(".")[0] for name in within}
    if len(places) != 1 or head in places or {n.rpartition(".")[2] for n in within} != LEAVES:
        return found, ()
    (place,) = places
    weight, bias = found[f"{place}.weight"], found[f"{place}.bias"]
    if not _agree({"weight": tuple(weight.shape), "bias": tuple(bias.shape)}):
        return found, ()
    if not _fits(tuple(weight.shape), shape, any_classes=True):
        return found, ()
    note = (
        f"the classifier is taken from {place}, for {head}: what stood beside it without weights, "
        "dropout say, is in no state_dict"
    )
    names = {f"{place}.{leaf}": f"{head}.{leaf}" for leaf in LEAVES}
    return {names.get(name, name): tensor for name, tensor in found.items()}, (note,)


def _agree(shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether a weight and a bias are of one dense layer, whatever its sizes."""
    weight = shapes["weight"]
    return (
        len(weight) in (2, 4) and min(weight) > 0 and shapes.get("bias", weight[:1]) == weight[:1]
    )


def _fits(shape: tuple[int, ...], wanted: tuple[int, ...], any_classes: bool) -> bool:
    """Whether a weight is the one wanted, as a dense layer's or as a convolution's over it all."""
    same = any_classes or shape[0] == wanted[0]
    return same and prod(shape[1:]) == prod(wanted[1:]) and len(shape) in (2, 4)


def _instead(tensors: Mapping[str, Tensor], inside: tuple[str, ...], whole: list[str]) -> str:
    """What is in the classifier's place; empty for nothing."""
    others = [
        name for name in tensors if name.startswith(inside) and name.rpartition(".")[0] not in whole
    ]
    return f"in its place are {listed(map(repr, others), 3)}" if others else ""
