"""A network of one output: two classes, or a clear word on what is missing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from PIL import Image

import papernets
from papernets.bundle.load import load_bundle
from papernets.bundle.save import save_bundle
from papernets.cli import main
from papernets.data import Preprocessing

EYES = Preprocessing(1, 28, 28, (28, 28), "photo")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network of one output that names two classes, and a folder of pictures."""
    root = tmp_path_factory.mktemp("one")
    draws = torch.Generator().manual_seed(0)
    model = papernets.create_model("lenet5_keras_28", num_classes=1, generator=draws)
    papernets.save(model, root / "bundle", classes=["no", "yes"], preprocessing=EYES)
    for name in ("no", "yes"):
        (root / "photos" / name).mkdir(parents=True)
        Image.new("L", (30, 30), 90).save(root / "photos" / name / "1.png")
    return root / "bundle"


def test_one_output_answers_with_both_classes(bundle: Path) -> None:
    answer = papernets.load(bundle).predict(Image.new("L", (30, 30), 90), top=5)
    scores = dict(answer.top)
    seen = papernets.load(bundle).preprocess(Image.new("L", (30, 30), 90))
    with torch.inference_mode():
        sigmoid = torch.sigmoid(load_bundle(bundle).model(seen[None])).item()
    assert scores["yes"] == pytest.approx(sigmoid, abs=1e-5)
    assert sum(scores.values()) == pytest.approx(1)
    assert main(["evaluate", str(bundle), "--data", str(bundle.parent / "photos"), "-q"]) == 0


def test_one_name_is_refused_where_it_is_given(bundle: Path, tmp_path: Path) -> None:
    model = load_bundle(bundle).model
    for names in (["yes"], []):
        with pytest.raises(ValueError, match="tells two classes apart: give the names of both"):
            papernets.save(model, tmp_path / "out", classes=names, preprocessing=EYES)


@pytest.mark.parametrize("verb", ["predict", "evaluate"])
def test_a_bundle_of_one_class_says_what_is_missing(
    verb: str, bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Earlier versions wrote such bundles."""
    whole = load_bundle(bundle)
    lone = dataclasses.replace(whole.info, classes=("yes",), outputs=0)
    save_bundle(tmp_path / "lone", lone, whole.model.state_dict())
    photos = bundle.parent / "photos"
    given = [str(photos)] if verb == "predict" else ["--data", str(photos)]
    assert main([verb, str(tmp_path / "lone"), *given]) == 1
    said = capsys.readouterr().err.replace("\n", " ")
    assert "names one class, 'yes'" in said and "the names of both" in said
