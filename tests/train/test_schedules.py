"""Every schedule at its first, middle and last step, by the numbers that papers print."""

import math
from dataclasses import replace

import pytest
import torch
from small_runs import CPU, DATA, EYES, TINY, a_run, drawn, fitted

from papernets.train import fit as loop
from papernets.train.events import Epoch
from papernets.train.fit import check_held_out
from papernets.train.recipe import TrainRecipe
from papernets.train.schedule import Course, drops_of, learning_rate
from papernets.train.state import start

LENET5 = ((0.0005, 2), (0.0002, 3), (0.0001, 3), (0.00005, 4), (0.00001, 8))


def rates_of(recipe, each, epochs):
    """The rate of the first and of the last step of these epochs, from 0, `each` steps long."""
    steps = each * recipe.epochs
    return [
        (learning_rate(recipe, e * each, steps), learning_rate(recipe, e * each + each - 1, steps))
        for e in epochs
    ]


@pytest.mark.parametrize("rates", [(0.1, 2), ((0.1,),), ((0.1, 0),), ((0.1, 1), 3), ("ab",)])
def test_rates_are_pairs(rates):
    with pytest.raises(ValueError, match="rates must be pairs of a rate above 0 and its passes"):
        TrainRecipe("x", schedule="listed", rates=rates)


def test_lenet5s_printed_rates():
    """LeCun et al. 1998, section III-B: twenty passes, their rates one by one."""
    recipe = TrainRecipe("x", epochs=20, schedule="listed", rates=LENET5, learning_rate=9.0)
    printed = [5e-4] * 2 + [2e-4] * 3 + [1e-4] * 3 + [5e-5] * 4 + [1e-5] * 8
    assert rates_of(recipe, 60_000, range(20)) == [(rate, rate) for rate in printed]
    longer = replace(recipe, epochs=30)
    assert rates_of(longer, 7, (0, 19, 29)) == [(5e-4, 5e-4), (1e-5, 1e-5), (1e-5, 1e-5)]


def test_inceptions_staircase():
    """Szegedy et al. 2015, section 8: 0.045, times 0.94 every two epochs, 100 epochs."""
    recipe = TrainRecipe(
        "x", epochs=100, schedule="exponential", learning_rate=0.045, gamma=0.94, every=2
    )
    # 1,281,167 pictures are 40,037 batches of 32
    found = rates_of(recipe, 40_037, (0, 1, 2, 50, 51, 99))
    wanted = [0.045, 0.045, 0.045 * 0.94, 0.045 * 0.94**25, 0.045 * 0.94**25, 0.045 * 0.94**49]
    assert found == [(pytest.approx(rate), pytest.approx(rate)) for rate in wanted]


def test_googlenets_staircase_and_one_six_times_faster():
    """Szegedy et al. 2014, section 6: 4 % down every 8 epochs; Ioffe and Szegedy 2015: faster."""
    recipe = TrainRecipe(
        "x", epochs=160, schedule="exponential", learning_rate=0.01, gamma=0.96, every=8
    )
    found = [rate for rate, _ in rates_of(recipe, 391, range(0, 160, 8))]
    assert found == pytest.approx([0.01 * 0.96**n for n in range(20)])
    assert rates_of(recipe, 391, (7,))[0][1] == 0.01
    assert rates_of(recipe, 391, (159,))[0][1] == pytest.approx(0.01 * 0.96**19)
    faster = replace(recipe, every=8 / 6)
    assert rates_of(faster, 390, (8,))[0][0] == pytest.approx(0.01 * 0.96**6)
    assert rates_of(faster, 390, (0, 1)) == [(0.01, 0.01), (0.01, pytest.approx(0.0096))]


