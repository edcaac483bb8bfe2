"""The command line as a whole: exit codes, what goes where, and what is not imported."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import siblings

import papernets
from papernets.cli import main
from papernets.nets.registry import NETS

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
NEW = os.environ.get("PAPERNETS_UPDATE_GOLDEN", "")
"""Set to 1, the golden texts are written anew; read what changed before you commit it."""


def typed(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """`python -m papernets` in a process of its own, its output in pipes."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "papernets", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def coded(code: str) -> subprocess.CompletedProcess[str]:
    """A few lines of Python in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_python_m() -> None:
    done = typed("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"papernets {papernets.__version__}\n")


def test_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("--help", "-h"):
        assert main([flag]) == 0
        out = capsys.readouterr().out
        verbs = "list explain diff verify train evaluate predict data look"
        for verb in verbs.split():
            assert f"\n  {verb} " in out
    assert main([]) == 2
    assert "Usage:" in "".join(capsys.readouterr())


def test_the_list_of_verbs_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """What a verb does is said there to its end."""
    assert main(["--help"]) == 0
    assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


@pytest.mark.parametrize(
    "verb", ["list", "explain", "diff", "verify", "train", "evaluate", "predict"]
)
def test_each_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian"], "No such command 'trian'"),
        (["list", "--jsno"], "No such option"),
        (["train", "resnet20", "--imgsz=96"], "No such option: --imgsz. It is --set input=VALUE"),
        (["find-lr", "lenet5", "--batch", "4"], "--batch. It is --batch-size VALUE here"),
        (["train", "lenet5", "--epochs"], "requires an argument"),
        (["train", "lenet1", "--epochs", "0"], "Invalid value for '--epochs'"),
        (["train", "lenet1", "--epochs", "many"], "Invalid value for '--epochs'"),
        (
            ["train"],
            "error: name a network, such as papernets train lenet5. All names: papernets li",
        ),
        (["train", "lenet55"], "error: unknown network 'lenet55'. Did you mean 'lenet5'? All nam"),
        (["explain", "lenet55"], "error: unknown network 'lenet55'. Did you mean 'lenet5'? All"),
        (["verify", "lenet55"], "error: unknown network 'lenet55'. Did you mean 'lenet5'?"),
        (["explain", "lenet5", "--input", "x"], "--input x: give a side such as 32, or HEIGHTx"),
        (["explain", "lenet5", "--input", "8"], "error: C3: a 5x5 window does not fit"),
        (["explain", "lenet5", "--classes", "-1"], "error: classes must be a whole number of at"),
        (["explain", "none.py:NET"], "error: none.py: no such file; a network of your own is FILE"),
        (["list", "vgg99"], "error: no network's name matches 'vgg99'. All names: papernets list"),
        (["train", "lenet1", "--data", "mnits"], "error: unknown data set 'mnits'. Did you mean"),
        (["train", "lenet1", "--data", "nowhere/x"], "nowhere/x"),
        (["train", "lenet1", "--set", "epoch=3"], "unknown key 'epoch'. Did you mean 'epochs'?"),
        (["train", "lenet1", "--set", "augment.rotat=3"], "unknown key 'rotat' in augment. Did"),
        (["train", "lenet1", "--config", "none.toml"], "error: no configuration none.toml: --con"),
        (["train", "lenet1", "--recipe", "bets"], "error: lenet1 has no recipe 'bets'. Did you"),
        (["train", "inception_naive_3a"], "error: inception_naive_3a is a module, not a whole"),
        (["train", "inception_reduced_3a", "--dry-run"], "gives maps and no classes, so it is exp"),
        (["train", "inception_naive_3a", "--data", "digits"], "explained and compared, not train"),
        (["explain", "inception_naive_3a", "--classes", "3"], "it gives maps and has no classes."),
        (["train", "lenet1", "--device", "gpu"], "error: unknown device 'gpu'. Devices: auto, cp"),
    ],
)
def test_wrong_use_is_2(
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert said in err and out == "" and "Traceback" not in err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["predict", "lecture_cnn", "x.png"], "error: lecture_cnn does not come trained ("),
        (["evaluate", "nothing"], "error: no bundle 'nothing': give a bundle's folder"),
    ],
)
def test_a_failure_is_1(
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    out, err = capsys.readouterr()
    assert err.startswith(said) and out == "" and err.count("\n") == 1


def test_an_interruption_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("papernets.cli.explain.show", stop)
    assert main(["explain", "lenet5"]) == 130


@pytest.mark.skipif(os.name != "posix", reason="needs a shell's pipes")
@pytest.mark.parametrize("words", ["explain lenet5 --json", *siblings.slow("list")])
def test_a_reader_that_goes_away_is_no_error(words: str) -> None:
    done = subprocess.run(
        f"'{sys.executable}' -m papernets {words} | true; exit \"${{PIPESTATUS[0]}}\"",
        shell=True,
        executable="/bin/bash",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and done.stderr == ""


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [one["name"] for one in found] == [entry.name for entry in NETS] and err == ""
    five = next(one for one in found if one["name"] == "lenet5")
    assert five["params"] == 60_000 and five["input"] == [1, 32, 32]
    assert five["aliases"] == ["lenet5_1998"]
    assert main(["list", "lenet5_m*", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["lenet5_modern"]


def test_explain_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "lenet5", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    keys = (
        "schema name ledger_name title paper input classes params fixed_params macs aux_params "
        "aux_macs connections rows facts errata departures activations running_statistics stages "
        "memory"
    )
    assert list(found) == keys.split() and err == ""
    assert (found["schema"], found["params"], found["connections"]) == (1, 60_000, 340_908)
    row = (
        "name kind in out kernel stride padding groups activation params macs connections "
        "receptive_field field_stride formula aux settings neurons fixed_params "
        "running_statistics params_share macs_share bytes smallest_field field_start"
    )
    assert list(found["rows"][0]) == row.split()
    assert main(["explain", "lenet5", "--json", "--input", "36x40", "--classes", "4"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["input"], found["classes"]) == ([1, 36, 40], 4)


def test_verify_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert {one["network"] for one in found} == {entry.name for entry in NETS} | {
        None,
    }
    assert err == ""
    assert {one["verdict"] for one in found} == {"agrees", "erratum", "unexplained", "measured"}


def test_a_dry_run_as_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "lenet5", "--dry-run", "--json", "--epochs", "2"]) == 0
    out, err = capsys.readouterr()

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    found = json.loads(out, parse_constant=refuse)
    assert (found["net"], found["epochs"], found["constant"]) == ("lenet5", 2, "inf")
    assert found["out"] == str(Path("runs", "lenet5-digits-1")) and err == ""
    assert main(["train", "lenet5", "--dry-run"]) == 0
    assert capsys.readouterr().out.startswith("# would train in runs")
    assert os.listdir(tmp_path) == []


def test_train_says_its_result_on_stdout_and_the_rest_on_stderr(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two words"
    flags = ["train", "lenet1", "--epochs", "1", "--out"]
    assert main([*flags, str(one), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert found["network"] == "lenet1" and found["out"] == str(one)
    assert {"test_error", "test_images", "interval", "epochs", "seconds", "seed"} <= set(found)
    assert found["interval"][0] <= found["test_error"] <= found["interval"][1]
    assert "epoch 1/1  loss " in err and re.search(r" [\d,]+/s  ", err) and "left *\n" in err
    written = json.loads((one / "result.json").read_text())
    assert {**written, "out": str(one)} == found
    assert sorted(os.listdir(one)) == sorted(
        [
            ".lock",
            "best",
            "confusion.png",
            "curves.png",
            "environment.json",
            "last",
            "log.jsonl",
            "mistakes.png",
            "result.json",
            "run.toml",
            "state",
        ]
    )
    record = json.loads((one / "log.jsonl").read_text())
    keys = "epoch train_loss train_error val_loss val_error learning_rate"
    assert list(record) == [*keys.split(), "seconds", "images", "images_per_second"]
    assert main([*flags, str(two), "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert err == "" and out.count("\n") == 1 and out.startswith("lenet1 on digits: test error ")
    assert " % (95 % interval " in out
    assert main(["train", "--out", str(two), "--resume"]) == 0
    assert f"Next: papernets evaluate '{two}'" in capsys.readouterr().out


def test_no_colour_in_a_pipe_or_where_it_is_not_wanted() -> None:
    for variables in ({}, {"NO_COLOR": "1"}):
        done = typed("explain", "lenet1", **variables)
        assert done.returncode == 0 and "\x1b" not in done.stdout + done.stderr
        assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_no_color_on_a_terminal() -> None:
    import pty

    def on_terminal(**variables: str) -> str:
        ours, theirs = pty.openpty()
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        process = subprocess.Popen(
            [sys.executable, "-m", "papernets", "explain", "lenet1"],
            cwd=ROOT,
            env={**environment, "TERM": "xterm-256color", "COLUMNS": "100", **variables},
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        text = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:
                break
            if not more:
                break
            text += more
        assert process.wait() == 0
        os.close(ours)
        return text.decode()

    assert "\x1b[36m" in on_terminal()  # cyan
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", on_terminal(NO_COLOR="1"))


@pytest.mark.parametrize("shell", ["bash", *siblings.slow("zsh", "fish")])
def test_completion_can_be_shown(shell: str) -> None:
    done = typed("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert done.returncode == 0 and "papernets" in done.stdout.lower()


HEAVY = "{'torch', 'numpy', 'matplotlib', 'sklearn', 'PIL'}"


@pytest.mark.parametrize(
    "words",
    [
        *(["train", "--help"], ["explain", "lenet5"], ["diff", "alexnet", "vgg16"]),
        *siblings.slow(["--help"], ["list"], ["verify"]),
    ],
    ids=" ".join,
)
def test_what_needs_no_torch_imports_none(words: list[str]) -> None:
    """And stays small: under 80 MB at its largest."""
    done = coded(
        "import sys\nfrom pathlib import Path\n"
        "from papernets.cli import main\n"
        f"code = main({words!r})\n"
        f"heavy = {HEAVY} & set(sys.modules)\n"
        "status = Path('/proc/self/status')\n"  # getrusage counts the parent's memory too
        "lines = status.read_text().splitlines() if status.exists() else []\n"
        "peak = [line.split()[1] for line in lines if line.startswith('VmHWM')]\n"
        "print(code, sorted(heavy), *peak or [0], file=sys.stderr)\n"
    )
    code, heavy, peak = done.stderr.split()[-3:]
    assert (code, heavy) == ("0", "[]")
    assert int(peak) < 80 * 1024


def test_a_wrong_setting_is_found_before_torch_is_imported() -> None:
    done = coded(
        "import sys\nfrom papernets.cli import main\n"
        "code = main(['train', 'lenet5', '--set', 'augment.rotat=3'])\n"
        "print(code, 'torch' in sys.modules)"
    )
    assert done.stdout == "2 False\n" and "unknown key 'rotat' in augment" in done.stderr


VERY_DEEP = ("resnet1001", "resnet1202")
"""The same blocks hundreds of times: their golden texts would be a megabyte that nobody reads."""
TEXTS = ["list", *(entry.name for entry in NETS if not entry.name.endswith(VERY_DEEP))]


@pytest.mark.golden
@pytest.mark.parametrize("name", TEXTS)
def test_golden_texts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They show what a change does to what people read: PAPERNETS_UPDATE_GOLDEN=1 renews them."""
    words = ["list"] if name == "list" else ["explain", name]
    assert main(words) == 0
    out = capsys.readouterr().out
    path = GOLDEN / ("list.txt" if name == "list" else f"explain_{name}.txt")
    if NEW == "1":
        path.write_text(out, encoding="utf-8")
    assert path.exists(), f"no {path.name}: PAPERNETS_UPDATE_GOLDEN=1 pytest -m golden writes it"
    assert out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lenet5_modern", "Input 1x32x32, without its classifier: 84 features."),
        ("nin_cifar10", "Input 3x32x32, without its classifier: 192 features."),
        ("BUNDLE", "Input 1x32x32, without its classifier: 84 features."),
    ],
)
def test_a_network_without_its_classifier_gives_features(name, said, tmp_path, capsys):
    """It is no module of a paper, which has no classes and gives maps."""
    from papernets import create_model, save

    if name == "BUNDLE":
        name = str(save(create_model("lenet5_modern"), tmp_path / "made", range(10)))
    assert main(["explain", name, "--classes", "0"]) == 0
    assert said in capsys.readouterr().out
    assert main(["explain", "inception_naive_3a"]) == 0
    assert "Input 192x28x28, a module: no classes." in capsys.readouterr().out
