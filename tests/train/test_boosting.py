"""Boosting: what each network is shown, how outputs are joined, the early exit, and going on."""

import errno
import json
import re

import pytest
import siblings
import torch
from small_runs import DATA, EYES, TINY, After, a_run, do, log_of, write_own

from papernets.bundle.committee import Committee as CommitteeModel
from papernets.bundle.create import create_model
from papernets.bundle.load import load_bundle
from papernets.bundle.seen import read_seen
from papernets.cli import main
from papernets.evaluate.infer import logits_of
from papernets.nets.registry import net
from papernets.train import boosting, outcome, session
from papernets.train.basics import MOST_SEED
from papernets.train.boosting import disagreed, exit_margin, filtered, half_wrong, member_run, weigh
from papernets.train.events import Epoch, Phase
from papernets.train.keeping import heeding
from papernets.train.recipe import TrainRecipe
from papernets.train.rehearsal import filter_seconds
from papernets.train.source import generator
from papernets.watch import told_to
from papernets.words import resume_command

CPU = torch.device("cpu")


class Answers(torch.nn.Module):
    """A network that gives these logits (N, classes), whatever it sees."""

    def __init__(self, logits):
        super().__init__()
        self.logits = logits

    def forward(self, x):
        return self.logits[x[:, 0, 0, 0].long()]


def numbered(count):
    """Pictures whose first value is their number."""
    return torch.arange(count).float().view(-1, 1, 1, 1)


def test_half_is_wrong():
    labels = torch.arange(100) % 5
    first = labels.clone()
    first[:20] = (first[:20] + 1) % 5
    places = half_wrong([first], labels, generator(0, 0))
    wrong = first[places] != labels[places]
    assert len(places) == len(set(places.tolist())) == 40 and int(wrong.sum()) == 20
    again = half_wrong([first], labels, generator(0, 0))
    other = half_wrong([first], labels, generator(0, 1))
    assert torch.equal(places, again) and not torch.equal(places, other)


@pytest.mark.parametrize("right", [0, 3, 10])
def test_half_is_wrong_for_a_poor_and_a_perfect_network_too(right):
    labels = torch.zeros(10, dtype=torch.long)
    first = torch.ones(10, dtype=torch.long)
    first[:right] = 0
    places = half_wrong([first], labels, generator(0, 0))
    wrong = int((first[places] != labels[places]).sum())
    assert 2 * wrong == len(places) == 2 * min(right, 10 - right)


def test_where_they_disagree():
    answers = [torch.tensor([0, 1, 2, 3]), torch.tensor([0, 1, 1, 3]), torch.tensor([0, 2, 2, 3])]
    assert disagreed(answers[:2], torch.zeros(4), generator(0, 0)).tolist() == [2]
    assert disagreed(answers, torch.zeros(4), generator(0, 0)).tolist() == [1, 2]


def some_outputs(count=400, classes=5, seed=0, good=1.5):
    """Labels, and logits of a network that is mostly right."""
    draws = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, classes, (count,), generator=draws)
    logits = torch.randn(count, classes, generator=draws)
    logits[torch.arange(count), labels] += good
    return logits, labels


def test_equal_members_weigh_the_same():
    logits, labels = some_outputs()
    first, second = weigh([logits, logits.clone()], labels)
    assert first == pytest.approx(second, rel=1e-3)
    (alone,) = weigh([logits], labels)
    assert first + second == pytest.approx(alone, rel=1e-3)


def test_a_useless_member_weighs_nothing():
    logits, labels = some_outputs()
    noise = torch.randn(logits.shape, generator=torch.Generator().manual_seed(5))
    weights = weigh([logits, noise], labels)
    assert weights[1] < 0.1 * weights[0]


def test_the_weights_make_the_labels_likelier_than_a_plain_sum():
    one, labels = some_outputs(good=1.0)
    two = 3 * some_outputs(good=0.5)[0] + torch.randn(one.shape)
    loss = torch.nn.functional.cross_entropy
    weights = weigh([one, two], labels)
    assert loss(weights[0] * one + weights[1] * two, labels) < loss(one + two, labels)


@pytest.mark.parametrize("sure", [5.0, 1e4])
def test_members_that_are_never_wrong_get_weights_that_are_numbers(sure):
    labels = torch.arange(50) % 5
    logits = sure * torch.nn.functional.one_hot(labels).float()
    weights = weigh([logits, logits - 2], labels)
    assert all(0 < w < 1e6 for w in weights)


@pytest.mark.parametrize("seed", range(5))
def test_the_early_exit_adds_no_held_out_error(seed):
    first, labels = some_outputs(seed=seed)
    second = some_outputs(seed=seed, good=2.5)[0]
    weights = weigh([first, second], labels)
    alone = weigh([first], labels)[0]
    margin = exit_margin([first, second], weights, alone, labels)
    assert 0 <= margin <= 1
    members = [Answers(first), Answers(second)]
    both = CommitteeModel(members, weights).eval()(numbered(400)).argmax(1)
    quick = CommitteeModel(members, weights, alone, margin).eval()(numbered(400)).argmax(1)
    assert int((quick != labels).sum()) <= int((both != labels).sum())


