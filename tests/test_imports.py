"""Who may import whom (docs/architecture.md), read from the imports; and no torch to explain."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import papernets

PACKAGE = Path(papernets.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    """The dotted name of a module of ours, and whether it is a package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return (".".join(parts[:-1]), True) if parts[-1] == "__init__" else (".".join(parts), False)


def imports(path):
    """(name, line) of what a file imports when it runs; what type checkers read is left out."""
    own, package = name_of(path)
    found = []

    def visit(node):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for inner in node.orelse:
                visit(inner)
            return
        if isinstance(node, ast.Import):
            found.extend((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = own.split(".")
            base = above[: len(above) - node.level + package] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found.extend((f"{module}.{alias.name}", node.lineno) for alias in node.names)
        for inner in ast.iter_child_nodes(node):
            visit(inner)

    visit(ast.parse(path.read_text(encoding="utf-8")))
    return found


def room(name):
    """The room of a module of ours: `nets` for papernets.nets.lenet; None for another's."""
    first, *rest = name.split(".")
    return (rest[0] if rest else "") if first == "papernets" else None


def files_of(*rooms):
    return [path for path in FILES if room(name_of(path)[0]) in rooms]


def wrong(paths, forbidden):
    return [
        f"{path.relative_to(PACKAGE)}:{line} imports {name}"
        for path in paths
        for name, line in imports(path)
        if forbidden(name, room(name_of(path)[0]))
    ]


def test_the_reader_of_imports_reads():
    """The rules below would pass on nothing: so the reader finds what we know to be there."""
    read = {name for name, _ in imports(PACKAGE / "nets" / "lenet.py")}
    assert {"papernets.paper.Fact", "papernets.spec.Net", "papernets.nets.entry.Entry"} <= read
    read = {name for name, _ in imports(PACKAGE / "build" / "__init__.py")}
    assert {"torch", "papernets.rewrite", "papernets.build.network.build"} <= read
    assert len(files_of("spec", "paper", "nets", "analyse")) > 10


def test_paper_and_spec_stand_on_nothing_of_ours():
    assert wrong(files_of("paper", "spec"), lambda name, own: room(name) not in (None, own)) == []


def test_nets_stand_on_paper_and_spec():
    allowed = (None, "paper", "spec", "nets")
    assert wrong(files_of("nets"), lambda name, own: room(name) not in allowed) == []


def test_nobody_imports_the_command_line():
    others = [path for path in FILES if path.name != "__main__.py"]
    assert wrong(others, lambda name, own: room(name) == "cli" and own != "cli") == []


@pytest.mark.parametrize("one", ["analyse", "nets", "spec", "paper", "rewrite"])
def test_a_room_without_torch(one):
    assert files_of(one)
    assert wrong(files_of(one), lambda name, own: name.split(".")[0] == "torch") == []


def test_diagrams_need_no_torch():
    paths = [path for path in files_of("draw") if path.stem.startswith("diagram")]
    assert wrong(paths, lambda name, own: name.split(".")[0] == "torch") == []


def test_nobody_imports_torchvision():
    heavy = ("torchvision", "timm")
    assert wrong(FILES, lambda name, own: name.split(".")[0] in heavy) == []


WALKS = """
import sys
import papernets
from papernets.nets import net
from papernets.show.explain import explain_dict
from papernets.spec import totals, walk

assert totals(walk(net("lenet5"))).params == 60000
explain_dict(net("boosted_lenet4"))
papernets.list_nets()
heavy = {"torch", "numpy", "matplotlib", "sklearn", "PIL", "rich"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""


def test_explaining_a_network_leaves_torch_out():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WALKS],
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
