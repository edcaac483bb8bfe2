"""The training loop: its batches, its schedule, its running mean, its best epoch, its end."""

import math
import re
from dataclasses import replace

import pytest
import torch
from small_runs import (
    CPU,
    DATA,
    EYES,
    TINY,
    a_run,
    batches,
    do,
    fitted,
    log_of,
    part,
    run_of,
    write_own,
)

from papernets.cli import main
from papernets.data import Part
from papernets.run.network import build
from papernets.train import fit as loop
from papernets.train.events import Epoch, Progress
from papernets.train.fit import Diverged
from papernets.train.recipe import TrainRecipe
from papernets.train.schedule import FLOOR, learning_rate
from papernets.train.source import Source, sizes_of
from papernets.train.state import start, update_average

RUN = a_run("tiny", epochs=3, batch_size=16, learning_rate=0.01)


def begun(run=RUN, net=TINY):
    return start(build(net, generator=torch.Generator().manual_seed(run.recipe.seed)), run.recipe)


def epochs_of(run, data=DATA, state=None):
    state = state or begun(run)
    found = [e for e in fitted(state, data, EYES, run) if isinstance(e, Epoch)]
    return state, found


def untimed(epoch):
    return replace(epoch, seconds=0, images_per_second=0)


def test_it_learns_and_counts():
    state, found = epochs_of(RUN.changed(epochs=8))
    assert [e.epoch for e in found] == list(range(1, 9))
    assert found[-1].train_loss < found[0].train_loss and found[-1].val_error < 0.2
    assert {e.images for e in found} == {60}
    assert state.step == 8 * 4 and state.epoch == 8
    assert all(h["val_error"] == e.val_error for h, e in zip(state.history, found, strict=True))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_the_same_seed_gives_the_same_run(optimizer):
    run = RUN.changed(optimizer=optimizer, average=0.9, augment={"rotate": 5.0})
    first, one = epochs_of(run)
    torch.manual_seed(99)  # what was drawn before does not matter
    second, two = epochs_of(run)
    assert [untimed(e) for e in one] == [untimed(e) for e in two]
    for name, tensor in first.weights().items():
        assert torch.equal(tensor, second.weights()[name]), name
    _, three = epochs_of(run.changed(seed=1))
    assert three[-1].train_loss != one[-1].train_loss


@pytest.mark.parametrize("count, size", [(60, 16), (33, 16), (17, 16), (5, 64), (1, 8), (40, 1)])
def test_each_picture_comes_once(count, size):
    pictures = part(count, 3)
    pictures.images[:, 0, 0, 0] = torch.arange(count, dtype=torch.uint8)
    found = batches(pictures, EYES, size)
    assert [len(x) for x, _ in found] == sizes_of(count, size)
    source = Source(pictures, EYES, TrainRecipe("x", batch_size=size), CPU)
    assert len(found) == len(source)
    seen = torch.cat([x[:, 0, 0, 0] for x, _ in found])
    places = ((seen + 0.1) / 1.275 * 255).round().long()
    assert sorted(places.tolist()) == list(range(count))
    assert torch.equal(torch.cat([y for _, y in found]), pictures.labels[places])
    again = batches(pictures, EYES, size, epoch=2)
    assert count < 5 or not torch.equal(again[0][0], found[0][0])


def test_a_last_picture_alone_joins_the_batch_before():
    assert sizes_of(33, 16) == [16, 17] and sizes_of(34, 16) == [16, 16, 2]
    assert sizes_of(1, 16) == [1] and sizes_of(3, 1) == [1, 1, 1]


@pytest.mark.parametrize("count, size", [(97, 1), (97, 2), (97, 5), (96, 5), (65, 16), (33, 32)])
def test_batches_are_as_many_as_counted_over_many_chunks(monkeypatch, count, size):
    """A chunk's last picture is no lone one, and a schedule ends with the last step."""
    monkeypatch.setattr("papernets.train.source.CHUNK", 16)
    found = [len(x) for x, _ in batches(part(count, 0), EYES, size)]
    source = Source(part(count, 0), EYES, TrainRecipe("x", batch_size=size), CPU)
    assert len(found) == len(source) and sum(found) == count
    assert size == 1 or min(found) > 1


def test_many_pictures_are_prepared_in_chunks(monkeypatch):
    monkeypatch.setattr("papernets.train.source.CHUNK", 32)
    found = [len(x) for x, _ in batches(part(97, 0), EYES, 16)]
    assert found == sizes_of(97, 16)


