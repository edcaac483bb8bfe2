"""What counts as a number where a user may give anything."""

import numpy as np
import pytest
import torch

from papernets import create_model
from papernets.data import Preprocessing
from papernets.numbers import is_whole, plain_int


@pytest.mark.parametrize(
    "given", [3, np.int64(3), np.uint8(3), np.array(3), torch.tensor(3), torch.tensor([3])]
)
def test_whole_numbers_of_any_kind_become_pythons_own(given):
    assert plain_int(given) == 3 and type(plain_int(given)) is int


@pytest.mark.parametrize(
    "given", [None, True, np.bool_(True), 3.0, np.float64(3), "3", [3], np.array([3, 4]),
              np.array([3]), torch.tensor([3, 4]), torch.tensor(3.0), np.array([])]
)  # fmt: skip
def test_all_else_stays_what_it_is_and_is_no_whole_number(given):
    assert plain_int(given) is given and not is_whole(plain_int(given))


@pytest.mark.parametrize("value", [np.array([3, 4]), np.array([]), torch.tensor([3, 4]), "3", 3.0])
def test_what_is_no_number_of_classes_is_said_to_be_none(value):
    """By either word, and by both, whose values are compared."""
    one, other = {"num_classes": value}, {"classes": value}
    for words in (one, other, one | other):
        with pytest.raises(ValueError, match="classes must be a whole number of at least 1"):
            create_model("lenet5_modern", **words)


def test_a_preprocessing_keeps_pythons_own_numbers():
    given = Preprocessing(np.int64(3), np.int32(32), np.uint8(32), (np.int64(40), 40), "photo")
    plain = Preprocessing(3, 32, 32, (40, 40), "photo")
    assert given.to_dict() == plain.to_dict()
    values = [given.channels, given.height, given.width, *given.picture]
    assert {type(value) for value in values} == {int}
