"""explain: an overview on a screen, layers, units, every format, and what cannot be told."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import siblings
from cli.test_screen import on_terminal

from papernets.cli import main
from papernets.nets import NETS, net
from papernets.show.explain import explain_dict
from papernets.spec import walk

TEX = shutil.which("pdflatex")


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """What a command prints, on stderr where it fails."""
    assert main(["explain", *words]) == code
    out, err = capsys.readouterr()
    assert (err == "") is (code == 0)
    return err if code else out


@pytest.mark.parametrize("name", siblings.each())
def test_the_overview_is_a_screen(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    on_terminal(monkeypatch, 80)
    out = re.sub(r"\x1b\[[0-9;]*m", "", said(capsys, name, "--depth", "1"))
    lines = out.splitlines()
    assert len(lines) <= 24 and max(map(len, lines)) <= 80
    entry = next(one for one in NETS if one.name == name)
    told = explain_dict(entry.make())
    assert f"{told['params']:,}" in out and f"{told['macs']:,}" in out


def test_the_whole_begins_with_the_overview(capsys: pytest.CaptureFixture[str]) -> None:
    whole, overview = said(capsys, "resnet152"), said(capsys, "resnet152", "--depth", "1")
    assert whole.startswith(overview.rstrip("\n"))
    assert "conv4_2 to conv4_36" in whole and "conv4_17.conv2" not in whole
    assert "layers with weights = 152" in whole
    every = said(capsys, "resnet152", "--depth", "all")
    assert all(row.name in every for row in walk(net("resnet152")))
    assert "The arithmetic" in every and "The arithmetic" not in whole


def test_rows_are_chosen_and_sorted(capsys: pytest.CaptureFixture[str]) -> None:
    """The issue's ways to ask: a kind, a prefix, a pattern; by MACs, parameters, memory."""
    rows = walk(net("vgg16"))
    for asked, names in (
        ("conv", [row.name for row in rows if row.kind == "conv"]),
        ("pool", [row.name for row in rows if row.kind == "max pool"]),
        ("conv3", ["conv3_1", "conv3_2", "conv3_3"]),
        ("fc?", ["fc6", "fc7", "fc8"]),
    ):
        told = json.loads(said(capsys, "vgg16", "--only", asked, "--json"))
        assert [row["name"] for row in told["rows"]] == names
        assert told["params"] == 138_357_544  # the network's own
        lines = said(capsys, "vgg16", "--only", asked).splitlines()
        assert [n for n in names if not any(line.startswith(f"{n} ") for line in lines)] == []
    for key, column in (("macs", "macs"), ("params", "params"), ("memory", "neurons")):
        found = json.loads(said(capsys, "vgg16", "--sort", key, "--json"))["rows"]
        assert sorted(found, key=lambda row: -row[column]) == found
        assert len(found) == len(rows)
    text = said(capsys, "vgg16", "--sort", "params")
    assert text.index("\nfc6 ") < text.index("\nfc7 ") < text.index("\nfc8 ")


@pytest.mark.parametrize("name", ["lenet5", "googlenet", "resnet18_v2", "boosted_lenet4"])
def test_csv_holds_every_row_and_adds_up(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(said(capsys, name, "--csv"))))
    told = explain_dict(net(name))
    times = told.get("members", 1)
    main_rows = [row for row in rows if row["aux"] == "no"]
    assert [row["name"] for row in rows] == [row["name"] for row in told["rows"]]
    for column in ("params", "fixed_params", "macs", "connections", "running_statistics"):
        assert sum(int(row[column]) for row in main_rows) * times == told[column]
    for share in ("params_share", "macs_share"):
        assert sum(float(row[share]) for row in main_rows) == pytest.approx(1)
    assert all(int(row["bytes_float32"]) == 4 * int(row["neurons"]) for row in rows)
    assert all(row["section"] for row in rows)


