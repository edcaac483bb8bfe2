"""Files of weights: every kind that is read, and every way in which a file is none."""

import argparse
import io
import os
import pickle
import resource
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file
from torch import nn

from papernets.peers.read import read_weights, state_dict_in

STATE = {"conv.weight": torch.arange(36.0).reshape(4, 1, 3, 3), "conv.bias": torch.zeros(4)}


def same(found, state=STATE):
    return list(found) == list(state) and all(torch.equal(found[k], state[k]) for k in state)


def saved(path, value, **options):
    torch.save(value, path, **options)
    return path


def test_safetensors(tmp_path):
    save_file(STATE, tmp_path / "a.safetensors")
    found = read_weights(tmp_path / "a.safetensors")
    assert sorted(found.tensors) == sorted(STATE) and not found.ordered
    assert torch.equal(found.tensors["conv.weight"], STATE["conv.weight"])


@pytest.mark.parametrize("new", [True, False])
def test_torch_files_old_and_new(new, tmp_path):
    """Before torch 1.6 a file was a bare pickle, not a zip archive."""
    path = saved(tmp_path / "a.pth", STATE, _use_new_zipfile_serialization=new)
    found = read_weights(path)
    assert same(found.tensors) and found.ordered


def test_the_name_of_a_file_does_not_matter(tmp_path):
    (tmp_path / "weights.bin").write_bytes(save(STATE))
    (tmp_path / "weights.safetensors").write_bytes(saved(tmp_path / "a", STATE).read_bytes())
    assert not read_weights(tmp_path / "weights.bin").ordered
    assert read_weights(tmp_path / "weights.safetensors").ordered


@pytest.mark.parametrize(
    "wrapped",
    [
        {"state_dict": STATE},
        {"model": STATE, "epoch": 3, "args": {"lr": 0.1}},
        {"model_state_dict": STATE, "optimizer_state_dict": {"state": {0: {"m": STATE}}}},
        {"model": STATE, "optimizer": {"moments": STATE}, "lr_scheduler": {"last": 1}},
        {"checkpoint": {"model": {"weights": STATE}}},
        {"state_dict": STATE, "hyper": {"mean": torch.zeros(3)}},
        {"model_ema": STATE},
    ],
)
def test_wrappers(wrapped, tmp_path):
    found = read_weights(saved(tmp_path / "a.pth", wrapped))
    assert same(found.tensors) and not [n for n in found.notes if "holds" in n]


def test_a_running_mean_of_weights_is_asked_for(tmp_path):
    mean = {key: tensor + 1 for key, tensor in STATE.items()}
    path = saved(tmp_path / "a.pth", {"model_ema": mean, "model": STATE})
    found = read_weights(path)
    assert same(found.tensors)
    assert found.notes == ("taken from 'model'; it also holds 'model_ema' (--key model_ema)",)
    assert same(read_weights(path, key="model_ema").tensors, mean)
    with pytest.raises(ValueError, match="no state_dict 'emma'; it has 'model_ema', 'model'"):
        read_weights(path, key="emma")


def test_two_networks_are_not_chosen_between():
    with pytest.raises(ValueError, match="several state_dicts, 'first', 'second': say which"):
        state_dict_in({"first": STATE, "second": STATE}, "a.pth")


class Runs:
    """What runs when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


class Evaluates(Runs):
    def __reduce__(self):
        return eval, (f"open({str(self.path)!r}, 'w').close()",)


class Whole(nn.Module):
    """A module that a user saves whole."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)


def bare(path, value, protocol=2):
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


@pytest.mark.parametrize("kind", [Runs, Evaluates])
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("form", ["zip", "old", "bare", "bare 4"])
def test_a_hostile_pickle_is_not_run(kind, wrapped, form, tmp_path):
    proof, path = tmp_path / "proof", tmp_path / "a.pth"
    value = {"state_dict": STATE, "x": kind(proof)} if wrapped else kind(proof)
    if form.startswith("bare"):
        value = {"x": kind(proof)} if wrapped else value
        bare(path, value, 4 if form.endswith("4") else 2)
    else:
        saved(path, value, _use_new_zipfile_serialization=form == "zip")
    with pytest.raises(ValueError) as caught:
        read_weights(path)
    assert not proof.exists()
    if form != "bare 4":  # torch reads protocol 2 alone, and says no more of others
        assert "no file of weights needs: it was not opened" in str(caught.value)


def test_the_hostile_pickle_would_run(tmp_path):
    """The judge is judged: pickle itself runs it."""
    pickle.loads(pickle.dumps(Evaluates(tmp_path / "proof")))
    assert (tmp_path / "proof").exists()


