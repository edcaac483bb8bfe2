"""convert: a file of weights that others trained to a bundle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import by, gigabytes, listed, plural
from . import screen
from .flags import Json, Quiet, WrongUse, wrong_use
from .stopping import stopped_cleanly

if TYPE_CHECKING:
    from ..peers.auto import Match
    from ..peers.translate import Conversion

LARGE = 100_000_000  # bytes: to read so many takes seconds
MOST_NAMES = 24  # of tensors in a sentence; JSON has them all
COLUMNS = ("in the file", "here", "shape")
OTHERWISE = {"classes": "give --classes", "name": "the network is --net"}
"""What --set may not hold, and what there is instead."""


def convert(
    file: Annotated[
        str,
        typer.Argument(
            help="Weights: safetensors (of several files, the index or its folder), .pth or .pt, "
            "or Keras's .h5 or .keras. With --half, a bundle or a run."
        ),
    ],
    out: Annotated[str, typer.Option("--out", help="A new folder for the bundle.")],
    net: Annotated[
        str,
        typer.Option(
            "--net",
            help="The network, by the peer's name or ours; with auto, by ours. Not with --half.",
        ),
    ] = "",
    peer: Annotated[
        str,
        typer.Option(
            "--from", help="torchvision, timm or keras; auto matches layers by order and shape."
        ),
    ] = "auto",
    classes: Annotated[
        int | None,
        typer.Option("--classes", help="Another number of classes, with a new head."),
    ] = None,
    channels: Annotated[
        int | None,
        typer.Option(
            "--channels",
            help="Another number of channels; the first convolution is adapted as timm does it.",
        ),
    ] = None,
    labels: Annotated[
        str,
        typer.Option(
            "--labels",
            help="A text file of class names, one per line; or imagenet, or numbers. [imagenet for "
            "a peer's 1,000 classes, else numbers]",
        ),
    ] = "",
    preprocessing: Annotated[
        str,
        typer.Option(
            "--preprocessing",
            help="torch, tf, caffe, transform_input, unit, none, or MEANS/DEVIATIONS of values "
            "from 0 to 1. [the peer's]",
        ),
    ] = "",
    key: Annotated[
        str,
        typer.Option(
            "--key", help="Which state_dict of a checkpoint with several, such as model_ema."
        ),
    ] = "",
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="An option of our network, such as zeros=around; may be repeated."
        ),
    ] = None,
    half: Annotated[
        bool,
        typer.Option(
            "--half", help="Write a bundle again with its weights in float16: half the size."
        ),
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a bundle from weights that others trained.

    Tensors of a peer are found by name. With auto they are matched by order and shape, and the
    table of what went where is printed. Nothing in the file is run.
    """
    screen.quiet(quiet or json)
    if half:
        given = (net, peer != "auto", classes, channels, labels, preprocessing, key, sets)
        if any(value for value in given):
            raise WrongUse("--half takes a bundle as it is: give it --out alone")
        from .half import halved

        halved(file, Path(out), json)
        return
    if not net:
        raise WrongUse(
            "give --net: the network whose weights these are, by the peer's name or ours"
        )
    folder, peer = Path(out), peer.strip().lower()
    options = dict(_option(text) for text in sets or ())
    for flag, number in (("--classes", classes), ("--channels", channels)):
        if number is not None and number < 1:
            raise WrongUse(f"{flag} {number}: give 1 or more")
    if channels is not None and options.get("channels", channels) != channels:
        raise WrongUse(
            f"--channels {channels} and --set channels={options['channels']} say different things: "
            "leave one out"
        )
    from ..peers.conventions import convention
    from ..peers.save import refuse_taken
    from ..peers.translate import find_peer

    with wrong_use():
        _check_options(peer, options)
        if peer == "auto":
            _check_net(net, classes, channels, options)
        else:
            known = find_peer(peer, net)
            _check_net(known.net, classes, channels, known.options)
        if preprocessing:
            convention(preprocessing, 224, 256)
    refuse_taken(folder)
    asked = Asked(net, peer, classes, channels, labels, preprocessing, key, options)
    with stopped_cleanly():
        bundle = made(file, folder, asked, json)
    show(bundle, folder, json)


@dataclass(frozen=True)
class Asked:
    """What a conversion is asked for, as the flags say it.

    `resize` is the shorter side in pixels of which these weights see the centre, where it is not
    the one that the peer's network usually has. `origin` is what else the bundle says of the file.
    """

    net: str
    peer: str
    classes: int | None = None
    channels: int | None = None
    labels: str = ""
    preprocessing: str = ""
    key: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    resize: int | None = None
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """A bundle that was made: what is in it, and what is to be said of it."""

    found: Conversion
    source: Mapping[str, str]
    prepared: Mapping[str, Any]
    notes: tuple[str, ...]