def test_json_of_a_layer_is_that_of_its_contract(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, "lenet5", "C3", "--json", "--unit", "3,4"))
    keys = (
        "schema name network kind in out params macs connections receptive_field smallest_field "
        "field_stride field_start steps otherwise"
    )
    assert list(told)[: len(keys.split())] == keys.split()
    assert (told["rectangle"], told["clipped"]) == ([6, 8, 19, 21], [6, 8, 19, 21])
    assert all({"what", "formula", "value"} <= set(step) for step in told["steps"])
    assert all({"what", "params", "macs"} <= set(one) for one in told["otherwise"])
    assert "rectangle" not in json.loads(said(capsys, "lenet5", "C3", "--json"))


def test_a_unit_says_what_lies_in_the_padding(capsys: pytest.CaptureFixture[str]) -> None:
    """conv5_3's first unit sees 1507 pixels around pixel 0, of which 224 are there."""
    out = said(capsys, "resnet152", "conv5_3", "--unit", "0,0")
    assert "rows -753 to 753 and columns -753 to 753" in out
    assert "753 rows above" in out and "224x224 of its 224x224 pixels" in out
    out = said(capsys, "lenet5", "C3", "--unit", "3,4")
    assert "sees rows 6 to 19 and columns 8 to 21" in out and "lies on the picture" in out


def test_every_layer_of_every_kind_has_words(capsys: pytest.CaptureFixture[str]) -> None:
    """One row of each kind of layer: a sentence, no empty table, no number with a formula lost."""
    seen = set()
    for name in ("lenet5", "googlenet", "resnet18_A", "resnet50_v2_keras", "vgg16_bn", "alexnet"):
        for row in walk(net(name)):
            if row.kind not in seen:
                seen.add(row.kind)
                out = said(capsys, name, row.name)
                sentence = out.splitlines()[3]
                assert sentence.endswith(".") and len(sentence) > 20 and "None" not in out
    assert len(seen) >= 15


HOSTILE = r"""
from papernets.spec import *
NET = Net("<script>alert(1)</script>", (1, 12, 12), 3, chain({
    r"\input{/etc/passwd}": Conv(4, 3, activation="relu"),
    "<img src=x onerror=alert(2)>": Conv(2, 3),
    "=cmd|' /C calc'!A0": Conv(2, 3),
    "$a$ & b_c # 50% ~ ^ {x}": Pool("max", 2),
    "flatten": Flatten(),
    "**`x`**": Dense(3),
}))
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own.py").write_text(HOSTILE)
    monkeypatch.chdir(tmp_path)
    return "own.py:NET"


class Tags(html.parser.HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("layer", [(), ("flatten",), ("<img src=x onerror=alert(2)>",)])
def test_names_of_a_users_network_are_escaped(
    hostile: str, layer: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    page = said(capsys, hostile, *layer, "--html")
    tags = Tags()
    tags.feed(page)
    assert not {"script", "img", "iframe", "link"} & {tag for tag, _ in tags.found}
    assert not any(key.startswith("on") for _, attributes in tags.found for key in attributes)
    tex = said(capsys, hostile, *layer, "--latex")
    assert (r"\input{/" not in tex and r"\textbackslash{}input\{/etc/passwd\}" in tex) or layer
    for line in csv.reader(io.StringIO(said(capsys, hostile, *layer, "--csv"))):
        assert not any(cell.startswith(("=", "@", "+")) for cell in line)
    text = said(capsys, hostile, *layer, "--markdown")
    assert "<img" not in text.replace("\\<", "") and "<script" not in text.replace("\\<", "")


@pytest.mark.parametrize("words", [("googlenet",), ("lenet5", "output"), ("alexnet", "norm1")])
def test_a_page_stands_alone(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One file: no script, nothing fetched, a table's heads for screen readers, dark and print."""
    file = tmp_path / "page.html"
    assert said(capsys, *words, "-o", str(file)) == ""
    page = file.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    names = [tag for tag, _ in tags.found]
    assert not {"script", "link", "img"} & set(names) and "url(" not in page
    assert names.count("h1") == 1 and "main" in names and ("html", {"lang": "en"}) in tags.found
    assert "prefers-color-scheme: dark" in page and "@media print" in page
    assert all("scope" in attributes for tag, attributes in tags.found if tag == "th")


