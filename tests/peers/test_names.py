"""Names of every depth: each of the peer's tensors lands on one of ours, in the network's order."""

import peer_layouts as layouts
import pytest
import torch
from fingerprints import layout_of

from papernets import net
from papernets.peers import find_peer
from papernets.peers.translate import PEERS, module_of, translate

TORCHVISION = {
    **{f"vgg{d}{'_bn' * bn}": layouts.vgg(d, bn) for d in layouts.VGG for bn in (False, True)},
    **{f"resnet{d}": layouts.resnet(d) for d in layouts.RESNET},
}
TIMM = {
    **{f"vgg{d}{'_bn' * bn}": layouts.vgg_timm(d, bn) for d in layouts.VGG for bn in (False, True)},
    **{f"resnet{d}": layouts.resnet(d) for d in layouts.RESNET},
    "mobilenetv1_100": layouts.mobilenet_timm(),
    "mobilenetv1_100h": layouts.mobilenet_timm(head=True),
    "mobilenetv1_125": layouts.mobilenet_timm(1.25),
}
LAYOUTS = {("torchvision", name): dict(found) for name, found in TORCHVISION.items()}
LAYOUTS |= {("timm", name): dict(found) for name, found in TIMM.items()}
FILES = {
    ("torchvision", "alexnet"): "torchvision-alexnet",
    ("torchvision", "googlenet"): "torchvision-googlenet",
    ("torchvision", "inception_v3"): "torchvision-inception_v3",
    ("timm", "inception_v4"): "timm-inception_v4",
    ("timm", "inception_resnet_v2"): "timm-inception_resnet_v2",
}


@pytest.mark.parametrize(
    ("file", "peer", "name"),
    [
        ("torchvision-vgg11", "torchvision", "vgg11"),
        ("torchvision-vgg16", "torchvision", "vgg16"),
        ("torchvision-vgg16_bn", "torchvision", "vgg16_bn"),
        ("torchvision-resnet18", "torchvision", "resnet18"),
        ("torchvision-resnet50", "torchvision", "resnet50"),
        ("timm-mobilenetv1_100", "timm", "mobilenetv1_100"),
    ],
)
def test_the_layouts_are_the_peers(file, peer, name):
    """The judge is judged: where there is a fingerprint, it lists the same, in the same order."""
    assert list(LAYOUTS[peer, name].items()) == list(layout_of(file).items())


def numbered(layout):
    """A tensor for each name, full of its place in the order; it takes no memory."""
    return {
        key: torch.tensor(at if key.endswith("tracked") else float(at)).expand(shape)
        for at, (key, shape) in enumerate(layout.items())
    }


QUICK = ("vgg13", "vgg19_bn", "resnet18", "resnet50")
"""The others have millions of weights more to be looked through, under names of the same form."""


def each(peer, name):
    like = (peer, name) in [*(("torchvision", n) for n in QUICK), ("timm", "resnet18")]
    heavy = name.startswith(("vgg", "resnet")) and not like
    return pytest.param(peer, name, marks=[pytest.mark.slow] * heavy)


def heads_last(name):
    """torchvision's GoogLeNet makes its heads after the modules, before the classifier."""
    return 2 if name.startswith("fc") else int(name.startswith("aux"))


@pytest.mark.parametrize(("peer", "name"), [each(*one) for one in (*LAYOUTS, *FILES)])
def test_every_tensor_lands_in_its_place(peer, name):
    """Our rows stand in the order of the peer's constructor, so places must come out in order."""
    layout = LAYOUTS.get((peer, name)) or layout_of(FILES[peer, name])
    known = find_peer(peer, name)
    own = net(known.net, **known.options)
    tensors = dict(sorted(numbered(layout).items()))
    found = translate(known, own, tensors)
    if name == "googlenet":
        found = {key: found[key] for key in sorted(found, key=heads_last)}
    assert [float(tensor.flatten()[0]) for tensor in found.values()] == list(range(len(layout)))


@pytest.mark.parametrize("peer", PEERS[:2])
def test_every_known_network_is_tested(peer):
    tested = {name for one, name in (*LAYOUTS, *FILES) if one == peer}
    # timm's Inception v3 has torchvision's names: see test_timms_inception_v3
    assert tested == set(module_of(peer).KNOWN) - ({"inception_v3"} if peer == "timm" else set())


def test_timms_inception_v3():
    """timm's has torchvision's names, and no head unless it is asked for: ours has none."""
    layout = layout_of("torchvision-inception_v3")
    main = {key: shape for key, shape in layout.items() if not key.startswith("AuxLogits")}
    known = find_peer("timm", "inception_v3")
    found = translate(known, net(known.net), numbered(main))
    assert len(found) == len(main)


def test_widths_are_the_networks():
    """Shapes of another width do not pass."""
    known = find_peer("timm", "mobilenetv1_125")
    layout = LAYOUTS["timm", "mobilenetv1_100"]
    with pytest.raises(ValueError, match=r"'conv_stem.weight' is 32x3x3x3, not 40x3x3x3"):
        translate(known, net(known.net, **known.options), numbered(layout))
