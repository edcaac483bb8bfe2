"""Models by name and from bundles."""

import re
import shutil
from dataclasses import replace

import pytest
import torch
from small_bundles import INFO, model_of, same, spoil
from small_nets import BRANCHES

import papernets
from papernets.bundle.committee import Committee
from papernets.bundle.create import create_model
from papernets.bundle.load import load_bundle
from papernets.bundle.net_json import write_net
from papernets.bundle.save import save_bundle
from papernets.nets import net
from papernets.run.network import build
from papernets.said import Record


@pytest.mark.parametrize("form", ["folder", "str", "file", "weights", "run"])
def test_a_bundle_alone_is_enough_for_a_model(bundle, form):
    (bundle.parent / "run").mkdir()
    (bundle.parent / "run" / "best").symlink_to(bundle)
    given = {
        "folder": bundle,
        "str": str(bundle),
        "file": bundle / "bundle.json",
        "weights": bundle / "weights.safetensors",
        "run": bundle.parent / "run",
    }[form]
    assert same(create_model(given), model_of())


@pytest.mark.parametrize("given", ["lenet1", None, net("boosted_lenet4")])
def test_build_takes_a_network_alone(given):
    with pytest.raises(TypeError, match=r"build takes a network, not a .*create_model takes names"):
        papernets.build(given)


def test_a_bundle_in_place_goes_before_a_network_of_its_name(bundle, monkeypatch):
    monkeypatch.chdir(bundle.parent)
    shutil.copytree(bundle, "lenet1")
    assert same(create_model("lenet1"), model_of())
    assert create_model("lenet4").net.name == "lenet4"


def test_a_bundle_that_comes_along_answers_to_its_own_name():
    assert same(create_model("lenet5_scan"), load_bundle("lenet5_scan").model)
    assert not same(create_model("lenet5"), load_bundle("lenet5").model)


@pytest.mark.parametrize("name", ["a" * 5000, "gone/lenet5", "lenet5_sca"])
def test_a_name_that_means_nothing(name):
    with pytest.raises(ValueError, match="unknown network"):
        create_model(name)


def test_a_network_as_data_keeps_the_heads_that_its_weights_have(bundle):
    model = build(BRANCHES, generator=torch.Generator().manual_seed(0))
    classes = tuple(map(str, range(BRANCHES.classes)))
    info = replace(INFO, network="own.py:NET", classes=classes, input=BRANCHES.input)
    save_bundle(bundle, replace(info, net=write_net(BRANCHES, Record())), model.state_dict())
    assert same(create_model(bundle, aux=False), model)


def test_weights_in_every_form(bundle):
    name = "lenet5_keras_28"
    state = model_of().state_dict()
    for weights in (bundle, str(bundle), bundle / "weights.safetensors", state):
        assert same(create_model(name, weights=weights), model_of())
    assert not same(create_model(name), model_of())


def test_a_bundle_of_another_network(bundle):
    """Its tensors would fit, and the answers would be wrong."""
    message = r"bundle is a trained lenet5_keras_28, not lenet5_modern. Leave the name out: create_"
    with pytest.raises(ValueError, match=message):
        create_model("lenet5_modern", input=28, weights=bundle)
    tensors = bundle / "weights.safetensors"
    assert create_model("lenet5_modern", input=28, weights=tensors).net.name == "lenet5_modern"
    assert same(create_model("LeNet5-Keras-28", weights=bundle), model_of())


def test_classes_channels_and_input_are_the_bundles_unless_given(tmp_path):
    found = net("lenet5_keras_28", 7, 3, (40, 36))
    info = replace(INFO, classes=tuple("abcdefg"), input=(3, 40, 36))
    state = build(found).state_dict()
    save_bundle(tmp_path / "b", info, state)
    for given in ((tmp_path / "b",), ("lenet5_keras_28",)):
        weights = None if len(given) == 1 and given[0] != "lenet5_keras_28" else tmp_path / "b"
        model = create_model(*given, weights=weights)
        assert (model.net.classes, model.net.input) == (7, (3, 40, 36))
    assert create_model(tmp_path / "b", num_classes=9).left_out == ("out.weight", "out.bias")
    with pytest.raises(ValueError, match=r"b was trained on 3 channels, not 1: its first layer"):
        create_model(tmp_path / "b", in_chans=1)
    with pytest.raises(ValueError, match=r"does not fit: 'fc1\.linear\.weight' is "):
        create_model(tmp_path / "b", input=28)
    wide = create_model(tmp_path / "b", dense=True, input=(40, 60)).eval()
    assert wide(torch.zeros(1, 3, 40, 60)).shape == (1, 7, 1, 7)


@pytest.mark.parametrize("name", ["{}:NET", "evil.py:NET", "evil.py", "{}"])
def test_a_bundles_code_is_never_run(bundle, evil, name):
    ran = evil.with_suffix(".ran")
    name = name.format(evil)
    spoil(bundle, network=name, run={"net": name})
    message = re.escape(f"names a file of Python code, {name}: a bundle's code is not run. If you")
    for load in (load_bundle, create_model, lambda folder: create_model(folder, dense=True)):
        with pytest.raises(ValueError, match=message) as found:
            load(bundle)
        assert f"create_model('FILE.py:NAME', weights='{bundle}')" in str(found.value)
    with pytest.raises(ValueError, match=r"is a trained .*, not lenet5_modern"):
        create_model("lenet5_modern", weights=bundle)
    pile = bundle.parent / "pile"
    bundle.rename(bundle.parent / "member")
    save_bundle(pile, replace(INFO, kind="committee", members=("m",)), None)
    (bundle.parent / "member").rename(pile / "m")
    with pytest.raises(ValueError, match=message):
        load_bundle(pile)
    assert not ran.exists()
    if ":" in name:
        given = create_model(name, weights=pile / "m")
        assert same(given, model_of()) and ran.exists()


def test_an_untrained_committee():
    model = create_model("boosted_lenet4", num_classes=4)
    assert isinstance(model, Committee) and len(model.members) == 3
    assert model(torch.zeros(2, 1, 32, 32)).shape == (2, 4)
    with pytest.raises(ValueError, match="boosted_lenet4 is a committee: its weights are a bundle"):
        create_model("boosted_lenet4", weights={})


def test_a_network_larger_than_memory():
    with pytest.raises(
        ValueError, match=r"lenet5_modern with input 1x1000000000x1000000000 and 10"
    ):
        create_model("lenet5_modern", input=10**9)


def test_what_is_no_name():
    for call in (create_model, net):
        with pytest.raises(
            ValueError, match=r"a network is a name.*(not None.*'lenet5'|'lenet5', not None).*list"
        ):
            call(None)
    with pytest.raises(
        ValueError, match="a bundle is a folder, or a network that comes trained, n"
    ):
        load_bundle(None)
    with pytest.raises(ValueError, match="weights are a bundle's folder, a file or a state_dict"):
        create_model("lenet5", weights=5)


def test_numpys_whole_numbers(bundle):
    import numpy as np

    eight = np.int64(28)
    for input in (eight, (eight, eight), np.array(28)):
        assert net("lenet5_keras_28", np.int64(7), np.int32(1), input).input == (1, 28, 28)
    model = create_model("lenet5_modern", np.int64(7), np.int8(3), (np.int64(40), eight))
    assert (model.net.classes, model.net.input) == (7, (3, 40, 28))
    assert all(type(n) is int for n in (model.net.classes, *model.net.input))
    assert create_model(bundle, num_classes=np.int64(0)).net.classes == 0
