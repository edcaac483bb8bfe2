"""papernets diff of two runs: their results, what chance has to do with it, other settings."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from small_runs import write_own

from papernets.bundle.info import read_info
from papernets.bundle.seen import TEST, WRONG, Marked, read_seen
from papernets.cli import main

KEYS = np.random.default_rng(0).integers(0, 1 << 63, 400, dtype=np.uint64)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two finished runs of a tiny network on the same pictures, of other seeds and epochs."""
    folder = tmp_path_factory.mktemp("runs")
    net, pictures = write_own(folder)
    for name, epochs, seed in (("one", 1, 0), ("two", 3, 1)):
        flags = ["--epochs", str(epochs), "--seed", str(seed), "--out", str(folder / name), "-q"]
        assert main(["train", net, "--data", pictures, "--set", "batch_size=16", *flags]) == 0
    return folder


@pytest.fixture
def here(runs, tmp_path, monkeypatch, capsys):
    shutil.copytree(runs / "one", tmp_path / "one")
    shutil.copytree(runs / "two", tmp_path / "two")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    return tmp_path


def said(capsys, *words):
    assert main(["diff", *words]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_a_run_keeps_which_test_pictures_it_got_wrong(here):
    for name in ("one", "two"):
        seen = read_seen(here / name / "best")
        result = json.loads((here / name / "result.json").read_text())
        assert seen is not None
        assert seen.counts[WRONG] == round(result["test_error"] * result["test_images"])
        assert len(seen.lists[WRONG]) == seen.counts[WRONG]
        assert np.isin(*seen.lists[WRONG].alike(seen.lists[TEST])).all()


def test_results_stand_side_by_side(here, capsys):
    out = said(capsys, "one", "two")
    results = [json.loads((here / n / "result.json").read_text()) for n in ("one", "two")]
    assert "The results\n" in out
    line = next(x for x in out.splitlines() if x.startswith("test error"))
    assert [f"{100 * r['test_error']:.2f} %" in line for r in results] == [True, True]
    assert "Both were tested on the same 30 pictures. Wrong in one alone: " in out
    assert "McNemar's exact test, p" in out
    assert "What was done otherwise\n  epochs   1 -> 3\n  seed     0 -> 1\n" in out
    assert not any(word in out for word in ("device", "data_dir"))


def test_json_has_the_results_too(here, capsys):
    found = json.loads(said(capsys, "one", "two", "--json"))
    results = found["results"]
    assert found["same"] is True and results["same_pictures"] is True
    for side, name in (("a", "one"), ("b", "two")):
        kept = json.loads((here / name / "result.json").read_text())
        assert results[side]["test_error"] == kept["test_error"]
        assert results[side]["interval"] == kept["interval"]
    one, other = results["wrong_alone"]
    wrong = [round(30 * results[side]["test_error"]) for side in "ab"]
    assert one - other == wrong[0] - wrong[1] and one <= wrong[0]
    assert {s["what"] for s in results["settings"]} == {"epochs", "seed"}


def test_a_run_of_before_did_not_keep_which_were_wrong(here, capsys):
    seen = read_seen(here / "one" / "best")
    lists = {name: marked for name, marked in seen.lists.items() if name != WRONG}
    file = here / "one" / "best" / "pictures.safetensors"
    file.write_bytes(replace(seen, lists=lists).to_bytes())
    out = said(capsys, "one", "two")
    assert "Both were tested on the same 30 pictures" in out and "alone" not in out


def test_lists_of_another_result_are_not_taken(here, capsys):
    """What was wrong must be as many as the result says."""
    seen = read_seen(here / "one" / "best")
    lists = {**seen.lists, WRONG: Marked.of(KEYS[:29])}
    file = here / "one" / "best" / "pictures.safetensors"
    file.write_bytes(replace(seen, lists=lists, counts={**seen.counts, WRONG: 29}).to_bytes())
    assert json.loads(said(capsys, "one", "two", "--json"))["results"]["wrong_alone"] is None


def test_other_pictures_and_none_known(here, capsys):
    seen = read_seen(here / "one" / "best")
    file = here / "one" / "best" / "pictures.safetensors"
    file.write_bytes(replace(seen, lists={**seen.lists, TEST: Marked.of(KEYS[:60])}).to_bytes())
    out = said(capsys, "one", "two")
    assert "They were tested on different pictures, 30 and 30." in out and "Fisher's" in out
    file.unlink()
    assert "on the same pictures is not known" in said(capsys, "one", "two")


def test_without_a_test_result_it_says_whose(here, capsys):
    out = said(capsys, "one/last", "two")
    assert "No test result of one/last: not finished" in out and "held-out error" in out


def test_a_run_and_itself_or_a_network_have_no_results(here, capsys):
    for words in (("one", "one"), ("one", "lenet5"), ("one", "one/best")):
        assert "The results" not in said(capsys, *words)


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_a_terminal(here, capsys, monkeypatch, columns):
    import sys

    (here / "one").rename(here / ("long" * 12))
    for name, value in {"COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    lines = said(capsys, "long" * 12, "two").splitlines()
    at = next(i for i, x in enumerate(lines) if "The results" in x)
    assert max(map(len, lines[at:])) <= columns


def test_bundles_that_were_moved_keep_their_results(here, capsys):
    (here / "one" / "best").rename(here / "bundle")
    assert "test error" in said(capsys, "bundle", "two")
    assert read_info(here / "bundle").metrics["test_images"] == 30
