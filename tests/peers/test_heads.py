"""Classifiers that people replaced: taken where they are one layer, else left out and said."""

import peer_layouts as layouts
import pytest
import siblings
import torch
from fingerprints import drawn, layout_of

from papernets import from_peer, net
from papernets.peers import find_peer
from papernets.peers.convert import convert
from papernets.peers.heads import dense_rows, top_of
from papernets.peers.prefixes import aligned
from papernets.peers.recognise import theirs
from papernets.spec import tensors


def state_of(layout):
    """A state_dict of this layout in single precision."""
    every = {key: drawn(key, shape) for key, shape in dict(layout).items()}
    return {key: t.float() if t.is_floating_point() else t for key, t in every.items()}


@pytest.fixture(scope="module")
def resnet():
    return state_of(layouts.resnet(18))


def replaced(state, head, **layers):
    """The state_dict with these layers in the place of its head, each (out, in)."""
    found = {key: tensor for key, tensor in state.items() if not key.startswith(f"{head}.")}
    for name, shape in layers.items():
        found[f"{head}.{name[1:]}.weight"] = torch.randn(shape)
        found[f"{head}.{name[1:]}.bias"] = torch.randn(shape[0])
    return found


def classifier_of(model):
    """The weight and the bias of the last dense layer, wherever they are called what."""
    own = tensors(model.net)
    keys = [key for key, one in own.items() if one.row == dense_rows(model.net)[-1]]
    return [model.state_dict()[key] for key in keys]


TAKERS = {
    "from_peer": lambda state, classes: from_peer("torchvision", "resnet18", state, classes),
    "convert": lambda state, classes: (
        convert(state, "resnet18", "torchvision", classes=classes).model
    ),
    "auto": lambda state, classes: convert(state, "resnet18", "auto", classes=classes).model,
}


@pytest.mark.parametrize(("taker", "classes"), siblings.crossed(TAKERS, [5, None]))
def test_dropout_before_the_classifier(taker, classes, resnet):
    """model.fc = Sequential(Dropout(), Linear(512, 5)): the layer is the classifier."""
    state = replaced(resnet, "fc", _1=(5, 512))
    model = TAKERS[taker](state, classes)
    weight, bias = classifier_of(model)
    assert torch.equal(weight, state["fc.1.weight"]) and torch.equal(bias, state["fc.1.bias"])
    assert model.net.classes == 5


def test_it_is_said(resnet):
    state = replaced(resnet, "fc", _1=(5, 512))
    found = convert(state, "resnet18", "torchvision", classes=5)
    assert found.notes[0].startswith("the classifier is taken from fc.1, for fc: what stood beside")
    assert found.left_out == ()
    fresh = convert(state, "resnet18", "torchvision", classes=7)  # of no use for 7
    assert not fresh.notes and len(fresh.left_out) == 2 and fresh.model.net.classes == 7


@pytest.mark.parametrize("taker", TAKERS)
def test_several_layers_are_left_out(taker, resnet):
    state = replaced(resnet, "fc", _0=(64, 512), _3=(5, 64))
    model = TAKERS[taker](state, 3)
    assert model.net.classes == 3
    with pytest.raises(ValueError) as caught:
        TAKERS[taker](state, None)
    if taker == "auto":
        assert "But for its classifier it fits: say how many classes" in str(caught.value)
    else:
        assert str(caught.value) == (
            "torchvision's resnet18: the classifier in these tensors is another one (in its place "
            "are 'fc.0.weight', 'fc.0.bias', 'fc.3.weight' and 1 more). To leave it out and draw a "
            "new one, say how many classes that has, with classes= or --classes"
        )


def test_what_is_left_out_is_named(resnet):
    state = replaced(resnet, "fc", _0=(64, 512), _3=(5, 64))
    gone = {key for key in state if key.startswith("fc.")}
    for found in (
        convert(state, "resnet18", "torchvision", classes=3).left_out,
        convert(state, "resnet18", "auto", classes=3).left_out,
        from_peer("torchvision", "resnet18", state, classes=3).left_out,
    ):
        own = net("resnet18", 3)
        head = {key for key, one in tensors(own).items() if one.row in dense_rows(own)}
        assert set(found) == gone | head


PLACES = [
    ("timm", "mobilenetv1_100", layouts.mobilenet_timm(), "classifier", 1024),
    ("timm", "resnet18", layouts.resnet(18), "fc", 512),
    ("timm", "vgg11", layouts.vgg_timm(11), "head.fc", 4096),
    ("torchvision", "vgg11", layouts.vgg(11), "classifier.6", 4096),
]


