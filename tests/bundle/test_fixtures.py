"""Bundles and a run of November 2026 are read as they were then: tests/fixtures/november_2026."""

import json
import shutil
from pathlib import Path

import pytest
import torch

import papernets
from papernets import data
from papernets.cli import main

FOLDER = Path(__file__).parents[1] / "fixtures" / "november_2026"
PICTURES = [0, 1, 2, 3, 234, 254, 369, 386]
"""Of the test set of the digits: four easy ones, and four on which the committee errs."""
bundles = pytest.mark.parametrize("name", ["lenet5", "committee"])


def recorded(name):
    """The run's result.json, and its logits, as that version gave them."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def logits(model, info):
    """Of the pictures above, in double precision, so that every machine gives the same."""
    prepare = data.Preprocessing.from_dict(info.preprocessing)
    x = prepare(data.open("digits").test.images[PICTURES])
    with torch.no_grad():
        return model.double().eval()(x.double())


@bundles
def test_a_bundle_gives_the_logits_that_it_gave(name):
    bundle = papernets.load_bundle(FOLDER / name)
    then = torch.tensor(recorded(name)["logits"], dtype=torch.double)
    for model in (bundle.model, papernets.create_model(FOLDER / name)):
        torch.testing.assert_close(logits(model, bundle.info), then, rtol=1e-5, atol=1e-5)


def evaluated(bundle, tmp_path, capsys):
    out = str(tmp_path / "drawn")
    assert main(["evaluate", str(bundle), "--data", "digits", "--out", out, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_lenet5_errs_as_its_run_did(tmp_path, capsys):
    result, found = recorded("lenet5")["result"], evaluated(FOLDER / "lenet5", tmp_path, capsys)
    for here, there in (("error", "test_error"), ("images", "test_images")):
        assert found[here] == result[there]


def test_the_committee_errs_and_asks_its_members_as_its_run_did(tmp_path, capsys):
    result = recorded("committee")["result"]
    found = evaluated(FOLDER / "committee", tmp_path, capsys)
    early = found["early_exit"]
    assert (found["images"], early["networks"]) == (result["test_images"], len(result["members"]))
    assert found["error"] == result["early_exit_error"]
    assert early["error_without"] == result["test_error"]
    assert early["others_asked"] == result["others_asked"]


@pytest.mark.parametrize("member", [1, 2, 3])
def test_a_member_is_a_bundle_of_its_own(member, tmp_path, capsys):
    found = evaluated(FOLDER / "committee" / str(member), tmp_path, capsys)
    assert found["error"] == recorded("committee")["result"]["members"][member - 1]


def test_a_run_that_was_stopped_goes_on(tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(FOLDER / "half_run", run)
    first = (run / "log.jsonl").read_bytes()
    assert main(["train", "--out", str(run), "--resume"]) == 0
    said = "this run began with an earlier version: from here on what augmentation and dropout draw"
    assert said in " ".join(capsys.readouterr().err.split())
    assert (run / "log.jsonl").read_bytes().startswith(first)
    log = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    then = recorded("half_run")["log"]  # the same run, not stopped
    assert [epoch["epoch"] for epoch in log] == [1, 2, 3, 4, 5, 6]
    for here, there in zip(log, then, strict=True):
        assert here["learning_rate"] == pytest.approx(there["learning_rate"])
        assert here["train_loss"] == pytest.approx(there["train_loss"], rel=0.1)
    result = json.loads((run / "result.json").read_text(encoding="utf-8"))
    assert (result["network"], result["epochs"]) == ("lenet1", 6)
    assert result["test_error"] < 0.1
    capsys.readouterr()
    assert evaluated(run / "best", tmp_path, capsys)["error"] == result["test_error"]
