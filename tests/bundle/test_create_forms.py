"""Forms of a model: features, new classifiers, dense; the mode in which each comes."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from small_bundles import INFO, model_of
from small_nets import BRANCHES

import papernets
from papernets import create_model, load, load_bundle, net
from papernets.bundle.net_json import write_net
from papernets.bundle.save import save_bundle
from papernets.run.network import build
from papernets.said import Record
from papernets.spec.tensors import earlier_names

SMALL = f"{Path(__file__).parents[1] / 'small_nets.py'}:BRANCHES"
HEAD = ("out.weight", "out.bias")


def alike(one, other, names):
    mine, theirs = one.state_dict(), other.state_dict()
    return all(torch.equal(mine[name], theirs[name]) for name in names)


# Dense: for maps of any size


@pytest.mark.parametrize("name", ["googlenet", "inception_v1", "googlenet_aux", "inception_v3"])
def test_a_network_with_heads_has_a_dense_form(name):
    side = net(name).input[1]
    with torch.device("meta"):
        model = create_model(name, dense=True, input=side + 64, num_classes=3)
        out = model(torch.zeros(1, 3, side + 64, side + 64))
    assert out.shape[:2] == (1, 3) and min(out.shape[2:]) > 1
    assert not [key for key in model.state_dict() if key.startswith("aux")]


def test_the_dense_form_is_the_network_without_heads():
    """A network of one's own, with the weights of one that has heads."""
    plain = create_model(SMALL, generator=torch.Generator().manual_seed(3))
    dense = create_model(SMALL, dense=True, input=(72, 65), weights=plain.state_dict()).eval()
    x = torch.rand(2, 3, 40, 33)
    torch.testing.assert_close(dense(x)[:, :, 0, 0], plain.eval()(x))
    assert min(dense(torch.rand(1, 3, 72, 65)).shape[2:]) > 1


def test_a_peers_adaptive_pooling_gives_maps_too():
    with torch.device("meta"):
        out = create_model("vgg11_torchvision", dense=True)(torch.zeros(1, 3, 288, 256))
    assert out.shape == (1, 1000, 3, 2)


# No classes: features


@pytest.mark.parametrize(("name", "count"), [("lenet5", 84), ("lenet4", 120), ("lenet1", 192)])
def test_features_of_a_trained_network_are_its_last_row(name, count):
    whole = load_bundle(name).model
    for given in ({"weights": name}, {"weights": whole.state_dict()}):
        model = create_model(name, num_classes=0, **given).eval()
        x = torch.rand(3, *whole.net.input)
        out = model(x)
        last = "F6" if name == "lenet5" else "flatten"
        assert out.shape == (3, count) and torch.equal(out, whole.features(x, [last])[last])
        assert model.left_out and all(key in whole.state_dict() for key in model.left_out)


def test_features_of_a_network_that_averages_its_classes():
    out = create_model("nin_cifar10", num_classes=0)(torch.rand(2, 3, 32, 32))
    assert out.shape == (2, 192)


def test_features_need_no_heads():
    model = create_model("googlenet", num_classes=0, input=64)
    assert model.training and model(torch.rand(2, 3, 64, 64)).shape == (2, 1024)
    state = create_model("googlenet", input=96).state_dict()
    model = create_model("googlenet", num_classes=0, input=64, weights=state)
    assert {key.split(".")[0] for key in model.left_out} == {"aux1", "aux2", "fc"}


def test_weights_with_heads_for_a_network_without():
    state = create_model("googlenet", input=96).state_dict()
    model = create_model("googlenet", input=64, aux=False, weights=state)
    assert {key.split(".")[0] for key in model.left_out} == {"aux1", "aux2"}
    with pytest.raises(ValueError, match="the network has no tensor 'nonsense'"):
        create_model("googlenet", aux=False, weights={**state, "nonsense": torch.ones(1)})


@pytest.mark.parametrize("given", [{}, {"weights": "boosted_lenet4"}])
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"num_classes": 0}, "committee"),
        ({"dense": True}, "boosted_lenet4 is a committee and has no dense form"),
        ({"devices": ("cpu", "cpu")}, "boosted_lenet4 is a committee and has no towers"),
    ],
)
def test_a_committee_has_one_form(given, asked, message):
    with pytest.raises(ValueError, match=message):
        create_model("boosted_lenet4", **asked, **given)


# Other classes than a bundle's


