"""Notes 003: slides on convolution in small worked examples, and on classic networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...said import NOTES, Block, Cell, Claim, Line, Page
from ...spec import Flatten, Net, Row, chain, totals, walk
from ..vgg.vgg16_claims import stack
from .examples import convolved, pooled, products, total
from .judge import Judge, walked
from .n003_examples import EXAMPLES
from .n003_tables import ASIDES, COMPARISON, FAMILY, LECTURE, NUMBERS
from .read import EACH, Grid, asides, matrix, numbers, values

DRAWN = {"conv": "Conv{0}-{1}", "dense": "FC-{1}", "max pool": "Max pool", "lrn": "LRN"}
"""How the table of VGGs names a layer, by its window and its maps."""


def drawn(rows: Sequence[Row]) -> Iterator[str]:
    """The layers of a VGG as the table draws them."""
    yield "Image"
    for row in rows:
        if row.kind in DRAWN:
            kernel = row.kernel[0] if row.kernel else 0
            yield DRAWN[row.kind].format(kernel, row.out[0])
    yield "Soft-max"


def family(judge: Judge) -> Block:
    """The table of VGGs: a line of numbers, then one of layers, which are counted from both ends.

    Every layer is right; that a block of 512 maps is left out is an erratum of the network's.
    """
    names = ("VGG-11", "VGG-11 (LRN)", "VGG-13", "VGG-16 (Conv1)", "VGG-16", "VGG-19")
    labels = ("configuration", "parameters (millions)", "top-5 error rate (%)")
    heading = "VGG Family Architecture Comparison"
    why = {" top-5": "paper: the same, one network, trained and tested at 256 (table 3)"}
    texts = [line for line in FAMILY.splitlines() if line]
    lines: list[Line] = []
    for text, other in zip(texts[::2], texts[1::2], strict=True):
        counts = Grid(
            heading, EACH, labels, ("word", "params", "top-5 error in per cent"), text, why
        )
        lines += counts.read(judge).lines
        head, *cells = (cell.strip() for cell in other.split("|"))
        number, of = head.split()
        layers = tuple(drawn(tuple(walked(of)[1].values())))
        dense = next(at for at, cell in enumerate(cells) if cell.startswith("FC"))
        made = []
        for at, cell in enumerate(cells):
            ours = layers[at] if at < dense else layers[at - len(cells)]
            quantity = f"layer {at + 1} of the row"
            where = NOTES[3].at(f"{heading}, line {number}")
            made.append(Cell(cell, Claim(quantity, cell, where, ours=ours, of=(of,))))
        lines.append(Line(int(number), tuple(made)))
    assert len(lines) == 2 * len(names)
    width = max(len(line.cells) for line in lines)
    return Block(heading, ("line", *labels, *[""] * (width - len(labels))), tuple(lines))


def examples(judge: Judge) -> Iterator[Block]:
    """Every picture, filter and map, and what comes of them."""
    texts: dict[str, str] = {}
    for part in EXAMPLES.split("# ")[1:]:
        heading, _, text = part.partition("\n")
        texts[heading] = text
    read = {heading: values(text) for heading, text in texts.items()}
    image, edge, picture = read["6x6 image"], read["3x3 filter"], read["Picture"]
    halves, again = read["6x6 image of two halves"], read["3x3 filter again"]
    ours: dict[str, Sequence[Sequence[float]]] = {
        "X and Y, number by number": products(read["Image X"], read["Filter Y"]),
        "Convolved feature": convolved(read["Image and kernel"], read["Kernel"]),
        "Output of three channels": [[sum(channels(read)) + 1]],
        "Max pooling 3x3": pooled(read["What is pooled"], 3),
        "6x6 image again": image,
        "4x4 output": convolved(image, edge),
        "3x3 filter again": edge,
        "Output of two halves": convolved(halves, again),
        "Picture under filter 1": convolved(picture, read["Filter 1"]),
        "Map of filter 1": convolved(picture, read["Filter 1"]),
        "Map of filter 2": convolved(picture, read["Filter 2"]),
    }
    for heading, text in texts.items():
        yield matrix(heading, text, judge, ours.get(heading))


def channels(read: dict[str, list[list[int]]]) -> list[float]:
    """The sums of three channels' first windows under their kernels."""
    colours = ("Input channel 1 (red)", "Input channel 2 (green)", "Input channel 3 (blue)")
    return [
        total(products([row[:3] for row in read[colour][:3]], read[f"Kernel channel {number}"]))
        for number, colour in enumerate(colours, 1)
    ]


def page() -> Page:
    """What notes 003 print, cell by cell."""
    texts = {p.partition("\n")[0]: p.partition("\n")[2] for p in EXAMPLES.split("# ")[1:]}
    read = {heading: values(text) for heading, text in texts.items()}
    red, green, blue = channels(read)
    image, edge = read["6x6 image"], read["3x3 filter"]
    picture, filter_1 = read["Picture"], read["Filter 1"]
    alone = Net("input", (3, 32, 32), 0, chain({"flatten": Flatten()}))
    judge = Judge(
        NOTES[3],
        {
            "sum of red under kernel channel 1": red,
            "sum of green under kernel channel 2": green,
            "sum of blue under kernel channel 3": blue,
            "the three sums and a bias of 1": red + green + blue + 1,
            "sides of the image": sides(image),
            "sides of the filter": sides(edge),
            "sides of the output": sides(convolved(image, edge)),
            "sides of the picture": sides(picture),
            "sides of filter 1": sides(filter_1),
            "sides of the map": sides(convolved(picture, filter_1)),
            "sides that two 3x3 see": (stack(2, 3)[0],) * 2,
            "sides that three 3x3 see": (stack(3, 3)[0],) * 2,
            "parameters of the input layer": totals(walk(alone)).params,
        },
    )
    example = Grid(
        "CNN-Example to calculate parameters",
        "lecture_cnn",
        ("", "", "", "Activation Shape", "Activation Size", "# Parameters"),
        ("word", "word", "word", "out", "size", "params"),
        LECTURE,
    )
    comparison = Grid(
        "Comparison",
        EACH,
        ("Model", "Layer", "Parameter [M]", "Network size [MB]"),
        ("word", "layers", "params", "megabytes"),
        COMPARISON,
    )
    return Page(
        NOTES[3],
        (
            *examples(judge),
            example.read(judge),
            family(judge),
            comparison.read(judge),
            numbers("Numbers of the text", NUMBERS, judge),
        ),
        asides(ASIDES),
    )


def sides(matrix: Sequence[Sequence[int]] | list[list[float]]) -> tuple[int, int]:
    """Height and width of a matrix."""
    return len(matrix), len(matrix[0])
