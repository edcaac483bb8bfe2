"""The server and pictures that are damaged, hostile or odd: a label or a reason, and no fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from serving import PACKAGES, picture, server

for _name in PACKAGES:
    pytest.importorskip(_name, reason="pip install 'papernets[web]'")

pytestmark = pytest.mark.slow


def damaged(content: bytes, draws: np.random.Generator) -> bytes:
    """A picture file spoilt in one of several ways."""
    spoilt = bytearray(content)
    way = draws.integers(7)
    if way == 0:
        return bytes(spoilt[: draws.integers(1, len(spoilt))])
    if way == 1:
        for at in draws.integers(0, len(spoilt), 1 + len(spoilt) // 100):
            spoilt[at] = draws.integers(256)
    elif way == 2:  # its head, where sizes and kinds stand
        for at in draws.integers(0, min(64, len(spoilt)), 4):
            spoilt[at] = draws.integers(256)
    elif way == 3:
        at, size = draws.integers(0, len(spoilt)), draws.integers(1, 500)
        del spoilt[at : at + size]
    elif way == 4:
        at = draws.integers(0, len(spoilt))
        spoilt[at:at] = draws.bytes(draws.integers(1, 500))
    elif way == 5:
        at = draws.integers(0, len(spoilt))
        spoilt[at : at + 8] = b"\xff" * 8
    else:
        return draws.bytes(draws.integers(1, 3000))
    return bytes(spoilt)


def pictures_to_spoil() -> list[bytes]:
    """Small files of each kind that Pillow writes, of several modes."""
    from io import BytesIO

    from PIL import Image

    drawn = Image.open(BytesIO(picture(3, (64, 48))))
    found = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "ICO", "TGA", "PCX", "SGI"):
        for mode in ("RGB", "L", "P", "RGBA", "1", "CMYK", "I;16"):
            held = BytesIO()
            try:
                drawn.convert("L" if mode == "I;16" else mode).convert(mode).save(held, kind)
            except (OSError, ValueError, KeyError):
                continue  # this kind has no such mode
            found.append(held.getvalue())
    return found


def test_damaged_hostile_and_odd_pictures_get_a_label_or_a_reason(shared_data: Path):
    draws = np.random.default_rng(1800)
    files = pictures_to_spoil()
    photos = sorted((shared_data / "ants-bees").rglob("*.jpg"))[:6]
    files += [one.read_bytes() for one in photos]
    assert len(files) > 30
    found: dict[int, int] = {}
    with server("lenet5", "resnet20") as running:
        for at in range(1800):
            spoilt = damaged(files[at % len(files)], draws)
            model = ("lenet5", "resnet20")[at % 2]
            status, told, _ = running.ask("POST", f"/predict?model={model}&top=1", spoilt)
            assert status == 200 or 400 <= status < 500, (at, status, told)
            said = told["predictions"][0]["label"] if status == 200 else told["error"]
            assert said and "0x" not in said and "/" not in said.replace("/2", ""), (at, said)
            found[status] = found.get(status, 0) + 1
        assert min(found[200], found[422]) > 100, found
        assert running.ask("POST", "/predict?model=resnet20", picture(1))[0] == 200
