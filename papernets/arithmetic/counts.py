"""Parameters, multiply-adds and connections of a layer, term by term."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from ..spec import RBF, BatchNorm, Conv, Dense, Layer, Row, Subsample, TableConv, pair
from .steps import CONNECTIONS, MACS, PARAMS, Step, product


@dataclass(frozen=True)
class Held:
    """How many numbers a layer keeps: trained, fixed, and running statistics of normalisation."""

    trained: int
    fixed: int
    statistics: int

    @property
    def all(self) -> int:
        """Everything that its file has to hold, without the counters of batches."""
        return self.trained + self.fixed + self.statistics


STATISTICS = ("running_mean", "running_var")


def held(row: Row) -> Held:
    """What a row keeps."""
    statistics = 0
    if isinstance(row.layer, Layer) and getattr(row.layer, "norm", None) is not None:
        for tensors in row.layer.held(row.input).values():
            statistics += sum(prod(tensors.get(name, (0,))) for name in STATISTICS)
    return Held(row.params, row.fixed_params, statistics)


def count_steps(row: Row) -> Iterator[Step]:
    """The parameters, multiply-adds and connections of a row, each with its formula."""
    yield from _params(row)
    rule, formula = _macs(row)
    yield Step(MACS, "multiply-adds (MACs)", formula, row.macs, rule)
    if row.connections:
        rule, formula = _connections(row)
        yield Step(CONNECTIONS, "connections", formula, row.connections, rule)


def _params(row: Row) -> Iterator[Step]:
    layer, d, k = row.layer, row.input[0], row.out[0]
    norm = getattr(layer, "norm", None)
    more = f"+{2 if norm.scale else 1}*{k}" if norm else ""
    letters = f"+{2 if norm.scale else 1}*K" if norm else ""
    total = "trained parameters"
    if isinstance(layer, Conv):
        fh, fw = pair(layer.kernel)
        inside = product(fh, fw) + (f"*({d}/{layer.groups})" if layer.groups > 1 else f"*{d}")
        rule = "F*F*(D/G)" if layer.groups > 1 else "F*F*D"
        one = fh * fw * (d // layer.groups)
        yield Step(PARAMS, "weights of one filter", inside, one, rule)
        inside, rule = (f"({inside}+1)", f"({rule}+1)") if layer.bias else (inside, rule)
        yield Step(PARAMS, total, f"{inside}*{k}{more}", row.params, f"{rule}*K{letters}")
    elif isinstance(layer, TableConv):
        fh, fw = pair(layer.kernel)
        fans = Counter(map(len, layer.table))
        terms = "+".join(f"{n}*({fan}*{fh}*{fw}+1)" for fan, n in sorted(fans.items()))
        rule = "sum of maps*(inputs*F*F+1)"
        yield Step(PARAMS, "kernels, one a cross", _kernels(layer), layer.kernels)
        yield Step(PARAMS, total, terms, row.params, rule)
    elif isinstance(layer, Subsample):
        yield Step(PARAMS, total, product(2, k), row.params, "2*K")
    elif isinstance(layer, Dense):
        inside, rule = (f"({d}+1)*{k}", "(N+1)*K") if layer.bias else (f"{d}*{k}", "N*K")
        yield Step(PARAMS, total, inside + more, row.params, rule + letters)
    elif isinstance(layer, RBF):
        yield Step(PARAMS, total, "", 0)
        what = "fixed weights, a code a class"
        yield Step(PARAMS, what, product(len(layer.codes), d), row.fixed_params, "K*N")
    elif isinstance(layer, BatchNorm):
        factor = 2 if layer.norm.scale else 1
        yield Step(PARAMS, total, product(factor, k), row.params, f"{factor}*K")
    else:
        yield Step(PARAMS, total, "", row.params)
    if norm:
        what = "of these gamma and beta" if norm.scale else "of these beta, without gamma"
        factor = 2 if norm.scale else 1
        yield Step(PARAMS, what, product(factor, k), factor * k, f"{factor}*K")
        what = "running mean and variance"
        yield Step(PARAMS, what, product(2, k), held(row).statistics, "2*K")


def _kernels(layer: TableConv) -> str:
    fans = Counter(map(len, layer.table))
    return "+".join(f"{n}*{fan}" for fan, n in sorted(fans.items()))


def _macs(row: Row) -> tuple[str, str]:
    layer, d = row.layer, row.input[0]
    k, h, w = row.out
    if isinstance(layer, Conv):
        fh, fw = pair(layer.kernel)
        if layer.groups > 1:
            return "W*H*F*F*(D/G)*K", f"{product(w, h, fh, fw)}*({d}/{layer.groups})*{k}"
        return "W*H*F*F*D*K", product(w, h, fh, fw, d, k)
    if isinstance(layer, TableConv):
        return "W*H*F*F*kernels", product(w, h, *pair(layer.kernel), layer.kernels)
    if isinstance(layer, Dense):
        return "N*K", product(d, k)
    if isinstance(layer, RBF):
        return "N*K", product(d, k) if (h, w) == (1, 1) else product(w, h, d, k)
    return "", ""


def _connections(row: Row) -> tuple[str, str]:
    layer, d = row.layer, row.input[0]
    k, h, w = row.out
    if isinstance(layer, Conv):
        fh, fw = pair(layer.kernel)
        inside = product(fh, fw) + (f"*({d}/{layer.groups})" if layer.groups > 1 else f"*{d}")
        rule = "F*F*(D/G)" if layer.groups > 1 else "F*F*D"
        if layer.bias:
            inside, rule = f"({inside}+1)", f"({rule}+1)"
        return f"{rule}*K*W*H", f"{inside}*{k}*{w}*{h}"
    if isinstance(layer, TableConv):
        return "parameters*W*H", product(row.params, w, h)
    if isinstance(layer, Subsample):
        fh, fw = pair(layer.kernel)
        return "(F*F+1)*K*W*H", f"({fh}*{fw}+1)*{k}*{w}*{h}"
    if isinstance(layer, Dense):
        return ("(N+1)*K", f"({d}+1)*{k}") if layer.bias else ("N*K", product(d, k))
    if isinstance(layer, RBF):
        return _macs(row)
    return "", ""
