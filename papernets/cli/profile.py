"""What `train --profile` says: where a step's time goes, what is the limit, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..words import plural
from . import screen

if TYPE_CHECKING:
    from ..spent import Spent
    from ..train.run import Run

FILE = "profile.json"
LIMIT = 0.2  # the share of a step that pictures take, from which on they are the limit
PARTS = (
    "reading", "decoding", "scaling", "augmentation", "normalising", "waiting", "forward",
    "backward", "update", "ranks",
)  # fmt: skip
LOADING = PARTS[:6]
"""Parts of which the network waits where they are not done beside it."""
WAITS = "ranks: rank 0 waits for the others; backward has the averaging of gradients, too."


def figures(spent: Spent, run: Run, device: str, workers: int, cores: int) -> dict[str, Any]:
    """What was found, as JSON has it: milliseconds a step; empty where no step was measured."""
    if not spent.steps:
        return {}
    each = 1000 / spent.steps
    here = {name: each * spent.here.get(name, 0.0) for name in PARTS}
    whole = each * spent.seconds
    here["other"] = max(whole - sum(here.values()), 0.0)
    beside = {name: each * seconds for name, seconds in spent.beside.items()}
    share = sum(here[name] for name in LOADING) / whole if whole else 0.0
    return {
        "steps": spent.steps,
        "pictures": spent.pictures,
        "ms_a_step": round(whole, 3),
        "here_ms": {k: round(v, 3) for k, v in here.items() if v},
        "beside_ms": {k: round(v, 3) for k, v in sorted(beside.items())},
        "loading_share": round(share, 4),
        "limit": "loader" if share > LIMIT else "network",
        "device": device,
        "workers": workers,
        "advice": advice(share, run, device, workers, cores),
    }


def advice(share: float, run: Run, device: str, workers: int, cores: int) -> str:
    """What would make steps faster."""
    if share > LIMIT:
        if workers < cores - 1:
            more = min(max(1, 2 * workers), cores - 1)
            return f"try more loader processes: --workers {more}"
        if run.where.memory == 0:
            return "pictures that stay decoded in memory are not read again: --set memory=GIGABYTES"
        return "fewer augmentations or smaller pictures, --set enlarge=1, take less"
    if run.recipe.precision == "float32":
        if device.startswith("cuda"):
            return "try half precision, --precision auto, and --compile"
        return "try half precision, --precision bf16, where the processor has AMX or AVX512_BF16"
    return "try --compile" if not run.where.compile else "only a faster device would help"


def show(
    spent: Spent, run: Run, folder: Path, device: str, workers: int, json: bool = False
) -> None:
    """Write profile.json into the run's folder, and print the table, but where JSON is printed."""
    from ..machine import cores
    from ..train.folder import write_json

    found = figures(spent, run, device, workers, cores())
    if not found:
        screen.note("profile: no step was measured after the first, which warms up")
        return
    write_json(folder / FILE, found)
    if screen.QUIET or json:
        return
    whole = found["ms_a_step"]
    pictures = found["pictures"] / found["steps"]
    screen.say()
    screen.prose(
        f"A step of {pictures:,.0f} pictures takes {whole:,.1f} ms "
        f"({plural(found['steps'], 'step')} measured)."
    )
    rows = []
    for name in (*PARTS, "other", *(set(found["beside_ms"]) - set(PARTS))):
        here, beside = found["here_ms"].get(name, 0.0), found["beside_ms"].get(name, 0.0)
        if here or beside:
            share = f"{100 * here / whole:.0f} %" if here else ""
            rows.append((name, _ms(here), share, _ms(beside)))
    columns = ("part", "ms a step", "share", "beside it, ms")
    shown = len(columns) if found["beside_ms"] else len(columns) - 1  # nothing else runs: no column
    screen.table(columns[:shown], [row[:shown] for row in rows])
    if "ranks" in found["here_ms"]:
        screen.prose(WAITS)
    who = plural(workers, "loader process", "loader processes") if workers else "threads"
    if found["beside_ms"]:
        screen.prose(f"Beside it: what {who} spend meanwhile.")
    screen.prose(
        f"The {found['limit']} is the limit: pictures take "
        f"{100 * found['loading_share']:.0f} % of a step. Next: {found['advice']}."
    )


def _ms(value: float) -> str:
    return f"{value:,.1f}" if value else ""
