"""The lines of a training's epochs: 80 columns, and the words for the epoch that is kept."""

from types import SimpleNamespace

import siblings

from papernets.cli import main
from papernets.cli.epochs import LINE, epoch_line, heading, loss
from papernets.cli.progress import chosen
from papernets.evaluate.metrics import FEW
from papernets.train.events import Epoch


def recipe(**settings):
    return SimpleNamespace(
        **{"epochs": 15, "keep": "best", "fallback": False, "head_only": False} | settings
    )


def epoch(number=3, error=0.5, losses=0.1234, speed=35.0, best=True, trained=None):
    return Epoch(number, losses, losses, error, 1e-3, 1.0, 100, speed, best, trained)


@siblings.together("held_out", [1, 6, FEW - 1, FEW, 10_000])
@siblings.together("losses", [0.0, 9.99996, 99.99996, 999.99])
@siblings.together("speed, left", [(35, 10), (9_999, 3_599), (123_456, 359_999)])
def test_a_line_has_80_columns_at_most(held_out, losses, speed, left):
    for error in {0, 1 / held_out, 0.5 if held_out % 2 == 0 else 1, 1}:
        for number in (1, 999):
            one = epoch(number, error, losses, speed)
            assert len(epoch_line(one, recipe(epochs=999), held_out, left)) <= LINE == 80
            one = epoch(number, error, losses, speed, trained=error)
            assert len(epoch_line(one, recipe(epochs=999), held_out, left)) <= LINE


def test_a_line_of_a_small_run():
    line = "epoch  3/15  loss 0.1234 val 0.1234  error 50.0 % (19 to 81 %)  35/s  0:10 left"
    assert epoch_line(epoch(), recipe(keep="last"), 6, 10) == line
    line = "epoch  3/15  loss 0.1234 val 0.1234  error 50.00 %  35 pictures/s  0:10 left *"
    assert epoch_line(epoch(), recipe(), FEW, 10) == line
    assert epoch_line(epoch(best=False), recipe(), FEW, 10) == line.removesuffix(" *")
    one = epoch(trained=0.12345)
    line = "epoch  3/15  loss 0.1234 val 0.1234  error 12.3 val 50.00 %  35/s  0:10 left *"
    assert epoch_line(one, recipe(), FEW, 10) == line
    line = "epoch  3/15  loss 0.1234 val 0.1234  error 12.3 val 50.0 % (19 to 81 %)  0:10 *"
    assert epoch_line(one, recipe(), 6, 10) == line
    assert [loss(one) for one in (12.3456, 123.456, 1234.5)] == ["12.346", "123.46", "1234.50"]


def test_the_star_and_the_result_say_what_is_kept():
    begins = recipe(keep="last", fallback=True)
    best = "error is that in training, then that on held-out pictures; * marks the best so far"
    assert heading(recipe(), FEW) == best
    assert "pictures, in brackets its 95 % interval; * marks" in heading(recipe(), FEW - 1)
    assert heading(begins, FEW).endswith("; the last epoch is kept, unless epoch 0 is better")
    assert heading(recipe(keep="last"), FEW).endswith("; the last epoch is kept")
    result = {"best_epoch": 3, "epochs": 3}
    assert chosen(result, recipe()) == "best epoch 3 of 3"
    assert chosen(result, begins) == "kept epoch 3, the last"
    assert chosen(result | {"best_epoch": 0}, begins) == "kept epoch 0, which it began with"
    assert chosen(result | {"others_asked": 0.1}, begins) == "3 epochs each"


def test_a_run_that_keeps_the_last_epoch(tmp_path, capsys):
    words = ["train", "lenet1", "--epochs", "1", "--set", "keep=last", "--out", f"{tmp_path}/run"]
    assert main(words) == 0
    said, err = capsys.readouterr()
    assert "kept epoch 1, the last" in said and "best epoch" not in said
    assert "; the last epoch is kept\n" in err and "*" not in err
    assert main(["train", "--out", f"{tmp_path}/run", "--resume"]) == 0
    assert "kept epoch 1, the last" in capsys.readouterr().out
