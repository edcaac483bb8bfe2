"""Several networks side by side: the numbers of explain, the order, the columns, the notes."""

from __future__ import annotations

import pytest

from papernets import spec
from papernets.compare.columns import NAMES, digits, millions
from papernets.compare.one import Compared
from papernets.compare.results import Result
from papernets.compare.several import Comparison, compare, in_family
from papernets.nets import list_nets, look_up
from papernets.show.explain import explain_dict
from papernets.tables import FORMATS

FOUR = ("alexnet", "vgg16", "googlenet", "resnet50")


def texts(found: Comparison, **asked: object) -> list[dict[str, str]]:
    table = found.table(**asked)  # type: ignore[arg-type]
    heads = [column.name for column in table.columns]
    return [dict(zip(heads, table.texts(cells), strict=True)) for cells in table.rows()]


def test_the_numbers_are_those_of_explain() -> None:
    for name in (*FOUR, "boosted_lenet4", "lenet5", "inception_naive_3a"):
        (row,) = compare([name]).to_dict()["rows"]  # type: ignore[misc]
        explained = explain_dict(look_up(name))
        for key in ("params", "macs", "fixed_params", "input", "classes"):
            assert row[key] == explained[key], (name, key)


def test_what_people_know_of_four() -> None:
    rows = texts(compare(FOUR))
    assert [row["depth"] for row in rows] == ["8", "16", "22", "50"]
    assert [row["params (M)"] for row in rows] == ["60.97", "138.4", "6.999", "25.56"]
    assert [row["MACs (M)"] for row in rows] == ["724.4", "15,470", "1,583", "3,858"]
    assert [row["year"] for row in rows] == ["2012", "2014", "2014", "2015"]
    assert [row["field"] for row in rows][:2] == ["195", "212"]  # Araujo et al. 2019
    assert [row["top-5"] for row in rows] == ["18.2 a", "8.8 b", "10.07 c", "6.71 a"]
    notes = " ".join(compare(FOUR).table().notes)
    assert "a: ImageNet validation, 10 crops. Krizhevsky 2012, table 2: alexnet;" in notes
    assert "b: ImageNet validation, dense. Simonyan 2014, table 3: vgg16" in notes


def test_megabytes_of_both_kinds_and_memory() -> None:
    (row,) = compare(["vgg16"]).to_dict()["rows"]  # type: ignore[misc]
    assert row["megabytes"] == round(138_357_544 * 4 / 1e6, 6)
    assert row["mebibytes"] == round(138_357_544 * 4 / 2**20, 6)
    rows = spec.walk(look_up("vgg16").net.member)
    assert row["activation_bytes"] == 4 * sum(row.size for row in rows)


def test_a_committee_is_the_sum_of_its_members() -> None:
    one, three = compare(["lenet4", "boosted_lenet4"]).several
    assert (three.params, three.macs, three.memory) == (
        3 * one.params,
        3 * one.macs,
        3 * one.memory,
    )
    assert three.depth == one.depth


def test_what_is_given_twice_stands_once() -> None:
    assert len(compare(["lenet5", "LeNet-5", "lenet5_1998"]).several) == 1
    result = Result("digits", 0.01, 100, (0.0, 0.05))
    runs = [Compared(folder, look_up("lenet5"), result) for folder in ("one", "two", "two")]
    assert [one.called for one in compare(["lenet5", *runs]).several] == ["lenet5", "one", "two"]


def test_a_result_of_ones_own_has_its_columns() -> None:
    result = Result("runs/digits", 0.0123, 400, (0.004, 0.028))
    found = compare(["lenet5", "lenet4"], results={"lenet5": result})
    one, other = texts(found)
    assert (one["ours"], one["95 % interval"], other["ours"]) == ("1.23 %", "0.40 to 2.80 %", "")
    measured = {**result.to_dict(), "protocol": "centre"}
    assert found.several[0].to_dict()["measured"] == measured and one["ours by"] == "centre"


def test_sorted_with_what_has_no_value_last() -> None:
    names = ["vgg16", "vgg16_bn", "lenet5", "alexnet"]

    def order(by: str) -> list[str]:
        return [one.called for one in compare(names, sort=by).several]

    assert order("params") == ["lenet5", "alexnet", "vgg16", "vgg16_bn"]
    assert order("-params") == ["vgg16_bn", "vgg16", "alexnet", "lenet5"]
    assert order("top5")[:2] == ["vgg16", "alexnet"] and order("-top5")[:2] == ["alexnet", "vgg16"]
    assert order("network") == sorted(names)
    assert order("field") == ["lenet5", "alexnet", "vgg16", "vgg16_bn"]


@pytest.mark.parametrize("name", NAMES)
def test_every_column_sorts_and_is_shown(name: str) -> None:
    found = compare(FOUR, sort=name, columns=["network", name])
    for exact in (False, True):
        assert len(found.table(exact=exact).columns) == (1 if name == "network" else 2)


def test_unknown_ones_are_told_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="Did you mean 'params'"):
        compare(FOUR, columns=["parms"])
    with pytest.raises(ValueError, match="unknown column 'size'"):
        compare(FOUR, sort="size")
    with pytest.raises(ValueError, match="Did you mean 'vgg'"):
        in_family("vgq")
    with pytest.raises(ValueError, match="not a int"):
        compare([5])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no network to compare"):
        compare([])


def test_families_are_the_folders() -> None:
    assert "vgg16" in in_family("VGG") and "resnet1202" in in_family("resnet")
    every = {one.family for one in compare(list_nets()).several}
    assert sorted(name for family in every for name in in_family(family)) == sorted(list_nets())


def test_another_input_has_no_published_error() -> None:
    found = compare([look_up("resnet50", classes=10, input=64)])
    assert found.several[0].published == ()
    assert "top-5" not in [column.name for column in found.table().columns]


def test_all_formats_escape_what_a_user_wrote() -> None:
    net = spec.Net(
        "<script>alert(1)</script> \\input{x}",
        *((1, 8, 8), 2),
        spec.chain({"flatten": spec.Flatten(), "fc": spec.Dense(2)}),
    )
    found = compare([net, "lenet5"])
    assert found.several[0].family == "own" and found.several[0].year is None
    for name, write in FORMATS.items():
        text = write(found.table(exact=name == "csv"))
        assert "lenet5" in text
        if name in ("html", "markdown"):
            assert "<script>" not in text
        if name == "latex":
            assert "\\input" not in text
    assert "<script>" not in found._repr_html_()


def test_csv_is_exact() -> None:
    lines = FORMATS["csv"](compare(["alexnet"]).table(exact=True)).splitlines()
    row = dict(zip(lines[0].split(","), lines[1].split(","), strict=False))
    assert (row["params"], row["macs"], row["top5_error"]) == ("60965224", "724406816", "0.182")


def test_numbers_with_four_digits() -> None:
    values = (0, 0.0329, 0.24, 5.105, 60.97, 724.4, 999.96, 15470.26)
    written = ("0", "0.0329", "0.240", "5.105", "60.97", "724.4", "1,000.0", "15,470")
    assert tuple(map(digits, values)) == written
    assert millions(138_357_544) == "138.4"


def test_a_comparison_prints_as_its_table():
    """In Python `print` shows what the command line does, and a repr is one short line."""
    made = compare(["alexnet", "vgg16"])
    text = str(made)
    assert "60.97" in text and "138.4" in text and "Krizhevsky 2012" in text
    assert repr(made) == "<Comparison of 2 networks: alexnet, vgg16>"
