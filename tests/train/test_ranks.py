"""Ranks that share a run: the losses of one process, the same answers, each picture read once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import ranks
import siblings
import torch
from ranks import CASES, done, trained
from small_archives import samples, tar
from small_runs import CPU, NORMED, a_run, drawn
from torch import nn

from papernets import data
from papernets.data import Preprocessing, shards
from papernets.evaluate.infer import logits_of
from papernets.ranks.place import Place, place, speaks
from papernets.ranks.turns import in_turns
from papernets.run.fast import Fast
from papernets.run.recomputed import Recomputed
from papernets.train.ranks.norms import Synced
from papernets.train.ranks.ready import check_shared, shared_by
from papernets.train.recipe import TrainRecipe
from papernets.train.source import Source

QUICK = ("normed", "plain, float64", "in parts, float64")


def same_as_alone(found, names):
    """Each rank's training is that of one process."""
    for name in names:
        alone, exact = trained(CASES[name]), "float64" in name
        for rank in found:
            mine = rank[name]
            most = 1e-9 if exact else 1e-5
            steps = slice(None) if exact else slice(0, 10)
            torch.testing.assert_close(
                mine["steps"][steps, 0], alone["steps"][steps, 0], rtol=0, atol=most
            )
            assert torch.equal(mine["steps"][:10, 1], alone["steps"][:10, 1])  # mistakes
            assert mine["log"] == found[0][name]["log"]
            for one, other in zip(mine["log"], alone["log"], strict=True):
                assert one["val_loss"] == pytest.approx(other["val_loss"], abs=most)
            for key, value in mine["weights"].items():
                assert torch.equal(value, found[0][name]["weights"][key]), key


def test_two_ranks_train_as_one_process_and_answer_each_picture_once(tmp_path):
    found = done(2, "test_ranks.both", tmp_path)
    same_as_alone([one["cases"] for one in found], QUICK)
    _, eyes, images, model = crowd()
    alone = logits_of(model, images, eyes)
    for one in found:
        assert torch.equal(one["answers"], alone)
        assert one["shown"] == [5007, 5000] or one["shown"] == [5000, 5007]


def both(group):
    """What two processes find of all that is asked of them in one start."""
    return {"cases": ranks.cases(group, *QUICK), **answered(group)}


def crowd():
    """10,007 pictures in blocks of 500, and who answers them."""
    draws = torch.Generator().manual_seed(3)
    images = torch.randint(0, 256, (10_007, 1, 12, 12), generator=draws, dtype=torch.uint8)
    return 500, Preprocessing(1, 12, 12, (12, 12)), images, drawn(NORMED).eval()


def answered(group):
    """The answers of all ranks to 10,007 pictures, and how many each was shown."""
    block, eyes, images, model = crowd()
    shown = torch.zeros(group.size, dtype=torch.int64)

    def answer(some):
        shown[group.rank] += len(images[some])
        return logits_of(model, images[some], eyes)

    answers = in_turns(group, len(images), block, answer)
    return {"answers": answers, "shown": group.sum(shown).tolist()}


@pytest.mark.slow
@pytest.mark.parametrize("size", [3, 4])
def test_more_ranks_train_as_one_process(size, tmp_path):
    found = done(size, "test_ranks.all_of_them", tmp_path)
    same_as_alone([one["cases"] for one in found], CASES)
    _, eyes, images, model = crowd()
    alone = logits_of(model, images, eyes)
    assert all(torch.equal(one["answers"], alone) for one in found)
    assert sum(found[0]["shown"]) == 10_007


