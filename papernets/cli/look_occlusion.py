"""look occlusion: what a sliding grey square costs, as in ZFNet's figure 7."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..words import plural
from .look_given import Looked, Wanted
from .look_heat import asked_of, bar_of, noted, percent, rows_of_class, said_of, without_switches
from .look_sheet import Sheet

if TYPE_CHECKING:
    from ..draw.panels import Panel
    from ..inside import Occlusion


def occlusion_sheet(looked: Looked, wanted: Wanted) -> Sheet:
    """ZFNet's figure 7: a line a picture."""
    from .. import inside
    from ..draw.panels import Line

    subject = looked.subject
    truth: Any = wanted.class_ or None
    if truth is None and looked.known and looked.pictures is not None:
        truth = looked.pictures.labels.tolist()
    found = inside.occlusion(
        subject,
        looked.images,
        truth,
        square=wanted.option("square"),
        stride=wanted.option("stride"),
        layer=wanted.layer[0] if wanted.layer else None,
        unit=wanted.unit[0] if wanted.unit else None,
        batch_size=wanted.batch_size,
    )
    projected = _projections(looked, found, wanted)
    shown, rows = looked.shown(), rows_of_class(looked, found)
    own = [subject.place_of(name, len(subject.classes)) for name in found.answers]
    lines = []
    for at, name in enumerate(looked.names):
        least = found.probability[at].argmin()
        row, column = divmod(int(least), found.probability.shape[2])
        rows[at] |= {
            "layer": found.layer,
            "unit": int(found.units[at]),
            "lowest_score": float(found.probability[at].min()),
            "lowest_at": [row * found.stride[0], column * found.stride[1]],
            "other_answers": float((found.likely[at] != own[at]).mean()),
        }
        panels = _figure_7(looked, found, at, shown[at], projected, (row, column))
        lines.append(Line(name, said_of(looked, found, at), tuple(panels), 1.7))
    side, step = "x".join(map(str, found.square)), "x".join(map(str, found.stride))
    title = f"{subject.name}: a grey square slides over the picture"
    note = (
        f"As in figure 7 of Zeiler and Fergus 2013: a square of {side} pixels, in steps of {step}. "
        "A map's pixel stands for the square's place there. The frame is the place where it "
        "costs most. Black to pale yellow: of the total from its lowest to its highest, of the "
        "probability from 0 to the highest, that of the whole picture included."
    )
    if projected is not None:
        note += without_switches(subject.model, [found.layer])
    alt = (
        f"{plural(len(looked), 'picture')} with what a grey square does to the class's probability "
        f"at each place: {asked_of(looked, found)}."
    )
    facts = {"square": list(found.square), "stride": list(found.stride)}
    return Sheet(title, noted(looked, note), alt, lines, rows, facts)


def _projections(looked: Looked, found: Occlusion, wanted: Wanted) -> list[Any] | None:
    """Each picture's map projected down, where the deconvolutional network applies."""
    from .. import inside
    from ..draw.heat import about_grey
    from ..inside.deconvnet import obstacle
    from ..run.network import Network

    model = looked.subject.model
    if not isinstance(model, Network) or obstacle(model.net, found.layer):
        return None
    pictures = []
    for at, unit in enumerate(found.units.tolist()):
        one = inside.deconv(
            looked.subject, looked.images[at : at + 1], layer=found.layer, unit=unit
        ).values[0]
        pictures.append(about_grey(one[::-1] if looked.bgr else one))
    return pictures


def _figure_7(
    looked: Looked,
    found: Occlusion,
    at: int,
    shown: Any,
    projected: list[Any] | None,
    place: tuple[int, int],
) -> list[Panel]:
    import numpy as np

    from ..draw.heat import classes_coloured, heat
    from ..draw.panels import Panel
    from ..draw.plane import colours_of

    (top, left), (high, wide) = (
        (p * s for p, s in zip(place, found.stride, strict=True)),
        found.square,
    )
    unit, total = int(found.units[at]), found.total[at]
    name = found.classes[at]
    chance = found.probability[at]
    panels = [
        Panel(shown, "the picture", ((top, left, top + high, left + wide),)),
        Panel(
            heat(total),
            f"total of map {unit} of {found.layer}, of the whole picture {found.totals[at]:.3g}",
            bar=bar_of("inferno", float(total.min()), float(total.max())),
        ),
    ]
    if projected is not None:
        panels.append(Panel(projected[at], f"what map {unit} answers to, projected down"))
    whole = max(float(found.scores[at]), float(chance.max()))
    panels.append(
        Panel(
            heat(chance, 0.0, whole),
            f"probability of {name}: {percent(float(chance.min()))} to "
            f"{percent(float(chance.max()))}",
            bar=("inferno", percent(0.0), percent(whole)),
        )
    )
    likely = found.likely[at]
    there, counts = np.unique(likely, return_counts=True)
    most = [int(there[n]) for n in np.argsort(-counts, kind="stable")]
    colours = colours_of(most)
    names = looked.subject.named(np.array(most))
    share = [percent(count / likely.size) for count in sorted(counts, reverse=True)]
    key = tuple(
        (colours[p], f"{n} at {s} of places")
        for p, n, s in zip(most[:6], names, share, strict=False)
    )
    panels.append(Panel(classes_coloured(likely, colours), "most likely class", (), key))
    return panels
