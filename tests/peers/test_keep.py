"""A module that somebody trained is kept as a bundle, which every verb reads."""

import json
from pathlib import Path

import pytest
import torch
from small_runs import OWN
from torch import nn
from torch.nn.utils import prune

from papernets import build, create_model, from_peer, load, load_bundle, net, save
from papernets.cli import main
from papernets.data import Preprocessing
from papernets.nets import find
from papernets.peers import find_peer
from papernets.peers.conventions import CONVENTIONS, averaged
from papernets.peers.recognise import our_net, theirs

TEN = tuple(map(str, range(10)))


def told(folder):
    return json.loads((folder / "bundle.json").read_text())


def same_answers(model, folder):
    """The bundle's model gives what the module gives, by every way that reads it."""
    whole = load_bundle(folder)
    x = torch.rand(2, *whole.info.input, generator=torch.Generator().manual_seed(1))
    expected = model.eval()(x)
    for other in (whole.model, create_model(folder).eval(), load(folder).model):
        assert torch.equal(other(x), expected)
    assert main(["explain", str(folder), "--json"]) == 0


def step(model):
    """One step of anybody's own loop."""
    x = torch.rand(4, *model.net.input, generator=torch.Generator().manual_seed(2))
    out = model.train()(x)
    main_out = out if isinstance(out, torch.Tensor) else out.main
    nn.functional.cross_entropy(main_out, torch.arange(4) % model.net.classes).backward()
    with torch.no_grad():
        for weight in model.parameters():
            weight -= 0.01 * (weight.grad if weight.grad is not None else 0)
    return model


@pytest.mark.parametrize(
    ("name", "asked", "options"),
    [
        ("lenet5", {"num_classes": 4}, {}),
        ("resnet20", {"zeros": "around"}, {"zeros": "around"}),
        ("mobilenet_v1", {"width": 0.25, "input": 64, "num_classes": 3}, {"width": 0.25}),
        ("mobilenet_v1_timm", {"width": 0.25, "head": True, "input": 64, "num_classes": 3}, None),
        ("googlenet", {"aux": False, "input": 64, "num_classes": 3}, {"aux": False}),
    ],
)
def test_the_name_and_its_options_are_kept(tmp_path, capsys, name, asked, options):
    model = step(create_model(name, **asked))
    classes = [f"class {number}" for number in range(model.net.classes)]
    assert save(model, tmp_path / "made", classes) == tmp_path / "made"
    kept = told(tmp_path / "made")
    wanted = {"width": 0.25, "head": True} if options is None else options
    assert (kept["network"], kept["options"], kept["net"]) == (name, wanted, {})
    assert kept["classes"] == classes
    same_answers(model, tmp_path / "made")
    again = create_model(name, weights=tmp_path / "made", **wanted)
    assert again.net == model.net


def test_what_no_plain_options_give_is_kept_as_data(tmp_path, capsys):
    own = net("mobilenet_v1_timm", width=0.25, head=True, classes=3, input=64)
    model = build(own)
    save(model, tmp_path / "made", list("abc"))
    assert told(tmp_path / "made")["net"]["name"] == "mobilenet_v1_timm"
    same_answers(model, tmp_path / "made")
    assert create_model("mobilenet_v1_timm", weights=tmp_path / "made").net == own


def test_a_network_of_ones_own_needs_its_file_no_more(tmp_path, capsys):
    (tmp_path / "own.py").write_text(OWN)
    model = step(create_model(f"{tmp_path / 'own.py'}:NET"))
    save(model, tmp_path / "made", list("abc"))
    (tmp_path / "own.py").unlink()
    assert told(tmp_path / "made")["network"] == "own.py:NET"
    same_answers(model, tmp_path / "made")
    again = create_model(tmp_path / "made", num_classes=5)
    assert again.left_out == ("out.weight", "out.bias")
    save(again, tmp_path / "other", range(5))
    same_answers(again, tmp_path / "other")


