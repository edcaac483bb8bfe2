"""from_peer: names, classes, heads, numbers of other kinds, and every way not to fit."""

import re

import numpy as np
import peer_layouts as layouts
import pytest
import torch
from fingerprints import drawn, layout_of
from torch import nn

from papernets import from_peer, net
from papernets.nets import find
from papernets.peers import find_peer
from papernets.peers.read import cleaned
from papernets.peers.recognise import theirs
from papernets.peers.translate import MODULES


def state_of(layout):
    """A state_dict of this layout in single precision."""
    found = {}
    for key, shape in dict(layout).items():
        tensor = drawn(key, shape)
        found[key] = tensor.float() if tensor.is_floating_point() else tensor
    return found


@pytest.fixture(scope="module")
def mobilenet():
    """timm's mobilenetv1_100, the smallest of them: 4.2 million parameters."""
    return state_of(layouts.mobilenet_timm())


@pytest.fixture
def state(mobilenet):
    return dict(mobilenet)


def load(state, **options):
    return from_peer("timm", "mobilenetv1_100", state, **options)


def test_the_peers_name_chooses_our_network():
    state = state_of(layouts.resnet(50))
    model = from_peer("torchvision", "resnet50", state)
    assert model.net == net("resnet50_v1.5")
    assert torch.equal(model.conv5_3.conv3.conv.weight, state["layer4.2.conv3.weight"])
    assert torch.equal(model.conv3_1.shortcut.norm.bias, state["layer2.0.downsample.1.bias"])


@pytest.mark.parametrize("name", ["mobilenetv1_100", "MobileNetV1-100"])
def test_separators_and_case(state, name):
    assert from_peer("timm", name, state).net == net("mobilenet_v1_timm")


OURS = [
    ("torchvision", "alexnet_torchvision", "alexnet", {}),
    ("torchvision", "resnet50_v1.5", "resnet50", {}),
    ("torchvision", "resnet50_torchvision", "resnet50", {}),
    ("torchvision", "AlexNet-OWT", "alexnet", {}),
    ("timm", "mobilenet_v1_timm", "mobilenetv1_100", {}),
    ("timm", "inception_v3_timm", "inception_v3", {}),
    ("keras", "resnet50_v2_keras", "ResNet50V2", {}),
    ("keras", "mobilenet_v1_keras", "MobileNet", {"width": 1.0, "input": 224}),
    ("keras", "mobilenet_v1_keras_0.25_224", "mobilenet_0.25_224", {"width": 0.25, "input": 224}),
    ("keras", "MobileNet-v1-Keras-0.50-160", "mobilenet_0.50_160", {"width": 0.5, "input": 160}),
]


@pytest.mark.parametrize(("peer", "ours", "theirs", "options"), OURS)
def test_our_own_name_is_taken(peer, ours, theirs, options):
    """It leads to the network that it names, with its width and size."""
    known = find_peer(peer, ours)
    assert known.name == theirs and options.items() <= known.options.items()
    assert net(known.net, **known.options).body == net(ours).body


def test_every_peers_network_has_a_name_of_ours():
    for module in MODULES.values():
        for known in module.KNOWN.values():
            if not known.options.keys() - {"width", "input"} and known.net != "mobilenet_v1_timm":
                own = net(known.net, **known.options)
                found = find_peer(known.peer, own.name)
                assert net(found.net, **found.options).body == own.body, known.name


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ("keras", "mobilenet_v1_0.25_96"),
        ("keras", "resnet50_v2_timm"),
        ("keras", "resnet50_b"),
        ("torchvision", "alexnet_two_tower"),
        ("torchvision", "boosted_lenet4"),
    ],
)
def test_a_name_of_ours_that_a_peer_does_not_have(peer, name):
    with pytest.raises(ValueError, match=f"unknown network of {peer}, '{name}'") as error:
        find_peer(peer, name)
    if hint := re.search("Did you mean '(.*?)'", str(error.value)):
        assert find_peer(peer, hint[1]).name == hint[1]


