"""Every published number that we hold, against our own arithmetic."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ..spec import Committee, Net, Row, Totals, totals, walk
from .claims import UNEXPLAINED, Claim, Value
from .record import Record
from .sources import Source


@dataclass(frozen=True)
class Check:
    """One published number: what was printed, what our arithmetic gives, and the verdict.

    `verdict` is `agrees`, `erratum` (it disagrees, and we say why), `unexplained` (it disagrees,
    and nobody knows why), `measured` (an experiment's result, for training to reproduce), or
    `DISAGREES`. `why` is the reason of an erratum; beside a result what the paper prints itself.
    `rounded`: it agrees as its source rounds. `below`: its source says less than this.
    """

    quantity: str
    printed: Value
    ours: Value | None
    verdict: str
    source: Source
    why: str = ""
    rounded: bool = False
    below: bool = False

    def to_dict(self) -> dict[str, object]:
        """The check as `verify --json` prints it."""
        return {**asdict(self), "source": str(self.source)}


SUMMED = ("params", "fixed_params", "macs", "connections")
"""What a block has as the sum of its rows; its `input` is its first row's, its `out` its last's."""


def ours(quantity: str, rows: tuple[Row, ...], sums: Totals) -> Value:
    """Our value of a quantity: `params`, `C3.connections`, or a block's, `fire2.params`.

    ValueError if unknown.
    """
    if hasattr(sums, quantity):
        return int(getattr(sums, quantity))
    name, _, column = quantity.rpartition(".")
    block = [row for row in rows if name and f"{row.name}.".startswith(f"{name}.")]
    if block and column in SUMMED:
        return sum(int(getattr(row, column)) for row in block)
    for row in block:
        if row.name == name and hasattr(row, column):
            value: Value = getattr(row, column)
            return value
    if block and column in ("input", "out") and block[0].name != name:
        return block[0].input if column == "input" else block[-1].out
    raise ValueError(f"no quantity {quantity!r}: there is no such row or column")


def verify(
    net: Net | Committee, record: Record, rows: tuple[Row, ...] | None = None
) -> tuple[Check, ...]:
    """All claims on a network, checked: what should agree, then the errata.

    A committee's totals are its members' summed. `rows` are those of its walk, if they are known.
    """
    rows = walk(net.member) if rows is None else rows
    times = net.count
    sums = Totals(**{name: n * times for name, n in vars(totals(rows)).items()})
    held = sorted(record.claims_on(net), key=lambda claim: claim.wrong)
    return tuple(check(claim, rows, sums) for claim in held)


def check(claim: Claim, rows: tuple[Row, ...] = (), sums: Totals | None = None) -> Check:
    """A claim against its own `ours`, or against the rows and sums of its network."""
    if claim.measured and not claim.wrong:
        return Check(claim.quantity, claim.printed, None, "measured", claim.source, claim.paper)
    value = claim.ours
    if value is None:
        assert sums is not None, f"{claim.quantity} needs a network"
        value = ours(claim.quantity, rows, sums)
    return (_erratum if claim.wrong else _agreement)(claim, value)


def _agreement(claim: Claim, value: Value) -> Check:
    """A number that should agree with ours."""
    agrees = claim.agrees(value)
    return Check(
        claim.quantity,
        claim.printed,
        value,
        "agrees" if agrees else "DISAGREES",
        claim.source,
        rounded=agrees and value != claim.printed and not claim.below,
        below=claim.below,
    )


def _erratum(claim: Claim, value: Value) -> Check:
    """A number that is wrong, and has to stay so."""
    verdict = "unexplained" if claim.why.startswith(UNEXPLAINED) else "erratum"
    why = claim.why
    if value == claim.printed:
        verdict, why = "DISAGREES", "listed as an erratum, but our number is the same"
    elif claim.rounded_from(value):
        verdict, why = "DISAGREES", "listed as an erratum, but ours rounds to it"
    return Check(claim.quantity, claim.printed, value, verdict, claim.source, why)
