"""Layers of rewritten networks: the same sizes and parameters, other work."""

import pytest

from papernets.nets.lenet import TABLE_I
from papernets.rewrite.forms import BY_SIGMOID, SlidingLRN, executed_macs, slides
from papernets.spec import ACTIVATIONS, LRN, Conv, Net, TableConv, chain


def test_a_table_executes_the_full_convolution():
    """LeCun et al. 1998, table I: 60 kernels of 96 on 6 maps of 14x14."""
    table = TableConv(TABLE_I, 5)
    assert table.params((6, 14, 14)) == 1_516
    assert table.macs((6, 14, 14)) == 150_000
    executed = executed_macs(Net("C3", (6, 14, 14), 16, chain({"C3": table})))
    assert executed == Conv(16, 5).macs((6, 14, 14)) == 240_000


def test_a_form_is_another_layer_with_the_same_tensors():
    norm, sliding = LRN(5, 2, 1e-4, 0.75), SlidingLRN(5, 2, 1e-4, 0.75)
    assert sliding != norm and sliding.held((6, 14, 14)) == norm.held((6, 14, 14)) == {}
    assert sliding.operations == norm.operations and sliding.kind == norm.kind


@pytest.mark.parametrize(("k", "alpha"), [(0, 1e-4), (-1, 1e-4), (2, -1e-4)])
def test_sums_slide_only_where_what_is_raised_to_a_power_is_above_zero(k, alpha):
    assert not slides(LRN(5, k, alpha, 0.75))
    assert slides(LRN(5, 2, 1e-4, 0.75)) and slides(LRN(5, 1, 0, 0.75))
    with pytest.raises(ValueError, match="the sliding form needs k > 0"):
        SlidingLRN(5, k, alpha, 0.75).check((6, 2, 2))


def test_nobody_may_write_a_rewrites_activations():
    assert not set(BY_SIGMOID.values()) & ACTIVATIONS and set(BY_SIGMOID) <= ACTIVATIONS