@pytest.mark.parametrize(
    ("name", "theirs_is", "own"),
    [
        ("mobilenet_v1_0.25_224", "mobilenet_0.25_224", "mobilenet_v1_keras_0.25_224"),
        ("MobileNet-v1_1.0_224", "MobileNet", "mobilenet_v1_keras"),
        ("mobilenet_v1", "MobileNet", "mobilenet_v1_keras"),
        ("inception_v3", "InceptionV3", "inception_v3_keras"),
        ("resnet101_v2", "ResNet101V2", "resnet101_v2_keras"),
    ],
)
def test_a_printed_network_means_the_peers_form_of_it(name, theirs_is, own):
    known = find_peer("keras", name)
    assert known.name == theirs_is and net(known.net, **known.options).name == own
    assert f"taken as keras's form of {find(name).name}, which is our {own}; " in known.note
    assert find_peer("keras", own).note == find_peer("keras", theirs_is).note


def test_a_printed_network_of_which_a_peer_has_several_forms():
    with pytest.raises(ValueError) as error:
        find_peer("timm", "mobilenet_v1")
    assert str(error.value) == (
        "timm has mobilenet_v1 in several forms. Name one of them: mobilenetv1_100, "
        "mobilenetv1_100h, mobilenetv1_125"
    )
    for name in str(error.value).rpartition(": ")[2].split(", "):
        assert find_peer("timm", name).net == "mobilenet_v1_timm"


def test_our_network_of_a_peer_that_has_one_more_row():
    """vgg11_torchvision pools adaptively, as torchvision does; the plain name as the paper."""
    own = net("vgg11_torchvision")
    assert find_peer("torchvision", "vgg11_torchvision").net == "vgg11_torchvision"
    assert find_peer("torchvision", "vgg11").net == "vgg11"
    called = theirs(find_peer("torchvision", "vgg11_torchvision"), own)
    assert called["fc6.linear.weight"] == "classifier.0.weight"


@pytest.mark.parametrize(
    ("peer", "name", "words"),
    [
        ("torchvison", "resnet50", "unknown peer 'torchvison'. Did you mean 'torchvision'?"),
        (None, "resnet50", "unknown peer None. Peers: torchvision, timm, keras"),
        ("torchvision", "resnet51", "unknown network of torchvision, 'resnet51'. Did you mean"),
        ("timm", "mobilenetv2_100", "Did you mean 'mobilenetv1_100'?"),
        ("timm", None, "unknown network of timm, None. Known: mobilenetv1_100"),
    ],
)
def test_unknown_names(peer, name, words):
    with pytest.raises(ValueError) as caught:
        from_peer(peer, name, {})
    assert words in str(caught.value)


def test_classes_are_the_state_dicts():
    state = state_of(layouts.mobilenet_timm(classes=7))
    assert load(state).net.classes == 7
    assert load(state, classes=7).left_out == ()


def test_another_number_of_classes_keeps_the_body(state):
    model = load(state, classes=2)
    assert model.left_out == ("fc.weight", "fc.bias")
    assert model.fc.weight.shape == (2, 1024) and model.fc.weight.std() > 0
    kept = {k: v for k, v in load(state).state_dict().items() if not k.startswith("fc.")}
    for name, tensor in kept.items():
        assert torch.equal(model.state_dict()[name], tensor)
    assert model(torch.zeros(1, 3, 224, 224)).shape == (1, 2)


def test_without_a_classifier(state):
    """timm's num_classes=0, torchvision's with an Identity in its place."""
    body = {key: tensor for key, tensor in state.items() if not key.startswith("classifier.")}
    model = load(body, classes=3)
    assert model.left_out == ("fc.weight", "fc.bias") and model.fc.weight.shape == (3, 1024)
    assert torch.equal(model.conv1.conv.weight, state["conv_stem.weight"])
    with pytest.raises(ValueError, match=r"no classifier in these tensors \(our fc.weight\)"):
        load(body)
    del state["classifier.weight"]  # half of one is none that was left out
    with pytest.raises(ValueError, match=r"there is no tensor 'classifier.weight'"):
        load(state, classes=3)


