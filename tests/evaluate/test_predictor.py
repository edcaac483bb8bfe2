"""A predictor says what `papernets predict` says, of paths, bytes, arrays and Pillow's pictures."""

import json
import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits
from small_bundles import INFO, model_of

from papernets import create_model, load, save
from papernets.bundle.save import save_bundle
from papernets.cli import main


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Paths of pictures of digits: as drawn, dark on light, in colour, with one that is none."""
    folder = tmp_path_factory.mktemp("digits")
    found = load_digits()
    for at in range(6):
        grey = Image.fromarray((found.images[at] * 15.9).astype(np.uint8)).resize((48, 48))
        ink = [grey, Image.eval(grey, lambda v: 255 - v), Image.merge("RGB", [grey] * 3)][at % 3]
        ink.save(folder / f"{at}.png")
    (folder / "none.png").write_bytes(b"no picture")
    return [str(path) for path in sorted(folder.iterdir())]


@pytest.mark.parametrize("name", ["lenet5", "lenet1", "boosted_lenet4"])
def test_it_agrees_with_the_verb_to_the_digit(name, digits, capsys):
    assert main(["predict", name, *digits, "--json", "--top", "3", "--threads", "1"]) == 0
    said = json.loads(capsys.readouterr().out)
    predictor = load(name)
    assert [answer.to_dict() for answer in predictor.predict(digits, top=3)] == said
    assert [a["label"] for a in said[:6]].count(None) == 0 and said[6]["error"] == "not a picture"


def test_a_picture_in_every_form_is_the_same_picture(digits):
    predictor = load("lenet5")
    for path in digits[:6]:
        with Image.open(path) as opened:
            image = opened.copy()
        with open(path, "rb") as file:
            content = file.read()
        forms = [path, content, image, np.asarray(image), bytearray(content)]
        seen = [predictor.preprocess(form) for form in forms]
        assert seen[0].shape == (1, 32, 32)
        assert all(torch.equal(seen[0], other) for other in seen)
        alone = predictor.predict(path)
        assert all(predictor.predict(form).top == alone.top for form in forms[1:])
        assert len(alone.top) == 1 and alone.label == alone.top[0][0]
        logits = predictor.model(seen[0][None])
        assert predictor.classes[int(logits.argmax())] == alone.label


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_for_colour_is_repeated_and_colour_for_grey_made_grey(tmp_path, channels):
    model = create_model("lenet5_modern", in_chans=channels)
    eyes = {"kind": "photo", "picture": [32, 32], "low": [0.0], "high": [1.0]}
    predictor = load(save(model, tmp_path / "b", range(10), eyes))
    grey = np.arange(32 * 32, dtype=np.uint32).reshape(32, 32).astype(np.uint8)
    colour = np.stack([grey] * 3, -1)
    one, other = predictor.preprocess([grey, colour])
    assert one.shape == (channels, 32, 32) and torch.allclose(one, other, atol=1 / 255)
    assert torch.allclose(one[0], torch.from_numpy(grey) / 255)


def test_it_can_be_pickled(digits):
    for name in ("lenet5", "boosted_lenet4"):
        predictor = load(name)
        again = pickle.loads(pickle.dumps(predictor))
        assert again.predict(digits) == predictor.predict(digits)
        assert not again.model.training


def test_what_it_has(tmp_path):
    save_bundle(tmp_path / "b", INFO, model_of().state_dict())
    predictor = load(tmp_path / "b")
    assert predictor.classes == INFO.classes and predictor.net.name == "lenet5_keras_28"
    assert predictor.preprocessing.to_dict() == INFO.preprocessing
    committee = load("boosted_lenet4").net
    assert (committee.name, committee.member.name, committee.count) == (
        "boosted_lenet4",
        "lenet4",
        3,
    )
    assert predictor.predict([]) == []
    with pytest.raises(ValueError, match="no pictures: the list is empty"):
        predictor.preprocess([])


NONE = [
    (b"", "the picture: an empty file"),
    (b"no picture", "the picture: not a picture"),
    ("/no/such/file.png", "/no/such/file.png: no such file"),
    (7, "the picture is an int: give a path, the bytes of a file, an array"),
    (np.zeros((28, 28)), r"array of shape \(28, 28\) and float64: give \(H, W, 3\) or \(H, W\)"),
    (np.zeros((3, 28, 28), np.uint8), r"array of shape \(3, 28, 28\) and uint8: give"),
    (torch.zeros(3, 28, 28), r"is a Tensor: .*tensor\.permute\(1, 2, 0\)\.numpy\(\)"),
    (Image.new("L", (28, 28)), "the picture: no ink found"),
]


@pytest.mark.parametrize(("picture", "message"), NONE, ids=lambda value: type(value).__name__)
def test_what_cannot_be_read_is_said(picture, message):
    predictor = load("lenet5")
    for call in (predictor.predict, predictor.preprocess):
        with pytest.raises(ValueError, match=message):
            call(picture)


def test_of_several_the_one_that_cannot_be_read_says_so(digits):
    answers = load("lenet5").predict([digits[0], b"no picture"])
    assert [answer.error for answer in answers] == ["", "not a picture"]
    assert answers[1].file == "picture 1" and answers[1].label is None
    for top in (0, -1, 1.5, True, "3"):
        with pytest.raises(ValueError, match="give a whole number of at least 1"):
            load("lenet5").predict(digits[0], top=top)


def test_it_prints_as_one_line(tmp_path):
    said = repr(load("lenet5"))
    assert said.startswith("Predictor(lenet5: 1x32x32 to 10 classes ('0', '1', '2' and 7 more), ")
    assert "\n" not in said
    save(create_model("lenet1", num_classes=2), tmp_path / "made", ["a\n", "x" * 500])
    said = str(load(tmp_path / "made"))
    assert "\n" not in said and len(said) < 250 + len(str(tmp_path))
    assert said.endswith(f"from {str(tmp_path / 'made')!r})")


def test_a_whole_number_of_any_kind_is_taken_for_top(digits):
    predictor = load("lenet5")
    for top in (np.int64(2), np.array(2), torch.tensor(2)):
        assert predictor.predict(digits[0], top=top) == predictor.predict(digits[0], top=2)
    for top in (0, -1, 1.5, True, "2", np.array([1, 2])):
        with pytest.raises(ValueError, match="give a whole number of at least 1"):
            predictor.predict(digits[0], top=top)


@pytest.mark.parametrize("size", [(0, 0), (0, 3), (5, 0)])
@pytest.mark.parametrize("name", ["lenet5", "photo"])
def test_a_picture_without_pixels(tmp_path, size, name):
    if name == "photo":
        name = save(create_model("resnet20"), tmp_path / "made", range(10))
    predictor, picture = load(name), Image.new("L", size)
    said = f"{size[0]}x{size[1]}, a picture without pixels"
    for ask in (predictor.predict, predictor.preprocess):
        with pytest.raises(ValueError, match=f"^the picture: {said}$"):
            ask(picture)
    assert [answer.error for answer in predictor.predict([picture, picture])] == [said] * 2


def test_an_empty_name():
    predictor = load("lenet1")
    for ask in (predictor.predict, predictor.preprocess):
        with pytest.raises(ValueError, match=r"^'': an empty name: give a picture's path$"):
            ask("")
    (answer,) = predictor.predict([""])
    assert answer.file == "''" and answer.error.startswith("an empty name")