def test_a_hostile_pickle_of_text_is_no_file_of_weights(tmp_path):
    """Protocol 0 begins with text."""
    path = bare(tmp_path / "a.pth", Runs(tmp_path / "proof"), protocol=0)
    with pytest.raises(ValueError, match="is not a file of weights"):
        read_weights(path)
    assert not (tmp_path / "proof").exists()


def test_a_whole_module_is_explained(tmp_path):
    with pytest.raises(ValueError) as caught:
        read_weights(saved(tmp_path / "a.pth", Whole()))
    words = str(caught.value)
    assert "holds a Python object" in words and "Whole" in words
    assert "torch.save(model.state_dict(), 'weights.pth')" in words


def test_arguments_beside_the_weights_are_explained(tmp_path):
    """Training scripts like to save their argparse.Namespace."""
    path = saved(tmp_path / "a.pth", {"model": STATE, "args": argparse.Namespace(lr=0.1)})
    with pytest.raises(ValueError, match=r"holds a Python object, argparse.Namespace"):
        read_weights(path)


def test_torchscript_is_explained(tmp_path):
    """An archive with code in it, as torch.jit.save writes one."""
    path = tmp_path / "a.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}.")
        archive.writestr("a/code/__torch__.py", "class Net: pass")
        archive.writestr("a/constants.pkl", b"\x80\x02).")
    with pytest.raises(ValueError, match=r"TorchScript archive.*torch.jit.load\('a.pt'\)"):
        read_weights(path)