def test_the_others_are_asked_where_the_first_is_unsure():
    first = torch.tensor([[9.0, 0, 0], [0.1, 0, 0], [0, 9.0, 0], [0, 0, 0.2]])
    second = torch.tensor([[0, 9.0, 0]] * 4)
    model = CommitteeModel([Answers(first), Answers(second)], (1.0, 2.0), alone=1.0, margin=0.5)
    model.eval()
    out = model(numbered(4))
    assert (model.seen, model.asked) == (4, 2)
    together = first + 2 * second
    assert torch.equal(out[[1, 3]], together[[1, 3]]) and torch.equal(out[[0, 2]], first[[0, 2]])
    model(numbered(4)[:1])
    assert (model.seen, model.asked) == (5, 2)
    everyone = CommitteeModel([Answers(first), Answers(second)], (1.0, 2.0)).eval()
    assert torch.equal(everyone(numbered(4)), together)
    assert (everyone.seen, everyone.asked) == (4, 4)
    assert torch.equal(model.train()(numbered(4)), together)  # no early exit while training


def test_all_sure_and_none():
    first = torch.tensor([[9.0, 0], [0, 9.0]])
    members = [Answers(first), Answers(-first)]
    for margin, asked in ((0.0, 0), (1.0, 2)):
        model = CommitteeModel(members, margin=margin).eval()
        model(numbered(2))
        assert (model.asked, model.seen) == (asked, 2)


def test_each_member_has_a_seed_of_its_own():
    run = a_run("boosted_lenet4", seed=3, augment={"rotate": 10.0, "elastic_sigma": 4.0})
    spec = net("boosted_lenet4")
    runs = [member_run(run, spec, number) for number in (1, 2, 3)]
    assert len({r.recipe.seed for r in runs}) == 3 and {r.recipe.net for r in runs} == {"lenet4"}
    assert runs[0].recipe.augment == run.recipe.augment
    milder = runs[1].recipe.augment
    assert milder["rotate"] < 10 and milder["elastic_sigma"] == 4.0
    member_run(run.changed(seed=MOST_SEED - 1), spec, 3)


def test_too_few_pictures_pass_the_filter():
    right = torch.nn.functional.one_hot(DATA.train.labels).float()
    count = len(right)

    class Right(torch.nn.Module):
        net = TINY

        def forward(self, x):
            return right[:count]

    recipe = TrainRecipe("x", boost={"rounds": 3})
    message = "the filter for network 2 found 0 pictures in 3 rounds, too few to learn from"
    told = []
    with pytest.raises(ValueError, match=message), told_to(lambda *said: told.append(said)):
        filtered(recipe, 2, [Right()], DATA.train, EYES, CPU)
    rounds = [said for said in told if said[0] == "rounds of the filter for network 2"]
    assert [said[1:] for said in rounds] == [(1, 3), (2, 3), (3, 3)]


OWN_COMMITTEE = """
from papernets.spec import Committee
TRIO = Committee(name="trio", member=NET, count=3, rule="sum")
"""


@pytest.fixture
def trio(tmp_path, monkeypatch):
    """A run of a user's own committee on small pictures."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    monkeypatch.setattr(boosting, "draw_confusion", lambda *_: None)
    monkeypatch.setattr(boosting, "LEAST", 10)
    name, data = write_own(tmp_path)
    with open(tmp_path / "own.py", "a") as file:
        file.write(OWN_COMMITTEE)
    return a_run(
        name.replace(":NET", ":TRIO"),
        data=data,
        epochs=2,
        batch_size=16,
        augment={"rotate": 15.0, "shift": 1.0},
        boost={"rounds": 4},
    )


def members_of(folder):
    found = load_bundle(folder)
    return {k: v.numpy().tobytes() for k, v in found.model.state_dict().items()}, found.info.rule


def test_filters_are_estimated_by_their_rounds(trio):
    one, twice = (filter_seconds(trio.changed(boost={"rounds": n}), DATA) for n in (1, 4000))
    assert 0 < one < twice and filter_seconds(a_run("lenet1"), DATA) == 0


def test_a_committee_from_nothing_to_a_bundle(trio, tmp_path):
    events = do(trio, tmp_path / "run")
    assert [e.text.split(" learns")[0] for e in events if isinstance(e, Phase)][:2] == [
        "network 1 of 3",
        "network 2 of 3",
    ]
    result = json.loads((tmp_path / "run" / "result.json").read_text())
    assert result["network"].endswith("own.py:TRIO") and len(result["members"]) == 3
    assert 0 <= result["others_asked"] <= 1 and result["speed_gained"] > 0
    log = [(r["network"], r["epoch"]) for r in log_of(tmp_path / "run")]
    assert log == [(n, e) for n in (1, 2, 3) for e in (1, 2)]
    (tmp_path / "run" / "best").rename(tmp_path / "moved")
    (tmp_path / "own.py").unlink()
    found = load_bundle(tmp_path / "moved")
    assert isinstance(found.model, CommitteeModel) and found.info.kind == "committee"
    errors = logits_of(found.model, DATA.test.images, EYES).argmax(1) != DATA.test.labels
    assert float(errors.float().mean()) == pytest.approx(result["early_exit_error"])
    assert str(tmp_path) not in (tmp_path / "moved" / "bundle.json").read_text()
    for part in ("", "2"):  # a member is chosen from all, whatever pictures it learns from
        seen = read_seen(tmp_path / "moved" / part)
        assert seen is not None and set(seen.counts) == {"train", "validation", "test", "wrong"}
        assert [seen.counts[name] for name in ("train", "validation", "test")] == [60, 24, 30]
    assert str(tmp_path) not in (tmp_path / "moved" / "2" / "bundle.json").read_text()
    with pytest.raises(ValueError, match="is a trained committee with classes 3, not 4"):
        create_model(tmp_path / "moved", num_classes=4)


def test_a_committee_of_ones_own_on_the_command_line(trio, tmp_path, capsys):
    """Its member's name is known to nobody else."""
    config = tmp_path / "trio.toml"
    config.write_text(trio.to_toml())
    words = ["train", "--config", str(config), "--out", str(tmp_path / "run")]
    assert main(words) == 2
    assert "trio.toml names a file of Python code, " in capsys.readouterr().err
    assert main([*words, "--trust"]) == 0
    said = capsys.readouterr()
    assert "own: 343 parameters, recipe none, 2 epochs" in said.err
    assert "own.py:TRIO on pictures: test error" in said.out


