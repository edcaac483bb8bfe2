"""Reports: against scikit-learn, invariants, and classes matched by name."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.metrics import accuracy_score, f1_score, top_k_accuracy_score

from papernets import data
from papernets.bundle.committee import Committee
from papernets.bundle.info import BundleInfo, read_info
from papernets.bundle.load import Bundle, load_bundle
from papernets.bundle.save import save_bundle
from papernets.data import Preprocessing
from papernets.data.imagenet import imagenet_names
from papernets.evaluate.form import answering
from papernets.evaluate.infer import logits_of, scaled
from papernets.evaluate.pictures import matched, open_pictures
from papernets.evaluate.predict import Source, predict
from papernets.evaluate.report import report


@pytest.fixture(scope="module")
def bundle(trained: Path) -> Bundle:
    return load_bundle(trained)


def preprocessing(bundle: Bundle) -> Preprocessing:
    return Preprocessing.from_dict(bundle.info.preprocessing)


def save(folder: Path, images: torch.Tensor, labels: torch.Tensor, names: list[str]) -> Path:
    """Pictures as PNG, one folder a class."""
    for number, (image, label) in enumerate(zip(images, labels.tolist(), strict=True)):
        path = folder / names[label] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[0].numpy()).save(path)
    return folder


def renamed(bundle: Bundle, *classes: str) -> Bundle:
    return replace(bundle, info=replace(bundle.info, classes=classes))


def test_the_figures_are_scikit_learns(bundle: Bundle) -> None:
    pictures = open_pictures(bundle, "digits")
    found = report(bundle, pictures, top=[2])
    logits = logits_of(answering(bundle.model), pictures.images, preprocessing(bundle))
    labels, answers = pictures.labels.numpy(), logits.argmax(1).numpy()
    assert found.score.images == len(labels) == 400
    assert 1 - found.score.error == pytest.approx(accuracy_score(labels, answers))
    right = top_k_accuracy_score(labels, logits.numpy(), k=2, labels=range(10))
    assert 1 - found.score.top_k[2] == pytest.approx(right)
    one_by_one = f1_score(labels, answers, average=None)
    assert [one.f1 for one in found.per_class] == pytest.approx(one_by_one)
    assert np.trace(found.confusion) == 400 - found.score.errors
    assert [sum(row) for row in found.confusion] == np.bincount(labels).tolist()


def test_mistakes_are_the_confident_ones_with_the_bundles_scores(bundle: Bundle) -> None:
    pictures = open_pictures(bundle, "digits")
    found = report(bundle, pictures)
    logits = logits_of(answering(bundle.model), pictures.images, preprocessing(bundle))
    scores = torch.softmax(logits.double() * 4, 1)
    assert len(found.mistakes) == min(found.score.errors, 25) > 3
    for mistake in found.mistakes:
        label = int(pictures.labels[mistake.index])
        best = int(logits[mistake.index].argmax())
        assert (mistake.true, mistake.predicted) == (str(label), str(best)) and label != best
        assert mistake.score == pytest.approx(float(scores[mistake.index, best]))
    printed = [mistake.score for mistake in found.mistakes]
    assert printed == sorted(printed, reverse=True)  # as the caption of mistakes.png says


def test_the_batch_size_changes_nothing(bundle: Bundle) -> None:
    pictures = open_pictures(bundle, "digits")
    one, other = (report(bundle, pictures, batch=batch).to_dict() for batch in (7, 400))
    for few, many in zip(one.pop("mistakes"), other.pop("mistakes"), strict=True):
        assert few.pop("score") == pytest.approx(many.pop("score"), abs=1e-6)
        assert few == many
    for name in ("loss", "expected_calibration_error", "brier_score"):
        assert one.pop(name) == pytest.approx(other.pop(name), abs=1e-6)
    for few, many in zip(one.pop("reliability"), other.pop("reliability"), strict=True):
        assert few.pop("confidence") == pytest.approx(many.pop("confidence"), abs=1e-6)
        assert few == many
    assert one == other


def test_a_report_is_plain_json(bundle: Bundle) -> None:
    found = report(bundle, open_pictures(bundle, "digits", part="validation"))
    values = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert values == found.to_dict()
    assert values["part"] == "validation" and values["images"] == 200
    assert values["error"] == found.score.error and len(values["interval"]) == 2
    assert set(values["top_k_error"]) == {"1", "5"}


def test_k_is_never_above_the_number_of_classes(bundle: Bundle) -> None:
    pictures = open_pictures(bundle, "digits")
    found = report(bundle, pictures, top=[3, 10, 99])
    assert set(found.score.top_k) == {1, 3}
    assert found.notes == (
        "top-10 of 10 classes is never wrong, and left out.",
        "top-99 of 10 classes is never wrong, and left out.",
    )
    with pytest.raises(ValueError, match=r"^top 0: give 1 or more$"):
        report(bundle, pictures, top=[0])


def test_parts_are_those_of_the_bundles_own_run(bundle: Bundle, shared_data: Path) -> None:
    """The validation part was drawn with the run's seed: another would hold training pictures."""
    seeded = replace(bundle, info=replace(bundle.info, run={"seed": 5}))
    found = open_pictures(seeded, "mnist", part="validation", data_dir=str(shared_data))
    drawn = data.open("mnist", data_dir=str(shared_data), seed=5)
    assert torch.equal(found.images, drawn.validation.images)
    assert found.notes == (f"validation part of mnist: {drawn.split}",)


