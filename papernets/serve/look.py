"""What the page shows of a picture: as the network sees it, and where it sees a class."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from ..data import Preprocessing
from .limits import Limits
from .models import Looker

HOT = (255, 90, 0)
MOST = 200  # of 255: the picture is seen through the hottest place
LEAST_SIDE = 96  # pixels: a small picture is enlarged for the screen, pixel by pixel


def looked(looker: Looker, picture: bytes, label: str | None, limits: Limits) -> dict[str, Any]:
    """The class map of a picture file over what the network sees of it, as PNGs for a page.

    `label` None asks for the answer's. `layer` and `method` say how the map was made.
    """
    model = looker.served
    stored = model.read(picture, limits)
    found = looker.map(model.seen(stored), label)
    return {
        "model": model.name,
        "label": found.classes[0],
        "method": found.method,
        "layer": found.layer,
        "seen": _png(_enlarged(_shown(model.asked.eyes, stored))),
        "heat": _png(_enlarged(_heat(found.heat[0]))),
    }


def _shown(eyes: Preprocessing, stored: Tensor) -> NDArray[np.uint8]:
    """What the network sees, in the picture's own colours, (H, W) or (H, W, 3)."""
    plain = replace(eyes, low=(0.0,), high=(255.0,), order="rgb", gcn=0.0, arrays=None)
    seen = plain(stored).round().clamp(0, 255).byte().numpy()[0]
    return seen[0] if len(seen) == 1 else np.ascontiguousarray(seen.transpose(1, 2, 0))


def _heat(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A map of 0 and above as a veil (H, W, 4), thicker where it is larger.

    By the square: what is half as large as the most hides a quarter as much. The page's legend has
    the same curve.
    """
    top = float(values.max())
    veil = np.zeros((*values.shape, 4), np.uint8)
    veil[..., :3] = HOT
    if top > 0:
        veil[..., 3] = (MOST * (values / top) ** 2).round().astype(np.uint8)
    return veil


def _enlarged(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    times = -(-LEAST_SIDE // min(picture.shape[:2]))
    return picture.repeat(times, 0).repeat(times, 1)


def _png(picture: NDArray[np.uint8]) -> str:
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(held.getvalue()).decode()
