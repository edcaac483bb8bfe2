"""Opening picture files of any kind: orientation, transparency, 16 bits, and clear refusals."""

import errno
import functools
import io
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from papernets.data.quiet import Quiet
from papernets.data.room import ROOM, NoRoom
from papernets.data.tiff import quiet
from papernets.files import SPECIAL, unreadable

FORMATS = (
    "PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF", "HEIF",
    "ICO", "TGA", "PCX", "SGI",
)  # fmt: skip
"""What is opened: pictures made of pixels, and nothing that another program would have to draw."""
BAND = 1 << 20  # pixels of a picture of 16 bits that are brought to 8 at a time
LARGEST = 178_956_970  # pixels; Pillow's own limit, beyond which a small file is taken for a bomb


class Refused(ValueError):
    """What is no picture, found before it was opened; it names it."""


class Packed(ABC):
    """A picture inside another file: a row of a table, a record."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What people know it by: `train.parquet row 17`."""

    @abstractmethod
    def content(self) -> bytes | Image.Image:
        """The bytes of a picture file, or the picture; `Refused` where there are none."""


Source = str | os.PathLike[str] | Packed | Image.Image


_QUIET = Quiet(
    ("ignore", None, Warning, re.compile("PIL"), 0),
    ("ignore", None, Image.DecompressionBombWarning, None, 0),
)


@contextmanager
def pillow_rules() -> Iterator[None]:
    """Within it, Pillow neither prints warnings nor opens a picture far too large to be honest.

    Threads may enter it as they like.
    """
    with quiet(), _QUIET:
        yield


def load(source: Source, near: int = 0) -> Image.Image:
    """The picture in mode L, LA, RGB or RGBA, upright by its EXIF orientation; the first frame.

    near: a JPEG may be decoded at a half, quarter or eighth of its size while both its sides stay
    at least this long; 0 decodes it whole. ValueError names the file and why it cannot be read;
    FileNotFoundError and PermissionError are raised as they are.
    """
    if isinstance(source, Image.Image):
        return _upright(_of_pixels(source, "the picture"))
    with _readable(source) as opened, ROOM.held():
        if isinstance(opened, Image.Image):
            return _upright(_of_pixels(opened, shown(source)))
        with Image.open(opened, formats=_formats()) as image:
            if image.width * image.height > LARGEST:
                raise Image.DecompressionBombError
            if near:
                image.draft(None, (near, near))
            ROOM.take(image)
            return _upright(image)


def dimensions(source: Source) -> tuple[int, int]:
    """Height and width as the file's head says, without decoding it; errors as `load`."""
    if isinstance(source, Image.Image):
        return source.height, source.width
    with _readable(source) as opened:
        if isinstance(opened, Image.Image):
            return opened.height, opened.width
        with Image.open(opened, formats=_formats()) as image:
            return image.height, image.width


@contextmanager
def _readable(
    source: str | os.PathLike[str] | Packed,
) -> Iterator[str | os.PathLike[str] | BinaryIO | Image.Image]:
    """What Pillow opens; errors within are those that `load` promises."""
    name, empty = shown(source), False
    try:
        if isinstance(source, Packed):
            content = source.content()
            empty = content == b""
            yield io.BytesIO(content) if isinstance(content, bytes) else content
        else:
            if unreadable(source) == SPECIAL:
                raise Refused(f"{name}: {SPECIAL}")
            empty = os.path.isfile(source) and os.path.getsize(source) == 0
            yield source
    except Refused:
        raise
    except NoRoom as error:
        raise ValueError(f"{name}: {error}") from error
    except MemoryError as error:
        raise ValueError(f"{name}: there is not enough memory to read it") from error
    except Image.DecompressionBombError as error:
        raise ValueError(f"{name}: larger than {LARGEST:,} pixels, refused") from error
    except (FileNotFoundError, PermissionError):
        raise
    except IsADirectoryError as error:
        raise ValueError(f"{name}: a folder, not a picture") from error
    except UnidentifiedImageError as error:
        raise ValueError(f"{name}: {'an empty file' if empty else 'not a picture'}") from error
    except Exception as error:  # decoders raise errors of every kind on damaged files
        reason = str(error) or type(error).__name__
        if isinstance(error, OSError) and error.errno == errno.ELOOP:
            raise ValueError(f"{name}: a link that goes round") from error
        if "truncated" in reason or isinstance(error, EOFError):
            raise ValueError(f"{name}: cut short ({reason})") from error
        raise ValueError(f"{name}: damaged ({reason})") from error