def test_all_parts_together(bundle: Bundle) -> None:
    assert len(open_pictures(bundle, "digits", part="all")) == 1797
    with pytest.raises(ValueError, match=r"^no part 'tests': give test, validation, train or all$"):
        open_pictures(bundle, "digits", part="tests")


def test_classes_in_another_order_are_matched_by_name(bundle: Bundle, tmp_path: Path) -> None:
    """The network's last class is the folder's first: a shifted map would be wrong everywhere."""
    names = ["ten", *"123456789"]  # natural order puts the digits first, "ten" last
    digits = data.open("digits").test
    folder = save(tmp_path / "photos", digits.images, digits.labels, names)
    straight = report(bundle, open_pictures(bundle, "digits"))
    pictures = open_pictures(renamed(bundle, *names), str(folder))
    found = report(renamed(bundle, *names), pictures)
    assert found.score == straight.score and found.confusion == straight.confusion
    assert (found.part, found.data) == ("all", "photos")
    assert found.notes == (
        "photos lists its classes in another order than the network: matched by name.",
    )
    first = found.mistakes[0]
    assert Path(first.file).parent.name == first.true


def test_a_folder_with_some_of_the_classes(bundle: Bundle, tmp_path: Path) -> None:
    digits = data.open("digits").test.select([0, 1, 2, 3, 4])
    digits = replace(digits, labels=torch.tensor([2, 2, 7, 7, 7]))
    save(tmp_path / "some", digits.images, digits.labels, list("0123456789"))
    pictures = open_pictures(bundle, str(tmp_path / "some"))
    assert pictures.labels.tolist() == [2, 2, 7, 7, 7]
    assert pictures.notes == ("some has no pictures of 0, 1, 3, 4, 5, 6, 8, 9.",)
    found = report(bundle, pictures)
    assert found.per_class[0].recall is None and found.per_class[2].images == 2
    json.dumps(found.to_dict(), allow_nan=False)


def test_one_class_in_a_folder_is_enough_to_evaluate(bundle: Bundle, tmp_path: Path) -> None:
    digits = data.open("digits").test.select([0])
    save(tmp_path / "one", digits.images, torch.tensor([3]), list("0123456789"))
    assert open_pictures(bundle, str(tmp_path / "one")).labels.tolist() == [3]


