"""What the pages show can be typed: every import in a Python example is one that works."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def imports(page):
    """The imports in a page's Python examples, a name each."""
    for example in EXAMPLE.findall(page.read_text()):
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.Import):
                yield from (f"import {alias.name}" for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"from {node.module} import {alias.name}" for alias in node.names)


SHOWN = sorted({(page.name, line) for page in PAGES for line in imports(page)})


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_an_import_that_a_page_shows_works(page, line):
    exec(line, {})


def test_the_pages_have_examples():
    assert {"README.md", "CONTRIBUTING.md", "scan.md"} <= {page for page, _ in SHOWN}
