"""convert --half: a bundle again, in half the space."""

from __future__ import annotations

from pathlib import Path

from . import screen
from .stopping import stopped_cleanly


def halved(bundle: str, out: Path, json: bool) -> None:
    """A bundle with its weights in half precision, and what was rounded."""
    from ..bundle.half import halve

    with stopped_cleanly():
        found = halve(bundle, out)
    if json:
        screen.print_json(
            {
                "bundle": str(out),
                "network": found.network,
                "bytes_before": found.before,
                "bytes": found.after,
                "rounding": found.rounding,
                "rounded_most": found.tensor,
            }
        )
        return
    rounded = (
        f"Weights are in float16, rounded by at most {found.rounding:.1e} of the largest of their "
        f"tensor ({found.tensor}); normalisation and biases are in float32"
        if found.tensor
        else "All weights are so near 0 that float16 would lose them, and stay in float32"
    )
    screen.prose(
        f"{found.network}: {found.after / 1000:,.0f} KB of weights in {out}, "
        f"{found.before / 1000:,.0f} KB before. {rounded}."
    )
    screen.note(f"Try next: papernets evaluate {out}, to measure its error again")
