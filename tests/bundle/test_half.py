"""A bundle in half the space."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from small_bundles import INFO, RULE, model_of

from papernets import load_bundle
from papernets.bundle.half import halve
from papernets.bundle.info import read_info
from papernets.bundle.save import save_bundle
from papernets.bundle.seen import TRAIN, WRONG, Marked, Seen, read_seen, write_seen
from papernets.cli import main


@pytest.fixture
def bundle(tmp_path):
    save_bundle(tmp_path / "whole", INFO, model_of().state_dict())
    return tmp_path / "whole"


def test_weights_are_rounded_to_float16_and_vectors_stay(bundle, tmp_path):
    found = halve(bundle, tmp_path / "half")
    whole = load_file(bundle / "weights.safetensors")
    half = load_file(tmp_path / "half" / "weights.safetensors")
    for name, tensor in whole.items():
        kept = half[name]
        assert kept.dtype == (torch.float16 if tensor.dim() > 1 else torch.float32)
        assert torch.equal(kept.float(), tensor.half().float() if tensor.dim() > 1 else tensor)
    assert found.after < 0.56 * found.before
    assert 0 < found.rounding <= 2**-11  # half a unit of eleven bits


def test_what_is_read_again_is_single_and_says_nothing_of_other_numbers(bundle, tmp_path):
    halve(bundle, tmp_path / "half")
    loaded = load_bundle(tmp_path / "half")
    assert all(p.dtype == torch.float32 for p in loaded.model.parameters())
    assert loaded.info.metrics == {} and loaded.info.run == {**INFO.run, "half": True}
    assert loaded.info.classes == INFO.classes and loaded.info.preprocessing == INFO.preprocessing
    x = torch.rand(4, 1, 28, 28)
    with torch.no_grad():
        whole, half = load_bundle(bundle).model(x), loaded.model(x)
    assert not torch.equal(whole, half)
    torch.testing.assert_close(whole, half, rtol=0, atol=2e-2)


def test_a_committee(tmp_path):
    folder = tmp_path / "three"
    for number in ("1", "2"):
        save_bundle(folder / number, INFO, model_of(seed=int(number)).state_dict())
    info = replace(INFO, network="boosted_lenet4", kind="committee", members=("1", "2"), rule=RULE)
    save_bundle(folder, info, None)
    found = halve(folder, tmp_path / "half")
    assert found.after < 0.56 * found.before
    assert read_info(tmp_path / "half").members == ("1", "2")
    for number in ("1", "2"):
        assert load_file(tmp_path / "half" / number / "weights.safetensors")


def test_a_weight_beyond_float16_is_named(tmp_path):
    state = model_of().state_dict()
    name = next(name for name, tensor in state.items() if tensor.dim() > 1)
    state[name].view(-1)[0] = 1e5
    save_bundle(tmp_path / "whole", INFO, state)
    with pytest.raises(ValueError, match=rf"{name}.* has 1e\+05, beyond float16's 65,504"):
        halve(tmp_path / "whole", tmp_path / "half")
    assert not (tmp_path / "half").exists()


def test_a_weight_that_float16_would_lose_stays(tmp_path):
    state = model_of().state_dict()
    name = next(name for name, tensor in state.items() if tensor.dim() > 1)
    state[name] *= 1e-7  # a layer that weight decay has all but taken away
    save_bundle(tmp_path / "whole", INFO, state)
    found = halve(tmp_path / "whole", tmp_path / "half")
    assert torch.equal(load_file(tmp_path / "half" / "weights.safetensors")[name], state[name])
    assert found.rounding <= 2**-11 and found.tensor != name
    assert torch.equal(load_bundle(tmp_path / "half").model.state_dict()[name], state[name])


def test_the_command(bundle, tmp_path, capsys):
    out = tmp_path / "half"
    assert main(["convert", str(bundle), "--half", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bytes"] == (out / "weights.safetensors").stat().st_size < told["bytes_before"]
    assert main(["convert", str(bundle), "--half", "--out", str(out)]) == 1  # it is there
    assert "is there already" in capsys.readouterr().err
    words = ["convert", str(bundle), "--half", "--net", "lenet5", "--out", str(tmp_path / "b")]
    assert main(words) == 2
    assert "--half takes a bundle as it is" in capsys.readouterr().err
    assert main(["convert", str(tmp_path / "no"), "--half", "--out", str(tmp_path / "c")]) == 1
    assert "no bundle" in capsys.readouterr().err


def test_a_damaged_bundle_is_not_halved(bundle, tmp_path):
    state = load_file(bundle / "weights.safetensors")
    save_file(state, bundle / "weights.safetensors")  # without the description, another checksum
    with pytest.raises(ValueError, match="the checksum differs"):
        halve(bundle, tmp_path / "half")


def test_what_the_network_has_seen_comes_along(bundle, tmp_path):
    keys = np.arange(3, dtype=np.uint64) << np.uint64(40)
    lists = {TRAIN: Marked.of(keys[:2]), WRONG: Marked.of(keys[2:])}
    write_seen(bundle, Seen(lists, {TRAIN: 2, WRONG: 1}))
    halve(bundle, tmp_path / "half")
    kept = read_seen(tmp_path / "half")
    assert kept.learnt(keys, keys).tolist() == [True, True, False]
    assert set(kept.lists) == {TRAIN}  # where the rounded network is wrong is not known
