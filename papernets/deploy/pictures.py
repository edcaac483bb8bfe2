"""Pictures that an export is checked on, and calibrated by."""

from __future__ import annotations

from contextlib import suppress

from ..bundle.load import Bundle
from ..evaluate.known import Pictures
from ..evaluate.pictures import UnknownClasses, open_pictures
from ..words import plural
from .judge import drawn, some_of
from .material import Material

DRAWN = "drawn"
"""The word, in place of data, for pictures that are drawn."""
CALIBRATED = 512
"""How many pictures are enough to find the range of every value."""


def material(
    bundle: Bundle,
    data: str,
    own: str,
    data_dir: str,
    calibrate: str = "",
) -> Material:
    """Pictures to check a bundle's export on: of `data`, else some of its `own`, else drawn ones.

    Of `data` all of the test part. `calibrate` is data to calibrate by: some pictures that the
    network was trained on, where they are among them, since the test part is for the test.
    ValueError where data have other classes than the network, or another kind of picture.
    """
    by = None if not calibrate else _calibrating(bundle, calibrate, data_dir)
    if data and data != DRAWN:
        pictures = open_pictures(bundle, data, data_dir=data_dir or None)
        return Material(pictures, True, by, pictures.notes)
    if own and data != DRAWN:
        with suppress(ValueError, OSError):  # they are not at hand, or others by now
            pictures = open_pictures(bundle, own, data_dir=data_dir or None)
            return Material(some_of(pictures), True, by)
    drawn_ones = drawn(bundle)
    why = "" if data == DRAWN else f" ({own or 'its data'} not at hand)"
    note = (
        f"checked on {plural(len(drawn_ones), 'drawn picture')}{why}; --check DATA takes real ones"
    )
    return Material(drawn_ones, False, by, (note,))


def _calibrating(bundle: Bundle, name: str, data_dir: str) -> Pictures:
    """Some pictures of the data's training part; of all of them, where none is known as that."""
    place = data_dir or None
    try:
        pictures = open_pictures(bundle, name, part="train", data_dir=place)
    except UnknownClasses:
        raise
    except ValueError:  # pictures that the network has not seen, in a folder without parts
        pictures = open_pictures(bundle, name, part="all", data_dir=place)
    return some_of(pictures, CALIBRATED)
