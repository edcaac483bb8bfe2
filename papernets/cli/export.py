"""export: a trained network as a file that others read."""

from __future__ import annotations

from typing import Annotated

import typer

from . import screen
from .flags import (
    BundleName,
    DataDir,
    Json,
    Plain,
    Quiet,
    Threads,
    WrongUse,
    check_data,
    use,
    wrong_data,
    wrong_use,
)
from .stopping import stopped_cleanly
from .waiting import waiting


def export(
    bundle: BundleName,
    output: Annotated[
        str, typer.Option("--output", "-o", help="The file. Its suffix may choose the format.")
    ] = "",
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="onnx, torch-export (.pt2), python (one readable file, and its weights beside "
            "it), safetensors, or card (README.md for a hub).",
        ),
    ] = "",
    with_preprocessing: Annotated[
        bool,
        typer.Option(
            "--with-preprocessing",
            help="Put the preprocessing into the graph: uint8 pictures in, probabilities out.",
        ),
    ] = False,
    check: Annotated[
        str,
        typer.Option(
            "--check",
            help="Data to check the file on, all of its test part; drawn: pictures drawn for it. "
            "[256 pictures of what it was trained on, where they are at hand]",
        ),
    ] = "",
    int8: Annotated[
        bool, typer.Option("--int8", help="ONNX in eight bits; give --calibrate too.")
    ] = False,
    calibrate: Annotated[
        str,
        typer.Option(
            "--calibrate", help="Data whose training pictures show how large each value becomes."
        ),
    ] = "",
    plain: Plain = False,
    license: Annotated[
        str,
        typer.Option("--license", help="What the file says of its licence, such as apache-2.0."),
    ] = "",
    data_dir: DataDir = "",
    threads: Threads = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are there already.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a trained network as a file that others read.

    The file holds the weights, the names of the classes, and how pictures are prepared. It takes
    any number of pictures at once. Its answers are compared with the network's before it takes its
    name: the same labels, and outputs that differ by at most 1e-5 of the largest, or by little more
    than float32 is off by.
    """
    screen.quiet(quiet or json)
    if output in ("", "-"):
        raise WrongUse(f"give the file: papernets export {bundle} -o FILE.onnx, say")
    if int8 and not calibrate:
        raise WrongUse("--int8 needs --calibrate DATA: pictures like those that it will see")
    if calibrate and not int8:
        raise WrongUse("--calibrate is for --int8")
    from ..deploy.export import Asked, check_asked, format_of

    with wrong_use():
        asked = Asked(
            format_of(to, output), with_preprocessing, plain, int8, license.strip(), force
        )
        check_asked(asked)
    use("cpu", threads)
    from ..bundle.load import load_bundle
    from ..deploy.export import export as write
    from ..deploy.pictures import DRAWN, material
    from ..train.folder import data_meant

    for name in (check, calibrate):
        if name not in ("", DRAWN):
            check_data(name, data_dir)
    loaded = load_bundle(bundle)
    own, place = data_meant("", data_dir, loaded.folder, loaded.info)
    with waiting(), wrong_data(), stopped_cleanly():
        done = write(
            loaded,
            output,
            asked,
            lambda: material(loaded, check, own, place, calibrate),
        )
    if json:
        screen.print_json({"bundle": str(loaded.folder), **done.to_dict()})
        return
    screen.prose(done.words())
    for note in done.notes:
        screen.note(f"Note: {note}")
