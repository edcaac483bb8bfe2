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
