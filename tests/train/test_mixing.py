"""Mixed pictures: the papers' arithmetic, the same for any worker, micro batch or resumption."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from small_runs import DATA, TINY, a_run, do, drawn, left_by, part, run_of, write_own
from small_runs import source_of as a_source

from papernets.data.draws import Draws
from papernets.run.network import Logits
from papernets.spec import Aux, Dense, Flatten, Net, chain
from papernets.train import outcome
from papernets.train.loader import Loaders
from papernets.train.losses import class_weights, make_loss, weighted_loss, wrong
from papernets.train.mixing import Mixing, box_of, partners, quantile, soft
from papernets.train.probe import look
from papernets.train.settings import resolve
from papernets.train.state import start
from papernets.train.stepper import Alone

BOTH = {"mixup": 0.4, "cutmix": 1.0}


@pytest.mark.parametrize("alpha", [0.1, 0.2, 1.0, 4.0, 10.0])
def test_shares_are_drawn_from_the_beta_distribution(alpha):
    from scipy.stats import beta

    drawn_ = (torch.arange(4000) + 0.5) / 4000
    found = quantile(alpha, drawn_).double().numpy()
    np.testing.assert_allclose(found, beta.ppf(drawn_.double().numpy(), alpha, alpha), atol=2e-4)
    assert (np.diff(found) >= 0).all()


def test_pairs_are_of_one_batch_and_of_each_other():
    found = partners([4, 5, 1, 2]).tolist()
    assert found == [1, 0, 3, 2, 5, 4, 7, 6, 7, 9, 11, 10]


def test_a_mixed_picture_is_what_the_papers_say():
    own, other = torch.rand(2, 200, 3, 10, 14)
    draws = Draws(3, 1, torch.arange(200))
    mixed, shares = Mixing(mixup=1.0)(own, other, draws)
    s = shares[:, None, None, None]
    torch.testing.assert_close(mixed, s * own + (1 - s) * other)
    assert 0.45 < shares.mean() < 0.55 and shares.std() > 0.2
    mixed, shares = Mixing(cutmix=1.0)(own, other, draws)
    mine, theirs = ((mixed == one).all(1).flatten(1) for one in (own, other))
    assert (mine | theirs).all()
    torch.testing.assert_close(mine.float().mean(1), shares)
    for one in theirs.view(200, 10, 14):  # one box each
        rows, columns = one.any(1), one.any(0)
        assert one.sum() == rows.sum() * columns.sum()
    mixed, shares = Mixing(1.0, 1.0)(own, other, draws)
    boxed = (mixed == own).flatten(1).float().mean(1) > 0.01
    assert 60 < boxed.sum() < 140  # about half of them each way


def test_a_box_has_the_area_that_is_left_and_is_cut_at_the_edges():
    inside = box_of(torch.tensor([0.75, 1.0, 0.0]), torch.full((3, 2), 0.5), (100, 40))
    assert inside.tolist() == [[25, 75, 10, 30], [50, 50, 20, 20], [0, 100, 0, 40]]
    assert box_of(torch.tensor([0.75]), torch.zeros(1, 2), (100, 40)).tolist() == [[0, 25, 0, 10]]


def test_the_loss_of_mixed_pictures_is_the_shares_of_both_losses():
    logits = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))
    one, two = torch.arange(12) % 3, torch.arange(12) // 4
    shares = torch.linspace(0, 1, 12)
    target, weights = soft(one, two, shares, 3), torch.tensor([0.5, 2.0, 1.0])
    recipe = a_run("x", label_smoothing=0.1, mixup=1.0).recipe
    each = [F.cross_entropy(logits, y, label_smoothing=0.1, reduction="none") for y in (one, two)]
    wanted = (shares * each[0] + (1 - shares) * each[1]).mean()
    torch.testing.assert_close(make_loss(recipe, TINY)(logits, target), wanted)
    weighed = [weighted_loss(logits[i : i + 1], y[i : i + 1], weights, 0.1) * s
               for i in range(12) for y, s in ((one, shares[i]), (two, 1 - shares[i]))]  # fmt: skip
    found = make_loss(recipe, TINY, weights)(logits, target)
    torch.testing.assert_close(found, torch.stack(weighed).sum() / 12)
    body = {"flatten": Flatten(), "aux": Aux(chain({"out": Dense(5)}), 0.3), "out": Dense(5)}
    headed = make_loss(recipe, Net("own", (1, 12, 12), 5, chain(body)))
    torch.testing.assert_close(headed(Logits(logits, (logits,)), target), 1.3 * wanted)
    said = logits.argmax(1)
    missed = 1 - shares * (said == one) - (1 - shares) * (said == two)
    torch.testing.assert_close(wrong(recipe, logits, target), missed.sum())


def test_a_batch_is_the_same_for_any_workers():
    own = part(37, 3)
    whole = list(a_source(own, **BOTH, batch_size=9).epoch(2))
    assert all(b.labels.shape == (b.total, 3) for b in whole)
    assert any(((b.labels > 0).sum(1) == 2).any() for b in whole)
    for count in (2, 3, 4):
        shares = [
            list(replace(a_source(own, **BOTH, batch_size=9), worker=(rank, count)).epoch(2))
            for rank in range(count)
        ]
        for batch, *parts in zip(whole, *shares, strict=True):
            assert torch.equal(torch.cat([p.images for p in parts]), batch.images)
            assert torch.equal(torch.cat([p.labels for p in parts]), batch.labels)
    with Loaders(a_source(own, **BOTH, batch_size=9), 1) as loaders:
        for one, two in zip(loaders.epoch(2), whole, strict=True):
            assert torch.equal(one.images, two.images) and torch.equal(one.labels, two.labels)


def test_parts_of_a_batch_have_the_gradient_of_the_whole():
    found = []
    for micro in (0, 5):
        source = a_source(DATA.train, **BOTH, micro_batch=micro, batch_size=24, balance="weights")
        state = start(drawn(TINY), source.recipe)
        alone = Alone(state.model, source)
        step = alone.step(state, next(alone.epoch(1)), 1e-3)
        found.append((step.loss, step.wrong, state.model.get_submodule("out").weight.grad.clone()))
    torch.testing.assert_close(found[0], found[1])


def test_a_fitted_classifier_sees_pictures_unmixed():
    model = drawn(TINY)
    mixed, plain = (look(model, a_source(DATA.train, **own), {"out"}) for own in (BOTH, {}))
    assert torch.equal(mixed.inputs["out"], plain.inputs["out"])
    assert torch.equal(mixed.labels, plain.labels)


@pytest.mark.parametrize(
    "own", [BOTH, {"balance": "sampling", "mixup": 1.0}], ids=["mixed", "drawn"]
)
def test_a_run_goes_on_to_the_same_bits(tmp_path, monkeypatch, own):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    write_own(tmp_path)
    run = run_of(tmp_path, epochs=2, **own)
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "cut", until=lambda e: getattr(e, "epoch", 0) == 1)
    do(None, tmp_path / "cut", resume=True)
    assert left_by(tmp_path / "cut") == left_by(tmp_path / "whole")
    do(run_of(tmp_path, epochs=2, processes=2, **own), tmp_path / "two")
    one, two = ([log["train_error"] for log in left_by(tmp_path / n)[1]] for n in ("whole", "two"))
    assert one == pytest.approx(two, abs=1e-3)


def test_classes_without_pictures_have_no_share():
    few = replace(DATA.train, labels=DATA.train.labels.clamp_max(1))
    (batch, *_) = a_source(few, **BOTH).epoch(1)
    assert batch.labels.shape[1] == 2
    logits = torch.zeros(len(batch.labels), 3)
    assert make_loss(a_run("x").recipe, TINY)(logits, batch.labels) == pytest.approx(np.log(3))
    assert class_weights(few.labels).tolist() == pytest.approx([1.5, 0.75])


@pytest.mark.parametrize(
    "wanted, told",
    [
        ({"mixup": -0.1}, "mixup must be 0, or from 0.001 to 10, not -0.1"),
        ({"cutmix": 11.0}, "cutmix must be 0, or from 0.001 to 10, not 11"),
        ({"mixup": 1e-20}, "mixup must be 0, or from 0.001 to 10, not 1e-20"),
        ({"mixup": float("nan")}, "mixup must be 0, or from 0.001 to 10"),
        ({"mixup": 0.2, "loss": "binary"}, "loss 'binary' takes one: --set loss=cross_entropy"),
        ({"cutmix": 1.0, "loss": "map"}, "cutmix gives a picture two classes at once"),
        ({"mixup": 0.2, "optimizer": "levenberg_marquardt"}, "knows no mixed pictures"),
    ],
)
def test_what_cannot_be_is_told(wanted, told):
    with pytest.raises(ValueError, match=told):
        resolve("lenet5", {"data": "digits", "loss": "cross_entropy", **wanted})
