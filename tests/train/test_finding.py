"""A learning-rate range test: its numbers, its suggestion, its files; no run is changed."""

import json
from dataclasses import replace

import pytest
from small_runs import run_of, write_own

from papernets.cli import main
from papernets.draw.rates import rates_figure
from papernets.train.finding import Tried, check_range, suggested, tries


def a_test(losses, low=1e-6, high=10.0):
    """Steps with these smoothed losses."""
    count = len(losses)
    return [Tried(low * (high / low) ** (k / (count - 1)), x, x) for k, x in enumerate(losses)]


def test_the_suggestion_is_where_the_loss_falls_fastest_at_most_a_tenth_of_the_least():
    flat, fall, rise = [2.0] * 40, [2.0 - 0.05 * k for k in range(30)], [0.6 + k for k in range(9)]
    steep = [*flat, 1.9, 1.5, 1.4, *fall[15:], *rise]
    found = suggested(a_test(steep))
    rates = [one.rate for one in a_test(steep)]
    assert found.fell and found.steepest == rates[41 - 1]  # the middle of 2.0, 1.9, 1.5
    assert found.least == rates[steep.index(min(steep))]
    assert found.rate == float(f"{min(found.steepest, found.least / 10):.1g}")
    late = suggested(a_test([*flat, *[2.0] * 20, 1.0, 0.5, 9.0, 9.0]))
    assert late.rate == float(f"{late.least / 10:.1g}") < late.steepest
    never = suggested(a_test([2.0 + 0.001 * k for k in range(60)]))
    assert not never.fell and never.rate == 0


def test_too_few_steps_are_told():
    with pytest.raises(ValueError, match="5 steps, and 20 are needed: begin lower, --from 1e-09"):
        suggested(a_test([2.0] * 5))
    few = [replace(one, rate=1e-6 * 2**at) for at, one in enumerate(a_test([2.0] * 15))]
    with pytest.raises(ValueError, match=r"end lower, --to 0\.02, or take more steps, --steps 100"):
        suggested(few)  # from 1e-6 on, as far as rates that learn
    with pytest.raises(ValueError, match="--steps must be at least 20, not 3"):
        check_range(3, 1e-6, 1.0)
    with pytest.raises(ValueError, match="the rates must rise from above 0"):
        check_range(30, 1.0, 0.1)


@pytest.mark.parametrize("own", [{}, {"mixup": 0.4, "balance": "sampling"}], ids=["plain", "mixed"])
def test_the_steps_are_those_of_training_and_the_same_again(tmp_path, own):
    write_own(tmp_path)
    run = run_of(tmp_path, optimizer="sgd", **own)
    found = list(tries(run, 30, 1e-5, 1.0))
    assert (
        found == list(tries(run, 30, 1e-5, 1.0)) != list(tries(run.changed(seed=1), 30, 1e-5, 1.0))
    )
    assert [one.rate for one in found[:: len(found) - 1]] == pytest.approx([1e-5, 1.0])
    mean = 0.0
    for at, one in enumerate(found):
        mean = 0.95 * mean + 0.05 * one.loss
        assert one.smooth == pytest.approx(mean / (1 - 0.95 ** (at + 1)))
    assert min(one.smooth for one in found) < found[0].smooth


def test_it_ends_where_the_loss_explodes(tmp_path):
    write_own(tmp_path)
    found = list(tries(run_of(tmp_path, optimizer="sgd", momentum=0.99), 60, 1e-3, 1e9))
    assert 5 < len(found) < 60


def test_the_verb_writes_a_picture_and_numbers_and_says_what_next(tmp_path, capsys):
    net, data = write_own(tmp_path)
    out = tmp_path / "runs" / "found"  # in a folder that is not there yet
    asked = ["find-lr", net, "--data", data, "--batch-size", "16", "--steps", "40", "--seed", "3"]
    assert main([*asked, "--set", "optimizer=sgd", "--out", str(out)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    told = json.loads((out / "find_lr.json").read_text())
    assert (out / "find_lr.png").read_bytes()[:4] == b"\x89PNG" and len(told["rates"]) <= 40
    assert sorted(one.name for one in out.iterdir()) == ["find_lr.json", "find_lr.png"]
    assert f"Learning rate {told['suggestion']:g}" in said and "the recipe's own is" in said
    command = said.partition("Next: ")[2]
    assert f"learning_rate={told['suggestion']}" in command and 'optimizer="sgd"' in command
    assert "--batch-size 16" in command and "--seed 3" in command and told["seed"] == 3
    capsys.readouterr()
    assert main([*asked, "--json", "--out", str(out)]) == 0
    assert json.loads(capsys.readouterr().out)["rates"] == told["rates"]


def test_a_test_that_explodes_at_once_leaves_what_it_has(tmp_path, capsys):
    net, data = write_own(tmp_path)
    out = tmp_path / "found"
    asked = ["find-lr", net, "--data", data, "--batch-size", "16", "--set", "optimizer=sgd"]
    assert main([*asked, "--from", "1e20", "--to", "1e38", "--out", str(out)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "and 20 are needed: begin lower, --from" in said
    assert f"What there is: {out / 'find_lr.png'}, find_lr.json" in said
    told = json.loads((out / "find_lr.json").read_text())
    assert 0 < len(told["rates"]) == len(told["losses"]) < 20
    assert told["suggestion"] is told["steepest"] is told["least"] is None
    assert (out / "find_lr.png").read_bytes()[:4] == b"\x89PNG"


def test_the_rates_of_a_picture_are_written_in_one_way():
    def labels(low, high):
        losses = [2.0, 1.0, 3.0]
        figure = rates_figure(
            [low, (low * high) ** 0.5, high], losses, losses,
            title="x", suggested=0.0, steepest=None, least=None,
        )  # fmt: skip
        return [label.get_text() for label in figure.axes[0].get_xticklabels()]

    assert labels(1e-6, 10.0) == ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]
    assert labels(1e-3, 10.0) == ["0.001", "0.01", "0.1", "1", "10"]
    assert labels(0.02, 0.05) == ["0.02", "0.05"]


def test_wrong_use_of_the_verb(tmp_path, capsys):
    net, data = write_own(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.toml").touch()
    for flags, told in (
        (["--data", str(tmp_path / "no"), "--out", str(tmp_path / "new" / "x")], "no such folder"),
        (["--out", str(tmp_path / "run")], "holds a run, which find-lr leaves alone"),
        (["--from", "1", "--to", "0.1"], "the rates must rise"),
        (["--set", "schedule=listed", "--set", "rates=[[0.1, 1]]"], "names its rates itself"),
        (["--out", str(tmp_path / "own.py")], "is a file: --out takes a folder"),
    ):
        assert main(["find-lr", net, "--data", data, *flags]) == 2
        assert told in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "new").exists()
    assert main(["find-lr"]) == 2
    assert "name a network, such as papernets find-lr lenet5" in capsys.readouterr().err


def test_a_picture_needs_steps():
    with pytest.raises(ValueError, match="a range test needs steps"):
        rates_figure([], [], [], title="x", suggested=0.1, steepest=0.1, least=0.1)


def test_it_takes_the_flags_of_train():
    import inspect

    from papernets.cli.find_lr import LEFT_OUT, find_lr
    from papernets.cli.train import train

    theirs = set(inspect.signature(train).parameters)
    assert set(inspect.signature(find_lr).parameters) == theirs - set(LEFT_OUT) | {
        "out", "steps", "start", "end",
    }  # fmt: skip
