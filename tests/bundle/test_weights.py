"""Weights fit whole, or change nothing."""

import math
import re
import warnings
from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file
from small_bundles import INFO, model_of
from torch_peers import resnet18_state

from papernets import from_peer
from papernets.bundle.create import create_model
from papernets.bundle.load import load_bundle
from papernets.bundle.save import save_bundle
from papernets.peers.convert import convert


def test_names_that_are_not_ours_are_a_peers():
    """Most names are others': who takes them is said. One that lacks is simply one that lacks."""
    own = model_of().state_dict()
    others = {f"layers.{at}": tensor for at, tensor in enumerate(own.values())}
    for state, hinted in ((others, True), (dict(list(own.items())[1:]), False)):
        with pytest.raises(ValueError, match=r"it has no tensor 'conv1\.conv\.weight'") as caught:
            create_model("lenet5_keras_28", weights=state)
        hint = "papernets.from_peer('torchvision', NAME, state_dict)"
        assert (hint in str(caught.value)) is hinted
        assert ("papernets convert FILE --net NAME --out OUT" in str(caught.value)) is hinted


@pytest.mark.parametrize(
    "change, message",
    [
        (
            lambda s: s.pop("fc1.linear.bias"),
            "it has no tensor 'fc1.linear.bias' (120); it begins with 'conv1.conv",
        ),
        (lambda s: s.update(more=torch.zeros(1)), "the network has no tensor 'more'"),
        (
            lambda s: s.update({"out.bias": torch.zeros(9)}),
            "'out.bias' is 9, the network has 10",
        ),
        (
            lambda s: s.update({"out.bias": torch.full((10,), math.nan)}),
            "'out.bias' has values that are NaN or infinite",
        ),
        (lambda s: s.clear(), "it has no tensor 'conv1.conv.weight' (6x1x5x5); it is empty"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(tmp_path, change, message):
    state = model_of().state_dict()
    change(state)
    with pytest.raises(ValueError, match=re.escape("the state_dict does not fit: " + message)):
        create_model("lenet5_keras_28", weights=state)
    save_bundle(tmp_path / "b", INFO, state)
    with pytest.raises(ValueError, match=re.escape("does not fit: " + message)) as found:
        load_bundle(tmp_path / "b")
    assert str(tmp_path / "b" / "weights.safetensors") in str(found.value)


@pytest.mark.parametrize(
    "given, message",
    [
        (
            torch.zeros(10, dtype=torch.complex64),
            "'out.bias' holds complex numbers (torch.complex6",
        ),
        (torch.zeros(10, dtype=torch.int64), "'out.bias' holds whole numbers (torch.int64), the n"),
        (torch.zeros(10, dtype=torch.bool), "'out.bias' holds whole numbers (torch.bool), the ne"),
        (
            torch.full((10,), 1e300, dtype=torch.float64),
            "'out.bias' has values that are NaN or inf",
        ),
        ([0.0] * 10, "'out.bias' is a list, not a tensor"),
    ],
)
def test_weights_of_another_kind(given, message):
    state = model_of().state_dict() | {"out.bias": given}
    with pytest.raises(ValueError, match=re.escape(message)):
        create_model("lenet5_keras_28", weights=state)
    half = {k: v.half() for k, v in model_of().state_dict().items()}
    assert create_model("lenet5_keras_28", weights=half).out.bias.dtype == torch.float32


def test_tensors_that_are_not_dense_are_named():
    own = model_of().state_dict()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # these kinds of tensors are new to torch
        forms = {
            "sparse": own["fc1.linear.weight"].to_sparse(),
            "sparse ": own["fc1.linear.weight"].to_sparse_csr(),
            "nested": torch.nested.nested_tensor([own["fc1.linear.weight"]] * 2),
        }
    for kind, tensor in forms.items():
        with pytest.raises(ValueError, match=rf"'fc1\.linear\.weight' is a {kind.strip()} tensor"):
            create_model("lenet5_keras_28", weights={**own, "fc1.linear.weight": tensor})
    dense = {**own, "fc1.linear.weight": forms["sparse"].to_dense()}
    create_model("lenet5_keras_28", weights=dense)


@pytest.mark.parametrize("given", [list(range(10**5)), "module", torch.zeros(50, 50), 3])
def test_what_are_no_weights_is_said_briefly(given):
    given = model_of() if isinstance(given, str) else given
    with pytest.raises(ValueError, match="weights are a bundle's folder, a file or a state_d") as e:
        create_model("lenet5_keras_28", weights=given)
    hinted = "give its state_dict()" in str(e.value)
    assert len(str(e.value)) < 250 and hinted is isinstance(given, torch.nn.Module)


def negative(state, name):
    state = {key: value.clone() for key, value in state.items()}
    state[name][1] = -0.5
    return state


def test_a_variance_below_0_is_refused_by_name_in_every_format(tmp_path):
    """It gives NaN, but not before the network runs."""
    name = "stage2_1.conv1.norm.running_var"
    state = negative(create_model("resnet20").state_dict(), name)
    save_file(state, tmp_path / "weights.safetensors")
    info = replace(INFO, network="resnet20", input=(3, 32, 32))
    save_bundle(tmp_path / "bundle", info, state)
    message = f"'{name}' has values below 0, and is a variance"
    for weights in (state, tmp_path / "weights.safetensors", tmp_path / "bundle"):
        with pytest.raises(ValueError, match=message):
            create_model("resnet20", weights=weights)
    with pytest.raises(ValueError, match=message):
        load_bundle(tmp_path / "bundle")
    with pytest.raises(ValueError, match=message):
        convert(state, "resnet20", "auto")


def test_a_peers_variance_below_0_is_refused_by_the_peers_name():
    name = "layer1.0.bn1.running_var"
    state = negative(resnet18_state(), name)
    with pytest.raises(ValueError, match=f"'{name}' has values below 0, and is a variance"):
        from_peer("torchvision", "resnet18", state)
    with pytest.raises(ValueError, match=f"'{name}' has values below 0, and is a variance"):
        convert(state, "resnet18", "auto")
