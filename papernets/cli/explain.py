"""explain: what a network is, without torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen, swaps
from .flags import Json, WrongUse, own_file, wrong_use
from .output import Csv, Html, Latex, Markdown, Output, chosen, write

if TYPE_CHECKING:
    from ..arithmetic import Graph
    from ..nets import Found
    from ..show.document import Document

    Told = tuple[Callable[[], dict[str, object]], Callable[[], Document]]
    # what makes the JSON, and what makes the page

NAMED = "A network, your own FILE.py:NAME, or the folder of a bundle or a run."

Input = Annotated[
    str, typer.Option("--input", help="Picture size in pixels: a side, or HEIGHTxWIDTH.")
]
Classes = Annotated[int | None, typer.Option("--classes", help="Number of classes.")]
Channels = Annotated[int | None, typer.Option("--channels", help="Number of input channels.")]


def parse_size(text: str) -> int | tuple[int, int] | None:
    """`32` or `32x160` as a side or (height, width); '' is None, anything else a ValueError."""
    if not text:
        return None
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isdigit() for side in sides):
        raise typer.BadParameter(
            f"--input {text}: give a side such as 32, or HEIGHTxWIDTH such as 32x160"
        )
    numbers = [int(side[:20]) for side in sides]  # enough to be too large
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


def explain(
    name: Annotated[str, typer.Argument(help=NAMED)],
    layer: Annotated[
        str | None, typer.Argument(help="A layer, or a block such as inception_3a.")
    ] = None,
    input: Input = "",
    classes: Classes = None,
    channels: Channels = None,
    activation: swaps.Activation = "",
    norm: swaps.Norm = "",
    dropout: swaps.Dropout = None,
    pooling: swaps.Pooling = "",
    residual_scale: swaps.ResidualScale = None,
    set_: swaps.Options = None,
    unit: Annotated[
        str, typer.Option("--unit", help="Of LAYER: what its unit in row Y, column X sees: Y,X.")
    ] = "",
    depth: Annotated[
        str, typer.Option("--depth", help="1 by stage, 2 by block, all: every layer.")
    ] = "",
    only: Annotated[
        str, typer.Option("--only", help="Layers of a kind (conv), or names: conv4, *.shortcut.")
    ] = "",
    sort: Annotated[
        str, typer.Option("--sort", help="By macs, params, memory, connections or sees.")
    ] = "",
    batch: Annotated[
        int, typer.Option("--batch", help="Pictures a step, for memory.", min=1, max=2**31)
    ] = 32,
    convention: Annotated[
        str,
        typer.Option(
            "--convention",
            help="Another tool's number: macs, flops, torchinfo, fvcore, ptflops, keras, paper; or "
            "all of them.",
        ),
    ] = "",
    optimised: Annotated[
        bool,
        typer.Option(
            "--optimised",
            help="What evaluate and predict compute otherwise, and what that saves; every change "
            "with --depth all.",
        ),
    ] = False,
    json: Json = False,
    csv: Csv = False,
    markdown: Markdown = False,
    latex: Latex = False,
    html: Html = False,
    output: Output = "",
) -> None:
    """Explain a network, or one of its layers or blocks.

    Prints what each stage and layer costs, with sizes, parameters and receptive fields, then the
    published numbers. With LAYER its arithmetic, term by term. FILE.py:NAME may be a torch module,
    with --input.
    """
    from ..nets.own_file import TorchModule
    from .conventions import told_by
    from .module import explain_module
    from .optimised import told_optimised

    flags = {"json": json, "csv": csv, "markdown": markdown, "latex": latex, "html": html}
    wanted = chosen(flags, output)
    options = swaps.wanted(activation, norm, dropout, pooling, residual_scale)
    with wrong_use():
        options = swaps.with_set(options, set_)
    with own_file(name):
        try:
            found, whole = with_graph(name, classes, channels, input, options)
        except WrongUse as error:
            if not isinstance(error.__context__, TorchModule):
                raise
            rest = {"LAYER": layer, "--unit": unit, "--depth": depth, "--only": only}
            rest |= {"--sort": sort, "--convention": convention, "--classes": str(classes or "")}
            rest |= {"--optimised": "yes" if optimised else ""}
            picture = channels, parse_size(input)
            explain_module(name, error.__context__, picture, rest, wanted, output)
            return
        with wrong_use():
            others = {"the layer": layer, "--unit": unit, "--depth": depth, "--only": only}
            others |= {"--sort": sort}
            if optimised:
                others = {**others, "--depth": "", "--convention": convention}
                value, page = told_optimised(found, others, depth)
            elif convention:
                value, page = told_by(found, convention, others)
            elif layer is None:
                if unit:
                    raise WrongUse(
                        f"--unit {unit}: of what? papernets explain NAME LAYER --unit Y,X"
                    )
                value, page = _network(found, whole, (depth, only, sort), batch)
            else:
                value, page = _layer(found, whole, layer, unit, (depth, only, sort))
        if wanted == "json":
            text = screen.json_lines(value())
        elif wanted:
            from ..show.writers import FORMATS

            text = FORMATS[wanted](page())
        else:
            show(page())
            return
        write(text, output)


def _network(found: Found, whole: Graph, listing: tuple[str, str, str], batch: int) -> Told:
    from ..show.explain import explain_dict
    from ..show.network_page import network_page
    from ..show.wanted import Wanted

    wanted = Wanted(*listing, batch)
    wanted.of(tuple(whole.rows.values()))
    return (
        lambda: explain_dict(found, wanted, whole),
        lambda: network_page(found, wanted, whole),
    )


def _layer(
    found: Found, whole: Graph, layer: str, unit: str, listing: tuple[str, str, str]
) -> Told:
    from ..arithmetic import explained
    from ..show.layer_page import layer_page

    given = next((f"--{n}" for n, w in zip(LISTING, listing, strict=True) if w), "")
    if given:
        raise WrongUse(f"{given} is for a whole network: leave it or {layer} out")
    one = explained(whole, layer, parse_unit(unit))
    times = getattr(found.net, "count", 1)
    members = {"members": times} if times > 1 else {}
    return lambda: {**one.to_dict(), **members}, lambda: layer_page(one, times)


LISTING = ("depth", "only", "sort")
"""Flags that choose among a network's rows."""


