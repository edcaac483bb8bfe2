"""How the pictures of a set become three parts: to train, to choose the epoch, and to test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from papernets.data.dataset import Part, apart, hold_out
from papernets.data.draw import drawn
from papernets.data.picture import shown
from papernets.words import plural

if TYPE_CHECKING:
    from papernets.data.listing import Listing, Wanted

TESTED = 0.1
"""The share of a set without a test part that is tested."""
USUAL = 0.1
"""The share that is held out to choose the epoch, unless the set has a part for it."""
MOST_HELD = 0.8


def check_share(share: float) -> None:
    """ValueError where a share is none that can be held out; -1 is the set's own."""
    if share != -1 and not 0 <= share <= MOST_HELD:
        raise ValueError(
            f"val_share must be from 0 to {MOST_HELD}, the share of the training pictures that is "
            f"held out to choose the epoch, or -1 for as many as the set has, not {share}"
        )


def all_learnt(
    root: Path, listings: dict[str, Listing], wanted: Wanted, mark: str
) -> dict[str, Listing]:
    """The parts of a set with "train", "val" and "test" for the share that is to be held out.

    A share of 0 joins "val" to the training pictures; below 0, and for other parts, nothing
    changes. ValueError for any other share: the set says itself which pictures choose the epoch.
    """
    if wanted.val_share < 0 or not {"val", "test"} <= set(listings):
        return listings
    if wanted.val_share:
        raise ValueError(
            f"{shown(root)} has a part val{mark} that chooses the epoch: val_share="
            f"{wanted.val_share:g} would hold out others. Leave it out; val_share=0 trains on "
            f"train{mark} and val{mark} together"
        )
    train = listings["train"].with_others(listings["val"])
    return {"train": train, "test": listings["test"]}


def parted(
    root: Path, parts: dict[str, Part], wanted: Wanted, mark: str
) -> tuple[Part, Part, Part, str]:
    """train, validation, test, and the sentence that says how they were made.

    `mark` stands behind a part's name. ValueError for too few pictures.
    """
    train = parts["train"]
    few = f"{shown(root)}: {len(train)} training pictures are too few to hold a part out. "
    if "val" in parts and "test" in parts:
        sentence = "train/, val/ and test/ as they are: val/ chooses the epoch".replace("/", mark)
        return train, parts["val"], parts["test"], sentence
    share = USUAL if wanted.val_share < 0 else wanted.val_share
    how = f"drawn by class with seed {wanted.seed}"
    if wanted.split == "content":
        how += " from their content"
    if "val" in parts or "test" in parts:
        name = "val" if "val" in parts else "test"
        if not share:
            sentence = f"{name}{mark} is the test set; all {plural(len(train), 'other')} to train"
            return train, train.select([]), parts[name], f"{sentence}, none chooses the epoch"
        rest, held = _drawn(train, (share,), wanted)
        if not len(held) or not len(rest):
            raise ValueError(few + "Give two or more of each class")
        sentence = (
            f"{name}{mark} is the test set; {len(held):,} of train{mark}'s {len(train):,} "
            f"pictures, {how}, choose the epoch"
        )
        learns, chooses = apart(train, (rest, held))
        return learns, chooses, parts[name], sentence
    about = "about " if wanted.split == "content" else ""
    if not share:
        places, tested = _drawn(train, (TESTED,), wanted)
        if not (len(tested) and len(places)):
            raise ValueError(few + "Give two or more of each class, or folders train/ and val/")
        sentence = (
            f"{plural(len(places), 'picture')} to train and {len(tested):,} to test ({about}90 "
            f"and 10 %), {how}; none chooses the epoch"
        )
        learns, tests = apart(train, (places, tested))
        return learns, learns.select([]), tests, sentence
    places, tested, held = _drawn(train, (TESTED, share), wanted)
    if not (len(tested) and len(held) and len(places)):
        raise ValueError(few + "Give three or more of each class, or folders train/ and val/")
    sentence = (
        f"{plural(len(places), 'picture')} to train, {len(held):,} to choose the epoch and "
        f"{len(tested):,} to test ({about}{100 * (1 - TESTED - share):.3g}, {100 * share:.3g} and "
        f"10 %), {how}"
    )
    learns, chooses, tests = apart(train, (places, held, tested))
    return learns, chooses, tests, sentence


def _drawn(train: Part, shares: Sequence[float], wanted: Wanted) -> list[Tensor]:
    """Places of the rest, and of a part a share."""
    if wanted.split == "content":
        return drawn(train.content, train.labels, shares, wanted.seed)
    rest, tested = hold_out(train.labels, shares[0], wanted.seed)
    if len(shares) == 1:
        return [rest, tested]
    of_rest = 1 / 9 if shares[1] == USUAL else shares[1] / (1 - TESTED)  # exactly as ever
    places, held = hold_out(train.labels[rest], of_rest, wanted.seed + 1)
    return [rest[places], tested, rest[held]]
