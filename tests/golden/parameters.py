"""The golden names of parameters: a checksum a network, and what changed since it was written.

    python tests/golden/parameters.py [NAME...] [--since REVISION]

prints the names of today beside those of a revision, by default of the last one that wrote the
checksums; without a NAME, of every network whose checksum is another today. It needs git, and no
network. Exit 0: the same names; 1: others; 2: no such revision, no git, a package that fails.
"""

import argparse
import difflib
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("parameters.txt")
HEAD = """\
# The names of each network's tensors, in order: how many, and the SHA-256 of the lines they make.
# What changed in a list: python tests/golden/parameters.py NAME
"""
WHOLE = ("lenet5", "googlenet_torchvision", "resnet18_v2")
"""Networks whose names are kept in full: among them they have a row of nearly every form."""
SMALL = {name: f"tests/small_nets.py:{name.upper()}" for name in ("branches", "shortcuts")}
"""Networks of the tests' own, and where they are."""


def checksum(names: list[str]) -> tuple[int, str]:
    """How many names, and the first 16 digits of the SHA-256 of them, each with its newline."""
    text = "".join(f"{name}\n" for name in names)
    return len(names), hashlib.sha256(text.encode()).hexdigest()[:16]


def read() -> dict[str, tuple[int, str]]:
    """The golden checksum of each network."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {name: (int(count), digest) for name, count, digest in rows}


def write(names: dict[str, list[str]]) -> None:
    """Writes the checksums of all networks, and the whole lists of three."""
    sums = {name: checksum(names[name]) for name in sorted(names)}
    rows = (f"{name} {count} {digest}\n" for name, (count, digest) in sums.items())
    FILE.write_text(HEAD + "".join(rows), encoding="utf-8")
    for name in WHOLE:
        whole(name).write_text("\n".join(names[name]) + "\n", encoding="utf-8")


def whole(name: str) -> Path:
    """The file of a network whose names are kept in full."""
    return FILE.with_name(f"parameters_{name}.txt")


ASK = """
import json, sys, torch, papernets
found = {}
for name, place in json.loads(sys.argv[1]).items():
    try:
        with torch.device("meta"):
            found[name] = list(papernets.create_model(place).state_dict())
    except ValueError:  # no such network there
        found[name] = []
print(json.dumps(found))
"""


def names_in(tree: Path, networks: list[str]) -> dict[str, list[str]]:
    """The names of networks by the package that lies in a tree; none of one that it lacks."""
    places = json.dumps({name: SMALL.get(name, name) for name in networks})
    asked = [sys.executable, "-c", ASK, places]
    done = subprocess.run(asked, cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(f"the package in {tree} names no parameters: {done.stderr.splitlines()[-1]}")
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def git(*words: str) -> bytes:
    """What git prints in this project's folder; its own words and exit 2 where it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    except FileNotFoundError:
        stop("there is no git here, and an older list comes from a checkout's history")
    if done.returncode:
        stop(done.stderr.decode().splitlines()[0])
    return done.stdout


def stop(why: str) -> NoReturn:
    print(f"error: {why}", file=sys.stderr)
    sys.exit(2)


def names_at(revision: str, networks: list[str]) -> dict[str, list[str]]:
    """The names of networks by the package of a revision, unpacked into a temporary folder."""
    packed = git("archive", revision, "papernets", "tests/small_nets.py")
    with (
        tempfile.TemporaryDirectory() as folder,
        tarfile.open(fileobj=io.BytesIO(packed)) as archive,
    ):
        archive.extractall(folder, filter="data")
        return names_in(Path(folder), networks)


def main() -> int:
    parser = argparse.ArgumentParser(description="What changed in the names of parameters.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="networks; else all that changed")
    parser.add_argument("--since", metavar="REVISION", help="else the last that wrote checksums")
    given = parser.parse_args()
    kept = read()
    last = (given.since, "--") if given.since else ("HEAD", "--", str(FILE))
    since = git("log", "-1", "--format=%h", *last).decode().strip() or "HEAD"
    today = names_in(ROOT, given.names or list(kept))
    names = given.names or [name for name in kept if checksum(today[name]) != kept[name]]
    before = names_at(since, names) if names else {}
    for name in names:
        print_difference(name, since, before[name], today[name])
        if name in kept and checksum(before[name]) != kept[name]:
            print(f"{name}: the checksum is not that of {since}: --since names another revision")
    if not names:
        print(f"{len(kept)} networks have the names of {FILE.name}")
    return int(any(before[name] != today[name] for name in names))


def print_difference(name: str, since: str, before: list[str], today: list[str]) -> None:
    """The changed names with three beside them; one line where none changed."""
    if before == today:
        print(f"{name}: the same {len(today)} names as at {since}")
        return
    titles = (f"{name} at {since}", f"{name} today")
    print(*difflib.unified_diff(before, today, *titles, lineterm=""), sep="\n")


if __name__ == "__main__":
    sys.exit(main())
