"""What goes wrong around a command: closed streams, full disks, no memory, odd files and names."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import siblings
from PIL import Image

from papernets.cli import main

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="needs a shell's redirections")
SHORT = "train lenet1 --epochs 2 --threads 1"


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A line of bash in which `papernets` is this copy's command."""
    command = f"papernets() {{ '{sys.executable}' -W error -m papernets \"$@\"; }}; {line}"
    return subprocess.run(
        command,
        shell=True,
        executable="/bin/bash",
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def finished(folder: Path) -> bool:
    return json.loads((folder / "result.json").read_text())["epochs"] == 2


def folder_of(root: Path, *classes: str, count: int = 6) -> Path:
    """Grey pictures, one folder a class."""
    for number, name in enumerate(classes):
        (root / name).mkdir(parents=True)
        for at in range(count):
            image = Image.new("L", (32, 32), 255)
            image.paste(40 * number + at, (12, 4, 18, 28))
            image.save(root / name / f"{at}.png")
    return root


@posix
@pytest.mark.parametrize(
    ("words", "closed"),
    siblings.crossed(
        ["explain lenet5", "list lenet55", "list", "list --json", "reproduce"],
        [">&-", "2>&-", ">&- 2>&-", "<&-"],
    ),
)
def test_a_closed_stream_brings_no_traceback(words: str, closed: str, tmp_path: Path) -> None:
    done = shell(f"papernets {words} {closed}", tmp_path)
    assert done.returncode == (2 if "lenet55" in words else 0)
    assert "Traceback" not in done.stdout + done.stderr and "Exception" not in done.stderr


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words", ["list --json", *siblings.slow("list", "explain lenet5", "reproduce")]
)
def test_a_full_stdout_is_said(words: str, tmp_path: Path) -> None:
    done = shell(f"papernets {words} > /dev/full", tmp_path)
    said = "error: standard output cannot be written (No space left on device)\n"
    assert (done.returncode, done.stderr) == (1, said)


