"""Bundles: written and read, damaged in every way, and made into models again."""

import hashlib
import json
import math
import re
from dataclasses import replace

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from small_nets import BRANCHES, SHORTCUTS
from small_runs import EYES

from papernets.bundle.committee import Committee
from papernets.bundle.info import BundleInfo, find_bundle, read_info, save_bundle
from papernets.bundle.load import assemble, create_model, load_bundle
from papernets.bundle.net_json import read_net, write_net
from papernets.cli import main
from papernets.nets import NETS, beside, net
from papernets.run.network import build
from papernets.said import Record
from papernets.spec import LRN, Layer, chain

TEN = tuple("0123456789")
LENET5 = net("lenet5").body
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


def test_a_file_of_weights_is_no_bundle(tmp_path, capsys):
    """What takes it is said, in Python and at the prompt; what is said works."""
    model, file = model_of(), tmp_path / "own weights.pth"
    torch.save(model.state_dict(), file)
    with pytest.raises(FileNotFoundError) as caught:
        create_model("lenet5_keras_28", weights=file)
    said = str(caught.value)
    assert said.startswith(f"{file} is a file, and no bundle. ")
    assert f"papernets convert '{file}' --net NAME --out OUT" in said
    assert "torch.load(path, weights_only=True)" in said and "papernets.from_peer" in said
    assert main(["evaluate", str(file)]) == 1
    assert "is a file, and no bundle" in capsys.readouterr().err
    again = create_model("lenet5_keras_28", weights=torch.load(file, weights_only=True)).eval()
    words = ["convert", str(file), "--net", "lenet5_keras_28", "--out", str(tmp_path / "made")]
    assert main(words) == 0
    x = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    assert torch.equal(again(x), model(x))
    assert torch.equal(load_bundle(tmp_path / "made").model(x), model(x))


def test_names_that_are_not_ours_are_a_peers():
    """Most names are others': who takes them is said. One that lacks is simply one that lacks."""
    own = model_of().state_dict()
    others = {f"layers.{at}": tensor for at, tensor in enumerate(own.values())}
    for state, hinted in ((others, True), (dict(list(own.items())[1:]), False)):
        with pytest.raises(ValueError, match=r"it has no tensor 'conv1\.weight'") as caught:
            create_model("lenet5_keras_28", weights=state)
        hint = "papernets.from_peer('torchvision', NAME, state_dict)"
        assert (hint in str(caught.value)) is hinted
        assert ("papernets convert FILE --net NAME --out OUT" in str(caught.value)) is hinted


def test_equal_bundles_are_equal_files(bundle, tmp_path):
    for number in range(8):  # safetensors draws the order of metadata's keys anew for each file
        save_bundle(tmp_path / str(number), INFO, model_of().state_dict())
        for name in ("weights.safetensors", "bundle.json"):
            assert (tmp_path / str(number) / name).read_bytes() == (bundle / name).read_bytes()


@pytest.mark.parametrize("spoilt", [False, True])
@pytest.mark.parametrize("older", [False, True])
def test_the_weights_file_of_a_bundle_half_replaced(bundle, older, spoilt):
    """The description in it counts, whose checksum was a key of its own in older bundles."""
    path = bundle / "weights.safetensors"
    state, newer = model_of(seed=1).state_dict(), replace(INFO, metrics={"val_error": 0.125})
    save_bundle(bundle.parent / "newer", newer, state)
    with safe_open(bundle.parent / "newer" / "weights.safetensors", framework="pt") as file:
        about = file.metadata()
    assert set(about) == {"bundle"}
    if older:
        said = json.loads(about["bundle"])
        about = {"sha256": said.pop("tensors")["sha256"], "bundle": json.dumps(said)}
    if spoilt:
        state = {name: tensor + 1 for name, tensor in state.items()}
    save_file(state, path, metadata=about)
    if spoilt:
        with pytest.raises(ValueError, match="is not as it was written: the checksum differs"):
            read_info(bundle)
    else:
        assert read_info(bundle) == newer


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


every = [net(entry.name).member for entry in NETS]


@pytest.mark.parametrize("one", [*every, BRANCHES, SHORTCUTS], ids=lambda one: one.name)
def test_a_network_as_data(one):
    own = beside(one)
    text = json.dumps(write_net(one, own.record), allow_nan=False)
    found = read_net(json.loads(text), "here")
    assert found.net == one
    assert (found.record.title, found.record.paper) == (own.record.title, own.record.paper)
    with torch.device("meta"):
        assert assemble(found).state_dict().keys() == assemble(own).state_dict().keys()


def test_a_bundle_that_says_how_layers_are_computed_is_read():
    """The first bundles held a form of tables and normalisations; it never changed a value."""
    own = replace(net("lenet5"), body=chain({"norm": LRN(5, 2, 1e-4, 0.75), "net": LENET5}))
    values = json.loads(json.dumps(write_net(own, Record())))
    (_, norm), (_, inner) = values["body"]["parts"]
    layers = dict(inner["parts"])
    assert "form" not in norm and "form" not in layers["C3"]
    norm["form"], layers["C3"]["form"] = "plain", "grouped"
    assert read_net(values, "here").net.body == own.body
    layers["C1"]["form"] = "plain"
    with pytest.raises(ValueError, match=r"here: its network cannot be read .*'form'"):
        read_net(values, "here")


