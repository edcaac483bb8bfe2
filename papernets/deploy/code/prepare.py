"""The preprocessing of a bundle as functions of plain PyTorch and Pillow."""

from __future__ import annotations

from ...data import Preprocessing
from ...words import by
from .calls import number

TRIANGLE = '''def scaling(length, result, scale, edge):
    """The matrix (result, length) that scales one axis about its middle, with a triangle filter.

    edge: beyond its edge the picture goes on as it is there; otherwise 0 is there.
    """
    step = max(1.0, 1 / scale)
    beyond = 0 if edge else math.ceil(step)
    source = (torch.arange(result, dtype=torch.float64) - (result - 1) / 2) / scale
    place = torch.arange(-beyond, length + beyond, dtype=torch.float64) - (length - 1) / 2
    source = source.clamp(place[0], place[-1])
    weights = (1 - (source[:, None] - place).abs() / step).clamp_min(0)
    weights = weights / weights.sum(1, keepdim=True)
    return weights[:, beyond : beyond + length].float()'''

DIGIT = '''def stored(picture):
    """A picture of one digit as {size} grey pixels, light on dark, as MNIST stores them.

    One of that size is taken as it is. Of another the digit is cut out, scaled to 20 pixels, and
    put so that its centre of mass is in the middle. Its paper must be evenly lit.
    """
    grey = np.asarray(ImageOps.exif_transpose(picture).convert("L"), dtype=np.float32)
    if grey.shape == ({h}, {w}):
        return torch.from_numpy(grey)[None]
    if np.median(grey) > 127:  # dark ink on light paper
        grey = 255 - grey
    grey = (grey - grey.min()) / max(grey.max() - grey.min(), 1)
    ys, xs = np.nonzero(grey > 0.25)
    if not len(ys):
        raise ValueError("there is no ink on this picture")
    ink = Image.fromarray(grey[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])
    sides = [max(1, round(side * 20 / max(ink.size))) for side in ink.size]
    ink = np.asarray(ink.resize(sides, Image.Resampling.BOX))
    ys, xs = np.indices(ink.shape)
    top = round({h} / 2 - 0.5 - np.average(ys, weights=ink))
    left = round({w} / 2 - 0.5 - np.average(xs, weights=ink))
    top, left = max(0, min(top, {h} - ink.shape[0])), max(0, min(left, {w} - ink.shape[1]))
    result = torch.zeros(1, {h}, {w})
    result[0, top : top + ink.shape[0], left : left + ink.shape[1]] = torch.from_numpy(255 * ink)
    return result'''

GARMENT = '''def stored(picture):
    """A picture as {size} grey pixels, light on dark; one on a light ground is turned."""
    grey = ImageOps.exif_transpose(picture).convert("L")
    if grey.size == ({w}, {h}):
        return torch.from_numpy(np.asarray(grey, dtype=np.float32))[None]
    if np.median(np.asarray(grey)) > 127:
        grey = ImageOps.invert(grey)
    grey = ImageOps.pad(grey, ({w}, {h}), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(grey, dtype=np.float32))[None]'''

PHOTO = '''def stored(picture):
    """A photograph as {size} pixels of 0 to 255, ({channels}, {h}, {w}): its middle, scaled."""
    picture = ImageOps.exif_transpose(picture).convert("{mode}")
    picture = ImageOps.fit(picture, ({w}, {h}), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(picture, dtype=np.float32))
    return {turned}'''

KINDS = {"digit": DIGIT, "garment": GARMENT, "photo": PHOTO}


def preparing(eyes: Preprocessing) -> str:
    """The code of `stored`, of what that needs, and of `prepare`: a picture to (1, C, H, W)."""
    h, w = eyes.picture
    grey = eyes.channels == 1
    parts = [
        KINDS["photo" if eyes.channels == 3 else eyes.kind].format(
            size=by((h, w)),
            h=h,
            w=w,
            channels=eyes.channels,
            mode="L" if grey else "RGB",
            turned="values[None]" if grey else "values.permute(2, 0, 1)",
        )
    ]
    if eyes.placing().rows is not None:
        parts.insert(0, TRIANGLE)
    parts.append("\n".join(_prepare(eyes)))
    return "\n\n\n".join(parts)


def _prepare(eyes: Preprocessing) -> list[str]:
    mean = eyes.arrays is not None
    lines = [
        f"def prepare(picture{', weights' if mean else ''}):",
        '    """A Pillow picture, or an array (H, W, 3) of uint8, as the network sees it."""',
        "    if not isinstance(picture, Image.Image):",
        "        picture = Image.fromarray(np.asarray(picture))",
        "    x = stored(picture)",
        *(f"    {line}" for line in _placed(eyes)),
    ]
    if eyes.order == "bgr":
        lines.append("    x = x.flip(0)  # blue comes first")
    low = eyes.low if len(set(eyes.low)) > 1 else eyes.low[:1]
    high = eyes.high if len(set(eyes.high)) > 1 else eyes.high[:1]
    lines += _ranged(low, high)
    if eyes.gcn:
        lines += [
            "    x = x - x.mean()",
            f"    x = x / (x.norm() / {eyes.gcn:g}).clamp_min(1e-8)",
        ]
    if mean:
        lines.append('    x = x - weights["preprocessing.mean"]')
        if eyes.arrays is not None and eyes.arrays.matrix is not None:
            lines.append('    x = (x.flatten() @ weights["preprocessing.matrix"]).view(x.shape)')
    return [*lines, "    return x[None]"]


def _placed(eyes: Preprocessing) -> list[str]:
    place, (h, w) = eyes.placing(), eyes.picture
    if place.cut is not None:
        top, left, height, width = place.cut
        if (height, width) == (h, w):
            return []
        return [f"x = x[:, {top}:{top + height}, {left}:{left + width}]  # the middle"]
    if place.rows is None:
        return [f"x = nn.functional.pad(x, {place.pads})"] if any(place.pads) else []
    scale, edge = eyes.scale_and_edge()
    rows = f"scaling({h}, {eyes.height}, {scale!r}, {edge})"
    if (h, eyes.height) == (w, eyes.width):
        return [f"matrix = {rows}", "x = matrix @ x @ matrix.T"]
    columns = f"scaling({w}, {eyes.width}, {scale!r}, {edge})"
    return [f"x = {rows} @ x @ {columns}.T"]


def _ranged(low: tuple[float, ...], high: tuple[float, ...]) -> list[str]:
    """0 becomes `low` and 255 `high`: one number, or one a channel."""
    if len(low) == 1 and len(high) == 1:
        if (low[0], high[0]) == (0.0, 1.0):
            return ["    x = x / 255"]
        if (low[0], high[0]) == (0.0, 255.0):
            return []
        return [
            f"    low, high = {low[0]!r}, {high[0]!r}  # what 0 and 255 become",
            "    x = low + x * ((high - low) / 255)",
        ]
    return [
        f"    low = torch.tensor({number(low)})[:, None, None]  # what 0 becomes, of each channel",
        f"    high = torch.tensor({number(high)})[:, None, None]  # and 255",
        "    x = low + x * ((high - low) / 255)",
    ]
