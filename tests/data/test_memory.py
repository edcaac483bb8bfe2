"""Memory that is used again: who keeps what was in it loses nothing."""

import pytest
import torch

from papernets.data.again import MOST, Again
from papernets.data.memory import Sheets
from papernets.data.stored import as_it_lies, as_it_stands, room_for


def test_memory_is_used_again_when_nobody_holds_it():
    again = Again()
    first = again.empty(2, 3, 5)
    place = first.data_ptr()
    held = again.empty(2, 3, 5)
    assert held.data_ptr() != place  # the first is still held
    del first
    assert again.empty(3, 5, 2).data_ptr() == place
    assert again.empty(4).data_ptr() == place


@pytest.mark.parametrize("part", [lambda x: x[1:], lambda x: x.view(-1)[3:4], lambda x: x.numpy()])
def test_a_part_holds_the_whole(part):
    again = Again()
    whole = again.empty(4, 4)
    whole.fill_(7)
    kept = part(whole)
    del whole
    for _ in range(MOST + 2):
        again.empty(4, 4).fill_(-1)
    assert (kept == 7).all()


def test_any_number_may_be_kept():
    again = Again()
    kept = [again.empty(3).fill_(at) for at in range(3 * MOST)]
    assert [x.tolist() for x in kept] == [[float(at)] * 3 for at in range(3 * MOST)]
    kept.clear()
    assert len(again._pieces) <= MOST


@pytest.mark.parametrize(("channels", "size"), [(3, (65, 70)), (3, (8, 8)), (1, (80, 66))])
@pytest.mark.parametrize("together", [False, True])
def test_sheets_give_what_the_pictures_have(channels, size, together):
    draws = torch.Generator().manual_seed(0)
    values = torch.randint(0, 256, (9, channels, *size), generator=draws, dtype=torch.uint8)
    images = room_for(9, channels, size).copy_(values) if together else values
    lying = as_it_lies(images)
    assert lying.is_contiguous() and torch.equal(as_it_stands(lying, images.shape[1:]), values)
    sheets = Sheets(images)
    first, second = torch.tensor([3, 1, 4]), torch.tensor([8, 0, 2, 2, 5])
    assert torch.equal(sheets.read(first), values[first])
    before, after = sheets.read(second), sheets.read(first[:2])
    assert torch.equal(before, values[second]) and torch.equal(after, values[first[:2]])
