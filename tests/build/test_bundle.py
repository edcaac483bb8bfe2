"""Bundles: written and read, damaged in every way, and made into models again."""

import hashlib
import json
import math
import re
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file
from small_nets import BRANCHES, SHORTCUTS
from small_runs import EYES

from papernets.build import Committee, assemble, build, create_model, load_bundle
from papernets.build.bundle import BundleInfo, find_bundle, read_info, save_bundle
from papernets.build.written import read_net, write_net
from papernets.nets import NETS, net
from papernets.spec import Committee as CommitteeSpec
from papernets.spec import Layer, chain

TEN = tuple("0123456789")
INFO = BundleInfo(
    network="lenet5_keras_28",
    classes=TEN,
    input=(1, 28, 28),
    preprocessing=replace(EYES, height=28, width=28, picture=(28, 28)).to_dict(),
    run={"seed": 3, "constant": "inf"},
    metrics={"val_error": 0.25},
)


def model_of(name="lenet5_keras_28", seed=0):
    found = net(name)
    return build(found, generator=torch.Generator().manual_seed(seed)).eval()


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "bundle"
    save_bundle(folder, INFO, model_of().state_dict())
    return folder


def test_what_is_written_is_read(bundle):
    assert read_info(bundle) == INFO
    found = load_bundle(bundle)
    assert found.info == INFO and found.folder == bundle and not found.model.training
    x = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    assert torch.equal(found.model(x), model_of()(x))
    assert json.loads((bundle / "bundle.json").read_text())["schema"] == 1
    digest = hashlib.sha256((bundle / "weights.safetensors").read_bytes()).hexdigest()
    assert digest == json.loads((bundle / "bundle.json").read_text())["weights"]["sha256"]


def test_the_weights_alone_are_a_bundle(bundle):
    (bundle / "bundle.json").unlink()
    assert read_info(bundle) == INFO
    assert load_bundle(bundle.parent / "bundle" / "weights.safetensors").info == INFO


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


def same(one, other):
    """True where two modules have the same tensors."""
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(v, theirs[k]) for k, v in mine.items())


def test_weights_in_every_form(bundle):
    name = "lenet5_keras_28"
    state = model_of().state_dict()
    for weights in (bundle, str(bundle), bundle / "weights.safetensors", state):
        assert same(create_model(name, weights=weights), model_of())
    assert not same(create_model(name), model_of())


def test_an_older_description_beside_newer_weights(bundle):
    """The power goes between the two files: the description inside the weights counts."""
    old = (bundle / "bundle.json").read_bytes()
    newer = replace(INFO, metrics={"val_error": 0.125})
    save_bundle(bundle, newer, model_of(seed=1).state_dict())
    (bundle / "bundle.json").write_bytes(old)
    assert read_info(bundle) == newer
    assert same(load_bundle(bundle).model, model_of(seed=1))


def test_an_edited_description_is_taken(bundle):
    path = bundle / "bundle.json"
    values = json.loads(path.read_text())
    values["classes"][0] = "zero"
    path.write_text(json.dumps(values))
    assert read_info(bundle).classes[0] == "zero"


def spoil(bundle, **values):
    path = bundle / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize(
    "values, message",
    [
        ({"schema": 2}, "has schema 2; this version of papernets reads 1. Install the version"),
        ({"schema": None}, "has schema None; this version"),
        ({"classes": []}, "'classes' is [], not a list of different names. Copy the bundle again"),
        ({"classes": ["a", "a"]}, "not a list of different names"),
        ({"input": [1, 28]}, "'input' is [1, 28], not a list of channels, height and width"),
        ({"preprocessing": 3}, "'preprocessing' is 3, not a table"),
        ({"net": 3}, "'net' is 3, not a table"),
        ({"score_scale": 0}, "'score_scale' is 0, not a number above 0"),
        ({"kind": "pile"}, "'kind' is \"pile\", not network or committee"),
    ],
)
def test_a_description_that_is_wrong(bundle, values, message):
    spoil(bundle, **values)
    with pytest.raises(ValueError, match=re.escape(message)) as found:
        read_info(bundle)
    assert str(bundle / "bundle.json") in str(found.value)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "is not JSON ("),
        ("[]", "does not describe a bundle: it names no network"),
        ('{"network": "lenet5", "schema": 1}', "has no 'classes'"),
        ('{"network": 5, "schema": 1, "classes": [], "input": [], "preprocessing": {}}', "a name"),
    ],
)
def test_a_description_that_is_none(bundle, text, message):
    (bundle / "bundle.json").write_text(text)
    with pytest.raises(ValueError, match=re.escape(message)):
        read_info(bundle)


