"""Model cards, and where exports go: names are text, and a bundle's files stay."""

import re
import shutil
from dataclasses import replace

import pytest
import torch
from exported import PLACE, alone
from PIL import Image

import papernets
from papernets.bundle.load import load_bundle
from papernets.deploy.card import card
from papernets.deploy.export import Asked, export
from papernets.deploy.judge import drawn
from papernets.deploy.material import Material


def test_a_card_has_no_markdown_of_others(tmp_path):
    """Of a bundle's names and settings: no heading, no tag, no cell, nothing that is not seen."""
    bundle = load_bundle("lenet5")
    names = ["x\n## Licence\nMIT", "a|b`c`", "<script>alert(1)</script>", "\x1b[31m", "\u202e"]
    names += map(str, range(5))
    info = replace(bundle.info, classes=tuple(names), run={"loss": "a|b\n# c", "recipe": "<b>"})
    text = card(replace(bundle, info=info), "mit\n# y")
    assert [line for line in text.splitlines() if line.startswith("## Licence")] == ["## Licence"]
    assert (
        r"x\\n\#\# Licence\\nMIT, a\|b\`c\`, \<script\>alert(1)\</script\>, \\x1b\[31m, \\u202e"
        in text
    )
    assert r"The loss is a\|b\\n\# c." in text and "weights: mit\\\\n\\# y. The" in text
    assert not {"\x1b", "\u202e"} & set(text)


def test_a_card_has_the_error_with_its_interval_and_a_licence():
    bundle = load_bundle("lenet5")
    block, words = card(bundle).split("---\n", 2)[1:]
    assert 'license: "apache-2.0"\n' in block and "value: 0.9954" in block
    assert 'datasets:\n- "ylecun/mnist"' in block
    assert "| error | 0.46 % | 0.35 % to 0.61 % |" in words
    assert "| accuracy | 99.54 % | 99.39 % to 99.65 % |" in words
    assert "The weights: apache-2.0. The data that they learnt from may have" in words
    block, words = card(replace(bundle, folder=PLACE)).split("---\n", 2)[1:]
    assert 'license: "unknown"\n' in block and "Unknown: whoever published" in words
    block, words = card(bundle, "mit").split("---\n", 2)[1:]
    assert 'license: "mit"' in block and "The weights: mit." in words


def test_a_card_tells_in_sentences_what_a_run_did_and_where_it_ends():
    text = card(load_bundle("lenet5"))
    headings = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        *("Model description", "Intended uses and limits", "How to use", "Training data"),
        *("Training procedure", "Evaluation", "Licence", "Citation"),
    ]
    assert "60 passes over the training pictures, 128 at a step, by AdamW, with a weight" in text
    assert "rises to 0.003 over the first 15 % of the steps" in text
    assert "turned by up to 10 degrees, made larger or smaller by up to 8 %" in text
    assert "with a decay of 0.999 a step" in text
    assert (
        "0.46 % of its answers on test pictures were wrong; of answers drawn at random 90" in text
    )
    assert "@article{lecun1998gradientbased," in text or "@article{lecun1998gradient" in text
    assert 'papernets.load("lenet5")' in text


def test_a_set_of_ones_own_is_private_and_no_name_of_a_hub():
    bundle = load_bundle("lenet5")
    for data, known in (("/home/me/photos", False), ("digits", True)):
        info = replace(bundle.info, run={**bundle.info.run, "data": data}, classes=("a", "b"))
        text = card(replace(bundle, info=info))
        assert "datasets:" not in text and "/home" not in text and "photos" not in text
        assert ("A private set of pictures (2 classes)" in text) is not known
        assert ("scikit-learn's digits" in text) is known


def test_the_code_of_a_card_runs_the_forms_beside_it(tmp_path):
    bundle = load_bundle("lenet5")
    for name, to in (("lenet5.py", "python"), ("w.safetensors", "safetensors")):
        export(bundle, tmp_path / name, Asked(to), lambda: Material(drawn(bundle, 2)))
    (tmp_path / "another.py").write_text("raise SystemExit")
    other = load_bundle("lenet1")
    export(other, tmp_path / "v.safetensors", Asked("safetensors"), lambda: Material(drawn(other)))
    Image.new("L", (28, 28)).save(tmp_path / "picture.png")
    text = card(bundle, folder=tmp_path)
    codes = re.findall(r"```python\n(.*?)```", text, re.S)
    assert [one.count("lenet5 import") for one in codes] == [1, 0]
    (tmp_path / "use.py").write_text(codes[0])
    picture = Image.fromarray(papernets.data.open("digits").test.images[0, 0].numpy())
    picture.save(tmp_path / "picture.png")
    told = alone("use.py", folder=tmp_path).strip()
    assert told == papernets.load("lenet5").predict(picture).label
    weights = re.sub("w.safetensors", str(tmp_path / "w.safetensors"), codes[1])
    given: dict[str, object] = {}
    exec(weights, given)
    net = given["network"]
    own = bundle.model.state_dict()
    assert all(torch.equal(net.state_dict()[name], own[name]) for name in own)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet20", "lenet5"])
def test_the_code_of_graphs_goes_from_a_picture_s_file_to_its_class(name, tmp_path, monkeypatch):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    bundle = load_bundle(name)
    for to, end in (("onnx", "onnx"), ("torch-export", "pt2")):
        for prepares in (False, True):
            asked = Asked(to, with_preprocessing=prepares)
            export(bundle, f"{prepares}.{end}", asked, lambda: Material(drawn(bundle, 2)))
    export(bundle, "zz.py", Asked("python"), lambda: Material(drawn(bundle, 2)))
    if name == "lenet5":
        picture = Image.fromarray(papernets.data.open("digits").test.images[3, 0].numpy())
    else:
        picture = Image.effect_mandelbrot((301, 200), (-2, -1, 1, 1), 90).convert("RGB")
    picture.save("picture.png")
    picture.save("picture.jpg", quality=95)
    label = papernets.load(name).predict("picture.png" if name == "lenet5" else "picture.jpg").label
    text = card(bundle, folder=tmp_path).split("## How to use")[1].split("### How pictures")[0]
    assert text.index("zz.py") < text.index("ONNX Runtime")  # what reads a file is first
    assert text.count("(uint8) and gives probabilities") == 2
    assert text.count("(float32) and gives logits") == 2
    assert text.count("pip install torch numpy pillow") == 2
    codes = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(codes) == 5
    for one in codes[1:]:
        (tmp_path / "use.py").write_text(one)
        assert alone("use.py", folder=tmp_path).strip() == label, one


def test_what_is_no_figure_is_left_out():
    bundle = load_bundle("lenet5")
    metrics = {"test_error": 0.5, "interval": ["x", 1], "test_images": True}
    text = card(replace(bundle, info=replace(bundle.info, metrics=metrics)))
    assert "On the test set of MNIST:" in text and "| error | 50.00 % |  |" in text


@pytest.mark.parametrize("name", ["weights.safetensors", "weights.py", "bundle.json"])
def test_an_export_is_not_written_over_a_bundle(name, tmp_path):
    """Not even by force, nor beside a file that is asked for: the bundle would be none any more."""
    copy = shutil.copytree(load_bundle("lenet5").folder, tmp_path / "copy")
    before = {path: path.read_bytes() for path in copy.iterdir()}
    to = {"bundle.json": "card"}.get(name, "")
    with pytest.raises(
        ValueError, match=r"is a bundle's own file, and stays as it is. Give another"
    ):
        papernets.export(copy, copy / name, to=to, force=True)
    assert {path: path.read_bytes() for path in copy.iterdir()} == before
