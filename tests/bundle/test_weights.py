"""Weights fit whole, or change nothing."""

import math
import re

import pytest
import torch
from small_bundles import INFO, model_of

from papernets.bundle.create import create_model
from papernets.bundle.load import load_bundle
from papernets.bundle.save import save_bundle


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
