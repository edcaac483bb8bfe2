"""What a tracker is told of a run, and that no tracker ends one. The packages are stand-ins."""

import json
import sys
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest
from small_runs import do, left_by, run_of, write_own

from papernets.cli import main
from papernets.train import outcome, tracking
from papernets.train.events import Epoch, Trouble
from papernets.train.where import Where


class Writer:
    """TensorBoard's writer, as far as it is used."""

    made: ClassVar[list] = []

    def __init__(self, folder, purge_step):
        self.folder, self.purge, self.told, self.open = folder, purge_step, [], True
        Writer.made.append(self)

    def add_text(self, name, text):
        self.told.append((name, text))

    def add_scalar(self, name, value, epoch):
        self.told.append((name, value, epoch))

    def add_image(self, name, pixels, epoch, dataformats):
        assert dataformats == "HWC" and pixels.shape[2] == 3
        self.told.append((name, pixels.shape, epoch))

    def flush(self):
        """Nothing to do."""

    def close(self):
        self.open = False


class Client:
    """MLflow's client, as far as it is used."""

    runs: ClassVar[dict[str, SimpleNamespace]] = {}

    def get_experiment_by_name(self, name):
        return None

    def create_experiment(self, name):
        return name

    def create_run(self, experiment, run_name):
        key = f"r{len(Client.runs)}"
        kept = {"params": {}, "metrics": [], "files": [], "status": "RUNNING"}
        Client.runs[key] = SimpleNamespace(name=run_name, experiment=experiment, **kept)
        return SimpleNamespace(info=SimpleNamespace(run_id=key))

    def get_run(self, key):
        return Client.runs[key]

    def update_run(self, key, status):
        Client.runs[key].status = status

    def log_param(self, key, name, value):
        assert name not in Client.runs[key].params and len(value) <= 500
        Client.runs[key].params[name] = value

    def log_metric(self, key, name, value, step):
        Client.runs[key].metrics.append((name, value, step))

    def log_artifact(self, key, path):
        Client.runs[key].files.append(path.rpartition("/")[2])

    def set_terminated(self, key, status):
        Client.runs[key].status = status


@pytest.fixture
def packages(monkeypatch):
    """Both packages, as stand-ins."""
    board, flow = ModuleType("torch.utils.tensorboard"), ModuleType("mlflow")
    board.SummaryWriter, flow.MlflowClient = Writer, Client  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", board)
    monkeypatch.setitem(sys.modules, "mlflow", flow)
    monkeypatch.setattr(tracking, "find_spec", lambda name: True)
    monkeypatch.setattr(Writer, "made", [])
    monkeypatch.setattr(Client, "runs", {})


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Settings of a tiny run without pictures, but for a small one in place of confusion.png."""
    from PIL import Image

    def draw(training, *_):
        Image.new("L", (5, 4)).save(training.folder / "confusion.png")

    monkeypatch.setattr(outcome, "draw", draw)
    write_own(tmp_path)
    return tmp_path


def test_tensorboard_is_told_what_the_folder_has(own, packages):
    do(run_of(own, epochs=2, tracker="tensorboard"), own / "run")
    (writer,) = Writer.made
    log = [json.loads(line) for line in (own / "run" / "log.jsonl").read_text().splitlines()]
    result = json.loads((own / "run" / "result.json").read_text())
    told = {(name, epoch): value for name, value, *rest in writer.told for epoch in rest}
    for row in log:
        for key in ("train_loss", "train_error", "val_loss", "val_error", "learning_rate"):
            assert told[key, row["epoch"]] == row[key]
    assert told["test_error", 2] == result["test_error"] and told["confusion", 2] == (4, 5, 3)
    assert writer.folder == str(own / "run" / "tensorboard") and not writer.open
    assert writer.told[0][0] == "settings" and "| `optimizer` | adam |" in writer.told[0][1]


def test_a_run_that_goes_on_is_the_same_run_there(own, packages):
    run = run_of(own, epochs=2, tracker="mlflow")
    with pytest.raises(KeyboardInterrupt):
        do(run, own / "run", until=lambda e: isinstance(e, Epoch))
    assert Client.runs["r0"].status == "KILLED"
    do(None, own / "run", resume=True)
    (one,) = Client.runs.values()
    assert (one.name, one.experiment, one.status) == ("run", "papernets", "FINISHED")
    assert sorted(s for n, _, s in one.metrics if n == "train_loss") == [1, 2]
    assert one.files == ["confusion.png"] and one.params["batch_size"] == "16"
    do(run_of(own, epochs=2), own / "plain")
    assert left_by(own / "run") == left_by(own / "plain")


def test_a_tracker_that_fails_ends_no_run_and_is_told_once(own, packages, monkeypatch):
    def broken(*_):
        raise ConnectionError("no server\nat all")

    monkeypatch.setattr(Writer, "add_scalar", broken)
    events = do(run_of(own, epochs=2, tracker="tensorboard"), own / "run")
    told = [event.text for event in events if isinstance(event, Trouble)]
    assert len(told) == 1 and "tensorboard failed (ConnectionError: no server" in told[0]
    assert "\n" not in told[0] and (own / "run" / "result.json").exists()
    assert not Writer.made[0].open


def test_a_tracker_that_fails_midway_has_what_came_before(own, packages, monkeypatch):
    real = Client.log_metric

    def full(self, run, name, value, step):
        if step == 2:
            raise OSError("disk full")
        real(self, run, name, value, step)

    monkeypatch.setattr(Client, "log_metric", full)
    events = do(run_of(own, epochs=3, tracker="mlflow"), own / "run")
    told = [at for at, event in enumerate(events) if isinstance(event, Trouble)]
    assert len(told) == 1 and isinstance(events[told[0] - 1], Epoch)  # said when it happened
    assert "the run goes on without it" in events[told[0]].text
    (one,) = Client.runs.values()
    assert {step for _, _, step in one.metrics} == {1} and one.status == "KILLED"
    do(run_of(own, epochs=3), own / "plain")
    assert left_by(own / "run") == left_by(own / "plain")


def test_a_package_that_is_missing_is_told_before_anything_begins(own, capsys, monkeypatch):
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    asked = ["train", f"{own / 'own.py'}:NET", "--data", str(own / "pictures"), "--out"]
    assert main([*asked, str(own / "run"), "--tracker", "mlflow"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "pip install mlflow, or pip install 'papernets[mlflow]'" in told
    assert not (own / "run").exists()
    assert main([*asked, str(own / "run"), "--tracker", "tensorbord"]) == 2
    assert "Did you mean 'tensorboard'" in capsys.readouterr().err
    with pytest.raises(ValueError, match="Trackers: tensorboard, mlflow"):
        Where(tracker="wandb")
