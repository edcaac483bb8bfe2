"""look: what a network, its training or a protocol makes of a picture, drawn; a file a kind."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..words import did_you_mean, either
from . import screen
from .flags import BatchSize, DataDir, Device, Json, Quiet, Threads, WrongUse
from .look_augment import Asked, look_augment
from .look_given import Wanted
from .look_inside import INSIDE, look_inside
from .look_protocol import look_protocol
from .look_sheet import FORMATS
from .output import Output, check_place
from .protocols import Crops, ProtocolName, Scales
from .waiting import sign_of_life

KINDS = (*INSIDE, "augment", "protocol")
BY_CLASS = ("saliency", "guided", "smooth", "cam", "occlusion")
BY_LAYER = ("filters", "features", "deconv", "cam", "occlusion", "field")
FLAGS: dict[str, tuple[object, tuple[str, ...]]] = {
    "recipe": ("", ("augment",)),
    "set": (None, ("augment",)),
    "number": (1, ("augment",)),
    "protocol": ("ten-crop", ("protocol",)),
    "scales": ("", ("protocol",)),
    "crops": (None, ("protocol",)),
    "seed": (None, ("augment", "smooth", "embedding")),
    "count": (None, ("augment", *INSIDE)),
    "data-dir": ("", ("augment", *INSIDE)),
    "class": ("", BY_CLASS),
    "layer": (None, BY_LAYER),
    "unit": (None, ("filters", "deconv", "occlusion")),
    "square": (None, ("occlusion",)),
    "stride": (None, ("occlusion",)),
    "samples": (None, ("smooth",)),
    "noise": (None, ("smooth",)),
    "method": ("", ("embedding", "cam")),
    "batch-size": (None, tuple(INSIDE)),
    "device": ("auto", tuple(INSIDE)),
    "threads": (0, tuple(INSIDE)),
    "json": (False, tuple(INSIDE)),
}
"""Each flag with what it is where it is not given, and the kinds that take it."""
MOST_DRAWS = 12
RUN_PICTURES = ("curves.png", "confusion.png", "mistakes.png", "seeds.png")
"""What training and evaluation draw in a run's folder."""
ONE_LAYER = ("cam", "occlusion")
METHODS = {"embedding": ("tsne", "pca"), "cam": ("cam", "grad-cam")}