def test_a_classifier_that_was_replaced(tmp_path, capsys):
    model = create_model("resnet20", weights=create_model("resnet20").state_dict())
    model.fc = nn.Linear(64, 3)
    save(model, tmp_path / "made", list("abc"))
    same_answers(model, tmp_path / "made")
    assert create_model(tmp_path / "made").net == net("resnet20", classes=3)
    model = create_model("lenet4", weights="lenet4")
    model.output = nn.Linear(120, 2)
    with pytest.raises(ValueError, match=r"names of the 2 classes: give classes=.* range\(2\)"):
        save(model, tmp_path / "none")
    save(model, tmp_path / "two", ["cat", "dog"])
    kept = told(tmp_path / "two")
    assert kept["classes"] == ["cat", "dog"] and kept["run"] == {} and kept["metrics"] == {}


def test_what_a_bundle_told_goes_on(tmp_path, capsys):
    model = create_model("lenet5_scan")
    save(model, tmp_path / "made")
    kept, before = told(tmp_path / "made"), load_bundle("lenet5_scan").info
    assert tuple(kept["classes"]) == before.classes and kept["score_scale"] == before.score_scale
    eyes = Preprocessing.from_dict(before.preprocessing)
    assert Preprocessing.from_dict(kept["preprocessing"]) == eyes
    assert kept["run"]["neighbours"] == before.run["neighbours"]
    same_answers(model, tmp_path / "made")


def test_a_committee_is_kept_with_its_rule(tmp_path, capsys):
    model = create_model("boosted_lenet4", weights="boosted_lenet4")
    save(model, tmp_path / "made")
    assert told(tmp_path / "made")["rule"] == load_bundle("boosted_lenet4").info.rule
    same_answers(model, tmp_path / "made")
    save(create_model("boosted_lenet4", num_classes=2), tmp_path / "two", ["a", "b"])
    assert told(tmp_path / "two")["network"] == "boosted_lenet4"
    assert load(tmp_path / "two").classes == ("a", "b")