@pytest.mark.parametrize("form", ["safetensors", "zip", "old"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_cut_short(form, share, tmp_path):
    path = tmp_path / "a"
    state = {"conv.weight": torch.randn(64, 64, 3, 3), "conv.bias": torch.zeros(64)}
    if form == "safetensors":
        save_file(state, path)
    else:
        saved(path, state, _use_new_zipfile_serialization=form == "zip")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ValueError, match=r"cut short|not a whole safetensors|damaged"):
        read_weights(path)


def test_damaged_bytes_never_run_nor_crash(tmp_path):
    """Bytes changed anywhere: a ValueError, or tensors; nothing else."""
    import random

    chance = random.Random(0)
    for form in ("safetensors", "zip", "old"):
        path = tmp_path / form
        if form == "safetensors":
            save_file(STATE, path)
        else:
            saved(path, STATE, _use_new_zipfile_serialization=form == "zip")
        whole = path.read_bytes()
        for _ in range(60):
            changed = bytearray(whole)
            for _ in range(3):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            path.write_bytes(changed)
            try:
                read_weights(path)
            except ValueError as error:
                assert str(path) in str(error)


def bomb(path):
    """A small archive that would unpack to a gigabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}.")
        with archive.open("a/data/0", "w", force_zip64=True) as entry:
            for _ in range(64):
                entry.write(bytes(1 << 20))


CONTENTS = {
    "an empty file": (b"", "is an empty file"),
    "text": (b"hello, these are no weights\n", "is not a file of weights: give a safetensors"),
    "JSON": (b'{"conv.weight": [1, 2, 3]}', "is not a file of weights"),
    "a web page": (b"<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
    "LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "is not a file of weights"),
    "a long header": (struct.pack("<Q", 1 << 30) + b'{"a":1}', "not a whole safetensors file"),
    "a header of nonsense": (struct.pack("<Q", 8) + b'{"a":1,}', "not a whole safetensors file"),
    "zeros": (bytes(4096), "is not a file of weights"),
    "a broken archive": (b"PK\x03\x04" + bytes(100), "is damaged or cut short"),
    "a broken pickle": (b"\x80\x02\x8a\x0al\xfc", "damaged"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_what_is_no_file_of_weights(kind, tmp_path):
    content, words = CONTENTS[kind]
    path = tmp_path / "a.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError) as caught:
        read_weights(path)
    assert str(path) in str(caught.value) and words in str(caught.value)


def test_other_archives(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match=r"zip archive that torch.save did not write"):
        read_weights(tmp_path / "a.zip")
    bomb(tmp_path / "bomb.pth")
    with pytest.raises(ValueError, match="unpacks to more than it holds"):
        read_weights(tmp_path / "bomb.pth")


def test_folders_and_nothing(tmp_path):
    with pytest.raises(ValueError, match="is a folder: give the file of weights in it"):
        read_weights(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_weights(tmp_path / "nowhere.pth")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="not a regular file"):
        read_weights(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([1, 2], "holds a list, not a state_dict"),
        (torch.zeros(3), "holds a Tensor, not a state_dict"),
        ({"epoch": 3, "loss": 0.1}, "holds no state_dict; its keys: 'epoch', 'loss'"),
        ({"optimizer": {"state": {0: STATE}}}, "holds no state_dict; its keys: 'optimizer'"),
        ({}, "holds no state_dict"),
    ],
)
def test_files_without_a_state_dict(value, words, tmp_path):
    with pytest.raises(ValueError) as caught:
        read_weights(saved(tmp_path / "a.pth", value))
    assert words in str(caught.value)


def test_an_expanded_tensor_takes_no_memory(tmp_path):
    """A few bytes that say they are a terabyte: the shape is looked at before the values are."""
    from papernets import from_peer

    huge = torch.zeros(1).expand(1 << 38)
    small = torch.zeros(1).expand(40, 3, 3, 3)
    path = saved(tmp_path / "a.pth", {"conv_stem.weight": small, "bn1.weight": huge})
    assert Path(path).stat().st_size < 10_000
    with pytest.raises(ValueError, match=r"'conv_stem.weight' is 40x3x3x3, not 32x3x3x3"):
        from_peer("timm", "mobilenetv1_100", read_weights(path).tensors)


def test_streams_are_not_files():
    with pytest.raises(TypeError):
        read_weights(io.BytesIO(b""))


def flipped(path, place):
    """The file with one bit changed."""
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)
    return path


def test_one_flipped_bit_in_a_tensor_is_found(tmp_path):
    """torch.load looks at no checksum: the judge is judged first."""
    path = saved(tmp_path / "a.pth", STATE)
    place = path.read_bytes().index(STATE["conv.weight"].numpy().tobytes())
    flipped(path, place + 3)
    assert not same(torch.load(path, weights_only=True))
    with pytest.raises(ValueError, match=r"is damaged: its a/data/0 is not as .* Copy it again"):
        read_weights(path)


def test_files_without_checksums_are_read(tmp_path):
    """torch writes zeros in their place on demand."""
    from torch.serialization import get_crc32_options, set_crc32_options

    kept = get_crc32_options()
    set_crc32_options(False)
    try:
        path = saved(tmp_path / "a.pth", STATE)
    finally:
        set_crc32_options(kept)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is not None
    assert same(read_weights(path).tensors)


class Fills:
    """A few bytes in a file that are as many zeros in memory as one likes."""

    def __reduce__(self):
        return bytearray, (1 << 33,)


@pytest.mark.parametrize("new", [True, False])
def test_a_bytearray_is_refused_before_it_is_made(new, tmp_path):
    value = {"state_dict": STATE, "x": Fills()}
    path = saved(tmp_path / "a.pth", value, _use_new_zipfile_serialization=new)
    assert path.stat().st_size < 10_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="asks for a bytearray, which no state_dict needs"):
        read_weights(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20  # KiB: a GiB


def test_a_word_is_no_call(tmp_path):
    """Arguments of a training script may say anything."""
    path = saved(tmp_path / "a.pth", {"model": STATE, "args": {"buffer": "builtins bytearray"}})
    assert same(read_weights(path).tensors)


def nested():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nested.nested_tensor([torch.zeros(2, 2), torch.zeros(3, 3)])


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("fc.weight", torch.eye(3).to_sparse(), "'fc.weight' is a sparse tensor: give the weights"),
        ("fc.weight", nested(), "'fc.weight' is a nested tensor"),
        ("fc.weight", [[0.0, 1.0]], "'fc.weight' is a list, not a tensor with a name"),
        ("fc.weight", None, "'fc.weight' is None, not a tensor with a name"),
        (5, torch.eye(3), "5 is a Tensor, not a tensor with a name"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_what_is_no_plain_tensor_by_name_is_named(key, value, words, wrapped, tmp_path):
    """Beside a wrapped state_dict anything may stand, in it only tensors."""
    state = {**STATE, key: value}
    given = {"state_dict": state, "epoch": 3, 7: [1], "best": None} if wrapped else state
    with pytest.raises(ValueError) as caught:
        read_weights(saved(tmp_path / "a.pth", given))
    assert f"a.pth: {words}" in str(caught.value)


def test_a_key_for_a_file_without_keys(tmp_path):
    path = saved(tmp_path / "a.pth", STATE)
    with pytest.raises(ValueError, match="is one state_dict, with no key to choose: leave --key"):
        read_weights(path, key="zz")
