"""The list of claims: each has its source, its rule's arms, runs that can be resolved."""

import re

import pytest

from papernets.nets import look_up
from papernets.reproduce.claim import NETWORKS, Measured
from papernets.reproduce.claims import EXPERIMENTS, find
from papernets.reproduce.networks import NETWORKS as OWN
from papernets.reproduce.reckon import NIGHT, core_seconds, lasting
from papernets.reproduce.work import planned
from papernets.said import Paper
from papernets.spec import Add, Aux, Conv, Dense, each_part, totals, walk

BY_NAME = {one.name: one for one in EXPERIMENTS}
every = pytest.mark.parametrize("experiment", EXPERIMENTS, ids=BY_NAME)


@every
def test_a_claim_says_who_printed_it_and_when_it_can_be_told(experiment):
    (origin,) = experiment.source.origins
    assert isinstance(origin, Paper) and experiment.source.place and experiment.printed
    assert 0 < experiment.smallest <= 1 and experiment.epochs >= 1 and experiment.conditions
    assert experiment.settings["data"] in ("cifar10", "mnist", "digits")
    assert experiment.rule.words.startswith("agrees if")
    told = experiment.to_dict()
    assert str(NETWORKS.parent) not in str(told) and told["source"] == str(experiment.source)


@every
def test_its_rule_judges_what_its_arms_measure(experiment):
    """Of every arm it asks, and of no other; all alike, nothing is proved by chance."""
    names = [arm.name for arm in experiment.arms]
    assert len(set(names)) == len(names)
    assert {arm.of for arm in experiment.arms if arm.of} <= set(names)
    found = {
        name: tuple(
            Measured(name, seed, 0.5, 10_000, (0.6, 0.5), (0.6, 0.5), 45_000, others_asked=0.1)
            for seed in (1, 2, 3)
        )
        for name in names
    }
    assert experiment.rule.judge(found).word in ("agrees", "disagrees", "cannot tell")
    for name in names:
        asked = re.sub(r"\bmean test error\b", "", experiment.rule.words)
        assert name in asked or name in str(experiment.rule.judge(found).numbers)


@every
def test_its_runs_are_whole_schedules_at_scale_one_and_shares_of_them(experiment):
    tasks, less = (planned(experiment, scale) for scale in (1.0, 0.1))
    assert len(tasks) == experiment.seeds * len(experiment.trained)
    assert len({task.name for task in tasks}) == len(tasks)
    for task, short in zip(tasks, less, strict=True):
        own = task.arm.settings.get("epochs", experiment.epochs)
        assert task.run.recipe.epochs == own and task.run.recipe.seed == task.seed
        assert short.run.recipe.epochs == max(1, round(0.1 * own))
        assert walk(task.run.found.net.member)


def test_arms_differ_in_what_is_compared_alone():
    """The recipes of two arms are the same but for what the claim is about."""
    for name, fields in (
        ("overlapping", {"options"}),
        ("pca-colour", {"augment"}),
        ("dropout", {"options"}),
        ("lrn", {"options"}),
        ("relu", {"options", "learning_rate"}),
        ("label-smoothing", {"label_smoothing"}),
        ("residual-scale", {"options"}),
        ("batch-norm", {"options", "learning_rate"}),
        ("degradation56", {"net"}),
    ):
        recipes = [vars(task.run.recipe) for task in planned(BY_NAME[name], 1.0, seeds=1)]
        one, other = recipes[:2]
        assert {key for key in one if one[key] != other[key]} == fields, name


def test_the_printed_errors_are_those_of_the_networks_records():
    """A number stands in two places: beside its network, and here."""
    for claim, network in (("resnet20", "resnet20"), ("mnist", "lenet1"), ("mnist", "lenet5")):
        errors = [c.printed for c in look_up(network).claims if c.quantity == "error"]
        words = BY_NAME[claim].printed
        assert any(f"{100 * error:g} %" in words for error in errors), (claim, errors)


def test_resnets_schedule_is_the_papers_in_passes():
    """64,000 steps of 128 pictures out of 45,000; the rate falls at 32,000 and 48,000."""
    task = planned(BY_NAME["resnet20"], 1.0)[0].run.recipe
    steps = -(-45_000 // 128)
    assert abs(task.epochs * steps - 64_000) < steps
    assert [share * 64_000 for share in task.milestones] == [32_000, 48_000]


@pytest.mark.parametrize("name", OWN)
def test_a_network_of_our_own_takes_classes_channels_and_input(name):
    made = look_up(f"{NETWORKS}:{name}", 7, 1, 40).net
    assert walk(made)[-1].out == (7, 1, 1) and made.input == (1, 40, 40)


def test_the_four_layers_are_four_and_the_wide_one_is_wide():
    four = look_up(f"{NETWORKS}:four_layers").net
    assert sum(isinstance(part, Conv) for _, part in each_part(four.body)) == 3
    assert sum(isinstance(part, Dense) for _, part in each_part(four.body)) == 1
    wide = look_up(f"{NETWORKS}:wide_residual").net
    sums = [row for row in walk(wide) if isinstance(row.layer, Add)]
    assert len(sums) == 8 and all(row.out[0] > 1000 for row in sums)
    headed, bare = (look_up(f"{NETWORKS}:small_googlenet", aux=aux).net for aux in (True, False))
    assert any(isinstance(part, Aux) for _, part in each_part(headed.body))
    assert totals(walk(headed)).macs == totals(walk(bare)).macs


def test_a_wrong_name_is_answered_with_the_nearest():
    assert find("Residual_Scale").name == "residual-scale"
    with pytest.raises(ValueError, match=r"no claim 'dropuot'\. Did you mean 'dropout'\?"):
        find("dropuot")


@every
def test_the_time_in_the_list_grows_with_scale_and_is_some_hours(experiment):
    whole, half = (core_seconds(experiment, scale) for scale in (1.0, 0.5))
    assert half == pytest.approx(whole / 2, rel=0.02)
    assert 60 < core_seconds(experiment, experiment.smallest) < 4 * NIGHT


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h")],
)
def test_a_time_for_people_who_plan(seconds, said):
    assert lasting(seconds) == said
    assert lasting(36e3) == "10 h" and lasting(2 * 86400) == "2.0 days"
