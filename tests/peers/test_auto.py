"""Weights under unknown names, by order and shape: well-known ResNet-20s, judged by themselves."""

import contextlib
import random

import cifar_resnets as public
import pytest
import siblings
import torch
from fingerprints import drawn, layout_of
from peer_layouts import resnet
from safetensors.torch import load_file, save_file

from papernets import create_model, from_peer, net
from papernets.peers import find_peer, recognise
from papernets.peers.auto import Misfit, match
from papernets.peers.convert import convert
from papernets.peers.read import read_weights
from papernets.peers.recognise import recognised, same_network
from papernets.run.network import Network
from papernets.spec import Conv, Dense, GlobalPool, Net, chain

KINDS = {
    public.Akamaster: {"zeros": "around"},
    public.Blocks: {"zeros": "around"},
    public.Chenyaofo: {"shortcut": "B"},
    public.ShortcutFirst: {"shortcut": "B"},
    public.Pytorchcv: {"shortcut": "B"},
}


def agrees(theirs, found):
    """Our network computes what theirs does, on pictures."""
    x = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1)).double()
    with torch.no_grad():
        wanted, given = theirs(x), found.model.eval()(x)
    return torch.allclose(given, wanted, rtol=0, atol=1e-10 * float(wanted.abs().max()))


@pytest.mark.parametrize("kind", [public.Akamaster, *siblings.slow(*list(KINDS)[1:])])
def test_in_the_order_of_the_code(kind):
    theirs = public.drawn(kind)
    found = convert(theirs.state_dict(), "resnet20", "auto", options=KINDS[kind])
    assert agrees(theirs, found)
    assert [row.ours for row in found.rows] == list(found.model.state_dict())
    assert found.rows[0].shape == (16, 3, 3, 3)


@pytest.mark.parametrize(
    ("kind", "order"), siblings.crossed(KINDS, ["safetensors", "alphabet", "shuffled"])
)
def test_where_the_order_is_lost(kind, order, tmp_path):
    """A safetensors file lists its tensors as it likes; a .pth made of one is in that order."""
    theirs = public.drawn(kind)
    state = theirs.state_dict()
    if order == "safetensors":
        save_file(state, tmp_path / "weights.safetensors")
        weights = read_weights(tmp_path / "weights.safetensors")
        assert not weights.ordered
        state, ordered = weights.tensors, weights.ordered
    else:
        names = sorted(state)
        if order == "shuffled":
            random.Random(0).shuffle(names)
        state, ordered = {name: state[name] for name in names}, True
    found = convert(state, "resnet20", "auto", ordered=ordered, options=KINDS[kind])
    assert agrees(theirs, found)


def test_no_network_is_built_but_the_one_that_is_given(monkeypatch):
    """Names and shapes follow from the layers: 35 networks of peers are compared without one."""
    made = []
    init = Network.__init__
    monkeypatch.setattr(Network, "__init__", lambda *given: made.append(given) or init(*given))
    theirs = public.drawn(public.Akamaster)
    recognise._sizes.cache_clear()
    convert(theirs.state_dict(), "resnet20", "auto", options={"zeros": "around"})
    assert len(made) == 1


def test_ten_comes_after_two(tmp_path):
    """ResNet-110 has 18 blocks a stage: the alphabet puts layer1.10 before layer1.2, all alike."""
    theirs = public.drawn(public.Akamaster, n=18)
    save_file(theirs.state_dict(), tmp_path / "weights.safetensors")
    state = load_file(tmp_path / "weights.safetensors")
    again = {name: state[name] for name in sorted(state)}
    for ordered in (False, True):
        found = convert(again, "resnet110", "auto", ordered=ordered, options={"zeros": "around"})
        assert agrees(theirs, found)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda state: {f"module.{k}": v for k, v in state.items()},
        lambda state: {"state_dict": {f"module.{k}": v for k, v in state.items()}, "best": 0.9},
        lambda state: {"net": {f"module.{k}": v for k, v in state.items()}, "acc": 91, "epoch": 3},
        lambda state: {"model": {f"_orig_mod.{k}": v for k, v in state.items()}},
        lambda state: {"state_dict": {f"model.{k}": v for k, v in state.items()}},
    ],
)
def test_wrappers_and_prefixes(wrapped, tmp_path):
    theirs = public.drawn(public.Akamaster)
    torch.save(wrapped(theirs.state_dict()), tmp_path / "weights.pth")
    weights = read_weights(tmp_path / "weights.pth")
    options = {"zeros": "around"}
    found = convert(weights.tensors, "resnet20", "auto", ordered=weights.ordered, options=options)
    assert agrees(theirs, found)


