"""What is no part of a network is left out of its weights, and said; all else is refused."""

import pytest
import torch
from safetensors.torch import save_file
from small_bundles import INFO, model_of

from papernets import create_model
from papernets.bundle.extras import trimmed
from papernets.bundle.save import save_bundle

ONE, TWO = torch.ones(1), torch.ones(2)


@pytest.fixture(scope="module")
def googlenet():
    """GoogLeNet's state_dict with both heads, our names."""
    return create_model("googlenet", num_classes=3).state_dict()


def heads_in(state):
    return tuple(name for name in state if name.startswith("aux"))


def test_heads_are_left_out_of_a_network_without_them(googlenet):
    model = create_model("googlenet", num_classes=3, weights=googlenet, aux=False)
    assert model.left_out == heads_in(googlenet) and len(model.left_out) == 12
    own = model.state_dict()
    assert set(own) == set(googlenet) - set(model.left_out)
    assert all(torch.equal(own[name], googlenet[name]) for name in own)


def test_heads_are_loaded_where_the_network_has_them(googlenet):
    model = create_model("googlenet", num_classes=3, weights=googlenet)
    assert model.left_out == () and heads_in(model.state_dict())


def test_a_bundle_of_a_network_with_heads(tmp_path):
    full = create_model("inception_v3", num_classes=2)
    info = INFO.__class__("inception_v3", ("a", "b"), (3, 299, 299), {})
    save_bundle(tmp_path / "b", info, full.state_dict())
    for given in ({"name": tmp_path / "b"}, {"name": "inception_v3", "weights": tmp_path / "b"}):
        model = create_model(**given, aux=False)
        assert set(model.left_out) == set(heads_in(full.state_dict()))


def test_what_only_looks_like_a_head_is_refused(googlenet):
    for name in ("aux3.fc.weight", "head.weight"):
        state = googlenet | {name: TWO}
        with pytest.raises(ValueError, match=f"the network has no tensor '{name}'"):
            create_model("googlenet", num_classes=3, weights=state, aux=False)


def test_a_network_of_a_file_of_ones_own(tmp_path):
    """Its heads are known by `aux`, the name that heads have."""
    file = tmp_path / "mine.py"
    file.write_text(
        "from papernets.spec import *\n"
        "head = Chain((('pool', GlobalPool()), ('fc', Dense(2))))\n"
        "body = chain({'conv': Conv(4, 3), 'aux': Aux(head, 0.3), 'pool': GlobalPool(),\n"
        "    'fc': Dense(2)})\n"
        "NET = Net('mine', (1, 8, 8), 2, body)\n"
    )
    full = create_model(f"{file}:NET").state_dict()
    assert heads_in(full)
    model = create_model(f"{file}:NET", weights=full, aux=False)
    assert model.left_out == heads_in(full)


def test_thop_and_lightning(tmp_path):
    """total_ops on every module, by thop; model. and a loss's weights, by Lightning."""
    own = model_of().state_dict()
    counted = own | {"total_ops": ONE.double(), "total_params": ONE}
    counted |= {"conv1.total_ops": ONE, "conv1.total_params": ONE}
    model = create_model("lenet5_keras_28", weights=counted)
    assert model.left_out == tuple(name for name in counted if name not in own)
    lightning = {f"model.{name}": tensor for name, tensor in own.items()}
    lightning |= {"criterion.weight": TWO, "loss_fn.pos_weight": TWO.clone()}
    save_file(lightning, tmp_path / "a.safetensors")
    for given in (lightning, tmp_path / "a.safetensors"):
        model = create_model("lenet5_keras_28", weights=given)
        assert sorted(model.left_out) == ["criterion.weight", "loss_fn.pos_weight"]
        assert all(torch.equal(model.state_dict()[name], own[name]) for name in own)


def test_dense_forms_say_it_too():
    own = model_of().state_dict()
    model = create_model("lenet5_keras_28", weights=own | {"total_ops": ONE}, dense=True)
    assert model.left_out == ("total_ops",)
    assert create_model("lenet5_keras_28").left_out == ()


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("total_ops", "thop's counters: total_ops"),
        ("module.layer1.0.total_params", "thop's counters"),
        ("n_averaged", "models that were averaged"),
        ("criterion.weight", "a loss or a metric"),
        ("model.ce_loss.weight", "a loss or a metric"),
        ("train_metrics.confmat", "a loss or a metric"),
    ],
)
def test_extras_are_said(extra, words):
    state = {f"model.{name}": TWO for name in ("conv.weight", "conv.bias", "fc.weight")}
    found = trimmed({**state, extra: ONE})
    assert list(found.tensors) == ["conv.weight", "conv.bias", "fc.weight"]
    assert found.left_out == (extra,) and words in found.notes[0]


@pytest.mark.parametrize(
    "name", ["loss3_classifier.weight", "loss1.conv.weight", "ops.total_ops.weight", "lossy.bias"]
)
def test_layers_with_such_names_stay(name):
    """Caffe's GoogLeNet has loss1 to loss3."""
    found = trimmed({"conv.weight": TWO, "conv.bias": ONE, name: TWO})
    assert name in found.tensors and not found.left_out


def test_a_sequence_keeps_its_name():
    """features.0.weight alone would be 0.weight, which is nobody's; one of one is taken away."""
    state = {f"net.features.{n}.weight": TWO for n in (0, 3)}
    assert list(trimmed(state).tensors) == ["features.0.weight", "features.3.weight"]
    state = {f"model.1.{name}": TWO for name in ("conv.weight", "fc.weight")}
    assert list(trimmed(state).tensors) == ["conv.weight", "fc.weight"]
