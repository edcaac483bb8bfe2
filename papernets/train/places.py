"""Where a run goes unless it is told: `runs/NETWORK-DATA-N`, the first that is free. No torch."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .run import Run

ENDINGS = re.compile(r"\.(parquet|tar|zip|csv|tsv|jsonl|ndjson)$", re.IGNORECASE)


def free_folders(run: Run | None, form: str = "{}") -> Iterator[Path]:
    """runs/NETWORK-DATA-N for each N that is free; `form` is what is made of NETWORK-DATA."""
    assert run is not None
    net = run.recipe.net
    network = Path(net.rpartition(":")[0]).stem if ".py:" in net else net
    data = re.sub(r"[{},:]+", "_", Path(run.recipe.data).name)
    data = ENDINGS.sub("", data) or "data"
    for number in itertools.count(1):
        folder = Path("runs", f"{form.format(f'{network}-{data}')}-{number}")
        if not folder.exists():
            yield folder
