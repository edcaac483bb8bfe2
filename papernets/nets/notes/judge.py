"""Our value of a number that a note prints: of a network's row or total, or of plain arithmetic."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from ...said import Claim, Notes, Value
from ...said.verify import ours as of_network
from ...spec import (
    RBF,
    Committee,
    Conv,
    Dense,
    Dropout,
    Net,
    Pair,
    Pool,
    Row,
    Subsample,
    TableConv,
    Totals,
    totals,
    walk,
)
from ..registry import look_up

OPERATIONS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}
FORMULA = re.compile(r"[\d\s.()+*/-]+")
POWERS = {
    **dict.fromkeys(("k", "K"), 1e3),
    **dict.fromkeys(("M", "million", "Million"), 1e6),
    **dict.fromkeys(("B", "billion"), 1e9),
}
NUMBER = r"-?[\d,]*\.?\d+"
NEEDED = "zeros a side that the sizes need"


def arithmetic(formula: str) -> float:
    """A sum or product as it is printed: `(5*5 + 1)*6`; ValueError for anything else."""

    def of(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            return OPERATIONS[type(node.op)](of(node.left), of(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -of(node.operand)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value
        raise ValueError(f"{formula!r} is no plain arithmetic")

    found = of(ast.parse(formula, mode="eval").body)
    return int(found) if found == int(found) else found


def as_printed(text: str, maps_first: bool = False) -> tuple[Value, bool]:
    """A printed number as a value, and whether its source rounds.

    `62 million` and `19.6B` round; so does what begins with `about`. `28x28x6` is (6, 28, 28);
    `84.70%` a fraction.
    """
    about = text.startswith("about ")
    text = text.removeprefix("about ").replace("×", "x").replace("(None, ", "(")
    if found := re.fullmatch(r"(\d+)/(\d+)", text):
        return int(found[1]) / int(found[2]), about
    if re.fullmatch(r"\d+( \d+)+", text):  # as shapes are written: maps first
        return tuple(map(int, text.split())), about
    if found := re.fullmatch(rf"({NUMBER}) ?({'|'.join(POWERS)})", text):
        digits = float(found[1].replace(",", ""))
        return round(digits * POWERS[found[2]], 3), True
    if found := re.fullmatch(rf"({NUMBER})x10\^(\d+)", text):
        return round(float(found[1]) * 10 ** int(found[2]), 3), True
    if found := re.fullmatch(rf"({NUMBER}) ?%", text):
        return round(float(found[1]) / 100, 6), about
    if re.fullmatch(r"\d+( ?[xX*] ?\d+)+|\(\d+(, ?\d+)+\)", text):
        sides = tuple(map(int, re.findall(r"\d+", text)))
        last = len(sides) == 3 and not maps_first
        return ((sides[2], *sides[:2]) if last else sides), about
    if re.fullmatch(NUMBER, text):
        digits = float(text.replace(",", ""))
        return (int(digits) if digits.is_integer() else digits), about
    raise ValueError(f"{text!r} is no printed number")


THEIRS = (RBF, Subsample, TableConv)
"""LeNet's own layers with weights."""
COUNTED = (Conv, Pool, Dense, *THEIRS)


@cache
def walked(name: str) -> tuple[Net | Committee, dict[str, Row], Totals]:
    """A network with its rows by their names, and its sums."""
    net = look_up(name).net
    rows = walk(net.member)
    return net, {row.name: row for row in rows}, totals(rows)


@cache
def held(name: str) -> tuple[Claim, ...]:
    """The claims in a network's record."""
    return look_up(name).claims


def window(row: Row) -> tuple[Pair, Pair, tuple[float, float]] | None:
    """Kernel, stride and zeros a side: a dense layer's on one pixel, a global average's window.

    Where a pooling keeps a last window over the edge, half the zeros that its sizes need.
    """
    if isinstance(row.layer, Dense):
        return (1, 1), (1, 1), (0, 0)
    if row.kind.startswith("global"):
        return row.input[1:], (1, 1), (0, 0)
    if row.kernel is None or row.stride is None:
        return None
    printed = row.padding
    if isinstance(printed, tuple) and "pool" not in row.kind:
        return row.kernel, row.stride, printed
    return row.kernel, row.stride, needed(row)


def needed(row: Row) -> tuple[float, float]:
    """The zeros a side that the sizes of a row need at least: 0.5 where one side has one."""
    assert row.kernel and row.stride
    height, width = (
        max((out - 1) * step + side - within, 0) / 2
        for out, step, side, within in zip(
            row.out[1:], row.stride, row.kernel, row.input[1:], strict=True
        )
    )
    return height, width


