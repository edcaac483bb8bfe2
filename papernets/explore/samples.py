"""Two photographs to begin with in the room of pictures: small copies of scikit-learn's samples."""

from __future__ import annotations

import base64
import io

from PIL import Image

SIDE = 128
"""Pixels of the longer side: several times what the package's own network sees."""
QUALITY = 82
"""Of the JPEG: a few thousand bytes each."""
PICTURES = {
    "flower.jpg": ("a flower", "flickr.com/photos/vultilion"),
    "china.jpg": ("a palace", "flickr.com/photos/danielbuechele"),
}
"""By scikit-learn's name: what is to be seen, and whose it is. Both are CC BY 2.0."""


def samples() -> list[dict[str, str]]:
    """Each picture with its words and its credit, as JPEG in base64."""
    return [
        {"name": name, "words": words, "credit": credit, "data": _small(name)}
        for name, (words, credit) in PICTURES.items()
    ]


def _small(name: str) -> str:
    from sklearn.datasets import load_sample_image  # type: ignore[import-untyped,unused-ignore]

    picture = Image.fromarray(load_sample_image(name))
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return base64.b64encode(out.getvalue()).decode()
