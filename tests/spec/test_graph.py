"""Which row takes what."""

import pytest
import siblings

from papernets.nets import net
from papernets.spec import Committee, sources, walk
from papernets.spec.graph import PICTURE, outputs


@pytest.mark.parametrize("name", siblings.each())
def test_edges_have_the_shapes_of_the_walk(name):
    """A row's input is the output of what it takes; a join's sources give its channels."""
    one = net(name)
    one = one.member if isinstance(one, Committee) else one
    rows, taken = walk(one), sources(one)
    assert list(taken) == [row.name for row in rows]
    shape = {row.name: row.out for row in rows} | {PICTURE: one.input}
    for row in rows:
        ends = [shape[source] for source in taken[row.name]]
        if row.kind == "concat":
            assert row.out == (sum(end[0] for end in ends), *ends[0][1:])
        elif row.kind == "add":
            assert all(end == row.out for end in ends)
        else:
            assert ends == [row.input]


@pytest.mark.parametrize("name", siblings.each())
def test_outputs_are_the_answer_and_the_heads(name):
    one = net(name)
    one = one.member if isinstance(one, Committee) else one
    main, *heads = outputs(one)
    rows = walk(one)
    assert main == [row for row in rows if not row.aux][-1].name or one.name.endswith("_aux")
    assert len(heads) == len(one.aux_weights)


def test_a_bottleneck_as_its_figure_draws_it():
    taken = sources(net("resnet50"))
    assert len(taken["conv2_1"]) == 2 if "conv2_1" in taken else True
    joins = [ends for ends in taken.values() if len(ends) > 1]
    assert len(joins) == 16  # He et al. 2016, table 1: 3 + 4 + 6 + 3 blocks


def test_an_inception_module_has_four_branches():
    assert len(sources(net("googlenet"))["inception_3a"]) == 4  # Szegedy et al. 2015, figure 2b
