"""What the pages show can be typed, and they are easy to read."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import siblings

ROOT = Path(__file__).parents[1]
PAGES = [*map(ROOT.joinpath, ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
STUMBLES = re.compile(r"(?<!ere )\bis no [a-z]|\bbut for\b|, say\b")
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def imports(page):
    """The imports in a page's Python examples, a name each."""
    for example in EXAMPLE.findall(page.read_text()):
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.Import):
                yield from (f"import {alias.name}" for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"from {node.module} import {alias.name}" for alias in node.names)


PAGES_RUN = ("python", "inside", "diff", "modules", "compare")
RUN = ["README.md", *(f"docs/{page}.md" for page in PAGES_RUN)]
SHOWN = sorted({(page.name, line) for page in PAGES for line in imports(page)})


OPTIONAL = {"dask", "onnx", "onnxruntime", "openvino", "pyspark", "ray"}
"""Packages that pages use with ours, and that the quick tests do without."""


@siblings.together("page, line", SHOWN)
def test_an_import_that_a_page_shows_works(page, line):
    package = line.split()[1].partition(".")[0]
    if package not in OPTIONAL or find_spec(package) is not None:
        exec(line, {})


@pytest.mark.parametrize("name", RUN)
def test_the_examples_of_a_page_run_as_they_stand(name, tmp_path, monkeypatch):
    """One after the other, as a reader types them: in an empty folder."""
    monkeypatch.chdir(tmp_path)
    names = {}
    for example in EXAMPLE.findall((ROOT / name).read_text()):
        exec(example, names)


def prose(page):
    """The lines of a page with their numbers, without code, tables and headings."""
    code = False
    for number, line in enumerate(page.read_text().splitlines(), 1):
        code ^= line.startswith("```")
        if not code and not line.lstrip().startswith(("```", "|", "#", "<", "![")):
            yield number, line


@siblings.together("page", PAGES)
def test_a_page_is_easy_to_read(page):
    """Lines of at most 120 columns, and none of the turns that readers stumble over."""
    for number, line in prose(page):
        where = f"{page.name}, line {number}: {line}"
        assert not STUMBLES.search(line), where
        assert len(line) <= 120 or page.name == "fidelity.md", where


def test_the_pages_have_examples():
    assert {"README.md", "CONTRIBUTING.md", "scan.md"} <= {page for page, _ in SHOWN}


def test_every_page_stands_in_the_contents_of_the_site():
    """Sphinx refuses a page that its lists of contents leave out."""
    docs = ROOT / "docs"
    listed = {"index"}
    for page in docs.rglob("*.md"):
        for tree in re.findall(r"```\{toctree\}\n(.*?)```", page.read_text(), re.S):
            names = [line for line in tree.splitlines() if line and not line.startswith(":")]
            listed |= {re.sub(r".*<(.*)>", r"\1", name) for name in names}
    assert {
        page.relative_to(docs).with_suffix("").as_posix() for page in docs.rglob("*.md")
    } <= listed
