"""explain --optimised: what the form that answers does otherwise than the printed network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .flags import WrongUse

if TYPE_CHECKING:
    from ..nets import Found
    from ..show.document import Document


def told_optimised(
    found: Found, others: Mapping[str, object], depth: str = ""
) -> tuple[Callable[[], dict[str, object]], Callable[[], Document]]:
    """What makes the JSON and the page of a network's optimised form; wrong use beside others.

    `depth` is "all" for a row of each change.
    """
    from ..rewrite.optimise import optimised
    from ..run.passes import optimised_cost, plain_cost
    from ..show.optimised_page import optimised_dict, optimised_page

    given = next((flag for flag, text in others.items() if text), "")
    if given:
        raise WrongUse(f"--optimised tells of a whole network: leave it or {given} out")
    if depth not in ("", "all"):
        raise WrongUse(f"--depth {depth}: --optimised is grouped, or has every row by --depth all")
    net = found.net.member
    done = optimised(net)
    before, after = plain_cost(net).to_dict(), optimised_cost(done.net).to_dict()
    told = (found, done.changes, before, after)
    return lambda: optimised_dict(*told), lambda: optimised_page(*told, depth == "all")
