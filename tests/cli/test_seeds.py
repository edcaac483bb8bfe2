"""Several seeds by one command: ordinary runs, resumed as a whole, and their mean."""

import json

import pytest
from small_runs import left_by, write_own

from papernets.bundle.info import read_info
from papernets.cli import main
from papernets.cli.compare import _comparison
from papernets.draw.seeds import seeds_figure
from papernets.train import outcome
from papernets.train.seeds import runs_of, seeds_of


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """A command without its folder."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    net, data = write_own(tmp_path)
    return ["train", net, "--data", data, "--epochs", "1", "--set", "learning_rate=0.02"]


def test_each_seed_is_an_ordinary_run_and_the_mean_is_told(asked, tmp_path, capsys):
    out = tmp_path / "runs" / "three"  # neither is there yet
    assert main([*asked, "--seed", "4", "--seeds", "3", "--out", str(out), "--json"]) == 0
    printed, said = capsys.readouterr()  # what all share is said once, of the first
    told = json.loads(printed)
    assert said.count("recipe") == said.count("folder: ") == said.count("to train, to choose") == 1
    assert f"seed 5: {out / 'seed5'}\n" in said and said.count(": test error") == 3
    assert main([*asked, "--seed", "5", "--out", str(tmp_path / "five"), "--quiet"]) == 0
    assert left_by(out / "seed5") == left_by(tmp_path / "five")
    errors = [json.loads((r / "result.json").read_text())["test_error"] for r in runs_of(out)]
    assert told["seeds"] == seeds_of(out) == [4, 5, 6] and told["test_errors"] == errors
    assert told["test_error"] == pytest.approx(sum(errors) / 3)
    assert told == {**json.loads((out / "result.json").read_text()), "out": str(out)}
    assert told["interval"][0] <= told["test_error"] <= told["interval"][1]
    assert (out / "seeds.png").read_bytes()[:4] == b"\x89PNG"
    # what was done is not done again, and more seeds may be asked for
    capsys.readouterr()
    trust = ["--trust", "--out", str(out), "--resume"]
    assert main(["train", *trust, "--seeds", "4"]) == 0
    said = capsys.readouterr()
    printed = " ".join(said.out.split())
    assert "mean of 4 seeds" in printed and "seed 7: test error" in said.err
    held = {r: read_info(r / "best").metrics for r in runs_of(out)}
    best = min(held, key=lambda run: (held[run]["val_error"], held[run]["val_loss"]))
    assert f"Next: papernets evaluate {best} (the one with the least error on held-out" in printed
    assert f"Or: papernets predict {best} PICTURE" in printed
    assert f"Or: papernets evaluate {out / 'seed4'} --ensemble {out / 'seed5'}" in printed
    assert seeds_of(out) == [4, 5, 6, 7]
    compared = _comparison([str(out)], False, "", (None, None, "", {}))
    assert len(compared.several) == 4


def test_a_series_that_was_stopped_goes_on(asked, tmp_path, monkeypatch, capsys):
    from papernets.train import runner

    out, real = tmp_path / "two", runner.train
    assert main([*asked, "--seeds", "2", "--out", str(tmp_path / "whole"), "--quiet"]) == 0

    def stopped(run, folder, **more):
        for event in real(run, folder, **more):
            yield event
            if run.recipe.seed == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(runner, "train", stopped)
    assert main([*asked, "--seeds", "2", "--out", str(out)]) == 130
    assert f"--out {out} --resume" in " ".join(capsys.readouterr().err.split())
    monkeypatch.setattr(runner, "train", real)
    assert main(["train", asked[1], "--out", str(out), "--resume", "--quiet"]) == 0
    for name in ("seed0", "seed1"):
        assert left_by(out / name) == left_by(tmp_path / "whole" / name)
    results = [json.loads((at / "result.json").read_text()) for at in (out, tmp_path / "whole")]
    assert results[0].pop("seconds") and results[1].pop("seconds") and results[0] == results[1]


def test_what_cannot_be_is_told(asked, tmp_path, capsys):
    out = tmp_path / "two"
    deep = str(tmp_path / "runs" / "deep")
    assert main([*asked[:3], str(tmp_path / "no"), "--seeds", "2", "--out", deep]) == 2
    assert not (tmp_path / "runs").exists()
    assert main([*asked, "--seeds", "2", "--out", str(out), "--quiet"]) == 0
    capsys.readouterr()
    assert main([*asked, "--seeds", "2", "--out", str(out)]) == 2
    assert "holds runs of several seeds already" in capsys.readouterr().err
    again = ["train", "--trust", "--out", str(out), "--resume"]
    assert main([*again, "--seeds", "1"]) == 2
    assert "--seeds 1 would leave some out" in " ".join(capsys.readouterr().err.split())
    one = ["train", "--trust", "--out", str(out / "seed0"), "--resume", "--seeds", "3"]
    assert main(one) == 2
    assert "holds no runs of several seeds" in " ".join(capsys.readouterr().err.split())
    for wrong in ('{"seeds": [0, 0]}', '{"seeds": [0, 5]}', '{"seeds": [0, 1e400]}'):
        (out / "seeds.json").write_text(wrong)
        assert main(again) == 2
        assert "must list seeds, one after another" in " ".join(capsys.readouterr().err.split())


def test_a_picture_needs_seeds():
    with pytest.raises(ValueError, match="each seed needs its error"):
        seeds_figure([1], [], [], title="x", mean=0.1, over_seeds=None)
