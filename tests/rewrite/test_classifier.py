"""What tells the classes apart, in every network: left out, and made for others."""

from pathlib import Path

import pytest
import siblings

from papernets import rewrite
from papernets.nets import NETS, net
from papernets.spec import (
    RBF,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Net,
    Pool,
    chain,
    concat,
    tensors,
    walk,
)

SMALL = Path(__file__).parents[1] / "small_nets.py"
BRANCHES = net(f"{SMALL}:BRANCHES")
DEEP = ("resnet1202", "resnet1001", "resnet200")  # as the shallower ones, and slow to walk
NAMES = [e.name for e in NETS if e.name not in DEEP and net(e.name).member.classes]


@pytest.mark.parametrize("name", siblings.each(NAMES))
def test_what_classifies_is_what_classes_give_a_shape(name):
    own = net(name).member
    other = net(name, classes=own.classes + 1).member
    more = tensors(other)
    shaped = [key for key, tensor in tensors(own).items() if tensor != more[key]]
    assert list(rewrite.classifier_tensors(own)) == shaped
    if not any(isinstance(row.layer, RBF) for row in walk(own)):
        assert rewrite.with_classes(own, own.classes + 1) == other


@pytest.mark.parametrize("name", siblings.each(NAMES))
def test_features_are_flat_and_the_rest_stays(name):
    own = net(name).member
    bare = rewrite.without_classifier(own)
    assert bare.classes == 0 and walk(bare)[-1].out[1:] == (1, 1)
    kept, every = tensors(bare), tensors(own)
    assert kept.items() <= every.items()
    gone = {every[key].row for key in every.keys() - kept.keys()}
    heads = {row.name for row in walk(own) if row.aux}
    assert name.endswith("_aux") or len(gone - heads) == 1  # their heads are counted in
    assert rewrite.without_classifier(bare) == bare


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("lenet5", 84),  # LeCun et al. 1998, section II-B: F6 has 84 units
        ("nin_imagenet", 1024),
        ("nin_cifar10", 192),
        ("alexnet", 4096),
        ("vgg16", 4096),
        ("googlenet", 1024),  # table 1: the average gives 1x1x1024
        ("googlenet_aux", 1024),
        ("inception_v3", 2048),
        ("resnet18", 512),
        ("resnet50", 2048),
        ("mobilenet_v1", 1024),
    ],
)
def test_how_many_features_the_papers_have(name, count):
    bare = net(name, classes=0)
    assert walk(bare)[-1].out == (count, 1, 1)
    assert bare.aux_weights == () and bare.name == net(name).name
    assert net(name, num_classes=0) == bare


def test_heads_that_do_not_fit_are_no_hindrance():
    assert walk(net("googlenet", classes=0, input=64))[-1].out == (1024, 1, 1)


def test_a_committee_has_no_features_of_its_own():
    with pytest.raises(ValueError, match=r"boosted_lenet4 is a committee: .* network, lenet4"):
        net("boosted_lenet4", classes=0)


def test_a_module_is_left_as_it_is():
    assert net("inception_naive_3a", classes=0) == net("inception_naive_3a")


def made(**parts):
    return Net("little", (2, 12, 12), 4, chain(parts))


def names(own):
    return [row.name for row in walk(own)]


def test_what_stands_behind_the_classifier():
    own = made(
        conv=Conv(6, 3, activation="relu"),
        maps=Conv(4, 1),
        norm=BatchNorm(activation="relu"),
        pool=GlobalPool(),
        flatten=Flatten(),
    )
    assert names(rewrite.without_classifier(own)) == ["conv", "maps", "pool", "flatten"]
    assert rewrite.classifier(own) == "maps"
    assert {key.split(".")[0] for key in rewrite.classifier_tensors(own)} == {"maps", "norm"}


def test_a_classifier_within_a_block():
    own = made(conv=Conv(6, 3), head=chain({"flatten": Flatten(), "fc": Dense(4)}))
    assert names(rewrite.without_classifier(own)) == ["conv", "head.flatten", "head.fc"]
    alone = made(pool=Pool("max", 12), flatten=Flatten(), head=chain({"fc": Dense(4)}))
    bare = rewrite.without_classifier(alone)
    assert names(bare) == ["pool", "flatten", "head.fc"]
    assert walk(bare)[-1].kind == "identity"  # a classifier of one's own may stand there


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (made(out=Conv(4, 12)), "little has no features: before out, which classifies, there is"),
        (made(conv=Conv(5, 12)), "little has no layer that classifies: none of its last rows"),
        (
            made(fork=concat({"one": Conv(2, 12), "two": Conv(4, 12)})),
            "little has no layer that classifies",
        ),
    ],
)
def test_what_has_no_classifier_or_nothing_else(own, message):
    with pytest.raises(ValueError, match=message):
        rewrite.without_classifier(own)


def test_other_classes_reach_the_heads_and_codes_are_not_made_up():
    more = rewrite.with_classes(BRANCHES, 9)
    ends = [row.out for row in walk(more) if row.name in ("out", "aux1.out")]
    assert more.classes == 9 and ends == [(9, 1, 1)] * 2
    with pytest.raises(ValueError, match="lenet5: output is a rbf layer, made for its 10 classes"):
        rewrite.with_classes(net("lenet5"), 3)
