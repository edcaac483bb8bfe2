"""What pictures of a comparison show: one set of pictures a panel, all else said."""

from __future__ import annotations

import pytest

from papernets.compare.charts import GROUPS, KINDS, OURS, chart
from papernets.compare.one import Compared
from papernets.compare.results import Result
from papernets.compare.several import Comparison, compare
from papernets.nets import NETS, list_nets, look_up

EVERY = compare(list_nets())
ERRORS = [kind for kind in KINDS if kind != "cost-by-stage"]


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("protocol", ["plainest", "one-crop", "ensemble"])
def test_a_panel_never_mixes_pictures_and_says_every_protocol(kind: str, protocol: str) -> None:
    made = chart(Comparison(EVERY.several, protocol), kind)
    by_name = {one.called: one for one in EVERY.several}
    drawn = 0
    for panel in made.panels:
        for shown in (*panel.points, *panel.bars):
            names = [shown.name, *getattr(shown, "others", ())]
            drawn += len(names)
            for name in names:
                measured = [
                    one
                    for one in by_name[name].published
                    if one.way == shown.protocol and f"on {one.data}" in panel.title
                ]
                assert measured, f"{name}: {shown.protocol} is nobody's on {panel.title}"
    assert drawn == made.count
    assert drawn + len(made.left_out) == len(EVERY.several), "each is drawn, or said to be left out"


def test_points_are_the_papers_numbers() -> None:
    made = chart(compare(["alexnet", "vgg16", "googlenet", "resnet50"]), "error-macs")
    (panel,) = made.panels
    assert panel.title == "top-5 error on ImageNet validation" and not made.left_out
    assert [(p.name, p.error, p.x, p.params) for p in panel.points] == [
        ("alexnet", 0.182, 724_406_816, 60_965_224),
        ("vgg16", 0.088, 15_470_264_320, 138_357_544),
        ("googlenet", 0.1007, 1_582_671_872, 6_998_552),
        ("resnet50", 0.0671, 3_857_973_248, 25_557_032),
    ]
    for words in ("vgg16 8.8 % at 15,470 million MACs", "googlenet 10.07 %", "(1 crop)"):
        assert words in made.alt


def test_the_error_that_most_have_and_who_is_left_out() -> None:
    several = compare(["googlenet", "mobilenet_v1", "resnet50", "vgg16_bn", "plain110"])
    made = chart(several, "error-macs", "top-1")
    whys = dict(made.left_out)
    assert whys["googlenet"] == "no published top-1 error"
    assert whys["vgg16_bn"] == "no published error"
    assert whys["plain110"] == "its error is printed as higher than 60.0 %"
    assert "googlenet (no published top-1 error)" in made.line
    assert "mobilenet_v1" in dict(chart(several, "error-macs", "top-5").left_out)
    strict = Comparison(several.several, "many-views")
    assert dict(chart(strict, "error-year").left_out)["mobilenet_v1"] == (
        "no published error by --protocol many-views"
    )


def test_one_published_error_of_several_readings_is_one_point() -> None:
    made = chart(compare(["bn_inception", "bn_inception_576", "vgg16"]), "error-macs")
    (panel,) = made.panels
    assert [point.label for point in panel.points] == ["bn_inception +1", "vgg16"]
    assert "One point: bn_inception and bn_inception_576" in made.line and made.count == 3


def test_a_run_stands_beside_the_papers_on_the_same_pictures() -> None:
    run = Compared("runs/mine", look_up("lenet5"), Result("mnist", 0.009, 10_000, (0.007, 0.011)))
    other = Compared("runs/too", look_up("lenet4"), Result("/data/flowers/", 0.2, 90, (0.1, 0.3)))
    made = chart(compare(["lenet5", run, other]), "error-macs")
    titles = {panel.title: panel.points for panel in made.panels}
    assert set(titles) == {"error on MNIST test", "error on flowers"}
    protocols = [point.protocol for point in titles["error on MNIST test"]]
    assert protocols == ["whole pictures", OURS]


def test_cost_by_stage_needs_no_error() -> None:
    made = chart(compare(["vgg16_bn", "inception_naive_3a", "boosted_lenet4"]), "cost-by-stage")
    (panel,) = made.panels
    assert [sum(s.macs for s in bar.macs) for bar in panel.bars] == [
        one.macs for one in compare(["vgg16_bn", "inception_naive_3a", "boosted_lenet4"]).several
    ]


def test_every_family_has_a_colour() -> None:
    from papernets.draw.colours import GROUPS as COLOURS

    folders = {entry.family.rpartition(".")[2] for entry in NETS} | {"own"}
    assert folders == set(GROUPS) and set(GROUPS.values()) == set(COLOURS)


@pytest.mark.parametrize(
    ("names", "kind", "error", "words"),
    [
        (["alexnet"], "error-mac", "", "Did you mean 'error-macs'"),
        (["alexnet"], "error-macs", "top-3", "top-1 or top-5"),
        (["alexnet"], "cost-by-stage", "top-1", "draws no error"),
        (["vgg16_bn", "inception_naive_3a"], "error-year", "", "nobody published a top-5 error"),
    ],
)
def test_what_cannot_be_drawn(names: list[str], kind: str, error: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        chart(compare(names), kind, error)
