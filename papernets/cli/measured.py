"""What `evaluate` measured of a run, as its folder has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..compare.results import Result


REPORTS, MOST_BYTES = "evaluation/*/report.json", 256 << 20


def measured_in(folder: Path) -> tuple[Result, ...]:
    """What evaluate measured of a run's bundle, the newest of each protocol.

    What is older than the bundle is of another training; what cannot be read is passed over.
    """
    from ..bundle import INFO
    from ..compare.results import evaluated
    from ..evaluate.protocols.protocol import PUBLISHED
    from ..files import read_bytes
    from ..texts import parsed

    found: dict[tuple[str, int], tuple[float, Result]] = {}
    for path in sorted(folder.parent.glob(REPORTS)):
        try:
            at, written = path.stat().st_mtime, (folder / INFO).stat().st_mtime
            report = parsed(read_bytes(path, MOST_BYTES)) if at >= written else None
        except (OSError, ValueError):
            continue
        result = evaluated(report, PUBLISHED) if isinstance(report, dict) else None
        if result is None:
            continue
        key = result.protocol, result.networks
        if key not in found or found[key][0] <= at:
            found[key] = at, result
    return tuple(result for _, result in found.values())
