"""Everything that is inside, on one small network of each family with drawn weights."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from papernets import create_model, inside
from papernets.inside.deconvnet import deconv_layer
from papernets.inside.layers import rows_of
from papernets.inside.maps import main_way

pytestmark = pytest.mark.slow

FAMILIES = {
    "lenet5": {},
    "lenet1": {},
    "lenet5_modern": {},
    "alexnet": {"input": 67},
    "zfnet": {"input": 67},
    "nin_cifar10": {},
    "vgg11": {"input": 32},
    "googlenet": {"input": 64},
    "bn_inception": {"input": 64},
    "inception_v3": {"input": 107},
    "inception_v4": {"input": 107},
    "inception_resnet_v1": {"input": 107},
    "resnet20": {},
    "resnet18": {"input": 64},
    "resnet18_v2": {"input": 64},
    "mobilenet_v1_0.25_128": {"input": 64},
}
WITHOUT_DECONV = ("lenet5", "lenet1", "lenet5_modern")
CAM = ("nin_cifar10", "googlenet", "bn_inception", "inception_v3", "inception_v4")
CAM += ("inception_resnet_v1", "resnet20", "resnet18", "resnet18_v2", "mobilenet_v1_0.25_128")


@pytest.mark.parametrize("name", FAMILIES)
def test_everything(name: str) -> None:
    draws = torch.Generator().manual_seed(0)
    classes = 10 if name.startswith("lenet") else 6
    model = create_model(name, classes, generator=draws, aux=False, **FAMILIES[name])
    net = model.net
    x = torch.randn(3, *net.input, generator=draws)
    state = {key: value.clone() for key, value in model.state_dict().items()}
    for found in (
        inside.saliency(model, x, 1, batch_size=2),
        inside.guided(model, x, [0, 1, 2]),
        inside.smooth(model, x, samples=3),
    ):
        assert found.values.shape == x.shape and np.isfinite(found.values).all()
        assert (np.abs(found.values).reshape(3, -1).max(1) > 0).all()
    shown = inside.cam(model, x, 1)
    assert shown.method == ("cam" if name in CAM else "grad-cam")
    assert shown.heat.shape == (3, *net.input[1:]) and np.isfinite(shown.values).all()
    if shown.method == "cam":
        slope = inside.cam(model, x, 1, method="grad-cam", layer=shown.layer)
        size = shown.values.shape[1] * shown.values.shape[2]
        most = np.abs(shown.values).max()
        np.testing.assert_allclose(slope.values * size, shown.values, atol=1e-5 * most, rtol=0)
    side = min(net.input[1:]) // 2
    slid = inside.occlusion(model, x[:1], square=side, stride=side)
    assert np.isfinite(slid.values).all() and slid.values.shape == (1, *net.input[1:])
    if name in WITHOUT_DECONV:
        with pytest.raises(ValueError, match="deconv does not apply"):
            inside.deconv(model, x)
    else:
        layer = deconv_layer(model)
        down = inside.deconv(model, x, batch_size=2)
        assert down.layer == layer and np.isfinite(down.values).all()
        for one, patch in zip(down.values, down.patches, strict=True):
            top, left, bottom, right = patch.box
            outside = np.abs(one)
            outside[:, top:bottom, left:right] = 0
            assert outside.max() == 0 and np.abs(one).max() > 0
    seen = inside.field(model, x)
    top, left, bottom, right = seen.box
    outside = seen.values.copy()
    outside[max(top, 0) : bottom, max(left, 0) : right] = 0
    assert outside.max() == 0 and seen.measured > 0
    maps = inside.features(model, x[:1], [row.name for row in main_way(net)])
    assert all(np.isfinite(value).all() for value in maps.values())
    layer, weights = inside.filters(model)
    assert weights.shape[1] * rows_of(net)[layer].groups == net.input[0]
    (best,) = inside.strongest(model, x, shown.layer, [0], count=2)
    assert len(best.patches) == 2 and best.patches[0].picture != best.patches[1].picture
    assert inside.embedding(model, x, method="pca").points.shape == (3, 2)
    assert model.training and not any(m._forward_hooks for m in model.modules())
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())