def test_zeros_behind_are_another_network():
    """The option that no state_dict records changes the result, and a note says so."""
    theirs = public.drawn(public.Akamaster)
    found = convert(theirs.state_dict(), "resnet20", "auto")
    assert not agrees(theirs, found)
    assert any("zeros=around" in note for note in found.notes)


class LeNet(torch.nn.Module):
    """LeNet-5 as tutorials write it: the layer of 120 a convolution over all of its input."""

    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
            nn.Conv2d(16, 120, 5), nn.Tanh(),
        )  # fmt: skip
        self.classifier = nn.Sequential(nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def test_a_convolution_over_all_of_its_input_is_dense():
    theirs = LeNet().double()
    found = convert(theirs.state_dict(), "lenet5_modern", "auto")
    x = torch.randn(2, 1, 28, 28).double()
    padded = torch.nn.functional.pad(x, (2, 2, 2, 2))  # ours sees the digit in 32x32
    with torch.no_grad():
        assert torch.allclose(found.model.eval()(padded), theirs(x), atol=1e-12)


def test_our_own_names_in_any_order():
    own = create_model("resnet20", generator=torch.Generator().manual_seed(0))
    names = list(own.state_dict())
    random.Random(1).shuffle(names)
    found = convert({name: own.state_dict()[name] for name in names}, "resnet20", "auto")
    for name, tensor in found.model.state_dict().items():
        assert torch.equal(tensor, own.state_dict()[name])
    assert any("our name" in note for note in found.notes)


def test_the_first_row_that_does_not_fit():
    state = public.drawn(public.Akamaster).state_dict()
    state["layer2.0.conv2.weight"] = torch.zeros(32, 32, 5, 5)
    with pytest.raises(Misfit) as caught:
        convert(state, "resnet20", "auto", where="a.pth")
    assert str(caught.value).startswith(
        "a.pth does not fit resnet20: layer2.0.conv2.weight for our stage2_1.conv2.conv.weight: "
        "32x32x5x5 in the file, 32x32x3x3 in the network"
    )
    *fitted, last = caught.value.rows
    assert last.wrong and not any(row.wrong for row in fitted)
    assert fitted[0].theirs == "conv1.weight"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.pop("layer3.2.conv2.weight"), "the file has 18 of its kind"),
        (lambda s: s.update(extra=torch.zeros(3, 3)), "extra"),
        (lambda s: s.update({"conv9.weight": torch.zeros(4, 4, 1, 1)}), "conv9"),
        (lambda s: s.pop("bn1.bias"), "the file has no bn1.bias"),
        (lambda s: s.update({"conv1.bias": torch.zeros(16)}), "the network has no conv1.conv.bias"),
    ],
)
def test_missing_and_extra(change, words):
    state = public.drawn(public.Akamaster).state_dict()
    change(state)
    with pytest.raises(ValueError, match="does not fit resnet20") as caught:
        convert(state, "resnet20", "auto")
    assert words in str(caught.value)


def test_not_a_number_and_whole_numbers():
    state = public.drawn(public.Akamaster).state_dict()
    state["layer2.1.bn1.running_var"][3] = float("nan")
    with pytest.raises(ValueError, match=r"'layer2.1.bn1.running_var' has values that are NaN"):
        convert(state, "resnet20", "auto")
    state["layer2.1.bn1.running_var"] = torch.ones(32, dtype=torch.int8)
    with pytest.raises(ValueError, match=r"'layer2.1.bn1.running_var' holds int8 numbers"):
        convert(state, "resnet20", "auto")


