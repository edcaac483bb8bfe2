"""`papernets.evaluate`: the figures of the verb, of bundles, modules and pictures in memory."""

import json
from dataclasses import replace

import pytest
import torch
from small_runs import DATA, EYES, TINY, drawn

import papernets
from papernets.cli import main
from papernets.verbs.worded import in_python

NAMES = list(DATA.classes)
TEST = DATA.test


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    return papernets.save(drawn(TINY), folder, NAMES, EYES)


def test_the_report_is_what_the_verb_prints(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "lenet1", "--data", "digits", "--json", "--top", "3"]) == 0
    printed = json.loads(capsys.readouterr().out)
    report = papernets.evaluate("lenet1", "digits", top=3)
    assert {"bundle": printed["bundle"], "out": printed["out"], **report.to_dict()} == printed
    assert (report.top1_error, report.loss) == (printed["top1_error"], printed["loss"])
    assert (report.views, list(report.interval)) == (1, printed["interval"])
    assert repr(report).startswith("Report(lenet1 on digits, test: ")
    assert capsys.readouterr() == ("", "")


def test_a_module_is_tested_as_it_is_and_stays_so(bundle):
    model = papernets.create_model(bundle)
    assert model.training
    model.drop.eval()
    report = papernets.evaluate(model, DATA)
    assert model.training and not model.drop.training
    assert report.to_dict() == papernets.evaluate(bundle, DATA).to_dict()
    assert papernets.evaluate(papernets.load(bundle), DATA).error == report.error
    plain = drawn(TINY)  # it knows no names: those of the data set, in its order
    again = papernets.evaluate(plain, DATA, preprocessing=EYES)
    assert (again.network, again.error) == ("tiny", report.error)
    with pytest.raises(ValueError, match="nothing tells the names of the 3 classes: give classes="):
        papernets.evaluate(plain, (TEST.images, TEST.labels))


def test_arrays_by_their_names_and_threads_as_before(bundle):
    before = torch.get_num_threads()
    report = papernets.evaluate(bundle, DATA, threads=1)
    assert torch.get_num_threads() == before
    pair = (TEST.images[:, 0].numpy(), [NAMES[at] for at in TEST.labels])
    assert papernets.evaluate(bundle, pair).error == report.error
    turned = [NAMES[2], NAMES[0], NAMES[1]]
    places = torch.tensor([turned.index(NAMES[at]) for at in TEST.labels])
    assert papernets.evaluate(bundle, (TEST.images, places), classes=turned).error == report.error
    parts = {"train": (DATA.train.images, DATA.train.labels), "test": (TEST.images, TEST.labels)}
    assert papernets.evaluate(bundle, parts).error == report.error
    assert papernets.evaluate(bundle, parts, part="train").score.images == len(DATA.train)
    both = papernets.evaluate(bundle, DATA, ensemble=[drawn(TINY, 1)], preprocessing=EYES)
    assert both.networks == 2 and both.protocol.average == "softmax"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"net": 3}, "net is an int: give a trained network's name"),
        ({"net": "nowhere"}, "nowhere"),
        ({"data": 3}, "data is an int: give a name, a path"),
        ({"data": None}, "does not say what it was trained on: give data="),
        ({"part": "exam"}, "no part 'exam': give test, validation, train or all"),
        ({"protocol": "tencrop"}, "unknown protocol 'tencrop'. Did you mean 'ten-crop'"),
        ({"device": "gpu"}, "unknown device 'gpu'"),
        ({"top": 0}, "top 0: give 1 or more"),
        ({"ensemble": ["lenet1"]}, "has other classes than"),
        ({"data": (TEST.images, TEST.labels + 1)}, "label 3 among 3 classes"),
        ({"data": (TEST.images, TEST.labels), "classes": ["x", "y", "z"]}, "does not know: x"),
        ({"protocol": 5}, "protocol is an int: give a name"),
        ({"data": {"train": (1, 2)}}, "no part 'test' among these: train"),
        ({"data": replace(DATA, classes=("low", "mid", "high"))}, "does not know: high"),
    ],
)
def test_what_cannot_be(bundle, given, said):
    whole = {"net": bundle, "data": DATA, **given}
    with pytest.raises((ValueError, OSError), match=said) as error:
        papernets.evaluate(**whole)
    assert in_python(str(error.value)) == str(error.value)
