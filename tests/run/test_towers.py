"""AlexNet's two towers, each on a device of its own: the same network, placed otherwise."""

import copy
import re
from functools import cache

import pytest
import siblings
import torch
from safetensors.torch import save_file

from papernets import create_model
from papernets.nets.registry import NETS, net
from papernets.run import towers
from papernets.run.network import build
from papernets.run.towers import build_towers
from papernets.spec import Committee

TWO = ("cpu", "cpu:0")
DEVICES = [
    TWO,
    pytest.param(
        ("cuda:0", "cpu"),
        marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no second device"),
    ),
]
SIDE = 99


def seeded(seed=1):
    return torch.Generator().manual_seed(seed)


@cache
def drawn(name, devices):
    """The ordinary network and the one in towers, drawn once: they have millions of weights."""
    given = {"num_classes": 7, "input": SIDE}
    models = [
        create_model(name, **given, generator=seeded()),
        create_model(name, **given, generator=seeded(), devices=devices),
    ]
    for model in models:
        for module in model.modules():
            if hasattr(module, "weight") and module.weight.dim() > 1:
                module.weight.data.mul_(3)  # else the last layers see little of the first
    return models


def both(name="alexnet", devices=TWO):
    """The ordinary network and the one in towers, with the same first weights, and pictures."""
    models = [copy.deepcopy(model) for model in drawn(name, devices)]
    return *models, torch.randn(2, 3, SIDE, SIDE, generator=seeded(2))


def close(found, wanted, most=1e-6):
    """Equal to a share of the largest value: sums in another order round otherwise."""
    largest = wanted.abs().max().item()
    torch.testing.assert_close(found.cpu(), wanted.cpu(), rtol=0, atol=most * largest)


def weighted(row):
    """The layer of a row that has the weights."""
    return next(module for module in row.modules() if hasattr(module, "weight"))


def merged(model):
    """Gradients under the ordinary names, shares together."""
    found = {}
    for name, parameter in model.named_parameters():
        whole = re.sub(r"towers\.\d+\.", "", name)
        found.setdefault(whole, []).append(parameter.grad.cpu())
    return {name: torch.cat(shares) for name, shares in found.items()}


@pytest.mark.parametrize("devices", DEVICES)
@pytest.mark.parametrize("name", ["alexnet", *siblings.slow("caffenet")])
def test_outputs_and_gradients_are_the_ordinary_networks(name, devices):
    ordinary, placed, x = both(name, devices)
    seen = []
    for model in (ordinary, placed):
        model.train()
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0  # each device would draw its own
        pictures = x.clone().requires_grad_()
        out = model(pictures)
        torch.nn.functional.cross_entropy(out, torch.tensor([1, 6]).to(out.device)).backward()
        seen.append((out.detach().cpu(), pictures.grad, merged(model)))
    assert seen[0][0].std() > 1e-3
    close(seen[1][0], seen[0][0])
    close(seen[1][1], seen[0][1], 1e-5)
    assert seen[0][2].keys() == seen[1][2].keys() == dict(ordinary.named_parameters()).keys()
    for key, gradient in seen[0][2].items():
        scale = gradient.abs().max().item()
        assert scale > 0, key
        torch.testing.assert_close(seen[1][2][key], gradient, rtol=0, atol=1e-5 * scale, msg=key)


def test_features_are_the_ordinary_networks():
    ordinary, placed, x = both()
    names = ["conv1", "norm1", "pool2", "conv3", "fc6", "fc8"]
    with torch.no_grad():
        found, wanted = (m.eval().features(x, names) for m in (placed, ordinary))
    assert list(found) == names
    for name in names:
        close(found[name], wanted[name])
        exact = placed.double()(x.double()), ordinary.double()(x.double())
    close(*exact, 1e-13)
    placed.float()
    assert list(placed.features(x, "norm2")) == ["norm2"]
    with pytest.raises(ValueError, match="alexnet has no row 'conv9'; its rows: conv1, norm1"):
        placed.features(x, ["conv9"])


def test_a_towers_kernels_are_on_its_device():
    """Section 3.5: half of the kernels of each layer on each device, the classifier on one."""
    with torch.device("meta"):
        model = build_towers(net("alexnet"), ("cpu", "meta"))
    shapes = {
        "conv1": (48, 3, 11, 11),
        "conv2": (128, 48, 5, 5),
        "conv3": (192, 256, 3, 3),
        "conv4": (192, 192, 3, 3),
        "conv5": (128, 192, 3, 3),
        "fc6": (2048, 9216),
        "fc7": (2048, 4096),
    }
    for name, shape in shapes.items():
        first, second = (weighted(tower) for tower in model.get_submodule(name).towers)
        assert tuple(first.weight.shape) == tuple(second.weight.shape) == shape
        assert second.weight.is_meta
    (only,) = model.fc8.towers
    assert tuple(only.weight.shape) == (1000, 4096)
    both_meta = build_towers(net("alexnet"), ("meta", "meta"))
    out = both_meta.eval()(torch.empty(2, 3, 227, 227, device="meta"))
    assert tuple(out.shape) == (2, 1000)


def test_maps_cross_only_where_the_paper_says(monkeypatch):
    """Section 3.5: conv3 sees all of layer 2; and section 3.3: windows of five maps look over."""
    _, placed, x = both()
    sizes = {}
    monkeypatch.setattr(towers, "send", lambda values, device: sent.append(values) or values)
    parts = [x]
    with torch.no_grad():
        for row, step in placed.eval().named_children():
            sent = []
            parts = step(parts)
            sizes[row] = [tuple(values.shape[1:]) for values in sent]
    assert sizes["conv2"] == [(48, 11, 11)] * 2  # its own tower's maps, and no others
    assert sizes["conv4"] == sizes["conv5"] == [(192, 5, 5)] * 2
    assert sizes["conv3"] == [(128, 5, 5)] * 4  # both towers' maps, on both
    assert sizes["fc7"] == [(2048,)] * 4
    assert sizes["fc8"] == [(2048,)] * 2
    # two maps over the border, each way; none at the outer ends
    assert sorted(sizes["norm1"]) == [(0, 23, 23)] * 2 + [(2, 23, 23)] * 2


