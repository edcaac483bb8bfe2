"""look filters and deconv: what single units of a layer answer to."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from ..words import plural
from .flags import WrongUse
from .look_given import Looked, Wanted
from .look_heat import ACROSS, noted, without_switches
from .look_sheet import Sheet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ..draw.panels import Line, Panel
    from ..inside import Strongest
    from ..spec import Row

LAYERS, NINE = 5, 9
"""Layers on a page of filters, and patches of a unit."""
MOST_FILTERS = 256


def filters_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """The first layer's filters; of deeper layers the patches that drive their units most."""
    from .. import inside
    from ..draw.heat import about_grey, mosaic
    from ..draw.panels import Line, Panel

    subject = looked.subject
    first, weights = inside.filters(subject)
    lines, numbers = [], []
    if not wanted.layer or first in wanted.layer:
        kept = weights[_chosen(wanted.unit, len(weights), first)][:MOST_FILTERS]
        kept = kept[:, ::-1] if looked.bgr else kept
        if kept.shape[1] not in (1, 3):
            raise ValueError(f"{first} has filters of {kept.shape[1]} maps: no colours to draw")
        tiles = [about_grey(one, float(abs(one).max()) or 1.0) for one in kept]
        across = ceil(sqrt(len(tiles) * 2)) if len(tiles) > 12 else len(tiles)
        high, wide = weights.shape[2:]
        detail = f"{plural(len(weights), 'filter')} of {high}x{wide}; grey is 0"
        picture = mosaic(tiles, across)
        side = min(6.0, 0.42 * across)
        lines.append(Line(first, detail, (Panel(picture),), side))
        norms = [float((one**2).sum() ** 0.5) for one in weights]
        numbers += [{"layer": first, "unit": at, "norm": n} for at, n in enumerate(norms)]
    deeper = [name for name in wanted.layer if name != first] or (
        [] if wanted.layer or not len(looked) else _deeper(looked, first)
    )
    if deeper and not len(looked):
        raise WrongUse(
            f"look filters draws {deeper[0]} by the parts of pictures that drive its units: give "
            f"pictures or a data set. Without any it draws {first} alone"
        )
    alike = False
    for layer in deeper:
        several = inside.strongest(
            subject, looked.images, layer, wanted.unit or None, batch_size=wanted.batch_size
        )
        lines.append(_patches(looked, layer, several))
        alike |= any(map(_saturates, several))
        numbers += _numbers(looked, several)
    title = f"{subject.name}: what its filters look for"
    note = f"{first}: the filters themselves."
    if deeper:
        note += f" Deeper layers: {_explained(looked, wanted, alike)}"
    elif not len(looked):
        note += " With pictures, a data set say, deeper layers are drawn by what drives them."
    alt = f"{title}: {', '.join(line.name for line in lines)}."
    return Sheet(title, noted(looked, note), alt, lines, numbers)


def _explained(looked: Looked, wanted: Wanted, alike: bool) -> str:
    """What patches of units and the words below them are."""
    from ..inside.patches import UNITS

    count = min(NINE, len(looked))
    note = (
        f"the {count} parts of pictures that drive a unit most, the strongest first. Below: the "
        "unit's values there, the strongest and the weakest."
    )
    if count == 1:
        note = "the part of the picture that drives a unit most. Below: the unit's value there."
    if alike:
        note += (
            " Where all are the same, the activation is at its limit: the value before it ranks."
        )
    if not wanted.unit:
        note += (
            f" Of a layer of more than {UNITS} units {UNITS} are drawn, evenly spaced; --unit N "
            "draws any."
        )
    return note


def _saturates(one: Strongest) -> bool:
    """Whether the values of several patches look the same, above 0."""
    first, last = one.patches[0].value, one.patches[-1].value
    return len(one.patches) > 1 and first > 0 and f"{first:.3g}" == f"{last:.3g}"


def _chosen(units: Sequence[int], count: int, layer: str) -> list[int]:
    from ..inside.layers import check_unit

    return [check_unit(layer, count, unit) for unit in units] or list(range(count))