def test_the_verbs_read_it(tmp_path, capsys):
    from PIL import Image

    model = create_model("lenet1", weights="lenet1")
    folder = save(model, tmp_path / "made")
    Image.new("L", (28, 28), 0).save(tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as image:
        image.paste(255, (13, 4, 16, 24))
        image.save(tmp_path / "x.png")
    answers = []
    for bundle in ("lenet1", str(folder)):
        assert main(["predict", bundle, str(tmp_path / "x.png"), "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    assert main(["evaluate", str(folder), "--data", "digits", "--json"]) == 0


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("lenet5", None, {"kind": "digit", "low": [-0.1], "high": [1.175]}),
        ("lenet5_modern", None, {"kind": "digit", "low": [0.0], "high": [1.0]}),  # its recipe
        ("resnet20", None, {"kind": "photo", "order": "rgb", "picture": [32, 32]}),
        ("resnet20", "tf", {"low": [-1.0], "high": [1.0]}),
        ("resnet20", {"kind": "photo", "picture": [40, 40], "crop": True}, {"crop": True}),
        ("resnet20", Preprocessing(3, 32, 32, (32, 32), "photo"), {"kind": "photo"}),
    ],
)
def test_how_pictures_are_prepared(tmp_path, name, given, expected):
    save(create_model(name), tmp_path / "made", TEN, given)
    kept = told(tmp_path / "made")["preprocessing"]
    assert expected.items() <= kept.items()
    assert [kept["channels"], kept["height"], kept["width"]] == list(net(name).input)


def changed(name, change):
    model = create_model(name)
    change(model)
    return model


REFUSED = {
    "no bias": (
        lambda: changed("resnet20", lambda m: setattr(m, "fc", nn.Linear(64, 3, bias=False))),
        "this resnet20 does not fit: it has no tensor 'fc.bias'",
    ),
    "another layer": (
        lambda: changed("lenet5_modern", lambda m: setattr(m, "extra", nn.Linear(2, 2))),
        "this lenet5_modern does not fit: the network has no tensor 'extra.weight'",
    ),
    "another function": (
        lambda: changed(
            "lenet5_modern", lambda m: m.fc2.register_forward_hook(lambda *a: a[2] * 2)
        ),
        "this lenet5_modern computes something else than its network with the same tensors",
    ),
    "values that are none": (
        lambda: changed("lenet1", lambda m: m.out.linear.bias.data.fill_(float("nan"))),
        "'out.linear.bias' has values that are NaN or infinite",
    ),
    "features": (lambda: create_model("lenet5", num_classes=0), "this lenet5 gives features"),
    "dense": (lambda: create_model("lenet5", dense=True), "gives maps: .* without dense=True"),
    "larger dense": (lambda: create_model("lenet5", dense=True, input=64), "without dense=True"),
    "another's": (lambda: nn.Linear(2, 2), "a Linear is no network of papernets: give a module"),
    "no module": (dict, "a dict is no module"),
    "no values": (lambda: create_model("lenet1").to("meta"), "its tensors have no values"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_does_not_fit_is_refused_by_name(tmp_path, what):
    make, message = REFUSED[what]
    with pytest.raises(ValueError, match=message):
        save(make(), tmp_path / "made", TEN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"classes": "abcdefghij"}, "classes must be names in the order of the outputs, not 'abc"),
        ({"classes": dict(enumerate(TEN))}, r"outputs, not a dict: list\(classes.values\(\)\)"),
        ({"classes": {"a": 0, "b": 1}}, r"outputs, not a dict: list\(classes\)"),
        ({"classes": set(TEN)}, "classes must be names in the order of the outputs, not {"),
        ({"classes": TEN[1:]}, "9 names for the 10 classes of lenet1"),
        ({"classes": [*TEN[1:], "1"]}, "two classes are called '1'"),
        ({"classes": None}, "nothing tells the names of the 10 classes: give classes="),
        ({"preprocessing": "tff"}, "unknown preprocessing 'tff'. Did you mean 'tf'"),
        ({"preprocessing": 3}, "preprocessing must be a Preprocessing, its dict or a name"),
        ({"preprocessing": {"kinds": 3}}, "unknown preprocessing key 'kinds'"),
        ({"preprocessing": {"height": 32}}, r"\(1, 32, 28\), lenet1 sees \(1, 28, 28\)"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path, asked, message):
    with pytest.raises(ValueError, match=message):
        save(create_model("lenet1"), tmp_path / "made", **{"classes": TEN, **asked})
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path):
    model = create_model("lenet1")
    save(model, tmp_path / "made", TEN)
    for taken in (tmp_path / "made", Path(__file__)):
        with pytest.raises(FileExistsError, match="is there already: give a new folder"):
            save(model, taken, TEN)
    (tmp_path / "empty").mkdir()
    save(model, tmp_path / "empty", TEN)
    assert (tmp_path / "empty" / "bundle.json").is_file()


def test_what_torch_wraps_round_a_module(tmp_path):
    model = create_model("lenet1")
    wrapped = (nn.DataParallel(model), torch.optim.swa_utils.AveragedModel(model))
    for at, one in enumerate((*wrapped, torch.compile(model, backend="eager"))):
        save(one, tmp_path / str(at), TEN)
        loaded = load_bundle(tmp_path / str(at)).model.state_dict()
        assert all(torch.equal(loaded[key], own) for key, own in model.state_dict().items())


def test_the_module_and_the_random_numbers_stay_as_they_are(tmp_path):
    model = create_model("resnet20")
    model.fc.eval()
    modes = [part.training for part in model.modules()]
    before, state = torch.get_rng_state(), {k: v.clone() for k, v in model.state_dict().items()}
    save(model, tmp_path / "made", TEN)
    assert torch.equal(torch.get_rng_state(), before)
    assert [part.training for part in model.modules()] == modes
    assert all(torch.equal(own, state[key]) for key, own in model.state_dict().items())


LARGE = [
    pytest.param(*given, marks=pytest.mark.slow)
    for given in (
        (lambda: create_model("resnet18", in_chans=1), "torch", [256, 256]),
        (lambda: create_model("zfnet", in_chans=1, num_classes=10), "torch", [256, 256]),
        (lambda: create_model("inception_v3_timm", in_chans=1), "tf", [341, 341]),
    )
]


@pytest.mark.parametrize(
    ("made", "low", "picture"),
    [
        (lambda: create_model("resnet20", in_chans=1), "torch", [32, 32]),
        *LARGE,
    ],
)
def test_grey_photographs_are_no_digits(tmp_path, made, low, picture):
    model = made()
    save(model, tmp_path / "made", range(model.net.classes))
    kept = told(tmp_path / "made")["preprocessing"]
    inputs = averaged(CONVENTIONS[low])
    assert kept["kind"] == "photo" and kept["picture"] == picture
    assert kept["low"] == pytest.approx(inputs.low) and kept["high"] == pytest.approx(inputs.high)
    assert kept["crop"] == (picture != [32, 32])


@pytest.mark.parametrize(
    ("peer", "name", "ours"),
    [
        ("torchvision", "resnet18", "resnet18"),
        ("timm", "mobilenetv1_125", "mobilenet_v1_timm"),
        ("timm", "resnet50", "resnet50_v1.5"),
    ],
)
def test_from_peer_and_convert_agree_in_grey(tmp_path, capsys, peer, name, ours):
    known = find_peer(peer, name)
    own = our_net(known.net, known.options)
    state, names = build(own).state_dict(), theirs(known, own)
    state = {names[key]: tensor for key, tensor in state.items()}
    save(from_peer(peer, name, state, num_classes=2, in_chans=1), tmp_path / "made", ["a", "b"])
    torch.save(state, tmp_path / "file.pth")
    words = ["--net", name, "--from", peer, "--classes", "2", "--channels", "1", "--quiet"]
    out = str(tmp_path / "converted")
    assert main(["convert", str(tmp_path / "file.pth"), *words, "--out", out]) == 0
    kept, converted = told(tmp_path / "made"), told(tmp_path / "converted")
    assert kept["preprocessing"] == converted["preprocessing"]
    assert kept["preprocessing"]["kind"] == "photo" and len(kept["preprocessing"]["low"]) == 1
    assert find(kept["network"]).name == ours


def test_what_a_dict_lacks_is_the_networks_own(tmp_path):
    def kept(name, given, **asked):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        save(create_model(name, num_classes=10, **asked), folder, TEN, given)
        return told(folder)["preprocessing"]

    own = kept("resnet18", None)
    assert own["picture"] == [256, 256] and own["crop"]
    assert kept("resnet18", {}) == own
    assert kept("resnet18", {"crop": False}) == own | {"crop": False}
    values = {"low": [-2.0, -1.0, 0.0], "high": [2.0, 1.0, 3.0]}
    assert kept("resnet18", values) == own | values
    turned = kept("resnet18", {"order": "bgr"})
    assert turned["low"] == own["low"][::-1] and turned["high"] == own["high"][::-1]
    digit = kept("resnet18", {"kind": "digit", "picture": (28, 28)})
    assert digit == own | {"kind": "digit", "picture": [28, 28], "crop": False}
    assert kept("lenet5", {"shrink": 0.5}) == kept("lenet5", None) | {"shrink": 0.5}
    scan = create_model("lenet5_scan")
    save(scan, tmp_path / "scan", preprocessing={"low": [0.0]})
    before = Preprocessing.from_dict(load_bundle("lenet5_scan").info.preprocessing).to_dict()
    assert told(tmp_path / "scan")["preprocessing"] == before | {"low": [0.0]}


HEADS = {
    "dropout": lambda: nn.Sequential(nn.Dropout(0.2), nn.Linear(64, 2)),
    "nested": lambda: nn.Sequential(
        nn.Flatten(), nn.Sequential(nn.Identity(), nn.Linear(64, 2)), nn.Dropout()
    ),
    "alone": lambda: nn.Sequential(nn.Linear(64, 2)),
}


@pytest.mark.parametrize("what", HEADS)
def test_a_classifier_in_a_sequential(tmp_path, capsys, what):
    model = changed("resnet20", lambda m: setattr(m, "fc", HEADS[what]()))
    save(model, tmp_path / "made", ["a", "b"])
    same_answers(model, tmp_path / "made")
    assert told(tmp_path / "made")["network"] == "resnet20"


def pruned(model):
    prune.l1_unstructured(model.fc, "weight", 0.5)


LAYERS = {
    "two layers": (
        lambda m: setattr(m, "fc", nn.Sequential(nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 2))),
        r"fc \(Linear\) was replaced by Sequential \(Linear, ReLU, Linear\)\. In a classifier's "
        "place one nn.Linear works",
    ),
    "an activation": (
        lambda m: setattr(m, "fc", nn.Sequential(nn.ReLU(), nn.Linear(64, 2))),
        r"was replaced by Sequential \(ReLU, Linear\)",
    ),
    "none": (lambda m: setattr(m, "fc", nn.Identity()), r"fc \(Linear\) was replaced by Identity"),
    "pruned": (pruned, r"fc is pruned: .*torch\.nn\.utils\.prune\.remove\(model\.fc, 'weight'\)"),
    "parametrised": (
        lambda m: nn.utils.parametrizations.weight_norm(m.fc),
        r"fc is parametrised: .*remove_parametrizations\(model\.fc, 'weight'\)",
    ),
    "spectral norm": (
        lambda m: nn.utils.spectral_norm(m.fc),
        r"fc's weight is computed .*remove_spectral_norm\(model\.fc, 'weight'\)",
    ),
    "no weights": (
        lambda m: setattr(m, "avgpool", nn.AdaptiveMaxPool2d(1)),
        "something else .*: avgpool .* was replaced by AdaptiveMaxPool2d",
    ),
}


