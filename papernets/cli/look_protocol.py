"""look protocol: what a protocol shows of a picture, drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..spec import Committee
from ..words import by, plural
from .explain import bundle_of, network
from .flags import WrongUse, wrong_use
from .output import chosen, write
from .protocols import protocol_of

if TYPE_CHECKING:
    from ..draw.views import Panel
    from ..evaluate.protocols.boxes import Box, Size
    from ..evaluate.protocols.protocol import Protocol
    from ..spec import Net

PICTURES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
COLOURS = "Red: a box in the middle; green: all of the area; blue: the others."
LONGEST = 1400  # pixels of the picture that is drawn: more are not seen


def look_protocol(
    name: str, picture: str, output: str, protocol: str, scales: str, crops: int | None
) -> str:
    """Draw the views of a picture, for the network of a name, a bundle or a run; what was drawn.

    Only its input's size counts, so that no weights are read.
    """
    import numpy as np

    from ..data.picture import load, over, pillow_rules
    from ..draw.formats import encoded
    from ..draw.views import views_figure
    from ..evaluate.protocols.protocol import CENTRE, SQUARES, TEN, WHOLE, check_one
    from ..evaluate.protocols.views import middle

    form = chosen({}, output, PICTURES) if output else ""
    if not form:
        raise WrongUse(f"look draws into a file: papernets look protocol {name} {picture} -o x.png")
    asked = protocol_of(protocol, scales, crops, "")
    net, stored, committee = _network(name)
    input = net.input[1], net.input[2]
    with wrong_use():
        check_one(asked.name, committee, name)
        if asked.name in WHOLE:
            from ..bundle.dense import check_dense

            check_dense(net)
        found = asked.resolved(input, stored, net.name)
    with pillow_rules():
        image = over(load(picture, 2 * LONGEST), 255).convert("RGB")
    size = image.height, image.width
    title = f"{net.name}, {found.name}: {plural(found.views, 'view')} of a picture of {by(size)}"
    note = f"{found.shown.capitalize()}. The network sees {by(input)}."
    if found.name not in (CENTRE, TEN):  # which look at the middle of any picture
        image = middle(image)
        looked = image.height, image.width
        note += "" if looked == size else f" Of so long a picture its middle, {by(looked)}."
        size = looked
    same = ""
    if found.name == SQUARES and size[0] == size[1]:
        same = "A square picture has one square, which is shown three times"
        note += f" {same}."
    panels = panels_of(found, size, input, net, stored)
    image.thumbnail((LONGEST, LONGEST))
    note += f" {COLOURS}"
    figure = views_figure(np.asarray(image), panels, title, note)
    write(encoded(figure, form, title, f"{title}. {found.words}"), output)
    return f"{output}: {found.words}" + (f". {same}" if same else "")


def _network(name: str) -> tuple[Net, int | None, bool]:
    """The network, and the shorter side of what its own test cuts crops out of, if any.

    And whether it is one of several that answer together.
    """
    whole, folder = network(name).net, bundle_of(name)
    net, committee = whole.member, isinstance(whole, Committee)
    if folder is None:
        return net, None, committee
    from ..bundle.info import described
    from ..data import Preprocessing

    with wrong_use():
        told = described(folder).preprocessing  # boxes do not depend on what is subtracted
        eyes = Preprocessing.from_dict({k: v for k, v in told.items() if k != "arrays"})
    return net, eyes.test_side, committee or described(folder).kind == "committee"


def panels_of(
    protocol: Protocol, size: Size, input: Size, net: Net | None = None, stored: int | None = None
) -> list[Panel]:
    """The panels of a resolved protocol for a picture of this size: a row a scale.

    Of 144 a panel for each square. Of a whole picture, where the network is given, the crops that
    its map of outputs stands for.
    """
    from ..draw.views import Panel
    from ..evaluate.protocols.boxes import Box, centre, scaled_size
    from ..evaluate.protocols.protocol import CENTRE, SQUARES, TEN, area_of, proportional

    if protocol.name == CENTRE:
        scale = stored or proportional(256, max(input))
        whole = scaled_size(size, scale)
        return [Panel(by(whole), whole, (centre(whole, input),), Box(0, 0, *whole))]
    panels: list[Panel] = []
    views = [view for view in protocol.boxes(size, input) if not view.mirrored]
    for row, scale in enumerate(protocol.scales):
        whole = scaled_size(size, scale)
        all_of_it = Box(0, 0, *whole)
        own = [view.box for view in views if view.scale == scale]
        if protocol.name == SQUARES:
            names: tuple[str, ...] = ("left", "middle", "right")
            if size[0] > size[1]:
                names = ("top", "middle", "bottom")
            if size[0] == size[1]:
                names, own = ("three times the same square",), own[:6]
            for at, which in enumerate(names):
                six = own[6 * at : 6 * at + 6]
                panels.append(Panel(f"{by(whole)}, {which}", whole, tuple(six), six[-1], row))
            continue
        area = centre(whole, area_of(scale, input)) if protocol.name == TEN else all_of_it
        if area != all_of_it or protocol.name == TEN or all_of_it not in own:
            panels.append(Panel(by(whole), whole, tuple(own), area, row))
            continue
        crops = [box for box in own if box != all_of_it]
        if crops:
            panels.append(
                Panel(
                    f"{by(whole)}: {plural(len(crops), 'crop')}",
                    whole,
                    tuple(crops),
                    all_of_it,
                    row,
                )
            )
        stands_for = _positions(net, whole, input) if net else ()
        title = by(whole)
        if stands_for:
            title += f": {plural(len(stands_for), 'output')}"
        panels.append(Panel(title, whole, (all_of_it, *stands_for), all_of_it, row))
    return panels


def _positions(net: Net, whole: Size, input: Size) -> Sequence[Box]:
    """The crops that the outputs stand for where a network is run over a whole picture."""
    from dataclasses import replace

    from ..evaluate.protocols.boxes import Box
    from ..rewrite import dense
    from ..spec import walk

    last = walk(replace(dense(net).net, input=(net.input[0], *whole)))[-1]
    if last.field_stride is None:
        return ()
    down, across = last.field_stride
    return tuple(
        Box(row * down, column * across, *input)
        for row in range(last.out[1])
        for column in range(last.out[2])
    )
