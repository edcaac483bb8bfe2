"""The code that reads a picture as Papernets does: from what Pillow opened to the stored form."""

from __future__ import annotations

from ...data import Preprocessing
from ...words import by

WORKING = 640
"""Pixels of the side at which a picture of a digit or a garment is looked at."""

UPRIGHT = '''def upright(picture{asked}):
    """A picture in colour of 8 bits a value, upright by its EXIF data, over white where clear.
{told}    """
{draft}    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits
        values = np.asarray(picture) / 257
        picture = Image.fromarray(values.round().clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear)
    return picture.convert("RGB")'''
DRAFTED = """
    A JPEG that is still to be decoded is so at a half, a quarter or an eighth of its size, while
    both its sides stay `side` pixels or more.
"""

SQUARE = '''def stored(picture):
    """A photograph as {size} pixels of 0 to 255, ({channels}, {h}, {w}): its middle, scaled."""
    picture = {upright}
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2  # whole pixels
    picture = picture.crop((left, top, left + side, top + side))
{alone}'''

OBLONG = '''def stored(picture):
    """A photograph as {size} pixels of 0 to 255, ({channels}, {h}, {w}): its middle, scaled."""
    picture = {upright}
    columns = min(picture.width, picture.height * {w} / {h})
    rows = min(picture.height, picture.width * {h} / {w})
    left, top = (picture.width - columns) / 2, (picture.height - rows) / 2
    box = (left, top, left + columns, top + rows)
    if columns % 1 or rows % 1:  # parts of pixels, which Pillow takes
        picture = picture.resize(({w}, {h}), Image.Resampling.BILINEAR, box)
        values = torch.from_numpy(np.array(picture))
        return {turned}.float()
    left, top = int(left), int(top)
    picture = picture.crop((left, top, left + int(columns), top + int(rows)))
{alone}'''

ALONE = """    values = torch.from_numpy(np.array(picture))
    x = {turned}[None]  # Pillow's own scaling is up to a level off
    return nn.functional.interpolate(x, ({h}, {w}), mode="bilinear", antialias=True)[0].float()"""
HIGH = """    values = torch.from_numpy(np.array(picture))
    x = {turned}[None]
    if x.shape[2] > {h}:  # the rows first, as Pillow does where they shrink by far more
        x = nn.functional.interpolate(x.mT, ({w}, {h}), mode="bilinear", antialias=True).mT
    else:
        x = nn.functional.interpolate(x, ({h}, {w}), mode="bilinear", antialias=True)
    return x[0].float()"""
THIN = """    picture = picture.resize(({w}, {h}), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(picture))
    return {turned}.float()"""

INK = '''def ink_of(picture):
    """How far each pixel is from the paper, and the same from 0, paper, to 1, ink; in ink's box.

    The paper is taken to be evenly lit and clean. What is ink, Otsu's threshold (1979) says.
    """
    if max(picture.size) > {working}:
        factor = {working} / max(picture.size)
        picture = picture.resize(
            [max(1, round(side * factor)) for side in picture.size], Image.Resampling.BILINEAR
        )
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    rim = max(1, min(grey.shape) // 20)
    frame = np.ones(grey.shape, bool)
    frame[rim:-rim, rim:-rim] = False
    depth = grey - np.median(grey[frame])
    depth = np.maximum(-depth if (depth**3).sum() < 0 else depth, 0)
    if depth.max() < 12:
        raise ValueError("there is no ink on this picture")
    counts, edges = np.histogram(depth, 256, (0, depth.max()))
    below, total = counts.cumsum(), (counts * (edges[:-1] + edges[1:]) / 2).cumsum()
    below, above = below[:-1], below[-1] - below[:-1]
    apart = below * above * (total[:-1] / below - (total[-1] - total[:-1]) / above) ** 2
    level = np.median(depth[depth > edges[1 + apart.argmax()]])
    strokes = np.clip((depth / level - 0.2) / 0.7, 0, 1)
    cell = max(1, min(grey.shape) // 48)  # what is faint, and no nearer to ink, is the paper's
    near = nn.functional.max_pool2d(
        torch.from_numpy(strokes > 0.5).float()[None], cell, ceil_mode=True
    )
    near = nn.functional.max_pool2d(near, 3, 1, 1)[0].numpy().repeat(cell, 0).repeat(cell, 1)
    strokes = strokes * near[: grey.shape[0], : grey.shape[1]]
    ys, xs = np.nonzero(strokes > 0.5)
    box = slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1)
    return depth[box], strokes[box]


def scaled(values, height, width):
    """Values as large as fits into a size, their aspect kept; the largest becomes 1."""
    scale = min(height / values.shape[0], width / values.shape[1])
    rows, columns = (max(1, round(side * scale)) for side in values.shape)
    picture = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    small = np.asarray(picture.resize((columns, rows), Image.Resampling.BILINEAR))
    return small / max(small.max(), 1e-6)'''

