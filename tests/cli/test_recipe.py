"""papernets recipe: the page at two widths, JSON, the formats, and wrong use."""

import csv
import io
import json
import sys

import pytest
import siblings

from papernets.cli import main
from papernets.nets import list_nets, look_up
from papernets.show.recipe_page import chosen, recipe_dict, recipe_page


def out(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["recipe", *words]) == 0
    return capsys.readouterr().out


def page(capsys, monkeypatch, columns: int, *words: str) -> str:
    """What a terminal of so many columns shows."""
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    return out(capsys, *words)


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", ["alexnet", "lenet5", "vgg16", "inception_v3", "resnet20"])
def test_a_page_fits_a_terminal(name, columns, capsys, monkeypatch):
    lines = page(capsys, monkeypatch, columns, name).splitlines()
    long = [line for line in lines if len(line) > columns]
    assert not long
    text = " ".join(" ".join(lines).split())
    assert "Printed" in text and "Left open there; chosen here" in text and "No room" not in text
    for one in look_up(name).recipe("paper").fields:
        assert any(line.startswith(f"{one.field} ") for line in lines), one.field


def test_the_page_says_value_place_and_what_is_open(capsys):
    lines = out(capsys, "alexnet").splitlines()

    def line(field: str) -> str:
        return next(one for one in lines if one.startswith(f"{field} "))

    assert "0.0005" in line("weight_decay") and "section 5" in line("weight_decay")
    assert lines.index(line("patience")) > lines.index(
        "Left open there; chosen here, or taken from where it says"
    )
    beside = lines[lines.index("Where the printed recipes differ") :]
    assert ["batch_size", "128", "256"] in [one.split() for one in beside]
    assert ["patience", "[5]"] in [one.split() for one in beside]  # not printed: chosen
    assert any(one.startswith("initialisation ") for one in beside)  # biases of 1, and of 0.1
    assert any("In brackets: left open by the source" in one for one in beside)
    assert "Recipes of alexnet: modern, photos, finetune, digits, paper, released." in lines[-1]


def test_json_is_the_contracts(capsys):
    found = json.loads(out(capsys, "resnet110", "--json"))
    assert {"schema", "network", "recipe", "fields"} <= set(found)
    assert (found["schema"], found["network"], found["recipe"]) == (1, "resnet110", "paper")
    fields = {one["field"]: one for one in found["fields"]}
    assert {"field", "value", "source", "printed", "note"} == set(fields["warmup_error"])
    assert (fields["warmup_error"]["value"], fields["warmup_error"]["printed"]) == (0.8, True)
    assert fields["pictures"]["printed"] is False
    assert "45,000 or 50,000" in fields["pictures"]["note"]


@siblings.together("name", list_nets())
def test_every_recipe_has_a_page_with_all_its_fields(name):
    found = look_up(name)
    for recipe in found.recipes:
        one = chosen(found, recipe.name)
        assert [row[0] for row in recipe_page(found, one).data().rows()] == [
            *(field.field for field in recipe.fields if field.printed),
            *(field.field for field in recipe.fields if not field.printed),
        ]
        assert len(recipe_dict(found, one)["fields"]) == len(recipe.fields)


def test_a_recipe_is_chosen_by_name_in_any_form(capsys):
    assert "0.0015" in out(capsys, "bn_inception", "Paper-Baseline")
    assert out(capsys, "bn-inception", "paper_x5") == out(capsys, "bn_inception", "PAPER-X5")


def test_without_a_paper_the_printed_one_stands_first_else_ours(capsys):
    assert json.loads(out(capsys, "vgg16_bn", "--json"))["recipe"] == "torchvision"
    assert json.loads(out(capsys, "lenet4_notes", "--json"))["recipe"] == "quick"


def test_the_formats(tmp_path, capsys):
    rows = list(csv.DictReader(io.StringIO(out(capsys, "zfnet", "--csv"))))
    rms = next(row for row in rows if row["field"] == "filter_rms")
    assert (rms["value"], rms["source"], rms["section"]) == ("0.1", "section 3", "Printed")
    assert "| momentum | 0.9 | section 5 |" in out(capsys, "alexnet", "--markdown")
    assert r"weight\_decay & 0.0005" in out(capsys, "alexnet", "--latex")
    html = out(capsys, "alexnet", "--html")
    assert html.startswith("<!DOCTYPE html>") and "momentum" in html
    path = tmp_path / "recipe.json"
    assert out(capsys, "alexnet", "-o", str(path)) == ""
    assert json.loads(path.read_text())["recipe"] == "paper"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("resnet20", "papr"), "resnet20 has no recipe 'papr'. Did you mean 'paper'? Its recipes:"),
        (("inception_naive_3a",), "inception_naive_3a has no recipe"),
        (("alexnett",), "unknown network 'alexnett'. Did you mean 'alexnet'?"),
        (("alexnet", "paper", "--json", "--csv"), "ask for two formats"),
    ],
)
def test_wrong_use(words, said, capsys):
    assert main(["recipe", *words]) == 2
    assert said in capsys.readouterr().err
