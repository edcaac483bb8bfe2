"""The chapter Training: what the notes and papers print, to the digit, and where they are wrong."""

from __future__ import annotations

import math

import pytest

from papernets.lessons import grade, lesson
from papernets.lessons.training_others import lenet4_macs
from papernets.nets.googlenet import googlenet
from papernets.spec import LRN, each_part


def answer(name: str, **numbers: object) -> float:
    """The answer of a lesson with these numbers."""
    value = lesson(name).example(**numbers).work().answer.value
    assert isinstance(value, int | float)
    return value


def remarks(name: str, **numbers: object) -> str:
    """What a lesson says at its end."""
    return " ".join(lesson(name).example(**numbers).work().remarks)


def graded(name: str, typed: str) -> bool:
    """True where the lesson takes this answer to its own example."""
    return grade(lesson(name).drawn(0), typed).right


@pytest.mark.parametrize(
    ("pictures", "batch", "printed"),
    [(60_000, 128, 469), (10_000, 32, 313)],  # notes 001, lines 322 and 339
)
def test_steps_that_the_notes_print(pictures: int, batch: int, printed: int):
    assert answer("steps-per-epoch", pictures=pictures, batch=batch) == printed
    assert str(printed) in remarks("steps-per-epoch")


def test_the_notes_loss_does_not_follow_from_their_accuracy():
    """Notes 001, lines 339 to 341: accuracy 0.9737, loss 0.08401492983102798."""
    printed = 0.08401492983102798
    assert round(answer("loss-and-accuracy"), 4) == round(printed, 4) == 0.0840
    assert graded("loss-and-accuracy", "0.0840")
    follows = -math.log(0.9737)
    assert round(follows, 4) == 0.0267
    assert not graded("loss-and-accuracy", f"{follows:.5f}")
    # The other network of the remark: as accurate, as large a loss.
    other = answer("loss-and-accuracy", sure=0.95, doubt=0.2739)
    assert round(other, 4) == 0.0840
    said = remarks("loss-and-accuracy")
    assert "97.37 %" in said and "0.2739" in said and "0.0267" in said
    assert f"{math.exp(-0.0840):.4f}" in said


def test_2048_pictures_are_the_papers_count():
    """Krizhevsky et al. 2012, section 4.1, and notes 000, line 478; 33 places fit each way."""
    assert answer("crops-of-one") == 2048 == 32 * 32 * 2
    every = {(top, left, mirror) for top in range(256) for left in range(256) for mirror in (0, 1)
             if top + 224 <= 256 and left + 224 <= 256}  # fmt: skip
    assert answer("crops-of-one", count="all") == len(every) == 2178
    assert "2,178" in remarks("crops-of-one")


def test_144_crops():
    """Szegedy et al. 2014, section 7: 4 * 3 * 6 * 2."""
    assert answer("144-crops") == 144


def test_auxiliary_heads_count_0_3():
    """Notes 000, line 1350: real + 0.3*aux1 + 0.3*aux2; the network declares it too."""
    assert answer("auxiliary-loss") == pytest.approx(1.5 + 0.3 * 2.4 + 0.3 * 1.9)
    weight = lesson("auxiliary-loss").defaults["weight"]
    assert set(googlenet(aux=True).aux_weights) == {weight}


def test_lrn_has_alexnets_constants():
    """Section 3.3: k = 2, n = 5, alpha = 1e-4, beta = 0.75, as the network itself has them."""
    from papernets.nets.alexnet import alexnet

    layer = next(part for _, part in each_part(alexnet().body) if isinstance(part, LRN))
    own = lesson("lrn").defaults
    assert (layer.size, layer.k, layer.alpha, layer.beta) == (
        own["n"],
        own["k"],
        own["alpha"],
        own["beta"],
    )
    assert "one letter on both sides" in remarks("lrn")


def test_boosting_costs_1_75_times_one():
    """LeCun et al. 1998, section III-C; figure 11 prints 460,000 against 260,000."""
    assert answer("early-exit") == pytest.approx(1.75 * lenet4_macs())
    assert pytest.approx(1.75, abs=0.05) == 460_000 / 260_000
    assert answer("early-exit", sure=1.0) == lenet4_macs()


def test_epochs_that_papers_print():
    """Simonyan and Zisserman 2014, section 3.1: 370K iterations (74 epochs)."""
    assert round(answer("epochs")) == 74
    # He et al. 2016, section 4.2: 64k iterations of 128; on 45k and on all 50k pictures
    cifar = {"iterations": 64_000, "batch": 128}
    assert round(answer("epochs", **cifar, pictures=45_000)) == 182
    assert round(answer("epochs", **cifar, pictures=50_000)) == 164
    assert "164 epochs" in remarks("epochs")


def test_table_2_of_resnet():
    """Section 4.1: 27.94 and 28.54 plain, 27.88 and 25.03 with shortcuts."""
    defaults = lesson("degradation").defaults
    assert tuple(defaults.values()) == (27.94, 28.54, 27.88, 25.03)
    assert answer("degradation") == pytest.approx(0.60 + 2.85)


