"""Files that are given as bundles: each is called what it is, with what takes it."""

import os
import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from small_bundles import model_of

from papernets import create_model, load, load_bundle
from papernets.bundle.what import kind_of
from papernets.cli import main

NAME = "lenet5_keras_28"


def written(folder):
    """A file of each kind, and how what it is begins."""
    state = model_of().state_dict()
    torch.save(state, folder / "x.pth")
    torch.save(state, folder / "old.pt", _use_new_zipfile_serialization=False)
    (folder / "empty.pt").write_bytes(b"")
    (folder / "notes.txt").write_text("Größe: 3\n" * 20)
    (folder / "cut.txt").write_bytes(b"x" * 63 + "ö".encode())
    (folder / "x.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(60))
    np.savez(folder / "x.npz", a=np.zeros(3))
    np.save(folder / "x.npy", np.zeros(3))
    (folder / "cut.zip").write_bytes(b"PK\x03\x04abc")
    (folder / "plain.pkl").write_bytes(pickle.dumps({"a": 1}, protocol=4))
    from safetensors.torch import save_file

    save_file(state, folder / "x.safetensors")
    save_file(state, folder / "x.bin")
    (folder / "noise.bin").write_bytes(b"\xff\xfe\xfd" * 40)
    Image.new("L", (8, 8)).save(folder / "x.png")
    return {
        "x.pth": "a PyTorch file",
        "old.pt": "a PyTorch file, of before 1.6",
        "empty.pt": "an empty file",
        "notes.txt": "a text file",
        "cut.txt": "a text file",
        "x.h5": "an HDF5 file, as Keras writes weights",
        "x.npz": "an archive of numpy arrays",
        "x.npy": "a file of a numpy array",
        "cut.zip": "a damaged archive: cut short, say",
        "plain.pkl": "a file of no kind that holds weights",
        "x.safetensors": "a safetensors file",
        "x.bin": "a safetensors file",
        "noise.bin": "a file of no kind that holds weights",
        "x.png": "a picture",
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return folder, written(folder)


def test_a_file_is_called_what_it_is(files):
    folder, kinds = files
    assert {name: kind_of(folder / name) for name in kinds} == kinds


def test_every_way_that_takes_a_bundle_says_so(files, capsys):
    folder, kinds = files
    for name, kind in kinds.items():
        path = str(folder / name)
        ways = [create_model, load_bundle, load]
        if name != "x.safetensors":  # tensors alone are taken as weights
            ways.append(lambda given: create_model(NAME, weights=given))
        for way in ways:
            with pytest.raises(ValueError) as caught:
                way(path)
            assert str(caught.value).startswith(f"{path} is {kind}, not a bundle, which is a fold")
        for words in (["evaluate", path], ["predict", path, "x.png"]):
            assert main(words) == 1
            assert f"{path} is {kind}, not a bundle" in capsys.readouterr().err


def test_what_is_said_works(files):
    folder, _ = files
    model = model_of()
    for name in ("x.pth", "old.pt"):
        with pytest.raises(ValueError, match=r"papernets convert .* or in Python, weights=torch"):
            load_bundle(folder / name)
        state = torch.load(folder / name, weights_only=True)
        again = create_model(NAME, weights=state)
        assert torch.equal(again.state_dict()["out.bias"], model.state_dict()["out.bias"])
    with pytest.raises(ValueError, match=r"create_model\(NAME, weights='.*x.safetensors'\)"):
        create_model(folder / "x.safetensors")
    create_model(NAME, weights=folder / "x.safetensors")
    with pytest.raises(ValueError, match=r"weights='.*x\.safetensors', once so named"):
        load_bundle(folder / "x.bin")


def test_folders_pipes_and_what_is_not_there(tmp_path):
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(FileNotFoundError, match="is neither a bundle nor a finished run"):
        create_model(NAME, weights=tmp_path / "folder.safetensors")
    with pytest.raises(FileNotFoundError, match=r"none\.safetensors: no such file"):
        create_model(NAME, weights=tmp_path / "none.safetensors")
    with pytest.raises(FileNotFoundError, match=r"no bundle '.*none\.pth': give a bundle's folder"):
        create_model(NAME, weights=tmp_path / "none.pth")
    (tmp_path / "empty.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty\.safetensors is not a whole safetensors file"):
        create_model(NAME, weights=tmp_path / "empty.safetensors")
    for name in ("pipe", "pipe.safetensors"):
        os.mkfifo(tmp_path / name)
        with pytest.raises(ValueError, match="is not a regular file"):
            create_model(NAME, weights=tmp_path / name)
    for call in (load_bundle, create_model):
        with pytest.raises((FileNotFoundError, ValueError), match="aaa"):
            call("a" * 5000)


def test_weights_without_values_are_refused():
    state = {key: tensor.to("meta") for key, tensor in model_of().state_dict().items()}
    with pytest.raises(ValueError, match="has a shape but no values"):
        create_model(NAME, weights=state)
