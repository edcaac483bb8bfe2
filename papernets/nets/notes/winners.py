"""The winners of ILSVRC's classification, as the notes name them year by year."""

from __future__ import annotations

from ...said import NOTES, Block, Cell, Claim, Line, Paper, Value
from .judge import held

HEADING = "Winners of ILSVRC, classification"
ERROR = "top-5 error of the winner, test set"


def winners() -> Block:
    """A line for each winner whom the notes name, with the error that they print, judged.

    The notes have no such table: what several of their lines say stands together here, each line
    with its place.
    """
    return Block(
        HEADING,
        ("line", "year", "winner", ERROR, "where in the notes"),
        (
            _line(
                *(1123, 2012, _who(2012, "AlexNet"), _result(2012, "84.7% right", 2, "alexnet")),
                "001, line 1123; 002, line 26",
            ),
            _line(
                *(1123, 2013, _who(2013, "ZFNet", "Clarifai", "zfnet"), _of_2013()),
                "001, line 1123; 000, lines 596, 597",
            ),
            _line(
                *(1123, 2014, _who(2014, "GoogLeNet"), _result(2014, "6.66%", 1, "googlenet")),
                "001, lines 1123, 955",
            ),
            _line(
                *(565, 2014, _who(2014, "VGG16", "GoogLeNet", "vgg16"), Cell("")),
                "001, line 565",
            ),
            _line(
                *(804, 2015, _who(2015, "ResNet"), _result(2015, "3.57%", 1, "resnet152")),
                "001, lines 804, 959",
            ),
        ),
    )


def _line(number: int, year: int, who: Cell, error: Cell, where: str) -> Line:
    return Line(number, (Cell(str(year)), who, error, Cell(where)))


def _claim(
    year: int, what: str, printed: Value, note: int, ours: Value, why: str = "", paper: str = ""
) -> Claim:
    place = NOTES[note].at(f"winner of {year}")
    return Claim(f"{what}, ILSVRC-{year}", printed, place, why, ours=ours, paper=paper)


def _who(year: int, name: str, winner: str = "", network: str = "") -> Cell:
    """Who is said to have won, and the reason in the network's record where another one did."""
    wanted = f"place in ILSVRC-{year} classification"
    whys = [claim.why for claim in held(network) if claim.quantity == wanted] if network else [""]
    return Cell(name, _claim(year, "winner", name, 1, winner or name, whys[0]))


def _result(year: int, text: str, note: int, network: str) -> Cell:
    """A winner's error as the notes print it, with what its own paper prints."""
    for claim in held(network):
        test = "test" in claim.conditions and "top-5" in claim.conditions
        if claim.quantity == "error" and test and "2010" not in claim.conditions:
            error, origin = claim.printed, claim.source.origins[0]
            break
    else:
        raise ValueError(f"{network}'s record has no error on a test set of ILSVRC")
    assert isinstance(error, float) and isinstance(origin, Paper)
    who = f"{origin.authors.split(',')[0]} {origin.year}"
    paper = f"{100 * error:g} % error, {claim.conditions} ({who})"
    return Cell(text, _claim(year, ERROR, error, note, error, paper=paper))


def _of_2013() -> Cell:
    """The record of ZFNet has what the winner's error was, and whose the printed one is."""
    wanted = "top-5 error of the winner of ILSVRC-2013"
    claim = next(claim for claim in held("zfnet") if claim.quantity == wanted)
    assert claim.ours is not None
    return Cell("14.8%", _claim(2013, ERROR, claim.printed, 0, claim.ours, claim.why))