@posix
@pytest.mark.slow
@pytest.mark.parametrize("words", ["reproduce", "reproduce --json"])
def test_a_list_that_nobody_reads_is_no_error(words: str, tmp_path: Path) -> None:
    done = shell(f'papernets {words} | true; exit "${{PIPESTATUS[0]}}"', tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@posix
def test_a_full_stderr_keeps_the_exit_code(tmp_path: Path) -> None:
    assert shell("papernets list lenet55 2> /dev/full", tmp_path).returncode == 2


@posix
@pytest.mark.slow
@pytest.mark.parametrize("lost", ["2> /dev/full", "2>&-", ">&- 2>&-"])
def test_training_goes_on_without_its_progress(lost: str, tmp_path: Path) -> None:
    assert shell(f"papernets {SHORT} --out run {lost}", tmp_path).returncode == 0
    assert finished(tmp_path / "run")


@posix
@pytest.mark.slow
def test_training_goes_on_where_nobody_reads(tmp_path: Path) -> None:
    line = f'papernets {SHORT} --out run 2>&1 | head -1; exit "${{PIPESTATUS[0]}}"'
    assert shell(line, tmp_path).returncode == 0
    assert finished(tmp_path / "run")


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_training_goes_on_whatever_cannot_be_said(tmp_path: Path) -> None:
    done = shell(f"papernets {SHORT} --out run > /dev/full 2> /dev/full", tmp_path)
    assert done.returncode == 1
    assert finished(tmp_path / "run")


@posix
@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_result_that_cannot_be_said_is_kept(tmp_path: Path) -> None:
    done = shell(f"papernets {SHORT} --out run --quiet > /dev/full", tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "error: standard output cannot be written (No space left on device). "
        "The run is finished: run\n"
    )
    assert finished(tmp_path / "run")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "error: not enough memory\n"),  # explain has no --batch-size
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes\nat"),
            "memory ([enforce fail] DefaultCPUAllocator: can't allocate memory: 9 bytes)\n",
        ),
        (RuntimeError("CUDA out of memory. Tried"), "(CUDA out of memory. Tried)\n"),
    ],
)
def test_no_memory_is_one_line(
    error: Exception,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails(*given: object) -> None:
        raise error

    monkeypatch.setattr("papernets.cli.explain.show", fails)
    assert main(["explain", "lenet5"]) == 1
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_another_runtime_error_is_a_defect_and_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object) -> None:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr("papernets.cli.explain.show", fails)
    streams = sys.stdout, sys.stderr
    with pytest.raises(RuntimeError, match="shapes differ"):
        main(["explain", "lenet5"])
    assert (sys.stdout, sys.stderr) == streams


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--threads", "1025"], "1024"),
        (["--batch-size", str(2**31 + 1)], "2147483648"),
        (["--set", "threads=1025"], "error: threads must be at most 1,024, not 1025"),
        (["--set", f"batch_size={2**40}"], "error: batch_size must be at most 2,147,483,648, not"),
        (["--set", f"epochs={10**30}"], "error: --set epochs: epochs takes numbers below 2**63"),
        (["--set", f"learning_rate=1{'0' * 400}"], "learning_rate takes numbers below 2**63"),
        (
            ["--set", f"epochs=1{'0' * 5000}"],
            "error: --set epochs: it has a number of thousands of digits",
        ),
        (["--set", f"input={'[' * 5000}"], "error: --set input: "),
        (
            ["--set", "options.channels=3"],
            "options.channels: channels is not an option of a network; ",
        ),
        (
            ["--set", "options.classes=3"],
            "classes is not an option of a network; they come from the d",
        ),
        (
            ["--set", "options.input=3"],
            "input is not an option of a network; use input of the run, such",
        ),
        (
            ["--set", "options.name=3"],
            "name is not an option of a network; the network is the first",
        ),
    ],
)
def test_impossible_settings(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "lenet1", *words]) == 2
    assert said in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("input = " + "[" * 5000, "nested too deeply"),
        ("epochs = 1" + "0" * 5000, "is not TOML: it has a number of thousands of digits"),
        ("epochs = 1" + "0" * 100, "epochs takes numbers below 2**63"),
        (
            "[options]\nchannels = 3",
            "options.channels: channels is not an option of a network; use --",
        ),
    ],
)
def test_impossible_configurations(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.toml").write_text(text)
    assert main(["train", "lenet1", "--config", str(tmp_path / "x.toml"), "--dry-run"]) == 2
    err = capsys.readouterr().err
    assert said in err and ("options" in text or f"error: {tmp_path / 'x.toml'}" in err)


@posix
def test_a_configuration_is_a_file_of_a_sensible_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To open a pipe that nobody writes to is to wait for ever, and /dev/zero has no end."""
    pipe, large = tmp_path / "pipe", tmp_path / "large.toml"
    os.mkfifo(pipe)
    large.write_bytes(b"#" * 1_000_001)
    for path, said in (
        (pipe, "pipe is not a regular file: --config takes a TOML file"),
        ("/dev/zero", "error: /dev/zero is not a regular file"),
        (large, "large.toml is no configuration: it has 1,000,001 bytes, and a TOML file of"),
    ):
        assert main(["train", "lenet1", "--config", str(path), "--dry-run"]) == 2
        assert said in capsys.readouterr().err


def test_a_configuration_with_a_byte_order_mark(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.toml").write_text("epochs = 7\n", encoding="utf-8-sig")
    assert main(["train", "lenet1", "--config", str(tmp_path / "x.toml"), "--dry-run"]) == 0
    assert tomllib.loads(capsys.readouterr().out)["epochs"] == 7


def test_no_run_among_its_own_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path / "mine", "a", "b")
    monkeypatch.chdir(folder)
    for words in ([], ["--out", str(folder / "a" / "run")], ["--dry-run"]):
        assert main(["train", "lenet1", "--data", ".", *words]) == 2
        err = capsys.readouterr().err
        assert f"lies in the folder of pictures {folder}, where it would be taken for a" in err
        assert f"Give another: --out {tmp_path / 'runs'}" in err
        assert sorted(os.listdir(folder)) == ["a", "b"]


def test_a_run_that_cannot_begin_leaves_no_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert main(["train", "lenet1", "--data", "mine"]) == 2
    assert "no class folder in it" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["mine"]


def test_data_of_another_form_is_wrong_use(
    tmp_path: Path,
    trained: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    folder_of(tmp_path / "one", "3")
    (tmp_path / "file").write_text("x")
    both = (["train", "lenet1"], ["evaluate", str(trained), "--part", "test"])
    for data, said in (("file", "file: a file. Give the folder"), ("one", "only one class, '3'")):
        for words in both:
            assert main([*words, "--data", data]) == 2
            assert said in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == ["file", "one"]


@posix
def test_pipes_links_and_empty_names(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path / "mine", "1", "2", count=1)
    os.mkfifo(folder / "1" / "pipe.png")
    os.symlink("round.png", folder / "1" / "round.png")
    assert main(["predict", str(trained), str(folder), "", os.devnull]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3
    assert err.splitlines()[:4] == [
        f"{folder / '1' / 'pipe.png'}: not a regular file",
        f"{folder / '1' / 'round.png'}: a link that goes round",
        "'': an empty name",
        f"{os.devnull}: not a regular file",
    ]


@pytest.mark.parametrize("columns", [1, 5, 20, 33, 34])
def test_a_very_narrow_terminal(
    columns: int, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papernets.cli.screen.terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    folder = folder_of(tmp_path / "mine", "1", count=1)
    assert main(["predict", str(trained), str(folder)]) == 0


@posix
def test_names_that_would_move_the_cursor(
    tmp_path: Path, trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(trained, tmp_path / "copy"))
    info = json.loads((copy / "bundle.json").read_text())
    info["classes"][:2] = ["a\x1b[31m", "b\n"]
    (copy / "bundle.json").write_text(json.dumps(info))
    folder = folder_of(tmp_path / "mine", "a\x1b[31m", "b\n")
    out = str(tmp_path / "out")
    assert main(["data", "show", str(folder)]) == 0
    assert main(["evaluate", str(copy), "--data", str(folder), "--out", out]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said and "a\\x1b[31m" in said and "\nb\\n  " in said


def test_ctrl_c_while_the_verbs_are_imported(tmp_path: Path) -> None:
    code = """
import sys
class Stop:
    def find_spec(self, name, *rest):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
from papernets.__main__ import run
sys.exit(run())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_the_console_command_is_guarded() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"papernets": "papernets.__main__:run"}
