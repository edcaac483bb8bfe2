"""What `explain` says of a network: as JSON (schema 1) and as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from ..arithmetic import Paths, graph, held
from ..arithmetic.memory import memory
from ..arithmetic.stages import stages
from ..nets import Found, beside
from ..said import verify
from ..spec import Committee, Net, Norm, phrase
from ..spec.walk import Row, totals


def explain_dict(network: Net | Committee | Found, batch: int = 1) -> dict[str, object]:
    """The network as `explain --json` prints it; a committee: one member's rows, all summed.

    Memory is that of so many pictures at once.
    """
    from .rows import Sums, further

    found = network if isinstance(network, Found) else beside(network)
    net, record = found.net, found.record
    checks = verify(net, record)
    base = net.member
    times = net.count if isinstance(net, Committee) else 1
    whole = graph(base)
    rows = tuple(whole.rows.values())
    sums, paths = totals(rows), Paths(whole)
    shares = Sums(sums.params, sums.macs)
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
        "activations": sums.activations * times,
        "running_statistics": sum(held(row).statistics for row in rows if not row.aux) * times,
        "rows": [{**row.to_dict(), **further(row, paths, shares)} for row in rows],
        "stages": [stage.to_dict() for stage in stages(whole)],
        "memory": memory(whole).to_dict(batch, times),
        "facts": [check.to_dict() for check in checks if check.verdict in ("agrees", "measured")],
        "errata": [
            check.to_dict() for check in checks if check.verdict in ("erratum", "unexplained")
        ],
        "departures": [asdict(departure) for departure in record.departures],
    }
    if isinstance(net, Committee):
        result |= {"members": net.count, "member": base.name, "rule": net.rule}
    return result


def short_details(rows: Sequence[Row]) -> list[str]:
    """The details of each row; what all share of a normalisation is left to the legend."""
    norm = _one_norm(rows)
    full = phrase("norm", norm) if norm else ""
    return [", ".join("BN" if words == full else words for words in row.details) for row in rows]


def _one_norm(rows: Sequence[Row]) -> Norm | None:
    norms = {norm for row in rows if (norm := row.settings.get("norm"))}
    return norms.pop() if len(norms) == 1 else None


def legend_of(rows: Sequence[Row]) -> list[str]:
    """What the details of rows mean, in sentences."""
    legend = []
    if norm := _one_norm(rows):
        legend.append(f"BN: batch normalisation, {norm.words()}.")
    if any(row.settings.get("norm") for row in rows):
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
    return legend
