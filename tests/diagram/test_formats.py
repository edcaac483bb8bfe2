"""The formats: the same shapes, the same bytes, nothing of a name acted on, text to be selected."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from wild_nets import renamed

from papernets.diagram import STYLES, draw
from papernets.diagram.themes import THEMES
from papernets.nets import look_up

SVG = "{http://www.w3.org/2000/svg}"


def diagram(name="lenet5", style="boxes", theme="light"):
    return draw(look_up(name), style, theme)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("style", STYLES)
def test_svg_says_what_it_shows(style, theme):
    root = ElementTree.fromstring(diagram("googlenet", style, theme).svg())
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text.startswith("GoogLeNet")
    assert "inception_3a" in desc.text
    assert "auxiliary head aux1 branches off, its loss times 0.3" in desc.text
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert words == [label.text for label in diagram("googlenet", style, theme).drawing.labels]


def test_shapes_are_those_of_the_drawing():
    made = diagram()
    assert made.shapes == made.drawing.shapes
    assert made._repr_svg_() == made.svg()


@pytest.mark.parametrize("style", STYLES)
def test_names_are_words_in_every_format(style):
    made = draw(renamed(look_up("googlenet").net.member), style)
    root = ElementTree.fromstring(made.svg())
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "rect", "path", "polygon", "text")
    }
    page = made.html()
    assert "<script" not in page
    assert "onload=x>" not in re.sub(r"&[a-z]+;", "", page) or "<svg onload" not in page
    source = made.tikz()
    body = source[source.index(r"\begin{document}") :]
    assert r"\input" not in body
    assert body.count(r"\end{document}") == 1
    assert "W" * 20 not in body or "$" not in body


def test_the_same_bytes_in_another_process(tmp_path):
    """Whatever the seed of Python's hashes is."""
    code = (
        "import sys; from papernets.diagram import draw; from papernets.nets import look_up;"
        "made = [draw(look_up('googlenet'), style) for style in ('boxes', 'volumes', 'line')];"
        "sys.stdout.buffer.write(''.join(m.svg() + m.tikz() for m in made).encode())"
    )
    made = [draw(look_up("googlenet"), style) for style in STYLES]
    ours = "".join(one.svg() + one.tikz() for one in made).encode()
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, env=_env(seed), check=True
        )
        assert found.stdout == ours


def _env(seed):
    import os

    return {**os.environ, "PYTHONHASHSEED": seed}


@pytest.mark.parametrize("style", STYLES)
def test_pdf_and_png(style):
    made = diagram("lenet5", style)
    pdf = made.pdf()
    assert pdf.startswith(b"%PDF-")
    assert style != "line" or pdf == made.pdf()
    picture = made.png(dpi=72)
    assert picture.startswith(b"\x89PNG")
    wide, high = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    assert abs(wide - made.drawing.width) <= 1
    assert abs(high - made.drawing.height) <= 1
    assert style != "line" or picture == made.png(dpi=72)


def test_letters_that_the_font_lacks_are_squares():
    """And no warning, which would be an error here."""
    made = draw(renamed(look_up("lenet5").net.member, seed=3))
    assert made.pdf().startswith(b"%PDF-")


def test_a_page_has_the_picture_and_its_words():
    page = diagram().html()
    assert page.startswith("<!doctype html>")
    assert page.count("<svg ") == 1
    assert "<?xml" not in page
    assert "In words" in page


def tool(name):
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_words_are_found_in_the_pdf(style, tmp_path):
    command = tool("pdftotext")
    path = tmp_path / "drawing.pdf"
    made = diagram("googlenet", style)
    path.write_bytes(made.pdf())
    text = subprocess.run([command, path, "-"], capture_output=True, text=True, check=True).stdout
    assert _missing(made, text) == []


def _missing(made, text):
    found = re.sub(r"\s", "", text)
    return [
        label.text for label in made.drawing.labels if re.sub(r"\s", "", label.text) not in found
    ]


TEX = [("lenet5", style) for style in STYLES] + [("googlenet", "boxes"), ("alexnet", "volumes")]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "style"), TEX)
def test_tex_compiles(name, style, tmp_path):
    made = diagram(name, style)
    text, log = _compiled(made, tmp_path)
    assert (
        _missing(
            made, text.replace("’", "'").replace("ﬂ", "fl").replace("ﬁ", "fi").replace("ﬀ", "ff")
        )
        == []
    )
    assert "Overfull" not in log
    pages = re.search(r"Output written on \S+ \((\d+) page", log)
    assert pages is not None
    assert pages[1] == "1"


@pytest.mark.slow
@pytest.mark.parametrize("style", STYLES)
def test_tex_compiles_whatever_the_names_are(style, tmp_path):
    for seed in range(3):
        _compiled(draw(renamed(look_up("inception_v4").net.member, seed), style), tmp_path)


SLIDES = r"""\documentclass{article}
\usepackage{tikz}
\begin{document}
Before \resizebox{\linewidth}{!}{\input{alexnet}} between
\resizebox{.5\linewidth}{!}{\input{lenet5}} after
\end{document}
"""


@pytest.mark.slow
def test_a_document_takes_drawings_in(tmp_path):
    for name in ("alexnet", "lenet5"):
        (tmp_path / f"{name}.tex").write_text(draw(name, "volumes").tikz(), encoding="utf-8")
    text, _ = _set(SLIDES, tmp_path)
    assert all(word in text for word in ("Before", "LeCun", "Krizhevsky", "after"))


def _compiled(made, folder):
    return _set(made.tikz(), folder)


def _set(document, folder):
    latex, command = tool("pdflatex"), tool("pdftotext")
    path = folder / "drawing.tex"
    path.write_text(document, encoding="utf-8")
    done = subprocess.run(
        [latex, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name],
        cwd=folder, capture_output=True, text=True, errors="replace",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1500:]
    pdf = folder / "drawing.pdf"
    text = subprocess.run([command, pdf, "-"], capture_output=True, text=True, check=True).stdout
    return text, done.stdout.replace("\n", "")
