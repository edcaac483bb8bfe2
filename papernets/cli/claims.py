"""A checked claim in words, as both explain and verify print it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..said import Check


def contradicted(check: Check) -> str:
    from ..said import shown

    return (
        f"{check.quantity} = {shown(check.printed)} ({check.source}), "
        f"ours {shown(check.ours)}: {check.why}"
    )


def counts(checks: Sequence[Check], names: Mapping[str, str]) -> str:
    """How many of these numbers are of papers, of code and of notes: `23 of papers, 2 of notes`."""
    kinds = [check.source.who for check in checks]
    return ", ".join(f"{kinds.count(k):,} of {name}" for k, name in names.items() if k in kinds)
