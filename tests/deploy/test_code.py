"""Networks as files of plain PyTorch: equal, readable, and without papernets."""

import ast
import json
import runpy
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from exported import PLACE, alone, bundle_of, noise, part_of
from PIL import Image

import papernets
from papernets import data
from papernets.bundle.load import Bundle, load_bundle
from papernets.data import Preprocessing
from papernets.deploy.code.prepare import preparing
from papernets.deploy.code_file import code_of, write_code
from papernets.deploy.runtime import by_code
from papernets.evaluate.infer import for_both
from papernets.run.network import build
from papernets.spec import Conv, Dense, Flatten, Net, chain

RULES = "E,F,W,I,B,C4,PIE,RET,SIM"


def written(name, folder, bundle=None):
    """The bundle, and its file of code."""
    bundle = bundle or bundle_of(name)
    path = folder / "net.py"
    write_code(bundle, path, "net.safetensors")
    return bundle, path


def check_equal(name, folder):
    """The code of a network gives its outputs to 1e-6 of the largest, and ruff finds no fault."""
    bundle, path = written(name, folder)
    given = noise(bundle, 2)
    with torch.no_grad():
        ours = for_both(bundle.model(given))
    theirs = torch.from_numpy(by_code(path)(given.numpy()))
    assert (ours - theirs).abs().max() <= 1e-6 * ours.abs().max()
    check_clean(path)


def check_clean(path):
    """What ruff says of a file, as of a person's."""
    options = ["--isolated", "--no-cache", "--line-length", "100", "--select", RULES]
    ruff = [sys.executable, "-m", "ruff", "check", *options, "--ignore", "B905", str(path)]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["lenet5", "resnet20"])
def test_the_code_is_equal_and_clean(name, tmp_path):
    check_equal(name, tmp_path)


EVERY = [name for name in papernets.list_nets() if "inception_naive" not in name]
DOZEN = ["boosted_lenet4", "alexnet", "nin_cifar10", "vgg11_bn", "googlenet", "inception_v3"]
DOZEN += ["resnet18_A", "resnet50", "resnet164", "resnet50_v2_keras", "mobilenet_v1_keras"]
DOZEN += ["resnet18_notes_table", "lenet1"]


@pytest.mark.slow
@pytest.mark.parametrize("name", DOZEN)
def test_a_dozen_are_equal_and_clean(name, tmp_path):
    check_equal(name, tmp_path)


@pytest.mark.every
@pytest.mark.parametrize("name", part_of(EVERY))
def test_every_network_is_equal_and_clean(name, tmp_path):
    check_equal(name, tmp_path)


def test_a_file_reads_a_digit_where_no_papernets_is(tmp_path):
    _, path = written("lenet5", tmp_path, load_bundle("lenet5"))
    digits = data.open("digits").test
    at = int((digits.labels == 7).nonzero()[0])
    picture = Image.fromarray(digits.images[at, 0].numpy())
    picture.save(tmp_path / "seven.png")
    told = alone(path, "seven.png", folder=tmp_path)
    ours = papernets.load("lenet5").predict(str(tmp_path / "seven.png"), top=3)
    assert [line.split(":")[0] for line in told.splitlines()] == [label for label, _ in ours.top]
    assert told.startswith("7: ")


def test_a_file_says_its_usage_and_what_is_wrong_with_a_picture(tmp_path):
    _, path = written("lenet1", tmp_path)
    (tmp_path / "no.png").write_text("no picture")

    def told(*given):
        done = subprocess.run(
            [sys.executable, path, *given], capture_output=True, text=True, cwd=tmp_path
        )
        return done.returncode, done.stderr

    assert told() == (2, "usage: python net.py PICTURE\n")
    assert told("nowhere.png") == (1, "nowhere.png: No such file or directory\n")
    assert told("no.png") == (1, "no.png: cannot identify image file 'no.png'\n")


def test_normalisation_is_written_as_people_write_it():
    mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    low = tuple(-m / s for m, s in zip(mean, std, strict=True))
    high = tuple((1 - m) / s for m, s in zip(mean, std, strict=True))
    text = preparing(Preprocessing(3, 32, 32, (32, 32), "photo", low=low, high=high))
    assert "mean = torch.tensor((0.485, 0.456, 0.406))[:, None, None]" in text
    assert "std = torch.tensor((0.229, 0.224, 0.225))[:, None, None]" in text
    assert "x = (x / 255 - mean) / std" in text
    caffe = (-103.939, -116.779, -123.68)
    text = preparing(
        Preprocessing(3, 8, 8, (8, 8), "photo", low=caffe, high=tuple(v + 255 for v in caffe))
    )
    assert "mean = torch.tensor((103.939, 116.779, 123.68))[:, None, None]" in text
    assert "x = x - mean" in text
    measured = Preprocessing(
        3, 8, 8, (8, 8), "photo", low=(-1 / 7e3,) * 3, high=(1 / 3, 2e9 / 7, 3)
    )
    assert max(map(len, preparing(measured).splitlines())) <= 100


