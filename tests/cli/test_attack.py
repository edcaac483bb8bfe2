"""Files that somebody made to hurt, in every verb: one line, nothing run, nothing without end."""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import siblings
from outside import DEEP, KINDS, MANY, put, within
from PIL import Image

from papernets.bundle.net_json import write_net
from papernets.cli import main
from papernets.nets import look_up

OF_BUNDLES = {
    "explain": ["explain", "{}"],
    "verify": ["verify", "{}"],
    "diff": ["diff", "{}", "lenet5"],
    "evaluate": ["evaluate", "{}", "--data", "digits", "--out", "out"],
    "predict": ["predict", "{}", "x.png"],
    "train": ["train", "--weights", "{}", "--data", "digits", "--dry-run"],
}
every_verb = pytest.mark.parametrize("verb", OF_BUNDLES)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("L", (28, 28)).save("x.png")
    return tmp_path


@pytest.fixture
def bundle(trained, here):
    return Path(shutil.copytree(trained, here / "bundle"))


def typed(verb, bundle):
    with within(60):
        return main([word.format(bundle) for word in OF_BUNDLES[verb]])


def spoil(bundle, **values):
    path = bundle / "bundle.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


@pytest.mark.parametrize(
    ("verb", "kind", "name"),
    siblings.crossed(OF_BUNDLES, KINDS, ["bundle.json", "weights.safetensors"]),
)
def test_what_is_no_file_in_a_bundle_is_named(bundle, capsys, verb, kind, name):
    put(kind, bundle / name)
    looked_at = name == "bundle.json" or verb in ("evaluate", "predict", "train")
    code, (out, err) = typed(verb, bundle), capsys.readouterr()
    assert code in ((1, 2) if looked_at else (0,))
    if looked_at:
        assert str(bundle / name) in err and err.count("\n") <= 2 and out == ""


SPOILT = [
    ({"options": [1]}, "'options' is [1], not a table"),
    ({"options": {"name": 1}}, "'options' is"),
    ({"input": "."}, "'input' is \".\", not a list of channels"),
    ({"input": [1, 2]}, "'input' is [1, 2], not a list"),
    ({"classes": [1]}, "'classes' is [1], not a list"),
    ({"network": {}}, "'network' is {}, not a name"),
    ({"kind": "committee", "members": ["1"] * 2}, "different ones and at most 100"),
    (
        {"kind": "committee", "members": [str(n) for n in range(50_000)]},
        "different ones and at most 100",
    ),
    ({"kind": "committee", "members": ["../.."]}, "folders inside the bundle's"),
]


@pytest.mark.parametrize(("verb", "values", "said"), siblings.crossed(OF_BUNDLES, SPOILT))
def test_every_verb_reads_a_bundle_alike(bundle, capsys, verb, values, said):
    spoil(bundle, **values)
    assert typed(verb, bundle) in (1, 2)
    err = capsys.readouterr().err
    assert f"bundle.json: {said.split(' ')[0]}" in err or said in err
    assert said in err and err.count("\n") == 1


@pytest.mark.parametrize(("verb", "text"), siblings.crossed(OF_BUNDLES, [DEEP, MANY, "1" * 5000]))
def test_json_without_measure(bundle, capsys, verb, text):
    (bundle / "bundle.json").write_text(text)
    assert typed(verb, bundle) in (1, 2)
    err = capsys.readouterr().err
    assert re.search(
        "bundle.json is not JSON .(nested deeper|more than 1,000,000|it has a number)", err
    )


@pytest.mark.parametrize("verb", ["evaluate", "predict"])
@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\xff" * 8, "a head of 18,446,744,073,709,551,615 bytes"),
        (b"\0\0\0", "its head is cut short"),
        ((8).to_bytes(8, "little") + b"nonsense", "its head is not JSON"),
        (len(DEEP).to_bytes(8, "little") + DEEP.encode(), "its head is not JSON: nested deeper"),
        (len(MANY).to_bytes(8, "little") + MANY.encode(), "its head is not JSON: more than"),
    ],
    ids=["endless", "short", "nonsense", "deep", "many"],
)
def test_the_head_of_a_file_of_weights(bundle, capsys, verb, head, said):
    (bundle / "weights.safetensors").write_bytes(head)
    assert typed(verb, bundle) == 1
    err = capsys.readouterr().err
    assert "weights.safetensors is not a whole safetensors file" in err and said in err


