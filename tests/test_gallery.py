"""The gallery: every picture on it is there, some command on it makes it, and each can be typed."""

import re
from pathlib import Path

import pytest
import rooms
import typer
from gallery import IMAGES, PAGE, WIDEST, needed, output, read, render
from PIL import Image

from papernets.cli.app import app
from papernets.cli.look import KINDS
from papernets.cli.look_inside import INSIDE
from papernets.compare.charts import KINDS as CHARTS
from papernets.diagram import STYLES

GALLERY = read(PAGE.read_text(encoding="utf-8"))
MOST = 2_000_000
"""Bytes of all pictures of the page."""


def test_every_picture_is_there_and_small():
    sizes = [(IMAGES / name).stat().st_size for name in GALLERY.shown]
    assert len(sizes) > 40 and min(sizes) > 1000 and sum(sizes) < MOST
    for name in GALLERY.shown:
        if not name.endswith(".svg"):
            with Image.open(IMAGES / name) as opened:
                assert opened.width <= WIDEST, name


def test_every_picture_is_made_by_a_command_or_is_a_photograph_of_a_page():
    made = {output(command) for command in GALLERY.commands}
    for name in GALLERY.shown:
        file = GALLERY.made_by(name)
        assert name in GALLERY.photographed or file in made or file.split("/")[0] in made, name
    assert {shot.file for shot in GALLERY.shots} <= made
    assert {*GALLERY.copies} | GALLERY.photographed <= {*GALLERY.shown}


def test_for_one_picture_no_more_is_run_than_it_takes():
    words = [" ".join(command) for command in needed(GALLERY, {"look-guided.png"})]
    assert [one.split()[0] for one in words] == ["train", "look"]
    assert words[0].endswith("--out digits28") and words[1].startswith("look guided digits28")
    assert [one[0] for one in needed(GALLERY, {"explore-stage-dark.png"})] == ["explore"]
    assert needed(GALLERY, {*GALLERY.shown}) == [*GALLERY.commands]


@pytest.mark.parametrize("command", GALLERY.commands, ids=" ".join)
def test_a_command_can_be_typed(command):
    root = typer.main.get_command(app)
    above = root.make_context("papernets", [], resilient_parsing=True)
    _, verb, rest = root.resolve_command(above, list(command))
    verb.make_context(command[0], rest, parent=above)


def test_there_is_one_of_each_kind():
    """Of `look`, of `compare --picture` and of `draw --style`, each; boxes are the style of all."""
    words = [" ".join(command) for command in GALLERY.commands]
    assert {line.split()[1] for line in words if line.startswith("look")} == {*KINDS}
    for flag, known in (("picture", {*CHARTS}), ("style", {*STYLES} - {"boxes"})):
        assert set(re.findall(rf"--{flag} (\S+)", "\n".join(words))) == known


@pytest.mark.parametrize("kind", INSIDE)
def test_the_page_of_a_kind_has_its_picture_and_the_command(kind):
    """docs/inside.md: under the kind's heading a picture with words, and how it was made."""
    page = (PAGE.parent / "inside.md").read_text(encoding="utf-8")
    pictures = re.findall(r"!\[([^\]]{20,})\]\(images/(inside-\S+)\)", page)
    assert f"inside-{kind}.png" in [name for _, name in pictures]
    assert (IMAGES / f"inside-{kind}.png").is_file()
    (section,) = [
        one for one in page.split("\n## ") if f"inside-{kind}.png" in one and "```" in one
    ]
    commands = [line for line in section.splitlines() if line.startswith(f"papernets look {kind} ")]
    assert any(line.endswith(f"-o {kind}.png") for line in commands)
    for line in commands:
        test_a_command_can_be_typed(tuple(line.split()[1:]))


def test_the_picture_of_the_rooms_is_of_the_rooms():
    """Mended by python docs/rooms.py."""
    page = rooms.PAGE.read_text(encoding="utf-8")
    assert len(rooms.rooms(page)) > 30
    assert rooms.PICTURE.read_text(encoding="utf-8") == rooms.drawn(page)
    with pytest.raises(ValueError, match="differ in attic"):
        rooms.drawn(page.replace("words       ->", "attic       ->\nwords       ->", 1))


@pytest.mark.slow
def test_drawings_are_as_the_command_makes_them_today(tmp_path: Path):
    """Drawings to the byte; a picture and a page that is photographed are made too."""
    names = {name for name in GALLERY.shown if name.endswith(".svg")}
    images, more = tmp_path / "images", {"look-cam.png", "page-explain-dark.png"}
    images.mkdir()
    render(GALLERY, names | more, tmp_path, images)
    for name in names:
        assert (images / name).read_bytes() == (IMAGES / name).read_bytes(), name
    for name in more:
        with Image.open(images / name) as opened:
            assert opened.mode == "P" and opened.width > 500


def test_what_is_no_command_is_refused():
    with pytest.raises(ValueError, match=r"'rm x' is not a command of papernets"):
        read("```\nrm x\n```\n")
