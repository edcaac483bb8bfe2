"""What Pillow alone does not say of a file: forms that want another package, tags of wrong types.

HEIC is read by pillow-heif where that is installed; AVIF by Pillow where it was built with it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import BinaryIO

from PIL import ExifTags, Image, features

ORIENTATION = 0x0112
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF = (b"avif", b"avis")
HEAD = 64  # bytes in which a file says its brands


def refused_form(opened: str | os.PathLike[str] | BinaryIO) -> str | None:
    """Why Pillow does not know a file: a sentence for people; None where it is no such picture.

    Empty where Pillow reads it from now on, since a package was found that does.
    """
    head = _head(opened)
    if head[4:8] != b"ftyp":
        return None
    brands = {head[at : at + 4] for at in range(8, len(head), 4)}
    if brands & set(AVIF):
        if features.check("avif"):
            return None
        return "AVIF, which this Pillow was built without. Install another: pip install -U pillow"
    if not brands & set(HEIC):
        return None
    try:
        from pillow_heif import (  # type: ignore[import-not-found,unused-ignore]
            register_heif_opener,
        )
    except ImportError:
        return "HEIC, which pillow-heif reads. Install it: pip install pillow-heif"
    if "HEIF" in Image.OPEN:
        return None  # it is damaged
    register_heif_opener()
    return ""


def _head(opened: str | os.PathLike[str] | BinaryIO) -> bytes:
    """The first bytes of a file, or of an open one, which is left at its beginning."""
    if isinstance(opened, str | os.PathLike):
        with suppress(OSError), open(opened, "rb") as file:
            return file.read(HEAD)
        return b""
    opened.seek(0)
    head = opened.read(HEAD)
    opened.seek(0)
    return head


def wrong_tags(exif: Image.Exif) -> list[str]:
    """The names of EXIF tags whose values are not of the types that the tags have."""
    try:
        exif.tobytes()
    except Exception:  # of every kind, on values of any kind
        return [_name(tag) for tag in exif if not _written(tag, exif[tag])] or ["data"]
    return []


def _written(tag: int, value: object) -> bool:
    one = Image.Exif()
    one[tag] = value
    try:
        one.tobytes()
    except Exception:
        return False
    return True


def _name(tag: int) -> str:
    return ExifTags.TAGS.get(tag, f"tag {tag}")
