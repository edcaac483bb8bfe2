"""Renew the pictures of docs/gallery.md: python docs/gallery.py [NAME ...].

The commands on the page are run in their order, in a folder of their own with the two photographs
of scikit-learn in it; a page that they write is photographed in Chromium. Pictures are made small
and put into docs/images. With names, pictures of these names alone are renewed.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE, IMAGES = HERE / "gallery.md", HERE / "images"
PHOTOGRAPHS = ("flower.jpg", "china.jpg")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDEST, PAGE_WIDEST = 1300, 800
"""Pixels; wider pictures are scaled down, and so are photographs of pages."""
COLOURS = 128
"""Of a PNG's palette, which an octree finds: few orange pixels among many grey ones stay orange."""
FENCE = re.compile(r"^```\n(.*?)^```$", re.M | re.S)
SHOWN = re.compile(r"!\[([^\]]+)\]\(images/([^)]+)\)")
COPY = re.compile(r"<!-- from (\S+): (\S+) -->")
SHOT = re.compile(r"<!-- shot ([^\s#]+)(#\S*)? (\d+)x(\d+)(?: (\S+))?: (\S+) -->")


@dataclass(frozen=True)
class Shot:
    """A page that is photographed, light and dark: a file, a place in it, and a picture for it."""

    file: str
    place: str
    size: tuple[int, int]
    given: str
    name: str

    @property
    def pictures(self) -> dict[str, str]:
        """The picture of each theme."""
        return {"light": f"{self.name}.png", "dark": f"{self.name}-dark.png"}


@dataclass(frozen=True)
class Gallery:
    """What the page shows, and what makes it."""

    commands: tuple[tuple[str, ...], ...]
    """In their order, each without the word papernets."""
    shown: dict[str, str]
    """Words by picture."""
    copies: dict[str, str]
    """Of a picture with another name than its command gives: what that is called."""
    shots: tuple[Shot, ...]

    def made_by(self, picture: str) -> str:
        """The file that a command writes for a picture; nothing for a photograph of a page."""
        return "" if picture in self.photographed else self.copies.get(picture, picture)

    @property
    def photographed(self) -> set[str]:
        return {name for shot in self.shots for name in shot.pictures.values()}


def read(text: str) -> Gallery:
    """The gallery that a page describes."""
    lines = [
        line
        for block in FENCE.findall(text)
        for line in block.replace("\\\n", " ").splitlines()
        if line.strip()
    ]
    words = [shlex.split(line) for line in lines]
    other = next(
        (line for line, own in zip(lines, words, strict=True) if own[0] != "papernets"), ""
    )
    if other:
        raise ValueError(f"docs/gallery.md: {other!r} is not a command of papernets")
    return Gallery(
        tuple(tuple(own[1:]) for own in words),
        {name: said for said, name in SHOWN.findall(text)},
        {name: made for made, name in COPY.findall(text)},
        tuple(
            Shot(file, place, (int(width), int(height)), given, name)
            for file, place, width, height, given, name in SHOT.findall(text)
        ),
    )


def output(command: tuple[str, ...]) -> str:
    """The file that a command writes, or the folder that it fills."""
    for flag in ("-o", "--out"):
        if flag in command:
            return command[command.index(flag) + 1]
    raise ValueError(f"{shlex.join(command)} writes nothing: give -o or --out")


def needed(gallery: Gallery, names: set[str]) -> list[tuple[str, ...]]:
    """The commands for pictures of these names, and those whose results they take, in order."""
    made = {gallery.made_by(name).split("/")[0] for name in names}
    made |= {shot.file for shot in gallery.shots if names & {*shot.pictures.values()}}
    found: list[tuple[str, ...]] = []
    for command in reversed(gallery.commands):
        if output(command) in made:
            found.append(command)
            made |= {*command}
    return found[::-1]


def smaller(made: Path, target: Path, of_page: bool) -> None:
    """A picture as the gallery has it: not too wide, PNG with a palette, a drawing as it is."""
    if target.suffix == ".svg":
        shutil.copyfile(made, target)
        return
    from PIL import Image

    with Image.open(made) as opened:
        image = opened.convert("RGB")
    widest = PAGE_WIDEST if of_page else WIDEST
    if image.width > widest:
        size = (widest, round(image.height * widest / image.width))
        image = image.resize(size, Image.Resampling.LANCZOS)
    if target.suffix == ".jpg":
        image.save(target, quality=80, optimize=True)
    else:
        image.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(target, optimize=True)


def photographed(shots: list[Shot], work: Path) -> None:
    """Photographs of pages in Chromium, each beside the page."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise FileNotFoundError("no Chromium is installed: on Debian, apt install chromium")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for shot in shots:
            for theme, name in shot.pictures.items():
                _photograph(browser, shot, theme, work, work / name)
        browser.close()


def _photograph(browser: Any, shot: Shot, theme: str, work: Path, target: Path) -> None:
    width, height = shot.size
    size = {"width": width, "height": height}
    context = browser.new_context(
        viewport=size, color_scheme=theme, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto((work / shot.file).as_uri() + shot.place)
    if shot.given:
        page.set_input_files("input[type=file]", work / shot.given)
        page.wait_for_selector(".answer")
    page.wait_for_timeout(1500)  # what is drawn when it comes into view
    page.screenshot(path=target)
    context.close()


def render(gallery: Gallery, names: set[str], work: Path, images: Path = IMAGES) -> None:
    """Run what makes these pictures in the folder `work`, and put them into `images`."""
    given, photographs = files("sklearn.datasets") / "images", gallery.photographed
    for name in PHOTOGRAPHS:
        (work / name).write_bytes((given / name).read_bytes())
    before = os.environ.get("PYTHONPATH", "")
    places = os.pathsep.join(filter(None, (str(HERE.parent), before)))
    for command in needed(gallery, names):
        print(f"papernets {shlex.join(command)}", flush=True)
        subprocess.run(
            [sys.executable, "-m", "papernets", *command],
            cwd=work,
            env={**os.environ, "PYTHONPATH": places},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    photographed([one for one in gallery.shots if names & {*one.pictures.values()}], work)
    for name in sorted(names):
        smaller(work / (gallery.made_by(name) or name), images / name, name in photographs)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "names", nargs="*", help="pictures, without their suffix; all by themselves"
    )
    parser.add_argument("--work", help="a folder to work in, which is kept")
    asked = parser.parse_args(words)
    gallery = read(PAGE.read_text(encoding="utf-8"))
    names = {n for n in gallery.shown if not asked.names or Path(n).stem in asked.names}
    unknown = {*asked.names} - {Path(name).stem for name in names}
    if unknown:
        parser.error(f"no picture of docs/gallery.md is called {', '.join(sorted(unknown))}")
    if asked.work:
        Path(asked.work).mkdir(parents=True, exist_ok=True)
        render(gallery, names, Path(asked.work).resolve())
    else:
        with tempfile.TemporaryDirectory() as folder:
            render(gallery, names, Path(folder))
    size = sum((IMAGES / name).stat().st_size for name in names)
    print(f"{len(names)} pictures in {IMAGES}, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
