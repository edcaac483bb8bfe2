"""Published errors: against the ledger, read completely, and chosen as the rule says."""

from __future__ import annotations

import re

import ledger
import pytest
import siblings

from papernets.compare.published import KINDS, NOT_SAID, ORDER, choose, published
from papernets.nets import list_nets, look_up
from papernets.said import errors
from papernets.said.sources import Paper

EVERY = {name: published(look_up(name).claims) for name in list_nets()}
BESIDE = ("_aux",)  # the same network as without its heads, which has the results
OF_V1 = re.compile(r"v1: [\d.]+|with batch \d+|GoogLeNet|Inception-v3")


def systems() -> list[tuple[str, dict[str, object]]]:
    """The ledger's systems with results, by our name."""
    ours = {look_up(name).record.ledger_name or name: name for name in reversed(list_nets())}
    found = []
    for system in ledger.systems():
        name = str(system["name"])
        if system.get("results") and not name.endswith(BESIDE):
            found.append((ours[name], system))
    return found


@siblings.together("name, system", systems())
def test_the_ledgers_results_are_all_there(name: str, system: dict[str, object]) -> None:
    """It was gathered apart from our claims, from the papers' tables."""
    have = {
        round(100 * error, 3)
        for one in EVERY[name]
        for error in (one.top1, one.top5)
        if error is not None
    }
    for result in system["results"]:  # type: ignore[attr-defined]
        text = f"{result['value']} {result['protocol']}"
        if "error" not in result["metric"] and "accuracy" not in result["metric"]:
            continue
        if "GoogLeNet" in text or "= Inception-v3" in text:  # other networks in the same table
            continue
        value = re.sub(r"\(.*?\)|with batch \d+", "", str(result["value"]))
        for number in map(float, re.findall(r"\d+\.?\d*", value)):
            wanted = round(100 - number, 3) if "accuracy" in result["metric"] else number
            assert wanted in have, f"{name}: {text}"


def test_every_error_is_read() -> None:
    several = [one for found in EVERY.values() for one in found]
    assert len(several) > 150
    for one in several:
        assert one.top1 is not None or one.top5 is not None
        assert one.data in ("ImageNet", "ILSVRC-2010", "CIFAR-10", "CIFAR-100", "MNIST", "SVHN")
        assert one.part or "abstract" in one.source, one
        known = one.views in ORDER or re.fullmatch(r"\d+ crops|1 crop of \d+", one.views)
        assert known and 1 <= one.networks <= 7, one


def test_what_the_words_mean() -> None:
    paper = Paper("Title", "Authors", 2020, "Venue")

    def of(conditions: str) -> tuple[object, ...]:
        (one,) = published(errors("40.7/18.2", conditions, paper.at("table 2")))
        assert (one.top1, one.top5) == (0.407, 0.182)
        return one.data, one.part, one.networks, one.views, one.another, one.further

    val = ("ImageNet", "validation")
    assert of("ILSVRC-2012 validation, one network, ten crops") == (
        *val,
        1,
        "10 crops",
        False,
        False,
    )
    assert of("ILSVRC-2014 validation, 7 models, 144 crops")[2:4] == (7, "144 crops")
    assert of("ILSVRC-2014 submission: test, seven networks, dense")[:4] == (
        *("ImageNet", "test"),
        *(7, "dense"),
    )
    assert of("ILSVRC-2012 validation, D and E together, dense and crops")[2:4] == (
        *(2, "dense and crops"),
    )
    assert of("ILSVRC-2012 validation, one v4 and three v2, 144 crops")[2] == 4
    assert of("ILSVRC-2012 validation, one network, dense, S 256, Q 224,256,288")[3] == (
        "dense, 3 scales"
    )
    assert of("ILSVRC-2012 validation, centre crop of 320")[3] == "1 crop of 320"
    assert of("ILSVRC-2012 validation, another network: bigger")[4] is True
    assert of("ILSVRC-2012 validation, one network trained on ImageNet 2011 before")[5] is True
    assert of("ILSVRC-2012 validation")[3] == NOT_SAID
    assert of("flowers, twelve kinds")[:2] == ("flowers", "")


@pytest.mark.parametrize(
    ("name", "protocol", "top1", "top5", "said"),
    [
        ("alexnet", "plainest", 0.407, 0.182, "ImageNet validation, 10 crops"),  # table 2
        ("alexnet", "ensemble", 0.381, 0.164, "ImageNet validation, 5 networks, 10 crops"),
        ("zfnet", "best", 0.384, 0.165, "ImageNet validation, 10 crops"),  # not the larger one
        ("vgg16", "plainest", 0.270, 0.088, "ImageNet validation, dense"),  # table 3, S = Q = 256
        ("vgg16", "best", 0.244, 0.072, "ImageNet validation, dense and crops"),  # table 5
        ("vgg19", "best", 0.244, 0.071, "ImageNet validation, dense and crops"),
        ("googlenet", "plainest", None, 0.1007, "ImageNet validation, 1 crop"),  # table 3
        ("googlenet", "ensemble", None, 0.0667, "ImageNet validation, 7 networks, 144 crops"),
        ("inception_v3", "plainest", 0.212, 0.056, "ImageNet validation, 1 crop"),
        ("resnet50", "plainest", 0.2285, 0.0671, "ImageNet validation, 10 crops"),  # table 3
        ("resnet50", "one-crop", 0.247, 0.078, "ImageNet validation, 1 crop"),  # released code
        ("resnet152", "many-views", 0.1938, 0.0449, "ImageNet validation, several scales"),
        ("plain34", "plainest", 0.2854, 0.1002, "ImageNet validation, 10 crops"),
        ("resnet110", "plainest", 0.0643, None, "CIFAR-10 test, whole pictures"),
        ("lenet5", "best", 0.0095, None, "MNIST test, whole pictures"),  # not with distortions
        ("mobilenet_v1", "plainest", 0.294, None, "ImageNet validation, views not said"),
    ],
)
def test_the_one_that_is_shown(
    name: str, protocol: str, top1: float | None, top5: float | None, said: str
) -> None:
    one = choose(EVERY[name], protocol)
    assert one and (one.top1, one.top5, one.protocol) == (top1, top5, said)


def test_nobody_is_given_an_error_of_another_protocol() -> None:
    for name, several in EVERY.items():
        for protocol, takes in KINDS.items():
            one = choose(several, protocol)
            assert one is None or (takes(one) and not one.another), (name, protocol)


def test_a_metric_may_choose_another_measurement() -> None:
    assert choose(EVERY["googlenet"], "plainest", "top-1") is None
    one = choose(EVERY["googlenet"], "plainest", "top-5")
    assert one and one.top5 == 0.1007


def test_an_unknown_protocol() -> None:
    with pytest.raises(ValueError, match=r"'one_crop'.* Did you mean 'one-crop'\? There are plain"):
        choose(EVERY["alexnet"], "one_crop")
