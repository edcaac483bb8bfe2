"""Classes that files have as numbers, by the names that everyone knows."""

import io
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from small_bundles import INFO

from papernets import data
from papernets.data import Part
from papernets.data.known import CIFAR10, GARMENTS, names_by_place, names_for, numbers
from papernets.evaluate.pictures import classes_of
from papernets.train.pictures import fingerprint
from papernets.train.session import check_pictures

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402
from PIL import Image  # noqa: E402


def nameless(file, classes=10, each=12):
    """A parquet file of grey squares whose labels are numbers without names."""
    rows, labels = [], []
    for at in range(classes * each):
        kept = io.BytesIO()
        Image.new("RGB", (8, 8), (at, at, at)).save(kept, "png")
        rows.append({"bytes": kept.getvalue(), "path": None})
        labels.append(at % classes)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"img": rows, "label": labels}), file)


def test_cifar10_has_its_names_where_the_files_have_none(tmp_path):
    for part in ("train", "test"):
        nameless(tmp_path / "cifar10" / f"{part}.parquet")
    found = data.open("cifar10", data_dir=str(tmp_path), channels=3, size=(8, 8))
    assert found.classes == CIFAR10  # batches.meta.txt of the archive
    file = str(tmp_path / "cifar10" / "test.parquet")
    assert data.open(file, channels=3, size=(8, 8)).classes == CIFAR10


def test_other_numbers_stay_numbers(tmp_path):
    nameless(tmp_path / "mine" / "train.parquet")
    assert data.open(str(tmp_path / "mine"), channels=3, size=(8, 8)).classes == numbers(10)
    nameless(tmp_path / "cifar10" / "train.parquet", classes=12)
    assert data.open(str(tmp_path / "cifar10"), channels=3, size=(8, 8)).classes == numbers(12)


@pytest.mark.parametrize(
    ("name", "known"),
    [("cifar10", True), ("CIFAR-10", True), ("cifar10-jpeg", True), ("cifar100", False)],
)
def test_whose_a_folder_is(tmp_path, name, known):
    (tmp_path / name).mkdir()
    assert bool(names_by_place(tmp_path / name)) == known


def test_a_network_with_numbers_is_named_by_a_known_data_set_alone():
    assert names_for(numbers(10), ["cat", "ship"]) == CIFAR10
    assert names_for(numbers(10), ["Bag"]) == GARMENTS
    for classes, given in ((numbers(10), ["cat", "ant"]), (numbers(9), ["cat"]), (("a",), ["cat"])):
        assert names_for(classes, given) == tuple(classes)


@pytest.mark.parametrize(
    ("run", "known"),
    [({"data": "cifar10"}, True), ({"converted": {"file": "a.th"}}, True), ({}, False)],
)
def test_a_bundle_of_before_answers_by_names_where_its_files_had_none(run, known):
    """A network of digits has numbers too, and knows neither cats nor shirts."""
    own = classes_of(SimpleNamespace(info=replace(INFO, run=run)), ["cat", "ship"])
    assert own == (CIFAR10 if known else numbers(10))


def test_a_run_of_before_goes_on(tmp_path):
    found = SimpleNamespace(classes=CIFAR10, train=Part(*squares()), validation=Part(*squares()))
    mark, before = fingerprint(found), fingerprint(found, numbers(10))
    assert mark != before
    check_pictures({"data": before}, mark, found, "cifar10", tmp_path)
    with pytest.raises(ValueError, match="cifar10 is not what it was when the run in"):
        check_pictures({"data": "00000000"}, mark, found, "cifar10", tmp_path)


def squares():
    return torch.zeros(4, 3, 8, 8, dtype=torch.uint8), torch.arange(4)