def test_a_new_classifier_on_a_trained_body(bundle):
    whole = model_of()
    for given in ((bundle,), ("lenet5_keras_28",)):
        weights = bundle if given[0] != bundle else None
        seeded = torch.Generator().manual_seed(5)
        model = create_model(*given, 2, weights=weights, generator=seeded)
        assert model.left_out == HEAD and model.training and model.net.classes == 2
        assert alike(model, whole, [key for key in whole.state_dict() if key not in HEAD])
        drawn = torch.Generator().manual_seed(5)
        assert alike(model, create_model("lenet5_keras_28", 2, generator=drawn), HEAD)
    assert create_model(bundle, num_classes=10).left_out == ()


def test_heads_are_drawn_with_the_classifier(bundle):
    own = build(BRANCHES, generator=torch.Generator().manual_seed(0))
    classes = tuple(map(str, range(BRANCHES.classes)))
    info = replace(INFO, network="own.py:NET", classes=classes, input=BRANCHES.input)
    save_bundle(bundle, replace(info, net=write_net(BRANCHES, Record())), own.state_dict())
    model = create_model(bundle, num_classes=3)
    assert model.left_out == ("aux1.out.weight", "aux1.out.bias", *HEAD)
    assert [len(logits[0]) for logits in model(torch.rand(2, 3, 40, 33))[1]] == [3]
    assert create_model(bundle, num_classes=0)(torch.rand(2, 3, 40, 33)).shape == (2, 13)
    with pytest.raises(ValueError, match="has its network as data, which takes no option 'width'"):
        create_model(bundle, width=2)


def test_codes_are_made_for_the_new_classes():
    model = create_model("lenet5", weights="lenet5", num_classes=2)
    assert model.left_out == ("output.codes",)
    assert model.eval()(torch.rand(1, 1, 32, 32)).shape == (1, 2)


def test_other_channels_are_refused_with_what_would_work():
    message = (
        r"lenet5 was trained on 1 channel, not 3: .* Leave in_chans out .* "
        r"from the start: create_model\('lenet5', in_chans=3\)"
    )
    for given in (("lenet5_scan",), ("lenet5",)):
        weights = None if given == ("lenet5_scan",) else "lenet5"
        with pytest.raises(ValueError, match=message.replace("lenet5 was", "lenet5(_scan)? was")):
            create_model(*given, in_chans=3, weights=weights)


def test_a_committees_classes_are_its_own():
    with pytest.raises(ValueError, match=r"committee with classes 10, not 2\. A member takes"):
        create_model("boosted_lenet4", weights="boosted_lenet4", num_classes=2)


# The mode


def test_a_module_comes_in_training_mode(bundle, pile):
    made = [
        create_model("lenet5_modern"),
        create_model("lenet5_modern", num_classes=0),
        create_model("lenet5", dense=True),
        create_model("lenet5", weights="lenet5"),
        create_model("lenet5_scan"),
        create_model(bundle),
        create_model(pile),
        create_model("boosted_lenet4"),
        create_model("boosted_lenet4", weights="boosted_lenet4"),
    ]
    assert all(part.training for model in made for part in model.modules())


def test_what_predicts_comes_in_evaluation_mode(bundle, pile):
    for given in (bundle, pile, "boosted_lenet4"):
        for model in (load_bundle(given).model, load(given).model):
            assert not any(part.training for part in model.modules())


def test_the_dense_form_of_a_smaller_network():
    """The windows are those of the size that is asked for, where it is below the printed one."""
    model = create_model("vgg11", num_classes=2, input=64, dense=True).eval()
    shapes = [tuple(model(torch.rand(1, 3, side, side)).shape[2:]) for side in (64, 96)]
    assert shapes == [(1, 1), (2, 2)]


def test_names_of_november_2026_are_loaded_wherever_the_network_lies():
    model = create_model("resnet18", num_classes=2)
    older = {old: model.state_dict()[new] for new, old in earlier_names(model.net).items()}
    assert older.keys() != model.state_dict().keys()
    for wrapped, prefix in ((lambda m: m, ""), (torch.nn.Sequential, "0."), (papernets.fast, "")):
        other = create_model("resnet18", num_classes=2)
        wrapped(other).load_state_dict({f"{prefix}{k}": t for k, t in older.items()})
        assert all(torch.equal(t, other.state_dict()[k]) for k, t in model.state_dict().items())
    with pytest.raises(RuntimeError, match="Missing key"):
        other.load_state_dict({k: t for k, t in older.items() if k != "conv1.weight"})


def test_a_classifier_of_ones_own_stands_in_the_features_place():
    """As with timm: num_classes=0 leaves an identity, which is replaced like any module."""
    model, x = create_model("resnet18", num_classes=0).eval(), torch.rand(2, 3, 64, 64)
    features = model(x)
    model.fc = torch.nn.Linear(512, 2)
    assert torch.equal(model(x), model.fc(features))
