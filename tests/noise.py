"""What tests of parts share: pictures of noise, whose classes no network can know."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image


def noise(root: Path, count: int, classes: Sequence[str] = "ab", first: int = 0) -> Path:
    """root/CLASS/N.png, so many of each class from number `first` on; no two are the same."""
    for name in classes:
        (root / name).mkdir(parents=True, exist_ok=True)
        for number in range(first, first + count):
            random = np.random.RandomState(1000 * ord(name[0]) + number)
            values = random.randint(0, 255, (16, 16), dtype=np.uint8)
            Image.fromarray(values).save(root / name / f"{number}.png")
    return root
