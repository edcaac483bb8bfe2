"""Which cases are left to `make check`, and many small ones as one test."""

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import product
from typing import Any

import pytest

from papernets.nets import list_nets

SIBLING = re.compile(
    r"(resnet|plain)(101|110|152|164|200|1001|1202)(_.*)?|(resnet|plain)(32|44|56)|plain34|"
    r"resnet34(_A|_v2)?|vgg(13|19)(_.*)?|vgg11_(bn|torchvision)|vgg16_keras|googlenet_caffe|"
    r"bn_inception_(576|caffe|plain_stem)|inception_v2_5b|inception_v3_(torchvision|timm)|"
    r"inception_v4_timm|inception_resnet_v2_(slim|timm)|"
    r"mobilenet_v1_([01][.]\d+_(128|160|192)|0[.](5|75)_224)"
)
"""They differ from a network of `make test` by depth, width, size or a peer's constants alone."""
FEW = (
    *("lenet1", "lenet5", "boosted_lenet4", "lenet5_modern", "alexnet", "alexnet_keras_bn"),
    *("nin_cifar10", "vgg11_lrn", "vgg16_bn", "googlenet", "inception_reduced_3a"),
    *("bn_inception", "inception_v3_aux", "inception_v4", "inception_resnet_v1", "plain20"),
    *("resnet20", "resnet18_A", "resnet50_notes_keras", "resnet50_v2_keras"),
    *("mobilenet_v1_timm", "mobilenet_v1_conv"),
)
"""One of a kind, for tests that take a tenth of a second a network."""


def left_to_check(name: str) -> bool:
    """Whether `make check` alone takes a network; one that is new is taken every day."""
    return bool(SIBLING.fullmatch(name))


def slow(*values: Any) -> list[Any]:
    """Values of a test that `make check` alone takes."""
    return [pytest.param(value, marks=pytest.mark.slow) for value in values]


def slow_cases(*cases: tuple[Any, ...]) -> list[Any]:
    """Cases of several arguments that `make check` alone takes."""
    return [pytest.param(*case, marks=pytest.mark.slow) for case in cases]


def each(networks: Mapping[str, Any] | Iterable[str] | None = None) -> list[Any]:
    """What `parametrize` takes: names (all, if none are given), or values by their names.

    Siblings are marked as slow.
    """
    names = list_nets() if networks is None else networks
    values = names if isinstance(names, Mapping) else {name: name for name in names}
    return [
        pytest.param(value, id=name, marks=pytest.mark.slow if left_to_check(name) else ())
        for name, value in values.items()
    ]


def few(networks: Mapping[str, Any] | Iterable[str] | None = None) -> list[Any]:
    """As `each`, for work that takes longer: of the registry's networks, those in `FEW` alone."""
    every = frozenset(list_nets())
    names = list_nets() if networks is None else networks
    values = names if isinstance(names, Mapping) else {name: name for name in names}
    return [
        pytest.param(
            value, id=name, marks=pytest.mark.slow if name in every.difference(FEW) else ()
        )
        for name, value in values.items()
    ]


def crossed(*axes: Iterable[Any]) -> list[Any]:
    """Every combination of values; `make test` takes as many as let each value occur.

    A tuple stands for several arguments that go together.
    """
    given = [list(axis) for axis in axes]
    daily = {
        tuple((at + at // len(axis)) % len(axis) for axis in given)
        for at in range(max(map(len, given)))
    }
    found = []
    for places in product(*map(range, map(len, given))):
        values = [axis[at] for axis, at in zip(given, places, strict=True)]
        flat = [one for value in values for one in (value if type(value) is tuple else (value,))]
        name = "-".join(_label(value, at) for value, at in zip(values, places, strict=True))
        marks = () if places in daily else pytest.mark.slow
        found.append(pytest.param(*flat, id=name, marks=marks))
    return found


def _label(value: Any, at: int) -> str:
    value = value[0] if type(value) is tuple else value
    text = value if isinstance(value, str) else getattr(value, "__name__", None) or f"{value}"
    return text if len(text) < 40 and text.isprintable() else f"{at}"


def together(names: str, cases: Collection[Any]) -> Callable[[Callable[..., None]], Any]:
    """As `parametrize`, in one test: for cases that take less time than a test of their own does.

    All are tried. The error is the first one's, with the cases that fail. Fixtures are shared.
    """
    keys = names.replace(",", " ").split()
    given = [case if len(keys) > 1 else (case,) for case in cases]
    assert given, "a test without a case"

    def over(test: Callable[..., None]) -> Callable[..., None]:
        def tried(**fixtures: Any) -> None:
            failed: list[tuple[Any, BaseException]] = []
            for case in given:
                try:
                    test(**fixtures, **dict(zip(keys, case, strict=True)))
                except (Exception, pytest.fail.Exception) as error:
                    failed.append((case, error))
            if failed:
                error = failed[0][1]
                which = "\n".join(repr(case)[:300] for case, _ in failed[:20])
                error.add_note(f"{len(failed)} of {len(given)} cases of {names} fail:\n{which}")
                raise error

        vars(tried).update(vars(test))  # its marks
        own = inspect.signature(test)
        rest = [one for name, one in own.parameters.items() if name not in keys]
        tried.__signature__ = own.replace(parameters=rest)  # type: ignore[attr-defined]
        tried.__name__, tried.__doc__ = test.__name__, test.__doc__
        tried.__module__, tried.__qualname__ = test.__module__, test.__qualname__
        return tried

    return over
