"""look features and field: what layers make of a picture, and how much they see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..words import by, listed, percent, plural
from .look_given import Looked, Wanted
from .look_heat import bar_of, noted
from .look_sheet import Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..draw.panels import Line, Panel
    from ..spec import Net, Row

MAPS, MOST_ROWS, FIELDS = 16, 40, 6
"""Maps of a layer, layers on one page, layers whose fields are measured."""
SIDE, CELL = 0.54, 0.4  # inches of a map, and of a class's value
CELLS = 10
"""Classes whose values are drawn one by one."""


def features_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """All layers' maps of the first picture, a line a layer."""
    from .. import inside
    from ..draw.panels import Line, Panel
    from ..inside.layers import net_of, rows_of
    from ..inside.maps import changing, codes, distances, main_way
    from ..spec import sources

    subject = looked.subject
    net = net_of(subject.model, "features")
    rows = changing(net) if len(changing(net)) <= MOST_ROWS else main_way(net)
    if wanted.layer:
        known = rows_of(net)
        rows = [known[name] for name in wanted.layer if name in known]
    layers = list(wanted.layer) or [row.name for row in rows]
    found = inside.features(subject, looked.images[:1], layers)
    shown = looked.shown([0])[0]
    lines = [Line("picture", by(net.input), (Panel(shown, looked.names[0]),), 1.3)]
    bitmaps, numbers = codes(net), []
    taken, edges = {row.name: row for row in rows}, sources(net)
    last = list(rows_of(net))[-1]
    for layer in layers:
        value = found[layer][0]
        numbers.append(_numbers(layer, value))
        if layer == last and value.size == len(subject.classes):
            lines.append(_of_classes(taken[layer], value.reshape(-1), subject.classes))
        else:
            lines.append(_line(taken[layer], value, bitmaps, edges[layer][0]))
    scores = inside.saliency(subject, looked.images[:1])
    note = f"Answer: {scores.answers[0]}, {percent(float(scores.scores[0]))}."
    if looked.pictures is not None:
        note += f" The picture is the first of its class in the {looked.pictures.part} part."
    apart = None
    if bitmaps is not None and last in found:
        apart = distances(net, found[last])
    if apart is not None and bitmaps is not None:
        lines[-1] = _beside_codes(last, bitmaps, apart[0], subject.classes)
        note += (
            f" The bitmap of {layers[-2] if layers[1:] else 'the layer before'} need not look like "
            f"its class: {last} asks only which of the codes is nearest."
        )
        numbers[-1]["distances"] = dict(zip(subject.classes, map(float, apart[0]), strict=True))
    title = f"{subject.name}: what its layers make of {_called(looked)}"
    note += " Each line from its smallest value, black, to its largest, white: both stand beside it"
    note += f"; of more than {MAPS} maps as many, evenly chosen." if _more(rows) else "."
    if len(changing(net)) > len(rows) and not wanted.layer:
        note += " Layers within branches are left out: name them with --layer."
    alt = f"{title}: {', '.join(line.name for line in lines[1:])}. {note}"
    facts = {"answer": scores.answers[0], "score": float(scores.scores[0])}
    return Sheet(title, note, alt, lines, numbers, facts)


def _called(looked: Looked) -> str:
    """A file's name; of a set its place there and the true class."""
    name = looked.names[0]
    return (
        f"{name} of {looked.pictures.name} (class {looked.truth(0)})" if looked.pictures else name
    )


def _more(rows: Sequence[Row]) -> bool:
    return any(row.out[0] > MAPS and row.out[1] * row.out[2] > 1 for row in rows)


def _numbers(layer: str, value: NDArray[np.float32]) -> dict[str, Any]:
    return {
        "layer": layer,
        "shape": list(value.shape),
        "least": float(value.min()),
        "mean": float(value.mean()),
        "most": float(value.max()),
        "zeros": float((value == 0).mean()),
    }


def _line(
    row: Row, value: NDArray[np.float32], bitmaps: NDArray[np.int64] | None, below: str
) -> Line:
    """The maps of a layer, or its values as one map; a connection table beside its maps.

    `below` is the row that it takes.
    """
    from ..draw.heat import grey
    from ..draw.panels import Line, Panel
    from ..inside.layers import units_shown
    from ..spec import TableConv

    low, high = float(value.min()), float(value.max())
    maps = f"{plural(row.out[0], 'map')} of {row.out[1]}x{row.out[2]}"
    detail = f"{row.kind_and_window}, {maps}, {_range(value)}"
    if value.ndim == 1 or value.shape[1:] == (1, 1):
        detail = f"{row.kind}, {plural(value.size, 'value')}, {_range(value)}"
        coded = bitmaps is not None and bitmaps.shape[1] == value.size
        flat = value.reshape(_folded(value.size))
        label = "as a bitmap" if coded else ""
        return Line(row.name, detail, (Panel(grey(flat, low, high), label),), 0.9)
    which = units_shown(len(value), MAPS)
    panels = [Panel(grey(value[at], low, high), str(at), side=SIDE) for at in which]
    if isinstance(row.layer, TableConv):
        panels.append(_table(row, row.layer.table, below))
    return Line(row.name, detail, tuple(panels), SIDE)


def _range(value: NDArray[np.float32]) -> str:
    return f"{float(value.min()):.3g} to {float(value.max()):.3g}".replace(
        " ", "\N{NO-BREAK SPACE}"
    )