@pytest.mark.parametrize("verb", ["evaluate", "predict"])
@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"mean": ("F4", [1, 32, 32])}, "the arrays are of 'F4' numbers: give float32"),
        ({"mean": ("F32", [1, 9, 32])}, "a mean picture of 1x9x32 for an input of 1x32x32"),
        ({"a\x1b[31m": ("F32", [1])}, "the arrays are 'a\\x1b[31m': not a mean and a matrix"),
    ],
    ids=["four bits", "another size", "another name"],
)
def test_arrays_of_a_preprocessing(bundle, capsys, verb, tensors, said):
    """A file with the right checksum, as whoever wrote the bundle can make it."""
    head, size = {}, 0
    for name, (kind, shape) in tensors.items():
        begin, size = size, size + int(np.prod(shape) * (0.5 if kind == "F4" else 4))
        head[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, size]}
    table = json.dumps(head).encode()
    content = len(table).to_bytes(8, "little") + table + bytes(size)
    (bundle / "preprocessing.safetensors").write_bytes(content)
    known = json.loads((bundle / "bundle.json").read_text())["preprocessing"]
    spoil(bundle, preprocessing={**known, "arrays": hashlib.sha256(content).hexdigest()})
    assert typed(verb, bundle) == 1
    out, err = capsys.readouterr()
    assert said in err.splitlines()[-1] and "its preprocessing cannot be used" in err and out == ""


def test_a_pooling_of_a_billion_is_arithmetic(bundle, capsys):
    found = look_up("lenet5_modern")
    values = json.loads(json.dumps(write_net(found.net, found.record)))
    values["body"]["parts"].insert(0, ["p", {"is": "AdaptivePool", "size": 10**9}])
    values["body"]["parts"].insert(1, ["g", {"is": "GlobalPool"}])
    spoil(bundle, network="mine", net=values)
    assert typed("explain", bundle) == 1  # 5x5 windows do not fit behind it
    assert "window does not fit on its input of 1x1" in capsys.readouterr().err
    values["body"]["parts"] = values["body"]["parts"][:1]
    spoil(bundle, network="mine", net=values)
    assert typed("explain", bundle) == 0
    assert "windows of up to 1×1 of 32×32 values" in capsys.readouterr().out
    for verb in ("predict", "evaluate"):
        assert typed(verb, bundle) == 1
        assert "more than the memory here takes" in capsys.readouterr().err


def test_a_network_of_parts_without_end(bundle, capsys):
    """Each of forty chains holds the one before it twice."""
    (bundle.parent / "own.py").write_text(
        "from papernets.spec import *\n"
        "part = Conv(1, 1)\n"
        "for _ in range(40):\n    part = Chain((('x', part), ('y', part)))\n"
        "ENDLESS = Net('endless', (1, 8, 8), 3, part)\n"
        "ONE = Net('one', (1, 8, 8), 3, chain({'c': Conv(3, 3)}))\n"
        "MANY = Committee('many', ONE, 50_000, 'x')\n"
    )
    for name, said in (
        ("ENDLESS", "a network has at most 10,000 parts"),
        ("MANY", "has 50000 members: give from 1 to 1,000"),
    ):
        for words in (["explain"], ["verify"], ["train", "--data", "digits", "--dry-run"]):
            with within(60):
                assert main([words[0], f"own.py:{name}", *words[1:]]) == 2
            assert said in capsys.readouterr().err


def test_two_networks_of_two_thousand_rows_are_compared_quickly(here, capsys):
    (here / "own.py").write_text(
        "from papernets.spec import *\n"
        "def made(every):\n"
        "    rows = (Activation('relu') if n % every else Conv(4, 3, padding=1)\n"
        "            for n in range(2000))\n"
        "    body = chain({f'{every}_{n}': row for n, row in enumerate(rows)})\n"
        "    return Net('net', (1, 32, 32), 10, body)\n"
        "A, B = made(2), made(3)\n"
    )
    with within(60):
        assert main(["diff", "own.py:A", "own.py:B"]) == 0
    assert "Layer by layer" in capsys.readouterr().out


# Paths


@pytest.mark.parametrize(
    "words",
    [
        ["explain", "~nosuchuser/x"],
        ["explain", "~nosuchuser/x.py:NET"],
        ["diff", "lenet5", "~nosuchuser/x"],
        ["evaluate", "~nosuchuser/x"],
        ["evaluate", "lenet5", "--data", "~nosuchuser/x"],
        ["evaluate", "lenet5", "--data", "mnist", "--data-dir", "~nosuchuser/x"],
        ["predict", "lenet5", "~nosuchuser/x"],
        ["predict", "~nosuchuser/x", "x.png"],
        ["predict", "~nosuchuser/x", "x.png", "--scan"],
        ["data", "show", "~nosuchuser/x"],
        ["train", "lenet1", "--data", "~nosuchuser/x"],
        ["train", "lenet1", "--data", "mnist", "--data-dir", "~nosuchuser/x"],
        ["train", "lenet1", "--weights", "~nosuchuser/x", "--data", "digits"],
        ["train", "~nosuchuser/x.py:NET"],
        ["train", "--config", "~nosuchuser/x"],
        ["train", "--out", "~nosuchuser/x", "--resume"],
        ["train", "lenet1", "--set", "data_dir=~nosuchuser/x", "--data", "mnist"],
        ["convert", "~nosuchuser/x", "--net", "lenet5", "--out", "b"],
    ],
    ids=" ".join,
)
def test_a_user_that_there_is_not(here, capsys, words):
    assert main(words) in (1, 2)
    err = capsys.readouterr().err
    assert "~nosuchuser/x" in err and sorted(os.listdir(here)) == ["x.png"]


