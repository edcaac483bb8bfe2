"""One walk over a network gives its rows: shapes, parameters, MACs, receptive fields, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

from .check import check_net
from .field import Field
from .joins import Add, Aux, Concat, Part
from .layer import Layer, Norm
from .net import Committee, Net
from .settings import Settings, Zeros, phrases
from .smallest import what_works
from .tree import Visitor
from .weightless import Flatten
from .window import Pair, Shape, Window, pair


@dataclass(frozen=True)
class Row:
    """One layer or join on the way; shapes (C, H, W), fields in input pixels (height, width).

    `field_start` is the first pixel (row, column) that value 0 sees: negative within the padding.
    `ends` are the shapes that a join puts together.
    """

    name: str
    kind: str
    layer: Layer | Concat | Add
    input: Shape
    out: Shape
    params: int = 0
    fixed_params: int = 0
    macs: int = 0
    connections: int = 0
    receptive_field: Pair | None = None
    field_stride: Pair | None = None
    field_start: Pair | None = None
    aux: bool = False
    ends: tuple[Shape, ...] = ()

    @property
    def formula(self) -> str:
        """The arithmetic filled in, in one line."""
        layer = self.layer
        return layer.words(self.input) if isinstance(layer, Layer) else layer.words(self.ends)

    @property
    def window(self) -> Window | None:
        """The sliding window, or None for a layer without one."""
        return self.layer.window() if isinstance(self.layer, Layer) else None

    @property
    def kernel(self) -> Pair | None:
        """Kernel (height, width), or None for a layer without a window."""
        return window.kernel if (window := self.window) else None

    @property
    def stride(self) -> Pair | None:
        """Stride (height, width), or None for a layer without a window."""
        return window.stride if (window := self.window) else None

    @property
    def padding(self) -> Pair | str | None:
        """Zero padding (height, width) or `same`, or None for a layer without a window."""
        padding = window.padding if (window := self.window) else None
        return padding if padding is None or isinstance(padding, str) else pair(padding)

    @property
    def kind_and_window(self) -> str:
        """What it is, with its window and step: `conv 3x3/2`."""
        kernel = f" {self.kernel[0]}x{self.kernel[1]}" if self.kernel else ""
        step = f"/{self.stride[0]}" if self.stride and self.stride != (1, 1) else ""
        return f"{self.kind}{kernel}{step}"

    @property
    def groups(self) -> int:
        """Into how many groups a convolution splits its channels; 1 for every other row."""
        return int(getattr(self.layer, "groups", 1))

    @property
    def activation(self) -> str | None:
        """The activation after this row."""
        return getattr(self.layer, "activation", None)

    @property
    def settings(self) -> Settings:
        """What the counts and sizes of this row do not show, by name."""
        return self.layer.settings(self.input)

    @property
    def details(self) -> tuple[str, ...]:
        """The groups, the settings and the activation in a few words each, in order of use."""
        split = f"{self.groups} groups" if self.groups > 1 else ""
        split = "depthwise" if split and self.groups == self.input[0] else split
        said = phrases(self.settings)
        norm = said.pop("norm", "")
        return tuple(filter(None, (split, *said.values(), norm, self.activation)))

    @property
    def size(self) -> int:
        """How many values one picture has here."""
        return self.out[0] * self.out[1] * self.out[2]

    def to_dict(self) -> dict[str, object]:
        """The row as `explain --json` prints it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "in": list(self.input),
            "out": list(self.out),
            **{column: plain(getattr(self, column)) for column in COLUMNS},
            "settings": {name: plain(value) for name, value in self.settings.items()},
        }


COLUMNS = (
    *("kernel", "stride", "padding", "groups", "activation", "params", "macs", "connections"),
    *("receptive_field", "field_stride", "formula", "aux"),
)
"""What `explain --json` prints of a row under the names that it has here."""


def plain(setting: object) -> object:
    """A setting or a size as JSON has it."""
    if isinstance(setting, Norm | Zeros):
        return {one.name: plain(getattr(setting, one.name)) for one in fields(setting)}
    return list(setting) if isinstance(setting, tuple) else setting


@dataclass(frozen=True)
class Totals:
    """Sums over the rows of the network that predicts; auxiliary heads apart."""

    params: int
    fixed_params: int
    macs: int
    connections: int
    aux_params: int
    aux_macs: int
    activations: int
    """Output values of all layers, for one picture, without heads; four bytes each in float32."""


