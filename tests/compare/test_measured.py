"""Errors of one's own beside the published ones that were measured by the same views."""

from __future__ import annotations

from papernets.compare.one import Compared
from papernets.compare.results import Result, evaluated
from papernets.compare.several import Comparison
from papernets.nets import look_up

VIEWS = {"centre": "1 crop", "ten-crop": "10 crops", "dense": "dense"}
REPORT = {
    "protocol": "ten-crop",
    "part": "test",
    "data": "photos",
    "images": 50,
    "top1_error": 0.3,
    "interval": [0.2, 0.4],
    "networks": 1,
}


def one(*further: Result) -> Compared:
    run = Result("photos", 0.4, 50, (0.3, 0.5))
    return Compared("runs/alexnet", look_up("alexnet"), run, further)


def test_a_report_is_read_and_what_is_none_is_not() -> None:
    found = evaluated(REPORT, VIEWS)
    assert found == Result(
        "photos", 0.3, 50, (0.2, 0.4), protocol="ten-crop", views="10 crops", networks=1
    )
    assert evaluated({**REPORT, "networks": 3}, VIEWS).networks == 3  # type: ignore[union-attr]
    for wrong in (
        {"protocol": "144"}, {"protocol": None}, {"top1_error": 2}, {"images": 0}, {"part": "train"}
    ):  # fmt: skip
        assert evaluated({**REPORT, **wrong}, VIEWS) is None


def test_ours_is_by_the_views_of_the_published_error() -> None:
    """AlexNet's validation errors are by ten crops (table 2); one crop is of ILSVRC-2010 alone."""
    ten = evaluated(REPORT, VIEWS)
    assert ten is not None
    both = one(ten)
    assert both.shown("ten-crop").views == "10 crops"  # type: ignore[union-attr]
    assert both.ours("ten-crop") is ten and both.ours("one-crop").error == 0.4  # type: ignore
    assert one().ours("ten-crop").error == 0.4  # type: ignore[union-attr]
    told = both.to_dict("ten-crop")["measured"]
    assert told["test_error"] == 0.3 and told["protocol"] == "ten-crop"  # type: ignore[index]


def test_what_was_measured_otherwise_is_said() -> None:
    made = Comparison((one(),), "ten-crop").table()
    assert (
        "Ours of runs/alexnet is by centre, the published one by 10 crops: papernets evaluate "
        "runs/alexnet --protocol measures it so."
    ) in made.notes
    ten = evaluated(REPORT, VIEWS)
    assert ten is not None
    alike = Comparison((one(ten),), "ten-crop").table()
    assert not any(note.startswith("Ours of") for note in alike.notes)
    cells = dict(
        zip([column.name for column in alike.columns], next(iter(alike.rows())), strict=True)
    )
    assert (cells["ours"], cells["ours by"]) == (0.3, "ten-crop")


def test_small_pictures_shown_whole_are_their_centre_crop() -> None:
    run = Result("cifar10", 0.09, 10_000, (0.085, 0.095))
    found = Compared("runs/r20", look_up("cifar_resnet20"), run)
    made = Comparison((found,)).table()
    assert found.shown("plainest").views == "whole pictures"  # type: ignore[union-attr]
    assert not any(note.startswith("Ours of") for note in made.notes)
