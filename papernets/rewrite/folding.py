"""What multiplies and shifts in evaluation, taken into the weights before it, or behind it."""

from __future__ import annotations

from dataclasses import replace

from ..spec import (
    Add,
    BatchNorm,
    Chain,
    Conv,
    Dense,
    Net,
    Part,
    Pool,
    Subsample,
    TableConv,
    dotted,
    rows_of,
)
from .chains import Parts, chains, linear, takes
from .forms import CENTRED, CURVES
from .rewritten import Affine, Before, Behind, Change, Full, Made, Rewritten, mapped

BACK = "in evaluation it multiplies and shifts each map by constants: so do kernels and bias"
SCALED = "a number times a sum of products is the sum of that number times each of them"
CURVED = "g tanh(s x) = 2g (sigmoid(2s x) - 1/2): the layer before takes in 2s, the one behind 2g"
FORTH = (
    "it multiplies and shifts each map by constants, and the next layer sums such maps without "
    "zeros round them"
)


def full_tables(net: Net) -> Rewritten:
    """Connection tables as full convolutions, which they run as anyhow: their zeros made once."""
    rows = {row.name: row for row in rows_of(net.body, net.input)}
    made: list[Made] = []
    changes: list[Change] = []

    def change(name: str, part: Part) -> Part:
        if not isinstance(part, TableConv):
            return part
        made.append(Full(name, part.table, rows[name].input[0]))
        why = "a kernel of zeros adds nothing, and is made once rather than at every call"
        changes.append(Change("connection table made a convolution", name, why))
        return Conv(len(part.table), part.kernel, activation=part.activation)

    return replace(mapped(net, change), made=tuple(made), changes=tuple(changes))


def folded_norms(net: Net) -> Rewritten:
    """Batch normalisation, by its running mean and variance, in the weights of the layer before.

    Those in a layer, and those in a row of their own straight behind one without activation.
    """
    made: list[Made] = []
    changes: list[Change] = []

    def note(row: str, norm: str, eps: float) -> None:
        made.append(Behind(row, Affine(norm, eps)))
        changes.append(Change("normalisation folded", norm, BACK, row))

    def own(name: str, part: Part) -> Part:
        if not isinstance(part, Conv | Dense) or part.norm is None:
            return part
        note(name, name, part.norm.eps)
        return replace(part, norm=None, bias=True)

    def behind(name: str, parts: Parts) -> Parts:
        found: Parts = []
        for child, part in parts:
            before = found[-1][1] if found else None
            if not (isinstance(part, BatchNorm) and before is not None and linear(before)):
                found.append((child, part))
                continue
            row = found[-1][0]
            note(dotted(name, row), dotted(name, child), part.norm.eps)
            biased = {} if isinstance(before, Subsample) else {"bias": True}
            found[-1] = (row, replace(before, activation=part.activation, **biased))  # type: ignore[type-var]
        return found

    done = chains(mapped(net, own).net, behind)
    return Rewritten(done, made=tuple(made), changes=tuple(changes))


def norms_ahead(net: Net) -> Rewritten:
    """Batch normalisation without activation, in the weights of the unpadded layer behind it.

    Zeros round a map are not normalised: before a padded convolution it stays.
    """
    made: list[Made] = []
    changes: list[Change] = []

    def ahead(name: str, parts: Parts) -> Parts:
        for at in reversed(range(len(parts))):
            child, part = parts[at]
            if not isinstance(part, BatchNorm) or part.activation is not None:
                continue
            to = takes(parts, at + 1, shifts=True)
            layer = None if to is None else parts[to][1]
            if to is None or not isinstance(layer, Conv | Dense):
                continue
            row, norm = dotted(name, parts[to][0]), dotted(name, child)
            made.append(_before(row, layer, Affine(norm, part.norm.eps)))
            changes.append(Change("normalisation folded ahead", norm, FORTH, row))
            parts[to] = (parts[to][0], replace(layer, bias=True))
            del parts[at]
        return parts

    return Rewritten(chains(net, ahead), made=tuple(made), changes=tuple(changes))


def _before(row: str, part: Part, map: Affine) -> Before:
    return Before(row, map, getattr(part, "groups", 1))


def folded_scales(net: Net) -> Rewritten:
    """The scales of a residual sum in the weights of the layers that end its branches."""
    made: list[Made] = []
    changes: list[Change] = []

    def change(name: str, part: Part) -> Part:
        if not isinstance(part, Add) or part.scales is None:
            return part
        scales = list(part.scales)
        for at, (child, branch) in enumerate(part.branches):
            row, last = dotted(name, child), branch
            while isinstance(last, Chain) and last.parts:
                row, last = dotted(row, last.parts[-1][0]), last.parts[-1][1]
            if scales[at] == 1.0 or not linear(last):
                continue
            made.append(Behind(row, Affine(times=scales[at])))
            changes.append(Change("residual scale folded", name, SCALED, row))
            scales[at] = 1.0
        return replace(part, scales=None if set(scales) == {1.0} else tuple(scales))

    return replace(mapped(net, change), made=tuple(made), changes=tuple(changes))


def folded_curves(net: Net) -> Rewritten:
    """gain * tanh(slope * x) between two layers with weights, as a sigmoid about 0 between them.

    gain * tanh(slope * x) = 2 gain * (sigmoid(2 slope * x) - 1/2): the layer before takes in
    2 slope, the one behind 2 gain. It could take in the half too, but then it would add up values
    about 1/2 whose halves cancel out, at the cost of a digit.
    """
    made: list[Made] = []
    changes: list[Change] = []

    def curved(name: str, parts: Parts) -> Parts:
        for at, (child, part) in enumerate(parts):
            word = getattr(part, "activation", None)
            if word not in CURVES or (to := takes(parts, at + 1, shifts=False)) is None:
                continue
            own = replace(part, activation=None)  # type: ignore[type-var]
            pooled = isinstance(own, Pool) and own.how == "max" and at
            source = at - 1 if pooled else at
            if not linear(parts[source][1] if pooled else own):
                continue
            gain, slope = CURVES[word]
            row, behind = dotted(name, parts[source][0]), dotted(name, parts[to][0])
            made.append(Behind(row, Affine(times=2 * slope)))
            made.append(_before(behind, parts[to][1], Affine(times=2 * gain)))
            changes.append(
                Change(
                    "tanh as a sigmoid, factors in the weights", dotted(name, child), CURVED, behind
                )
            )
            parts[at] = (child, replace(part, activation=CENTRED))  # type: ignore[type-var]
        return parts

    return Rewritten(chains(net, curved), made=tuple(made), changes=tuple(changes))


__all__ = ["folded_curves", "folded_norms", "folded_scales", "full_tables", "norms_ahead"]
