"""Going on with a run: the same as one never stopped, and whole whenever the writing stops."""

import errno
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import siblings
import torch
from small_runs import do, left_by, log_of, never_stopped, run_of, write_own

import papernets.files as files
from papernets import machine
from papernets.bundle.find import find_bundle
from papernets.bundle.info import read_info
from papernets.bundle.load import load_bundle
from papernets.cli import main
from papernets.train import outcome, session
from papernets.train.checkpoint import load_state
from papernets.train.events import Epoch, Progress, Started
from papernets.train.folder import InUse, locked, opened
from papernets.train.runner import train
from papernets.train.settings import read_config
from papernets.words import resume_command

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    """curves.png takes longer than these runs."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with own.py and pictures/."""
    folder = tmp_path_factory.mktemp("home")
    write_own(folder)
    return folder


@pytest.fixture(scope="module")
def whole(home):
    """What a run leaves that was never stopped."""
    return never_stopped(run_of(home), home / "whole")


def after(epoch):
    return lambda event: isinstance(event, Epoch) and event.epoch == epoch


def within(epoch):
    return lambda event: isinstance(event, Progress) and event.epoch == epoch


@pytest.mark.parametrize(
    "until",
    [lambda event: isinstance(event, Started), within(1), after(1), within(2), after(2), after(3)],
    ids=["at the start", "in epoch 1", "after 1", "in epoch 2", "after 2", "before the end"],
)
def test_stopped_and_resumed_is_never_stopped(home, whole, tmp_path, until):
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        do(run_of(home), folder, until=until)
    do(None, folder, resume=True)
    assert left_by(folder) == whole
    assert not list(folder.rglob("*.unfinished"))


def test_stopped_twice(home, whole, tmp_path):
    folder = tmp_path / "run"
    for until, resume in ((after(1), False), (after(2), True)):
        with pytest.raises(KeyboardInterrupt):
            do(run_of(home), folder, resume, until)
    do(None, folder, resume=True)
    assert left_by(folder) == whole


@pytest.mark.parametrize("optimizer, keep", [("sgd", "last"), ("adamw", "best")])
def test_with_other_optimisers_and_distortions(home, tmp_path, optimizer, keep):
    own = {"optimizer": optimizer, "keep": keep, "average": 0.0, "augment": {"rotate": 9.0}}
    run = run_of(home, schedule="one_cycle", seed=3, **own)
    do(run, tmp_path / "one")
    with pytest.raises(KeyboardInterrupt):
        do(run, tmp_path / "two", until=after(2))
    do(None, tmp_path / "two", resume=True)
    assert left_by(tmp_path / "one") == left_by(tmp_path / "two")


def test_the_threads_of_the_first_part_are_set_again(home, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "WORTH_A_THREAD", 1)  # or these small steps would use one
    folder = tmp_path / "run"
    torch.set_num_threads(2)
    with pytest.raises(KeyboardInterrupt):
        do(run_of(home), folder, until=after(1))
    torch.set_num_threads(1)
    started = do(None, folder, resume=True)[0]
    assert started.threads == torch.get_num_threads() == 2


def test_a_finished_run_says_so(home, tmp_path, capsys):
    folder = tmp_path / "run"
    do(run_of(home, epochs=1), folder)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.name != ".lock"}
    capsys.readouterr()
    assert main(["train", "--out", str(folder), "--resume", "--trust"]) == 0
    out, err = capsys.readouterr()
    assert "test error" in out and f"{folder} was finished already: nothing was done." in err
    assert before == {p: p.stat().st_mtime_ns for p in folder.rglob("*") if p.name != ".lock"}


def test_a_finished_run_needs_no_state(home, tmp_path, capsys):
    folder = tmp_path / "run"
    do(run_of(home, epochs=1), folder)
    (folder / "state" / "state.pt").write_text("damaged")
    assert main(["train", "--out", str(folder), "--resume", "--trust"]) == 0
    assert f"{folder} was finished already: nothing was done." in capsys.readouterr().err


