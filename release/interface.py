"""The public interface, of whatever Papernets is installed: run it away from the checkout.

    python -m pytest release/interface.py -p no:cacheprovider --rootdir .

It needs no data set, no network and nothing of the tests.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import papernets
from papernets import data

TRAINED = ("lenet1", "lenet4", "lenet5", "boosted_lenet4", "resnet20")


def command(*words: str, folder: Path) -> str:
    """What the command prints; it must not fail."""
    done = subprocess.run(
        [sys.executable, "-m", "papernets", *words], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def digits():
    test = data.open("digits").test
    return test.images[:, 0].numpy(), test.labels


def test_every_public_name_is_there():
    for name in papernets.__all__:
        assert getattr(papernets, name) is not None


def test_every_network_is_known_and_its_arithmetic_needs_no_torch(tmp_path):
    code = (
        "import sys, papernets; "
        "n = [papernets.totals(papernets.walk(papernets.net(name).member)) "
        "for name in papernets.list_nets()]; "
        "assert 'torch' not in sys.modules; print(len(n))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(len(papernets.list_nets())), done.stderr
    rows = papernets.walk(papernets.net("lenet5"))
    assert papernets.totals(rows).params == 60_000  # LeCun et al. 1998


def test_models_are_modules_and_the_fast_form_agrees():
    for name, shape in (("lenet5", (2, 1, 32, 32)), ("resnet18", (1, 3, 64, 64))):
        model = papernets.create_model(name).eval()
        x = torch.rand(shape)
        with torch.no_grad():
            plain, fast = model(x), papernets.fast(model)(x)
            optimised = papernets.optimised(model)(x)
        assert plain.shape == (shape[0], papernets.net(name).classes)
        for other in (fast, optimised):
            assert (plain - other).abs().max() <= 1e-5 * plain.abs().max()


@pytest.mark.parametrize("name", TRAINED)
def test_what_comes_trained_is_loaded(name, digits):
    predictor = papernets.load(name)
    assert len(predictor.classes) == 10
    if "lenet" in name:
        images, labels = digits
        answers = predictor.predict(list(images[:50]))
        right = sum(a.label == str(int(label)) for a, label in zip(answers, labels, strict=False))
        assert right >= 35  # scikit-learn's digits are 8x8, and were written by others
    else:
        answer = predictor.predict(np.zeros((32, 32, 3), np.uint8), top=10)
        assert abs(sum(score for _, score in answer.top) - 1) < 1e-6


def test_a_network_is_trained_tested_and_kept(tmp_path, digits):
    images, labels = digits
    run = papernets.train("lenet1", (images, labels), epochs=1, out=tmp_path / "run")
    found = papernets.evaluate(run, (images, labels), part="all")
    assert 0 <= found.error <= 1
    again = papernets.load(tmp_path / "run")
    assert again.predict(list(images[:3]))[0].label in again.classes


def test_the_command_line_explains_draws_and_shows(tmp_path):
    first, *others = command("--version", folder=tmp_path).splitlines()
    assert first == f"papernets {papernets.__version__}" and len(others) >= 3
    assert "1,516" in command("explain", "lenet5", "C3", folder=tmp_path)
    assert json.loads(command("explain", "alexnet", "--json", folder=tmp_path))
    command("draw", "lenet5", "-o", "lenet5.svg", folder=tmp_path)
    assert (tmp_path / "lenet5.svg").read_text("utf-8").rstrip().endswith("</svg>")
    command("explore", "--only", "lenet1", "-o", "page.html", folder=tmp_path)
    page = (tmp_path / "page.html").read_text("utf-8")
    assert not re.search(r"(?:src|href)=[\"']?https?:", page)


def test_its_types_come_with_it():
    assert (Path(papernets.__file__).parent / "py.typed").exists()