def blank(layout):
    """Tensors of these names and shapes, all zeros; they take no memory."""
    return {key: torch.zeros(()).expand(shape) for key, shape in dict(layout).items()}


def top(peer, name, state):
    known = find_peer(peer, name)
    own = net(known.net, **known.options)
    return own, top_of(known, own, theirs(known, own), state)


@pytest.mark.parametrize(("peer", "name", "layout", "head", "features"), PLACES)
def test_every_place_of_a_classifier(peer, name, layout, head, features):
    state = blank(layout)
    own, found = top(peer, name, replaced(state, head, _1=(5, features)))
    assert found.tensors[f"{head}.weight"].shape == (5, features) and not found.fresh
    own, found = top(peer, name, replaced(state, head, _1=(9, features), _4=(5, 9)))
    last = {key for key, one in tensors(own).items() if one.row == dense_rows(own)[-1]}
    assert found.fresh == last and len(found.left_out) == 4
    own, found = top(peer, name, replaced(state, head))
    assert found.fresh == last and not found.left_out


@pytest.mark.parametrize(
    ("change", "rows", "gone", "why"),
    [
        ({}, 3, 0, ""),  # the body alone
        ({"classifier": (5, 25088)}, 3, 2, "in its place are 'classifier.weight'"),
        ({"classifier.0": (256, 25088), "classifier.3": (5, 256)}, 3, 4, "is 256x25088, not 4096x"),
        ({"classifier.0": (4096, 25088), "classifier.3": (64, 4096)}, 2, 2, "is 64x4096, not 4096"),
    ],
)
def test_a_whole_top_of_vgg(change, rows, gone, why):
    """What fits from the beginning on is kept; from the first other layer on it is drawn."""
    state = {k: t for k, t in blank(layouts.vgg(11)).items() if k.startswith("features")}
    for name, shape in change.items():
        state[f"{name}.weight"] = torch.zeros(1).expand(shape)
        state[f"{name}.bias"] = torch.zeros(shape[0])
    own, found = top("torchvision", "vgg11", state)
    fresh = {tensors(own)[key].row for key in found.fresh}
    assert fresh == set(dense_rows(own)[3 - rows :])
    assert len(found.left_out) == gone and why in found.why


@pytest.mark.parametrize("short", [*siblings.slow(False), True])
def test_a_body_of_vgg_alone(short):
    """model.state_dict() without a classifier, or model.features.state_dict()."""
    full = {k: s for k, s in layouts.vgg(11) if k.startswith("features.")}
    names = {key: key.removeprefix("features.") if short else key for key in full}
    state = {names[key]: torch.full(shape, 0.5) for key, shape in full.items()}
    words = r"torchvision's vgg11: there is no classifier in these tensors \(our fc6"
    with pytest.raises(ValueError, match=words):
        from_peer("torchvision", "vgg11", state)
    model = from_peer("torchvision", "vgg11", state, classes=2)
    own = tensors(model.net)
    assert {own[key].row for key in model.left_out} == {"fc6", "fc7", "fc8"}
    kept = [t for key, t in model.state_dict().items() if key not in model.left_out]
    assert len(kept) == len(state) and all(bool((t == 0.5).all()) for t in kept)
    state[next(iter(state))] = torch.zeros(64, 3, 5, 5)
    with pytest.raises(ValueError) as caught:
        from_peer("torchvision", "vgg11", state, classes=2)
    assert "'features.0.weight' is 64x3x5x5, not 64x3x3x3" in str(caught.value)
    assert ("tensors go by the peer's names" in str(caught.value)) == short


def test_a_body_with_auto():
    """Anybody's ResNet-20 without its classifier."""
    import cifar_resnets as public

    state = public.drawn(public.Akamaster).float().state_dict()
    body = {key: tensor for key, tensor in state.items() if not key.startswith("linear")}
    with pytest.raises(ValueError, match=r"0 of its kind \(dense layer\).* with --classes"):
        convert(body, "resnet20", "auto")
    found = convert(body, "resnet20", "auto", classes=3)
    own = tensors(found.model.net)
    assert {own[key].row for key in found.left_out} == {"fc"}


def test_a_network_beside_another():
    """Lightning's model. beside a decoder.: the names are told apart, and the decoder refused."""
    state = {f"model.{key}": tensor for key, tensor in state_of(layouts.resnet(18)).items()}
    state["decoder.weight"] = torch.zeros(3, 2)
    with pytest.raises(ValueError) as caught:
        from_peer("torchvision", "resnet18", state)
    assert "'decoder.weight' (3x2) is a tensor that it has no place for" in str(caught.value)
    assert "tensors go by the peer's names: 'conv1.weight' for 'model.conv1.weight'" in str(
        caught.value
    )