@pytest.mark.slow
def test_ranks_train_in_half_precision_as_one_process(tmp_path):
    """Within what half a precision leaves: 11 and 8 bits of a number."""
    found = done(2, "ranks.halves", tmp_path)
    for name, most in (("fp16", 2e-3), ("bf16", 2e-2)):
        alone = trained(ranks.HALVES[name])
        for rank in found:
            mine = rank[name]
            torch.testing.assert_close(
                mine["steps"][:10, 0], alone["steps"][:10, 0], rtol=most, atol=most
            )
            assert mine["log"] == found[0][name]["log"]
            for key, value in mine["weights"].items():
                assert torch.equal(value, found[0][name]["weights"][key]), key


def all_of_them(group):
    return {"cases": ranks.cases(group), **answered(group)}


@siblings.together("shape, momentum", [((6, 4, 5, 5), 0.1), ((7, 3), 0.01), ((5, 2, 3, 3), None)])
def test_synced_normalisation_is_torchs(shape, momentum):
    """Of one process, by value and gradient and in its running mean and variance."""
    kind = nn.BatchNorm2d if len(shape) == 4 else nn.BatchNorm1d
    torchs, ours = (kind(shape[1], momentum=momentum).double() for _ in range(2))
    draws = torch.Generator().manual_seed(1)
    with torch.no_grad():
        torchs.weight.copy_(torch.rand(shape[1], generator=draws))
    ours.load_state_dict(torchs.state_dict())
    x = 3 + 2 * torch.randn(shape, generator=draws, dtype=torch.float64)
    up = torch.randn(shape, generator=draws, dtype=torch.float64)
    synced = Synced(lambda values: values)
    synced.total = len(x)
    found = []
    for norm, call in ((torchs, torchs), (ours, lambda given: synced(given, ours))):
        given = x.clone().requires_grad_()
        for _ in range(2):  # the second sees a moved mean
            out = call(given)
        out.backward(up)
        found.append((out, given.grad, norm.weight.grad, norm.bias.grad, *norm.buffers()))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def test_parts_that_are_computed_twice_are_added_up_once():
    """By the same numbers, to the bit, and the running means move once."""
    found, counts = [], []

    def added(values):
        counts[-1] += 1
        return values

    for checkpointing in (False, True):
        model = drawn(NORMED)
        form, synced = Fast(model), Synced(added)
        counts.append(0)
        form.drop_by(lambda row, x, rate: x)
        form.normalise_by(synced)
        synced.total = 12
        out = (Recomputed(form) if checkpointing else form)(ranks.EYES(ranks.PART.images[:12]))
        synced.total, synced.idle = 99, True  # of the next part, when gradients are asked for
        out.square().sum().backward()
        gradients = [p.grad for p in model.parameters()]
        found.append([out, *gradients, *model.buffers()])
    assert all(map(torch.equal, *found)) and counts == [2, 2]  # forward and backward


def test_ranks_read_their_own_pictures_of_shards_and_lose_none(tmp_path: Path, monkeypatch):
    """Also where a run goes on from the middle of an epoch with another number of ranks."""
    for at in range(3):
        tar(tmp_path / f"train-{at}.tar", samples(14, 10 * at))
    tar(tmp_path / "test-0.tar", samples(4, 90))
    part = data.open(str(tmp_path), channels=3, size=(16, 16), room=0, val_share=0.2).train
    read: list[str] = []
    bytes_at = shards._bytes_at

    def noted(file, member, at, size):
        read.append(f"{file}: {member}")
        return bytes_at(file, member, at, size)

    monkeypatch.setattr(shards, "_bytes_at", noted)
    eyes, recipe = Preprocessing(3, 16, 16, (16, 16), kind="photo"), TrainRecipe("x", batch_size=8)

    def of(size, start=0):
        """What ranks read, and the places of the pictures that they show the network."""
        every, shown = [], []
        for rank in range(size):
            read.clear()
            source = Source(part, eyes, recipe, CPU, (rank, size))
            shown += [at for share in source.epoch(3, start) for at in share.draws.places.tolist()]
            every += read
        return every, shown

    whole, order = of(1)
    assert len(whole) == len(set(whole)) == len(part) > 30
    for size in (2, 4):
        every, shown = of(size)
        assert sorted(every) == sorted(whole)
        assert sorted(shown) == sorted(order)
    every, shown = of(3, 2)
    assert sorted(shown) == sorted(order[2 * 8 :])
    assert len(every) == len(set(every))


