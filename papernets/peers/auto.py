"""Tensors of unknown names, put where order, kind of layer and shape say that they belong.

A state_dict lists its layers as they were made; a safetensors file lists them by the alphabet, and
then the numbers in their names are their order. Shortcuts' projections are matched apart where
their names tell them, because each implementation makes them at another place in the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, permutations, zip_longest

import torch
from torch import Tensor

from .. import spec
from ..spec import Net
from ..spec.tensors import earlier_names
from .layers import Piece, Shapes, ascends, difference, natural, parted, pieces_of, shapes_of
from .rules import COUNTER, checked

MOST_GROUPS = 6


@dataclass(frozen=True)
class Match:
    """A row of the table: the file's tensor, ours, and the shape; `wrong` says why not."""

    theirs: str
    ours: str
    shape: tuple[int, ...]
    wrong: str = ""

    def to_dict(self) -> dict[str, object]:
        """As plain JSON values."""
        return {"file": self.theirs, "ours": self.ours, "shape": list(self.shape)}


class Misfit(ValueError):
    """Tensors that a network has no place for; `rows` is the table up to the first of them."""

    def __init__(self, text: str, rows: tuple[Match, ...] = ()):
        super().__init__(text)
        self.rows = rows


@dataclass(frozen=True)
class Matched:
    """Our state_dict made of a file's tensors, with the table of what went where, and notes.

    `by_name` where the file has our own names.
    """

    state: dict[str, Tensor]
    rows: tuple[Match, ...]
    notes: tuple[str, ...] = ()
    by_name: bool = False


def match(
    net: Net,
    tensors: Mapping[str, Tensor],
    ordered: bool,
    where: str,
    without: Sequence[str] = (),
) -> Matched:
    """The tensors as our state_dict, each kind of layer in its order, every shape equal.

    `ordered` where they stand as the network was written. Rows in `without` are left out of it, as
    a classifier that is not there. Misfit names the first row that does not
    fit, or says that several orders would; ValueError for numbers that are none.
    """
    every = {k: one for k, one in spec.tensors(net).items() if one.row not in without}
    shapes, given = shapes_of(every), shapes_of(tensors)
    notes: tuple[str, ...] = ()
    earlier = earlier_names(net)
    for when, called in (("", dict(zip(shapes, shapes, strict=True))), (" of 2026", earlier)):
        older = {called[name]: shape for name, shape in shapes.items()}
        by_name = _without_counters(given) == _without_counters(older)
        if by_name:
            pairs = {name: called[name] for name in shapes if called[name] in given}
            notes = (f"every tensor has our name{when} for it: matched by name",)
            break
    else:
        ours, theirs = parted(pieces_of(shapes), pieces_of(given))
        pairs, notes = _paired(ours, theirs, ordered, where, net.name)
    state, rows = {}, []
    for name, shape in shapes.items():
        if name not in pairs:  # the counter of a normalisation: nothing reads it
            state[name] = torch.zeros((), dtype=torch.long)
            continue
        key = pairs[name]
        state[name] = checked(tensors[key], key, where, name).reshape(shape)
        rows.append(Match(key, name, shape))
    return Matched(state, tuple(rows), notes, by_name)


def _without_counters(shapes: Shapes) -> Shapes:
    return {name: shape for name, shape in shapes.items() if not name.endswith(COUNTER)}


def _paired(
    ours: Sequence[Piece], theirs: Sequence[Piece], ordered: bool, where: str, network: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """For each of our tensors the file's, and notes on how the order was found."""
    kinds = dict.fromkeys(piece.kind for piece in (*ours, *theirs))
    by_file = {kind: [p for p in theirs if p.kind == kind] for kind in kinds}
    own = {kind: [p for p in ours if p.kind == kind] for kind in by_file}
    trusted = ordered and ascends(theirs)
    if trusted and all(_fits(own[kind], by_file[kind]) for kind in by_file):
        return _pairs(own, by_file), ()
    by_name: dict[str, list[Piece]] = {}
    for kind, pieces in by_file.items():
        found = list(islice(_orders(own[kind], pieces), 2))
        if not found:
            shown = by_file if trusted else {k: sorted(p, key=natural) for k, p in by_file.items()}
            raise _misfit(ours, own, shown, where, network)
        if len(found) > 1:
            pairs = zip(*found, strict=True)
            one, other = next((a.name, b.name) for a, b in pairs if a.name != b.name)
            raise Misfit(
                f"{where}: several orders of its layers fit {network}, with the {kind} {one} or "
                f"{other} first: give the state_dict in the order of the network (a .pth file "
                "keeps it), or its peer's name with --from"
            )
        by_name[kind] = found[0]
    note = "the file does not list its tensors as the network runs: ordered by their names"
    return _pairs(own, by_name), (note,)


def _orders(ours: Sequence[Piece], theirs: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The orders by name that fit: numbers ascend, groups as `stem` and `blocks` stand anyhow."""
    pieces = sorted(theirs, key=natural)
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(re.match(r"[^\d.]*", piece.name)[0], []).append(piece)  # type: ignore[index]
    many = len(groups) > MOST_GROUPS
    for order in [tuple(groups)] if many else permutations(groups):
        arranged = [piece for name in order for piece in groups[name]]
        if _fits(ours, arranged):
            yield arranged


def _fits(ours: Sequence[Piece], theirs: Sequence[Piece]) -> bool:
    return len(ours) == len(theirs) and not any(
        difference(own, other)[1] for own, other in zip(ours, theirs, strict=True)
    )


def _pairs(
    ours: Mapping[str, Sequence[Piece]], theirs: Mapping[str, Sequence[Piece]]
) -> dict[str, str]:
    return {
        own.tensor(leaf): other.tensor(leaf)
        for kind, pieces in ours.items()
        for own, other in zip(pieces, theirs[kind], strict=True)
        for leaf in dict(own.shapes)
        if leaf in dict(other.shapes)
    }


def _misfit(
    ours: Sequence[Piece],
    own: Mapping[str, Sequence[Piece]],
    theirs: Mapping[str, Sequence[Piece]],
    where: str,
    network: str,
) -> Misfit:
    """The error of the first row, as the network runs, that does not fit."""
    partner = {
        piece.name: other
        for kind in own
        for piece, other in zip_longest(own[kind], theirs[kind])
        if piece is not None
    }
    rows: list[Match] = []
    for piece in ours:
        other, shapes = partner[piece.name], dict(piece.shapes)
        if other is None:
            leaf, name = piece.shapes[-1][0], "nothing"
            wrong = (
                f"the file has {len(theirs[piece.kind])} of its kind ({piece.kind}), the "
                f"network {len(own[piece.kind])}"
            )
        else:
            leaf, wrong = difference(piece, other)
            name = other.tensor(leaf)
            if not wrong:
                rows += [
                    Match(other.tensor(leaf), piece.tensor(leaf), shape)
                    for leaf, shape in piece.shapes
                    if leaf in dict(other.shapes)
                ]
                continue
        rows.append(Match(name, piece.tensor(leaf), shapes.get(leaf, ()), wrong))
        return Misfit(
            f"{where} does not fit {network}: {name} for our {piece.tensor(leaf)}: {wrong}",
            tuple(rows),
        )
    kind = next(kind for kind in own if len(theirs[kind]) > len(own[kind]))
    extra = theirs[kind][len(own[kind])]
    return Misfit(
        f"{where} does not fit {network}: {extra.tensor(extra.shapes[0][0])} ({kind}) has no place "
        f"in it; the file has {len(theirs[kind])} of its kind, the network {len(own[kind])}",
        tuple(rows),
    )
