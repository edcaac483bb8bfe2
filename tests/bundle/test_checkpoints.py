"""What training scripts save beside the weights, and a classifier for other classes."""

import pytest
import torch
from small_bundles import TEN, same
from torch import nn
from torch_peers import resnet18_state

from papernets import create_model, from_peer, net, save
from papernets.rewrite import classifier_tensors


@pytest.fixture
def state():
    generator = torch.Generator().manual_seed(0)
    return create_model("lenet5_modern", generator=generator).state_dict()


WRAPPED = {
    "model": lambda s: {"model": s},
    "state_dict": lambda s: {"state_dict": s, "epoch": 3, "best": 0.5},
    "nested": lambda s: {"checkpoint": {"net": s}, "optimizer": {"m": {"a": s["out.weight"]}}},
    "with a prefix": lambda s: {"state_dict": {f"module.{key}": value for key, value in s.items()}},
}  # fmt: skip


@pytest.mark.parametrize("form", WRAPPED)
def test_the_one_state_dict_in_a_checkpoint_is_taken(form, state):
    model = create_model("lenet5_modern", weights=WRAPPED[form](state))
    assert all(torch.equal(own, state[key]) for key, own in model.state_dict().items())


def test_of_several_the_keys_are_named_and_what_is_said_works(state):
    checkpoint = {"model": state, "model_ema": state, "optimizer": {}}
    message = r"several state_dicts, 'model', 'model_ema': give .* checkpoint\['model'\] say"
    with pytest.raises(ValueError, match=message):
        create_model("lenet5_modern", weights=checkpoint)
    create_model("lenet5_modern", weights=checkpoint["model"])
    with pytest.raises(ValueError, match=r"'a.b', 'a.c': .* checkpoint\['a'\]\['b'\] say"):
        create_model("lenet5_modern", weights={"a": {"b": state, "c": state}})


def test_a_peers_checkpoint():
    own = resnet18_state()
    found = from_peer("torchvision", "resnet18", {"model": own, "epoch": 3})
    plain = from_peer("torchvision", "resnet18", own)
    assert same(found, plain)


# Other classes than the weights'


def forms(state, tmp_path):
    """The same weights as a state_dict, a checkpoint, a file and a bundle."""
    model = create_model("lenet5_modern", weights=state)
    folder = save(model, tmp_path / "bundle", TEN)
    return [state, {"model": state}, folder / "weights.safetensors", folder]


def test_the_body_is_loaded_and_the_classifier_drawn_whatever_the_form(state, tmp_path):
    made = [
        create_model(
            "lenet5_modern",
            num_classes=2,
            weights=form,
            generator=torch.Generator().manual_seed(1),
        )
        for form in forms(state, tmp_path)
    ]
    for model in made:
        assert model.net.classes == 2 and model.left_out == ("out.weight", "out.bias")
        assert same(model, made[0])
        own = model.state_dict()
        assert all(torch.equal(own[key], state[key]) for key in own if not key.startswith("out."))


def test_a_classifier_of_as_many_classes_is_kept(state, tmp_path):
    for form in forms(state, tmp_path):
        model = create_model("lenet5_modern", num_classes=10, weights=form)
        assert not model.left_out
        assert torch.equal(model.out.weight, state["out.weight"])


def test_without_a_number_of_classes_the_error_says_which(state):
    model = create_model("lenet5_modern", num_classes=7)
    message = "'out.weight' is 7x84, the network has 10x84. Its classifier is for 7 classes: num_cl"
    with pytest.raises(ValueError, match=message):
        create_model("lenet5_modern", weights=model.state_dict())
    again = create_model("lenet5_modern", weights=model.state_dict(), num_classes=7)
    assert not again.left_out and torch.equal(again.out.weight, model.out.weight)


def test_codes_for_classes_and_heads():
    state = create_model("lenet5").state_dict()
    found = create_model("lenet5", num_classes=4, weights=state)
    assert set(found.left_out) == set(classifier_tensors(net("lenet5", classes=4)))
    whole = create_model("googlenet", input=96, num_classes=5)
    found = create_model("googlenet", input=96, num_classes=2, weights=whole.state_dict())
    assert set(found.left_out) == set(classifier_tensors(whole.net)) and len(found.left_out) == 6
    whole.fc = nn.Linear(1024, 2)  # as people replace it, and leave the heads
    found = create_model("googlenet", input=96, num_classes=2, weights=whole.state_dict())
    assert len(found.left_out) == 4 and torch.equal(found.fc.weight, whole.fc.weight)
    bare = create_model("googlenet", input=96, num_classes=3, aux=False, weights=whole.state_dict())
    assert {"fc.weight", "fc.bias"} <= set(bare.left_out)


def test_another_body_is_refused_all_the_same(state):
    for name, shape in (("fc2.linear.weight", (84, 7)), ("out.weight", (10, 7))):
        wrong = {**state, name: torch.zeros(shape)}
        with pytest.raises(ValueError, match=f"'{name}' is {shape[0]}x7, the network has"):
            create_model("lenet5_modern", num_classes=2, weights=wrong)


def test_towers_and_the_dense_form(state):
    whole = create_model("alexnet", input=67, num_classes=5, devices=None).state_dict()
    found = create_model("alexnet", input=67, num_classes=2, weights=whole, devices=("cpu", "cpu"))
    assert set(found.left_out) == {"fc8.weight", "fc8.bias"}
    dense = create_model("lenet5_modern", num_classes=2, dense=True, weights=state)
    assert set(dense.left_out) == {"out.weight", "out.bias"}
