"""All that answers computes one form, and answers the same to the digit; --plain another."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_bundles import INFO, model_of

import papernets
from papernets import data
from papernets.bundle.load import load_bundle
from papernets.bundle.optimised import Optimised, OptimisedCommittee
from papernets.bundle.save import save_bundle
from papernets.cli import main
from papernets.evaluate.form import answering, quickest
from papernets.evaluate.known import Pictures
from papernets.evaluate.protocols.outputs import outputs_of
from papernets.evaluate.protocols.protocol import Protocol


@pytest.fixture
def bundle(tmp_path: Path):
    save_bundle(tmp_path / "b", INFO, model_of().state_dict())
    return load_bundle(tmp_path / "b")


@pytest.fixture(scope="module")
def digits():
    part = data.open("digits").test
    return Pictures("digits", "test", part.images[:30], part.labels[:30])


@pytest.fixture
def asked(monkeypatch):
    """The kinds of the modules that were called as a whole."""
    kinds = []

    def note(module, given):
        if isinstance(module, Optimised) or type(module).__name__ in ("Network", "Fast"):
            kinds.append(type(module).__name__)

    handle = torch.nn.modules.module.register_module_forward_pre_hook(note)
    yield kinds
    handle.remove()


def test_verbs_answer_in_the_optimised_form_to_the_digit(bundle, digits, asked):
    outputs = outputs_of(bundle, digits, Protocol())
    pictures = [np.asarray(one[0]) for one in digits.images]
    told = papernets.load(bundle.folder).predict(pictures, top=10)
    assert set(asked) == {"Optimised"}
    scores = torch.softmax(outputs, 1)
    for answer, row in zip(told, scores, strict=True):
        found = dict(answer.top)
        assert [found[name] for name in bundle.info.classes] == pytest.approx(
            row.tolist(), abs=1e-12
        )


def test_plain_calls_the_network_module_by_module(bundle, digits, asked):
    plain = replace(bundle, plain=True)
    outputs = outputs_of(plain, digits, Protocol())
    papernets.load(bundle.folder, plain=True).predict(np.asarray(digits.images[0][0]))
    assert set(asked) == {"Network"}
    torch.testing.assert_close(outputs, outputs_of(bundle, digits, Protocol()), atol=1e-5, rtol=0)


def test_a_predictor_sees_what_is_done_to_its_model(bundle, digits):
    """It is optimised once, and anew at each call after somebody was given the model."""
    predictor, picture = papernets.load(bundle.folder), np.asarray(digits.images[0][0])
    before = predictor.predict(picture)
    form = predictor._quick().model
    assert isinstance(form, Optimised) and predictor._quick().model is form
    again = pickle.loads(pickle.dumps(predictor))
    assert again.predict(picture) == before and again._held.optimised is not None
    with torch.no_grad():
        predictor.model.get_submodule("out").weight.data.mul_(-1)
    assert predictor.predict(picture).label != before.label
    assert pickle.loads(pickle.dumps(predictor)).predict(picture) == predictor.predict(picture)


def test_what_the_optimised_form_does_not_know_answers_otherwise(bundle):
    model = bundle.model
    assert isinstance(answering(model), Optimised) and answering(model, plain=True) is model
    model.conv1.conv.register_forward_hook(lambda *given: None)
    assert type(answering(model)).__name__ == "Fast"
    other = torch.nn.Linear(2, 2)
    assert answering(other) is other
    committee = answering(papernets.load("boosted_lenet4").model)
    assert isinstance(committee, OptimisedCommittee) and quickest(committee) is committee


def test_the_command_line_takes_plain(bundle, tmp_path, capsys, asked):
    picture = str(tmp_path / "one.png")
    Image.fromarray(np.asarray(data.open("digits").test.images[0][0])).save(picture)
    found = []
    for flags in ([], ["--plain"]):
        assert main(["predict", str(bundle.folder), picture, "--json", *flags]) == 0
        found.append(json.loads(capsys.readouterr().out)[0]["score"])
    assert found[0] == pytest.approx(found[1], abs=1e-5)
    assert asked == ["Optimised", "Network"]
