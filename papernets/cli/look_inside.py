"""look KIND for what a trained network has learnt: asked for, worked out, drawn, printed."""

from __future__ import annotations

from collections.abc import Callable

from . import screen
from .flags import WrongUse, use
from .look_embedding import embedding_sheet
from .look_given import Looked, Wanted, check_class, looked
from .look_heat import ACROSS, cam_sheet, gradient_sheet
from .look_maps import features_sheet, field_sheet
from .look_occlusion import occlusion_sheet
from .look_sheet import FORMATS, Sheet
from .look_units import deconv_sheet, filters_sheet
from .output import chosen
from .waiting import sign_of_life, waiting


def _gradient(kind: str) -> Callable[[Looked, Wanted], Sheet]:
    return lambda looked, wanted: gradient_sheet(kind, looked, wanted)


INSIDE: dict[str, tuple[Callable[[Looked, Wanted], Sheet], int]] = {
    "filters": (filters_sheet, 1000),
    "features": (features_sheet, 1),
    "deconv": (deconv_sheet, 1000),
    "occlusion": (occlusion_sheet, 3),
    "saliency": (_gradient("saliency"), 6),
    "guided": (_gradient("guided"), 6),
    "smooth": (_gradient("smooth"), 6),
    "cam": (cam_sheet, 6),
    "field": (field_sheet, 32),
    "embedding": (embedding_sheet, 1000),
}
"""Each kind with what draws it, and how many pictures of a data set it takes by itself."""
OF_FILES = {"deconv": ACROSS}
"""How many of a folder's pictures, where not as many as of a set: each one is drawn."""


def look_inside(
    kind: str, wanted: Wanted, output: str, json: bool, device: str, threads: int, quiet: bool
) -> None:
    """Draw what a network has learnt into a file; with `json` the numbers go to stdout."""
    if not output and not json:
        what = " ".join(wanted.given) or "PICTURE"
        raise WrongUse(
            f"look draws into a file: papernets look {kind} {wanted.bundle} {what} -o {kind}.png. "
            "The numbers alone: --json"
        )
    if output == "-" and json:
        raise WrongUse("-o - and --json both write to stdout: give one of them")
    form = "png" if output == "-" else chosen({}, output, FORMATS) if output else ""
    draw, count = INSIDE[kind]
    screen.quiet(quiet)
    check_class(wanted)
    with waiting():
        with sign_of_life(f"{wanted.bundle} and its pictures are being loaded"):
            where = use(device, threads)
            given = looked(wanted, where, count, OF_FILES.get(kind, count))
        with sign_of_life(f"look {kind} is being computed"):
            sheet = draw(given, wanted)
    if output:
        with sign_of_life(f"{output} is being drawn"):
            sheet.written(form, output)
    if json:
        screen.print_json(sheet.data(kind, wanted.bundle, output))
    elif output != "-" and not quiet:
        screen.say(f"{output}: {sheet.title}")
