"""Depth against the numbers in the networks' names and the papers' words; stages add up."""

from __future__ import annotations

import re

import pytest
import siblings

from papernets.compare.depth import depth
from papernets.compare.one import Compared
from papernets.compare.stages import END
from papernets.nets import list_nets, look_up
from papernets.spec import totals

NAMED = re.compile(r"(?:resnet|plain|vgg)(\d+)(?!.*notes)")
PRINTED = {
    "alexnet": 8,  # section 3.5: eight layers with weights
    "zfnet": 8,  # figure 3
    "googlenet": 22,  # section 5: 22 layers, counting only layers with parameters
    "lenet5": 7,  # section II-B: 7 layers, all of which contain trainable parameters (or codes)
    "mobilenet_v1": 28,  # section 3.2: 28 layers, depthwise and pointwise apart
    "inception_v3": 48,  # notes 003; the paper says 42, which nobody can explain
    "nin_cifar10": 9,  # figure 2: three mlpconv layers of three
    "inception_naive_3a": 1,
    "inception_reduced_3a": 2,
}


@siblings.together("name", [n for n in list_nets() if NAMED.match(n)])
def test_a_name_says_its_depth(name: str) -> None:
    found = NAMED.match(name)
    assert found and depth(look_up(name).net.member) == int(found[1])


@pytest.mark.parametrize("name", PRINTED)
def test_papers_say_their_depth(name: str) -> None:
    assert depth(look_up(name).net.member) == PRINTED[name]


def test_heads_do_not_make_a_network_deeper() -> None:
    assert depth(look_up("googlenet_aux").net.member) == 22


@pytest.mark.parametrize("name", siblings.each())
def test_stages_add_up_to_the_totals(name: str) -> None:
    one = Compared(name, look_up(name))
    sums = totals(one.rows)
    assert sum(stage.macs for stage in one.stages) == sums.macs * one.times == one.macs
    assert sum(stage.params for stage in one.stages) == sums.params * one.times == one.params
    steps = [stage.step for stage in one.stages]
    assert len(steps) == len(set(steps)) and END not in steps[:-1]
    assert steps[: len(steps) - (END in steps)] == sorted(s for s in steps if s != END)


@pytest.mark.parametrize("side", [224, 299])
def test_a_stage_is_the_same_whatever_the_size(side: int) -> None:
    one = Compared("resnet50", look_up("resnet50", input=side))
    assert [stage.step for stage in one.stages] == [2, 4, 8, 16, 32, END]
