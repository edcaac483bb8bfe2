"""Code on a model card that makes a picture's file what a graph takes, without Papernets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..data import Preprocessing
from ..words import by
from .code.prepare import preparing
from .code.reading import reading

STORED = """def stored(picture):
    side = 2 * max(height, width)
    picture.draft(None, (side, side))  # a large JPEG is decoded at a half, or less
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # grey, of 16 bits
        values = (np.asarray(picture) / 257).round().clip(0, 255)
        picture = Image.fromarray(values.astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear)
    picture = picture.convert("RGB")
    columns = min(picture.width, picture.height * width / height)
    rows = min(picture.height, picture.width * height / width)
    left, top = (picture.width - columns) / 2, (picture.height - rows) / 2
    box = (left, top, left + columns, top + rows)
    if columns % 1 == rows % 1 == 0:  # whole pixels: they are cut out, and scaled alone
        left, top = int(left), int(top)
        picture, box = picture.crop((left, top, left + int(columns), top + int(rows))), None
    picture = picture.resize((width, height), Image.Resampling.BILINEAR, box)
    return np.array(picture).transpose(2, 0, 1)
"""
"""A photograph to its stored picture, by Pillow alone; docs/export.md has the same lines."""
WHOLE = """    side = 2 * max(height, width)
    picture.draft(None, (side, side))  # a large JPEG is decoded at a half, or less
"""
SCALING = '''def scaling(length, result, scale, edge):
    """The matrix (result, length) that scales one axis about its middle, by a triangle filter."""
    step = max(1.0, 1 / scale)
    beyond = 0 if edge else math.ceil(step)
    source = (np.arange(result) - (result - 1) / 2) / scale
    place = np.arange(-beyond, length + beyond) - (length - 1) / 2
    source = source.clip(place[0], place[-1])
    weights = (1 - np.abs(source[:, None] - place) / step).clip(0)
    weights = weights / weights.sum(1, keepdims=True)
    return weights[:, beyond : beyond + length].astype(np.float32)
'''


@dataclass(frozen=True)
class Lines:
    """Code in parts: names to import, functions, and what makes `pictures`, a batch of one."""

    imports: tuple[str, ...]
    functions: str
    made: str


def by_pillow(eyes: Preprocessing, prepares: bool) -> Lines | None:
    """Code of numpy and Pillow; None where the file lacks what pictures are prepared with.

    `prepares` where the graph takes stored pictures, and prepares them itself.
    """
    if eyes.arrays is not None and not prepares:
        return None
    functions, names = "", "Image"
    if eyes.kind == "photo":
        height, width = eyes.picture
        names, functions = "Image, ImageOps", f"height, width = {height}, {width}\n\n\n{STORED}"
        if eyes.exact:
            functions = functions.replace(WHOLE, "")
        if eyes.channels == 1:
            functions = functions.replace('convert("RGB")\n    col', 'convert("L")\n    col')
            functions = functions.replace('picture = picture.convert("L")', GREY)
            functions = functions.replace(".transpose(2, 0, 1)", "[None]")
    steps = [] if prepares else [*_steps(eyes)]
    imports = [f"from PIL import {names}"]
    if any("scaling(" in step for step in steps):
        imports.insert(0, "import math")
        functions = f"{SCALING}\n\n{functions}"
    made = [_opened(eyes), *steps, "pictures = x[None]"]
    return Lines(tuple(imports), functions, "\n".join(made) + "\n")


GREY = 'picture = picture.convert("RGB").convert("L")'


def by_torch(eyes: Preprocessing, prepares: bool) -> Lines | None:
    """As `by_pillow`, where torch is at hand: the very pixels that `predict` reads."""
    if eyes.kind != "photo" or (eyes.arrays is not None and not prepares):
        lines = by_pillow(eyes, prepares)
        if lines is None:
            return None
        made = lines.made.replace("x[None]", "torch.from_numpy(x[None].copy())")
        return Lines(("import numpy as np", *lines.imports), lines.functions, made)
    functions = "\n\n\n".join(reading(eyes)) if prepares else preparing(eyes)
    call = "stored(picture)[None].to(torch.uint8)" if prepares else "prepare(picture)"
    imports = ["import numpy as np", "from PIL import Image, ImageOps", "from torch import nn"]
    if "math." in functions:
        imports.insert(0, "import math")
    made = f'with Image.open("picture.jpg") as picture:\n    pictures = {call}\n'
    return Lines(tuple(imports), f"{functions}\n", made)


def _opened(eyes: Preprocessing) -> str:
    if eyes.kind == "photo":
        return 'with Image.open("picture.jpg") as picture:\n    x = stored(picture)'
    return (
        f"# Of {by(eyes.picture)}, light on dark; the steps below say what is done with others.\n"
        'with Image.open("picture.png") as picture:\n    x = np.array(picture.convert("L"))[None]'
    )


def _steps(eyes: Preprocessing) -> Iterator[str]:
    """A stored picture `x` to what the network sees, a line a step, as `Prepared` computes it."""
    place, (h, w) = eyes.placing(), eyes.picture
    yield "x = x.astype(np.float32)"
    if place.cut is not None and place.cut[2:] != (h, w):
        top, left, height, width = place.cut
        yield f"x = x[:, {top}:{top + height}, {left}:{left + width}]  # the middle"
    elif place.rows is not None:
        scale, edge = eyes.scale_and_edge()
        yield f"x = scaling({h}, {eyes.height}, {scale!r}, {edge}) @ x"
        yield f"x = x @ scaling({w}, {eyes.width}, {scale!r}, {edge}).T"
    elif any(place.pads):
        left, right, top, bottom = place.pads
        yield f"x = np.pad(x, ((0, 0), ({top}, {bottom}), ({left}, {right})))"
    if eyes.kind != "photo" and eyes.channels > 1:
        yield f"x = np.repeat(x, {eyes.channels}, 0)"
    if eyes.order == "bgr":
        yield "x = x[::-1]  # blue comes first"
    yield f"low = {_numbers(eyes.low)}  # what 0 becomes"
    yield f"high = {_numbers(eyes.high)}  # what 255 becomes"
    yield "x = low + x * ((high - low) / 255)"
    if eyes.gcn:
        yield "x = x - x.mean()"
        yield f"x = x / max(np.linalg.norm(x) / {eyes.gcn:g}, 1e-8)"


def _numbers(values: tuple[float, ...]) -> str:
    if len(set(values)) == 1:
        return f"{values[0]:.9g}"
    return f"np.float32([{', '.join(f'{value:.9g}' for value in values)}])[:, None, None]"