def test_a_class_that_the_network_does_not_know() -> None:
    assert matched(("a", "b", "c"), ("c", "a"), "x") == [2, 0]
    assert matched(imagenet_names(), ("n02099601", "bee"), "x") == [207, 309]  # a synset's folder
    assert matched(("gru\u0308n", "b"), ("b", "gr\u00fcn"), "x") == [1, 0]  # two ways to write it
    with pytest.raises(ValueError) as caught:
        matched(("cat", "dog"), ("Cat", "dog"), "photos")
    assert str(caught.value) == (
        "photos: class that the network does not know: Cat (nearest: 'cat'). It knows cat, dog. "
        "Classes are matched by name: give pictures of these, or a network trained on yours: "
        "papernets train NETWORK --data PATH"
    )
    with pytest.raises(
        ValueError, match=r"^set: 2 classes that the network does not know: x, y\. "
    ):
        matched(("cat", "dog"), ("x", "cat", "y"), "set")


def test_a_converted_bundle_whose_classes_are_numbers(bundle: Bundle, tmp_path: Path) -> None:
    """Its classes can be named: that is said of numbers that nobody chose, and of no others."""
    digits = data.open("digits").test.select([0, 1])
    save(tmp_path / "some", digits.images, torch.tensor([0, 1]), ["ant", "bee"])
    source = {"file": "resnet18.pth", "from": "torchvision", "net": "resnet18"}
    converted = replace(bundle, info=replace(bundle.info, run={"converted": source}))
    for one, hinted in (
        (bundle, False),
        (converted, True),
        (renamed(converted, *"abcdefghij"), False),
    ):
        with pytest.raises(ValueError, match="2 classes that the network does not know") as caught:
            open_pictures(one, str(tmp_path / "some"))
        assert ("papernets convert resnet18.pth ... --labels" in str(caught.value)) is hinted


def test_other_classes_of_a_named_set(bundle: Bundle) -> None:
    with pytest.raises(ValueError, match=r"^digits: 10 classes that the network does not know: 0,"):
        open_pictures(renamed(bundle, *"abcdefghij"), "digits")


def test_photos_of_digits_are_read_as_predict_reads_them(bundle: Bundle, tmp_path: Path) -> None:
    """Black on white, large, off the middle: opened as photos they would be unreadable."""
    digits = data.open("digits").test.select(range(20))
    for number, image in enumerate(digits.images):
        sheet = Image.new("L", (400, 300), 255)
        ink = Image.fromarray(255 - image[0].numpy()).resize((200, 200), Image.Resampling.BICUBIC)
        sheet.paste(ink, (150, 60))
        path = tmp_path / "photos" / str(int(digits.labels[number])) / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(path)
    pictures = open_pictures(bundle, str(tmp_path / "photos"))
    assert tuple(pictures.images.shape) == (20, 1, 28, 28)
    found = report(bundle, pictures)
    answers = list(predict(bundle, [Source("", path) for path in pictures.files]))
    right = [a.label == Path(p).parent.name for a, p in zip(answers, pictures.files, strict=True)]
    assert found.score.errors == right.count(False) < 20
    scores = {m.file: m.score for m in found.mistakes}
    for path, answer in zip(pictures.files, answers, strict=True):
        assert answer.found == "black on white"
        assert scores.get(path, answer.score) == pytest.approx(answer.score, abs=1e-6)
    bad = tmp_path / "photos" / "3" / "bad.png"
    bad.write_text("no picture")
    again = open_pictures(bundle, str(tmp_path / "photos"))
    assert again.skipped == (f"{bad}: not a picture",) and len(again) == 20
    with pytest.raises(ValueError) as caught:
        open_pictures(bundle, str(tmp_path / "photos"), strict=True)
    assert str(caught.value) == (
        f"1 of 21 files cannot be read (first: {bad}: not a picture). "
        "Mend or remove them; without --strict they are left out"
    )


def test_the_folder_that_a_network_was_trained_on_is_not_tested_whole(
    bundle: Bundle, tmp_path: Path
) -> None:
    digits = data.open("digits").test
    folder = save(tmp_path / "mine", digits.images, digits.labels, list("0123456789"))
    own = replace(bundle, info=replace(bundle.info, run={"data": "elsewhere/mine", "seed": 3}))
    pictures = open_pictures(own, str(folder))
    drawn = data.open(str(folder), seed=3, split="order")  # as it was drawn in older runs
    assert pictures.part == "test" and len(pictures) == len(drawn.test) == 40
    assert pictures.files == drawn.test.files
    assert pictures.notes[0] == f"test part of mine: {drawn.split}"
    assert "keeps no list of its pictures" in pictures.notes[1] and len(pictures.notes) == 2
    assert len(open_pictures(own, str(folder), part="all")) == 400