def test_rates_of_papers():
    """ResNet's on CIFAR-10 (section 4.2); Inception v3's (section 8); Goyal et al. 2017, 2.1."""
    rates = {20_000: 0.1, 31_999: 0.1, 32_000: 0.01, 47_999: 0.01, 48_000: 0.001, 64_000: 0.001}
    for iteration, rate in rates.items():
        assert answer("rate-steps", iteration=iteration) == pytest.approx(rate)
    assert answer("rate-stairs", epoch=1) == pytest.approx(0.045)
    assert answer("rate-stairs", epoch=100) == pytest.approx(0.045 * 0.94**50)
    assert answer("warm-up", epoch=0) == pytest.approx(0.1)
    assert "3.2" in str(lesson("warm-up").example().work().steps[0].value)


def test_ln2_halves_a_weight():
    """AlexNet's decay and first rate: the remark's number of steps leaves one half."""
    assert "138,629 steps" in remarks("weight-decay")
    assert answer("weight-decay", steps=138_629) == pytest.approx(0.5, abs=1e-5)


def test_lenets_tanh_gives_1_for_1():
    """LeCun et al. 1998, appendix A: f(1) = 1; notes 001 and 000 call it tanh."""
    assert 1.7159 * math.tanh(2 / 3) == pytest.approx(1, abs=1e-4)
    assert "1.1439 steep" in remarks("saturation")


def test_smoothed_targets_of_inception_v3():
    """Section 7: epsilon 0.1 over 1000 classes; the right class keeps 0.9 + 0.1/1000."""
    right, others, *_ = lesson("label-smoothing").example().work().steps
    assert (right.value, others.value) == (pytest.approx(0.9001), pytest.approx(0.0001))
    assert right.value + 999 * others.value == pytest.approx(1)


def test_the_lowest_smoothed_loss_is_where_the_remark_says():
    losses = {share: answer("label-smoothing", share=share) for share in (0.89, 0.9001, 0.91)}
    assert min(losses, key=losses.__getitem__) == 0.9001
    assert f"{losses[0.9001]:.4f}" in remarks("label-smoothing")


@pytest.mark.parametrize("name", ["momentum", "weight-decay", "running-mean", "rmsprop"])
def test_many_steps_one_by_one(name: str):
    """The closed formula gives what the steps give, made one after the other."""
    numbers = lesson(name).defaults
    if name == "momentum":
        step = 0.0
        for _ in range(numbers["steps"]):
            step = numbers["momentum"] * step + numbers["rate"] * numbers["gradient"]
        assert answer(name) == pytest.approx(step)
    elif name == "weight-decay":
        weight = 1.0
        for _ in range(numbers["steps"]):
            weight -= numbers["rate"] * numbers["decay"] * weight
        assert answer(name) == pytest.approx(weight)
    elif name == "running-mean":
        mean = 0.0
        for _ in range(numbers["batches"]):
            mean += numbers["momentum"] * (numbers["mean"] - mean)
        assert answer(name) == pytest.approx(mean)
    else:
        square = 0.9 * 1 + 0.1 * 2**2
        assert answer(name) == pytest.approx(0.045 * 2 / math.sqrt(square + 1))


@pytest.mark.parametrize(
    ("name", "numbers", "reason"),
    [
        ("lrn", {"map": 9}, "7 maps in the row"),
        ("lrn", {"n": 4}, "odd"),
        ("dropout", {"mask": (1, 0)}, "one for each output"),
        ("dropout", {"mask": (1, 0.5, 1, 0)}, "0 or 1"),
        ("batch-norm", {"column": (3, 3), "epsilon": 0}, "all values are alike"),
        ("softmax", {"right": 4}, "3 classes"),
        ("crops-of-one", {"crop": 256}, "no choice"),
        ("scale-jitter", {"crop": 400}, "does not fit"),
        ("rate-plateau", {"errors": (3, 2, 1)}, "never stays up"),
        ("rate-to-zero", {"step": 100_000}, "100,000 steps"),
        ("warm-up", {"epoch": 5}, "over after 5"),
        ("weight-decay", {"steps": 5_000_000}, "nothing is left"),
        ("gradient-clipping", {"gradient": (0, 0)}, "nothing to clip"),
        ("loss-and-accuracy", {"correct": 10_001}, "10,000 pictures"),
        ("held-out", {"test": (1, 2)}, "2 epochs"),
        ("held-out", {"validation": (7, 7), "test": (8, 9)}, "two epochs"),
        ("steps-per-epoch", {"batch": 65_536}, "60,000 pictures"),
        ("top-5", {"ranks": (1, 2.5)}, "whole number"),
        ("rate-stairs", {"epoch": 1000}, "at most 60"),
    ],
)
def test_numbers_that_do_not_go_together(name: str, numbers: dict[str, object], reason: str):
    with pytest.raises(ValueError, match=reason):
        lesson(name).example(**numbers)