def test_a_polynomial():
    """Caffe's GoogLeNet, quick_solver.prototxt: 0.01 (1 - step / 2,400,000)^0.5."""
    recipe = TrainRecipe("x", schedule="polynomial", learning_rate=0.01, power=0.5)
    steps = 2_400_000
    assert learning_rate(recipe, 0, steps) == 0.01
    assert learning_rate(recipe, steps // 2, steps) == pytest.approx(0.01 / math.sqrt(2))
    assert learning_rate(recipe, steps - 1, steps) == pytest.approx(0.01 / math.sqrt(steps))
    straight = replace(recipe, power=1.0)
    assert learning_rate(straight, 3 * steps // 4, steps) == pytest.approx(0.0025)


def test_a_warm_up_takes_the_place_of_the_first_rates():
    """He et al. 2016 (v2): 0.01 for 400 steps, then 0.1, a tenth at 32,000 and 48,000 steps."""
    recipe = TrainRecipe(
        "x", schedule="step", learning_rate=0.1, warmup_steps=400, warmup_rate=0.01
    )
    steps = {0: 0.01, 399: 0.01, 400: 0.1, 31_999: 0.1, 32_000: 0.01, 48_000: 1e-3, 63_999: 1e-3}
    assert {s: learning_rate(recipe, s, 64_000) for s in steps} == pytest.approx(steps)


def test_a_warm_up_by_the_training_error():
    """He et al. 2015, section 4.2, 110 layers: 0.01 until the training error is below 80 %."""
    recipe = TrainRecipe(
        "x", schedule="step", learning_rate=0.1, warmup_error=0.8, warmup_rate=0.01
    )
    cold, warm = Course(warm=False), Course(warm=True)
    steps = (0, 31_999, 32_000, 63_999)
    assert [learning_rate(recipe, s, 64_000, cold) for s in steps] == [0.01] * 4
    found = [learning_rate(recipe, s, 64_000, warm) for s in steps]
    assert found == pytest.approx([0.1, 0.1, 0.01, 0.001])
    both = replace(recipe, warmup_steps=400)
    assert [learning_rate(both, s, 64_000, warm) for s in (399, 400)] == [0.01, 0.1]


def wrong_steps(state, run, shares):
    """What `fit` yields, where each step gets this share of its pictures wrong."""
    from papernets.train.session import stepper_of
    from papernets.train.source import Source
    from papernets.train.stepper import Step

    rates = []
    with stepper_of(state.model, Source(DATA.train, EYES, run.recipe, CPU), run.where) as stepper:

        def step(state, batch, rate):
            rates.append(rate)
            share = shares[min(len(rates) - 1, len(shares) - 1)]
            return Step(torch.tensor(0.5), torch.tensor(share * batch[2]))

        stepper.step = step
        for _ in loop.fit(state, stepper, DATA.validation, EYES, run.recipe):
            pass
    return rates


def test_the_run_becomes_warm_where_its_error_falls(monkeypatch):
    """60 pictures are 4 steps: it is looked at after each second one, on those two alone."""
    monkeypatch.setattr(loop, "LOOK", 2)
    run = a_run(
        "tiny", epochs=3, batch_size=16, learning_rate=0.1, warmup_error=0.8, warmup_rate=0.01
    )
    state = start(drawn(TINY), run.recipe)
    # steps of 16, 16, 16, 12: 0.9 and 0.8 and then, in the second epoch's first half, below 0.8
    rates = wrong_steps(state, run, [0.9, 0.9, 0.8, 0.8, 0.5, 0.9, 1.0])
    assert rates == [0.01] * 6 + [0.1] * 6 and state.warm
    again = start(drawn(TINY), run.recipe)
    again.load_dict({**state.to_dict(), "optimizer": again.optimizer.state_dict(), "step": 0})
    assert again.warm
    never = start(drawn(TINY), run.recipe)
    assert set(wrong_steps(never, run, [0.9])) == {0.01} and not never.warm


def history(*errors):
    return [{"val_error": e, "val_loss": 10 * e, "train_error": 1 - e} for e in errors]


PLATEAU = TrainRecipe("x", schedule="plateau", patience=2, drops=3, learning_rate=0.01)


def test_a_plateau_falls_by_ten_three_times():
    """Krizhevsky et al. 2012, section 5: 0.01, divided by 10 where the error stops improving."""
    errors = [0.9, 0.8, 0.8, 0.85, 0.7, 0.7, 0.71, 0.72, 0.7, 0.7, 0.7, 0.7, 0.7]
    drops = [drops_of(PLATEAU, history(*errors[:n])) for n in range(len(errors) + 1)]
    assert drops == [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3]
    rates = [learning_rate(PLATEAU, 5 * n, 65, Course(drops[n])) for n in range(13)]
    assert (rates[0], rates[6], rates[12]) == pytest.approx((0.01, 0.001, 0.00001))
    once = replace(PLATEAU, drops=1)
    assert drops_of(once, history(*errors)) == 1


def test_what_a_plateau_watches():
    falls = [{"val_error": 0.5, "val_loss": 1 / n, "train_error": 0.5} for n in range(1, 9)]
    assert drops_of(PLATEAU, falls) == 3
    assert drops_of(replace(PLATEAU, monitor="loss"), falls) == 0
    assert drops_of(replace(PLATEAU, monitor="train_error"), falls) == 3
    assert drops_of(replace(PLATEAU, schedule="step"), falls) == 0


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_a_plateau_is_torchs(patience):
    """torch's rule, whose patience counts the epochs that are let pass before that one."""
    draws = torch.Generator().manual_seed(patience)
    errors = (torch.rand(60, generator=draws) + torch.linspace(1, 0, 60)).tolist()
    recipe = replace(PLATEAU, patience=patience, drops=1000, gamma=0.5)
    optimizer = torch.optim.SGD([torch.zeros(1)], 1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=patience - 1, threshold=0.0, min_lr=0.0, eps=0.0
    )
    for n, error in enumerate(errors, 1):
        theirs.step(error)
        assert 0.5 ** drops_of(recipe, history(*errors[:n])) == optimizer.param_groups[0]["lr"]


def test_a_run_on_a_plateau(monkeypatch):
    answers = iter([(1.0, e) for e in (0.5, 0.5, 0.4, 0.4, 0.4, 0.4)])
    monkeypatch.setattr(loop, "validate", lambda *_: next(answers))
    run = a_run(
        "tiny", epochs=6, batch_size=16, schedule="plateau", patience=1, drops=2, learning_rate=0.1
    )
    state = start(drawn(TINY), run.recipe)
    found = [e.learning_rate for e in fitted(state, DATA, EYES, run) if isinstance(e, Epoch)]
    assert found == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_a_plateau_needs_held_out_pictures():
    none = DATA.validation.select([])
    last = replace(PLATEAU, keep="last")
    with pytest.raises(
        ValueError, match="no picture is held out, and schedule 'plateau' looks at held-out ones"
    ):
        check_held_out(none, last)
    with pytest.raises(ValueError, match="keep='best' chooses the epoch by held-out ones"):
        check_held_out(none, PLATEAU)
    check_held_out(none, replace(last, monitor="train_error"))
    check_held_out(none, replace(last, schedule="step"))
    run = a_run("tiny", epochs=1, schedule="plateau", keep="last")
    state = start(drawn(TINY), run.recipe)
    with pytest.raises(ValueError, match="--set schedule=step"):
        next(fitted(state, replace(DATA, validation=none), EYES, run))
    assert state.step == 0