def test_normalisation_looks_two_maps_over_the_border():
    """Section 3.3: n = 5 adjacent maps of all the layer's: 46 and 47 see the second tower's 48."""
    for model in both()[:2]:
        x = torch.randn(1, 3, SIDE, SIDE, generator=seeded(3))
        state = model.state_dict()
        state["conv1.conv.weight"][48:] = float("nan")
        model.load_state_dict(state)
        with torch.no_grad():
            broken = model.eval().features(x, "norm1")["norm1"].isnan().any(dim=(0, 2, 3))
        assert broken.nonzero()[:, 0].tolist() == list(range(46, 96))


def test_the_state_dict_is_the_ordinary_one(tmp_path):
    ordinary, placed, x = both()
    own, other = ordinary.state_dict(), placed.state_dict()
    assert list(own) == list(other)
    assert all(torch.equal(own[name], other[name]) for name in own)
    # from a file, either way
    for source, devices in ((ordinary, TWO), (placed, None)):
        file = tmp_path / f"{devices is None}.safetensors"
        save_file({n: t.contiguous() for n, t in source.state_dict().items()}, file)
        loaded = create_model("alexnet", num_classes=7, input=SIDE, weights=file, devices=devices)
        with torch.no_grad():
            close(loaded.eval()(x), ordinary.eval()(x))
    placed.load_state_dict(create_model("alexnet", num_classes=7, input=SIDE).state_dict())
    assert not torch.equal(placed.conv2.towers[1].conv.weight, ordinary.conv2.conv.weight[128:])


def test_weights_that_do_not_fit_leave_the_towers_as_they_were():
    ordinary, placed, _ = both()
    before = placed.state_dict()
    for change, message in (
        (
            {"conv2.conv.weight": torch.zeros(256, 96, 5, 5)},
            "'conv2.conv.weight' is 256x96x5x5, the network",
        ),
        ({"fc6.linear.bias": None}, "it has no tensor 'fc6.linear.bias'"),
        ({"conv9.weight": torch.zeros(1)}, "the network has no tensor 'conv9.weight'"),
    ):
        state = {n: t for n, t in (ordinary.state_dict() | change).items() if t is not None}
        with pytest.raises(ValueError, match=message):
            create_model("alexnet", num_classes=7, input=SIDE, weights=state, devices=TWO)
    with pytest.raises(RuntimeError, match="conv2"):
        placed.load_state_dict({n: t for n, t in before.items() if n != "conv2.conv.weight"})
    assert all(torch.equal(t, before[n]) for n, t in placed.state_dict().items())


def test_a_copy_is_a_network_of_its_own_and_learns():
    _, placed, x = both()
    twin = copy.deepcopy(placed).train()
    optimiser = torch.optim.SGD(twin.parameters(), lr=0.01)
    losses = []
    for _ in range(4):
        torch.manual_seed(0)
        loss = torch.nn.functional.cross_entropy(twin(x), torch.tensor([1, 6]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert not torch.equal(twin.conv1.towers[0].conv.weight, placed.conv1.towers[0].conv.weight)


@pytest.mark.parametrize(
    ("name", "devices", "message"),
    [
        ("resnet18", TWO, "resnet18 has no towers that could stand on devices of their own; alex"),
        ("mobilenet_v1", TWO, "mobilenet_v1 has no towers"),
        ("alexnet_single", TWO, "alexnet_single has no towers"),
        ("boosted_lenet4", TWO, "boosted_lenet4 is a committee and has no towers"),
        ("alexnet", ("cpu",), "devices must be as many as the network has towers, .* not"),
        ("alexnet", "cpu", "for one device leave them out and move the model: model.to"),
        ("alexnet", 2, "devices must be as many"),
        ("alexnet", ("cpu",) * 3, "alexnet has 2 towers, one a device, not 3"),
        ("alexnet", ("cpu", "gpu"), "device 'gpu' cannot be used here .*'cpu' works everywhere"),
        ("alexnet", ("cpu", None), "device None cannot be used here"),
        ("alexnet", ("cpu", "cuda:99"), "device 'cuda:99' cannot be used here"),
    ],
)
def test_impossible_devices_say_what_would_work(name, devices, message):
    with pytest.raises(ValueError, match=message):
        create_model(name, devices=devices)


def test_the_dense_form_and_other_pictures_are_refused():
    with pytest.raises(ValueError, match="the dense form runs on one device: leave out dense=True"):
        create_model("alexnet", devices=TWO, dense=True)
    _, placed, _ = both()
    with pytest.raises(ValueError, match="alexnet was built for 99x99 pictures"):
        placed(torch.zeros(1, 3, 120, 120))


def test_which_networks_have_towers():
    found = []
    for entry in NETS:
        made = entry.make()
        made = made.member if isinstance(made, Committee) else made
        if towers.towers_of(made) > 1:
            found.append(entry.name)
    assert found == ["alexnet", "caffenet"]


def test_building_in_towers_draws_what_building_draws():
    ordinary = build(net("caffenet", classes=3, input=67), generator=seeded(5)).state_dict()
    placed = build_towers(net("caffenet", classes=3, input=67), TWO, seeded(5)).state_dict()
    assert all(torch.equal(tensor, placed[name]) for name, tensor in ordinary.items())
