"""The preprocessing of a bundle as functions of plain PyTorch and Pillow."""

from __future__ import annotations

from ...data import Preprocessing
from .calls import WIDTH
from .reading import reading

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


def preparing(eyes: Preprocessing) -> str:
    """The code of `stored`, of what that needs, and of `prepare`: a picture to (1, C, H, W)."""
    parts = reading(eyes)
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
    if eyes.kind != "photo" and eyes.channels > 1:
        lines.append(f"    x = x.expand({eyes.channels}, -1, -1)")
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
    count = max(len(low), len(high))
    lows, highs = (values * (count // len(values)) for values in (low, high))
    if all(abs(b - a - 255) <= SAME * 255 for a, b in zip(lows, highs, strict=True)):
        return [*_channels("mean", tuple(-a for a in lows), SAME * 255), "    x = x - mean"]
    spans = [b - a for a, b in zip(lows, highs, strict=True)]
    mean = tuple(-a / span for a, span in zip(lows, spans, strict=True))
    std = tuple(1 / span for span in spans)
    return [
        *_channels("mean", mean, SAME),
        *_channels("std", std, SAME * min(map(abs, std))),
        "    x = (x / 255 - mean) / std",
    ]


SAME = 5e-7
"""How far a mean may be rounded, of the range of the pixels: it is then written as it was meant."""


def _channels(name: str, values: tuple[float, ...], most: float) -> list[str]:
    """A number for each channel, with no more digits than they need; in lines."""
    texts = [_short(value, most) for value in values]
    single = f"    {name} = torch.tensor(({', '.join(texts)}))[:, None, None]"
    if len(single) <= WIDTH:
        return [single]
    lines, line = [f"    {name} = torch.tensor("], "        ("
    for text in texts:
        if len(line) + len(text) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = "         "
        line += f"{text}, "
    return [*lines, line.rstrip(", ") + ")", "    )[:, None, None]"]


def _short(value: float, most: float) -> str:
    """A number in the fewest digits that leave it where it is, but for so much."""
    return next(
        repr(short)
        for short in (*(float(f"{value:.{digits}g}") for digits in range(1, 17)), value)
        if abs(short - value) <= most
    )
