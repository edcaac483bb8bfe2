"""explain --convention: another tool's number of a network, or all numbers side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .flags import WrongUse

if TYPE_CHECKING:
    from ..nets import Found
    from ..show.document import Document

ALL = "all"


def told_by(
    found: Found, name: str, others: Mapping[str, object]
) -> tuple[Callable[[], dict[str, object]], Callable[[], Document]]:
    """What makes the JSON and the page of a convention's number; wrong use beside other flags."""
    from ..arithmetic.conventions import CONVENTIONS, counted
    from ..show.convention_page import all_conventions, convention_page

    given = next((flag for flag, text in others.items() if text), "")
    if given:
        raise WrongUse(f"--convention counts a whole network: leave it or {given} out")
    head = {"schema": 1, "name": found.net.name}
    if name == ALL:
        every = [counted(found, convention) for convention in CONVENTIONS]
        short = [{k: v for k, v in one.to_dict().items() if k != "rows"} for one in every]
        return lambda: {**head, "conventions": short}, lambda: all_conventions(found, every)
    one = counted(found, name)
    return lambda: {**head, **one.to_dict()}, lambda: convention_page(found, one)