def made(file: str, folder: Path, asked: Asked, json: bool) -> Made:
    """A new folder with the bundle of a file of weights; nothing is written where it fails."""
    from ..peers.auto import Misfit
    from ..peers.conventions import preprocessing as preprocessing_of
    from ..peers.convert import convert as convert_tensors
    from ..peers.labels import class_names
    from ..peers.read import read_weights
    from ..peers.save import save
    from ..peers.usual import for_digits

    _announce(file)
    weights = read_weights(file, asked.key)
    if asked.peer == "keras" and not weights.keras:
        raise WrongUse(
            f"{file} is torch's, not Keras's: give --from torchvision, timm or auto. Keras's are "
            ".h5 and .keras files"
        )
    if weights.keras and asked.peer != "keras":
        raise WrongUse(f"{file} is Keras's: give --from keras, and --net by Keras's name")
    try:
        found = convert_tensors(
            weights.tensors,
            asked.net,
            asked.peer,
            classes=asked.classes,
            channels=asked.channels,
            ordered=weights.ordered,
            options=asked.options,
            where=file,
        )
    except ValueError as error:
        if not json and isinstance(error, Misfit) and error.rows:
            _table(error.rows)
        for note in weights.notes:  # the error may speak of names that are shorter than the file's
            screen.note(f"Note: {note}.")
        raise
    found = replace(found, left_out=(*weights.left_out, *found.left_out))
    known = found.known
    if known is not None and asked.resize:
        known = replace(known, inputs=replace(known.inputs, resize=asked.resize))
    with wrong_use():
        prepared, notes = preprocessing_of(
            found.model.net.input, known, asked.preprocessing, for_digits(found.model.net)
        )
    names, named = class_names(found, asked.labels)
    source = {"file": Path(file).name, "from": asked.peer, "net": asked.net, **asked.origin}
    save(found, folder, names, prepared, source)
    return Made(found, source, prepared, (*weights.notes, *found.notes, *notes, *named))


def _announce(file: str) -> None:
    """Say that a large file is read: it takes a while, and nothing tells how far it is."""
    size = os.path.getsize(file) if os.path.isfile(file) else 0
    if size >= LARGE:
        screen.note(f"Reading {file}, {gigabytes(size)}")


def show(made: Made, folder: Path, json: bool) -> None:
    """What was made, in words or as JSON."""
    if json:
        screen.print_json(_summary(made.found, folder, made.source, made.prepared, made.notes))
        return
    if made.found.rows:
        _table(made.found.rows)
    _said(made.found, folder, made.notes)


def _check_net(
    name: str, classes: int | None, channels: int | None, options: Mapping[str, Any]
) -> None:
    """ValueError for a network that there is not, or cannot be, before a file is read."""
    from ..nets.registry import net
    from ..spec import walk

    given = {**options, **({} if channels is None else {"channels": channels})}
    walk(net(name, classes, **given).member)


def _check_options(peer: str, options: dict[str, Any]) -> None:
    """ValueError for --set with what is no option of a network, or with a peer."""
    for key, instead in OTHERWISE.items():
        if key in options:
            raise ValueError(f"--set {key}: {key} is not an option of a network; {instead}")
    if peer != "auto" and options:
        raise ValueError("--set is for --from auto: a peer's name chooses our network's options")


def _option(text: str) -> tuple[str, Any]:
    """`zeros=around`: the value as TOML, else as text."""
    import tomllib

    key, equals, given = text.removeprefix("options.").partition("=")
    if not equals or not key.strip():
        raise WrongUse(f"--set {text}: give key=value, such as zeros=around")
    try:
        value = tomllib.loads(f"x = {given.strip()}")["x"]
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        value = given.strip()
    return key.strip().replace("-", "_"), value


def _table(rows: tuple[Match, ...]) -> None:
    """What went where; a row that does not fit says so."""
    cells = [(row.theirs, row.ours, by(row.shape) if row.shape else "1", row.wrong) for row in rows]
    if any(row.wrong for row in rows):
        screen.table((*COLUMNS, ""), cells, left=4)
    else:
        screen.table(COLUMNS, [cell[:3] for cell in cells], left=3)


def _said(found: Conversion, folder: Path, notes: tuple[str, ...]) -> None:
    """What was made, for people."""
    tensors = found.model.state_dict()
    of = f" ({found.known.peer}'s {found.known.name})" if found.known else ""
    screen.prose(f"{found.name}{of}: {plural(len(tensors), 'tensor')} in {folder}.")
    if found.left_out:
        screen.prose(f"Left out, or drawn again: {listed(found.left_out, MOST_NAMES)}.")
    for note in notes:
        screen.note(f"Note: {note}.")
    if any(name in tensors for name in found.left_out):  # a head was drawn
        screen.note(f"Try next: papernets train --weights {folder} --data PATH")
    else:
        screen.note(f"Try next: papernets predict {folder} PICTURE")


def _summary(
    found: Conversion,
    folder: Path,
    source: Mapping[str, str],
    prepared: Mapping[str, Any],
    notes: tuple[str, ...],
) -> dict[str, Any]:
    """The same as plain JSON values."""
    return {
        "bundle": str(folder),
        **source,
        "network": found.name,
        "options": dict(found.options),
        "classes": found.model.net.classes,
        "tensors": len(found.model.state_dict()),
        "left_out": list(found.left_out),
        "table": [row.to_dict() for row in found.rows],
        "preprocessing": dict(prepared),
        "notes": list(notes),
    }
