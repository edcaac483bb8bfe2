"""draw: a network as a diagram, without torch."""

from __future__ import annotations

from shlex import quote
from typing import Annotated

import typer

from ..words import did_you_mean, either
from . import screen, swaps
from .explain import NAMED, Channels, Classes, Input, network
from .flags import Quiet, WrongUse, own_file, wrong_use
from .output import Output, chosen, write

SUFFIXES = {
    ".svg": "svg",
    ".pdf": "pdf",
    ".png": "png",
    ".tex": "tex",
    ".html": "html",
    ".htm": "html",
}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))


def draw(
    name: Annotated[str, typer.Argument(help=NAMED)],
    output: Output = "",
    style: Annotated[
        str, typer.Option("--style", help="boxes, volumes or line: graph, maps to scale, strip.")
    ] = "boxes",
    theme: Annotated[str, typer.Option("--theme", help="light, dark or print.")] = "light",
    depth: Annotated[
        str,
        typer.Option("--depth", help="How deep blocks are taken apart: 1, 2 or all. [fitting]"),
    ] = "",
    block: Annotated[
        str, typer.Option("--block", help="Draw one block or layer alone, inception_3a for one.")
    ] = "",
    beside: Annotated[
        str, typer.Option("--beside", help="Another network, to draw beside with what differs.")
    ] = "",
    format: Annotated[
        str, typer.Option("--format", help="svg, pdf, png, tex or html, where -o is -.")
    ] = "",
    input: Input = "",
    classes: Classes = None,
    channels: Channels = None,
    activation: swaps.Activation = "",
    norm: swaps.Norm = "",
    dropout: swaps.Dropout = None,
    pooling: swaps.Pooling = "",
    residual_scale: swaps.ResidualScale = None,
    set_: swaps.Options = None,
    quiet: Quiet = False,
) -> None:
    """Draw a network: boxes, maps to scale, or a strip.

    --style boxes is a graph of its layers, volumes its maps to scale, line a strip for slides. The
    file's suffix chooses the format: .svg, .pdf, .png, .tex or .html. --input, --classes and
    --channels apply to --beside too, what is swapped or set to NAME alone.
    """
    from ..diagram import draw as diagram_of

    wanted = _format(format, output, name)
    deep = _depth(depth)
    options = swaps.wanted(activation, norm, dropout, pooling, residual_scale)
    with wrong_use():
        options = swaps.with_set(options, set_)
    with own_file(*filter(None, (name, beside))):
        found = network(name, classes, channels, input, options)
        other = network(beside, classes, channels, input) if beside else None
        with wrong_use():
            diagram = diagram_of(found, style, theme, deep, block, other)
    content: str | bytes
    if wanted in ("pdf", "png"):
        content = diagram.pdf() if wanted == "pdf" else diagram.png()
    else:
        content = {"svg": diagram.svg, "tex": diagram.tikz, "html": diagram.html}[wanted]()
    write(content, output)
    if output != "-" and not quiet:
        screen.say(f"{output}: {diagram.drawing.title}, {style}")
    points = diagram.drawing.smallest_text
    if points < LEAST and not quiet:
        typer.echo(
            f"Printed on A4, its smallest text is {points:.1f} points high. Without --depth, or "
            "with a smaller one, less is drawn, and larger.",
            err=True,
        )


LEAST = 5.95


def _format(given: str, output: str, name: str) -> str:
    """The format that is asked for, by the flag or the suffix."""
    if given and given not in FORMATS:
        raise WrongUse(
            f"unknown format {given!r}.{did_you_mean(given, FORMATS)} There are {either(FORMATS)}"
        )
    if not output:
        raise WrongUse(
            f"draw writes a file; its suffix, .svg, .pdf, .png, .tex or .html, chooses the format: "
            f"papernets draw {quote(name)} -o drawing.svg"
        )
    if output == "-":
        if not given:
            raise WrongUse(f"-o - writes to stdout: say what, with --format {either(FORMATS)}")
        return given
    return chosen({given: True} if given else {}, output, SUFFIXES)


def _depth(text: str) -> int | None:
    if text in ("", "all"):
        return None if not text else 99
    if not text.isdigit() or not int(text[:9]) >= 1:
        raise WrongUse(f"--depth {text}: give 1, 2, ... or all")
    return int(text[:9])
