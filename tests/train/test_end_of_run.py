"""What a run tells at its end: how far its scores can be trusted, and its worst mistakes."""

import json
from dataclasses import replace

import pytest
import torch
from small_runs import do, run_of, write_own

from papernets.cli import main
from papernets.data import Part
from papernets.data.arrays import Held
from papernets.evaluate.metrics import score
from papernets.train import outcome
from papernets.train.events import Started


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    root = tmp_path_factory.mktemp("end")
    write_own(root)
    events = do(run_of(root, epochs=1), root / "run")
    return root / "run", next(e for e in events if isinstance(e, Started))


def test_evaluate_finds_the_same_calibration(done, capsys):
    run, _ = done
    result = json.loads((run / "result.json").read_text())
    assert (run / "mistakes.png").stat().st_size > 1000
    assert main(["evaluate", str(run), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    pairs = {"test_loss": "loss", "brier_score": "brier_score"}
    pairs["expected_calibration_error"] = "expected_calibration_error"
    for ours, theirs in pairs.items():
        assert result[ours] == pytest.approx(found[theirs], rel=1e-5), ours


def test_the_loss_is_that_of_the_scores():
    """Two of four right at 0.75 of certainty, by hand: -ln 0.75 and -ln 0.25 twice each."""
    logits = torch.log(torch.tensor([[0.75, 0.25]] * 4))
    part = Part(torch.zeros(4, 1, 2, 2, dtype=torch.uint8), torch.tensor([0, 0, 1, 1]))
    found = outcome.calibrated_as(logits / 2, part, 2.0)
    assert found["test_loss"] == pytest.approx((0.287682 + 1.386294) / 2, abs=1e-5)
    assert found["expected_calibration_error"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "wrong, said", [(0, "no mistake"), (1, "the one mistake"), (30, "25 worst")]
)
def test_the_worst_mistakes_are_shown(done, tmp_path, monkeypatch, wrong, said):
    from papernets.draw import mistakes

    _, started = done
    shown = {}
    monkeypatch.setattr(
        mistakes,
        "mistakes_picture",
        lambda images, *a, title, **_: shown.update(n=len(images), t=title),
    )
    labels = started.dataset.test.labels
    logits = torch.nn.functional.one_hot(labels, 3).float()
    logits[:wrong] = logits[:wrong].roll(1, 1)
    training = outcome.Training(None, started.found, started.dataset, None, None, None, tmp_path)
    outcome.draw_mistakes(training, logits, score(logits.numpy(), labels.numpy()))
    assert shown["n"] == min(wrong, 25) and said in shown["t"]


def test_mistakes_of_pictures_inside_files_and_of_arrays_have_names(done, tmp_path, monkeypatch):
    from papernets.draw import mistakes

    _, started = done
    kept, real = {}, mistakes.mistakes_figure

    def watched(*args, **rest):
        kept.update(rest)
        return real(*args, **rest)

    monkeypatch.setattr(mistakes, "mistakes_figure", watched)
    test = started.dataset.test
    held = tuple(Held("arrays test", test.images[:, 0].numpy(), at) for at in range(len(test)))
    dataset = replace(started.dataset, test=replace(test, files=held))
    logits = torch.nn.functional.one_hot(test.labels, 3).float()
    logits[2] = logits[2].roll(1)
    training = outcome.Training(None, started.found, dataset, None, None, None, tmp_path)
    outcome.draw_mistakes(training, logits, score(logits.numpy(), test.labels.numpy()))
    assert kept["files"] == ["arrays test picture 2"] and (tmp_path / "mistakes.png").is_file()
