"""What an error advises is followed, and works."""

import re

import pytest
import torch
from small_bundles import TEN

from papernets import build, create_model, load, net, save
from papernets.spec import Committee as CommitteeSpec


def command_in(error):
    """The calls of create_model that an error advises, as Python reads them."""
    found = re.findall(r"create_model\((?:[^()]|\([^()]*\))*\)", str(error))
    assert found, str(error)
    return found


@pytest.mark.parametrize("given", [("boosted_lenet4", None), ("boosted_lenet4",) * 2])
@pytest.mark.parametrize(
    "asked",
    [{"dense": True}, {"num_classes": 0}, {"num_classes": 3}, {"input": 40}, {"in_chans": 3}],
)
def test_what_a_committee_does_not_do_is_asked_as_the_error_says(given, asked):
    name, weights = given
    if weights is None and asked in ({"num_classes": 3}, {"input": 40}, {"in_chans": 3}):
        create_model(name, **asked)
        return
    with pytest.raises(ValueError, match="committee") as caught:
        create_model(name, weights=weights, **asked)
    ((word, value),) = asked.items()
    shown = {"input": (1, 40, 40), "in_chans": (3, 32, 32)}.get(word, (1, 32, 32))
    gives = (value or 120) if word == "num_classes" else 10
    for command in command_in(caught.value):
        out = eval(command, {"create_model": create_model}).eval()(torch.rand(2, *shown))
        assert out.shape[:2] == (2, gives) and (out.dim() == 4) == (word == "dense")


def test_pictures_of_a_committee_are_prepared_as_the_error_says():
    with pytest.raises(ValueError, match=r"load\(\.\.\.\)\.preprocess makes them") as caught:
        create_model("boosted_lenet4", weights="boosted_lenet4", input=40)
    assert "Leave input out and give pictures as they were" in str(caught.value)
    picture = torch.zeros(100, 90, dtype=torch.uint8)
    picture[20:80, 40:50] = 255
    assert load("boosted_lenet4").preprocess(picture.numpy()).shape == (1, 32, 32)


def test_a_committee_of_a_network_that_has_no_name(tmp_path):
    """Nothing is advised that no name gives."""
    file = tmp_path / "own.py"
    file.write_text(
        "from papernets.spec import *\n"
        "MEMBER = Net('mine', (1, 28, 28), 10, chain({'flatten': Flatten(), 'out': Dense(10)}))\n"
        "PAIR = Committee('pair', MEMBER, 2, 'sum')\n"
    )
    with pytest.raises(ValueError, match=r"pair is a committee .* or ask for a member's$"):
        create_model(f"{file}:PAIR", dense=True)
    assert isinstance(net(f"{file}:PAIR"), CommitteeSpec)


def test_a_bundle_is_a_name_and_has_weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = create_model("lenet5_modern")
    save(own, "bun", TEN)
    other = create_model("lenet5_modern").state_dict()
    for weights in (other, "bun", "lenet5", tmp_path / "bun" / "weights.safetensors"):
        with pytest.raises(ValueError, match=r"^bun is a bundle, which has weights") as caught:
            create_model("bun", weights=weights)
    (command, again) = command_in(caught.value)
    assert command == again == "create_model('bun')"
    model = eval(command, {"create_model": create_model})
    assert torch.equal(model.out.weight, own.out.weight)
    model.load_state_dict(other)
    assert torch.equal(model.out.weight, other["out.weight"])
    with pytest.raises(ValueError, match="lenet5_scan is a bundle, which has weights"):
        create_model("lenet5_scan", weights="lenet5")


def test_a_folder_with_a_networks_name_is_no_matter(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = create_model("lenet5_modern")
    save(model, "lenet5_modern", TEN)
    again = create_model("lenet5_modern", weights=model.state_dict())
    assert torch.equal(again.out.weight, model.out.weight)


@pytest.mark.parametrize("generator", [5, "seed", -1, 2**70, 0.5, torch.zeros(1)])
def test_what_is_no_generator(generator):
    message = r"generator must be a torch\.Generator, not .*: torch\.Generator\(\)\.manual_seed"
    for made in (
        lambda given: create_model("lenet1", generator=given),
        lambda given: create_model("boosted_lenet4", generator=given),
        lambda given: build(net("lenet1"), given),
    ):
        with pytest.raises(ValueError, match=message) as caught:
            made(generator)
        made(eval(str(caught.value).rpartition(": ")[2], {"torch": torch}))


def test_the_tensors_alone_are_advised_where_they_fit(tmp_path):
    folder = save(create_model("plain20", num_classes=3), tmp_path / "made", list("abc"))
    tensors = f"or give the tensors alone: weights='{folder / 'weights.safetensors'}'"
    for name, fits in (("resnet20", True), ("resnet32", False), ("nothing", False)):
        with pytest.raises(ValueError, match=r"is a trained plain20, not") as caught:
            create_model(name, weights=folder)
        assert (tensors in str(caught.value)) is fits
    create_model("resnet20", num_classes=3, weights=folder / "weights.safetensors")


def test_other_channels_than_a_bundles():
    with pytest.raises(ValueError, match="trained on 1 channel, not 3") as caught:
        create_model("lenet5", weights="lenet5", in_chans=3)
    (command,) = command_in(caught.value)
    assert eval(command, {"create_model": create_model}).net.input == (3, 32, 32)