@pytest.mark.parametrize("what", LAYERS)
def test_what_was_replaced_is_named(tmp_path, what):
    change, message = LAYERS[what]
    with pytest.raises(ValueError, match=message):
        save(changed("resnet20", change), tmp_path / "made", ["a", "b"])
    assert list(tmp_path.iterdir()) == []


def test_what_the_messages_say_works(tmp_path):
    model = changed("resnet20", pruned)
    prune.remove(model.fc, "weight")
    save(model, tmp_path / "pruned", TEN)
    model = changed("resnet20", lambda m: nn.utils.parametrizations.weight_norm(m.fc))
    nn.utils.parametrize.remove_parametrizations(model.fc, "weight")
    save(model, tmp_path / "parametrised", TEN)


def test_heads_of_other_classes_than_the_classifier(tmp_path, capsys):
    model = create_model("googlenet", input=96, num_classes=5)
    model.fc = nn.Linear(1024, 2)
    message = r"fc is for 2 classes, .*aux1\.\w+ for 5, aux2\.\w+ for 5.*aux=False.* or replace"
    with pytest.raises(ValueError, match=message) as caught:
        save(model, tmp_path / "made", ["a", "b"])
    assert str(caught.value).endswith(" = nn.Linear(1024, 2)")
    model.eval()
    bare = create_model(
        "googlenet", aux=False, num_classes=2, input=96, weights=model.state_dict()
    ).eval()
    x = torch.rand(1, 3, 96, 96)
    assert torch.equal(bare(x), model(x))
    save(bare, tmp_path / "bare", ["a", "b"])
    named = str(caught.value).rpartition("model.")[2].partition(" =")[0].rpartition(".")
    for head in (model.aux1, model.aux2):
        setattr(head, named[2], nn.Linear(1024, 2))
    save(model, tmp_path / "made", ["a", "b"])
    same_answers(model, tmp_path / "made")