@pytest.fixture
def stopped(home, tmp_path):
    """The folder of a run that was stopped after its first epoch."""
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        do(run_of(home), folder, until=after(1))
    return folder


@pytest.mark.parametrize(
    "flags, said",
    [
        (["--epochs", "5"], "epochs is 3; 5 contradicts it"),
        (["--seed", "1"], "seed is 0; 1 contradicts it"),
        (["lenet5"], "'lenet5' contradicts it"),
        (["--set", "learning_rate=1"], "learning_rate is 0.01; 1.0 contradicts it"),
        (["--set", "augment.rotate=1"], "augment is {}; {'rotate': 1} contradicts it"),
    ],
)
def test_a_flag_that_contradicts_is_named(stopped, capsys, flags, said):
    assert main(["train", *flags, "--out", str(stopped), "--resume", "--trust"]) == 2
    err = capsys.readouterr().err
    assert f"--resume goes on with the configuration in {stopped / 'run.toml'}, where " in err
    assert said in err and "Leave it out, or start a new run with another --out" in err
    assert len(log_of(stopped)) == 1


@pytest.mark.parametrize("flags", [["--device", "cpu"], ["--threads", "1"], ["--set", "memory=1"]])
def test_where_it_is_done_may_be_given_anew(home, whole, stopped, flags):
    assert main(["train", *flags, "--out", str(stopped), "--resume", "--trust", "--quiet"]) == 0
    assert left_by(stopped) == whole
    key, value = flags[-1].split("=") if "=" in flags[-1] else (flags[0].strip("-"), flags[1])
    assert f"{key} = " in (stopped / "run.toml").read_text()
    assert str(read_config(stopped / "run.toml")[key]).startswith(value)


def test_a_device_that_is_not_there_and_the_advice(home, whole, stopped, capsys):
    if torch.backends.mps.is_available():
        pytest.skip("this machine has mps")
    config = stopped / "run.toml"
    config.write_text(config.read_text().replace('device = "auto"', 'device = "mps"'))
    flags = ["--out", str(stopped), "--resume", "--trust", "-q"]
    assert main(["train", *flags]) == 1
    assert "--device auto takes what there is" in capsys.readouterr().err
    assert main(["train", "--device", "auto", *flags]) == 0
    assert left_by(stopped) == whole


def test_more_threads_are_used_when_they_are_asked_for(stopped, capsys):
    assert main(["train", "--threads", "2", "--out", str(stopped), "--resume", "--trust"]) == 0
    assert "on cpu, 2 threads" in capsys.readouterr().err


def test_data_that_were_moved(home, whole, stopped, tmp_path, capsys):
    moved = shutil.copytree(home / "pictures", tmp_path / "moved")
    flags = ["--out", str(stopped), "--resume", "--trust", "-q"]
    assert main(["train", "--data", str(moved), *flags]) == 0
    weights, log, result = left_by(stopped)
    assert (weights, log) == whole[:2] and result["test_error"] == whole[2]["test_error"]
    assert read_config(stopped / "run.toml")["data"] == str(moved)


def test_other_data_are_refused_and_the_old_place_is_kept(home, stopped, tmp_path, capsys):
    other = shutil.copytree(home / "pictures", tmp_path / "other")
    next(iter((other / "train" / "low").iterdir())).unlink()
    before = (stopped / "run.toml").read_bytes()
    assert main(["train", "--data", str(other), "--out", str(stopped), "--resume", "--trust"]) == 1
    assert f"{other} is not what it was when the run in {stopped} began" in capsys.readouterr().err
    assert (stopped / "run.toml").read_bytes() == before


@pytest.mark.parametrize("settings", [{}, {"schedule": "plateau", "patience": 1, "drops": 1}])
def test_a_finished_run_is_prolonged(home, tmp_path, capsys, settings):
    """What it leaves is what a run of so many epochs leaves that was never finished before."""
    do(run_of(home, **settings), tmp_path / "whole")
    do(run_of(home, **settings, epochs=2), tmp_path / "run")
    first = (tmp_path / "run" / "result.json").read_text()
    flags = ["train", "--resume", "--trust", "-q", "--out", str(tmp_path / "run")]
    assert main([*flags, "--epochs", "3"]) == 0
    assert left_by(tmp_path / "run") == left_by(tmp_path / "whole")
    assert json.loads((tmp_path / "run" / "result-2.json").read_text()) == json.loads(first)
    assert read_config(tmp_path / "run" / "run.toml")["epochs"] == 3