def _deeper(looked: Looked, first: str) -> list[str]:
    """A few layers with maps, evenly spaced over the way, without those that only pool."""
    from ..inside.layers import net_of
    from ..inside.maps import main_way

    net = net_of(looked.subject.model, "filters")
    rows = [row.name for row in main_way(net) if _makes_maps(row) and row.name != first]
    count = min(LAYERS, len(rows))
    return [rows[(at + 1) * len(rows) // count - 1] for at in range(count)]


def _makes_maps(row: Row) -> bool:
    made = row.kind in ("conv", "table conv", "add", "concat")
    return made and row.out[1] * row.out[2] > 1


def _numbers(looked: Looked, several: Sequence[Strongest]) -> list[dict[str, Any]]:
    return [
        {
            "layer": one.layer,
            "unit": one.unit,
            "picture": looked.names[patch.picture],
            "value": patch.value,
            "box": list(patch.box),
        }
        for one in several
        for patch in one.patches
    ]


def _patches(looked: Looked, layer: str, several: Sequence[Strongest]) -> Line:
    """A line of units, each with its strongest patches, three by three."""
    from ..draw.heat import mosaic
    from ..draw.panels import Line, Panel

    panels = []
    for one in several:
        tiles = _cut(looked, one, looked.shown([p.picture for p in one.patches]))
        panels.append(Panel(mosaic(tiles, 3), _driven(one)))
    row = _row(looked, layer)
    return Line(layer, _seen(row), tuple(panels), 1.0 if len(looked) > 1 else 0.7)


def _driven(one: Strongest) -> str:
    first, last = one.patches[0].value, one.patches[-1].value
    if first <= 0:
        return f"unit {one.unit}, never above 0"
    values = f"{first:.3g} in all" if _saturates(one) else f"{first:.3g} to {last:.3g}"
    return f"unit {one.unit}: {values if one.patches[1:] else f'{first:.3g}'}"


def _row(looked: Looked, layer: str) -> Row:
    from ..inside.layers import net_of, rows_of

    return rows_of(net_of(looked.subject.model, "look"))[layer]


def _seen(row: Row) -> str:
    field = row.receptive_field
    sees = f"sees {field[0]}x{field[1]} pixels" if field else "sees the whole picture"
    return f"{row.kind}, {plural(row.out[0], 'map')} of {row.out[1]}x{row.out[2]}, {sees}"


def _cut(
    looked: Looked, one: Strongest, pictures: Sequence[NDArray[np.uint8]]
) -> list[NDArray[np.uint8]]:
    """What a unit saw of each picture, all of one size; what lies outside a picture is white."""
    from ..draw.heat import patch
    from ..inside.patches import whole_box

    row, size = _row(looked, one.layer), pictures[0].shape[:2]
    field = row.receptive_field
    if field is None or field[0] >= size[0] or field[1] >= size[1]:
        return list(pictures)
    return [
        patch(picture, whole_box(row, (size[0], size[1]), p.row, p.column), field)
        for picture, p in zip(pictures, one.patches, strict=True)
    ]


def deconv_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """Units projected down: of a set the nine strongest patches of each, else of each picture."""
    from ..inside.deconvnet import check_deconv, deconv_layer

    subject = looked.subject
    layers = list(wanted.layer) or [deconv_layer(subject.model)]
    for layer in layers:
        check_deconv(subject.model, layer)
    note = (
        "The deconvolutional network of Zeiler and Fergus 2013: one unit is kept, all others are "
        "zero; unpooled to the switches, rectified, and filtered by the transposed filters. Grey "
        "is 0."
    )
    note += without_switches(subject.model, layers)
    if looked.pictures is not None:
        return _of_units(looked, wanted, layers, note)
    return _of_pictures(looked, wanted, layers, note)


def _of_units(looked: Looked, wanted: Wanted, layers: Sequence[str], note: str) -> Sheet:
    from .. import inside
    from ..draw.heat import about_grey, beside, mosaic
    from ..draw.panels import Line, Panel

    subject = looked.subject
    lines, numbers, alike = [], [], False
    for layer in layers:
        several = inside.strongest(
            subject, looked.images, layer, wanted.unit or None, batch_size=wanted.batch_size
        )
        numbers += _numbers(looked, several)
        alike |= any(map(_saturates, several))
        panels: list[Panel] = []
        for one in several:
            which = [p.picture for p in one.patches]
            projected = inside.deconv(
                subject,
                looked.images[which],
                layer=layer,
                unit=one.unit,
                batch_size=wanted.batch_size,
            ).values
            made = [about_grey(v[::-1] if looked.bgr else v) for v in projected]
            tiles, down = _cut(looked, one, looked.shown(which)), _cut(looked, one, made)
            both = beside(mosaic(down, 3), mosaic(tiles, 3))
            panels.append(Panel(both, _driven(one)))
        lines.append(Line(layer, _seen(_row(looked, layer)), tuple(panels), 2.9))
    title = f"{subject.name}: what drives units of {', '.join(layers)}"
    note = f"Left the projections, right {_explained(looked, wanted, alike)} {note}"
    alt = f"{title}: for each unit its strongest patches beside their projections."
    return Sheet(title, noted(looked, note), alt, lines, numbers)


def _of_pictures(looked: Looked, wanted: Wanted, layers: Sequence[str], note: str) -> Sheet:
    from .. import inside
    from ..draw.heat import about_grey
    from ..draw.panels import Line, Panel

    subject, shown = looked.subject, looked.shown()
    if len(wanted.unit) > 1:
        raise WrongUse("--unit: give one for pictures; of a data set several are drawn")
    lines, numbers = [], []
    for layer in layers:
        found = inside.deconv(
            subject,
            looked.images,
            layer=layer,
            unit=wanted.unit[0] if wanted.unit else None,
            batch_size=wanted.batch_size,
        )
        for first in range(0, len(looked), ACROSS):
            some = range(first, min(first + ACROSS, len(looked)))
            pictures = tuple(
                Panel(shown[at], looked.names[at], (found.patches[at].box,)) for at in some
            )
            down = tuple(
                Panel(
                    about_grey(found.values[at][::-1] if looked.bgr else found.values[at]),
                    f"unit {found.units[at]}: {found.patches[at].value:.3g}",
                )
                for at in some
            )
            lines += [
                Line("picture", f"framed: what the unit of {layer} sees", pictures, 1.7),
                Line(layer, "its unit projected down", down, 1.7),
            ]
        numbers += [
            {
                "picture": looked.names[at],
                "layer": layer,
                "unit": int(found.units[at]),
                "value": patch.value,
                "box": list(patch.box),
            }
            for at, patch in enumerate(found.patches)
        ]
    title = f"{subject.name}: what makes units of {', '.join(layers)} answer"
    if not wanted.unit:
        note = f"The unit that answers most in each picture. {note}"
    alt = f"{title}: {plural(len(looked), 'picture')}, each with a unit's projection."
    return Sheet(title, noted(looked, note), alt, lines, numbers)
