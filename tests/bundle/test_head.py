"""The head of a file of weights is read alone; its tensors piece by piece; panics are errors."""

import json
import struct
import tracemalloc
from dataclasses import replace

import pytest
from small_bundles import INFO

from papernets.bundle.head import as_errors, check_head
from papernets.bundle.info import described, read_info
from papernets.bundle.net_json import write_net
from papernets.bundle.weights import read_safetensors
from papernets.cli import main
from papernets.nets import net
from papernets.said import Record

SIZE = 48 << 20
OWN = write_net(replace(net("lenet5_keras_28"), name="mine"), Record("A network of mine"))


def write(path, size=SIZE, cut=0, **about):
    """A file of zeros that takes no room on the disk."""
    entry = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    head = json.dumps({"__metadata__": about, "big": entry}).encode()
    with open(path / "weights.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        file.truncate(8 + len(head) + size - cut)
    return path / "weights.safetensors"


@pytest.mark.parametrize("read", [read_info, described])
def test_more_tensors_than_the_network_has_are_not_read(tmp_path, read, monkeypatch):
    """The file of 20 GB takes no room on the disk: it has holes."""
    monkeypatch.setattr("papernets.bundle.info.digest_of_tensors", None)
    for own in ({}, OWN):
        write(tmp_path, 20 << 30, bundle=replace(INFO, net=own).to_json())
        with pytest.raises(
            ValueError, match=f"has 21.5 GB of tensors, far more than {INFO.network}"
        ):
            read(tmp_path)


@pytest.mark.parametrize("read", [read_info, described])
def test_a_description_is_checked_without_the_tensors_in_memory(tmp_path, read):
    own = replace(INFO, network="own.py:NET")  # how large that may be is not known
    write(tmp_path, bundle=own.to_json(tensors={"sha256": "0" * 64}))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="is not as it was written: the checksum differs"):
            read(tmp_path)
        assert tracemalloc.get_traced_memory()[1] < SIZE / 8
    finally:
        tracemalloc.stop()


def test_the_sizes_in_the_head_are_the_files(tmp_path):
    path = write(tmp_path, 4096)
    (begin, end), size = check_head(path, "").places["big"], path.stat().st_size
    assert (begin, end) == (size - 4096, size) and len(read_safetensors(path)["big"]) == 1024
    for given in (-4, 4):
        path = write(tmp_path, 4096, given)
        for read in (read_safetensors, lambda path: read_info(path.parent)):
            with pytest.raises(ValueError, match=f"have 4,096 bytes, it has {4096 - given:,}"):
                read(path)


@pytest.mark.parametrize(
    "entry", [3, {}, {"data_offsets": [0]}, {"data_offsets": [4, 0]}, {"data_offsets": [0, "4"]}]
)
def test_a_tensor_without_a_place(tmp_path, entry):
    head = json.dumps({"one": entry}).encode()
    path = tmp_path / "weights.safetensors"
    path.write_bytes(struct.pack("<Q", len(head)) + head)
    with pytest.raises(ValueError, match=r"no place is stated for 'one'\)\. Again"):
        check_head(path, "Again")


def test_a_panic_in_the_library_is_an_error(tmp_path, monkeypatch, capsys, bundle):
    panic = type("PanicException", (BaseException,), {})

    def panics(*_):
        raise panic("no memory\nbacktrace")

    told = pytest.raises(MemoryError, match=r"weights cannot be read: no memory$")
    with told, as_errors(tmp_path / "weights", "Again"):
        panics()
    with pytest.raises(KeyboardInterrupt), as_errors(tmp_path, ""):
        raise KeyboardInterrupt
    monkeypatch.setattr("papernets.bundle.weights.load_file", panics)
    assert main(["evaluate", str(bundle)]) == 1
    assert (
        "error: not enough memory. A smaller --batch-size, or smaller pictures,"
        in capsys.readouterr().err
    )