def test_half_precision_becomes_single():
    theirs = public.drawn(public.Akamaster).half()
    found = convert(theirs.state_dict(), "resnet20", "auto", options={"zeros": "around"})
    assert {t.dtype for t in found.model.parameters()} == {torch.float32}
    assert torch.equal(found.model.conv1.conv.weight.half(), theirs.conv1.weight)


def test_another_shortcut_is_named():
    state = public.drawn(public.Chenyaofo).state_dict()
    with pytest.raises(Misfit, match="With --set shortcut=B it fits"):
        convert(state, "resnet20", "auto")


def test_classes_are_the_files():
    """100 classes in the file; then a head for 2, the body kept."""
    theirs = public.drawn(public.Chenyaofo)
    theirs.fc = torch.nn.Linear(64, 100).double()
    options = {"shortcut": "B"}
    found = convert(theirs.state_dict(), "resnet20", "auto", options=options)
    assert found.model.net.classes == 100 and agrees(theirs, found)
    fresh = convert(theirs.state_dict(), "resnet20", "auto", options=options, classes=2)
    assert fresh.left_out == ("fc.weight", "fc.bias")
    assert fresh.model.fc.weight.shape == (2, 64)
    assert torch.equal(fresh.model.conv1.conv.weight, theirs.conv1.weight)


@pytest.mark.parametrize("name", ["conv\u00b2", "9" * 5000, "a..b", "\n", "", "conv1\u0661"])
def test_odd_names_are_names(name):
    state = public.drawn(public.Akamaster).state_dict()
    odd = {key.replace("layer2", name): tensor for key, tensor in state.items()}
    for ordered in (True, False):
        with contextlib.suppress(Misfit):
            convert(odd, "resnet20", "auto", ordered=ordered)


def test_several_orders_are_refused():
    """Two branches of the same shapes, in a file without order: no guess is made."""
    body = chain(
        {
            "first": Conv(4, 3, padding=1),
            "second": Conv(4, 3, padding=1),
            "pool": GlobalPool(),
            "fc": Dense(2),
        }
    )
    own = Net("alike", (4, 8, 8), 2, body)
    state = {
        f"{name}.{leaf}": torch.randn(4, 4, 3, 3) if leaf == "weight" else torch.zeros(4)
        for name in ("zebra", "ape")
        for leaf in ("weight", "bias")
    }
    state |= {"out.weight": torch.zeros(2, 4), "out.bias": torch.zeros(2)}
    found = match(own, state, ordered=True, where="a.pth")
    assert torch.equal(found.state["first.weight"], state["zebra.weight"])
    with pytest.raises(Misfit, match="several orders of its layers fit alike"):
        match(own, state, ordered=False, where="a.safetensors")


def blank(layout):
    """Tensors of these names and shapes, all zeros; they take no memory."""
    return {
        key: torch.zeros((), dtype=None if shape else torch.long).expand(shape)
        for key, shape in dict(layout).items()
    }


@pytest.mark.parametrize(
    ("file", "asked", "name"),
    [
        ("torchvision-inception_v3", "inception_v3", "inception_v3_torchvision"),
        ("torchvision-inception_v3", "inception_v3_aux", "inception_v3_torchvision"),
        ("torchvision-resnet50", "resnet50", "resnet50_v1.5"),
        ("torchvision-googlenet", "googlenet", "googlenet_torchvision"),
        ("torchvision-alexnet", "alexnet", "alexnet_torchvision"),
    ],
)
@pytest.mark.parametrize("classes", [1000, 7, None])
def test_a_peers_file_is_not_taken_for_another_network(file, asked, name, classes):
    """The names and shapes are the peer's own, and the same with another classifier, or none."""
    own = file.removeprefix("torchvision-")
    head = "classifier.6." if own == "alexnet" else "fc."
    layout = {
        key: (classes or 1, *shape[1:]) if key.startswith(head) else shape
        for key, shape in layout_of(file).items()
        if classes or not key.startswith(head)
    }
    with pytest.raises(Misfit) as caught:
        convert(blank(layout), asked, "auto", where="a file.pth")
    assert str(caught.value) == (
        f"a file.pth's tensors are those of torchvision's {own}, which is our {name}: "
        f"papernets convert 'a file.pth' --net {own} --from torchvision --out OUT"
    )


