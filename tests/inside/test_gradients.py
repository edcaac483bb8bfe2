"""Gradients by rule: their definitions, batches, what may be given, and what may not."""

from __future__ import annotations

import numpy as np
import pytest
import siblings
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from papernets import create_model, inside, load, load_bundle
from papernets.bundle.find import SHIPPED


class ByFunctions(nn.Module):
    """A network of somebody's own, whose rectifiers are functions, some of them in place."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(2, 5, 3), nn.Conv2d(5, 4, 3)
        self.out = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu_(self.one(x))
        x = F.relu6(self.two(x), inplace=True).relu()
        return self.out(F.hardtanh(x.mean((2, 3)), -1.0, 1.0))


def own(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return ByFunctions()


def some(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_guided_at_rectifiers_that_are_functions():
    """The gradient by hand: what passed there, and is above 0 on its way back, goes on."""
    model, x = own(), some(2, 2, 8, 8)
    a = model.one(x)
    b = model.two(a.clamp(min=0))
    c = b.clamp(0, 6)
    m = c.mean((2, 3))
    with torch.no_grad():
        g = model.out.weight[2] * ((m > -1) & (m < 1))  # hardtanh from -1 on is no rectifier
        g = (g / (c.shape[2] * c.shape[3]))[:, :, None, None].expand_as(c)
        g = g.clamp(min=0) * (c > 0)
        g = g.clamp(min=0) * ((b > 0) & (b < 6))
        g = F.conv_transpose2d(g, model.two.weight)
        g = g.clamp(min=0) * (a > 0)
        wanted = F.conv_transpose2d(g, model.one.weight)
    found = inside.guided(model, x, 2)
    assert np.abs(found.values).max() > 0
    np.testing.assert_allclose(found.values, wanted, atol=1e-7)


def test_batches_and_seeds_change_nothing():
    model, x = own(), some(5, 2, 8, 8)
    asked = [0, 1, 2, 1, 0]
    for method in (inside.saliency, inside.guided, inside.smooth, inside.occlusion):
        named = {"layer": "two"} if method is inside.occlusion else {}
        one = method(model, x, asked, **named).values
        np.testing.assert_allclose(
            method(model, x, asked, batch_size=2, **named).values, one, atol=1e-6
        )
    other = inside.smooth(model, x, asked, seed=1).values
    assert np.abs(other - inside.smooth(model, x, asked).values).max() > 1e-4
    alone = inside.smooth(model, x[:1], 0).values
    np.testing.assert_allclose(alone[0], inside.smooth(model, x, asked).values[0], atol=1e-6)


def test_no_more_than_a_batch_is_computed_at_a_time():
    """So that the memory is bounded, of noisy copies and of slid squares too."""
    model = create_model("resnet20", generator=torch.Generator().manual_seed(0))
    x, seen = some(5, 3, 32, 32), []
    model.register_forward_pre_hook(lambda module, given: seen.append(len(given[0])))
    for call in (
        lambda: inside.saliency(model, x, batch_size=2),
        lambda: inside.smooth(model, x[:1], samples=5, batch_size=2),
        lambda: inside.occlusion(model, x[:1], square=16, stride=8, batch_size=2),
        lambda: inside.cam(model, x, batch_size=2),
        lambda: inside.deconv(model, x, layer="stage1_1", batch_size=2),
        lambda: inside.strongest(model, x, "stage1_1", batch_size=2),
        lambda: inside.features(model, x, "conv1", batch_size=2),
        lambda: inside.field(model, x, layer="stage1_1", batch_size=2),
        lambda: inside.embedding(model, x, method="pca", batch_size=2),
    ):
        seen.clear()
        call()
        assert max(seen) == 2


def test_the_square_is_the_grey_that_the_network_sees():
    """128 of 255, by the bundle's own preprocessing."""
    for name in ("lenet1", "resnet20"):
        bundle = load_bundle(name)
        info = bundle.info.preprocessing
        low, high = torch.tensor(info["low"]), torch.tensor(info["high"])
        grey = (low + (high - low) * 128 / 255)[:, None, None].expand(bundle.info.input)
        seen = some(1, *bundle.info.input)
        asked = {"square": tuple(bundle.info.input[1:]), "stride": 1}
        found = inside.occlusion(bundle, seen, 3, **asked)
        with torch.no_grad():
            logits = bundle.model(grey[None]).double() * bundle.info.score_scale
        assert found.probability.shape == (1, 1, 1)
        assert found.probability.item() == pytest.approx(float(logits.softmax(1)[0, 3]), abs=1e-5)


def test_without_noise_smooth_is_saliency():
    model, x = own(), some(2, 2, 8, 8)
    plain = inside.saliency(model, x, 1)
    np.testing.assert_allclose(
        inside.smooth(model, x, 1, samples=3, noise=0).values, plain.values, atol=1e-6
    )


