"""draw from Python: what it takes, and what it says of itself."""

import pytest

from papernets import build
from papernets.diagram import draw
from papernets.nets import look_up, net


def test_a_name_a_net_and_a_module_of_ours_are_drawn_alike():
    drawn = draw(net("lenet1")).svg()
    assert draw("lenet1").svg() == drawn
    assert draw(look_up("lenet1")).svg() == drawn
    assert draw(build(net("lenet1"))).svg() == drawn


def test_two_names_are_drawn_beside_each_other():
    alone, both = draw("plain20"), draw("plain20", beside="resnet20")
    assert len(both.shapes) > len(alone.shapes)


def test_anything_else_is_told_what_works():
    with pytest.raises(TypeError, match=r"papernets\.net\(\.\.\.\), not 3.*papernets\.explain"):
        draw(3)
    with pytest.raises(ValueError, match="Did you mean 'lenet5'"):
        draw("lenet55")


def test_a_diagram_says_what_it_is_in_a_line():
    words = repr(draw("lenet5"))
    assert "shapes" in words
    assert len(words) < 80