def test_schedules():
    recipe = TrainRecipe("x", learning_rate=0.1)
    assert {learning_rate(recipe, s, 10) for s in range(10)} == {0.1}
    cosine = replace(recipe, schedule="cosine")
    assert learning_rate(cosine, 0, 100) == pytest.approx(0.1)
    middle = 0.1 * (FLOOR + (1 - FLOOR) / 2)
    assert learning_rate(cosine, 50, 100) == pytest.approx(middle)
    assert learning_rate(cosine, 100, 100) == pytest.approx(0.1 * FLOOR)
    cycle = replace(recipe, schedule="one_cycle", warmup=0.2)
    rates = [learning_rate(cycle, s, 100) for s in range(100)]
    assert rates[:20] == pytest.approx([0.1 * (s + 1) / 20 for s in range(20)])
    assert rates[20:] == sorted(rates[20:], reverse=True) and max(rates) == pytest.approx(0.1)
    assert rates[60] == pytest.approx(middle)
    assert 0 < rates[-1] < 0.001
    assert all(0 < learning_rate(cycle, s, 3) <= 0.1 for s in range(3))


def test_the_rate_falls_at_the_milestones():
    """He et al. 2015, section 4.2: divided by 10 at 32,000 and 48,000 of 64,000 steps."""
    recipe = TrainRecipe("x", learning_rate=0.1, schedule="step", milestones=(0.5, 0.75), gamma=0.1)
    steps = {0: 0.1, 31_999: 0.1, 32_000: 0.01, 47_999: 0.01, 48_000: 0.001, 63_999: 0.001}
    assert {s: learning_rate(recipe, s, 64_000) for s in steps} == pytest.approx(steps)
    short = [learning_rate(recipe, s, 8) for s in range(8)]
    assert short == pytest.approx([0.1] * 4 + [0.01] * 2 + [0.001] * 2)


def test_the_optimiser_takes_the_schedules_rate():
    run = RUN.changed(schedule="one_cycle")
    state, found = epochs_of(run)
    assert state.optimizer.param_groups[0]["lr"] == learning_rate(run.recipe, 11, 12)
    rates = [learning_rate(run.recipe, step, 12) for step in (3, 7, 11)]
    assert [e.learning_rate for e in found] == rates


def test_the_running_mean():
    run = RUN.changed(average=0.9)
    state = begun(run)
    name = "out.bias"
    mean, weights = state.average[name], dict(state.model.named_parameters())[name]
    with torch.no_grad():
        mean.fill_(1.0)
        weights.fill_(3.0)
    state.step = 1  # the first steps count more: (1 + step) / (10 + step)
    update_average(state, run.recipe, 12)
    assert mean.tolist() == pytest.approx([1 + (1 - 2 / 11) * 2] * 3)
    with torch.no_grad():
        mean.fill_(1.0)
    state.step = 100_000
    update_average(state, run.recipe, 12)
    assert mean.tolist() == pytest.approx([1.2] * 3)
    assert torch.equal(state.weights()[name], mean) and not torch.equal(mean, weights)


def test_looking_at_the_running_mean_leaves_the_weights():
    run = RUN.changed(average=0.99)
    state = begun(run)
    before = {k: v.clone() for k, v in state.model.state_dict().items()}
    with torch.no_grad():
        for value in state.average.values():
            value.zero_()
    loss, _ = loop.validate(state, DATA.validation, EYES, run.recipe)
    assert loss == pytest.approx(math.log(3))  # of zero weights: all classes alike
    assert all(torch.equal(v, before[k]) for k, v in state.model.state_dict().items())


def told(monkeypatch, values):
    """`validate` answers these (loss, error) instead."""
    answers = iter(values)
    monkeypatch.setattr(loop, "validate", lambda *_: next(answers))


@pytest.mark.parametrize(
    "seen, best",
    [
        ([(1, 0.5), (1, 0.2), (1, 0.3)], [True, True, False]),
        ([(1, 0.2), (0.9, 0.2), (0.95, 0.2)], [True, True, False]),
        ([(1, 0.2), (1, 0.2), (0.1, 0.3)], [True, False, False]),
        ([(1, 0.2), (0.1, 0.3), (0.9, 0.2)], [True, False, True]),
    ],
)
@pytest.mark.parametrize("keep", ["best", "last"])
def test_the_best_epoch_has_the_least_held_out_error_then_loss(monkeypatch, seen, best, keep):
    told(monkeypatch, seen)
    state, found = epochs_of(RUN.changed(keep=keep))
    assert [e.best for e in found] == best
    if keep == "last":
        assert state.best_epoch == 3
    else:
        assert state.best_epoch == max(e.epoch for e in found if e.best)


