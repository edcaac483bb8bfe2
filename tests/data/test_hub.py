"""Hugging Face's data sets by name: with their library where it is, and without it.

What is read is on this disk: their library takes a folder of parquet files for a name.
"""

import pickle
import sys
from pathlib import Path

import pytest
import torch
from small_photos import NAMES, parquet
from streamed_sets import small_memory

from papernets import data
from papernets.data.stored import OnDemand


def opened(name: str, **options):
    return data.open(name, **{"channels": 3, "size": (30, 40), **options})


def test_without_the_library_the_command_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(
        ValueError, match=r"hf:x/y: .* not installed. Install it: pip install datas"
    ):
        opened("hf:x/y")
    with pytest.raises(ValueError, match=r"hf:: no name: give one, such as hf:uoft-cs/cifar10"):
        opened("hf:")


@pytest.mark.parametrize("kind", ["hf:", "hf-stream:"])
def test_a_set_is_what_its_files_are(tmp_path: Path, monkeypatch, kind: str) -> None:
    library = pytest.importorskip("datasets")
    monkeypatch.setattr(library.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    root = tmp_path / "set"

    def hide(cells):
        cells["label"][3] = -1

    parquet(root / "train-00000-of-00001.parquet", 20)
    parquet(root / "test-00000-of-00001.parquet", 8, seed=90, change=hide)
    found, theirs = opened(f"{kind}{root}"), opened(str(root))
    assert found.classes == theirs.classes == NAMES
    assert torch.equal(found.test.images, theirs.test.images)
    assert torch.equal(found.train.images, theirs.train.images)  # drawn by content
    assert found.skipped == (f"{kind}{root} test: 1 row without a label",)
    assert found.test.files[3].name == f"{kind}{root} test row 4"
    bare = opened(f"{kind}{root}", room=0)
    assert isinstance(bare.test.images, OnDemand)
    again = pickle.loads(pickle.dumps(bare.test.images))
    assert torch.equal(again[[2, 0]], theirs.test.images[[2, 0]])


def test_a_large_stream_passes_and_a_set_that_is_not_there_is_told(tmp_path, monkeypatch) -> None:
    """`test_passing` and `test_streams` have the rest, with a stand-in for the library."""
    library = pytest.importorskip("datasets")
    monkeypatch.setattr(library.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    for at in range(3):
        parquet(tmp_path / "set" / f"train-{at:05}-of-00003.parquet", 20, seed=30 * at)
    small_memory(monkeypatch)
    theirs, found = opened(str(tmp_path / "set")), opened(f"hf-stream:{tmp_path}/set", room=0)
    assert isinstance(found.train.images, OnDemand) and found.train.images.passing
    assert torch.equal(found.train.images[:], theirs.train.images)
    again = pickle.loads(pickle.dumps(found.train.images))
    again.expect([torch.tensor([40, 3]), torch.tensor([7, 41])])
    assert torch.equal(again[[40, 3]], theirs.train.images[[40, 3]])
    assert torch.equal(again[[7, 41]], theirs.train.images[[7, 41]])
    with pytest.raises(ValueError, match=r"hf:/nowhere/at/all: "):
        opened("hf:/nowhere/at/all")