def _of_classes(row: Row, value: NDArray[np.float32], classes: Sequence[str]) -> Line:
    """A cell for each class with its name and its value; of many classes the largest."""
    from ..draw.canvas import told_apart
    from ..draw.heat import grey
    from ..draw.panels import Line, Panel

    low, high, names = float(value.min()), float(value.max()), told_apart(classes)
    which, detail = list(range(value.size)), f"{row.kind}, one value a class, {_range(value)}"
    if value.size > CELLS:
        which = value.argsort(kind="stable")[::-1][:CELLS].tolist()
        detail += f"; the largest {CELLS} of {value.size:,}"
    panels = [
        Panel(
            grey(value[at].reshape(1, 1), low, high),
            f"{names[at]}\n{value[at]:.3g}",
            bold=at == int(value.argmax()),
        )
        for at in which
    ]
    return Line(row.name, detail, tuple(panels), CELL)


def _folded(count: int) -> tuple[int, int]:
    """Rows and columns for so many values, higher than wide: 84 are 12 rows of 7."""
    wide = max(side for side in range(1, int(count**0.5) + 1) if count % side == 0)
    return count // wide, wide


def _table(row: Row, table: Sequence[Sequence[int]], below: str) -> Panel:
    """A connection table: a column an output map, a row an input map, black where connected."""
    import numpy as np

    from ..draw.heat import enlarged
    from ..draw.panels import Panel

    cells = np.full((row.input[0], len(table)), 235, np.uint8)
    for at, maps in enumerate(table):
        cells[list(maps), at] = 30
    big = enlarged(cells, 12)
    big[::12] = big[:, ::12] = 255
    label = f"black: connected. Rows: {below}, columns: {row.name}"
    return Panel(big, label, side=1.55)


def _beside_codes(
    last: str, bitmaps: NDArray[np.int64], apart: NDArray[np.float32], classes: Sequence[str]
) -> Line:
    """The codes of all classes with the distance of the picture's values to each."""
    from ..draw.heat import grey
    from ..draw.panels import Line, Panel

    shape, nearest = _folded(bitmaps.shape[1]), int(apart.argmin())
    panels = [
        Panel(
            grey(code.reshape(shape).astype(float), -1.0, 1.0),
            f"{name}: {apart[at]:.1f}",
            bold=at == nearest,
        )
        for at, (name, code) in enumerate(zip(classes, bitmaps, strict=False))
    ]
    return Line(last, "squared distance of the bitmap above to each code", tuple(panels), 0.75)


def field_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """Measured receptive fields beside the computed ones."""
    import numpy as np

    from .. import inside
    from ..draw.heat import heat
    from ..draw.panels import Line, Panel
    from ..inside.layers import last_maps, net_of
    from ..inside.maps import main_way

    subject = looked.subject
    net = net_of(subject.model, "field")
    layers, left = list(wanted.layer), ""
    if not layers:
        last = last_maps(subject.model)
        names = [row.name for row in main_way(net) if _has_field(row)]
        names = names[: names.index(last) + 1] if last in names else [*names, last]
        count = min(FIELDS, len(names))
        layers = [names[(at + 1) * len(names) // count - 1] for at in range(count)]
        left = _left_out(net, layers)
    panels, numbers = [], []
    for layer in layers:
        one = inside.field(
            subject,
            looked.images,
            layer=layer,
            batch_size=wanted.batch_size,
        )
        sees = by(one.computed) if one.computed else "all"
        panels.append(
            Panel(
                heat(np.sqrt(one.values), 0.0, 1.0),
                f"{layer}\ncomputed {sees}\nmeasured {one.measured:.1f}x{one.measured:.1f}",
                (one.box,),
                bar=bar_of("inferno", 0, float(one.values.max())),
            )
        )
        numbers.append(
            {
                "layer": layer,
                "computed": list(one.computed) if one.computed else None,
                "measured": one.measured,
                "place": list(one.place),
                "box": list(one.box),
                "pictures": one.pictures,
            }
        )
    title = f"{subject.name}: what the middle of each layer's maps sees"
    note = (
        f"Bright: how much a pixel matters, the mean size of the gradient over "
        f"{plural(len(looked), 'picture')} (its square root is drawn; 1 is the strongest pixel). "
        "The frame: the computed receptive field. Measured: the side of a square of as many pixels "
        f"as have more than 4.55 % of the strongest (Luo et al. 2016).{left}"
    )
    alt = f"{title}: {', '.join(layers)}."
    return Sheet(title, noted(looked, note), alt, (Line("", "", tuple(panels), 1.68),), numbers)


def _left_out(net: Net, layers: Sequence[str]) -> str:
    """A sentence on the layers whose fields are not drawn, and why; nothing where all are."""
    from ..inside.maps import changing

    rows = [row for row in changing(net) if row.name not in layers]
    single = [row.name for row in rows if row.out[1] * row.out[2] <= 1]
    made = [row.name for row in rows if row.name not in single and _has_field(row)]
    other = [row.name for row in rows if row.name not in (*single, *made)]
    why = (
        (single, "one value a map, and no middle"),
        (other, "no filters of their own"),
        (made, f"{len(layers)} evenly chosen are enough"),
    )
    parts = [f"{listed(names, 3)} ({reason})" for names, reason in why if names]
    return f" Not drawn: {'; '.join(parts)}. --layer draws any." if parts else ""


def _has_field(row: Row) -> bool:
    made = row.kind in ("conv", "table conv", "add", "concat")
    return made and row.out[1] * row.out[2] > 1 and row.receptive_field is not None