def test_a_prolonged_run_that_is_stopped_goes_on(home, whole, tmp_path):
    folder = tmp_path / "run"
    do(run_of(home, epochs=1), folder)
    with pytest.raises(KeyboardInterrupt), opened(folder, None, True, {"epochs": 3}) as kept:
        for event in train(kept, folder):
            if after(2)(event):
                raise KeyboardInterrupt
    do(None, folder, resume=True)
    assert left_by(folder) == whole


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"schedule": "cosine"}, "schedule 'cosine' falls to its end with the last epoch"),
        ({"schedule": "step"}, "schedule 'step' falls at shares of all steps"),
        ({"average_kind": "polyak"}, "average_kind 'polyak' is a mean over a share of all steps"),
    ],
)
def test_a_finished_run_that_cannot_be_prolonged(home, tmp_path, capsys, settings, why):
    do(run_of(home, epochs=1, **settings), tmp_path / "run")
    flags = ["train", "--resume", "--trust", "--out", str(tmp_path / "run")]
    assert main([*flags, "--epochs", "4"]) == 2
    assert (
        f"the run in {tmp_path / 'run'} is finished after 1 epoch, and cannot be prolonged: "
        f"{why}. Train on from its best weights in a new run: papernets train "
        f"--weights {tmp_path / 'run'} --data {home / 'pictures'} --epochs 3 --out FOLDER"
    ) in capsys.readouterr().err
    assert main([*flags, "--epochs", "1", "-q"]) == 0


def test_flags_that_agree_are_welcome(home, whole, stopped, monkeypatch):
    monkeypatch.chdir(home)
    flags = ["own.py:NET", "--data", "pictures", "--epochs", "3", "--set", "batch_size=16"]
    assert main(["train", *flags, "--out", str(stopped), "--resume", "--trust", "--quiet"]) == 0
    assert left_by(stopped) == whole


def test_a_data_sets_name_may_be_written_otherwise(tmp_path, capsys):
    folder = tmp_path / "run"
    flags = ["train", "lenet1", "--epochs", "1", "--out", str(folder), "-q"]
    assert main([*flags, "--data", "digits"]) == 0
    assert main([*flags, "--data", "Digits", "--resume"]) == 0


def test_resume_needs_a_folder_with_a_run(tmp_path, capsys):
    assert main(["train", "lenet1", "--resume"]) == 2
    assert "--resume needs --out, the folder of the run to continue" in capsys.readouterr().err
    for flags in ([], ["--dry-run"]):
        assert main(["train", "--resume", "--out", str(tmp_path / "none"), *flags]) == 2
        err = capsys.readouterr().err
        assert "none holds no run to resume: it has no run.toml. A new run: papernets train" in err
        assert not (tmp_path / "none").exists()


def test_a_dry_resume_trains_nothing(stopped, capsys):
    assert main(["train", "--resume", "--trust", "--out", str(stopped), "--dry-run"]) == 0
    assert "epochs = 3" in capsys.readouterr().out
    assert len(log_of(stopped)) == 1


def test_a_run_is_not_overwritten(home, stopped, capsys):
    before = left_names(stopped)
    assert main(["train", "lenet1", "--out", str(stopped)]) == 2
    err = capsys.readouterr().err
    assert f"{stopped} holds a run already. Go on with it: {again(home, stopped)}; or" in err
    assert left_names(stopped) == before


def again(home, folder):
    """The command that goes on with a run of these tests: it names the file of code."""
    return resume_command(folder, f"{home / 'own.py'}:NET")


