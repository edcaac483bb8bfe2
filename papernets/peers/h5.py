"""Keras's files of weights, read by a process of its own: HDF5's library trusts what it reads.

A file that was cut short or tampered with can hold that library up for ever, or crash it, with the
program that it is part of.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor

READER = Path(__file__).with_name("h5_reader.py")
SECONDS, BYTES_A_SECOND = 60.0, 5e6  # how long a file may take: a minute, and by its size


def read_keras(path: str | Path) -> dict[str, Tensor]:
    """The tensors of a Keras file by `layer/weight`, as Keras calls them: `conv1_conv/kernel`.

    Where a file has only running numbers for its layers (Keras 3 before 3.6), the names begin with
    `layers/`. ValueError with the path for a file that is cut short, links to other files, declares
    more than it holds, or was not written by Keras; ImportError without h5py.
    """
    from safetensors.numpy import load_file

    path = Path(path).absolute()
    seconds = SECONDS + path.stat().st_size / BYTES_A_SECOND
    check_installed()
    with tempfile.TemporaryDirectory(prefix="papernets-") as folder:
        out = Path(folder) / "weights"
        # -P: the reader's folder, where keras.py is, is no place to import from
        command = [sys.executable, "-P", str(READER), str(path), str(out)]
        try:
            done = subprocess.run(
                command,
                check=False,
                timeout=seconds,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        except subprocess.TimeoutExpired:
            raise ValueError(
                f"{path} is damaged: reading it took longer than {seconds:.0f} s. "
                "Copy it again, or save it again in Keras"
            ) from None
        error = out.with_name("weights.error")
        if error.is_file():
            raise ValueError(error.read_text(encoding="utf-8"))
        if done.returncode:
            last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word"])[-1]
            raise ValueError(
                f"{path} could not be read: HDF5's library stopped with {done.returncode} "
                f"({last}). Copy it again, or save it again in Keras"
            )
        return {name: torch.from_numpy(array) for name, array in load_file(out).items()}


def check_installed() -> None:
    """ImportError where h5py is not there, which reads Keras's files."""
    try:
        found = importlib.util.find_spec("h5py") is not None
    except ValueError:  # put out of sight
        found = False
    if not found:
        raise ImportError(
            "reading Keras's files needs h5py, which is not installed: pip install h5py"
        )
