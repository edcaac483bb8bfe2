"""Layers with weights: their shape, parameters, multiply-adds and connections side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cached_property

from ..words import plural
from .layer import Layer, Norm, Shapes
from .settings import Settings, padding
from .window import Padding, Pair, Shape, Window, pair, shown


def _weights(s: Shape, kernel: Pair) -> str:
    return f"{kernel[0]}×{kernel[1]}×{s[0]}"


def _held(
    operation: str, weight: tuple[int, ...], out: int, bias: bool = True, norm: Norm | None = None
) -> Mapping[str, Shapes]:
    own: Shapes = {"weight": weight, **({"bias": (out,)} if bias else {})}
    return {operation: own, **({"norm": norm.tensors(out)} if norm else {})}


def _longest(several: tuple[tuple[int, ...], ...]) -> int:
    return max(map(len, several), default=0)


def _brief(layer: Layer, long: str, instead: Callable[[], str]) -> str:
    """What `dataclass` writes of a layer, but for one field that would fill the screen."""
    texts = {f.name: repr(getattr(layer, f.name)) for f in fields(layer)}  # type: ignore[arg-type]
    with suppress(TypeError):  # of another kind: an error that the walk words
        texts[long] = instead()
    told = ", ".join(f"{name}={text}" for name, text in texts.items())
    return f"{type(layer).__name__}({told})"


@dataclass(frozen=True)
class Conv(Layer):
    """Convolution, then normalisation, then activation: (C, H, W) to (out, H', W')."""

    out: int
    kernel: int | Pair
    stride: int | Pair = 1
    padding: Padding = 0
    groups: int = 1
    bias: bool = True
    norm: Norm | None = None
    activation: str | None = None
    kind = "conv"

    @cached_property
    def _window(self) -> Window:
        return Window(pair(self.kernel), pair(self.stride), self.padding)

    def window(self) -> Window:
        return self._window

    def shape(self, s: Shape) -> Shape:
        return (self.out, *self._window.out(s[1:]))

    def _weights(self, s: Shape) -> int:
        k = pair(self.kernel)
        return k[0] * k[1] * (s[0] // self.groups) * self.out

    def params(self, s: Shape) -> int:
        extra = self.norm.params(self.out) if self.norm else 0
        return self._weights(s) + (self.out if self.bias else 0) + extra

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        weight = (self.out, s[0] // self.groups, *pair(self.kernel))
        return _held(self.operation, weight, self.out, self.bias, self.norm)

    def macs(self, s: Shape) -> int:
        o = self.shape(s)
        return self._weights(s) * o[1] * o[2]

    def connections(self, s: Shape) -> int:
        o = self.shape(s)
        return (self._weights(s) + (self.out if self.bias else 0)) * o[1] * o[2]

    def settings(self, s: Shape) -> Settings:
        return {**padding(self.window(), s[1:]), "bias": self.bias, "norm": self.norm}

    def words(self, s: Shape) -> str:
        o, k = self.shape(s), pair(self.kernel)
        inside = _weights((s[0] // self.groups, 0, 0), k) + (" + 1" if self.bias else "")
        norm = f" + {self.norm.params(self.out):,} for the normalisation" if self.norm else ""
        per = self._weights(s) + (self.out if self.bias else 0)
        return (
            f"size {self.window().words(s[1:])}; parameters ({inside})×{self.out}{norm} = "
            f"{self.params(s):,}; connections {per:,}×{o[1]}×{o[2]} = {self.connections(s):,}"
        )

    def check(self, s: Shape) -> None:
        if s[0] % self.groups or self.out % self.groups:
            raise ValueError(
                f"{plural(s[0], 'channel')} to {self.out} cannot be split into {self.groups} groups"
            )


@dataclass(frozen=True)
class TableConv(Layer):
    """Convolution in which output map i sees only the input maps `table[i]`.

    LeCun et al. 1998, table I.
    """

    table: tuple[tuple[int, ...], ...]
    kernel: int | Pair
    activation: str | None = None
    kind = "table conv"

    def __repr__(self) -> str:
        return _brief(self, "table", lambda: f"<{plural(self.kernels, 'kernel')}>")

    @property
    def kernels(self) -> int:
        """How many two-dimensional kernels the table asks for."""
        return sum(len(maps) for maps in self.table)

    def window(self) -> Window:
        return Window(pair(self.kernel), (1, 1))

    def shape(self, s: Shape) -> Shape:
        return (len(self.table), *self.window().out(s[1:]))

    def params(self, s: Shape) -> int:
        k = pair(self.kernel)
        return self.kernels * k[0] * k[1] + len(self.table)

    @property
    def operation(self) -> str:
        return "table"

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        return _held(self.operation, (self.kernels, *pair(self.kernel)), len(self.table))

    def macs(self, s: Shape) -> int:
        k, o = pair(self.kernel), self.shape(s)
        return self.kernels * k[0] * k[1] * o[1] * o[2]

    def connections(self, s: Shape) -> int:
        o = self.shape(s)
        return self.params(s) * o[1] * o[2]

    def settings(self, s: Shape) -> Settings:
        return padding(self.window(), s[1:])

    def words(self, s: Shape) -> str:
        k, o = pair(self.kernel), self.shape(s)
        counts: dict[int, int] = {}
        for maps in self.table:
            counts[len(maps)] = counts.get(len(maps), 0) + 1
        terms = " + ".join(f"{n}×({fan}×{k[0]}×{k[1]} + 1)" for fan, n in sorted(counts.items()))
        return (
            f"size {self.window().words(s[1:])}; parameters {terms} = {self.params(s):,}; "
            f"connections {self.params(s):,}×{o[1]}×{o[2]} = {self.connections(s):,}"
        )

    def check(self, s: Shape) -> None:
        for at, maps in enumerate(self.table):
            bad = [m for m in maps if not 0 <= m < s[0]]
            if bad or not maps or len(set(maps)) != len(maps):
                raise ValueError(
                    f"output map {at} of the connection table lists {maps}; "
                    f"it needs different maps from 0 to {s[0] - 1}"
                )


@dataclass(frozen=True)
class Subsample(Layer):
    """Trained subsampling: a window's sum times a coefficient plus a bias, then activation.

    One trained coefficient and one bias a map (LeCun et al. 1998, section II-B). `sources[i]` is
    the input map of output map i; None takes each map once.
    """

    kernel: int | Pair = 2
    activation: str | None = None
    sources: tuple[int, ...] | None = None
    kind = "subsample"

    def window(self) -> Window:
        return Window(pair(self.kernel), pair(self.kernel))

    def shape(self, s: Shape) -> Shape:
        maps = s[0] if self.sources is None else len(self.sources)
        return (maps, *self.window().out(s[1:]))

    def params(self, s: Shape) -> int:
        return 2 * self.shape(s)[0]

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        maps = self.shape(s)[0]
        return _held(self.operation, (maps,), maps)

    def connections(self, s: Shape) -> int:
        k, o = pair(self.kernel), self.shape(s)
        return (k[0] * k[1] + 1) * o[0] * o[1] * o[2]

    def words(self, s: Shape) -> str:
        k, o = pair(self.kernel), self.shape(s)
        return (
            f"size {self.window().words(s[1:])}; parameters 2×{o[0]} = {self.params(s):,}; "
            f"connections ({k[0]}×{k[1]} + 1)×{o[0]}×{o[1]}×{o[2]} = {self.connections(s):,}"
        )

    def check(self, s: Shape) -> None:
        bad = [m for m in self.sources or () if not 0 <= m < s[0]]
        if bad:
            raise ValueError(f"subsampling takes input map {bad[0]}, but there are {s[0]}")


@dataclass(frozen=True)
class Dense(Layer):
    """Fully connected layer on a flat input: (N, 1, 1) to (out, 1, 1)."""

    out: int
    bias: bool = True
    norm: Norm | None = None
    activation: str | None = None
    kind = "dense"

    def shape(self, s: Shape) -> Shape:
        return (self.out, 1, 1)

    def params(self, s: Shape) -> int:
        extra = self.norm.params(self.out) if self.norm else 0
        return s[0] * self.out + (self.out if self.bias else 0) + extra

    @property
    def operation(self) -> str:
        return "linear"

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        return _held(self.operation, (self.out, s[0]), self.out, self.bias, self.norm)

    def macs(self, s: Shape) -> int:
        return s[0] * self.out

    def connections(self, s: Shape) -> int:
        return s[0] * self.out + (self.out if self.bias else 0)

    def sees_all(self, s: Shape) -> bool:
        return True

    def settings(self, s: Shape) -> Settings:
        return {"bias": self.bias, "norm": self.norm}

    def words(self, s: Shape) -> str:
        inside = f"({s[0]:,} + 1)" if self.bias else f"{s[0]:,}"
        norm = f" + {self.norm.params(self.out):,} for the normalisation" if self.norm else ""
        return f"parameters {inside}×{self.out:,}{norm} = {self.params(s):,}"

    def check(self, s: Shape) -> None:
        if s[1:] != (1, 1):
            raise ValueError(f"a dense layer needs a flat input, not {shown(s)}; put Flatten first")


@dataclass(frozen=True)
class RBF(Layer):
    """Squared distance of the input to one fixed code of -1 and +1 a class.

    LeCun et al. 1998, section II-B. The built layer gives minus the distance times `scale`, so that
    the largest value wins.
    """

    codes: tuple[tuple[int, ...], ...]
    scale: float = 1.0
    kind = "rbf"

    def __repr__(self) -> str:
        codes = self.codes
        return _brief(self, "codes", lambda: f"<{plural(len(codes), 'code')} of {_longest(codes)}>")

    def shape(self, s: Shape) -> Shape:
        return (len(self.codes), s[1], s[2])

    def fixed(self, s: Shape) -> int:
        return len(self.codes) * s[0]

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        return {self.operation: {"codes": (len(self.codes), s[0])}}

    def macs(self, s: Shape) -> int:
        return len(self.codes) * s[0] * s[1] * s[2]

    def connections(self, s: Shape) -> int:
        return self.macs(s)

    def settings(self, s: Shape) -> Settings:
        return {"scale": self.scale}

    def words(self, s: Shape) -> str:
        return f"{len(self.codes)} codes of {s[0]}: {self.fixed(s):,} fixed weights, none trained"

    def check(self, s: Shape) -> None:
        if any(len(code) != s[0] for code in self.codes):
            raise ValueError(
                f"the codes have {plural(len(self.codes[0]), 'value')}, the input has {s[0]}"
            )


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Batch normalisation as a layer of its own, then activation."""

    norm: Norm = field(default_factory=Norm)
    activation: str | None = None
    kind = "batch norm"

    def params(self, s: Shape) -> int:
        return self.norm.params(s[0])

    @property
    def operation(self) -> str:
        return ""  # it is its normalisation

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        return {"norm": self.norm.tensors(s[0])}

    def settings(self, s: Shape) -> Settings:
        return {"norm": self.norm}

    def words(self, s: Shape) -> str:
        return f"parameters {2 if self.norm.scale else 1}×{s[0]} = {self.params(s):,}"
