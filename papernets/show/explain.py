"""What `explain` says of a network, as JSON (schema 1)."""

from __future__ import annotations

from dataclasses import asdict

from ..arithmetic import Graph, Paths, graph, held
from ..arithmetic.memory import memory
from ..arithmetic.stages import stages
from ..nets import Found, beside
from ..said import verify
from ..spec import Committee, Net, totals
from .data import Sums, further
from .wanted import Wanted


def explain_dict(
    network: Net | Committee | Found, wanted: Wanted | None = None, whole: Graph | None = None
) -> dict[str, object]:
    """The network as `explain --json` prints it; a committee: one member's rows, all summed.

    The rows are those that are wanted; all else is told of the whole network. `whole` is its graph,
    if it is known.
    """
    wanted = wanted or Wanted()
    found = network if isinstance(network, Found) else beside(network)
    net, record = found.net, found.record
    base = net.member
    times = net.count
    whole = whole or graph(base)
    rows = tuple(whole.rows.values())
    sums, paths = totals(rows), Paths(whole)
    shares = Sums(sums.params, sums.macs)
    checks = verify(net, record, rows)
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
        "rows": [{**row.to_dict(), **further(row, paths, shares)} for row in wanted.of(rows)],
        "facts": [check.to_dict() for check in checks if check.verdict in ("agrees", "measured")],
        "errata": [
            check.to_dict() for check in checks if check.verdict in ("erratum", "unexplained")
        ],
        "departures": [asdict(departure) for departure in record.departures],
        "activations": sums.activations * times,
        "running_statistics": sum(held(row).statistics for row in rows if not row.aux) * times,
        "stages": [stage.to_dict() for stage in stages(whole)],
        "memory": memory(whole).to_dict(wanted.batch, times),
    }
    if isinstance(net, Committee):
        result |= {"members": net.count, "member": base.name, "rule": net.rule}
    return result