def totals(rows: tuple[Row, ...]) -> Totals:
    """The totals of a walk; TypeError for anything else."""
    if isinstance(rows, str | Net | Committee):
        raise TypeError(f"totals takes the rows of a network: totals(walk(net)), not {_what(rows)}")
    main = [r for r in rows if not r.aux]
    return Totals(
        params=sum(r.params for r in main),
        fixed_params=sum(r.fixed_params for r in main),
        macs=sum(r.macs for r in main),
        connections=sum(r.connections for r in main),
        aux_params=sum(r.params for r in rows if r.aux),
        aux_macs=sum(r.macs for r in rows if r.aux),
        activations=sum(r.size for r in main),
    )


def walk(net: Net) -> tuple[Row, ...]:
    """The rows of a network in the order in which it computes them.

    ValueError names the layer, its size and the smallest input that works where the input is too
    small; the branches, and what each gives, where they cannot be joined; and any impossible layer.
    TypeError for what is no network.
    """
    if not isinstance(net, Net):
        member = ": walk its member" if isinstance(net, Committee) else ": walk(net('lenet5')), say"
        raise TypeError(f"walk takes a network, not {_what(net)}{member}")
    check_net(net)
    try:
        rows = rows_of(net.body, net.input)
    except TooSmall as error:
        raise ValueError(f"{error}: {what_works(net)}, not {net.input[1]}x{net.input[2]}") from None
    for name, count in Counter(row.name for row in rows).items():
        if count > 1:
            raise ValueError(f"two rows of {net.name} are called {name!r}: parameters need names")
    return rows


def _what(value: object) -> str:
    return repr(value) if isinstance(value, str) else f"a {type(value).__name__}"


class TooSmall(ValueError):
    """A window that does not fit on its input."""


def fixed_size(net: Net) -> bool:
    """True where a flattened map, and so a dense layer after it, is sized for this input alone."""
    own = {row.name: row.out for row in walk(net)}
    larger = (net.input[0], net.input[1] + 64, net.input[2] + 64)
    try:
        return any(
            row.out != own[row.name]
            for row in rows_of(net.body, larger)
            if isinstance(row.layer, Flatten)
        )
    except ValueError:
        return True


def rows_of(part: Part, shape: Shape) -> tuple[Row, ...]:
    """The rows of a part for an input of this shape; ValueError where it does not fit."""
    rows = _Rows()
    rows.through(part, (shape, Field()))
    return tuple(rows.found)


Seen = tuple[Shape, Field | None]
"""The shape of what was computed last, and the field of a value in it."""


class _Rows(Visitor[Seen]):
    """Makes a row of each layer and join."""

    def __init__(self) -> None:
        self.found: list[Row] = []
        self._aux = False

    def layer(self, name: str, layer: Layer, value: Seen) -> Seen:
        s, field = value
        try:
            layer.check(s)
            out, window = layer.shape(s), layer.window()
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if not type(layer).__module__.startswith(f"{__package__}."):
            layer.words(s)  # a user's own layer: what fails in it fails here
        if out[0] < 1:
            raise ValueError(f"{name}: it gives no map at all")
        if min(out) < 1:
            assert window is not None
            size = f"{window.kernel[0]}x{window.kernel[1]}"
            raise TooSmall(f"{name}: a {size} window does not fit on its input of {s[1]}x{s[2]}")
        if layer.sees_all(s):
            field = None
        elif field and (reach := layer.reach(s)):
            field = field.through(reach, s[1:])
        self.found.append(
            Row(
                name=name,
                kind=layer.kind,
                layer=layer,
                input=s,
                out=out,
                params=layer.params(s),
                fixed_params=layer.fixed(s),
                macs=layer.macs(s),
                connections=layer.connections(s),
                receptive_field=field.size if field else None,
                field_stride=field.step if field else None,
                field_start=field.first if field else None,
                aux=self._aux,
            )
        )
        return out, field

    def join(self, name: str, join: Concat | Add, value: Seen, ends: Sequence[Seen]) -> Seen:
        shapes = [shape for shape, _ in ends]
        try:
            out = join.shape(shapes)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        field = ends[0][1]
        for _, other in ends[1:]:
            field = field.joined(other) if field and other else None
        self.found.append(
            Row(
                name=name,
                kind=join.kind,
                layer=join,
                input=value[0],
                out=out,
                receptive_field=field.size if field else None,
                field_stride=field.step if field else None,
                field_start=field.first if field else None,
                aux=self._aux,
                ends=tuple(shapes),
            )
        )
        return out, field

    def head(self, name: str, aux: Aux, value: Seen) -> None:
        outside, self._aux = self._aux, not aux.counted
        super().head(name, aux, value)
        self._aux = outside