def left_names(folder):
    return {p.relative_to(folder): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def test_a_folder_of_other_things_is_left_alone(tmp_path, capsys):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("words")
    assert main(["train", "lenet1", "--out", str(folder)]) == 2
    err = capsys.readouterr().err
    assert "is not empty and holds no run (it has 'thesis.txt'): give a new folder as --out" in err
    assert os.listdir(folder) == ["thesis.txt"]
    assert main(["train", "lenet1", "--out", str(folder / "thesis.txt")]) == 2
    assert "thesis.txt is a file; --out takes a folder" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [["lenet1", "--data", "{}"], ["lenet1", "--data", "nonsense"]])
def test_a_run_that_cannot_begin_leaves_no_folder(tmp_path, capsys, flags):
    (tmp_path / "empty").mkdir()
    flags = [flag.format(tmp_path / "empty") for flag in flags]
    out = tmp_path / "runs" / "x"
    assert main(["train", *flags, "--out", str(out)]) in (1, 2)
    assert capsys.readouterr().err.startswith("error: ")
    assert not out.exists()


def test_what_a_kill_before_the_first_file_leaves_is_no_hindrance(home, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / ".lock").touch()
    (folder / ".run.toml.abc.unfinished").write_text("net =")
    do(run_of(home, epochs=1), folder)
    assert not list(folder.glob(".run.toml*"))


def test_a_run_in_use_is_left_alone(home, tmp_path):
    folder = tmp_path / "run"
    with opened(folder, run_of(home), False, {}):
        code = (
            "import fcntl, sys\n"
            f"with open({str(folder / '.lock')!r}) as lock:\n"
            "    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert "BlockingIOError" in done.stderr
        with pytest.raises(InUse), opened(folder, None, True, {}):
            pass
    with locked(folder):
        pass


def test_the_lock_is_told_in_a_line(stopped, capsys):
    with locked(stopped):
        assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    assert "is in use by another run; wait for it, or give another --out" in capsys.readouterr().err


class Crash(BaseException):
    """The power goes."""


@pytest.mark.parametrize(
    ("what", "step"),
    [
        ("replace", 3),
        pytest.param("replace", 1, marks=pytest.mark.slow),
        pytest.param("fsync", 1, marks=pytest.mark.slow),
    ],
)
def test_a_crash_at_any_write_leaves_a_whole_run(home, whole, tmp_path, monkeypatch, what, step):
    real, at, points = getattr(os, what), 1 - step, 0
    monkeypatch.setattr(files, "_remove", lambda path: None)  # nobody tidies up after a crash
    while True:
        at += step
        calls = 0

        def crash(*given, at=at):
            nonlocal calls
            calls += 1
            if calls == at:
                raise Crash
            return real(*given)

        folder = tmp_path / f"{at}"
        with monkeypatch.context() as patch:
            patch.setattr(os, what, crash)
            try:
                do(run_of(home), folder)
            except Crash:
                points += 1
            else:
                break
        if not (folder / "run.toml").exists():
            do(run_of(home), folder)
        else:
            check_whole(folder)
            if at % 4 == 0 or at < 9:  # each place of the first epoch; some of the others
                do(None, folder, resume=True)
                assert left_by(folder) == whole, at
                assert not list(folder.rglob("*.unfinished"))
    assert points > 20 // step


def check_whole(folder):
    """Whatever is there can be read, and the bundle is that of one epoch."""
    state = load_state(folder)
    epochs = state["state"]["epoch"] if state else 0
    for name in ("best", "last"):
        if (folder / name / "weights.safetensors").exists():
            info = read_info(folder / name)
            loaded = load_bundle(folder / name)
            assert 1 <= info.metrics["epoch"] <= epochs
            history = state["state"]["history"][info.metrics["epoch"] - 1]
            assert info.metrics["val_loss"] == history["val_loss"]
            if name == "best" and info.metrics["epoch"] == state["state"]["best_epoch"]:
                kept = state["state"]["best_weights"]
                own = loaded.model.state_dict()
                assert all(torch.equal(own[k], v) for k, v in kept.items())
        elif epochs > 1:
            pytest.fail(f"no {name} after epoch {epochs}")
    if (folder / "last" / "weights.safetensors").exists():
        find_bundle(folder)


def full(at):
    """os.fsync on a disk that is full from its call number `at` on."""
    calls = 0

    def fsync(handle):
        nonlocal calls
        calls += 1
        if calls >= at:
            raise OSError(errno.ENOSPC, "No space left on device")

    return fsync


@pytest.mark.parametrize("at, epoch", [(3, 0), (5, 0), (13, 1), (16, 2), (24, 3)])
def test_a_full_disk(home, whole, tmp_path, monkeypatch, at, epoch):
    folder = tmp_path / "my run"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full(at))
        with pytest.raises(OSError) as found:
            do(run_of(home), folder)
    text = str(found.value)
    kept = f"the checkpoint of epoch {epoch} is kept" if epoch else "no checkpoint is there"
    assert "could not save " in text and "No space left on device" in text and kept in text
    renewed = "but not all of log.jsonl, last/ and best/: --resume renews them from it. Make room"
    assert (renewed in text) == (at in (16, 24)) == ("could not save all of epoch" in text)
    assert f"Make room, then: {again(home, folder)}" in text
    assert not list(folder.rglob("*.unfinished"))
    if epoch:
        check_whole(folder)
    do(None, folder, resume=True)
    assert left_by(folder) == whole


