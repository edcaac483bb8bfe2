"""Memory does not grow with the number of pictures, of a folder or of a tar file."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from many_pictures import digits_in

ROOT = Path(__file__).parents[2]
MEASURED = """
import resource, sys
from papernets.cli import main
code = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(code)
"""
FEW, MANY, MOST = 3_000, 60_000, 60 << 10  # files, and kilobytes between them


def peak(folder, what, output):
    """Kilobytes that the command takes at most."""
    command = [sys.executable, "-c", MEASURED, "predict", "lenet1", what, "-o", output, "--quiet"]
    environ = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def linked(folder, count):
    """A folder of so many names of 100 digits."""
    first = sorted(digits_in(folder.parent / "first", 100).iterdir())
    folder.mkdir()
    for at in range(count):
        os.link(first[at % 100], folder / f"{at}.png")


def packed(path, folder, count):
    """A tar file of so many members of 100 digits."""
    first = sorted(folder.iterdir())[:100]
    with tarfile.open(path, "w") as tar:
        for at in range(count):
            member = tar.gettarinfo(first[at % 100], f"{at}.png")
            member.type, member.linkname = tarfile.REGTYPE, ""
            with open(first[at % 100], "rb") as file:
                tar.addfile(member, file)
        tar.members.clear()


@pytest.mark.slow
def test_memory_is_that_of_few(tmp_path):
    for count in (FEW, MANY):
        linked(tmp_path / f"n{count}", count)
        packed(tmp_path / f"n{count}.tar", tmp_path / "first", count)
    for what in ("n{}", "n{}.tar"):
        few, many = (
            peak(tmp_path, what.format(count), f"{what.format(count)}.jsonl")
            for count in (FEW, MANY)
        )
        assert many < few + MOST, (what, few, many)
        with open(tmp_path / f"{what.format(MANY)}.jsonl", "rb") as file:
            assert sum(1 for _ in file) == MANY
