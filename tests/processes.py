"""What tests ask of processes, from /proc."""

import os
from contextlib import contextmanager
from pathlib import Path


def children(parent):
    """The processes of a parent, from /proc; not those that have ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        state, above = rest.rsplit(")", 1)[1].split()[:2]
        if above == str(parent) and state != "Z":
            found.append(int(pid))
    return found


@contextmanager
def none_left():
    """No process of ours is there after it that was not there before."""
    before = children(os.getpid())
    yield
    assert {*children(os.getpid())} <= {*before}


def runs(pid):
    """False for a process that is gone, or that has ended and is not yet waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False