def one_window(of: str, name: str, step: int) -> bool:
    """True where a row is one window over its whole map, which any step leaves one."""
    row = walked(of)[1].get(name)
    shape = window(row) if row and row.kind.startswith("global") else None
    if row is None or shape is None:
        return False
    sides = zip(row.input[1:], shape[0], row.out[1:], strict=True)
    return all((within - side) // step + 1 == out for within, side, out in sides)


def of_row(row: Row, column: str) -> Value | None:
    """What a printed column may say of a row and `Row` does not; None where it is none of these."""
    shape = window(row)
    if shape and column in ("kernel", "stride", "padding"):
        value = shape[("kernel", "stride", "padding").index(column)]
        return tuple(int(side) for side in value) if all(map(_whole, value)) else value[0]
    if column == "rate":
        assert isinstance(row.layer, Dropout)
        return row.layer.rate
    if column == NEEDED:
        return needed(row)[0]
    if column == "maps":
        return row.out[0]
    if column == "maps in":
        return math.prod(row.input) if isinstance(row.layer, Dense) else row.input[0]
    if column in ("side", "side in"):
        return (row.out if column == "side" else row.input)[1:]
    if column == "window" and row.kernel and row.stride:
        return f"{row.kernel[0]}x{row.kernel[1]}/{row.stride[0]}"
    if column == "values":
        return math.prod(row.out)
    if column == "vector":
        return math.prod(row.out), 1
    if column == "as a row":
        return 1, math.prod(row.out)
    return None


def _whole(side: float) -> bool:
    return float(side).is_integer()


def of_net(net: Net, rows: Mapping[str, Row], quantity: str) -> Value | None:
    """What may be counted in a whole network; None where it is none of these."""
    params = sum(row.params for row in rows.values() if not row.aux)
    kinds = [row.kind for row in rows.values() if not row.aux]
    weighted = [
        row
        for name, row in rows.items()
        if isinstance(row.layer, Conv | Dense) and not name.endswith("shortcut")
    ]
    counted: dict[str, Value] = {
        "input": net.input,
        "side of the input": net.input[1:],
        "channels of the input": net.input[0],
        "values of the input": math.prod(net.input),
        "classes": net.classes,
        "layers, pooling counted": sum(isinstance(row.layer, COUNTED) for row in rows.values()),
        "convolutions": kinds.count("conv"),
        "dense layers": kinds.count("dense"),
        "dense layers before the output": kinds.count("dense") - 1,
        "max poolings": kinds.count("max pool"),
        "poolings": sum(isinstance(row.layer, Pool) for row in rows.values()),
        "layers with weights": len(weighted),
        "megabytes of parameters, 2^20 bytes each": 4 * params / 2**20,
        "float32 parameters in thousandths of 2^30 bytes": 4000 * params / 2**30,
        "inception modules": sum(
            bool(re.fullmatch(r"inception_\w+", name)) and row.kind == "concat"
            for name, row in rows.items()
        ),
    }
    return counted.get(quantity)


class Judge:
    """What judges the numbers of one of the notes.

    `more` has our values of what is no network's, or no row's, by the words of the quantity.
    """

    def __init__(self, notes: Notes, more: Mapping[str, Value], maps_first: bool = False):
        self.notes, self.more, self.maps_first = notes, more, maps_first

    def ours(self, of: str, quantity: str) -> Value:
        """Our value; ValueError for a quantity that nothing gives."""
        if f"{of}: {quantity}" in self.more:
            return self.more[f"{of}: {quantity}"]
        if quantity in self.more:
            return self.more[quantity]
        if FORMULA.fullmatch(quantity):
            return arithmetic(quantity)
        if not of:
            raise ValueError(f"{self.notes}: nothing gives {quantity!r}")
        for claim in held(of):
            if claim.quantity == quantity and claim.ours is not None:
                return claim.ours
        net, rows, sums = walked(of)
        found = of_net(net.member, rows, quantity)
        name, _, column = quantity.rpartition(".")
        if found is None and name in rows:
            if column in ("place", "place, pooling counted"):
                kinds = COUNTED if "pooling" in column else (Conv, Dense)
                every = [n for n, row in rows.items() if isinstance(row.layer, kinds)]
                return [n for n in every if not n.endswith("shortcut")].index(name) + 1
            if column == "place among its kind":
                alike = [n for n, row in rows.items() if row.kind == rows[name].kind]
                return alike.index(name) + 1
            found = of_row(rows[name], column)
        return of_network(quantity, tuple(rows.values()), sums) if found is None else found

    def claim(self, of: str, quantity: str, text: str, where: str, why: str = "") -> Claim:
        """The claim that a printed text makes of a quantity; one from the record where it stands.

        `why` is the reason of an erratum, or, after `paper:`, what the paper prints itself of a
        result.
        """
        printed, about = as_printed(text, self.maps_first)
        return self.claim_of(of, quantity, printed, where, why, about)

    def claim_of(
        self, of: str, quantity: str, printed: Value, where: str, why: str = "", about: bool = False
    ) -> Claim:
        """As `claim`, of a value that is read already."""
        here, named = self.notes.at(where), (of,) if of else ()
        if why.startswith("paper:"):
            paper = why.removeprefix("paper:").strip()
            return Claim(quantity, printed, here, about=about, of=named, paper=paper)
        alike = (printed, (printed, printed), (printed, 1, 1))  # a stride of 2 is one of 2x2
        for claim in held(of) if of else ():
            if self.notes not in claim.source.origins or claim.measured:
                continue
            side = quantity.endswith(".side") and isinstance(claim.printed, tuple)
            if (
                (claim.quantity == quantity and claim.printed in alike)
                or (
                    side  # of four maps of 24x24 the record has all
                    and claim.quantity == quantity.removesuffix("side") + "out"
                    and claim.printed[1:] == printed  # type: ignore[index]
                )
            ):
                ours = claim.ours if claim.ours is not None else self.ours(of, claim.quantity)
                return replace(claim, ours=ours, of=named)
        ours = self.ours(of, quantity)
        row, _, column = quantity.rpartition(".")
        if column == "stride" and isinstance(printed, int) and of and one_window(of, row, printed):
            ours = printed
        if isinstance(ours, tuple) and isinstance(printed, int):
            printed = (printed, printed) if len(ours) == 2 else (printed, 1, 1)
        exact = not about  # zeros at the end of what is not rounded are digits too
        return Claim(quantity, printed, here, why, about, ours=ours, of=named, exact=exact)

    def holds(self, claim: Claim) -> bool:
        """True where a claim stands in its network's record."""
        return any(
            (one.quantity, one.printed, one.source) == (claim.quantity, claim.printed, claim.source)
            for name in claim.of
            for one in held(name)
        )