@pytest.mark.parametrize("whole", [True, False])
def test_no_classes_give_features(state, whole):
    """As timm's num_classes=0: (N, 1024) of MobileNet, whether the tensors have a classifier."""
    x = torch.rand(2, 3, 64, 64)
    wanted = load(state).eval().features(x, "avgpool")["avgpool"].flatten(1)
    body = {k: t for k, t in state.items() if whole or not k.startswith("classifier.")}
    model = load(body, num_classes=0)
    assert model.left_out == (("fc.weight", "fc.bias") if whole else ())
    torch.testing.assert_close(model.eval()(x), wanted)


def googlenet(heads):
    layout = layout_of("torchvision-googlenet")
    return state_of(
        {key: shape for key, shape in layout.items() if heads or not key.startswith("aux")}
    )


def test_auxiliary_heads_are_there_where_the_state_dict_has_them():
    with_heads = from_peer("torchvision", "googlenet", googlenet(True))
    assert len(with_heads.train()(torch.zeros(2, 3, 224, 224)).aux) == 2
    without = from_peer("torchvision", "googlenet", googlenet(False))
    assert without.net == net("googlenet_torchvision", aux=False)
    assert isinstance(without.train()(torch.zeros(2, 3, 224, 224)), torch.Tensor)
    assert torch.equal(with_heads.fc.weight, without.fc.weight)


def test_a_new_head_has_new_auxiliary_heads():
    model = from_peer("torchvision", "googlenet", googlenet(True), classes=2)
    assert model.left_out == (
        "aux1.fc2.weight", "aux1.fc2.bias", "aux2.fc2.weight", "aux2.fc2.bias",
        "fc.weight", "fc.bias",
    )  # fmt: skip


def test_timms_inception_leaves_torchvisions_head_out():
    state = state_of(layout_of("torchvision-inception_v3"))
    model = from_peer("timm", "inception_v3", state)
    assert model.net == net("inception_v3_timm")
    assert set(model.left_out) == {key for key in state if key.startswith("AuxLogits")}


def test_inception_v3_without_its_head():
    layout = layout_of("torchvision-inception_v3")
    state = state_of({k: s for k, s in layout.items() if not k.startswith("AuxLogits")})
    model = from_peer("torchvision", "inception_v3", state)
    assert model.net == net("inception_v3_torchvision", aux=False)


def test_old_files_count_no_batches(state):
    """Before torch 0.4.1 normalisations had no counter: resnet18-5c106cde.pth, say."""
    old = {key: tensor for key, tensor in state.items() if not key.endswith("tracked")}
    found = load(old).state_dict()
    assert int(found["conv1.norm.num_batches_tracked"]) == 0
    assert torch.equal(found["conv1.conv.weight"], state["conv_stem.weight"])


@pytest.mark.parametrize(
    "prefix",
    ["module.", "_orig_mod.", "module._orig_mod.", "model.", "net.module.", "backbone._orig_mod."],
)
def test_prefixes(state, prefix):
    found = load({f"{prefix}{key}": tensor for key, tensor in state.items()})
    assert torch.equal(found.conv1.conv.weight, state["conv_stem.weight"])


def test_parallel_features():
    """The old ImageNet example wrapped VGG's and AlexNet's features alone."""
    layout = dict(layouts.vgg(11))
    wrapped = {key.replace("features.", "features.module."): key for key in layout}
    found = cleaned({key: torch.zeros(()) for key in wrapped})
    assert list(found.tensors) == list(layout)


def test_the_mean_of_several_models(state):
    """torch.optim.swa_utils.AveragedModel: module., and a counter beside them."""
    averaged = {"n_averaged": torch.tensor(5)} | {f"module.{k}": t for k, t in state.items()}
    assert torch.equal(load(averaged).conv1.conv.weight, state["conv_stem.weight"])


def test_numpy_arrays(state):
    found = load({key: tensor.numpy() for key, tensor in state.items()})
    assert torch.equal(found.conv1.conv.weight, state["conv_stem.weight"])


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_single(state, kind):
    half = {k: t.to(kind) if t.is_floating_point() else t for k, t in state.items()}
    model = load(half)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert torch.equal(model.conv1.conv.weight, half["conv_stem.weight"].float())


