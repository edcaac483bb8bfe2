"""Whether a module is what its network says is told by what can be compared, and truly."""

import pytest
import torch
from torch import nn

from papernets import build, create_model, fast, load_bundle, save
from papernets.spec import Conv, Dense, Flatten, Net, Norm, add, chain
from papernets.spec import Identity as Same

LAYERS = 60


def deep(kind=None):
    """Layers enough that numbers overflow: each makes its input about 100 times as large."""
    block = add(
        {"residual": chain({"conv": Conv(4, 1, activation="relu")}), "shortcut": Same()},
        activation="relu",
    )
    parts = {f"block{at}": block for at in range(LAYERS)}
    found = Net("deep", (4, 3, 3), 3, chain({**parts, "flatten": Flatten(), "out": Dense(3)}))
    model = build(found, torch.Generator().manual_seed(0))
    with torch.no_grad():
        for at in range(LAYERS):
            model.get_submodule(f"block{at}.residual.conv.conv").weight.mul_(50)
    assert not model.eval()(torch.rand(1, 4, 3, 3)).isfinite().all()
    return model.train()


def test_a_network_that_overflows_is_kept(tmp_path):
    model = deep()
    for at, one in enumerate((model, fast(model), create_model("resnet20").half())):
        save(one, tmp_path / str(at), range(one.net.classes))
        loaded = load_bundle(tmp_path / str(at)).model.state_dict()
        assert all(torch.equal(loaded[key], own) for key, own in one.float().state_dict().items())
    assert not any(part._forward_pre_hooks for part in model.modules())
    assert all(part.training for part in model.modules())


@pytest.mark.slow
def test_a_thousand_layers_that_nobody_trained(tmp_path):
    save(create_model("resnet1202"), tmp_path / "made", range(10))


CHANGED = {
    "an activation": lambda m: setattr(m.block40.residual.conv, "relu", nn.GELU()),
    "a hook": lambda m: m.block50.register_forward_hook(lambda *a: a[2] * 1.5),
    "a hook before": lambda m: m.block2.residual.conv.conv.register_forward_pre_hook(
        lambda *a: (-a[1][0],)
    ),
    "the last layer": lambda m: m.out.register_forward_hook(lambda *a: a[2] + 1),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_changed_in_one_that_overflows_is_seen(tmp_path, what):
    model = deep()
    CHANGED[what](model)
    with pytest.raises(ValueError, match="this deep computes something else than its network"):
        save(model, tmp_path / "made", range(3))
    assert not (tmp_path / "made").exists()


def test_outputs_that_are_never_finite(tmp_path):
    """Nothing false is said where the last layer itself overflows."""
    found = Net("wide", (1, 8, 8), 3, chain({"flatten": Flatten(), "out": Dense(3)}))
    model = build(found)
    with torch.no_grad():
        model.out.weight.fill_(3e38)
    assert model(torch.rand(1, 1, 8, 8)).isinf().all()
    save(model, tmp_path / "made", range(3))
    model.out.register_forward_hook(lambda *given: given[2].nan_to_num())
    with pytest.raises(ValueError, match="computes something else"):
        save(model, tmp_path / "other", range(3))


def test_variances_below_0_are_refused(tmp_path):
    rows = {"conv": Conv(2, 3, norm=Norm(), bias=False), "flatten": Flatten(), "out": Dense(3)}
    model = build(Net("own", (1, 8, 8), 3, chain(rows)))
    model.conv.norm.running_var[1] = -0.5
    with pytest.raises(ValueError, match=r"'conv\.norm\.running_var' has values below 0"):
        save(model, tmp_path / "made", range(3))


def halved(module, given, out):
    return out * 0.99


LOST = {
    "a hook before": ("it has hooks", lambda m: m.register_forward_pre_hook(lambda _, x: x[0])),
    "a small hook": ("C3 has hooks", lambda m: m.C3.register_forward_hook(halved)),
    "a forward": ("S2 has hooks", lambda m: setattr(m.S2, "forward", lambda x: x)),
    "an addition": (r"C5.more \(ReLU\) was added", lambda m: m.C5.add_module("more", nn.ReLU())),
    "a layer": (
        r"C1.tanh \(ScaledTanh\) was replaced by Tanh",
        lambda m: setattr(m.C1, "tanh", nn.Tanh()),
    ),
}


@pytest.mark.parametrize("what", LOST)
def test_what_a_bundle_would_lose_is_named(tmp_path, what):
    message, change = LOST[what]
    model = create_model("lenet5")
    change(model)
    with pytest.raises(ValueError, match=f"computes something else .*: {message}"):
        save(model, tmp_path / "made", range(10))


def test_what_was_set_on_a_layer_is_named(tmp_path):
    model = create_model("mobilenet_v1_timm", input=64)
    name, relu = next((n, m) for n, m in model.named_modules() if isinstance(m, nn.ReLU6))
    relu.max_val = 5.0
    with pytest.raises(ValueError, match=f"{name}.max_val is 5.0, not 6.0"):
        save(model, tmp_path / "made", range(1000))
    model = create_model("resnet20")
    model.conv1.norm.eps = 1e-4
    with pytest.raises(ValueError, match=r"conv1.norm.eps is 0.0001, not 1e-05"):
        save(model, tmp_path / "made", range(10))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_is_compared_as_it_is_kept(tmp_path, kind):
    model = create_model("resnet20").to(kind)
    save(model, tmp_path / "made", range(10))
    assert next(model.parameters()).dtype == kind
    model.conv1.relu = nn.LeakyReLU(0.01)
    with pytest.raises(ValueError, match=r"conv1.relu \(ReLU\) was replaced by LeakyReLU"):
        save(model, tmp_path / "other", range(10))


def test_what_changes_no_answer_is_kept(tmp_path):
    model = create_model("resnet20")
    model.register_full_backward_hook(lambda *_: None)
    model.conv1.norm.momentum = 0.01
    model.conv1.relu.inplace = False
    model.note = "mine"
    save(nn.DataParallel(model), tmp_path / "made", range(10))
    save(fast(create_model("boosted_lenet4")), tmp_path / "many", range(10))