def test_blocks_that_are_alike_are_one_class_and_stages_are_loops():
    text = code_of(bundle_of("resnet110"), "net.safetensors")
    names = [one.name for one in ast.parse(text).body if isinstance(one, ast.ClassDef)]
    assert names == ["PadShortcut", "ConvNormReLU", "ConvNorm", "BasicBlock", "ResNet110"]
    assert 'self.add_module(f"stage1_{block}", BasicBlock(16, 16))' in text
    assert len(text.splitlines()) < 180  # of 110 layers


def test_the_arguments_of_an_inception_module_are_the_columns_of_its_table():
    text = code_of(bundle_of("googlenet"), "net.safetensors")
    assert "inputs, b1x1, b3x3_reduce, b3x3, b5x5_reduce, b5x5, pool" in text
    assert "self.inception_3a = Inception(192, 64, 96, 128, 16, 32, 32)" in text  # table 1


def test_the_paper_and_the_test_error_stand_in_the_docstring():
    told = ast.get_docstring(ast.parse(code_of(load_bundle("lenet5"), "mine.safetensors")))
    assert told is not None
    assert "Gradient-Based Learning" in told
    assert "Test error on mnist: 0.46 % of 10,000 pictures." in told


HOSTILE = (
    "a\u200db",
    "n\xa0b",
    "l\u2028x",
    "to\u202eleft",
    "new\nline",
    'q"\\te',
    "\x1b[31m",
    "\u00e9\u0301",
)


def named(bundle, classes):
    """The bundle with other names for its classes."""
    return Bundle(replace(bundle.info, classes=tuple(classes)), bundle.model, PLACE)


@pytest.mark.parametrize("more", [2, 120])
def test_the_classes_are_those_of_the_bundle_whatever_is_in_their_names(more, tmp_path):
    """Written into the file, and read from the weights; and what is written shows all of them."""
    names = [*HOSTILE, *(f"\u200c{at}" for at in range(more))]
    bundle = named(bundle_of("lenet1"), names)
    write_code(bundle, tmp_path / "net.py", "net.safetensors", classes=json.dumps(names))
    assert list(runpy.run_path(str(tmp_path / "net.py"))["CLASSES"]) == names
    text = (tmp_path / "net.py").read_text(encoding="utf-8")
    assert all(one.isprintable() for one in text.splitlines())


def test_a_file_prints_no_sign_that_a_terminal_acts_on(tmp_path):
    names = [f"\x1b[2J{at}" for at in range(10)]
    write_code(named(load_bundle("lenet5"), names), tmp_path / "net.py", "net.safetensors")
    Image.new("L", (28, 28)).save(tmp_path / "a.png")
    assert alone("net.py", "a.png", folder=tmp_path).startswith(r"\x1b[2J")


@pytest.mark.parametrize(
    "row", ['a"); print(1) #', "a\nb", "\\", "to\u202eleft", "\ufb01", "{a}", "3x"]
)
def test_names_of_rows_and_networks_are_never_code(row, tmp_path):
    """A bundle's description is somebody's text: a file of code calls rows by it, and no more."""
    rows = {f"{row}{at}": Conv(2, 3, padding=1) for at in ("", *range(1, 7))}
    body = chain({**rows, "flatten": Flatten(), "output": Dense(2)})
    net = Net('x"""\nraise SystemExit\n"""\\N', (1, 8, 8), 2, body)
    own = bundle_of("lenet1")
    info = replace(own.info, network=net.name, classes=("a", "b"), input=net.input)
    bundle = Bundle(info, build(net).eval(), PLACE)
    write_code(bundle, tmp_path / "net.py", "net.safetensors")
    given = noise(bundle, 2)
    theirs = torch.from_numpy(by_code(tmp_path / "net.py")(given.numpy()))
    assert torch.allclose(theirs, bundle.model(given), atol=1e-5)
    text = (tmp_path / "net.py").read_text(encoding="utf-8")
    assert all(one.isprintable() for one in text.splitlines())
