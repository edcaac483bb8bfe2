"""Evaluation for a while leaves the mode of each module as it was, also after an error."""

import numpy as np
import pytest
import torch
from small_bundles import INFO
from torch import nn

from papernets import create_model, load, save
from papernets.bundle.load import Bundle
from papernets.bundle.modes import evaluating
from papernets.data import Preprocessing
from papernets.evaluate.infer import logits_of
from papernets.evaluate.pictures import Pictures
from papernets.evaluate.report import report

PICTURE = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)


def frozen(name):
    """A network in training mode whose normalisations somebody froze, some of them at least."""
    model = create_model(name).train()
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms[::2]:
        norm.eval()
    return model


def modes(model):
    return [module.training for module in model.modules()]


class Own(nn.Module):
    """Its `train` does more than to set a mode, as modules do that freeze a part of themselves."""

    def __init__(self):
        super().__init__()
        self.told = []
        self.inner = nn.Linear(2, 2)

    def train(self, mode=True):
        self.told.append(mode)
        return super().train(mode)


def test_each_module_has_its_own_mode_again():
    model = frozen("resnet20")
    model.own = Own()
    model.own.inner.eval()
    before = modes(model)
    with evaluating(model):
        assert not any(modes(model))
    assert modes(model) == before and model.own.told == [False, True]
    with pytest.raises(KeyError), evaluating(model):
        raise KeyError
    assert modes(model) == before


def test_what_evaluates_already_is_not_touched():
    model = create_model("resnet20").eval()
    model.own = Own()
    model.eval()
    model.own.told.clear()
    with evaluating(model):
        pass
    assert model.own.told == [] and not any(modes(model))


def test_predictions_leave_frozen_layers_frozen(tmp_path):
    save(create_model("resnet20"), tmp_path / "made", range(10))
    predictor = load(tmp_path / "made")
    predictor.model.train()
    for module in predictor.model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    before = modes(predictor.model)
    statistics = predictor.model.conv1.norm.running_mean.clone()
    predictor.predict(PICTURE)
    assert modes(predictor.model) == before and predictor.model.training
    assert torch.equal(predictor.model.conv1.norm.running_mean, statistics)


def test_an_error_leaves_no_network_in_evaluation(tmp_path):
    model, images = frozen("resnet20"), torch.zeros(3, 3, 32, 32, dtype=torch.uint8)
    before = modes(model)

    def breaks(images):
        raise RuntimeError("no memory")

    with pytest.raises(RuntimeError, match="no memory"):
        logits_of(model, images, breaks)
    assert modes(model) == before
    logits_of(model, images, Preprocessing(3, 32, 32, (32, 32), "photo"))
    assert modes(model) == before


def test_a_report_leaves_a_committees_members_as_they_are(tmp_path):
    model = create_model("boosted_lenet4", weights="boosted_lenet4")
    model.train()
    model.members[1].eval()
    before, info = modes(model), load("boosted_lenet4").bundle.info
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 255, (4, 1, 28, 28), dtype=torch.uint8, generator=generator)
    found = report(
        Bundle(info, model, tmp_path),
        Pictures("drawn", "test", images, torch.arange(4)),
    )
    assert found.early_exit is not None and modes(model) == before
    assert len(info.classes) == len(INFO.classes)
