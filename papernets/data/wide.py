"""Values of a picture of more than 8 bits each, or floats, as 8 bits."""

from __future__ import annotations

import numpy as np

BAND = 1 << 20  # pixels that are brought to 8 bits at a time


def finite(values: np.ndarray) -> tuple[np.ndarray, int]:
    """The values without infinite ones and NaN, and how many of these there were.

    An infinite one becomes the largest or the smallest of the others, NaN the smallest; where no
    value is finite, all are 0.
    """
    if values.dtype.kind != "f" or (good := np.isfinite(values)).all():
        return values, 0
    low, high = (values[good].min(), values[good].max()) if good.any() else (0, 0)
    found = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
    return found, int(values.size - good.sum())


def eight_bits(values: np.ndarray) -> np.ndarray:
    """Grey values of 16 or 32 bits, or floats, as 8 bits.

    Integers of up to 16 bits are divided by 257. Anything wider, and floats outside 0..1 or 0..255,
    has no known white: the largest value becomes 255 and the smallest 0.
    """
    rows = max(1, BAND // max(values.shape[1], 1))  # in bands: wide values take eight bytes each
    bands = [values[at : at + rows] for at in range(0, len(values), rows)]
    ends = [(float(band.min()), float(band.max())) for band in bands]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    found = np.empty(values.shape, np.uint8)
    for at, band in enumerate(bands):
        wide = band.astype(np.float64)
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