def test_weights_that_were_cut_short(bundle):
    path = bundle / "weights.safetensors"
    data = path.read_bytes()
    for size in (0, 7, 400, len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises(ValueError, match=r"weights\.safetensors is not a whole safetensors"):
            load_bundle(bundle)


def test_weights_of_which_a_byte_was_changed(bundle):
    path = bundle / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r"is not as it was written: the checksum differs\. Copy"):
        load_bundle(bundle)


def test_weights_of_another_tool(bundle):
    path = bundle / "weights.safetensors"
    save_file(load_file(path), path)
    with pytest.raises(ValueError, match=r"is not the file that .*bundle\.json describes: the ch"):
        load_bundle(bundle)
    (bundle / "bundle.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"is no bundle: it has no bundle\.json"):
        load_bundle(bundle)


def test_files_that_are_missing(bundle, tmp_path):
    (bundle / "weights.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"bundle is no bundle: it has no weights\.safete"):
        load_bundle(bundle)
    (bundle / "bundle.json").unlink()
    message = r"is no bundle and no finished run: it has neither bundle\.json nor best/bundle\.json"
    with pytest.raises(FileNotFoundError, match=message):
        load_bundle(bundle)
    with pytest.raises(FileNotFoundError, match="is no bundle and no finished run"):
        create_model(bundle)
    with pytest.raises(FileNotFoundError, match=r"no bundle '.*none': give a bundle's folder"):
        load_bundle(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"Train it: papernets train lecture_cnn; then"):
        load_bundle("lecture_cnn")


def test_a_first_bundle_is_found_between_its_two_files(bundle):
    run = bundle.parent / "run"
    run.mkdir()
    bundle.rename(run / "last")
    (run / "last" / "bundle.json").unlink()
    assert find_bundle(run) == run / "last" and load_bundle(run).info == INFO


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda s: s.pop("fc1.bias"), "it has no tensor 'fc1.bias' (120); it begins with 'conv1"),
        (lambda s: s.update(more=torch.zeros(1)), "the network has no tensor 'more'"),
        (
            lambda s: s.update({"out.bias": torch.zeros(9)}),
            "'out.bias' is 9, the network has 10",
        ),
        (
            lambda s: s.update({"out.bias": torch.full((10,), math.nan)}),
            "'out.bias' has values that are NaN or infinite",
        ),
        (lambda s: s.clear(), "it has no tensor 'conv1.weight' (6x1x5x5); it is empty"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(tmp_path, change, message):
    state = model_of().state_dict()
    change(state)
    with pytest.raises(ValueError, match=re.escape("the state_dict does not fit: " + message)):
        create_model("lenet5_keras_28", weights=state)
    save_bundle(tmp_path / "b", INFO, state)
    with pytest.raises(ValueError, match=re.escape("does not fit: " + message)) as found:
        load_bundle(tmp_path / "b")
    assert str(tmp_path / "b" / "weights.safetensors") in str(found.value)


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
    with pytest.raises(ValueError, match=r"'out\.weight' is 7x84, the network has 9x84"):
        create_model(tmp_path / "b", num_classes=9)
    with pytest.raises(ValueError, match=r"'conv1\.weight' is 6x3x5x5, the network has 6x1x5x5"):
        create_model(tmp_path / "b", in_chans=1)
    with pytest.raises(ValueError, match=r"does not fit: 'fc1\.weight' is "):
        create_model(tmp_path / "b", input=28)
    wide = create_model(tmp_path / "b", dense=True, input=(40, 60)).eval()
    assert wide(torch.zeros(1, 3, 40, 60)).shape == (1, 7, 1, 7)


def test_a_folder_that_only_has_a_networks_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet1").mkdir()
    assert create_model("lenet1").net.name == "lenet1"
    (tmp_path / "lecture_cnn").mkdir()
    with pytest.raises(FileNotFoundError, match="lecture_cnn is no bundle and no finished run"):
        load_bundle("lecture_cnn")


def test_a_committee(bundle):
    pile = bundle.parent / "pile"
    for name in "12":
        save_bundle(pile / name, INFO, model_of(seed=int(name)).state_dict())
    rule = {"name": "sum", "weights": [0.5, 2.0], "alone": 1.5, "margin": 0.25}
    info = replace(INFO, kind="committee", members=("1", "2"), rule=rule)
    save_bundle(pile, info, None)
    found = load_bundle(pile)
    assert isinstance(found.model, Committee) and found.info == info
    assert (found.model.weights, found.model.alone, found.model.margin) == ((0.5, 2.0), 1.5, 0.25)
    assert isinstance(create_model(pile), Committee)
    for given, message in (
        ({"num_classes": 3}, "is a trained committee with classes 10, not 3"),
        ({"in_chans": 3}, "is a trained committee with channels 1, not 3"),
        ({"input": 32}, r"is a trained committee with input \(28, 28\), not \(32, 32\)"),
    ):
        with pytest.raises(ValueError, match=message):
            create_model(pile, **given)
    assert isinstance(create_model(pile, num_classes=10, in_chans=1, input=28), Committee)
    spoil(pile / "2", classes=list("abcdefghij"))
    with pytest.raises(ValueError, match="2 has other classes than its committee"):
        load_bundle(pile)
    spoil(pile, members=[])
    with pytest.raises(ValueError, match=r"is a committee without members\. Copy the"):
        load_bundle(pile)
    spoil(pile, members=["1", "9"])
    with pytest.raises(FileNotFoundError, match="9"):
        load_bundle(pile)


def test_an_untrained_committee():
    model = create_model("boosted_lenet4", num_classes=4)
    assert isinstance(model, Committee) and len(model.members) == 3
    assert model(torch.zeros(2, 1, 32, 32)).shape == (2, 4)
    with pytest.raises(ValueError, match="boosted_lenet4 is a committee: its weights are a bundle"):
        create_model("boosted_lenet4", weights={})


every = [net(entry.name) for entry in NETS]
every = [one.member if isinstance(one, CommitteeSpec) else one for one in every]


@pytest.mark.parametrize("one", [*every, BRANCHES, SHORTCUTS], ids=lambda one: one.name)
def test_a_network_as_data(one):
    text = json.dumps(write_net(one), allow_nan=False)
    found = read_net(json.loads(text), "here")
    assert found.body == one.body and found.input == one.input and found.classes == one.classes
    with torch.device("meta"):
        assert assemble(found).state_dict().keys() == assemble(one).state_dict().keys()


def test_only_layers_of_ours_are_data():
    class Mine(Layer):
        pass

    with pytest.raises(TypeError, match="a Mine cannot be written to a bundle"):
        write_net(replace(BRANCHES, body=chain({"mine": Mine()})))
    values = write_net(BRANCHES)
    values["body"]["parts"][0][1]["is"] = "os"
    with pytest.raises(ValueError, match=r"here: its network cannot be read .*no layer 'os'"):
        read_net(values, "here")
    with pytest.raises(ValueError, match="here: its network cannot be read"):
        read_net({"name": "x"}, "here")
