"""A small claim trained, stopped, gone on with, and reported."""

import json
import re

import pytest
from small_claims import claim
from small_runs import write_own

from papernets.reproduce import measure
from papernets.reproduce.claim import Arm
from papernets.reproduce.claims import find
from papernets.reproduce.estimate import Pace, paced
from papernets.reproduce.report import outcome, write
from papernets.reproduce.rules import Lower
from papernets.reproduce.work import (
    ASKED,
    asked_in,
    begin,
    epochs_left,
    filters_left,
    perform,
    planned,
)
from papernets.train.events import Epoch, Phase


def done(experiment, out, scale=0.5, resume=False, until=None, **where):
    tasks = planned(experiment, scale, where={"threads": 1, "device": "cpu", **where})
    begin(out, experiment, scale, 0, resume)
    for event in perform(tasks, out):
        if until is not None and until(event):
            raise KeyboardInterrupt
    made = outcome(experiment, scale, tasks, out)
    write(made, out)
    return made, tasks


def test_a_claim_is_trained_judged_and_written(tmp_path):
    experiment, out = claim(tmp_path), tmp_path / "out"
    made, tasks = done(experiment, out)
    assert [task.name for task in tasks] == [
        *("learns-seed1", "none-seed1", "learns-seed2", "none-seed2"),
    ]
    assert tasks[0].run.recipe.augment == {} and tasks[1].run.recipe.augment == {"flip": 0.1}
    found = json.loads((out / "report.json").read_text())
    wanted = "claim source printed measured interval conditions verdict"
    assert set(wanted.split()) <= set(found)
    assert found["verdict"] == made.verdict.word == "agrees"
    low, high = found["interval"]
    assert low <= found["measured"] <= high < 0
    assert found["conditions"]["epochs"] == 3 and found["conditions"]["seeds"] == 2
    assert {one["epochs"] for one in found["trainings"]} == {3}
    assert all(0 <= one["train_error"] <= 1 for one in found["trainings"])
    assert all(len(one.train_errors) == 3 for one in made.found["learns"])
    text = (out / "report.md").read_text()
    assert "**agrees**" in text and "Printed: better" in text and "curves.png" in text
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_below_the_smallest_scale_it_is_too_short_to_tell(tmp_path):
    made, _ = done(claim(tmp_path, seeds=1), tmp_path / "out", scale=0.2)
    assert made.verdict.word == "too short to tell" and "scale 0.2, below 0.5" in made.verdict.why
    assert made.verdict.numbers  # which are shown all the same


def test_what_was_stopped_goes_on_to_the_same_end(tmp_path):
    experiment = claim(tmp_path, seeds=1)
    whole, _ = done(experiment, tmp_path / "whole")
    out = tmp_path / "stopped"
    for number in (1, 2):  # in the first training, and in the second
        seen = []

        def second(event, seen=seen, number=number):
            seen.append(event)
            return isinstance(event, Epoch) and sum(isinstance(e, Epoch) for e in seen) == 2

        with pytest.raises(KeyboardInterrupt):
            done(experiment, out, resume=number > 1, until=second)
    tasks = planned(experiment, 0.5)
    partly = outcome(experiment, 0.5, tasks, out)
    assert partly.verdict.word == "cannot tell" and partly.open == 1
    again, _ = done(experiment, out, resume=True)
    errors = [
        [(each.test_error, each.val_errors) for several in made.found.values() for each in several]
        for made in (whole, again)
    ]
    assert errors[0] == errors[1]
    assert not list(perform(tasks, out))  # all is done


def test_a_training_that_diverges_is_noted_and_the_next_one_trained(tmp_path):
    experiment = claim(tmp_path, seeds=1)
    # a rate with which single precision overflows
    settings = {"learning_rate": 9e29, "optimizer": "sgd", "loss": "mse"}
    wild = Arm("none", experiment.arms[1].net, settings)
    experiment = claim(tmp_path, seeds=1, arms=(wild, experiment.arms[0]))
    made, tasks = done(experiment, tmp_path / "out")
    (died,) = made.found["none"]
    assert "learning rate" in died.died and died.test_error == pytest.approx(2 / 3)
    assert "died, taken as" in (tmp_path / "out" / "report.md").read_text()
    events = list(perform(tasks, tmp_path / "out"))
    assert not [event for event in events if isinstance(event, Phase)]  # nor is it tried again