def test_the_best_weights_are_those_of_the_best_epoch(monkeypatch):
    told(monkeypatch, [(1, 0.5), (1, 0.2), (1, 0.3)])
    state, kept = begun(), {}
    for event in fitted(state, DATA, EYES, RUN):
        if isinstance(event, Epoch):
            kept[event.epoch] = state.weights()
    assert all(torch.equal(v, kept[2][k]) for k, v in state.best_weights.items())
    assert not torch.equal(state.best_weights["out.bias"], kept[3]["out.bias"])


def test_a_step_tells_where_it_is():
    steps = [e for e in fitted(begun(), DATA, EYES, RUN) if isinstance(e, Progress)]
    assert [(s.epoch, s.step, s.steps) for s in steps] == [(1, 4, 4), (2, 4, 4), (3, 4, 4)]


def test_slow_steps_are_told_of_one_by_one(monkeypatch):
    monkeypatch.setattr(loop, "SILENT", 0.0)
    steps = [e for e in fitted(begun(), DATA, EYES, RUN) if isinstance(e, Progress)]
    assert [s.step for s in steps] == [1, 2, 3, 4] * 3


def test_a_loss_that_is_not_a_number_stops_with_step_and_rate():
    state, run = begun(), RUN.changed(schedule="cosine")
    events = fitted(state, DATA, EYES, run)
    for event in events:
        if isinstance(event, Epoch):
            break
    with torch.no_grad():
        dict(state.model.named_parameters())["conv.conv.weight"][0, 0, 0, 0] = math.nan
    rate = learning_rate(run.recipe, 4, 12)
    message = rf"the loss is nan at step 5 \(epoch 2\), learning rate {rate:.3g}\. Try a smaller"
    with pytest.raises(Diverged, match=message):
        next(events)
    assert state.epoch == 1 and len(state.history) == 1


def test_weights_that_the_last_step_spoilt_are_found_too(monkeypatch):
    told(monkeypatch, [(0.5, 0.5), (math.nan, 0.9)])
    state = begun()
    with pytest.raises(Diverged, match=r"the held-out loss is nan at step 8 \(epoch 2\)"):
        for _ in fitted(state, DATA, EYES, RUN):
            pass
    assert state.epoch == 1 and state.best_epoch == 1


def test_an_end_in_the_middle_leaves_the_last_good_state(tmp_path, monkeypatch):
    write_own(tmp_path)
    folder = tmp_path / "run"
    real, calls = loop.validate, []

    def validate(*given):
        calls.append(1)
        return (math.nan, 0.9) if len(calls) == 2 else real(*given)

    monkeypatch.setattr(loop, "validate", validate)
    with pytest.raises(Diverged) as found:
        do(run_of(tmp_path), folder)
    assert f"The best network so far, of epoch 1, is kept in {folder / 'best'}" in str(found.value)
    assert "--set learning_rate=0.003, in a new run with another --out" in str(found.value)
    assert [r["epoch"] for r in log_of(folder)] == [1]
    do(None, folder, resume=True)
    assert [r["epoch"] for r in log_of(folder)] == [1, 2, 3]


def test_no_epoch_at_all(tmp_path):
    write_own(tmp_path)
    wild = run_of(tmp_path, learning_rate=9e29, optimizer="sgd", loss="mse")
    with pytest.raises(Diverged, match=r"learning rate 9e\+29.*No epoch was finished"):
        do(wild, tmp_path / "run")
    assert not (tmp_path / "run" / "best").exists()


def test_a_wild_learning_rate_on_the_command_line(tmp_path, capsys):
    name, data = write_own(tmp_path)
    settings = ("learning_rate=9e29", "optimizer=sgd", "loss=mse")
    wild = [*(word for one in settings for word in ("--set", one)), "--out", str(tmp_path / "r")]
    assert main(["train", name, "--data", data, "--epochs", "2", *wild]) == 1
    out, err = capsys.readouterr()
    last = err.splitlines()[-1]
    assert out == "" and "Traceback" not in err
    assert re.match(r"error: the (held-out )?loss is (nan|inf) at step \d \(epoch 1\), learn", last)
    assert "Try a smaller one: --set learning_rate=3e+29, in a new run with another --out" in last


def test_one_picture_is_enough():
    one = replace(DATA, train=Part(DATA.train.images[:1], DATA.train.labels[:1]))
    _, found = epochs_of(RUN, one)
    assert len(found) == 3