def test_a_bundle_answers_as_it_predicts_and_takes_what_predict_takes(tmp_path):
    folder = SHIPPED / "resnet20"
    draws = np.random.default_rng(0)
    grey = Image.fromarray(draws.integers(0, 255, (40, 50), dtype=np.uint8))
    colour = draws.integers(0, 255, (32, 32, 3), dtype=np.uint8)
    grey.save(tmp_path / "grey.png")
    given = [str(tmp_path / "grey.png"), colour]
    predictor = load(folder)
    answers = predictor.predict(given, top=10)
    for model in ("resnet20", folder, predictor, load_bundle(folder)):
        found = inside.saliency(model, given)
        assert found.values.shape == (2, 3, 32, 32) and found.heat.shape == (2, 32, 32)
        assert found.answers == found.classes == tuple(one.label for one in answers)
        assert found.scores == pytest.approx([one.score for one in answers], abs=1e-6)
    asked = inside.cam(predictor, given, ["Cat", 0])
    assert asked.classes == ("cat", "airplane")
    scores = [dict(one.top)[name] for one, name in zip(answers, asked.classes, strict=True)]
    assert asked.scores == pytest.approx(scores, abs=1e-6)


@siblings.together(
    "call, words",
    [
        (
            lambda m, x: inside.saliency("resnet20", x, "catt"),
            "no class 'catt'. Did you mean 'cat'",
        ),
        (lambda m, x: inside.saliency(m, x[:, :2], 7), "has no class 7"),
        (lambda m, x: inside.saliency(m, x[:, :2], [0]), "names 1 classes for more pictures"),
        (lambda m, x: inside.saliency(m, x[:0]), "no pictures: the list is empty"),
        (lambda m, x: inside.saliency(m, x[0, 0]), "give (N, C, H, W)"),
        (lambda m, x: inside.saliency(m, ["a.png"]), "a module alone does not say how it sees"),
        (lambda m, x: inside.saliency("resnet20", ["a.png"]), "a.png: no such file"),
        (lambda m, x: inside.saliency("resnet20", x), "(2, 2, 32, 32)"),
        (lambda m, x: inside.saliency("boosted_lenet4", x), "a committee of several networks"),
        (lambda m, x: inside.saliency(3, x), "an int is no model"),
        (lambda m, x: inside.saliency(m, x[:, :2], batch_size=0), "batch_size=0: give a whole"),
        (lambda m, x: inside.smooth(m, x[:, :2], samples=0), "samples=0: give a whole number"),
        (lambda m, x: inside.smooth(m, x[:, :2], noise=-1.0), "noise=-1.0: give a number"),
        (lambda m, x: inside.smooth(m, x[:, :2], seed=-1), "seed=-1: give a whole number"),
        (lambda m, x: inside.cam(m, x[:, :2]), "which layer? Give layer=NAME"),
        (lambda m, x: inside.cam(m, x[:, :2], layer="tow"), "no layer 'tow'. Did you mean 'two'"),
        (lambda m, x: inside.cam(m, x[:, :2], layer="out"), "out gives no maps"),
        (lambda m, x: inside.cam(m, x[:, :2], layer="two", method="cam"), "the model has no CAM"),
        (lambda m, x: inside.cam(m, x[:, :2], method="gradcam"), "give auto, cam or grad-cam"),
        (
            lambda m, x: inside.occlusion(m, x[:, :2], layer="two", square=33),
            "does not fit on 32x32",
        ),
        (
            lambda m, x: inside.occlusion(m, x[:, :2], layer="two", square=2, stride=3),
            "steps of 3x3 leave gaps",
        ),
        (lambda m, x: inside.occlusion(m, x[:, :2], layer="two", unit=4), "two has no unit 4"),
        (lambda m, x: inside.deconv(m, x[:, :2]), "rows of a network of papernets"),
        (lambda m, x: inside.field("resnet20", x, layer="conv9"), "resnet20 has no layer 'conv9'"),
        (
            lambda m, x: inside.strongest("resnet20", [], "conv1", [16]),
            "conv1 has no unit 16: it has 16 units, 0 to 15",
        ),
        (lambda m, x: inside.filters("resnet20", "fc"), "fc of resnet20 has no filters"),
        (lambda m, x: inside.embedding("resnet20", x, method="umap"), "give tsne or pca"),
        (
            lambda m, x: inside.embedding("resnet20", torch.zeros(2, 3, 32, 32)),
            "2 pictures cannot be laid out",
        ),
        (
            lambda m, x: inside.embedding("resnet20", torch.zeros(4, 3, 32, 32)),
            "all pictures have the same features",
        ),
        (
            lambda m, x: inside.saliency(create_model("resnet20", num_classes=0), x[:, :1]),
            "takes",
        ),
    ],
)
def test_what_does_not_work_says_what_would(call, words):
    with pytest.raises((ValueError, OSError)) as caught:
        call(own(), some(2, 2, 32, 32))
    assert words in str(caught.value)
