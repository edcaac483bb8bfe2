"""What a browser lacks, or a page has much of: the same answers by other ways, or clear words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from explore_browser import Opened, text, until
from explore_page import browser
from PIL import Image
from sklearn.datasets import load_sample_image
from torch import nn

import papernets
from papernets.cli import main
from papernets.explore import explorer

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
if browser() is None:
    pytest.skip("no Chromium is installed", allow_module_level=True)
pytestmark = pytest.mark.slow

WASM = " 'wasm-unsafe-eval'"
"""What the page's policy has so that WebAssembly is allowed."""
NO_VECTORS = """
WebAssembly.validate = () => false;
WebAssembly.instantiate = () => { throw new Error("not to be asked"); };
"""
WAYS = {
    "no vectors": ((), NO_VECTORS, ""),
    "no WebAssembly": (("--js-flags=--noexpose-wasm",), "delete globalThis.WebAssembly", ""),
    "forbidden by policy": ((), "", WASM),
}
"""What the browser is started with, what runs before the page, what the page's policy lacks."""


@contextmanager
def opened(
    file: Path, flags: tuple[str, ...] = (), before: str = "", **options: object
) -> Iterator[Opened]:
    """The page in a browser of its own."""
    with playwright.sync_playwright() as started:
        words = {"executable_path": browser(), "args": ["--no-sandbox", *flags]}
        chromium = started.chromium.launch(**words)
        one = Opened(chromium, file, **options)
        if before:
            one.page.add_init_script(before)
        yield one
        chromium.close()


def photograph(folder: Path, name: str) -> Path:
    """A photograph of scikit-learn as PNG, whose pixels no decoder changes."""
    path = folder / f"{name}.png"
    Image.fromarray(load_sample_image(f"{name}.jpg")).save(path)
    return path


def looked(one: Opened, picture: Path, place: str = "picture") -> list[tuple[str, float]]:
    """The classes that the page lists for a picture, with their scores in per cent."""
    page: Any = one.at(place)
    page.set_default_timeout(60_000)
    page.wait_for_selector("#picture-file")
    page.set_input_files("#picture-file", picture)
    page.wait_for_selector("#picture-scores .bars li")
    names = page.locator("#picture-scores .class").all_inner_texts()
    scores = page.locator("#picture-scores .bars .number").all_inner_texts()
    return [(n, float(s.split()[0])) for n, s in zip(names, scores, strict=True)]


@pytest.fixture(scope="module")
def content() -> str:
    """The page with LeNet-5 and ResNet-20."""
    return explorer(("resnet20",), "lenet5")


@pytest.mark.parametrize("way", WAYS)
def test_without_kernels_the_answers_are_the_same(way: str, content: str, tmp_path: Path):
    flags, before, forbidden = WAYS[way]
    file, flower = tmp_path / "page.html", photograph(tmp_path, "flower")
    assert WASM in content
    file.write_text(content.replace(forbidden, "") if forbidden else content, "utf-8")
    (right,) = papernets.load("resnet20").predict([flower], top=10)
    with opened(file, flags, before) as one:
        page: Any = one.at("digit/lenet5")
        for digit in range(10):
            page.click(f"[aria-label='example {digit}']")
            page.wait_for_selector(".answer")
            assert text(page, ".answer").startswith(str(digit))
        found = looked(one, flower)
        assert found[0][0] == right.label
        assert found[0][1] == pytest.approx(100 * right.score, abs=0.5)
        assert page.evaluate("typeof WebAssembly") == (
            "undefined" if way == "no WebAssembly" else "object"
        )
        policy = "Content Security Policy" if forbidden else "nothing at all"
        assert [said for said in one.wrong if policy not in said] == []


def test_a_drawing_that_cannot_be_unpacked_leaves_the_table(content: str, tmp_path: Path):
    file = tmp_path / "page.html"
    file.write_text(content, "utf-8")
    with opened(file, before="delete globalThis.DecompressionStream") as one:
        page: Any = one.at("networks/lenet5")
        until(page, "document.querySelector('#drawing').textContent !== ''")
        assert "This browser cannot unpack the drawings" in text(page, "#drawing")
        assert page.locator("#rows tbody tr").count() == 8
        page.click("#rows tbody a:text('C3')")
        page.wait_for_selector("#place")
        assert "parameters 1,516" in text(page, "#panel")
        assert one.wrong == []


def tuned(folder: Path) -> Path:
    """A bundle of ResNet-18 for 1,000 classes: first weights, with statistics of photographs."""
    torch.manual_seed(0)
    model = papernets.create_model("resnet18")
    crops = []
    for name in ("flower.jpg", "china.jpg"):
        pixels = torch.from_numpy(np.array(load_sample_image(name))).permute(2, 0, 1) / 255
        crops += [pixels[:, y : y + 224, x : x + 224] for y in (0, 200) for x in (0, 200, 400)]
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.momentum = None  # the mean of all batches, which is one
    with torch.no_grad():
        model.train()(torch.stack(crops))
    classes = [f"class {at}" for at in range(1000)]
    return papernets.save(model.eval(), folder, classes=classes)


def test_a_resnet18_in_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """At 224x224 with 1,000 classes: without --page-limit it is refused, with it the ten best."""
    bundle, file = tuned(tmp_path / "mine"), tmp_path / "page.html"
    words = ["explore", str(bundle), "--only", "lenet5", "-o", str(file)]
    assert main(words) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "(mine alone 31." in said and "more than 4 MB" in said and "--page-limit 32" in said
    assert not file.exists()
    assert main([*words, "--page-limit", "32"]) == 0
    right = papernets.load(bundle)
    with opened(file) as one:
        for name in ("flower", "china"):
            picture = photograph(tmp_path, name)
            (wanted,) = right.predict([picture], top=10)
            found = looked(one, picture, "picture/mine")
            assert [label for label, _ in found][:3] == [label for label, _ in wanted.top][:3]
            for (label, score), (_, wanted_score) in zip(found, wanted.top, strict=True):
                assert score == pytest.approx(100 * wanted_score, abs=1), label  # of float16
        assert one.wrong == []
