"""train and evaluate in several processes: one screen, one folder, and all end together."""

import json
import os
import re
import signal
import time

import pytest
import ranks
import siblings
from small_runs import left_by, log_of, write_own

from papernets.cli import main
from papernets.cli.flags import WrongUse
from papernets.cli.many import check_verb

NORMED = {
    "import Conv,": "import Conv, Norm,",
    'Conv(4, 3, activation="tanh")': 'Conv(4, 3, norm=Norm(momentum=0.1), activation="relu")',
}
STEPS = ["--batch-size", "16", "--set", "learning_rate=0.01", "--set", "augment.rotate=9"]


@pytest.fixture(autouse=True)
def _nobody_is_left():
    """Where a test fails, its processes end too."""
    yield
    ranks.end_all()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """own.py with batch normalisation, and pictures."""
    folder = tmp_path_factory.mktemp("home")
    write_own(folder)
    text = (folder / "own.py").read_text()
    for old, new in NORMED.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "own.py").write_text(text)
    return folder


def asked(home, out, *more, epochs=2):
    """The words of a training."""
    words = ["train", f"{home / 'own.py'}:NET", "--data", str(home / "pictures"), *STEPS]
    return [*words, "--epochs", str(epochs), "--out", str(out), *more]


def together(size, words):
    """The exit codes, and what each of so many processes printed, of a command."""
    codes, told = ranks.ended(ranks.started(size, ["-m", "papernets", *words]))
    return codes, told


def torchrun(size, words, *more):
    """torchrun with so many processes, begun."""
    start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(size), *more]
    return ranks.begun([*start, "-m", "papernets", *words], {})


def until(found, process):
    """Wait until something is there while a process runs."""
    late = time.monotonic() + 600
    while not found():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < late
        time.sleep(0.02)


SHARED = "2 processes on 1 machine share each batch of 16 by gloo: 8 pictures each; batch norm"


def test_two_processes_have_one_folder_and_one_screen(home, tmp_path):
    out = tmp_path / "shared"
    codes, ((said, noted), other) = together(2, asked(home, out, epochs=1))
    assert codes == [0, 0] and other == ("", ""), (said, noted, other)
    assert "test error" in said and SHARED in noted
    assert len(log_of(out)) == 1 and (out / "best").exists()


@pytest.mark.slow
def test_what_two_began_one_ends_and_three_go_on(home, tmp_path):
    out, alone = tmp_path / "shared", tmp_path / "alone"
    codes, told = together(2, asked(home, out, epochs=2))
    assert codes == [0, 0], told
    assert main(["train", "--out", str(out), "--resume", "--epochs", "3", "--trust", "-q"]) == 0
    again = ["train", "--out", str(out), "--resume", "--epochs", "4", "--trust"]
    codes, told = together(3, again)
    assert codes == [0, 0, 0], told
    assert "going on after epoch 3" in told[0][1]
    codes, told = together(3, again)
    assert codes == [0, 0, 0] and "was finished already: nothing was done" in told[0][1]
    assert main([*asked(home, alone, epochs=4), "--quiet"]) == 0
    assert len(log_of(out)) == 4
    for one, same in zip(log_of(out), log_of(alone), strict=True):
        assert one["train_loss"] == pytest.approx(same["train_loss"], abs=1e-5)


@siblings.together(
    "environment, words, said",
    [
        ({"WORLD_SIZE": "2"}, ["train", "lenet5"], "RANK and LOCAL_RANK and MASTER_ADDR and"),
        ({"WORLD_SIZE": "2"}, ["evaluate", "lenet5"], "start 2 processes by torchrun"),
    ],
)
def test_halves_of_an_environment(environment, words, said, monkeypatch, capsys):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("precision", "bound"), [("float64", 1e-9), ("bf16", 0.05)])
def test_two_processes_train_in_every_precision(precision, bound, home, tmp_path):
    """With normalisation over the whole batch, averages that are settled, and a stop within."""
    words = ["--precision", precision, "--set", "optimizer=sgd", "--threads", "1"]
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    assert main([*asked(home, alone, *words), "--quiet"]) == 0
    codes, told = together(2, asked(home, shared, *words))
    assert codes == [0, 0] and told[1] == ("", ""), told
    for one, other in zip(log_of(shared), log_of(alone), strict=True):
        for key in ("train_loss", "val_loss"):
            assert one[key] == pytest.approx(other[key], rel=bound), key


@pytest.mark.slow
def test_two_processes_may_compute_parts_twice(home, tmp_path):
    """By the same bits as without, with normalisation over the whole batch."""
    for name, more in (("once", ()), ("twice", ("--checkpointing",))):
        codes, told = together(2, asked(home, tmp_path / name, *more))
        assert codes == [0, 0] and told[1] == ("", ""), told
    assert left_by(tmp_path / "once") == left_by(tmp_path / "twice")


def test_what_one_process_does_is_not_done_by_two():
    given = {"WORLD_SIZE": "2", "RANK": "0", "TORCHELASTIC_RUN_ID": "x"}
    with pytest.raises(WrongUse, match="torchrun starts 2 processes, and explain is done by one"):
        check_verb("explain", given)
    for verb, environ in (("train", given), ("explain", {"WORLD_SIZE": "2", "RANK": "0"})):
        check_verb(verb, environ)