def test_the_time_is_estimated_before(tmp_path):
    experiment = claim(tmp_path)
    out = tmp_path / "out"
    tasks = planned(experiment, 1.0, where={"device": "cpu", "threads": 1})
    pace = paced(tasks)
    assert set(pace.each) == {"learns", "none"} and min(pace.each.values()) > 0
    assert pace.whole(tasks) == pytest.approx(pace.left(tasks, out))
    assert pace.whole(tasks) == pytest.approx(2 * pace.smallest(experiment, tasks))
    assert not out.exists()
    begin(out, experiment, 1.0, 0, resume=False)
    for event in perform(tasks, out):
        if isinstance(event, Epoch) and event.epoch == 4:
            break
    # the first of two trainings of each has two epochs of six left
    left = 2 * pace.each["learns"] + 6 * pace.each["learns"] + 12 * pace.each["none"]
    assert pace.left(tasks, out) == pytest.approx(left)


def test_of_a_committee_the_epochs_of_all_networks_are_left(tmp_path):
    """Each has a log in a folder of its own until all are done."""
    (task,) = planned(find("boosting"), 0.2)
    assert epochs_left(task, tmp_path) == 3 * 10
    for number, lines in ((1, 10), (2, 4)):
        home = task.folder(tmp_path) / str(number)
        home.mkdir(parents=True)
        (home / "log.jsonl").write_text("{}\n" * lines)
    assert epochs_left(task, tmp_path) == 3 * 10 - 14
    assert filters_left(task, tmp_path) == pytest.approx(2 / 3)  # of 1 + 2 networks asked
    assert filters_left(task, tmp_path / "new") == 1
    pace = Pace({task.arm.name: 1.0}, {task.arm.name: 30.0})
    assert (pace.whole([task]), pace.left([task], tmp_path)) == (60, 16 + 20)


LOGS = {
    "{}": "log.jsonl, line 1 has no 'val_error'. Remove result.json beside it, and --resume",
    '{"val_error": 0.1}': "line 1 has no 'images'",
    '{"val_error": 5, "images": 3}': "'val_error' is 5, not a number from 0 to 1",
    '{"val_error": 0.1, "images": 3, "train_error": "x"}': "'train_error' is \"x\", not a number",
    "[1]": "line 1 is no table of results",
    '{"val_error": 0.1, "images"': "line 1 is not JSON",
    '{"val_error": 0.1, "images": 3}': "has 1 epoch, and the run had 3",
}


def test_what_is_trained_is_what_the_claim_asks_for(tmp_path):
    """A finished training of another length or another arm is not judged as this claim's."""
    experiment, out = claim(tmp_path, seeds=1), tmp_path / "out"
    done(experiment, out)
    for scale in (1.0, 0.2):  # reproduce.json, which says 0.5, may have been written over
        with pytest.raises(ValueError, match="learns-seed1 was begun with other settings"):
            list(perform(planned(experiment, scale), out))
    runs = out / "runs"
    log = (runs / "learns-seed1" / "log.jsonl").read_text()
    for text, said in LOGS.items():
        (runs / "learns-seed1" / "log.jsonl").write_text(text)
        with pytest.raises(ValueError, match=re.escape(said)):
            outcome(experiment, 0.5, planned(experiment, 0.5), out)
    (runs / "learns-seed1" / "result.json").unlink()  # as the error says
    done(experiment, out, resume=True)
    assert [
        {k: v for k, v in json.loads(line).items() if not k.startswith(("seconds", "images_per"))}
        for line in (runs / "learns-seed1" / "log.jsonl").read_text().splitlines()
    ] == [
        {k: v for k, v in json.loads(line).items() if not k.startswith(("seconds", "images_per"))}
        for line in log.splitlines()
    ]
    (runs / "none-seed1").rename(runs / "x")
    (runs / "learns-seed1").rename(runs / "none-seed1")
    (runs / "x").rename(runs / "learns-seed1")
    with pytest.raises(ValueError, match="learns-seed1 was begun with other settings"):
        list(perform(planned(experiment, 0.5), out))


