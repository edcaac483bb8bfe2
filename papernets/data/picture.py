"""Opening picture files of any kind: orientation, transparency, 16 bits, and clear refusals."""

import errno
import io
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from papernets.data.coded import ORIENTATION, refused_form, wrong_tags
from papernets.data.jpeg import decoded, head_of, plain
from papernets.data.quiet import Quiet
from papernets.data.room import ROOM, NoRoom
from papernets.data.tiff import quiet
from papernets.data.wide import eight_bits, finite
from papernets.files import FOLDER, SPECIAL, unreadable
from papernets.spent import part
from papernets.words import plural

FORMATS = (
    "PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF", "HEIF",
    "ICO", "TGA", "PCX", "SGI",
)  # fmt: skip
"""What is opened: pictures made of pixels, and nothing that another program would have to draw."""
MOST_FILE = 1 << 31  # bytes of a picture's file: 12 for each pixel of the largest
LARGEST = 178_956_970  # pixels; Pillow's own limit, beyond which a small file is taken for a bomb


STRETCHED = 8  # times: a picture that is enlarged more is noted
DARK = 1 << 14  # a picture of 16 bits without a larger value becomes nearly black
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright whose EXIF orientation is this."""


ESCAPE = re.compile(rb"\\(?=x[0-9a-f]{2})")
"""What looks like a byte that is written out."""


class Remark(NamedTuple):
    """What a reader should know of a picture that was read: of what kind, and in detail."""

    kind: str
    detail: str


TAG, RANGE, TINY, LARGE, ENDLESS = "tag", "range", "tiny", "stretched", "endless"


class Refused(ValueError):
    """What is no picture, found before it was opened; it names it."""


class Packed(ABC):
    """A picture inside another file: a row of a table, a record.

    encoded: its content are the bytes of a picture file.
    """

    encoded = True

    @property
    @abstractmethod
    def name(self) -> str:
        """What people know it by: `train.parquet row 17`."""

    @abstractmethod
    def content(self) -> bytes | Image.Image:
        """The bytes of a picture file, or the picture; `Refused` where there are none."""


Source = str | os.PathLike[str] | Packed | Image.Image
Opened = str | os.PathLike[str] | io.BytesIO


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


def load(source: Source, near: int = 0, remarks: list[Remark] | None = None) -> Image.Image:
    """The picture in mode L, LA, RGB or RGBA, upright by its EXIF orientation; the first frame.

    near: a JPEG may be decoded at a half, quarter or eighth of its size while both its sides stay
    at least this long; 0 decodes it whole. remarks: takes what a reader should know. ValueError
    names the file and why it cannot be read; FileNotFoundError and PermissionError are raised as
    they are.
    """
    found = pixels(source, near, remarks)
    return found if isinstance(found, Image.Image) else Image.fromarray(found)


def pixels(
    source: Source, near: int = 0, remarks: list[Remark] | None = None
) -> Image.Image | NDArray[np.uint8]:
    """As `load`; a plain JPEG as an array, (h, w) where it is grey, or (h, w, 3)."""
    said: list[Remark] = [] if remarks is None else remarks
    if isinstance(source, Image.Image):
        return _upright(_of_pixels(source, "the picture"), said)
    with _readable(source) as opened, ROOM.held():
        if isinstance(opened, Image.Image):
            return _upright(_of_pixels(opened, shown(source)), said)
        quick = _plain(opened, near)
        if quick is not None:
            return quick
        with _open(opened, source) as image:
            if image.width * image.height > LARGEST:
                raise Image.DecompressionBombError
            if near:
                image.draft(None, (near, near))
            ROOM.take(image)
            return _upright(image, said)


def _plain(opened: Opened, near: int) -> NDArray[np.uint8] | None:
    """The pixels of a plain JPEG; None of anything else."""
    with part("reading"):
        content = opened.getvalue() if isinstance(opened, io.BytesIO) else plain(opened)
    head = head_of(content)
    if head is None or head.width * head.height > LARGEST:
        return None
    ROOM.take(head.near(near))
    return decoded(content, head, near)


def dimensions(source: Source) -> tuple[int, int]:
    """Height and width as the file's head says, without decoding it; errors as `load`."""
    if isinstance(source, Image.Image):
        return source.height, source.width
    with _readable(source) as opened:
        if isinstance(opened, Image.Image):
            return opened.height, opened.width
        with _open(opened, source) as image:
            return image.height, image.width


def _open(opened: Opened, source: str | os.PathLike[str] | Packed) -> Image.Image:
    """As Pillow opens it; `Refused` for a known form of pictures that wants another package."""
    try:
        return Image.open(opened, formats=_formats())
    except UnidentifiedImageError:
        why = refused_form(opened)
        if why is None:
            raise
        if why:
            raise Refused(f"{shown(source)}: {why}") from None
        return Image.open(opened, formats=_formats())