WRONG = {
    "too many": (["--batch-size", "1"], "2 processes share 1 picture (--batch-size): some would"),
    "processes": (["--processes", "2"], "--processes 2 shares each batch within one process"),
    "a number that is none": (["--epochs", "many"], "Invalid value for '--epochs'"),
    "no pictures": (["--data", "nowhere"], "nowhere"),
    "several seeds": (["--seeds", "2"], "leave --seeds out, or train them without torchrun"),
    "other than rank 0": (["--out", "RANK"], "rank 1 was started with other settings than rank 0"),
    "diverges": (["--set", "learning_rate=1e29", "--set", "optimizer=sgd"], "is kept in"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_an_error_is_said_once_and_all_end(name, home, tmp_path):
    more, said = WRONG[name]
    port, started = ranks.free_port(), []
    for rank in range(2):
        own = [word.replace("RANK", str(tmp_path / f"out{rank}")) for word in more]
        words = ["-m", "papernets", *asked(home, tmp_path / "out", *own)]
        started.append(ranks.process(rank, 2, port, words, cwd=tmp_path))
    codes, ((_, told), other) = ranks.ended(started)
    assert all(codes), codes
    assert said in told and other == ("", ""), (told, other)
    kept = ["nan_batch.json"] if name == "diverges" else []
    for file in kept:
        assert (tmp_path / "out" / file).exists()
    assert bool(kept) == (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("whom", ["all", "rank 1"])
def test_a_signal_stops_all_after_the_same_step(whom, home, tmp_path):
    out = tmp_path / "out"
    processes = ranks.started(2, ["-m", "papernets", *asked(home, out, epochs=100_000)])
    until((out / "log.jsonl").exists, processes[0])
    for process in processes if whom == "all" else processes[1:]:
        process.send_signal(signal.SIGTERM)
    codes, ((_, told), other) = ranks.ended(processes)
    assert codes == [143, 143] and other == ("", "")
    assert "Stopped. Go on with: papernets train" in told and "Saves after" not in told
    done = len(log_of(out))
    assert main(["train", "--out", str(out), "--resume", "--trust", "--dry-run"]) == 0
    assert done >= 1


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_a_rank_that_is_killed_ends_the_others(rank, home, tmp_path):
    out = tmp_path / "out"
    processes = ranks.started(2, ["-m", "papernets", *asked(home, out, epochs=100_000)])
    until((out / "log.jsonl").exists, processes[0])
    processes[rank].kill()
    began = time.monotonic()
    codes, told = ranks.ended(processes)
    assert time.monotonic() - began < 100  # where other programs use the cores
    assert codes[rank] == -9 and codes[1 - rank] == 1
    assert "another of the 2 processes has ended" in told[1 - rank][1]


FULL = """
import errno, os, sys
from papernets.train import session
def full(folder, *_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
session.save_state = full
from papernets.__main__ import run
sys.exit(run())
"""


@pytest.mark.slow
def test_what_rank_0_cannot_write_ends_all(home, tmp_path):
    """Its disk is full when it saves."""
    port, words = ranks.free_port(), asked(home, tmp_path / "out")
    started = [
        ranks.process(0, 2, port, ["-c", FULL, *words]),
        ranks.process(1, 2, port, ["-m", "papernets", *words]),
    ]
    codes, ((_, told), other) = ranks.ended(started)
    assert codes == [1, 1] and other[0] == ""
    # without torchrun the store is rank 0's: where the other hears late, it says that one ended
    assert other[1] == "" or "another of the 2 processes has ended" in other[1]
    assert "could not save" in told and "Make room, then: papernets train" in told


@pytest.mark.slow
def test_torchrun_starts_a_killed_rank_again_and_the_run_is_the_same(home, tmp_path):
    """The weights, the log and the result are those of two processes that nobody killed."""
    out, whole = tmp_path / "killed", tmp_path / "whole"
    more = ["--save-every", "1steps"]
    process = torchrun(2, asked(home, out, *more, epochs=12), "--max-restarts", "2")
    until((out / "log.jsonl").exists, process)
    victims = [pid for pid in ranks_of(process.pid) if ranks_of_which(pid) == 1]
    os.kill(victims[0], signal.SIGKILL)
    told = process.communicate(timeout=1800)
    assert process.returncode == 0, told
    assert "going on after" in told[1]
    process = torchrun(2, asked(home, whole, *more, epochs=12))
    told = process.communicate(timeout=1800)
    assert process.returncode == 0, told
    assert left_by(out) == left_by(whole)
    assert len(log_of(out)) == 12


def ranks_of(parent):
    """The processes that torchrun started."""
    from processes import children

    return children(parent)


def ranks_of_which(pid):
    """The rank of a process, from its environment."""
    with open(f"/proc/{pid}/environ", "rb") as file:
        return int(re.search(rb"\0RANK=(\d+)", file.read())[1])


@pytest.mark.slow
def test_torchrun_passes_a_signal_on_and_evaluates_as_one_does(home, tmp_path):
    out = tmp_path / "out"
    process = torchrun(2, asked(home, out, epochs=100_000))
    until((out / "log.jsonl").exists, process)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=1800)
    assert "Stopped. Go on with: papernets train" in told
    assert (out / "state" / "state.pt").exists() and (out / "best").exists()
    words = ["evaluate", str(out), "--part", "train", "--out"]
    for size, name in ((2, "two"), (1, "one")):
        process = torchrun(size, [*words, str(tmp_path / name)])
        told = process.communicate(timeout=1800)
        assert process.returncode == 0, told
    one, two = (json.loads((tmp_path / n / "report.json").read_text()) for n in ("one", "two"))
    assert one == two


def test_restarts_need_a_folder(home):
    from papernets.cli.many import check_restarts
    from papernets.ranks.place import Place

    with pytest.raises(WrongUse, match="up to 3 times anew, and the run then goes on in its fold"):
        check_restarts(Place(0, 2, 0, 2, most=3), "")
    check_restarts(Place(0, 2, 0, 2, most=3), "here")
