"""Make the site: python docs/website/build.py [--only PATTERN] [--out FOLDER].

The pages that are written by hand and those that are made of the code are gathered in one folder,
Sphinx makes HTML of them with its warnings as errors, and every link in the HTML is followed.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from papernets.nets import list_nets  # noqa: E402
from website import commands, diagrams, lessons, links, networks, pages, reference  # noqa: E402


class Folder:
    """The folder that Sphinx reads: only what changed is written, and what is gone is removed."""

    def __init__(self, path: Path):
        self.path, self.extra = path, path.with_name("extra")
        self.kept: set[Path] = set()

    def put(self, name: str, content: str | bytes) -> None:
        """Write a page or a picture; a name without a suffix is a page in Markdown."""
        top = self.extra if "/drawings/" in name else self.path
        file = top / (
            name if name.endswith((".md", ".rst", ".svg", ".png", ".jpg")) else f"{name}.md"
        )
        data = content.encode() if isinstance(content, str) else content
        self.kept.add(file)
        if not (file.is_file() and file.read_bytes() == data):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

    def sweep(self) -> None:
        """Remove what was not put."""
        for top in (self.path, self.extra):
            for file in [path for path in top.rglob("*") if path.is_file()]:
                if file not in self.kept:
                    file.unlink()


DRAWING = re.compile(r"<!-- draw (\S+) (\S+): (.*?) -->")
"""Where a page asks for a drawing: `<!-- draw alexnet volumes: words -->`."""


def drawn(page: str, name: str) -> str:
    """A page, whose address is a name, with the drawings that it asks for."""
    there = os.path.relpath("networks", os.path.dirname(name) or ".")
    return DRAWING.sub(lambda asked: diagrams.front(*asked.groups(), there), page)


def chosen(pattern: str) -> list[str]:
    """The networks whose names fit, and those whose drawings the pages by hand show."""
    shown = {
        name
        for path in pages.sources().values()
        if path.suffix == ".md"
        for name, *_ in DRAWING.findall(path.read_text(encoding="utf-8"))
    }
    return [n for n in list_nets() if n in shown or fnmatch.fnmatchcase(n, pattern)]


def gather(folder: Folder, names: list[str]) -> None:
    """All pages: those by hand, the networks, the command line, the reference."""
    for name, path in pages.sources().items():
        content = pages.written(name, path)
        folder.put(name, drawn(content, name) if isinstance(content, str) else content)
    networks.write(names, folder.put)
    lessons.write(folder.put)
    commands.write(folder.put)
    reference.write(folder.put)
    folder.sweep()


def made(source: Path, out: Path, jobs: str = "auto") -> int:
    """Have Sphinx make the HTML, in a process of its own; its exit code."""
    extra = source.with_name("extra")
    extra.mkdir(exist_ok=True)
    flags = ("-b", "html", "-W", "--keep-going", "-n", "-q", "-j", jobs)
    also = ("-D", f"html_extra_path={extra}")
    places = ("-c", str(HERE), *also, "-d", str(source.parent / "doctrees"), str(source), str(out))
    return subprocess.run([sys.executable, "-m", "sphinx", *flags, *places]).returncode


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", default=str(pages.ROOT / "build" / "docs"), help="folder")
    parser.add_argument("--only", default="*", help="networks that get a page: a pattern")
    parser.add_argument("--fresh", action="store_true", help="make every page anew")
    asked = parser.parse_args(words)
    out, begun = Path(asked.out).resolve(), time.monotonic()
    work = out.with_name(f".{out.name}")
    if asked.fresh:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
    folder = Folder(work / "pages")
    gather(folder, chosen(asked.only))
    code = made(folder.path, out)
    wrong = [] if code else links.broken(out)
    for one in wrong:
        print(one, file=sys.stderr)
    if code or wrong:
        return code or 1
    print(f"{len(list(out.rglob('*.html')))} pages in {time.monotonic() - begun:.0f} s")
    print(f"Open {out / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