def parse_unit(text: str) -> tuple[int, int] | None:
    """`3,4` as (row, column); '' is None, anything else wrong use."""
    if not text:
        return None
    sides = text.split(",")
    if len(sides) != 2 or not all(side.strip().removeprefix("-").isdecimal() for side in sides):
        raise WrongUse(f"--unit {text}: give a row and a column from 0, such as 3,4")
    return int(sides[0][:20]), int(sides[1][:20])


def network(
    name: str,
    classes: int | None = None,
    channels: int | None = None,
    size: str = "",
    options: Mapping[str, Any] | None = None,
) -> Found:
    """The network of a name, or of the folder of a bundle or a run, as the flags ask for it."""
    return with_graph(name, classes, channels, size, options)[0]


def with_graph(
    name: str,
    classes: int | None = None,
    channels: int | None = None,
    size: str = "",
    options: Mapping[str, Any] | None = None,
) -> tuple[Found, Graph]:
    """As `network`, with its rows and edges."""
    options = options or {}
    from ..nets import look_up

    folder, input = bundle_of(name), parse_size(size)
    if folder is None:
        with wrong_use():
            return _walked(look_up(name, classes, channels, input, **options))
    from ..bundle import INFO
    from ..bundle.find import in_file
    from ..bundle.info import described
    from ..bundle.network import Asked, kept_network

    info = described(folder)
    if in_file(info.network) and not info.net:
        raise ValueError(
            f"{folder / INFO} names a file of Python code, {info.network}, which is not run. "
            "If you trust it: papernets explain FILE.py:NAME"
        )
    with (
        nullcontext() if info.net and not options else wrong_use()
    ):  # what is there as data is not the command's
        return _walked(kept_network(folder, info, Asked(classes, channels, input, options)))


def _walked(found: Found) -> tuple[Found, Graph]:
    """The same network, with its graph; ValueError where the input is too small for it."""
    from ..arithmetic.graph import graph

    return found, graph(found.net.member)


def bundle_of(name: str) -> Path | None:
    """The folder of the bundle that a name means; None where it means a network."""
    from ..bundle import INFO
    from ..bundle.find import bundle_meant

    try:
        return bundle_meant(name)
    except FileNotFoundError:
        raise WrongUse(
            f"{name} is a folder without a {INFO}: give a network, FILE.py:NAME, or the folder of "
            "a bundle or a run. All names: papernets list"
        ) from None


def show(page: Document) -> None:
    """Print a page for people."""
    from .document import show as print_page

    print_page(page)
