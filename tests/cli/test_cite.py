"""cite: valid BibTeX for every network's paper, and nothing of a user's file acts on it."""

import json
import shutil
import subprocess
import unicodedata

import pytest
from bibtex import plain, read

from papernets.cli import main
from papernets.nets import list_nets, look_up
from papernets.said import Paper
from papernets.said.bibtex import entry

NEEDED = {
    "article": {"title", "author", "journal", "year"},
    "inproceedings": {"title", "author", "booktitle", "year"},
    "misc": {"title", "author", "year"},
}


def cited(capsys, *words):
    assert main(["cite", *words]) == 0
    return capsys.readouterr().out


def bare(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize("name", ["lenet5", "googlenet", "resnet50_v1.5", "boosted_lenet4"])
def test_a_network_prints_its_papers_entry(capsys, name):
    paper = look_up(name).record.paper
    ((kind, key, fields),) = read(cited(capsys, name))
    assert NEEDED[kind] <= set(fields)
    assert plain(fields["title"]) == paper.title
    families = [one.split(",")[0] for one in plain(fields["author"]).split(" and ")]
    assert ", ".join(families) == bare(paper.authors)
    assert key.startswith(families[0].lower())


def test_every_network_has_valid_bibtex_and_one_key_a_paper():
    keys = {}
    for name in list_nets():
        paper = look_up(name).record.paper
        ((kind, key, fields),) = read(entry(paper).text())
        assert NEEDED[kind] <= set(fields), name
        assert len(plain(fields["author"]).split(" and ")) == len(paper.authors.split(","))
        assert all(", " in one for one in plain(fields["author"]).split(" and ")), name
        assert keys.setdefault(key, (kind, fields)) == (kind, fields)
        assert "note" not in fields
    assert len(keys) == 15


def test_what_the_paper_itself_says_is_read_from_its_venue():
    """As the first pages print it."""
    _, _, fields = read(entry(look_up("lenet5").record.paper).text())[0]
    assert fields["journal"] == "Proceedings of the IEEE"
    assert (fields["volume"], fields["number"], fields["pages"]) == ("86", "11", "2278--2324")
    _, _, fields = read(entry(look_up("googlenet").record.paper).text())[0]
    assert "Computer Vision and Pattern Recognition" in fields["booktitle"]
    assert (fields["year"], fields["pages"], fields["eprint"]) == ("2015", "1--9", "1409.4842")


@pytest.mark.skipif(not shutil.which("bibtex"), reason="bibtex is not installed")
def test_bibtex_itself_reads_every_entry(tmp_path):
    papers = {look_up(name).record.paper for name in list_nets()}
    texts = dict.fromkeys(entry(paper).text() for paper in papers)
    odd = Paper(r"{ } \input{x} $%&#_^~ @ é", "Ö. Ñandú, B", 2026, 'Here "there" {, 3')
    texts[entry(odd).text()] = None
    (tmp_path / "all.bib").write_text("\n\n".join(texts), encoding="utf-8")
    keys = [key for _, key, _ in read("\n\n".join(texts))]
    lines = ["\\relax", *(f"\\citation{{{key}}}" for key in keys)]
    lines += ["\\bibstyle{plain}", "\\bibdata{all}"]
    (tmp_path / "all.aux").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        ["bibtex", "all"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Warning" not in done.stdout.replace("Warning--empty pages", ""), done.stdout
    assert (tmp_path / "all.bbl").read_text(encoding="utf-8").count("\\bibitem") == len(keys)


def test_departures_stand_above_as_comments(capsys):
    out = cited(capsys, "alexnet_torchvision")
    head = out.partition("\n\n@")[0].splitlines()
    assert all(line.startswith("% ") for line in head)
    said = look_up("alexnet_torchvision").record.departures
    assert sum(line.startswith("% departs: ") for line in head) == len(said) > 2
    assert "% as in torchvision/models/alexnet.py" in head


def test_all_cites_the_other_papers_too(capsys):
    keys = [key for _, key, _ in read(cited(capsys, "vgg16", "--all"))]
    assert keys[0] == "simonyan2014very" and "he2016deep" in keys
    assert len(keys) == len(set(keys))


def test_json_and_a_file(capsys, tmp_path):
    found = json.loads(cited(capsys, "resnet50", "--json"))
    assert found["schema"] == 1 and found["network"] == "resnet50"
    (paper,) = found["papers"]
    assert paper["authors"][0] == "He, Kaiming" and read(paper["bibtex"])
    assert cited(capsys, "resnet50", "-o", str(tmp_path / "refs.bib")) == ""
    assert read((tmp_path / "refs.bib").read_text(encoding="utf-8"))[0][1] == "he2016deep"
    cited(capsys, "resnet50", "-o", str(tmp_path / "refs.json"))
    assert json.loads((tmp_path / "refs.json").read_text(encoding="utf-8")) == found


OWN = """
from papernets.said import Departure, Paper
from papernets.spec import Conv, Net, chain
{paper}
DEPARTURES = (Departure("writes @book{{x,\\n}}", "here"),)
NET = Net("mine", (1, 8, 8), 0, chain({{"conv": Conv(1, 3)}}))
"""


def own(tmp_path, paper):
    path = tmp_path / "own.py"
    path.write_text(OWN.format(paper=paper), encoding="utf-8")
    return f"{path}:NET"


def test_a_file_of_ones_own_is_cited_and_nothing_in_it_acts(capsys, tmp_path):
    paper = r'PAPER = Paper("A } @book{x, \\input{y}", "Lovelace, Ada and Babbage, C.", 2026, "me")'
    ((kind, key, fields),) = read(cited(capsys, own(tmp_path, paper)))
    assert (kind, key) == ("misc", "lovelace2026book")
    assert fields["author"] == "Lovelace, Ada and Babbage, C."
    assert "\\input" not in fields["title"] and fields["note"] == "me"


def test_several_networks_are_cited_together(capsys):
    """A paper of two of them stands once, below the first; each has its comments."""
    out = cited(capsys, "alexnet", "resnet50", "resnet18", "lenet5")
    assert [key for _, key, _ in read(out)] == [
        key for name in ("alexnet", "resnet50", "lenet5") for _, key, _ in read(cited(capsys, name))
    ]
    assert [line for line in out.splitlines() if line.startswith("% resnet")] == [
        "% resnet50: ResNet-50",
        "% resnet18: ResNet-18",
    ]
    assert main(["cite", "alexnet", "vgg16", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["network"] for one in told["networks"]] == ["alexnet", "vgg16"]


def test_a_network_without_a_paper_says_so(capsys, tmp_path):
    assert main(["cite", own(tmp_path, "")]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "no paper stands beside mine" in err and "PAPER = Paper(" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["vgg-61"], "Did you mean 'vgg16'"),
        (["vgg16", "-o", "refs.txt"], "no format has the suffix .txt"),
    ],
)
def test_wrong_use(capsys, words, message):
    assert main(["cite", *words]) == 2
    assert message in capsys.readouterr().err
