"""The layers in a state_dict: what kind each is, which belong to shortcuts, and how two differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from torch import Tensor

from ..spec.layer import Shapes
from ..spec.tensors import StateTensor
from ..words import by
from .rules import COUNTER

SHORTCUT = re.compile(
    r"(?:^|[._])(?:down_?sample|short_?cut|conv_?shortcut|skip|identity|id_conv|bypass|residual_conv"
    r"|proj(?:ection)?|res_conv|conv_?sc|sc)(?=[._\d]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """One layer of a state_dict: the shapes of its tensors by the last part of their names."""

    name: str
    kind: str
    shapes: tuple[tuple[str, tuple[int, ...]], ...]

    def tensor(self, leaf: str) -> str:
        return f"{self.name}.{leaf}" if self.name else leaf


def shapes_of(tensors: Mapping[str, Tensor] | Mapping[str, StateTensor]) -> Shapes:
    """The shapes of a state_dict, or of the one that a network has."""
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def pieces_of(shapes: Shapes) -> list[Piece]:
    """The layers of a state_dict, in its order."""
    layers: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, shape in shapes.items():
        module, _, leaf = name.rpartition(".")
        layers.setdefault(module, {})[leaf] = shape
    return [Piece(name, _kind(leaves), tuple(leaves.items())) for name, leaves in layers.items()]


def _kind(leaves: Mapping[str, tuple[int, ...]]) -> str:
    if "running_mean" in leaves or "running_var" in leaves:
        return "normalisation"
    dimensions = len(leaves.get("weight", next(iter(leaves.values()))))
    return {4: "convolution", 2: "dense layer"}.get(dimensions, f"layer of {dimensions} dimensions")


def parted(ours: list[Piece], theirs: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The same with the shortcuts' layers as kinds of their own, where names tell which they are.

    They do where as many of the file's names speak of a shortcut as the network has projections. A
    convolution over all of its input is a dense layer: where one side has it as the one and the
    other as the other, both are one kind.
    """

    own, other = ([_of_shortcut(piece) for piece in pieces] for pieces in (ours, theirs))
    if _count(own, "projection") != _count(other, "projection"):
        own, other = ours, theirs
    weighted = ("convolution", "dense layer")
    if _count(own, "dense layer") != _count(other, "dense layer") and (
        _count(own, *weighted) == _count(other, *weighted)
    ):
        one = dict.fromkeys(weighted, "weighted layer")
        own, other = (
            [replace(piece, kind=one.get(piece.kind, piece.kind)) for piece in pieces]
            for pieces in (own, other)
        )
    return own, other


def _of_shortcut(piece: Piece) -> Piece:
    kinds = {"convolution": "projection", "normalisation": "projection's normalisation"}
    named = piece.kind in kinds and SHORTCUT.search(piece.name)
    return replace(piece, kind=kinds[piece.kind]) if named else piece


def _count(pieces: Iterable[Piece], *kinds: str) -> int:
    return sum(piece.kind in kinds for piece in pieces)


def ascends(pieces: Sequence[Piece]) -> bool:
    """True where names that differ in a last number alone stand in its order: they do as written.

    In a dictionary that was shuffled, or sorted by the alphabet with 10 before 2, they do not.
    """
    last: dict[tuple[str, str, str], int] = {}
    for piece in pieces:
        parts = piece.name.split(".")
        for at, part in enumerate(parts):
            number = re.search(r"\d{1,9}$", part)
            if number is None:
                continue
            stem = (".".join(parts[:at]), part[: number.start()], piece.kind)
            if int(number[0]) < last.get(stem, -1):
                return False
            last[stem] = int(number[0])
    return True


def natural(piece: Piece) -> list[tuple[int, int | str]]:
    """A key that sorts 2 before 10."""
    parts = re.findall(r"\d{1,9}|\D+", piece.name)
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]


def difference(own: Piece, other: Piece) -> tuple[str, str]:
    """The last part of the first tensor that differs, and how; empty where all are alike."""
    mine, given = dict(own.shapes), dict(other.shapes)
    for leaf in sorted({*mine, *given}, key=lambda leaf: (leaf != "weight", leaf)):
        if leaf == COUNTER:
            continue
        if leaf not in given:
            return leaf, f"the file has no {other.tensor(leaf)}"
        if leaf not in mine:
            return leaf, f"the network has no {own.tensor(leaf)}"
        if mine[leaf] != given[leaf] and not _covers(mine[leaf], given[leaf]):
            return leaf, f"{by(given[leaf])} in the file, {by(mine[leaf])} in the network"
    return "", ""


def _covers(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """True for a dense layer and a convolution over all of its input, which are the same."""
    alike = one[:1] == other[:1] and prod(one) == prod(other)
    return alike and {len(one), len(other)} == {2, 4}
