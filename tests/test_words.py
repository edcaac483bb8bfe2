"""Names that are nearly right, numbers and lists, as errors and screens write them."""

from pathlib import Path

import pytest

from papernets.words import (
    brief,
    by,
    did_you_mean,
    either,
    first_line,
    gigabytes,
    listed,
    nearest,
    percent,
    plain,
    plural,
    resume_command,
    shortened,
)


def test_names_are_compared_in_their_plain_form() -> None:
    assert plain(" Inception-V3 ") == plain("inception_v3") == "inception_v3"
    assert plain("Straße") == plain("STRASSE")
    assert plain("VGG 16") == plain("vgg\u201016") == plain("VGG\u00a0\u00a016") == "vgg_16"


@pytest.mark.parametrize(
    ("word", "loosely", "found"),
    [
        ("epochs", False, "epochs"),
        ("epoch", False, "epochs"),
        ("decay", False, None),  # 10 of 17 letters are in both
        ("decay", True, "weight_decay"),
        ("WEIGHT-DECAY", True, "weight_decay"),
        ("WEIGHT-DECAY", False, "weight_decay"),
        ("WEIGHTS", False, None),
        ("resnet", True, "ResNet50"),
        ("", True, None),
    ],
)
def test_the_nearest_name(word: str, loosely: bool, found: str | None) -> None:
    known = ("epochs", "weight_decay", "ResNet50")
    assert nearest(word, known, loosely) == found
    hint = did_you_mean(word, known, loosely)
    assert hint == (f" Did you mean {found!r}?" if found else "")


NETWORKS = (
    *("lenet1", "lenet5", "alexnet", "vgg11", "vgg16", "googlenet", "resnet18", "resnet50"),
    *("mobilenet_v1", "mobilenet_v1_0.25_128", "inception_v3"),
)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("alexnt", "alexnet"),
        ("AlexNett", "alexnet"),
        ("vgg-61", "vgg16"),  # its letters in another order, not vgg11 with another letter
        ("resent50", "resnet50"),
        ("goolgenet", "googlenet"),
        ("Inceptoin V3", "inception_v3"),
        ("resnet", "resnet18"),
        ("resnt", "resnet18"),
        ("alex", "alexnet"),
        ("vgg", "vgg11"),
        ("mobilenet_v2", "mobilenet_v1"),
        ("vgg16_imagenet", "vgg16"),
        *((far, None) for far in ("densenet", "densenet121", "shufflenet", "squeezenet", "yolo")),
        *((far, None) for far in ("efficientnet_b0", "xception", "unet", "cnn", "x", "net", "vit")),
    ],
)
def test_a_name_is_offered_for_a_slip_and_not_for_another_network(word, found) -> None:
    assert nearest(word, NETWORKS, loosely=True) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("epoch", "epochs"),
        ("batchsize", "batch_size"),
        ("lerning_rate", "learning_rate"),
        ("momentmu", "momentum"),
        *((far, None) for far in ("lr", "rate", "decay", "size", "comment", "x")),
    ],
)
def test_a_setting_is_offered_for_a_slip_alone(word, found) -> None:
    known = ("epochs", "batch_size", "learning_rate", "momentum", "weight_decay")
    assert nearest(word, known) == found


def test_a_long_word_takes_no_time_and_has_no_neighbour() -> None:
    assert nearest("a" * 100_000, NETWORKS, loosely=True) is None


def test_no_name_is_near_where_there_is_none() -> None:
    assert nearest("lenet5", ()) is None and did_you_mean("lenet5", iter(())) == ""


def test_one_and_several() -> None:
    assert plural(1, "epoch") == "1 epoch" and plural(0, "epoch") == "0 epochs"
    assert plural(1200, "class", "classes") == "1,200 classes"


def test_numbers_as_people_read_them() -> None:
    assert percent(0.0095) == "0.95 %" and percent(0.00123) == "0.12 %"
    assert percent(0) == "0.00 %" and percent(1) == "100.00 %" and percent(float("nan")) == "nan %"
    assert percent(1 / 200_000) == "0.0005 %", "one of 200,000 is not none"
    assert percent(0.99999) == "99.999 %"
    assert gigabytes(25_600_000_000) == "25.6 GB" and gigabytes(4e15) == "4,000,000.0 GB"
    assert by((64, 3, 7, 7)) == "64x3x7x7" and by([10]) == "10" and by(()) == "a single number"


def test_lists_as_people_read_them() -> None:
    assert either(("a", "b")) == "a or b" and either("abc") == "a, b or c"
    assert listed("abc", 3) == "a, b, c" and listed("abcd", 3) == "a, b, c and 1 more"
    assert listed(map(repr, "ab"), 1) == "'a' and 1 more" and listed([], 3) == ""


def test_long_texts_are_cut() -> None:
    assert shortened("x" * 60) == "x" * 60 and shortened("x" * 61) == "x" * 60 + "..."
    assert shortened("abc", 2) == "ab..."


def test_the_command_can_be_copied() -> None:
    command = "papernets train --out 'my runs/1' --resume"
    assert resume_command(Path("my runs", "1")) == resume_command("my runs/1") == command


def test_the_first_line_of_an_error() -> None:
    assert first_line(ValueError("\none\ntwo")) == "one"
    assert first_line(MemoryError()) == "MemoryError"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("lenet5", "'lenet5'"),
        ("two  spaces\n", r"'two  spaces\n'"),
        (range(3), "range(0, 3)"),
        (list(range(100_000)), "[0, 1, 2, 3, 4, 5, ...]"),
        (3.5, "3.5"),
        (None, "None"),
    ],
)
def test_what_was_given_is_shown_briefly(given, said):
    assert brief(given) == said


def test_a_number_that_python_does_not_write():
    assert brief(10**5000) == brief([10**5000]) == "a number of thousands of digits"


def test_what_is_long_is_cut_and_of_what_takes_lines_its_kind_is_said():
    name = brief("a" * 10_000)
    assert len(name) == 100 and name.startswith("'aaa") and name.endswith("aaa'") and "..." in name

    class Module:
        def __repr__(self):
            return "Module(\n  (conv): Conv\n)"

    assert brief(Module()) == "a Module"
    assert len(brief([Module()] * 100)) < 100 and "\n" not in brief([Module()] * 100)