@functools.cache
def _formats() -> tuple[str, ...]:
    """Those of FORMATS that this Pillow can read."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def load_photo(source: Source, channels: int, size: tuple[int, int]) -> Tensor:
    """The picture as uint8 (channels, h, w): scaled to cover the size, and its middle cut out.

    Transparency is laid over white. ValueError as `load`.
    """
    height, width = size
    image = over(load(source, near=2 * max(size)), 255)
    image = image.convert("L" if channels == 1 else "RGB")
    if image.size != (width, height):
        scale = max(width / image.width, height / image.height)
        w, h = width / scale, height / scale
        left, top = (image.width - w) / 2, (image.height - h) / 2
        box = (max(left, 0), max(top, 0), min(left + w, image.width), min(top + h, image.height))
        image = image.resize((width, height), Image.Resampling.BILINEAR, box=box)
    values = torch.from_numpy(np.array(image))
    return values[None] if values.ndim == 2 else values.permute(2, 0, 1).contiguous()


def over(image: Image.Image, ground: int) -> Image.Image:
    """A picture without transparency: its own colours over a ground of this grey."""
    if "A" not in image.getbands():
        return image
    mode = image.mode[:-1]
    sheet = Image.new(mode, image.size, ground if mode == "L" else (ground,) * 3)
    sheet.paste(image.convert(mode), mask=image.getchannel("A"))
    return sheet


def shown(path: str | os.PathLike[str] | Packed) -> str:
    """A path as text that can be printed, whatever bytes it has; the name of a packed picture."""
    if isinstance(path, Packed):
        return path.name
    return os.fsencode(path).decode("utf-8", "replace")


def _of_pixels(image: Image.Image, name: str) -> Image.Image:
    """A picture that somebody holds; `Refused` where it is empty."""
    if not image.width or not image.height:
        raise Refused(f"{name}: {image.width}x{image.height}, a picture without pixels")
    return image


def _upright(image: Image.Image) -> Image.Image:
    """The frame that is open, turned as its EXIF data says, in mode L, LA, RGB or RGBA."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        clear = "transparency" in image.info and image.mode in ("L", "RGB")
        return image.convert(image.mode + "A") if clear else image
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(np.asarray(image)))
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA", "La", "RGBa"):
        clear = "A" in image.mode or "a" in image.mode or "transparency" in image.info
        return image.convert("RGBA" if clear else "RGB")
    return image.convert("RGB")  # CMYK, YCbCr, LAB, HSV


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Grey values of 16 or 32 bits, or floats, as 8 bits.

    Integers of up to 16 bits are divided by 257. Anything wider, and floats outside 0..1 or 0..255,
    has no known white: the largest value becomes 255 and the smallest 0.
    """
    rows = max(1, BAND // max(values.shape[1], 1))  # in bands: wide values take eight bytes each
    bands = [values[at : at + rows] for at in range(0, len(values), rows)]
    ends = [(wide.min(), wide.max()) for wide in map(_wide, bands)]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    found = np.empty(values.shape, np.uint8)
    for at, band in enumerate(bands):
        wide = _wide(band)
        if values.dtype.kind == "f" and low >= 0 and high <= 1:
            wide = wide * 255
        elif values.dtype.kind == "f" and low >= 0 and high <= 255:
            pass
        elif low >= 0 and high <= 65535 and values.dtype.kind != "f":
            wide = wide / 257
        else:
            wide = (wide - low) * (255 / max(high - low, 1e-12))
        found[at * rows : at * rows + len(band)] = np.round(wide)
    return found


def _wide(values: np.ndarray) -> np.ndarray:
    return np.nan_to_num(values.astype(np.float64))