def test_only_layers_of_ours_are_data():
    class Mine(Layer):
        pass

    with pytest.raises(TypeError, match="a Mine cannot be written to a bundle"):
        write_net(replace(BRANCHES, body=chain({"mine": Mine()})), Record())
    values = write_net(BRANCHES, Record())
    values["body"]["parts"][0][1]["is"] = "os"
    with pytest.raises(ValueError, match=r"here: its network cannot be read .*no layer 'os'"):
        read_net(values, "here")
    with pytest.raises(ValueError, match="here: its network cannot be read"):
        read_net({"name": "x"}, "here")


EVIL = """
from pathlib import Path
Path(__file__).with_suffix(".ran").touch()
from papernets.nets import net
NET = net("lenet5_keras_28")
"""


@pytest.fixture
def evil(tmp_path, monkeypatch):
    """A file of code in the present folder; evil.ran beside it tells that it was run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.py").write_text(EVIL)
    return tmp_path / "evil.py"


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


def test_a_network_as_data_needs_no_code(bundle, evil):
    own = replace(net("lenet5_keras_28"), name="mine")
    spoil(bundle, network="evil.py:NET", net=write_net(own))
    assert same(load_bundle(bundle).model, model_of())
    assert not evil.with_suffix(".ran").exists()


def test_a_members_name_is_no_code(bundle, evil):
    pile = bundle.parent / "pile"
    save_bundle(pile, replace(INFO, kind="committee", members=("evil.py",)), None)
    evil.rename(pile / "evil.py")
    with pytest.raises(FileNotFoundError, match=r"evil\.py is no bundle: it has no bundle\.json"):
        load_bundle(pile)
    assert not (pile / "evil.ran").exists()


@pytest.fixture
def pile(bundle):
    """A committee's bundle."""
    folder = bundle.parent / "pile"
    for name in "12":
        save_bundle(folder / name, INFO, model_of(seed=int(name)).state_dict())
    rule = {"name": "sum", "weights": [0.5, 2.0], "alone": 1.5, "margin": None}
    save_bundle(folder, replace(INFO, kind="committee", members=("1", "2"), rule=rule), None)
    return folder


RULE = {"name": "sum", "weights": [0.5, 2.0], "alone": 1.5, "margin": None}


@pytest.mark.parametrize(
    "values, message",
    [
        *(
            ({"members": ["1", name]}, "'members' is [")
            for name in ("..", ".", "", "/tmp", "a/../../b", "../pile", "2/", "c:\\x", "a\\b")
        ),
        ({"members": "12"}, "'members' is \"12\", not a list of folders inside the bundle's"),
        ({"rule": RULE | {"name": "vote"}}, "rule: 'name' is \"vote\", not sum, the rule that"),
        ({"rule": RULE | {"weights": [1.0]}}, "rule: 'weights' are 1 for 2 members; each has one"),
        ({"rule": RULE | {"weights": []}}, "rule: 'weights' are 0 for 2 members; each has one"),
        ({"rule": RULE | {"weights": [1, True]}}, "rule: 'weights' is [1, true], not a list of nu"),
        ({"rule": RULE | {"weights": [1, math.nan]}}, "'weights' is [1, NaN], not a list of numbe"),
        ({"rule": RULE | {"weights": 3}}, "'weights' is 3, not a list of numbers"),
        ({"rule": RULE | {"alone": "x"}}, "'alone' is \"x\", not a number above 0"),
        ({"rule": RULE | {"alone": None}}, "'alone' is null, not a number above 0"),
        ({"rule": RULE | {"margin": math.inf}}, "'margin' is Infinity, not a number, or null"),
        ({"rule": None}, "'rule' is null, not a table"),
    ],
)
def test_a_committee_that_is_wrong(pile, values, message):
    spoil(pile, **values)
    with pytest.raises(ValueError, match=re.escape(message)) as found:
        load_bundle(pile)
    assert str(pile / "bundle.json") in str(found.value) and "Copy the bundle" in str(found.value)