@pytest.fixture(scope="module")
def whole_by_mean(home):
    """What a run leaves that keeps a mean picture beside its state."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        do(run_of(home, mean="pixel", epochs=2), home / "mean")
    return left_by(home / "mean")


@pytest.mark.parametrize("at", [5, *siblings.slow(3, 4, *range(6, 22))])
def test_a_full_disk_with_a_mean_picture_to_keep(home, whole_by_mean, tmp_path, monkeypatch, at):
    """Each of its writes in turn, that of the mean picture beside the state among them."""
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full(at))
        with pytest.raises(OSError, match=r"could not save .*Make room, then: "):
            do(run_of(home, mean="pixel", epochs=2), folder)
    assert not list(folder.rglob("*.unfinished"))
    do(None, folder, resume=True)
    assert left_by(folder) == whole_by_mean


@pytest.mark.parametrize(
    "number, said",
    [
        (errno.EACCES, "(Permission denied): the checkpoint of epoch 1 is kept. Make it writable"),
        (errno.EROFS, "(Read-only file system): the checkpoint of epoch 1 is kept. Make it writ"),
        (errno.EIO, "(Input/output error): the checkpoint of epoch 1 is kept. See what is wrong"),
    ],
)
def test_a_folder_that_cannot_be_written(stopped, monkeypatch, capsys, number, said):
    real = open

    def refuse(path, *given, **named):
        if "state.pt" in str(path) and "xb" in given:
            raise OSError(number, os.strerror(number))
        return real(path, *given, **named)

    monkeypatch.setattr("builtins.open", refuse)
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert f"error: could not save epoch 2 in {stopped}" in err and said in err
    check_whole(stopped)


def test_no_permission_for_a_folder(home, tmp_path, monkeypatch, capsys):
    def refuse(self, *given, **named):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    out = tmp_path / "run"
    assert main(["train", "lenet1", "--out", str(out)]) == 1
    said = f"error: no run can be written in {out} (Permission denied). Give another folder as --o"
    err = capsys.readouterr().err
    assert said in err and "as --out: papernets train lenet1 --out FOLDER" in err
    assert not out.exists()


@pytest.mark.parametrize(
    "number, words",
    [(errno.EACCES, "Permission denied"), (errno.EROFS, "Read-only file system")],
)
def test_no_permission_for_a_folder_that_is_there(
    home, stopped, monkeypatch, capsys, number, words
):
    real = os.open

    def refuse(path, *given, **named):
        if str(path).endswith(".lock"):
            raise OSError(number, words, str(path))
        return real(path, *given, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    said = f"no run can be written in {stopped} ({words}). Make it writable, then: "
    assert said + again(home, stopped) in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on a file's size")
def test_writing_that_really_fails(home, whole, tmp_path):
    """No file may be longer than 4 kB from the second epoch on, as with a quota."""
    import resource

    folder, limits = tmp_path / "run", resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(event):
        if after(1)(event):
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
        return False

    try:
        with pytest.raises(OSError, match=r"the checkpoint of epoch 1 is kept\. Make room, then: "):
            do(run_of(home), folder, until=limit)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    check_whole(folder)
    assert not list(folder.rglob("*.unfinished"))
    do(None, folder, resume=True)
    assert left_by(folder) == whole


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="mounting needs root")
def test_a_disk_that_is_really_full(home, whole, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        ballast = disk / "ballast"

        def fill(event):
            if after(1)(event):
                try:
                    with open(ballast, "wb", buffering=0) as file:
                        while True:
                            file.write(b"x" * 1024)
                except OSError:
                    pass
            return False

        with pytest.raises(OSError, match=r"the checkpoint of epoch 1 is kept\. Make room"):
            do(run_of(home), disk / "run", until=fill)
        check_whole(disk / "run")
        assert not list((disk / "run").rglob("*.unfinished"))
        ballast.unlink()
        do(None, disk / "run", resume=True)
        assert left_by(disk / "run") == whole
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_a_runs_file_is_a_configuration(home, whole, tmp_path):
    """--config with another run's run.toml trains the same network again."""
    config = home / "whole" / "run.toml"
    assert (
        main(["train", "--config", str(config), "--trust", "--out", str(tmp_path / "run"), "-q"])
        == 0
    )
    assert left_by(tmp_path / "run") == whole


