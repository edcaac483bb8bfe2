"""Every claim put to the test on few pictures and for two epochs, stopped once in each training."""

from __future__ import annotations

import gzip
import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from papernets.cli import main, screen
from papernets.cli.progress import Show
from papernets.data.cifar import TEST, TRAIN
from papernets.reproduce.claims import EXPERIMENTS
from papernets.train.events import Epoch

CIFAR, MNIST = {"train": 60, "test": 30}, {"train": 300, "t10k": 40}


def records(file: Path, count: int) -> list[bytes]:
    """The first pictures of a parquet file, as CIFAR-10's binary files have them."""
    parquet = pytest.importorskip("pyarrow.parquet")
    found = []
    for row in next(parquet.ParquetFile(file).iter_batches(count)).to_pylist():
        image = next(value for value in row.values() if isinstance(value, dict))
        label = next(value for value in row.values() if isinstance(value, int))
        pixels = np.asarray(Image.open(io.BytesIO(image["bytes"])).convert("RGB"))
        found.append(bytes([label]) + pixels.transpose(2, 0, 1).tobytes())
    return found


def idx(file: Path, count: int, size: int, head: int) -> bytes:
    """The first of the pictures or labels of an IDX file."""
    content = gzip.decompress(file.read_bytes())
    return content[:4] + struct.pack(">I", count) + content[8 : head + count * size]


@pytest.fixture(scope="module")
def few(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the first pictures of CIFAR-10 and MNIST."""
    files = {name: sorted((shared_data / "cifar10").glob(f"{name}-*.parquet")) for name in CIFAR}
    if not all(files.values()) or not (shared_data / "mnist").is_dir():
        pytest.skip(f"no CIFAR-10 or MNIST in {shared_data}")
    made = tmp_path_factory.mktemp("few")
    for name in ("cifar10", "mnist"):
        (made / name).mkdir()
    train, test = (records(files[name][0], count) for name, count in CIFAR.items())
    for at, name in enumerate(TRAIN):
        (made / "cifar10" / name).write_bytes(b"".join(train[at :: len(TRAIN)]))
    (made / "cifar10" / TEST).write_bytes(b"".join(test))
    for part, count in MNIST.items():
        for kind, size, head in (("images-idx3", 28 * 28, 16), ("labels-idx1", 1, 8)):
            file = shared_data / "mnist" / f"{part}-{kind}-ubyte.gz"
            (made / "mnist" / file.stem).write_bytes(idx(file, count, size, head))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=[one.name for one in EXPERIMENTS])
def test_a_claim_is_trained_and_stopped_and_judged(
    experiment, few, tmp_path, capsys, monkeypatch
) -> None:
    """The first epoch of each training is stopped behind; what follows leaves it as it was."""
    monkeypatch.setattr(screen, "QUIET", False)
    scale = min(1.6 / experiment.epochs, 0.9 * experiment.smallest)
    out, shown = tmp_path / "out", Show.event
    stopped: set[str] = set()

    def event(self: Show, event: object) -> None:
        shown(self, event)
        (newest, *_) = sorted(out.glob("runs/*"), key=lambda run: -run.stat().st_mtime_ns)
        if isinstance(event, Epoch) and event.epoch == 1 and newest.name not in stopped:
            stopped.add(newest.name)
            raise KeyboardInterrupt

    monkeypatch.setattr(Show, "event", event)
    given = ["--out", str(out), "--data-dir", str(few), "--device", "cpu", "--threads", "1"]
    given += ["--json", "--quiet"]
    first = ["reproduce", experiment.name, "--scale", f"{scale}", "--seeds", "1", *given]
    logs: dict[str, str] = {}
    while True:
        code = main(first if not logs else ["reproduce", experiment.name, "--resume", *given])
        text = capsys.readouterr().out
        for run in out.glob("runs/*"):
            log = run / "1" / "log.jsonl" if (run / "1").exists() else run / "log.jsonl"
            line = log.read_text().partition("\n")[0] if log.exists() else ""
            assert line == logs.setdefault(run.name, line)
        if not code:
            break
        assert code == 130 and not text
    assert (
        stopped
        == set(logs)
        == {arm.name.replace(" ", "-") + "-seed1" for arm in experiment.trained}
    )
    found = json.loads(text)
    assert json.loads((out / "report.json").read_text()) == found
    assert found["verdict"] == "too short to tell" and found["numbers"]
    assert all(0 <= one["test_error"] <= 1 and not one["died"] for one in found["trainings"])
    for one in found["trainings"]:
        (arm,) = (arm for arm in experiment.arms if arm.name == one["arm"])
        assert one["epochs"] == (0 if arm.of else experiment.epochs_of(arm, scale))
    assert (out / "report.md").read_text().startswith(f"# {experiment.claim}\n\n**too short")
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
