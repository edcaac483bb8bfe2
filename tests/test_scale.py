"""docs/scale.md's calculation is what benchmarks/scale.py prints."""

import importlib.util
import sys
from pathlib import Path

import pytest

from papernets import net

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def scale():
    """benchmarks/scale.py, as a module."""
    spec = importlib.util.spec_from_file_location("scale", ROOT / "benchmarks" / "scale.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["scale"] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["scale"]


def test_the_table_is_the_calculation(scale):
    page = (ROOT / "docs" / "scale.md").read_text()
    for row in (scale.HEAD, *scale.table("vgg16"), *scale.table("resnet50")):
        assert row in page, row


def test_the_counts_are_the_papers(scale):
    """138 and 25.6 million parameters; 16 bytes of each with gradient and Adam's two means."""
    assert scale.memory_of(net("vgg16")) == 138_357_544 * 16
    assert "138,357,544 × 16 bytes = 2.21 GB" in (ROOT / "docs" / "scale.md").read_text()
    assert scale.norms_in(net("vgg16")) == 0 and scale.norms_in(net("resnet50")) == 53


def test_a_step_is_as_long_as_its_longest_part(scale):
    one = scale.Step(8, 1, compute=3.0, reduce=2.0, norms=0.0, agree=0.0, loader=1.0)
    assert (one.seconds, one.limit, one.efficiency) == (3.0, "GPU", 1.0)
    late = scale.Step(8, 1, compute=3.0, reduce=4.0, norms=0.5, agree=0.0, loader=1.0)
    assert (late.seconds, late.limit) == (5.5, "all-reduce")
    slow = scale.Step(8, 1, compute=3.0, reduce=4.0, norms=0.5, agree=0.0, loader=6.0)
    assert (slow.seconds, slow.limit, slow.efficiency) == (6.0, "loader", 0.5)