def test_a_damaged_state_says_what_to_do(stopped, capsys):
    (stopped / "state" / "state.pt").write_bytes(b"PK nonsense")
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert "state.pt cannot be read (" in err and "Remove it to start again from the begin" in err


def test_one_damaged_bit_of_a_state_is_found(stopped, capsys):
    """In the last of the weights, which would load as another number."""
    file = stopped / "state" / "state.pt"
    weight = list(load_state(stopped)["state"]["best_weights"].values())[-1]
    content = bytearray(file.read_bytes())
    content[content.rindex(weight.numpy().tobytes())] ^= 1
    file.write_bytes(bytes(content))
    torch.load(file)  # looks at no checksum
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert "state.pt cannot be read (its hash is another). Remove it to start again" in err


def keep(folder, change):
    """The state of a run, changed by a function."""
    values = load_state(folder)
    change(values)
    torch.save(values, folder / "state" / "state.pt")


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda v: v.clear(), "state"),
        (lambda v: v.update(state=[1]), "state"),
        (lambda v: v["state"].pop("model"), "model"),
        (lambda v: v["state"].update(model={"a": 3}), "model"),
        (lambda v: v["state"].update(optimizer=None), "optimizer"),
        (lambda v: v["state"]["optimizer"].pop("param_groups"), "optimizer"),
        (lambda v: v["state"].update(average=3), "average"),
        (lambda v: v["state"].update(epoch="1"), "epoch"),
        (lambda v: v["state"].update(epoch=True), "epoch"),
        (lambda v: v["state"].pop("step"), "step"),
        (lambda v: v["state"].update(history=[]), "history"),
        (lambda v: v["state"]["history"][0].pop("val_loss"), "history"),
        (lambda v: v["state"].update(best_epoch=7), "best_epoch"),
        (lambda v: v["state"].update(best_epoch=0), "best_epoch"),  # nothing was before it
        (lambda v: v["state"].update(begun=[]), "begun"),
        (lambda v: v["state"].update(begun={"epoch": 0, "val_loss": "low"}), "begun"),
        (lambda v: v["state"].update(best_weights=[]), "best_weights"),
        (lambda v: v.pop("seconds"), "seconds"),
        (lambda v: v.update(threads=0), "threads"),
        (lambda v: v.update(data=3), "data"),
        (lambda v: v.update(run=[]), "run"),
    ],
)
def test_a_state_without_a_part_says_which(stopped, capsys, change, said):
    keep(stopped, change)
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert f"state.pt cannot be read (its {said} is missing or damaged). Remove it to start" in err


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda s: s["average"].pop("out.bias"), "its average does not fit its model"),
        (lambda s: s["best_weights"].pop("out.bias"), "its best_weights does not fit its model"),
        (lambda s: s["optimizer"]["param_groups"].pop(), "its optimizer is of other parameters"),
        (
            lambda s: s["optimizer"]["state"][0].update(exp_avg=torch.zeros(3)),
            "its optimizer does not fit its model",
        ),
    ],
)
def test_a_state_whose_parts_do_not_fit(stopped, capsys, change, said):
    keep(stopped, lambda values: change(values["state"]))
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert f"state.pt cannot be read ({said}" in err and "Remove it to start again" in err


