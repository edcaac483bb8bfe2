"""What is left to `make check`: networks that differ from a shallower one by their depth alone."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

DEEP = re.compile(
    r"(resnet|plain)(101|110|152|164|200|1001|1202)(_.*)?|mobilenet_v1_0[.]\d+_(128|160|192)"
)
"""`make test` has resnet50, resnet56 and plain56 of the same blocks, and MobileNets for 224x224."""


def slow(*values: Any) -> list[Any]:
    """Values of a test that `make check` alone takes."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


def each(networks: Mapping[str, Any] | Iterable[str]) -> list[Any]:
    """What `parametrize` takes: names, or values by their names, the deep ones marked as slow."""
    values = networks if isinstance(networks, Mapping) else {name: name for name in networks}
    return [
        pytest.param(value, id=name, marks=pytest.mark.slow if DEEP.fullmatch(name) else ())
        for name, value in values.items()
    ]