def test_prefixes():
    one = torch.zeros(1)
    places = ["features.0.weight", "features.3.weight", "features.6.weight", "fc.weight"]
    for strip, put in (("", ""), ("net.", ""), ("", "features."), ("a.b.", "features.")):
        state = {strip + name.removeprefix(put): one for name in places if name.startswith(put)}
        found, notes = aligned(state, places)
        assert set(found) <= set(places) and len(found) == len(state)
        assert bool(notes) == (strip != put)
    state = {"x.0": one, "y.features.0.weight": one}
    assert aligned(state, places) == (state, ())


def test_thop_and_lightning(resnet):
    """All that is left out is named."""
    counted = resnet | {"total_ops": torch.zeros(1), "layer1.0.total_params": torch.zeros(1)}
    lightning = {f"model.{key}": tensor for key, tensor in resnet.items()}
    lightning["criterion.weight"] = torch.ones(1000)
    for state, gone in (
        (counted, ("total_ops", "layer1.0.total_params")),
        (lightning, ("criterion.weight",)),
    ):
        assert from_peer("torchvision", "resnet18", state).left_out == gone
        for peer in ("torchvision", "auto"):
            found = convert(state, "resnet18", peer)
            assert found.left_out == gone
            assert any("left out as no part of the network" in note for note in found.notes)


def test_a_classifier_of_other_classes_than_the_auxiliary_heads():
    """model.fc = Linear(1024, 5), and the heads as they were: theirs are drawn afresh."""
    layout = layout_of("torchvision-googlenet")
    state = replaced(blank(layout), "fc")
    state |= {"fc.weight": torch.zeros(5, 1024), "fc.bias": torch.zeros(5)}
    model = from_peer("torchvision", "googlenet", state)
    assert model.net.classes == 5
    own = tensors(model.net)
    assert {own[key].row for key in model.left_out} == {"aux1.fc2", "aux2.fc2"}


def test_our_own_heads_into_a_network_without_them():
    """Our own names, and others' in our order, with --set aux=false."""
    from papernets import create_model

    state = create_model("googlenet", num_classes=3).state_dict()
    heads = {key for key in state if key.startswith("aux")}
    others = {key.replace("inception", "module"): tensor for key, tensor in state.items()}
    for given in (state, others):
        found = convert(given, "googlenet", "auto", options={"aux": False})
        assert set(found.left_out) == heads and found.model.net.classes == 3
    body = {key: tensor for key, tensor in state.items() if key not in heads}
    with pytest.raises(ValueError, match="Without its auxiliary heads it fits: --set aux=false"):
        convert(body, "googlenet", "auto")


def test_a_classifier_beside_the_network(resnet):
    """self.backbone with an Identity for fc, and self.classifier, as in many Lightning modules."""
    state = {f"backbone.{key}": tensor for key, tensor in replaced(resnet, "fc").items()}
    own = {"classifier.weight": torch.randn(5, 512), "classifier.bias": torch.randn(5)}
    for prefix in ("", "model."):
        given = {f"{prefix}{key}": tensor for key, tensor in (state | own).items()}
        model = from_peer("torchvision", "resnet18", given)
        assert torch.equal(classifier_of(model)[0], own["classifier.weight"])
    wrong = state | {"classifier.weight": torch.randn(5, 64), "classifier.bias": torch.randn(5)}
    with pytest.raises(ValueError, match=r"'classifier\.weight' \(5x64\) is a tensor that it has"):
        from_peer("torchvision", "resnet18", wrong, classes=5)


def test_half_a_classifier_is_an_error(resnet):
    for name, shape in (("fc.weight", (5, 512)), ("fc.bias", (5,))):
        other = "fc.bias" if name == "fc.weight" else "fc.weight"
        with pytest.raises(ValueError, match=f"there is no tensor '{other}'"):
            from_peer("torchvision", "resnet18", replaced(resnet, "fc") | {name: torch.ones(shape)})


def test_a_classifier_for_another_width(resnet):
    state = replaced(resnet, "fc") | {"fc.weight": torch.ones(5, 2048), "fc.bias": torch.ones(5)}
    with pytest.raises(ValueError, match=r"another one \('fc.weight' is 5x2048, not 5x512\)"):
        from_peer("torchvision", "resnet18", state)
    assert len(from_peer("torchvision", "resnet18", state, classes=5).left_out) == 2


def test_no_path_of_keras_is_still_named():
    with pytest.raises(ValueError, match="'kernel' is no path of a Keras weight"):
        from_peer("keras", "ResNet50", {"kernel": torch.zeros(2, 2)})