def at(stage, epoch=None):
    """True at an epoch of the network whose stage came last, or as soon as its stage comes."""
    seen = []

    def until(event):
        if isinstance(event, Phase):
            seen.append(event.text)
        here = bool(seen) and seen[-1].startswith(stage)
        return here and (epoch is None or (isinstance(event, Epoch) and event.epoch == epoch))

    return until


@pytest.mark.parametrize(
    "until",
    [
        pytest.param(at("network 1 of 3", 1), id="in the first", marks=pytest.mark.slow),
        pytest.param(at("network 2 of 3"), id="before the second"),
        pytest.param(at("network 2 learns", 1), id="in the second"),
        pytest.param(at("network 3 le"), id="before the third", marks=pytest.mark.slow),
    ],
)
def test_stopped_in_the_middle_of_boosting(trio, tmp_path, until):
    do(trio, tmp_path / "whole")
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        do(trio, folder, until=until)
    do(None, folder, resume=True)
    assert members_of(folder) == members_of(tmp_path / "whole")
    for number in "123":
        assert log_of(folder / number) == log_of(tmp_path / "whole" / number)


@pytest.mark.parametrize("steps", [3, *siblings.slow(6, 10, 12, 14)])
def test_stopped_within_an_epoch_of_boosting(trio, tmp_path, steps):
    do(trio, tmp_path / "whole")
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt), heeding(After(steps)):
        do(trio, folder)
    do(None, folder, resume=True)
    assert members_of(folder) == members_of(tmp_path / "whole")
    for number in "123":
        assert log_of(folder / number) == log_of(tmp_path / "whole" / number)


def full(*given):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_names_the_whole_run(trio, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    again = f"Make room, then: {resume_command(folder, trio.recipe.net)}"
    with monkeypatch.context() as patch:
        patch.setattr(session, "save_state", full)
        with pytest.raises(OSError, match=f"no checkpoint is there. {re.escape(again)}$"):
            do(trio, folder)
    with monkeypatch.context() as patch:
        patch.setattr(boosting, "save_committee", full)
        said = f"could not save the committee in {folder} (No space left on device): its networks "
        with pytest.raises(OSError, match=re.escape(f"{said}are kept. {again}")):
            do(None, folder, resume=True)
    do(None, folder, resume=True)
    assert len(load_bundle(folder).info.members) == 3


def test_a_stop_while_the_committee_is_written(trio, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    real, calls = boosting.save_bundle, []

    def stop(*given):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(boosting, "save_bundle", stop)
        with pytest.raises(KeyboardInterrupt):
            do(trio, folder)
    said = f"papernets train --out {folder} --resume"
    with pytest.raises(FileNotFoundError, match=f"is not finished .*{re.escape(said)}$"):
        load_bundle(folder)
    do(None, folder, resume=True)
    assert len(load_bundle(folder).info.members) == 3


def test_a_committee_whose_configuration_was_changed_meanwhile(trio, tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        do(trio, folder, until=lambda event: isinstance(event, Epoch))
    config = folder / "run.toml"
    text = config.read_text()
    epochs = trio.recipe.epochs
    config.write_text(text.replace(f"epochs = {epochs}", "epochs = 77"))
    said = f"{config} was changed since the run began: epochs was {epochs} and is 77 now"
    with pytest.raises(ValueError, match=re.escape(said)) as found:
        do(None, folder, resume=True)
    assert f"{resume_command(folder, trio.recipe.net)}; or" in str(found.value)
    assert "epochs = 77" not in (folder / "1" / "run.toml").read_text()