@contextmanager
def _readable(
    source: str | os.PathLike[str] | Packed,
) -> Iterator[Opened | Image.Image]:
    """What Pillow opens; errors within are those that `load` promises."""
    name, empty = shown(source), False
    try:
        if isinstance(source, Packed):
            content = source.content()
            empty = content == b""
            yield io.BytesIO(content) if isinstance(content, bytes) else content
        else:
            what = unreadable(source, MOST_FILE)
            if what == SPECIAL:
                raise Refused(f"{name}: {SPECIAL}")
            if what not in ("", FOLDER):
                raise Refused(f"{name}: {what}, more than the {MOST_FILE:,} that are read")
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


def _formats() -> tuple[str, ...]:
    """Those of FORMATS that this Pillow can read: a package may add one at any time."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def size_remarks(image: Image.Image, size: tuple[int, int]) -> list[Remark]:
    """What should be known of a picture that is too small for the size at which it is stored."""
    if image.size == (1, 1):
        return [Remark(TINY, "")]
    scale = max(size[1] / image.width, size[0] / image.height)
    if scale > STRETCHED:
        return [Remark(LARGE, f"{image.height}x{image.width} for {size[0]}x{size[1]}")]
    return []


def over(image: Image.Image, ground: int) -> Image.Image:
    """A picture without transparency: its own colours over a ground of this grey."""
    if "A" not in image.getbands():
        return image
    mode = image.mode[:-1]
    sheet = Image.new(mode, image.size, ground if mode == "L" else (ground,) * 3)
    sheet.paste(image.convert(mode), mask=image.getchannel("A"))
    return sheet


def shown(path: str | os.PathLike[str] | Packed) -> str:
    """A path as text, whatever bytes it has; the name of a packed picture.

    A byte that is not UTF-8 is written as `\\xff`, and so is the backslash of what would look like
    one, `\\x5c`: different paths stay different, and the bytes can be found again.
    """
    if isinstance(path, Packed):
        return path.name
    told = ESCAPE.sub(rb"\\x5c", os.fsencode(path))
    return told.decode("utf-8", "backslashreplace")


def _of_pixels(image: Image.Image, name: str) -> Image.Image:
    """A picture that somebody holds; `Refused` where it is empty."""
    if not image.width or not image.height:
        raise Refused(f"{name}: {image.width}x{image.height}, a picture without pixels")
    return image


def _upright(image: Image.Image, said: list[Remark]) -> Image.Image:
    """The frame that is open, turned as its EXIF data says, in mode L, LA, RGB or RGBA."""
    image.load()  # a picture that is damaged says so here, not in its EXIF data
    image = _turned(image, said)
    clear = image.info.get("transparency")
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        if clear is None or image.mode in ("LA", "RGBA"):
            return image
        if isinstance(clear, tuple) and max(clear) > 255:  # of 16 bits, of which 8 were decoded
            image.info["transparency"] = tuple(value >> 8 for value in clear)
        return image.convert(image.mode + "A")
    if image.mode.startswith(("I", "F")):
        return _from_wide(image, clear, said)
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "PA", "La", "RGBa"):
        alpha = "A" in image.mode or "a" in image.mode or clear is not None
        return image.convert("RGBA" if alpha else "RGB")
    return image.convert("RGB")  # CMYK, YCbCr, LAB, HSV


def _turned(image: Image.Image, said: list[Remark]) -> Image.Image:
    """The picture turned as its EXIF data says; data that cannot be read are noted, not obeyed."""
    try:
        exif = image.getexif()
        turn = TURNS.get(exif.get(ORIENTATION, 1))
    except Exception as error:  # of every kind, on data of any kind
        said.append(Remark(TAG, f"EXIF data: {str(error) or type(error).__name__}"))
        return image
    if turn is None:
        return image
    said += [Remark(TAG, f"EXIF {name}") for name in wrong_tags(exif)]
    return image.transpose(turn)


def _from_wide(image: Image.Image, clear: object, said: list[Remark]) -> Image.Image:
    """A picture of more than 8 bits a value in 8, with one value that is transparent, or none."""
    values, count = finite(np.asarray(image))
    if count:
        said.append(Remark(ENDLESS, f"{count:,} of {plural(values.size, 'value')}"))
    whole, high = values.dtype.kind != "f", values.max()
    if whole and 0 < high < DARK and values.min() >= 0:
        said.append(Remark(RANGE, f"values from {values.min()} to {high} of 65535"))
    found = Image.fromarray(eight_bits(values))
    if isinstance(clear, int):
        found.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    return found