def test_a_bare_pickle_is_no_state(stopped, capsys):
    import pickle

    (stopped / "state" / "state.pt").write_bytes(pickle.dumps({"state": {}}))
    assert (
        main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    )  # and no warning of torch's
    assert "state.pt cannot be read (" in capsys.readouterr().err


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("epochs = 3", "epochs = 5", "epochs was 3 and is 5 now"),
        ("epochs = 3", "epochs = 1", "epochs was 3 and is 1 now"),
        ("batch_size = 16", "batch_size = 8", "batch_size was 16 and is 8 now"),
        ("seed = 0", "seed = 4", "seed was 0 and is 4 now"),
        ("learning_rate = 0.01", "learning_rate = 1.0", "learning_rate was 0.01 and is 1.0 now"),
        ("average = 0.9", "average = 0.0", "average was 0.9 and is 0.0 now"),
        ('loss = "cross_', 'loss = "mse"  # ', "loss was 'cross_entropy' and is 'mse' now"),
        ('optimizer = "adam"', 'optimizer = "sgd"', "optimizer was 'adam' and is 'sgd' now"),
    ],
)
def test_a_configuration_that_was_changed_meanwhile(home, stopped, capsys, old, new, said):
    config = stopped / "run.toml"
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert f"error: {config} was changed since the run began: {said}. Set it back, then: pa" in err
    assert (
        f"{again(home, stopped)}; or start a new run: papernets train {home / 'own.py'}:NET" in err
    )
    assert len(log_of(stopped)) == 1
    keep(stopped, lambda values: values.pop("run"))  # an older state does not know
    config.write_text(text)
    assert main(["train", "--out", str(stopped), "--resume", "--trust", "-q"]) == 0
    config.write_text(text.replace(old, new))
    assert (
        main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    )  # finished: the same answer


@pytest.mark.parametrize("text", ["", "epochs = 3\n", "net = ''\n"])
def test_a_configuration_without_a_network(stopped, capsys, text):
    (stopped / "run.toml").write_text(text)
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 2
    err = capsys.readouterr().err
    assert f"{stopped / 'run.toml'} names no network: 'net' is missing. Bring the file back" in err