ELSEWHERE = {
    "RANK": "1", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2",
    "MASTER_ADDR": "here", "MASTER_PORT": "1", "TORCHELASTIC_RESTART_COUNT": "2",
}  # fmt: skip


def test_where_a_process_stands():
    assert place({}) == place({"WORLD_SIZE": "1"}) == Place()
    assert place(ELSEWHERE) == Place(1, 4, 1, 2, restarts=2)
    assert place(ELSEWHERE).machines == 2
    assert speaks({}) and speaks(ELSEWHERE | {"RANK": "0"}) and not speaks(ELSEWHERE)


@siblings.together(
    "changed, said",
    [
        ({"RANK": ""}, r"WORLD_SIZE is 4, but RANK is not set: start 4 processes by torchrun"),
        ({"MASTER_ADDR": "", "LOCAL_RANK": ""}, "LOCAL_RANK and MASTER_ADDR are not set"),
        ({"WORLD_SIZE": "four"}, "WORLD_SIZE is 'four', not a number"),
        ({"WORLD_SIZE": "0"}, "WORLD_SIZE is 0: it is the number of processes"),
        ({"MASTER_PORT": "abc"}, "MASTER_PORT is 'abc', not a number: torchrun sets it"),
        ({"MASTER_PORT": "65536"}, "MASTER_PORT is 65536: a port is below 65536"),
        ({"RANK": "4"}, "RANK 4 of WORLD_SIZE 4"),
    ],
)
def test_an_environment_that_says_it_by_halves(changed, said):
    with pytest.raises(ValueError, match=said):
        place(ELSEWHERE | changed)


@siblings.together(
    "net, settings, size, said",
    [
        ("lenet1", {"batch_size": 2}, 3, r"3 processes share 2 pictures \(--batch-size\)"),
        ("lenet1", {"batch_size": 9, "micro_batch": 1}, 2, r"share 1 picture \(micro_batch\)"),
        ("lenet1", {"processes": 2}, 2, "--processes 2 shares each batch within one process"),
        ("boosted_lenet4", {}, 2, "boosted_lenet4 is a committee, whose networks learn one"),
        ("resnet20", {"batch_size": 6, "sync_norm": False}, 4, "--batch-size 8 or more, or --set"),
        ("resnet20", {"compile": True}, 2, "leave --compile out, or --set sync_norm=false"),
    ],
)
def test_what_ranks_cannot_share(net, settings, size, said):
    with pytest.raises(ValueError, match=said):
        check_shared(a_run(net, **settings), Place(0, size, 0, size))


def test_what_is_said_of_a_shared_run():
    def said(**settings):
        return shared_by(a_run("resnet20", batch_size=30, **settings), Place(0, 4, 0, 2), CPU)

    assert said() == (
        "4 processes on 2 machines share each batch of 30 by gloo: 7 or 8 pictures each; "
        "batch normalisation sees the whole batch"
    )
    assert said(sync_norm=False).endswith("sees each process's own pictures, and keeps the first's")
    assert "read by 2 loader processes each" in said(workers=2)


def test_a_share_of_a_batch_in_parts_is_a_share_of_each_part():
    part = replace(ranks.PART)
    recipe = TrainRecipe("x", batch_size=16, micro_batch=6)
    places = [
        [share.draws.places for share in Source(part, ranks.EYES, recipe, CPU, (r, 2)).epoch(1)]
        for r in range(2)
    ]
    order = Source(part, ranks.EYES, recipe, CPU).order(1)[:16].numpy()
    first, second = order[:6], order[6:12]
    assert list(places[0][0][:6]) == list(np.concatenate([first[:3], second[:3]]))