DIGIT = '''def thickened(strokes):
    """The same, thickened where its lines would be thinner than MNIST's once it is scaled."""
    scale = {box} / max(strokes.shape)
    mask = torch.from_numpy(strokes > 0.5).float()[None]
    inside = -nn.functional.max_pool2d(-nn.functional.pad(mask, (1, 1, 1, 1)), 3, 1)
    width = 2 * mask.sum().item() / max((mask.sum() - inside.sum()).item(), 1)
    grow = round((2.2 / scale - width) / 2)
    if width * scale >= 1.6 or grow < 1:
        return strokes
    wide = torch.from_numpy(np.pad(strokes, grow))[None]
    return nn.functional.max_pool2d(wide, 2 * grow + 1, 1, grow)[0].numpy()


def stored(picture):
    """A picture of one digit as {size} grey pixels, light on dark, as MNIST stores them.

    One of that size is taken as it is, or turned where its edge is light. Of another the ink is cut
    out, scaled to {box} pixels, and put so that its centre of mass is in the middle.
    """
    picture = {upright}
    if picture.size == ({w}, {h}):
        grey = np.array(picture.convert("L"), dtype=np.float32)
        edge = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
        return torch.from_numpy(255 - grey if np.median(edge) > 127 else grey)[None]
    small = scaled(thickened(ink_of(picture)[1]), {box}, {wide})
    y, x = (np.average(np.indices(small.shape)[axis], weights=small) for axis in (0, 1))
    top = min(max(round({h} / 2 - y), 0), {h} - small.shape[0])
    left = min(max(round({w} / 2 - x), 0), {w} - small.shape[1])
    result = torch.zeros(1, {h}, {w})
    result[0, top : top + small.shape[0], left : left + small.shape[1]] = torch.from_numpy(small)
    return (255 * result).round()'''

GARMENT = '''def stored(picture):
    """A picture of a garment as {size} grey pixels, light on dark, as Fashion-MNIST stores them.

    One of that size is taken as it is. Of another the garment is cut out and scaled to fill it.
    """
    picture = {upright}
    if picture.size == ({w}, {h}):
        return torch.from_numpy(np.array(picture.convert("L"), dtype=np.float32))[None]
    small = scaled(ink_of(picture)[0], {h}, {w})
    top, left = ({h} - small.shape[0]) // 2, ({w} - small.shape[1]) // 2
    result = torch.zeros(1, {h}, {w})
    result[0, top : top + small.shape[0], left : left + small.shape[1]] = torch.from_numpy(small)
    return (255 * result).round()'''


def reading(eyes: Preprocessing) -> list[str]:
    """The functions that make what Pillow opened a stored picture (C, h, w) of 0 to 255."""
    h, w = eyes.picture
    photo, grey = eyes.kind == "photo", eyes.channels == 1
    side = (0 if eyes.exact else 2 * max(h, w)) if photo else WORKING
    upright = f"upright(picture, {side})" if side else "upright(picture)"
    first = UPRIGHT.format(
        asked=", side" if side else "",
        told=DRAFTED if side else "",
        draft="    picture.draft(None, (side, side))\n" if side else "",
    )
    if not side:  # a docstring of one line
        first = first.replace('clear.\n    """', 'clear."""')
    form = {"digit": DIGIT, "garment": GARMENT, "photo": SQUARE if h == w else OBLONG}[eyes.kind]
    turned = "values[None]" if grey else "values.permute(2, 0, 1)"
    alone = THIN if min(h, w) == 1 else HIGH if h > 2 * w else ALONE  # as data/resample.py does
    told = form.format(
        size=by((h, w)),
        h=h,
        w=w,
        channels=eyes.channels,
        upright=f'{upright}.convert("L")' if photo and grey else upright,
        turned=turned,
        alone=alone.format(h=h, w=w, turned=turned),
        box=round(20 / 28 * h),
        wide=round(20 / 28 * w),
    )
    return [first, told] if photo else [first, INK.format(working=WORKING), told]