def test_a_network_that_was_changed_meanwhile(tmp_path, capsys):
    write_own(tmp_path)
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        do(run_of(tmp_path), folder, until=after(1))
    own = tmp_path / "own.py"
    own.write_text(own.read_text().replace("Conv(4", "Conv(5"))
    assert main(["train", "--out", str(folder), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert "(was the network changed?) does not fit: 'conv.conv.weight' is 4x1x3x3, the net" in err


def test_pictures_that_changed_meanwhile(tmp_path, capsys):
    write_own(tmp_path)
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        do(run_of(tmp_path), folder, until=after(1))
    next((tmp_path / "pictures" / "train" / "low").iterdir()).unlink()
    assert main(["train", "--out", str(folder), "--resume", "--trust"]) == 1
    err = capsys.readouterr().err
    assert f"pictures is not what it was when the run in {folder} began. Bring the same" in err


def test_a_damaged_result_says_what_to_do(stopped, capsys):
    (stopped / "result.json").write_text("{")
    assert main(["train", "--out", str(stopped), "--resume", "--trust"]) == 1
    assert re.search(r"result\.json is not JSON .*Remove it, and --resume", capsys.readouterr().err)


def begin(home, folder, *flags):
    """A training process, as typed."""
    settings = ["--set", "batch_size=16", "--set", "average=0.9", "--set", "learning_rate=0.01"]
    named = [f"{home / 'own.py'}:NET", "--data", str(home / "pictures"), "--out", str(folder)]
    return subprocess.Popen(
        [sys.executable, "-m", "papernets", "train", *named, *settings, *flags],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for(path, process):
    for _ in range(6000):
        if path.exists() or process.poll() is not None:
            return
        time.sleep(0.01)


def test_ctrl_c(home, tmp_path):
    folder = tmp_path / "a run"
    process = begin(home, folder, "--epochs", "100000")
    wait_for(folder / "best" / "bundle.json", process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert f"Stopped. Go on with: {again(home, folder)}" in err
    assert out == "" and "Traceback" not in err
    check_whole(folder)
    assert not list(folder.rglob("*.unfinished"))


def kill_and_resume(home, whole, folder, pause):
    process = begin(home, folder, "--epochs", "3")
    wait_for(folder / "run.toml", process)
    time.sleep(pause)
    process.kill()
    process.communicate()
    assert (folder / "run.toml").exists()
    check_whole(folder)
    do(None, folder, resume=True)
    assert left_by(folder) == whole


def test_kill_9(home, whole, tmp_path):
    kill_and_resume(home, whole, tmp_path / "run", 0.1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_kill_9_at_any_moment(home, whole, tmp_path, seed):
    kill_and_resume(home, whole, tmp_path / "run", random.Random(seed).uniform(0, 1.0))


def test_two_runs_in_the_same_moment(home, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    from papernets.train.places import free_folders

    run = run_of(home, epochs=1)
    other = Path("runs", "own-pictures-1")
    assert next(free_folders(run)) == other

    def taken(run):
        """Says that a folder is free which another process takes now."""
        if not other.exists():
            with opened(other, run, False, {}):
                pass
            yield other
        yield from free_folders(run)

    monkeypatch.setattr("papernets.train.folder.free_folders", taken)
    flags = ["--data", str(home / "pictures"), "--epochs", "1", "--json"]
    assert main(["train", f"{home / 'own.py'}:NET", *flags]) == 0
    assert (tmp_path / "runs" / "own-pictures-2" / "result.json").exists()
    assert sorted(os.listdir(other)) == [".lock", "run.toml"]


def test_relative_paths_hold_from_another_folder(home, tmp_path, monkeypatch, capsys):
    import shutil

    shutil.copytree(home / "pictures", tmp_path / "a" / "pictures")
    shutil.copy(home / "own.py", tmp_path / "a")
    monkeypatch.chdir(tmp_path / "a")
    real = session.save_views

    def stop(*given):
        real(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(session, "save_views", stop)
        flags = ["own.py:NET", "--data", "pictures", "--epochs", "2", "--out", "run"]
        assert main(["train", *flags]) == 130
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--out", "a/run", "--resume", "--trust"]) == 0
    assert "test error" in capsys.readouterr().out
    text = (tmp_path / "a" / "run" / "best" / "bundle.json").read_text()
    assert str(tmp_path) not in text  # the bundle is given to others
    assert main(["evaluate", "a/run", "--quiet"]) == 0  # which data: the run knows


def test_the_bundle_of_an_own_network_needs_no_file(home, tmp_path, capsys):
    write_own(tmp_path)
    do(run_of(tmp_path, epochs=1), tmp_path / "run")
    (tmp_path / "own.py").unlink()
    picture = next((tmp_path / "pictures" / "test" / "low").iterdir())
    (tmp_path / "run" / "best").rename(tmp_path / "moved")
    assert main(["predict", str(tmp_path / "moved"), str(picture), "--json"]) == 0
    assert '"label": ' in capsys.readouterr().out