SUFFIXES = {"json": "{", "csv": "", "md": "# ", "tex": "% ", "html": "<!DOCTYPE html>"}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("layer", [(), ("C3", "--unit", "0,0")])
def test_a_file_has_what_its_flag_prints(
    suffix: str, layer: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"x.{suffix}"
    assert said(capsys, "lenet5", *layer, "-o", str(file)) == ""
    flag = {"md": "markdown", "tex": "latex"}.get(suffix, suffix)
    assert file.read_text(encoding="utf-8") == said(capsys, "lenet5", *layer, f"--{flag}")
    assert said(capsys, "lenet5", *layer, f"--{flag}", "-o", "-").startswith(SUFFIXES[suffix])


def test_words_are_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.txt"
    assert "no format has the suffix .txt" in said(capsys, "lenet5", "-o", str(file), code=2)
    assert not file.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lenet5 C33", "no layer or block 'C33'. Did you mean 'C3'?"),
        ("lenet5 Z9", "It has C1, S2, C3, S4, C5, flatten, F6, output. All layers: papernets exp"),
        ("googlenet inception_3aa", "Did you mean 'inception_3a'?"),
        ("lenet5 C3 --unit 10,0", "a map of 10x10 has rows 0 to 9, columns 0 to 9"),
        ("lenet5 C3 --unit=-1,0", "a map of 10x10 has rows 0 to 9, columns 0 to 9"),
        ("lenet5 F6 --unit 1,0", "F6 has no unit 1,0: a map of 1x1 has row 0, column 0"),
        ("lenet5 C3 --unit 3", "--unit 3: give a row and a column from 0, such as 3,4"),
        ("lenet5 C3 --unit x,y", "--unit x,y: give a row and a column from 0, such as 3,4"),
        ("lenet5 --unit 3,4", "--unit 3,4: of what? papernets explain NAME LAYER --unit Y,X"),
        ("lenet5 --depth 3", "depth '3': give 1, 2 or all"),
        ("lenet5 --sort mac", "sorted by 'mac'. Did you mean 'macs'? Give macs, params, memory"),
        ("lenet5 --only cnv", "no layer is of the kind 'cnv', or has a name that begins so. Did"),
        ("lenet5 --only dense --depth 2", "leave --depth or --only out"),
        ("lenet5 C3 --only conv", "--only is for a whole network: leave it or C3 out"),
        ("lenet5 --json --csv", "--json and --csv ask for two formats: give one"),
        ("lenet5 -o x.pdf", "no format has the suffix .pdf. Give a file that ends in .json"),
        ("lenet5 C3 --input 8", "error: C3: a 5x5 window does not fit on its input of 2x2: the"),
        ("lenet5 --batch 0", "--batch"),
    ],
)
def test_what_cannot_be_told_is_said(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in said(capsys, *words.split(), code=2)


def test_a_file_that_is_no_network_is_told_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.py").write_text("x = 1\ny = = 2\n")
    for layer in ((), ("C1",)):
        assert "line 2" in said(capsys, "bad.py:NET", *layer, code=2)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_closed_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert "Permission denied" in said(capsys, "lenet5", "-o", str(closed / "x.csv"), code=1)


def test_a_folder_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none" / "x.csv"
    words = said(capsys, "lenet5", "-o", str(file), code=1)
    assert f"{file}: No such file or directory: make the folder {file.parent} first" in words


def test_memory_by_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    """VGG-16: 138,357,544 weights; conv1_2's input and output are alive at once: 2*64*224*224."""
    told = json.loads(said(capsys, "vgg16", "--json", "--batch", "8"))["memory"]
    weights, alive = 138_357_544, 2 * 64 * 224 * 224
    assert told["weights"] == {"float32": 4 * weights, "float16": 2 * weights}
    assert told["activations"]["float32"] == 4 * 8 * alive and told["most_at"] == "conv1_2"
    assert told["predict"]["float32"] == 4 * (weights + 8 * alive)
    train = {name: size["float32"] for name, size in told["train"].items()}
    assert train["momentum"] - train["sgd"] == 4 * weights
    assert train["adam"] - train["momentum"] == 4 * weights
    kept = 3 * 224 * 224 + sum(row.size for row in walk(net("vgg16")))
    assert train["sgd"] == 4 * (2 * weights + 8 * kept)


def test_heads_have_the_weight_of_their_loss(capsys: pytest.CaptureFixture[str]) -> None:
    """Szegedy et al. 2015, section 5: the losses of the heads count 0.3."""
    out = said(capsys, "googlenet")
    assert "aux1: loss x 0.3" in out and "its loss counts 0.3 times" in out
    heads = [one for one in json.loads(said(capsys, "googlenet", "--json"))["stages"] if one["aux"]]
    assert [(one["name"], one["loss_weight"]) for one in heads] == [("aux1", 0.3), ("aux2", 0.3)]


SHOWN = re.findall(
    r"^```console\n\$ papernets explain (.*?)\n(.*?)^```$",
    (Path(__file__).parents[2] / "docs" / "explain.md").read_text(encoding="utf-8"),
    re.M | re.S,
)


@pytest.mark.parametrize(("words", "shown"), SHOWN, ids=[words for words, _ in SHOWN])
def test_the_page_shows_what_is_printed(
    words: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line by line, each part between dots in one piece."""
    out = said(capsys, *shlex.split(words))
    for part in re.split(r"^\.\.\.$\n", shown, flags=re.M):
        assert part.rstrip("\n") in "\n".join(line.rstrip() for line in out.splitlines())
    assert len(SHOWN) > 8


def test_a_convention_says_what_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Twice the multiply-adds as FLOPs; Keras counts no operations; a wrong name gets the next."""
    told = json.loads(said(capsys, "lenet5", "--convention", "flops", "--json"))
    assert told["operations"] == 2 * 326_520 and "multiplication and an addition" in told["counts"]
    assert (told["schema"], told["name"], told["convention"]) == (1, "lenet5", "flops")
    out = said(capsys, "lenet5", "--convention", "flops")
    assert "653,040 operations" in out and "Beside it 326,520 multiply-adds" in out
    keras = json.loads(said(capsys, "lenet5", "--convention", "keras", "--json"))
    assert keras["operations"] is None and keras["params"] == 60_840
    assert "60,840 parameters by Keras" in said(capsys, "lenet5", "--convention", "keras")
    wrong = said(capsys, "lenet5", "--convention", "fvcor", code=2)
    assert "Did you mean 'fvcore'? There are macs, flops, torchinfo" in wrong
    both = said(capsys, "lenet5", "C1", "--convention", "macs", code=2)
    assert "counts a whole network: leave it or the layer out" in both


@pytest.mark.slow
@pytest.mark.skipif(TEX is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "taken in"])
@pytest.mark.parametrize(
    "words", ["lenet5", "lenet5 output", "googlenet --depth all", "resnet152 conv5_3", "OWN"]
)
def test_the_latex_compiles(
    words: str, alone: bool, hostile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert TEX is not None
    names = words.replace("OWN", hostile).split()
    assert said(capsys, *names, "-o", "page.tex") == ""
    if not alone:
        Path("whole.tex").write_text(
            r"\documentclass{article}\usepackage{booktabs}\usepackage[T1]{fontenc}"
            r"\begin{document}Before.\input{page.tex}After.\end{document}"
        )
    done = subprocess.run(
        [TEX, "-interaction=nonstopmode", "-halt-on-error", "page" if alone else "whole"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / f"{'page' if alone else 'whole'}.pdf").stat().st_size > 10_000


def test_rules_are_told_below_a_table_that_has_no_room_for_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their letters are explained only beside them."""
    on_terminal(monkeypatch, 80)
    out = " ".join(said(capsys, "alexnet", "conv2").split())
    assert "Rules: output height and width = (N-F+2*P)/S+1; " in out
    assert "multiply-adds (MACs) = W*H*F*F*(D/G)*K; " in out
    assert "No room for: rule" not in out


def test_a_small_factor_has_digits(capsys: pytest.CaptureFixture[str]) -> None:
    """On the averages of maps of 20x20, a dense layer has a 400th of its weights."""
    out = said(capsys, "vgg16", "fc6", "--input", "640")
    assert re.search(r"on the averages of the 512 maps.* 0\.0025 .* 0\.0025$", out, re.M)


@pytest.mark.parametrize("name", ["lenet5", "googlenet", "resnet50"])
def test_every_number_that_agrees_is_told_once(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows' numbers of one kind and place stand together; verify has a line for each of them."""
    text = said(capsys, name).partition("that the arithmetic confirms")[2]
    lines = text.partition("otherwise\n")[0].splitlines()
    assert main(["verify", name, "--json"]) == 0
    claims = json.loads(capsys.readouterr().out)
    agree = [one for one in claims if one["verdict"] == "agrees"]
    singles = {line.strip().partition(" = ")[0].partition(" below ")[0] for line in lines}
    for one in agree:
        row, _, kind = one["quantity"].rpartition(".")
        word = "output" if kind == "out" else kind
        together = [
            line for line in lines if re.search(rf"^\s*{word} of .*\b{re.escape(row)} ", line)
        ]
        assert one["quantity"] in singles or (row and together), one


def test_a_stage_without_a_name_of_its_own_leads_to_its_layers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Table 1 of ResNet's paper calls conv3_1 to conv3_4 conv3_x."""
    wrong = said(capsys, "resnet50", "conv3", code=2)
    assert "but conv3_1, conv3_2, conv3_3" in wrong
    command = re.search(r"papernets explain (resnet50 --only \S+)$", wrong.strip())
    assert command and "conv3_4.conv3" in said(capsys, *command[1].split())
    assert "Did you mean 'conv5_1'" in said(capsys, "vgg16", "conv51x", code=2)


def test_optimised_lists_what_changed_and_what_is_saved(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "googlenet", "--optimised"]) == 0
    told = capsys.readouterr().out
    assert len(told.splitlines()) < 30
    told = " ".join(told.split())
    for words in (
        "GoogLeNet (Inception v1), optimised for evaluation",
        "1x1 convolutions merged, 3 into one each inception_3a to inception_5b (9 blocks)",
        "Why the values are the same",
        "--plain computes the network module by module",
    ):
        assert words in told
    assert main(["explain", "googlenet", "--optimised", "--depth", "all"]) == 0
    told = capsys.readouterr().out
    assert "inception_3a.merged" in told
    assert told.index("Why the values") < told.index("35 changes in all: ") < told.index("3a.b1x1")
    assert main(["explain", "lenet5", "--optimised"]) == 0
    told = capsys.readouterr().out
    assert "+3.6 kB (1 %)" in told and " change\n" in told
    assert "tanh as a sigmoid, factors in the weights  C1 to C5 (5 layers)" in told
    assert main(["explain", "resnet50", "--optimised", "--depth", "all"]) == 0
    told = capsys.readouterr().out
    assert "-318.7 kB (0.3 %)" in told and "normalisation folded\n" in told
    assert main(["explain", "resnet50", "--optimised", "--depth", "2"]) == 2
    assert "has every row by --depth all" in capsys.readouterr().err
    assert main(["explain", "resnet18", "--optimised", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["name"], found["input"]) == (1, "resnet18", [3, 224, 224])
    folded = [one for one in found["changes"] if one["what"] == "normalisation folded"]
    assert len(folded) == 20 and all(one["into"] == one["where"] for one in folded)
    plain, after, saved = found["plain"], found["optimised"], found["saved"]
    assert saved == {name: plain[name] - after[name] for name in saved}
    assert plain["macs"] == 1_814_073_344 and saved["macs"] == 0 and saved["passes"] == 44
    assert main(["explain", "boosted_lenet4", "--optimised", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["members"] == 3


@pytest.mark.parametrize("more", [["conv1"], ["--sort", "macs"], ["--convention", "flops"]])
def test_optimised_is_of_a_whole_network(
    more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "resnet18", *more, "--optimised"]) == 2
    assert "--optimised tells of a whole network: leave it or" in capsys.readouterr().err