def test_no_readable_picture(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "f" / "3").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"f: no picture in its class folders$"):
        open_pictures(bundle, str(tmp_path / "f"))
    (tmp_path / "f" / "3" / "a.png").write_text("x")
    with pytest.raises(ValueError, match=r"^not one picture can be read \(first: .*not a picture"):
        open_pictures(bundle, str(tmp_path / "f"))


def committee(folder: Path, trained: Path, **rule: object) -> Bundle:
    """A bundle of three: the fitted network, and two that know nothing."""
    info = read_info(trained)
    members = []
    for number in range(3):
        member = folder / f"member{number}"
        shutil.copytree(trained, member)
        if number:
            state = {k: v * 0.5 for k, v in load_bundle(trained).model.state_dict().items()}
            save_bundle(member, info, state)
        members.append(member.name)
    both = BundleInfo(
        network="boosted_lenet4",
        classes=info.classes,
        input=info.input,
        preprocessing=info.preprocessing,
        kind="committee",
        members=tuple(members),
        rule={"name": "sum", **rule},
    )
    save_bundle(folder, both, None)
    return load_bundle(folder)


def test_early_exit_of_a_committee(trained: Path, tmp_path: Path) -> None:
    many = committee(tmp_path / "c", trained, weights=[4.0, 1.0, 1.0], alone=4.0, margin=0.5)
    assert isinstance(many.model, Committee)
    pictures = open_pictures(many, "digits")
    found = report(many, pictures)
    first = load_bundle(trained)
    scores = scaled(first, logits_of(answering(first.model), pictures.images, preprocessing(first)))
    top = torch.softmax(scores, 1).topk(2, 1).values
    asked = float((top[:, 0] - top[:, 1] <= 0.5).float().mean())
    assert found.early_exit is not None and 0 < asked < 1
    assert found.early_exit.others_asked == pytest.approx(asked)
    assert (found.early_exit.networks, found.early_exit.margin) == (3, 0.5)
    whole = committee(tmp_path / "w", trained, weights=[4.0, 1.0, 1.0])
    every = report(whole, pictures)
    assert every.early_exit is not None
    assert (every.early_exit.margin, every.early_exit.others_asked) == (None, 1.0)
    assert found.early_exit.error_without == every.score.error
    assert found.to_dict()["early_exit"]["others_asked"] == found.early_exit.others_asked
    assert not any(part.training for part in many.model.modules())  # as they came
    assert report(many, pictures) == found  # the counters begin anew


def test_a_network_has_no_early_exit(bundle: Bundle) -> None:
    assert "early_exit" not in report(bundle, open_pictures(bundle, "digits")).to_dict()


def test_pictures_of_another_size_are_read_as_new_ones(bundle: Bundle) -> None:
    """A set in memory whose pictures are stored otherwise: 56x56 instead of 28x28."""
    from papernets.evaluate.pictures import _stored

    digits = data.open("digits")
    part = digits.test.select(range(30))
    large = part.images.repeat_interleave(2, 2).repeat_interleave(2, 3)
    images, good, skipped = _stored(
        replace(part, images=large), digits, preprocessing(bundle), strict=False
    )
    assert images.shape == part.images.shape and len(good) == 30 and not skipped
    sheets = [Image.fromarray(image[0].numpy()) for image in large]
    wanted = [data.read_picture(sheet, preprocessing(bundle))[0] for sheet in sheets]
    assert torch.equal(images, torch.stack(wanted))


def test_outputs_that_are_nan(bundle: Bundle) -> None:
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(1024, 10))
    torch.nn.init.constant_(model[1].weight, float("nan"))
    with pytest.raises(ValueError, match=r"^the network's outputs are NaN or infinite for 400 of"):
        report(replace(bundle, model=model), open_pictures(bundle, "digits"))