def test_two_peers_with_the_same_names():
    """Without its head torchvision's Inception v3 has the names of timm's, another one here."""
    layout = layout_of("torchvision-inception_v3")
    main = blank({key: shape for key, shape in layout.items() if not key.startswith("AuxLogits")})
    with pytest.raises(Misfit) as caught:
        convert(main, "inception_v3", "auto")
    assert str(caught.value).endswith(
        "; or of timm's inception_v3, our inception_v3_timm: --from timm"
    )
    both = {known.net for known in recognised(main)}
    assert both == {"inception_v3_torchvision", "inception_v3_timm"}


@pytest.mark.parametrize(
    ("peer", "name", "asked", "options"),
    [
        ("torchvision", "resnet18", "resnet18", {}),
        ("torchvision", "resnet50", "resnet50_v1.5", {}),
        ("torchvision", "vgg16", "vgg16", {}),
        ("torchvision", "vgg16", "vgg16_torchvision", {}),
        ("torchvision", "inception_v3", "inception_v3_torchvision", {}),
        ("torchvision", "inception_v3", "inception_v3_torchvision", {"aux": False}),
        ("timm", "inception_v3", "inception_v3_timm", {}),
        ("timm", "mobilenetv1_125", "mobilenet_v1_timm", {"width": 1.25}),
        ("timm", "mobilenetv1_100", "mobilenet_v1_timm", {"input": 128}),
    ],
)
def test_the_same_network_as_a_peers(peer, name, asked, options):
    assert same_network(find_peer(peer, name), asked, options)


@pytest.mark.parametrize(
    ("name", "asked", "options"),
    [
        ("resnet50", "resnet50", {}),
        ("resnet18", "resnet18", {"shortcut": "A"}),
        ("inception_v3", "inception_v3", {}),
        ("inception_v3", "inception_v3_timm", {}),
    ],
)
def test_another_network_than_torchvisions(name, asked, options):
    assert not same_network(find_peer("torchvision", name), asked, options)


def test_a_peers_file_for_the_same_network_goes_on():
    """What order and shape find is what the names say, and a note says whose they are."""
    state = {key: drawn(key, shape) for key, shape in resnet(18, classes=5)}
    found = convert(state, "resnet18", "auto")
    by_name = from_peer("torchvision", "resnet18", state).state_dict()
    assert all(torch.equal(by_name[key], own) for key, own in found.model.state_dict().items())
    (note,) = found.notes
    assert note.startswith("its tensors are those of torchvision's resnet18, which is this network")


def test_a_peers_file_whose_order_does_not_fit():
    """torchvision makes GoogLeNet's heads after its modules: by order it fails, by name it fits."""
    state = blank(layout_of("torchvision-googlenet"))
    with pytest.raises(Misfit, match="does not fit googlenet_torchvision: ") as caught:
        convert(state, "googlenet_torchvision", "auto", where="g.pth")
    assert str(caught.value).endswith(
        "papernets convert g.pth --net googlenet --from torchvision --out OUT"
    )
    assert caught.value.rows


def test_what_is_nobodys_is_not_recognised():
    assert recognised(public.drawn(public.Akamaster).state_dict()) == ()
    state = blank(resnet(18))
    assert {known.name for known in recognised(state)} == {"resnet18"}
    del state["layer4.1.bn2.running_var"]
    assert recognised(state) == () == recognised({})


def test_every_shape_is_ours():
    """The table lists each of our tensors once."""
    own = net("resnet20")
    found = match(own, public.drawn(public.Akamaster).state_dict(), True, "a.pth")
    assert len({row.theirs for row in found.rows}) == len({row.ours for row in found.rows}) == 116