def test_members_lie_inside_and_are_networks(pile, bundle):
    (pile / "3").symlink_to(bundle)
    spoil(pile, members=["1", "3"])
    with pytest.raises(
        ValueError, match=r"3 leads out of its committee's folder .*Copy the bundle"
    ):
        load_bundle(pile)
    (pile / "3").unlink()
    (pile / "3").mkdir()
    (pile / "3" / "bundle.json").write_bytes((pile / "bundle.json").read_bytes())
    with pytest.raises(ValueError, match=r"3 is a committee within the committee .*pile: members"):
        load_bundle(pile)
    spoil(pile, members=["1", "2"], rule={})
    assert load_bundle(pile).model.weights == (1.0, 1.0)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"input": [1, 28, 10001]}, "not a list of channels, height and width, each from 1 to 10,"),
        ({"input": [True, 28, 28]}, "'input' is [true, 28, 28], not a list"),
        ({"input": None}, "'input' is null, not a list"),
        ({"classes": None}, "'classes' is null, not a list"),
        ({"score_scale": math.inf}, "'score_scale' is Infinity, not a number above 0"),
        ({"score_scale": math.nan}, "'score_scale' is NaN, not a number above 0"),
        ({"score_scale": 10**400}, "'score_scale' is 1000"),
        ({"score_scale": True}, "'score_scale' is true, not a number above 0"),
        ({"metrics": []}, "'metrics' is [], not a table"),
        (
            {"options": {"classes": 3}},
            "'options' is {\"classes\": 3}, not a table of the network's",
        ),
        ({"run": {"seed": "x"}}, "run: 'seed' is \"x\", not a whole number"),
        ({"run": {"constant": []}}, "run: 'constant' is [], not a number, or inf"),
        ({"run": {"neighbours": None}}, "run: 'neighbours' is null, not a number"),
    ],
)
def test_a_description_with_impossible_values(bundle, values, message):
    spoil(bundle, **values)
    with pytest.raises(ValueError, match=re.escape(message)):
        read_info(bundle)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_a_description_that_json_cannot_read(bundle, text):
    (bundle / "bundle.json").write_text(text)
    with pytest.raises(ValueError, match=r"bundle\.json is not JSON \("):
        read_info(bundle)


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda v: v.update(name=3), "TypeError: 3 is not text"),
        (lambda v: v.update(input=["a", 1, 1]), "its network cannot be read"),
        (lambda v: v.update(body=5), "its network cannot be read"),
        (lambda v: v["body"]["parts"][0][1].update({"is": []}), r"no layer \[\]"),
    ],
)
def test_a_network_as_data_that_is_wrong(change, message):
    values = json.loads(json.dumps(write_net(BRANCHES)))
    change(values)
    with pytest.raises(ValueError, match=f"here: .*{message}"):
        read_net(values, "here")


@pytest.mark.parametrize(
    "given, message",
    [
        (
            torch.zeros(10, dtype=torch.complex64),
            "'out.bias' holds complex numbers (torch.complex6",
        ),
        (torch.zeros(10, dtype=torch.int64), "'out.bias' holds whole numbers (torch.int64), the n"),
        (torch.zeros(10, dtype=torch.bool), "'out.bias' holds whole numbers (torch.bool), the ne"),
        (
            torch.full((10,), 1e300, dtype=torch.float64),
            "'out.bias' has values that are NaN or inf",
        ),
        ([0.0] * 10, "'out.bias' is a list, not a tensor"),
    ],
)
def test_weights_of_another_kind(given, message):
    state = model_of().state_dict() | {"out.bias": given}
    with pytest.raises(ValueError, match=re.escape(message)):
        create_model("lenet5_keras_28", weights=state)
    half = {k: v.half() for k, v in model_of().state_dict().items()}
    assert create_model("lenet5_keras_28", weights=half).out.bias.dtype == torch.float32


def test_a_network_larger_than_memory():
    with pytest.raises(
        ValueError, match=r"lenet5_modern with input 1x1000000000x1000000000 and 10"
    ):
        create_model("lenet5_modern", input=10**9)


def test_what_is_no_name():
    for call in (create_model, net):
        with pytest.raises(ValueError, match=r"a network is a name.* not None.*'lenet5'.*s list"):
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
    with pytest.raises(ValueError, match="classes must be a whole number of at least 1, not 0"):
        create_model(bundle, num_classes=0)


def test_a_run_that_has_no_bundle_yet(tmp_path):
    run = tmp_path / "my run"
    (run / "best" / "1").mkdir(parents=True)
    (run / "1").mkdir()
    for folder in (run, run / "1"):
        (folder / "run.toml").write_text("net = 'boosted_lenet4'\n")
    for given in (run, run / "best", run / "1"):
        with pytest.raises(FileNotFoundError) as found:
            load_bundle(given)
        said = f"{given} is not finished and has no bundle.json yet. Go on with it: papernets train"
        assert f"{said} --out '{run}' --resume" in str(found.value)


def test_explain_never_runs_a_bundles_code(tmp_path, capsys):
    ran = tmp_path / "ran"
    (tmp_path / "evil.py").write_text(f"open({str(ran)!r}, 'w').close()\n", encoding="utf-8")
    about = {"schema": 1, "network": f"{tmp_path / 'evil.py'}:NET", "classes": ["a", "b"]}
    about |= {"input": [1, 28, 28], "preprocessing": {}}
    (tmp_path / "bundle.json").write_text(json.dumps(about), encoding="utf-8")
    assert main(["explain", str(tmp_path)]) == 1
    assert "names a file of Python code" in capsys.readouterr().err and not ran.exists()
