"""kill -9 at any moment, of one process and of several: the bytes are those of undisturbed work."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from many_pictures import digits_in, left

ROOT = Path(__file__).parents[2]
OFTEN = """
import sys
from papernets.bulk import job
job.EVERY = 0.02
from papernets.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""The command, which notes how far it is fifty times a second: it is killed between, and within."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """4,000 files of 200 digits, some of them no pictures, in ten folders."""
    folder = tmp_path_factory.mktemp("kills") / "many"
    first = digits_in(folder / "0", 400, bad=11)
    for other in range(1, 10):
        (folder / str(other)).mkdir()
        for path in first.iterdir():
            os.link(path, folder / str(other) / path.name)
    return folder


def start(folder, *words):
    """The command in a folder, as a process of its own."""
    environ = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", OFTEN, "predict", "lenet5", *map(str, words), "--quiet"]
    return subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True)


def finish(work):
    _, err = work.communicate(timeout=600)
    assert work.returncode == 0, err


def kill(work, output, rng):
    """Kill a process some moments after its manifest is there; whether it was still at work."""
    manifest = Path(f"{output}.manifest.json")
    while not manifest.exists() and work.poll() is None:
        time.sleep(0.005)
    before = manifest.stat().st_mtime_ns
    while manifest.stat().st_mtime_ns == before and work.poll() is None:
        time.sleep(0.002)
    time.sleep(rng.uniform(0, 0.12))
    alive = work.poll() is None
    work.send_signal(signal.SIGKILL)
    work.communicate()
    return alive


def written(folder):
    return {name: (folder / name).read_bytes() for name in left(folder)}


@pytest.mark.parametrize(
    ("name", "layer", "seed"), [("a.jsonl", "", 0), ("a.parquet", "F6", 1), ("a.npy", "F6", 2)]
)
def test_kill_9_at_random_moments_loses_no_line_and_repeats_none(name, layer, seed, many, tmp_path):
    """30 kills in all."""
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    words = [many, "-o", name, *(["--features", layer] if layer else [])]
    finish(start(whole, *words))
    rng, kills = random.Random(seed), 0
    for _ in range(10):
        kills += kill(start(cut, *words, "--resume"), cut / name, rng)
    assert kills >= 5, "it was done too soon to be killed"
    finish(start(cut, *words, "--resume"))
    assert written(cut) == written(whole)


def test_four_processes_two_of_them_killed_are_merged_to_the_bytes_of_one(many, tmp_path):
    whole, parts, merged = (tmp_path / place for place in ("whole", "parts", "merged"))
    for folder in (whole, parts, merged):
        folder.mkdir()
    finish(start(whole, many, "-o", "a.csv"))
    rng = random.Random(0)

    def one(number):
        words = ("-o", f"{number}.csv", "--shard", f"{number}/4", "--resume")
        return start(parts, many, *words)

    works = {number: one(number) for number in (1, 2, 3, 4)}
    assert kill(works[2], parts / "2.csv", rng) + kill(works[4], parts / "4.csv", rng) >= 1
    works |= {number: one(number) for number in (2, 4)}
    for work in works.values():
        finish(work)
    names = [str(parts / f"{number}.csv") for number in (3, 1, 4, 2)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "papernets", "merge", *names, "-o", "a.csv"]
    subprocess.run(command, cwd=merged, env=environ, check=True, capture_output=True)
    assert written(merged) == written(whole)