def test_double_precision_stays(state):
    double = {k: t.double() if t.is_floating_point() else t for k, t in state.items()}
    double["conv_stem.weight"] = double["conv_stem.weight"] + 1e-12
    assert torch.equal(load(double).conv1.conv.weight, double["conv_stem.weight"])


def test_the_state_dict_is_not_changed(state):
    before = {key: tensor.clone() for key, tensor in state.items()}
    model = load(state)
    with torch.no_grad():
        model.conv1.conv.weight.zero_()
        model.fc.bias.zero_()
    assert all(torch.equal(state[key], before[key]) for key in before)


def swap(state, key, change):
    state[key] = change(state[key])


PW = "blocks.3.2.conv_pw.weight"  # our pw8
BN = "blocks.1.0.bn1.running_var"
WRONG = {
    "missing": (
        lambda s: s.pop(PW),
        f"there is no tensor '{PW}' (512x512x1x1, our pw8.conv.weight)",
    ),
    "missing statistics": (lambda s: s.pop(BN), f"there is no tensor '{BN}'"),
    "extra": (
        lambda s: s.update({"blocks.5.0.conv.weight": torch.zeros(2, 3)}),
        "'blocks.5.0.conv.weight' (2x3) is a tensor that it has no place for",
    ),
    "misshapen": (
        lambda s: swap(s, PW, lambda t: t[:256]),
        f"'{PW}' is 256x512x1x1, not 512x512x1x1 (our pw8.conv.weight)",
    ),
    "turned": (lambda s: swap(s, PW, lambda t: t.permute(2, 3, 0, 1)), "is 1x1x512x512, not"),
    "NaN": (
        lambda s: swap(s, PW, lambda t: t.index_fill(0, torch.tensor(7), float("nan"))),
        f"'{PW}' has values that are NaN or infinite",
    ),
    "infinite": (lambda s: swap(s, BN, lambda t: t / 0), f"'{BN}' has values that are NaN or inf"),
    "whole": (lambda s: swap(s, PW, lambda t: t.to(torch.int8)), f"'{PW}' holds int8 numbers"),
    "complex": (lambda s: swap(s, PW, lambda t: t.to(torch.complex64)), "holds complex64 numbers"),
    "sparse": (lambda s: swap(s, "classifier.weight", lambda t: t.to_sparse()), "is a sparse"),
    "without values": (lambda s: swap(s, PW, lambda t: t.to("meta")), "has a shape but no values"),
    "no tensor": (lambda s: s.update({PW: "text"}), f"'{PW}' is a str, not a tensor with a name"),
    "head apart": (
        lambda s: swap(s, "classifier.weight", lambda t: t[:10]),
        "'classifier.weight' is 10x1024, not 1000x1024",
    ),
    "empty": (lambda s: s.clear(), "there is no tensor 'conv_stem.weight' (32x3x3x3"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_fit_is_named(state, wrong):
    change, words = WRONG[wrong]
    change(state)
    with pytest.raises(ValueError) as caught:
        load(state)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (nn.Linear(2, 2), "not a Linear: give its state_dict()"),
        ([1, 2], "not a list"),
        (None, "not a NoneType"),
    ],
)
def test_what_is_no_state_dict(given, words):
    with pytest.raises(ValueError) as caught:
        load(given)
    assert words in str(caught.value)


def test_the_wrong_network_is_recognised():
    state = state_of(layouts.resnet(18))
    with pytest.raises(ValueError) as caught:
        from_peer("torchvision", "resnet34", state)
    assert "torchvision's resnet34: there is no tensor 'layer1.2.conv1.weight'" in str(caught.value)
    assert "Its tensors are those of torchvision's resnet18" in str(caught.value)


def test_another_width_is_recognised():
    state = state_of(layouts.mobilenet_timm(1.25))
    with pytest.raises(ValueError, match="Its tensors are those of timm's mobilenetv1_125"):
        load(state)


@pytest.mark.parametrize("classes", [-1, 2.5, "many", True])
def test_impossible_classes(state, classes):
    with pytest.raises(ValueError, match="classes must be a whole number of at least 1"):
        load(state, classes=classes)


def test_numpys_own_whole_numbers(state):
    assert load(state, classes=np.int64(3)).net.classes == 3
