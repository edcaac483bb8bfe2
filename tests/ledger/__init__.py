"""Facts of 93 networks, made apart from the package: README.md says how."""

import csv
import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


def systems(family="*"):
    """The networks of a family, `lenet` or `resnet`; of all families, in order, without a name."""
    files = sorted(FOLDER.glob(f"{family}.toml"))
    found = [system for file in files for system in _read(file)]
    assert found, f"no family {family} in {FOLDER}"
    return found


@cache
def _read(file):
    return tomllib.loads(file.read_text(encoding="utf-8"))["system"]


def peer_counts():
    """What was measured of the peers' networks, a row a network and an input."""
    with (FOLDER / "peer_counts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
