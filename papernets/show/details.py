"""What a row's counts do not show, in few words, and what these words mean."""

from __future__ import annotations

from collections.abc import Sequence

from ..spec import Norm, Row, phrase


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
