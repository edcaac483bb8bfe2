"""What tests of drawings share: logs, matrices and pictures to draw, and what is in a drawing."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from papernets.draw import canvas


def log(*errors: float, rate: float = 0.01) -> list[dict[str, Any]]:
    return [
        {
            "epoch": epoch,
            "train_loss": 0.5 + error,
            "val_loss": 0.6 + error,
            "val_error": error,
            "learning_rate": rate,
            "seconds": 2.0,
            "images": 1000,
            "images_per_second": 500.0,
        }
        for epoch, error in enumerate(errors, 1)
    ]


def find(figure: Any, gid: str) -> Any:
    found = figure.findobj(lambda artist: artist.get_gid() == gid)
    return found[0] if found else None


def texts(figure: Any) -> list[str]:
    canvas.png(figure)
    found = figure.findobj(lambda artist: hasattr(artist, "get_text"))
    return [text.get_text() for text in found if text.get_visible() and text.get_text()]


def inside(figure: Any) -> None:
    """No text leaves the figure."""
    with canvas.style():
        figure.canvas.draw()
        width, height = figure.bbox.size
        undrawn = set()  # matplotlib keeps ticks beyond the limits, but does not draw them
        for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
            low, high = sorted(axis.get_view_interval())
            beyond = [t for t in axis.get_major_ticks() if not low <= t.get_loc() <= high]
            undrawn |= {label for tick in beyond for label in (tick.label1, tick.label2)}
        for text in figure.findobj(lambda artist: hasattr(artist, "get_text")):
            if text.get_visible() and text.get_text() and text not in undrawn:
                box = text.get_window_extent()
                name = text.get_text()
                assert box.x0 >= -1 and box.x1 <= width + 1, f"{name!r} is cut: {box}"
                assert box.y0 >= -1 and box.y1 <= height + 1, f"{name!r} is cut: {box}"


def size(figure: Any) -> tuple[int, int]:
    with Image.open(io.BytesIO(canvas.png(figure))) as picture:
        picture.load()
        assert picture.format == "PNG"
        return picture.size


def matrix(n: int, pictures: int = 40) -> np.ndarray:
    random = np.random.default_rng(n)
    counts = np.diag(np.full(n, pictures))
    np.add.at(counts, (random.integers(0, n, 3 * n), random.integers(0, n, 3 * n)), 1)
    return counts


def pictures(n: int, channels: int = 1, height: int = 28, width: int = 28) -> np.ndarray:
    shape = (n, channels, height, width)
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
