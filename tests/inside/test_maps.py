"""CAM and Grad-CAM, occlusion, fields, patches and features: each beside its definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from papernets import build, create_model, inside, net, walk
from papernets.inside.occluded import boxes
from papernets.spec import Conv, Flatten, GlobalPool, Net, Pool, add, chain

SMALL = Net(
    "small",
    (3, 16, 14),
    4,
    chain(
        {
            "conv1": Conv(6, 3, padding=1, activation="relu"),
            "pool1": Pool("max", 2, 2),
            "block": add(
                {
                    "way": chain({"a": Conv(6, 3, padding=1)}),
                    "shortcut": chain({}),
                },
                activation="relu",
            ),
            "conv2": Conv(4, 3),
            "average": GlobalPool(),
            "flatten": Flatten(),
        }
    ),
)


def drawn(network: Net, seed: int = 0) -> nn.Module:
    return build(network, torch.Generator().manual_seed(seed)).eval()


def pictures(network: Net, count: int = 2, seed: int = 1) -> torch.Tensor:
    return torch.randn(count, *network.input, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    "name",
    ["resnet20", *(pytest.param(n, marks=pytest.mark.slow) for n in ("nin_cifar10", "resnet32"))],
)
def test_cam_is_grad_cam_times_the_number_of_values(name: str) -> None:
    """dS/dA = w / Z (Selvaraju et al. 2017, section 3.1); and the mean of CAM, with the bias, is
    the logit (Zhou et al. 2016, section 2)."""
    model = create_model(name, generator=torch.Generator().manual_seed(0)).eval()
    x = pictures(model.net)
    plain = inside.cam(model, x, [3, 7])
    slope = inside.cam(model, x, [3, 7], method="grad-cam", layer=plain.layer)
    assert (plain.method, slope.method) == ("cam", "grad-cam")
    values = plain.values.shape[1] * plain.values.shape[2]
    scale = np.abs(plain.values).max()
    np.testing.assert_allclose(slope.values * values, plain.values, atol=1e-5 * scale, rtol=0)
    with torch.no_grad():
        logits = model(x)[[0, 1], [3, 7]]
    bias = model.fc.bias[[3, 7]] if hasattr(model, "fc") else 0
    means = torch.from_numpy(plain.values).mean((1, 2)) + bias
    torch.testing.assert_close(means.detach(), logits, rtol=1e-4, atol=1e-4)


def test_without_a_dense_layer_the_maps_are_the_classes():
    """Network in Network averages one map a class (Lin et al. 2014, section 3.2)."""
    model = drawn(SMALL)
    x = pictures(SMALL)
    found = inside.cam(model, x, 2)
    assert (found.method, found.layer) == ("cam", "conv2")
    np.testing.assert_allclose(found.values, model.features(x, "conv2")["conv2"][:, 2].detach())
    assert found.heat.shape == (2, 16, 14) and found.heat.min() >= 0


def test_occlusion_is_a_loop():
    model, x = drawn(SMALL), pictures(SMALL)
    found = inside.occlusion(model, x, 1, square=4, stride=3, fill=-0.5, layer="conv2", unit=3)
    assert found.probability.shape == found.total.shape == found.likely.shape == (2, 5, 5)
    with torch.no_grad():
        for n in range(2):
            for i, top in enumerate(range(0, 15, 3)):
                for j, left in enumerate(range(0, 13, 3)):
                    hidden = x[n : n + 1].clone()
                    hidden[:, :, top : top + 4, left : left + 4] = -0.5
                    logits = model(hidden)[0]
                    maps = model.features(hidden, "conv2")["conv2"]
                    chance = float(logits.softmax(0)[1])
                    assert found.probability[n, i, j] == pytest.approx(chance, abs=1e-6)
                    assert found.total[n, i, j] == pytest.approx(float(maps[0, 3].sum()), abs=1e-4)
                    assert found.likely[n, i, j] == int(logits.argmax())
        assert found.scores == pytest.approx(model(x).softmax(1)[:, 1].numpy(), abs=1e-6)
    strongest = inside.occlusion(model, x, 1, layer="conv2").units
    maps = model.features(x, "conv2")["conv2"].sum((2, 3))
    assert strongest.tolist() == maps.argmax(1).tolist()


def test_places_of_a_square_cover_the_picture():
    every = boxes((16, 14), (4, 5), (3, 4))
    covered = np.zeros((16, 14))
    for top, left, bottom, right in every.values():
        covered[top:bottom, left:right] += 1
    assert covered.min() == 1 and max(row for row, _ in every) == 4


def test_the_measured_field_lies_in_the_computed_one_and_fills_it():
    """Of positive filters without rectified parts every pixel of the computed field counts."""
    line = Net(
        "line",
        (1, 31, 33),
        2,
        chain(
            {
                "conv1": Conv(3, 3, stride=2, padding=1),
                "conv2": Conv(2, (3, 5)),
                "conv3": Conv(2, 3, stride=2),
            }
        ),
    )
    model = drawn(line)
    with torch.no_grad():
        for one in model.parameters():
            one.fill_(0.1)
    for row in walk(line):
        found = inside.field(model, pictures(line), layer=row.name)
        top, left, bottom, right = found.box
        assert found.computed == row.receptive_field == (bottom - top, right - left)
        inner = found.values[top:bottom, left:right]
        assert inner.min() > 0 and inner.size == (found.values > 0).sum()


def test_a_field_of_one_convolution_is_measured_as_its_size():
    model = drawn(net("resnet20"))
    with torch.no_grad():
        model.conv1.conv.weight.fill_(1)
    found = inside.field(model, pictures(model.net), layer="conv1")
    assert found.computed == (3, 3) and found.measured == 3


def test_the_strongest_patches_are_those_of_a_loop():
    model, x = drawn(SMALL), pictures(SMALL, 20)
    maps = model.features(x, "block")["block"].detach()
    found = inside.strongest(model, x, "block", [5, 2], count=4, batch_size=7)
    assert [one.unit for one in found] == [5, 2]
    for one in found:
        best = maps[:, one.unit].flatten(1).max(1).values
        order = best.argsort(descending=True)[:4]
        assert [patch.picture for patch in one.patches] == order.tolist()
        for patch in one.patches:
            value = maps[patch.picture, one.unit, patch.row, patch.column]
            assert (
                patch.value
                == pytest.approx(float(value))
                == pytest.approx(float(best[patch.picture]))
            )
            top, left, bottom, right = patch.box
            other = x[patch.picture : patch.picture + 1].clone()
            other[:, :, top:bottom, left:right] = 0  # what it sees matters, and nothing else
            outside = torch.where(other == 0, x[patch.picture : patch.picture + 1], 0)
            seen = model.features(outside, "block")["block"].detach()
            same = float(seen[0, one.unit, patch.row, patch.column])
            assert same == pytest.approx(patch.value, abs=1e-5)


def test_where_an_activation_saturates_the_value_before_it_ranks():
    flat = Net("flat", (1, 4, 4), 1, chain({"conv1": Conv(1, 1, activation="relu6")}))
    model = drawn(flat)
    with torch.no_grad():
        model.conv1.conv.weight.fill_(1)
        model.conv1.conv.bias.zero_()
    x = torch.tensor([7.0, 9.0, 3.0, 8.0])[:, None, None, None].expand(4, 1, 4, 4)
    (found,) = inside.strongest(model, x, "conv1", [0])
    assert [patch.picture for patch in found.patches] == [1, 3, 0, 2]
    assert [patch.value for patch in found.patches] == [6, 6, 6, 3]


def test_features_and_the_distances_of_lenet5():
    """Its output is minus the squared distance to codes of +1 and -1 (LeCun et al. 1998, II-B)."""
    from papernets.inside.maps import codes, distances

    model = create_model("lenet5", generator=torch.Generator().manual_seed(0))
    x = pictures(model.net, 3)
    found = inside.features(model, x, batch_size=2)
    assert list(found) == ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
    assert found["C3"].shape == (3, 16, 10, 10)
    bitmaps, apart = codes(model.net), distances(model.net, found["output"])
    assert bitmaps is not None and apart is not None and bitmaps.shape == (10, 84)
    wanted = ((found["F6"][:, None] - bitmaps[None]) ** 2).sum(2)
    np.testing.assert_allclose(apart, wanted, rtol=1e-4)
    name, weights = inside.filters(model, "C3")
    assert name == "C3" and weights.shape == (16, 6, 5, 5)
    assert (np.abs(weights).sum((2, 3)) > 0).sum() == 60  # table I has 60 connections


@pytest.mark.slow
def test_the_embedding_is_sklearns_of_what_the_classifier_is_given():
    from sklearn.decomposition import PCA

    model = create_model("resnet20", generator=torch.Generator().manual_seed(0)).eval()
    x = pictures(model.net, 8)
    found = inside.embedding(model, x, method="pca", batch_size=3)
    assert found.layer == "fc" and found.features.shape == (8, 64)
    features = model.features(x, "avgpool")["avgpool"].detach().flatten(1)
    np.testing.assert_allclose(found.features, features, atol=1e-6)
    wanted = PCA(2, random_state=0).fit_transform(features.double().numpy())
    np.testing.assert_allclose(found.points, wanted, atol=1e-4)
    one, two = (inside.embedding(model, x, seed=3).points for _ in range(2))
    np.testing.assert_array_equal(one, two)
