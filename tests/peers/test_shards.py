"""Safetensors in several files, as Hugging Face writes them: whole, or refused in words."""

import json
import os

import pytest
import torch
from safetensors.torch import save_file

from papernets.peers.read import read_weights

STATE = {f"layer{n}.weight": torch.full((2, 2), float(n)) for n in range(4)}
NAMES = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
INDEX = "model.safetensors.index.json"


def written(folder, **changed):
    """A folder with two files and an index; `changed` are other entries of the index's table."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = list(STATE)
    where = {}
    for at, name in enumerate(NAMES):
        part = keys[2 * at : 2 * at + 2]
        save_file({key: STATE[key] for key in part}, folder / name)
        where |= dict.fromkeys(part, name)
    index = {"metadata": {"total_size": 64}, "weight_map": where | changed}
    (folder / INDEX).write_text(json.dumps(index))
    return folder


@pytest.mark.parametrize("given", ["", INDEX])
def test_all_files_are_read(given, tmp_path):
    found = read_weights(written(tmp_path / "m") / given)
    assert set(found.tensors) == set(STATE) and not found.ordered
    assert all(torch.equal(found.tensors[key], STATE[key]) for key in STATE)


def refused(path, *words, error=ValueError):
    with pytest.raises(error) as caught:
        read_weights(path)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_file_that_is_missing(tmp_path):
    folder = written(tmp_path)
    (folder / NAMES[1]).unlink()
    words = (NAMES[1], "no such file", "copy the index and its files again")
    refused(folder, *words, error=FileNotFoundError)
    refused(tmp_path / "nowhere" / INDEX, "no such file", error=FileNotFoundError)


def test_a_tensor_in_two_files(tmp_path):
    folder = written(tmp_path)
    save_file({**{k: STATE[k] for k in list(STATE)[2:]}, "layer0.weight": torch.ones(1)},
              folder / NAMES[1])  # fmt: skip
    refused(folder, "'layer0.weight' is in two files", *NAMES)
    text = (written(tmp_path) / INDEX).read_text()
    twice = text.replace('"layer0.weight"', f'"layer0.weight": "{NAMES[1]}", "layer0.weight"')
    (folder / INDEX).write_text(twice)
    refused(folder, "is not JSON", "'layer0.weight' stands twice in it")


def test_an_index_of_other_files(tmp_path):
    refused(
        written(tmp_path / "a", **{"layer0.weight": NAMES[1]}),
        f"{NAMES[1]} has no tensor 'layer0.weight'; {NAMES[0]} has it",
    )
    refused(written(tmp_path / "b", more=NAMES[1]), f"{NAMES[1]} has no tensor 'more'. copy the")
    folder = written(tmp_path / "c")
    save_file({**{k: STATE[k] for k in list(STATE)[2:]}, "x": torch.ones(1)}, folder / NAMES[1])
    refused(folder, "does not list 'x', which")


@pytest.mark.parametrize("name", ["../x.safetensors", "/etc/passwd", "..", "./../x.safetensors",
                                  "a/../../x.safetensors", "..\\x.safetensors"])  # fmt: skip
def test_names_that_lead_out_of_the_folder(name, tmp_path):
    save_file({"layer0.weight": torch.ones(1)}, tmp_path / "x.safetensors")
    folder = written(tmp_path / "m", **{"layer0.weight": name})
    refused(folder, "which leads out of its folder: refused")


@pytest.mark.parametrize("name", ["a/b.safetensors", "", ".", "./", "a\\b.safetensors", "a\0b"])
def test_names_that_are_none(name, tmp_path):
    refused(written(tmp_path / "m", **{"layer0.weight": name}), "which is no plain name of a file")


def test_names_that_begin_with_the_folder_itself(tmp_path):
    """`./s1.safetensors` is the file beside the index, the same one as `s1.safetensors`."""
    folder = written(tmp_path / "m", **{"layer0.weight": f"./{NAMES[0]}"})
    assert set(read_weights(folder).tensors) == set(STATE)
    folder = written(tmp_path / "n", **dict.fromkeys(list(STATE)[:2], f".//./{NAMES[0]}"))
    assert set(read_weights(folder).tensors) == set(STATE)


def test_links(tmp_path):
    """Out of the folder: no; into Hugging Face's own store, where its files are: yes."""
    folder = written(tmp_path / "m")
    (folder / NAMES[0]).rename(tmp_path / "elsewhere")
    (folder / NAMES[0]).symlink_to(tmp_path / "elsewhere")
    refused(folder, "is a link that leads out of its folder: refused")
    snapshot = written(tmp_path / "models--a--b" / "snapshots" / "0a1b")
    blobs = tmp_path / "models--a--b" / "blobs"
    blobs.mkdir()
    for at, name in enumerate((*NAMES, INDEX)):
        (snapshot / name).rename(blobs / str(at))
        (snapshot / name).symlink_to(f"../../blobs/{at}")
    assert set(read_weights(snapshot).tensors) == set(STATE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("1" * 5000, "is not JSON (it has a number of thousands of digits)"),
        ("[1, 2]", "it has no table 'weight_map'"),
        ('{"metadata": {}}', "it has no table 'weight_map'"),
        ('{"weight_map": {}}', "it has no table 'weight_map'"),
        ('{"weight_map": {"a": 3}}', "weight_map has 3 for 'a', not the name of a file"),
    ],
)
def test_what_is_no_index(text, words, tmp_path):
    (tmp_path / INDEX).write_text(text)
    refused(tmp_path, str(tmp_path / INDEX), words)
    (tmp_path / INDEX).write_bytes(b"\xff\xfe")
    refused(tmp_path, "is not JSON")


def test_files_that_are_no_safetensors(tmp_path):
    folder = written(tmp_path)
    torch.save(STATE, folder / NAMES[0])
    refused(folder, NAMES[0], "is not a safetensors file. An index of other files is not read")
    (folder / NAMES[0]).write_bytes((folder / NAMES[1]).read_bytes()[:-3])
    refused(folder, NAMES[0], "not a whole safetensors file")
    (folder / NAMES[0]).unlink()
    os.mkfifo(folder / NAMES[0])
    refused(folder, "is not a regular file")


def test_a_folder_with_several(tmp_path):
    folder = written(tmp_path)
    (folder / "ema.safetensors.index.json").write_text("{}")
    refused(folder, "has several indices, ema.safetensors.index.json, model.safetensors.index")