@pytest.mark.parametrize("key", ["data", "data_dir", "net", "weights"])
def test_a_zero_byte_in_a_path(here, capsys, key):
    net = "" if key == "net" else 'net = "lenet1"\n'
    value = "a\\u0000b.py:NET" if key == "net" else "mnist/a\\u0000b"
    (here / "x.toml").write_text(f'{net}{key} = "{value}"\n')
    assert main(["train", "--config", "x.toml", "--trust"]) in (1, 2)
    assert "a\\x00b" in capsys.readouterr().err


def test_a_user_without_a_home(here, capsys, monkeypatch):
    for name in ("HOME", "XDG_CACHE_HOME", "PAPERNETS_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert main(["data", "show", "mnist"]) in (1, 2)
    assert "this user has no home folder: say where data lie with --dat" in capsys.readouterr().err
    assert os.listdir(here) == ["x.png"]


# Files of code


RAISES = [
    "raise BaseException('no')",
    "raise GeneratorExit('no')",
    "import asyncio\nraise asyncio.CancelledError('no')",
    "class Odd(BaseException):\n    def __str__(self): raise self\nraise Odd",
    "class Odd(ValueError):\n    def __str__(self): raise BaseException\nraise Odd",
    "class Odd(Exception):\n    def __str__(self): return 5\nraise Odd",
    "def NET(**_):\n    raise BaseException('no')",
    "from papernets.spec import *\n"
    "class Odd(Layer):\n    def shape(self, s): raise BaseException('no')\n"
    "NET = Net('n', (1, 8, 8), 3, chain({'a': Odd()}))",
    "from papernets.spec import *\n"
    "class Odd(Layer):\n    def words(self, s): raise SystemExit(0)\n"
    "NET = Net('n', (1, 8, 8), 3, chain({'a': Odd()}))",
    "from papernets.spec import *\n"
    "class Bad(ValueError):\n    def __str__(self): raise BaseException\n"
    "class Odd(Layer):\n    def shape(self, s): raise Bad\n"
    "NET = Net('n', (1, 8, 8), 3, chain({'a': Odd()}))",
    "def NET(**_):\n    return NET()",
    "x = " + "(" * 5000,
    "x = '" + "\\ud800" + "'\nraise ValueError(x)",
    "\0",
]


@pytest.mark.parametrize(("verb", "text"), siblings.crossed(["explain", "verify", "train"], RAISES))
def test_whatever_a_file_raises_is_a_line(here, capsys, verb, text):
    (here / "own.py").write_text(text)
    words = [verb, "own.py:NET", *(["--dry-run"] if verb == "train" else [])]
    assert main(words) in (1, 2)
    out, err = capsys.readouterr()
    assert err.startswith("error: ") and err.count("\n") == 1 and out == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("def shape(self, s): return s", "no module for a layer of kind 'odd': a layer of one's"),
        (
            "def shape(self, s):\n"
            "        Odd.asked += 1\n"
            "        if Odd.asked > 2: raise BaseException('late')\n"
            "        return s",
            "error: BaseException: late",
        ),
    ],
    ids=["of one's own", "late"],
)
def test_a_layer_of_ones_own_in_training(here, capsys, body, said):
    (here / "own.py").write_text(
        "from papernets.spec import *\n"
        "class Odd(Layer):\n"
        "    kind, asked = 'odd', 0\n"
        "    def words(self, s): return ''\n"
        f"    {body}\n"
        "NET = Net('n', (1, 28, 28), 10, chain({'a': Odd(), 'f': Flatten(), 'o': Dense(10)}))\n"
    )
    assert main(["explain", "own.py:NET"]) == 0  # it asks a layer once
    capsys.readouterr()
    assert main(["train", "own.py:NET", "--data", "digits"]) == 1
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_a_file_of_code_has_a_size(here, capsys):
    put("large", here / "own.py")
    assert main(["explain", "own.py:NET"]) == 2
    assert "own.py has 1,099,511,627,776 bytes, more than" in capsys.readouterr().err
