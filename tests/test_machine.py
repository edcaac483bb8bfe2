"""What the machine has: memory, in a container or not, devices and threads."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from papernets import machine
from papernets.machine import choose_device, free_memory, memory, threads_for

NEW = {"memory.max": "5000", "memory.current": "3000", "memory.stat": "anon 1\ninactive_file 400"}
OLD = {
    "memory/memory.limit_in_bytes": "5000",
    "memory/memory.usage_in_bytes": "3000",
    "memory/memory.stat": "total_inactive_file 400",
}


def test_this_machine_has_memory() -> None:
    assert 0 < free_memory() < 1e15
    assert free_memory() <= memory()


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system of our own: meminfo, and a folder for the limits of a container."""
    monkeypatch.setattr(machine, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine, "GROUP", tmp_path)
    (tmp_path / "meminfo").write_text("MemTotal: 99 kB\nMemAvailable:    8 kB\n")
    (tmp_path / "memory").mkdir()
    return tmp_path


def test_free_memory_is_what_the_system_says_is_available(system: Path) -> None:
    assert free_memory() == 8 * 1024


@pytest.mark.parametrize("files", [NEW, OLD])
def test_a_container_limits_it_but_for_files_that_were_read(system: Path, files) -> None:
    for name, text in files.items():
        (system / name).write_text(text)
    assert free_memory() == 5000 - (3000 - 400)
    (system / next(iter(files))).write_text("max")
    assert free_memory() == 8 * 1024
    (system / next(iter(files))).write_text("1000")  # less than is taken
    assert free_memory() == 0


def test_half_of_all_memory_where_nothing_else_is_known(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (system / "meminfo").unlink()
    assert free_memory() == memory() / 2

    def none(name: str) -> int:
        raise ValueError

    monkeypatch.setattr(os, "sysconf", none, raising=False)
    assert memory() == free_memory() == math.inf


@pytest.mark.parametrize(
    ("cuda", "mps", "found"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_what_is_there(
    cuda: bool, mps: bool, found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto").type == found
    assert choose_device("cpu").type == "cpu"
    for name, there in (("cuda", cuda), ("mps", mps)):
        if there:
            assert choose_device(name).type == name
            continue
        with pytest.raises(ValueError, match=f"no {name} device that torch can use. --device auto"):
            choose_device(name)


def test_an_unknown_device() -> None:
    with pytest.raises(ValueError, match="unknown device 'gpu': auto, cpu, cuda or mps"):
        choose_device("gpu")


def test_small_steps_use_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    works = [0, machine.WORTH_A_THREAD, 2 * machine.WORTH_A_THREAD, 10**12]
    assert [threads_for(macs) for macs in works] == [1, 1, 2, 4]


def test_what_all_rooms_stand_on_needs_no_torch() -> None:
    code = "import sys, papernets.files, papernets.machine, papernets.numbers, papernets.words\n"
    code += "sys.exit(bool({'torch', 'numpy'} & set(sys.modules)))"
    root = Path(machine.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == 0
