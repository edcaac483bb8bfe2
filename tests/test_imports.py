"""Who may import whom: the table in docs/architecture.md, held line by line; no circles."""

import subprocess
import sys
from pathlib import Path

import pytest
import siblings
from imports import (
    Imports,
    circle,
    files_of,
    forbidden,
    read_table,
    room,
    ways_to_torch,
)

import papernets

PACKAGE = Path(papernets.__file__).parent
PAGE = PACKAGE.parent / "docs" / "architecture.md"

TABLE = read_table(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ours():
    """The imports of every file of the package."""
    return Imports(PACKAGE)


def test_every_room_has_a_line_and_every_line_a_room(ours):
    there = {room(file) for file in ours.all}
    assert there == set(TABLE.rooms) - TABLE.to_come, "docs/architecture.md: see its table"


def test_every_import_is_in_the_table(ours):
    assert forbidden(TABLE, ours) == [], "docs/architecture.md: see its table"


def test_no_files_import_one_another(ours):
    assert circle(ours) == ""


@siblings.together("name", TABLE.without_torch + TABLE.once_called)
def test_a_room_that_does_without_torch(ours, name):
    """Nor what it imports; some may import it inside their functions."""
    functions_too = name in TABLE.without_torch
    files = files_of(ours, name)
    assert files or name in TABLE.to_come, f"docs/architecture.md: there is no {name}"
    ways = [way for file in files for way in ways_to_torch(ours, file, functions_too)]
    assert ways == []


def test_nobody_imports_torchvision(ours):
    heavy = ("torchvision", "timm")
    every = [one for several in ours.all.values() for one in several]
    assert [str(one) for one in every if one.name.split(".")[0] in heavy] == []


# The judge is judged: a small package that breaks each rule, and a page that does.

SMALL = {
    "__init__.py": "",
    "low.py": "import math\n",
    "shelf/__init__.py": "from .one import A\n",
    "shelf/one.py": "from ..low import B\nA = 1\n",
    "shelf/two.py": "from . import A\nfrom papernets.low import B\n",
    "top.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .cli import C\n",
    "cli.py": "def run():\n    import torch\n    from .shelf.two import A\n",
}
LINES = """
__init__ ->
low      ->
shelf    -> low
top      -> shelf
cli      -> all
later    -> cli     to come

without torch: low shelf
torch once called: cli
"""


def small(tmp_path, **changed):
    for file, text in {**SMALL, **changed}.items():
        path = tmp_path / "papernets" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Imports(tmp_path / "papernets")


def table(lines=LINES):
    return read_table(f"# Page\n\n```imports\n{lines.strip()}\n```\n\nMore.\n")


def test_a_page_is_read():
    found = table()
    assert found.rooms["cli"] == ("__init__", "low", "shelf", "top")
    assert (found.rooms["shelf"], found.to_come) == (("low",), {"later"})
    assert (found.without_torch, found.once_called) == (("low", "shelf"), ("cli",))


def test_a_package_that_keeps_to_its_table(tmp_path):
    found = small(tmp_path)
    assert forbidden(table(), found) == []
    assert circle(found) == ""
    assert not ways_to_torch(found, "cli.py", own_functions=False)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("low.py", "\nfrom .shelf import A\n", "low.py:2 imports papernets.shelf.A: low may not"),
        ("low.py", "def f():\n    import papernets.top\n", "low.py:2 imports papernets.top: low"),
        ("top.py", "from . import cli\n", "top.py:1 imports papernets.cli: top may not import cli"),
        ("shelf/one.py", "from ..top import D\n", "shelf/one.py:1 imports papernets.top.D: shelf"),
        ("shelf/one.py", "from .. import E\n", "shelf/one.py:1 imports papernets.E: shelf may not"),
    ],
)
def test_an_import_outside_the_table_is_named_with_its_line(tmp_path, file, text, message):
    (found,) = forbidden(table(), small(tmp_path, **{file: text}))
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("shelf/one.py", "def f():\n    from .two import A\n"),
        ("shelf/one.py", "from . import A\n"),
        ("shelf/one.py", "if True:\n    import papernets.shelf.two\n"),
    ],
)
def test_a_circle_of_files_is_found(tmp_path, file, text):
    assert "shelf/one.py" in circle(
        small(tmp_path, **{file: text, "shelf/two.py": SMALL["shelf/two.py"]})
    )


@pytest.mark.parametrize(
    ("file", "text", "ways"),
    [
        ("low.py", "from torch import nn\n", ["low.py:1 imports torch.nn"]),
        ("low.py", "import safetensors.torch\n", ["low.py:1 imports safetensors.torch"]),
        ("shelf/two.py", "def f():\n    import torch\n", ["shelf/two.py:2 imports torch"]),
        ("shelf/__init__.py", "import torch\n", ["shelf/__init__.py:1 imports torch"]),
        ("low.py", "def f():\n    import torch\n", []),
        ("top.py", "import torch\n", []),
    ],
)
def test_torch_is_found_on_every_way(tmp_path, file, text, ways):
    found = small(tmp_path, **{file: text})
    judged = ways_to_torch(found, "shelf/two.py", own_functions=True)
    assert judged == [f"shelf/two.py: {way}" for way in ways]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("low -> top\ntop ->\n", "low may import top, which does not stand above it"),
        ("low -> low\n", "low may import low, which does not stand above it"),
        ("low\n", "neither a room nor a rule on torch: 'low'"),
        ("never torch: low\n", "neither a room nor a rule on torch: 'never torch: low'"),
    ],
)
def test_a_wrong_line_is_named(lines, message):
    with pytest.raises(ValueError, match=message):
        table(lines)


WALKS = """
import sys
import papernets
from papernets.nets import net
from papernets.show.explain import explain_dict
from papernets.spec import totals, walk

assert totals(walk(net("lenet5"))).params == 60000
explain_dict(net("boosted_lenet4"))
papernets.list_nets()
"""
EXPLAINS = """
import sys
from papernets.cli import main

assert main(["explain", "lenet5"]) == 0
"""
HEAVY = """
heavy = {names} & set(sys.modules)
sys.exit(f"imported {{heavy}}" if heavy else 0)
"""


@pytest.mark.parametrize(
    ("does", "names"),
    [
        (WALKS, {"torch", "numpy", "matplotlib", "sklearn", "PIL", "rich"}),
        (EXPLAINS, {"torch", "numpy", "matplotlib", "sklearn", "PIL"}),
    ],
)
def test_explaining_a_network_leaves_torch_out(does, names):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", does + HEAVY.format(names=names)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
    )
    assert done.returncode == 0, done.stderr


def test_public_names_are_there():
    for name in papernets.__all__:
        assert getattr(papernets, name) is not None
    assert set(dir(papernets)) == set(papernets.__all__)
    with pytest.raises(AttributeError, match="module 'papernets' has no attribute 'nonsense'"):
        _ = papernets.nonsense
