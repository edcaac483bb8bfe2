"""papernets draw: files of every format, and wrong use in one line."""

from __future__ import annotations

import subprocess
import sys

import pytest

from papernets.cli import main
from papernets.diagram import draw
from papernets.nets import look_up
from papernets.spec import Chain, Net

STARTS = {
    "svg": b"<?xml",
    "pdf": b"%PDF-",
    "png": b"\x89PNG",
    "tex": b"% On its own: pdflatex FILE",
    "html": b"<!doctype html>",
}


@pytest.mark.parametrize("suffix", STARTS)
def test_the_suffix_chooses_the_format(suffix, tmp_path, capsys):
    path = tmp_path / f"x.{suffix}"
    assert main(["draw", "lenet5", "-o", str(path)]) == 0
    assert path.read_bytes().startswith(STARTS[suffix])
    out, err = capsys.readouterr()
    assert out == f"{path}: LeNet-5, boxes\n"
    assert err == ""


def test_stdout_has_the_drawing_alone(capsysbinary):
    assert main(["draw", "lenet5", "-o", "-", "--format", "svg", "--style", "volumes"]) == 0
    out, err = capsysbinary.readouterr()
    assert out.decode() == draw(look_up("lenet5"), "volumes").svg()
    assert err == b""


def test_flags_of_explain(tmp_path):
    path = tmp_path / "x.svg"
    flags = ["--input", "64x96", "--classes", "7", "--channels", "1", "--theme", "dark"]
    assert main(["draw", "vgg11", *flags, "-o", str(path), "--quiet"]) == 0
    text = path.read_text(encoding="utf-8")
    assert "input 1@64×96" in text
    assert "7 classes" in text


def test_two_networks_and_one_block(tmp_path):
    path = tmp_path / "x.svg"
    assert main(["draw", "plain18", "--beside", "resnet18", "-o", str(path)]) == 0
    assert "only in resnet18: 16 rows" in path.read_text(encoding="utf-8")
    assert main(["draw", "googlenet", "--block", "inception_3a", "-o", str(path)]) == 0
    assert "inception_3a of GoogLeNet" in path.read_text(encoding="utf-8")


def test_a_network_of_ones_own(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        "from papernets.spec import Conv, Net, chain\n"
        "BODY = chain({'<script>': Conv(4, 3), 'b': Conv(5, 3)})\n"
        "NET = Net('<b>mine</b>', (3, 9, 9), 0, BODY)\n",
        encoding="utf-8",
    )
    path = tmp_path / "x.html"
    assert main(["draw", f"{file}:NET", "-o", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_small_text_is_said(tmp_path, capsys):
    file = tmp_path / "wide.py"
    file.write_text(
        "from papernets.spec import Conv, Net, chain, concat\n"
        "WIDE = concat({f'branch{at}': Conv(at + 1, 3, padding=1) for at in range(40)})\n"
        "NET = Net('wide', (3, 9, 9), 0, chain({'all': WIDE}))\n",
        encoding="utf-8",
    )
    path = tmp_path / "x.svg"
    assert main(["draw", f"{file}:NET", "--depth", "all", "-o", str(path)]) == 0
    assert "Printed on A4, its smallest text is" in capsys.readouterr().err


WRONG = [
    (["-o", "x.gif"], "x.gif: no format has the suffix .gif. Give a file that ends in .svg, .pdf"),
    (["-o", "x"], "x: a name without a suffix"),
    ([], "draw writes a file; its suffix"),
    (["-o", "-"], "-o - writes to stdout: say what, with --format svg"),
    (["-o", "-", "--format", "svgg"], "unknown format 'svgg'. Did you mean 'svg'?"),
    (["-o", "x.svg", "--format", "pdf"], "x.svg ends as svg does, but --pdf asks for another"),
    (["-o", "x.svg", "--style", "box"], "unknown style 'box'. Did you mean 'boxes'? There are"),
    (["-o", "x.svg", "--theme", "drak"], "unknown theme 'drak'. Did you mean 'dark'?"),
    (["-o", "x.svg", "--depth", "0"], "--depth 0: give 1, 2, ... or all"),
    (["-o", "x.svg", "--depth", "deep"], "--depth deep: give 1, 2, ... or all"),
    (["-o", "x.svg", "--block", "inception_3x"], "googlenet has no block or layer 'inception_3x'"),
    (["-o", "x.svg", "--beside", "vgg61"], "unknown network 'vgg61'. Did you mean 'vgg16'?"),
    (["-o", "x.svg", "--input", "8"], "the smallest input of googlenet is"),
]


@pytest.mark.parametrize(("flags", "message"), WRONG)
def test_wrong_use_is_one_line(flags, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["draw", "googlenet", *flags]) == 2
    out, err = capsys.readouterr()
    assert message in err
    assert err.count("\n") <= 2
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert main(["draw", "lenet5", "-o", str(tmp_path / "no" / "x.svg")]) == 1
    assert "no/x.svg: No such file or directory: make the folder" in capsys.readouterr().err


def test_a_network_without_layers():
    with pytest.raises(ValueError, match="empty has no layers"):
        draw(Net("empty", (3, 8, 8), 0, Chain(())))


def test_depth_is_a_number_from_one_on():
    with pytest.raises(ValueError, match=r"depth 0: give 1, 2, \.\.\. or 'all'"):
        draw(look_up("lenet5"), depth=0)


def test_neither_torch_nor_matplotlib_is_needed_for_svg():
    code = (
        "import sys; from papernets.cli import main; main(['draw', 'lenet5', '-o', '-', '--format',"
        " 'svg']); print([m for m in ('torch', 'matplotlib', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")


def test_a_bundle_is_drawn_as_what_it_holds(tmp_path):
    """Its folder stands for its network, a committee too."""
    from papernets.bundle.find import shipped

    folder = shipped("boosted_lenet4")
    if folder is None:
        pytest.skip("boosted_lenet4 does not come along")
    path = tmp_path / "x.svg"
    assert main(["draw", str(folder), "-o", str(path), "--quiet"]) == 0
    text = path.read_text(encoding="utf-8")
    assert "Boosted LeNet-4" in text
    assert "3 such networks, together" in text
