"""What `explain` says of a network: as JSON (schema 1) and as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from ..nets import Found, beside
from ..said import verify
from ..spec import Committee, Net, phrase, shown
from ..spec.walk import Row, totals, walk


def explain_dict(network: Net | Committee | Found) -> dict[str, object]:
    """The network as `explain --json` prints it; a committee: one member's rows, all summed."""
    found = network if isinstance(network, Found) else beside(network)
    net, record = found.net, found.record
    checks = verify(net, record)
    base = net.member
    times = net.count if isinstance(net, Committee) else 1
    rows = walk(base)
    sums = totals(rows)
    result: dict[str, object] = {
        "schema": 1,
        "name": net.name,
        "ledger_name": record.ledger_name,
        "title": record.title,
        "paper": record.source,
        "input": list(base.input),
        "classes": base.classes,
        "params": sums.params * times,
        "fixed_params": sums.fixed_params * times,
        "macs": sums.macs * times,
        "aux_params": sums.aux_params * times,
        "aux_macs": sums.aux_macs * times,
        "connections": sums.connections * times,
        "rows": [row.to_dict() for row in rows],
        "facts": [check.to_dict() for check in checks if check.verdict in ("agrees", "measured")],
        "errata": [
            check.to_dict() for check in checks if check.verdict in ("erratum", "unexplained")
        ],
        "departures": [asdict(departure) for departure in record.departures],
    }
    if isinstance(net, Committee):
        result |= {"members": net.count, "member": base.name, "rule": net.rule}
    return result


def row_cells(row: Row) -> tuple[str, ...]:
    """The cells of a row in a table for people, under `COLUMNS`; empty where there is nothing."""
    field = f"{row.receptive_field[0]}x{row.receptive_field[1]}" if row.receptive_field else "all"
    return (
        row.name,
        row.kind_and_window,
        shown(row.out),
        ", ".join(row.details),
        field,
        f"{row.params:,}" if row.params else "",
        f"{row.macs:,}" if row.macs else "",
        f"{row.connections:,}" if row.connections else "",
    )


COLUMNS = ("layer", "kind", "output", "details", "sees", "params", "MACs", "connections")


def table_cells(rows: Sequence[Row]) -> tuple[list[tuple[str, ...]], list[str]]:
    """The cells of all rows, what they share said once: in the sentences that come with them."""
    norms = {norm for row in rows if (norm := row.settings.get("norm"))}
    cells = [row_cells(row) for row in rows]
    legend = []
    if len(norms) == 1:
        (norm,) = norms
        at = COLUMNS.index("details")
        full = phrase("norm", norm)
        cells = [(*c[:at], c[at].replace(full, "BN"), *c[at + 1 :]) for c in cells]
        legend.append(f"BN: batch normalisation, {norm.words()}.")
    if norms:
        legend.append("Momentum: a batch's share in the moving averages, as in torch.")
    every = [pads for row in rows if (pads := row.settings.get("padding")) is not None]
    zeros = [pads for pads in every if pads]
    if len(zeros) < len(every):
        legend.append("No pad: the window stays on the map (valid).")
    if any(a != b for pads in zeros for a, b in (pads.rows, pads.columns)):
        legend.append("Pad 0+1: no zeros above and to the left, 1 below and to the right.")
    if any(pads.rule for pads in zeros):
        legend.append("(same): as many as TensorFlow's rule wants for this size.")
    if any(row.settings.get("ceil") for row in rows):
        legend.append("Ceil: a last window that reaches beyond the edge counts.")
    return cells, legend