DAMAGED = {
    "[]": "not what was written",
    '{"claim": "rates"': "is not JSON",
    '{"claim": "rates", "scale": 0.5}': "has no 'seeds'",
    '{"claim": "rates", "scale": "all", "seeds": 2}': "scale.*above 0 and at most 1",
    '{"claim": "rates", "scale": 0.5, "seeds": -2}': "seeds.*1 to 100",
    '{"claim": "a\\u001b[2J", "scale": 0.5, "seeds": 2}': "claim.*the name of a claim",
}


def test_a_folder_holds_one_claim(tmp_path):
    experiment, out = claim(tmp_path), tmp_path / "out"
    begin(out, experiment, 0.5, 0, resume=False)
    assert asked_in(out) == {"claim": "rates", "scale": 0.5, "seeds": 2}
    begin(out, experiment, 0.5, 0, resume=True)
    with pytest.raises(FileExistsError, match=r"holds rates already\. Go on with it: papernets"):
        begin(out, experiment, 0.5, 0, resume=False)
    with pytest.raises(ValueError, match=r"was begun with scale 0\.5, not 1"):
        begin(out, experiment, 1.0, 0, resume=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").touch()
    with pytest.raises(FileExistsError, match="holds no claim"):
        begin(tmp_path / "other", experiment, 1.0, 0, resume=False)
    with pytest.raises(FileNotFoundError, match="no claim to resume"):
        begin(tmp_path / "other", experiment, 1.0, 0, resume=True)
    with pytest.raises(FileNotFoundError, match="no claim to resume"):
        asked_in(tmp_path / "nowhere")
    for text, said in DAMAGED.items():
        (out / ASKED).write_text(text)
        with pytest.raises(ValueError, match=said):
            begin(out, experiment, 0.5, 0, resume=True)


@pytest.mark.parametrize("scale", [0, -1, 1.5, float("nan")])
def test_an_impossible_scale_is_refused(tmp_path, scale):
    with pytest.raises(ValueError, match=re.escape(f"scale {scale:g}: a share of the whole")):
        planned(claim(tmp_path), scale)


def test_ten_crops_are_taken_of_the_networks_of_one(tmp_path):
    """The pictures are stored larger than the input, as they were trained."""
    net, data = write_own(tmp_path)
    settings = {"data": data, "batch_size": 16, "input": (10,), "enlarge": 1.2}
    arms = (Arm("one", net), Arm("ten", of="one", protocol="ten-crop"))
    experiment = claim(tmp_path, seeds=1, arms=arms, rule=Lower("ten", "one"), settings=settings)
    made, _ = done(experiment, tmp_path / "out")
    (kept,) = (tmp_path / "out" / "runs").glob("*/ten-crop.json")
    assert json.loads(kept.read_text())["protocol"] == "ten-crop"
    assert made.found["ten"][0].test_images == made.found["one"][0].test_images == 30
    assert made.verdict.word in ("agrees", "disagrees", "cannot tell")


def test_an_arm_may_test_anothers_networks_otherwise(tmp_path, monkeypatch):
    experiment = claim(tmp_path, seeds=1)
    arms = (experiment.arms[0], Arm("ten", of="learns", protocol="ten-crop"))
    experiment = claim(tmp_path, seeds=1, arms=arms, rule=Lower("ten", "learns"))
    asked = []

    def tested(folder, protocol, task):
        asked.append((folder.name, protocol, task.seed))
        return {"protocol": protocol, "error": 0.25, "images": 30}

    monkeypatch.setattr(measure, "tested_by", tested)
    made, _ = done(experiment, tmp_path / "out")
    assert made.found["ten"][0].test_error == 0.25
    done(experiment, tmp_path / "out", resume=True)
    assert asked == [("learns-seed1", "ten-crop", 1)]  # once: it is kept
