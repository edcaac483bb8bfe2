"""Every published number that we hold, against our own arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec import Committee, Net
from ..spec.walk import Row, Totals, totals, walk
from .claims import UNEXPLAINED, Value


@dataclass(frozen=True)
class Check:
    """One published number: what was printed, what our arithmetic gives, and the verdict.

    `verdict` is `agrees`, `erratum` (it disagrees, and we say why), `unexplained` (it disagrees,
    and nobody knows why), `measured` (an experiment's result, for training to reproduce), or
    `DISAGREES`. `rounded`: it agrees as its source rounds. `below`: its source says less than this.
    """

    quantity: str
    printed: Value
    ours: Value | None
    verdict: str
    source: str
    why: str = ""
    rounded: bool = False
    below: bool = False


def ours(quantity: str, rows: tuple[Row, ...], sums: Totals) -> Value:
    """Our value of a quantity such as `params` or `C3.connections`; ValueError if unknown."""
    if hasattr(sums, quantity):
        return int(getattr(sums, quantity))
    name, _, column = quantity.rpartition(".")
    for row in rows:
        if row.name == name and hasattr(row, column):
            value: Value = getattr(row, column)
            return value
    raise ValueError(f"no quantity {quantity!r}: there is no such row or column")


def verify(net: Net | Committee) -> tuple[Check, ...]:
    """All facts and errata of a network, checked. A committee's totals are its members' summed."""
    if isinstance(net, Committee):
        rows = walk(net.member)
        one = totals(rows)
        sums = Totals(**{k: v * net.count for k, v in vars(one).items()})
    else:
        rows = walk(net)
        sums = totals(rows)
    checks = []
    for fact in net.facts:
        if fact.measured:
            checks.append(Check(fact.quantity, fact.value, None, "measured", fact.source))
            continue
        value = ours(fact.quantity, rows, sums) if fact.ours is None else fact.ours
        verdict = "agrees" if fact.agrees(value) else "DISAGREES"
        rounded = verdict == "agrees" and value != fact.value and not fact.below
        checks.append(
            Check(
                fact.quantity,
                fact.value,
                value,
                verdict,
                fact.source,
                rounded=rounded,
                below=fact.below,
            )
        )
    for erratum in net.errata:
        value = ours(erratum.quantity, rows, sums) if erratum.ours is None else erratum.ours
        known = not erratum.why.startswith(UNEXPLAINED)
        verdict, why = "erratum" if known else "unexplained", erratum.why
        if value == erratum.printed:
            verdict, why = "DISAGREES", "listed as an erratum, but our number is the same"
        checks.append(Check(erratum.quantity, erratum.printed, value, verdict, erratum.source, why))
    return tuple(checks)
