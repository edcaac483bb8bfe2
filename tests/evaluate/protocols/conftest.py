"""A small network and five photographs, shown by each protocol."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from small_photos import photo
from small_views import SIZES, STORED, bundle_of

from papernets.bundle.load import Bundle
from papernets.evaluate.known import Pictures


@pytest.fixture
def bundle() -> Bundle:
    return bundle_of()


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    """Five photographs of several sizes, in files and as they are stored."""
    files = []
    for at, size in enumerate(SIZES):
        files.append(str(tmp_path / f"{at}.png"))
        photo(at % 2, at, size).save(files[-1])
    from papernets.data.reading import read_stored

    stored = read_stored(files, 3, (STORED, STORED), True)
    return Pictures("five", "test", stored.images, torch.tensor([0, 1, 0, 1, 2]), tuple(files))
