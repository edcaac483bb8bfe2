"""Predictions agree with evaluation to the digit, and each bad file says what is wrong."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_bundles import INFO, model_of

import papernets
from papernets import data
from papernets.bundle.load import Bundle, load_bundle
from papernets.bundle.save import save_bundle
from papernets.data import Preprocessing
from papernets.evaluate.form import answering
from papernets.evaluate.infer import logits_of
from papernets.evaluate.predict import Answer, Source, predict, sources


@pytest.fixture(scope="module")
def bundle(trained: Path) -> Bundle:
    return load_bundle(trained)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 60 test digits as 28x28 PNG."""
    folder = tmp_path_factory.mktemp("png")
    for number, image in enumerate(data.open("digits").test.images[:60]):
        Image.fromarray(image[0].numpy()).save(folder / f"{number}.png")
    return folder


def answers(bundle: Bundle, *given: object, **options: int) -> list[Answer]:
    return list(predict(bundle, sources(map(str, given)), **options))


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_prediction_is_evaluation(bundle: Bundle, pictures: Path, batch: int) -> None:
    """USERS.md, point 6: the same picture gives the same scores, by file or by data set."""
    test = data.open("digits").test
    preprocessing = Preprocessing.from_dict(bundle.info.preprocessing)
    logits = logits_of(answering(bundle.model), test.images[:60], preprocessing)
    scores = torch.softmax(logits.double() * bundle.info.score_scale, 1)
    found = answers(bundle, pictures, top=10, batch=batch)
    assert [Path(answer.file).name for answer in found] == [f"{n}.png" for n in range(60)]
    for answer, row, wanted in zip(found, logits, scores, strict=True):
        assert answer.found == "as stored"
        assert answer.label == bundle.info.classes[int(row.argmax())]
        given = [dict(answer.top)[name] for name in bundle.info.classes]
        assert given == pytest.approx(wanted.tolist(), abs=1e-6)
        assert sum(given) == pytest.approx(1)
        ranked = [score for _, score in answer.top]
        assert ranked == sorted(ranked, reverse=True) and answer.score == ranked[0]


def test_a_model_that_somebody_changed_predicts_as_it_is(tmp_path: Path, pictures: Path) -> None:
    """Where the fast form would pass a module by, each is called, and so are its hooks."""
    save_bundle(tmp_path / "b", INFO, model_of().state_dict())
    bundle, seen = load_bundle(tmp_path / "b"), []

    def scores() -> dict[str, float]:
        return dict(answers(bundle, pictures / "0.png", top=10)[0].top)

    before = scores()
    bundle.model.conv1.tanh.register_forward_hook(lambda *given: seen.append(given))
    with pytest.raises(ValueError, match=r"conv1 of lenet5_keras_28 has hooks \(Tanh\)"):
        papernets.fast(bundle.model)
    assert scores() == pytest.approx(before, abs=1e-6) and len(seen) == 1
    bundle.model.conv1.tanh = torch.nn.Sigmoid()
    assert scores() != pytest.approx(before, abs=1e-3)


def test_top_is_never_above_the_number_of_classes(bundle: Bundle, pictures: Path) -> None:
    assert [len(a.top) for a in answers(bundle, pictures / "0.png", top=99)] == [10]
    assert [len(a.top) for a in answers(bundle, pictures / "0.png")] == [3]
    for name, options in (("top", {"top": 0}), ("batch size", {"batch": 0})):
        with pytest.raises(ValueError, match=rf"^{name} 0: give 1 or more$"):
            answers(bundle, pictures, **options)


def test_what_was_found_is_said(bundle: Bundle, pictures: Path, tmp_path: Path) -> None:
    """A photo of black ink on grey paper, its negative, and the stored form in both."""
    digit = Image.open(pictures / "5.png")
    large = np.asarray(digit.resize((280, 280), Image.Resampling.BICUBIC), dtype=float)
    noise = np.random.default_rng(0).normal(0, 4, (300, 400))
    paper = np.full((300, 400), 220.0) - np.linspace(0, 60, 400)
    paper[10:290, 60:340] -= large * 0.6
    for name, values in {"ink": paper + noise, "chalk": 255 - paper + noise}.items():
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(tmp_path / f"{name}.jpg")
    Image.fromarray(255 - np.asarray(digit)).save(tmp_path / "inverted.png")
    found = {Path(a.file).name: a for a in answers(bundle, tmp_path, pictures / "5.png")}
    wanted = {
        "chalk.jpg": "white on black",
        "ink.jpg": "black on white",
        "inverted.png": "black on white",
        "5.png": "as stored",
    }
    assert {name: answer.found for name, answer in found.items()} == wanted
    assert len({answer.label for answer in found.values()}) == 1
    assert found["inverted.png"].score == pytest.approx(found["5.png"].score, abs=1e-6)


