"""The pages of docs/, and those beside it, in one folder, with their links following them."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
BESIDE = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages at the top of the repository, and their names in the site."""
OTHERS = {"README.md": "index.md"}
"""Where a link to a page leads that is not in the site."""
LINK = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")


def sources() -> dict[str, Path]:
    """Every page and picture that is written by hand, by its name in the site."""
    docs = ROOT / "docs"
    found = {
        path.relative_to(docs).as_posix(): path
        for path in sorted(docs.rglob("*"))
        if path.suffix in (".md", ".svg", ".png", ".jpg") and docs / "website" not in path.parents
    }
    return {**found, **{name: ROOT / there for there, name in BESIDE.items()}}


def name_in_site(path: str) -> str:
    """The name of a page, of a path from the top of the repository; ValueError for others."""
    if path in BESIDE or path in OTHERS:
        return {**BESIDE, **OTHERS}[path]
    inside = PurePosixPath(path)
    if inside.parts[:1] == ("docs",):
        return inside.relative_to("docs").as_posix()
    raise ValueError(f"the site has no {path}")


def moved(content: str, path: str, name: str) -> str:
    """A page's text with its links to other pages as they are in the site."""

    def one(found: re.Match[str]) -> str:
        target = os.path.normpath(os.path.join(os.path.dirname(path), found[2]))
        there = name_in_site(PurePosixPath(target).as_posix())
        return found[1] + os.path.relpath(there, os.path.dirname(name) or ".") + found[3]

    return LINK.sub(one, content)


def written(name: str, path: Path) -> str | bytes:
    """What a page or a picture of the site says."""
    if path.suffix != ".md":
        return path.read_bytes()
    return moved(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix(), name)