def look(
    kind: Annotated[
        str,
        typer.Argument(
            help="filters, features, deconv, occlusion, saliency, guided, smooth, cam, field or "
            "embedding: what a network has learnt; augment: what training does to a picture; "
            "protocol: the parts shown."
        ),
    ],
    bundle: Annotated[
        str,
        typer.Argument(
            help="The folder of a bundle or a run, or a trained network's name; for augment and "
            "protocol any network's."
        ),
    ],
    pictures: Annotated[
        list[str] | None,
        typer.Argument(
            help="Pictures, or a data set's name or path; for protocol one picture. Only filters "
            "needs none: the first layer's are drawn.",
            show_default=False,
        ),
    ] = None,
    output: Output = "",
    class_: Annotated[
        str, typer.Option("--class", help="The class to look for. [what the network answers]")
    ] = "",
    layer: Annotated[
        list[str] | None,
        typer.Option("--layer", help="A layer, as explain names it; may be repeated."),
    ] = None,
    unit: Annotated[
        list[int] | None,
        typer.Option("--unit", help="A map of the layer, from 0; may be repeated."),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option("--count", help="How many pictures of a set; augment: how many draws.", min=1),
    ] = None,
    square: Annotated[
        int | None,
        typer.Option("--square", help="occlusion: side in pixels. [a fifth of the input]", min=1),
    ] = None,
    stride: Annotated[
        int | None,
        typer.Option("--stride", help="occlusion: step in pixels. [about 16 steps]", min=1),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", help="smooth: noisy copies of a picture. [50]", min=1)
    ] = None,
    noise: Annotated[
        float | None,
        typer.Option("--noise", help="smooth: deviation, of the picture's range. [0.15]", min=0),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", help="embedding: tsne or pca. [tsne] cam: cam or grad-cam.")
    ] = "",
    recipe: Annotated[
        str, typer.Option("--recipe", help="augment: a recipe of the network. [as train chooses]")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="augment: a setting, key=value or table.key=value."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="augment, smooth, embedding: the seed of the draws.", min=0),
    ] = None,
    number: Annotated[
        int, typer.Option("--number", help="augment: which training picture of a set.", min=1)
    ] = 1,
    data_dir: DataDir = "",
    protocol: ProtocolName = "ten-crop",
    scales: Scales = "",
    crops: Crops = None,
    batch_size: BatchSize = None,
    device: Device = "auto",
    threads: Threads = 0,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw what a network has learnt, or what it is shown.

    `filters`: the first layer in colour, deeper ones by the patches that drive them. `features`:
    every layer's maps. `deconv`: units projected down, as ZFNet's paper does. `occlusion`: what a
    sliding grey square costs. `saliency`, `guided`, `smooth`, `cam`: what speaks for a class.
    `field`: how much a layer sees, measured and computed. `embedding`: a set's features in the
    plane. `augment`: a recipe's, or a run's, augmentations. `protocol`: the boxes that evaluate
    --protocol shows. The file's suffix chooses the format: .png, .svg or .pdf, for what is learnt
    .html too.
    """
    if kind not in KINDS:
        hint = did_you_mean(kind, list(KINDS))
        raise WrongUse(f"unknown kind {kind!r}.{hint} Kinds: {', '.join(KINDS)}")
    given: dict[str, object] = {
        "recipe": recipe,
        "set": set_ or None,
        "seed": seed,
        "count": count,
        "number": number,
    }
    given |= {"data-dir": data_dir, "protocol": protocol, "scales": scales, "crops": crops}
    given |= {"class": class_, "layer": layer or None, "unit": unit or None, "square": square}
    given |= {"stride": stride, "samples": samples, "noise": noise, "method": method}
    given |= {"batch-size": batch_size, "device": device, "threads": threads, "json": json}
    _check_flags(kind, given)
    given_pictures = _pictures(kind, bundle, pictures or [])
    check_place(output, *_kept(bundle, output), *given_pictures)
    if kind in INSIDE:
        own = tuple(
            (name, given[name])
            for name in ("square", "stride", "samples", "noise", "method")
            if given[name] not in (None, "")
        )
        if kind in ONE_LAYER and len(layer or ()) + len(unit or ()) > 2 - (not layer or not unit):
            raise WrongUse(f"look {kind} takes one --layer and one --unit")
        wanted = Wanted(
            bundle,
            given_pictures,
            class_,
            tuple(layer or ()),
            tuple(unit or ()),
            count,
            batch_size,
            seed or 0,
            data_dir,
            own,
        )
        look_inside(kind, wanted, output, json, device, threads, quiet)
        return
    if len(given_pictures) > 1:
        raise WrongUse(f"look {kind} takes one picture, and {len(given_pictures)} are given")
    picture = given_pictures[0]
    if kind == "augment" and (count or 0) > MOST_DRAWS:
        raise WrongUse(f"--count {count}: look augment draws {MOST_DRAWS} at most")
    screen.quiet(quiet)
    with sign_of_life(f"{bundle} and {picture} are being loaded and drawn"):
        if kind == "augment":
            flags = {"recipe": recipe, "seed": seed, "data_dir": data_dir}
            asked = Asked(bundle, picture, flags, set_ or [], count or 6, number)
            said = look_augment(asked, output)
        else:
            said = look_protocol(bundle, picture, output, protocol, scales, crops)
    if output != "-" and not quiet:
        screen.say(said)


def _kept(bundle: str, output: str) -> tuple[str, ...]:
    """A bundle's folder, in which nothing is written over, but a picture that look drew there."""
    place = Path(output)
    own = place.suffix.lower() in FORMATS and place.name not in RUN_PICTURES
    return () if own and _same(place.parent, bundle) else (bundle,)


def _same(folder: Path, other: str) -> bool:
    return os.path.isdir(other) and os.path.isdir(folder) and os.path.samefile(folder, other)


def _pictures(kind: str, bundle: str, pictures: Sequence[str]) -> tuple[str, ...]:
    """The pictures that are given; wrong use where a kind needs some and there are none."""
    if not pictures and kind != "filters":
        raise WrongUse(
            f"look {kind} needs pictures: their files, a folder, or a data set's name, cifar10 or "
            f"digits, say: papernets look {kind} {bundle} digits -o {kind}.png"
        )
    return tuple(pictures)


def _check_flags(kind: str, given: Mapping[str, object]) -> None:
    """Wrong use where a flag is given that the kind would not hear."""
    for flag, (unset, kinds) in FLAGS.items():
        if kind not in kinds and given[flag] != unset:
            which = kinds[0] if len(kinds) == 1 else either(kinds)
            raise WrongUse(f"--{flag} is for papernets look {which}")
    known = METHODS.get(kind, ())
    if known and given["method"] not in ("", *known):
        raise WrongUse(f"--method {given['method']}: look {kind} takes {either(known)}")