def test_the_contract_of_json(bundle: Bundle, pictures: Path) -> None:
    (good,) = answers(bundle, pictures / "1.png", top=2)
    values = good.to_dict()
    assert list(values) == ["file", "label", "score", "top"]
    assert values["top"][0] == {"label": values["label"], "score": values["score"]}
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    (bad,) = answers(bundle, pictures / "none.png")
    assert bad.to_dict() == {"file": str(pictures / "none.png"), "error": "no such file"}
    assert (bad.label, bad.score) == (None, None)


def test_bad_files_say_why_and_stop_nothing(bundle: Bundle, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "nothing.png").write_bytes(b"")
    whole = (pictures / "0.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    Image.new("L", (28, 28), 255).save(tmp_path / "white.png")
    Image.new("RGB", (300, 200), (200, 180, 160)).save(tmp_path / "blank.jpg")
    os.symlink(tmp_path / "gone", tmp_path / "link.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden.png").write_bytes(whole)
    given = ["blank.jpg", "white.png", "half.png", "link.png", "nothing.png", "text.png", "empty"]
    paths = [*(tmp_path / name for name in given), tmp_path / "no.png", pictures / "0.png"]
    found = {Path(a.file).name: a.error for a in answers(bundle, *paths)}
    blank = (
        "no ink found: the picture is blank, or nothing stands out from its ground. "
        "Give one digit, dark on light or light on dark"
    )
    assert found.pop("half.png").startswith("cut short (")
    assert found == {
        "blank.jpg": blank,
        "white.png": blank,
        "link.png": "a link that leads nowhere",
        "nothing.png": "an empty file",
        "text.png": "not a picture",
        "empty": "a folder without a file that is not hidden",
        "no.png": "no such file",
        "0.png": "",
    }


def test_no_permission(bundle: Bundle, pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, *rest: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Image, "open", refuse)
    (found,) = answers(bundle, pictures / "0.png")
    assert found.error == "no permission to read it"
    monkeypatch.setattr(os, "scandir", refuse)
    (found,) = answers(bundle, pictures)
    assert found.error == "permission denied"


def test_folders_are_read_in_natural_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b/10.png", "b/9.png", "b/a2/x.png", "a.png", ".git/c.png", "b/.d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    os.symlink(tmp_path, tmp_path / "b" / "round")  # a link that goes round
    found = [os.path.relpath(source.path, tmp_path) for source in sources([str(tmp_path)])]
    assert found == ["a.png", "b/9.png", "b/10.png", "b/a2/x.png"]


def test_few_pictures_are_in_memory_at_a_time(bundle: Bundle, pictures: Path) -> None:
    """Files are named as the answers are taken: a batch, and the one that is read meanwhile."""
    taken = 0

    def many():
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield Source("0.png", str(pictures / "0.png"))

    for number, _ in enumerate(predict(bundle, many(), batch=8)):
        assert (number // 8 + 1) * 8 < taken <= (number // 8 + 2) * 8 + 1
        if number == 40:
            break


def test_names_that_are_no_text(bundle: Bundle, pictures: Path, tmp_path: Path) -> None:
    """Each is written otherwise, and the bytes can be found again."""
    names = [
        b"\xff.png",
        b"\xfe.png",
        rb"\xff.png",
        rb"\\xff.png",
        rb"\y.png",
        "\u00fc.png".encode(),
    ]
    paths = [os.path.join(os.fsencode(tmp_path), name) for name in names]
    try:
        for path in paths:
            with open(path, "wb") as file:
                file.write((pictures / "0.png").read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    told = [os.path.basename(one.file) for one in answers(bundle, *map(os.fsdecode, paths))]
    escapes = [r"\xff.png", r"\xfe.png", r"\x5cxff.png", r"\\x5cxff.png", r"\y.png", "\u00fc.png"]
    assert told == escapes
    back = re.compile(rb"\\x([0-9a-f]{2})")
    assert [back.sub(lambda f: bytes.fromhex(f[1].decode()), t.encode()) for t in told] == names
