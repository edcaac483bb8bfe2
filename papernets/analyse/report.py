"""What `explain` says of a network: as JSON (schema 1) and as text for a terminal."""

from __future__ import annotations

from dataclasses import asdict

from ..spec import Committee, Net, shown
from .verify import verify
from .walk import Row, totals, walk


def explain_dict(net: Net | Committee) -> dict[str, object]:
    """The network as `explain --json` prints it; a committee: one member's rows, all summed."""
    base = net.member if isinstance(net, Committee) else net
    times = net.count if isinstance(net, Committee) else 1
    rows = walk(base)
    sums = totals(rows)
    result: dict[str, object] = {
        "schema": 1,
        "name": net.name,
        "ledger_name": net.ledger_name if isinstance(net, Net) else net.name,
        "title": net.title,
        "paper": str(net.paper),
        "input": list(base.input),
        "classes": base.classes,
        "params": sums.params * times,
        "fixed_params": sums.fixed_params * times,
        "macs": sums.macs * times,
        "aux_params": sums.aux_params * times,
        "aux_macs": sums.aux_macs * times,
        "connections": sums.connections * times,
        "rows": [row.to_dict() for row in rows],
        "facts": [
            {**asdict(check)} for check in verify(net) if check.verdict in ("agrees", "measured")
        ],
        "errata": [asdict(check) for check in verify(net) if check.verdict == "erratum"],
        "departures": [asdict(departure) for departure in net.departures],
    }
    if isinstance(net, Committee):
        result |= {"members": net.count, "member": base.name, "rule": net.rule}
    return result


def row_cells(row: Row) -> tuple[str, ...]:
    """The cells of a row in a table for people, under `COLUMNS`; empty where there is nothing."""
    kernel = f" {row.kernel[0]}x{row.kernel[1]}" if row.kernel else ""
    step = f"/{row.stride[0]}" if row.stride and row.stride != (1, 1) else ""
    field = f"{row.receptive_field[0]}x{row.receptive_field[1]}" if row.receptive_field else "all"
    return (
        row.name,
        f"{row.kind}{kernel}{step}",
        shown(row.out),
        row.activation or "",
        field,
        f"{row.params:,}" if row.params else "",
        f"{row.macs:,}" if row.macs else "",
        f"{row.connections:,}" if row.connections else "",
    )


COLUMNS = ("layer", "kind", "output", "activation", "sees", "params", "MACs", "connections")
