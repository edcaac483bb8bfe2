"""What a shell offers behind Tab, asked as a shell asks."""

import os
import subprocess
import sys

import pytest

from papernets.cli import look
from papernets.cli.app import app
from papernets.cli.completion import COMPLETED, DATA, KINDS
from papernets.cli.versions import RUNTIMES, told
from papernets.data.sources import NAMES


def offered(line):
    """The words for the end of a line, one an element."""
    words = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-c", "import sys; sys.argv[0] = 'papernets'; "
         "from papernets.__main__ import run; sys.exit(run())"],
        env={**os.environ, "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1),
             "_PAPERNETS_COMPLETE": "complete_bash"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


def test_layers_of_the_network_that_was_typed():
    assert offered("papernets explain lenet5 C") == ["C1", "C3", "C5"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("papernets tra", "train"),
        ("papernets explain resnet1", "resnet18"),
        ("papernets diff alexnet zf", "zfnet"),
        ("papernets train resnet20 --recipe p", "paper"),
        ("papernets train lenet5 --data ci", "cifar100"),
        ("papernets recipe alexnet ", "paper"),
        ("papernets evaluate resnet20 --protocol ", "ten-crop"),
        ("papernets predict boost", "boosted_lenet4"),
        ("papernets lesson out", "output-size"),
        ("papernets reproduce degr", "degradation44"),
        ("papernets look sal", "saliency"),
    ],
)
def test_words_of_a_place(line, word):
    assert word in offered(line)


def test_what_is_no_network_offers_nothing():
    assert offered("papernets explain nonsense C") == []


def test_every_verb_and_parameter_that_has_words_exists():
    import typer

    verbs = typer.main.get_command(app).commands
    for verb, params in COMPLETED.items():
        known = {param.name for param in verbs[verb].params}
        assert set(params) - {"*"} <= known, verb


def test_data_sets_and_kinds_are_those_that_are_read_and_drawn():
    assert DATA == NAMES and sorted(KINDS) == sorted(look.KINDS)


def test_the_version_says_torch_and_each_runtime():
    lines = told().splitlines()
    assert [line.split()[0] for line in lines] == ["papernets", "python", "torch", *RUNTIMES]
    assert lines[2] == f"torch {__import__('torch').__version__}"
