"""Damage in a run's folder, and folders from elsewhere: named, and nobody's file is touched."""

import collections
import json
import os
import pickle
import re
import shutil
import zipfile
from pathlib import Path

import pytest
import siblings
import torch
from outside import DEEP, KINDS, MANY, put, within
from small_runs import do, left_by, run_of, write_own

from papernets.cli import main
from papernets.train import outcome, session
from papernets.train.checkpoint import load_state
from papernets.train.events import Epoch
from papernets.train.run import Run
from papernets.train.sealed import sealed, unsealed

FIXTURE = Path(__file__).parents[1] / "fixtures" / "november_2026" / "half_run"


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    """curves.png takes longer than these runs."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """own.py and pictures/, a run that was stopped after its first epoch, and one that is whole."""
    folder = tmp_path_factory.mktemp("home")
    write_own(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            do(run_of(folder), folder / "half", until=lambda event: isinstance(event, Epoch))
        do(run_of(folder), folder / "whole")
    return folder


@pytest.fixture
def half(home, tmp_path):
    """A copy of the stopped run."""
    return Path(shutil.copytree(home / "half", tmp_path / "run", symlinks=True))


@pytest.fixture
def done(home, tmp_path):
    """A copy of the finished run."""
    return Path(shutil.copytree(home / "whole", tmp_path / "run", symlinks=True))


def resumed(folder, *flags):
    with within():
        return main(["train", "--out", str(folder), "--resume", "--trust", "-q", *flags])


def test_a_link_in_the_place_of_a_lock_empties_no_file(half, tmp_path, capsys):
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work")
    (half / ".lock").unlink()
    (half / ".lock").symlink_to(thesis)
    assert resumed(half) == 1
    assert f"{half / '.lock'} is a link, where a lock should be" in capsys.readouterr().err
    assert thesis.read_text() == "years of work"


@pytest.mark.parametrize("name", ["state", "last", "best"])
def test_a_link_in_the_place_of_a_folder_is_not_written_through(half, tmp_path, capsys, name):
    (half / name).rename(tmp_path / "theirs")
    (half / name).symlink_to(tmp_path / "theirs")
    before = {p: p.read_bytes() for p in (tmp_path / "theirs").iterdir()}
    assert resumed(half) == 1
    assert f"{half / name} is a link: nothing is written through it" in capsys.readouterr().err
    assert before == {p: p.read_bytes() for p in (tmp_path / "theirs").iterdir()}


def test_links_in_the_place_of_files_are_replaced(home, half, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for name in ("log.jsonl", "result.json", "last/bundle.json", "best/weights.safetensors"):
        (half / name).unlink(missing_ok=True)
        if name != "result.json":
            (half / name).symlink_to(mine)
    assert resumed(half) == 0
    assert mine.read_text() == "mine" and left_by(half) == left_by(home / "whole")


def test_unfinished_files_behind_a_link_stay(half, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / ".x.unfinished").write_text("theirs")
    (half / "elsewhere").symlink_to(other)
    (half / "state" / ".x.unfinished").write_text("ours")
    assert resumed(half) == 0
    assert (other / ".x.unfinished").exists() and not (half / "state" / ".x.unfinished").exists()


@pytest.mark.parametrize("name", ["state/state.pt", "run.toml", "result.json", ".lock"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_in_a_files_place_is_named(half, capsys, name, kind):
    if (name, kind) == (".lock", "large"):
        pytest.skip("a lock's content is not read")
    put(kind, half / name)
    assert resumed(half) in (1, 2)
    err = capsys.readouterr().err
    assert str(half / Path(name)) in err and err.startswith("error: ") and err.count("\n") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_run_ran_on_may_be_damaged(half, kind):
    put(kind, half / "environment.json")
    assert resumed(half) == 0


@pytest.mark.parametrize(
    "text",
    ["[]", "{}", '{"threads": 1e9}', '{"threads": 99999}', DEEP, MANY],
    ids=lambda text: text[:20],
)
def test_odd_values_of_what_a_run_ran_on(half, text):
    (half / "environment.json").write_text(text)
    assert resumed(half) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is no table of results"),
        ("{}", "has no 'network'"),
        ("1", "is no table of results"),
        (DEEP, "is not JSON (nested deeper than 500)"),
        (MANY, "is not JSON (more than 1,000,000 values)"),
        ("\x00", "is not JSON"),
    ],
    ids=lambda text: text[:10],
)
def test_a_result_that_is_none(done, capsys, text, said):
    (done / "result.json").write_text(text)
    assert resumed(done) == 1
    err = capsys.readouterr().err
    assert f"{done / 'result.json'} {said}" in err
    assert "Remove it, and --resume writes it anew" in err


RESULT = ("network", "data", "test_error", "test_images", "interval", "epochs", "best_epoch")


@pytest.mark.parametrize(
    ("key", "value"),
    siblings.crossed([*RESULT, "seconds"], [None, [], {}, "x" * 300, -1, 1e400]),
)
def test_a_result_of_odd_values(done, capsys, key, value):
    """A key that is missing, or of another kind; `null` for a text is one."""
    result = json.loads((done / "result.json").read_text())
    for changed in ({**result, key: value}, {k: v for k, v in result.items() if k != key}):
        (done / "result.json").write_text(json.dumps(changed))
        code, err = resumed(done), capsys.readouterr().err
        fits = key in changed and key in ("network", "data") and isinstance(value, str)
        assert fits or key == "seconds" or code == 1
        assert code == 0 or (f"{done / 'result.json'}" in err and f"{key!r}" in err) or fits


def test_a_committees_result_is_whole(done, capsys):
    result = json.loads((done / "result.json").read_text())
    (done / "result.json").write_text(json.dumps({**result, "others_asked": 0.5}))
    assert resumed(done) == 1
    assert "result.json has no 'early_exit_error'" in capsys.readouterr().err


def test_a_state_has_a_hash_of_its_own(half, capsys):
    """Two damaged places: one would load as another number, the other hides every checksum."""
    file = half / "state" / "state.pt"
    weight = next(iter(load_state(half)["state"]["model"].values()))
    content = bytearray(file.read_bytes())
    content[content.index(weight.numpy().tobytes())] ^= 1
    content[content.rindex(b"PK\x01\x02") + 4] ^= 0xFF  # the version of an entry
    file.write_bytes(bytes(content))
    assert resumed(half) == 1
    assert "state.pt cannot be read (its hash is another)" in capsys.readouterr().err


@pytest.mark.parametrize("place", range(0, 240, 7))
def test_damage_anywhere_near_the_end_is_found(half, place):
    """In the seal, its length, the zip file's end and its table."""
    file = half / "state" / "state.pt"
    content = bytearray(file.read_bytes())
    content[-1 - place] ^= 0x10
    file.write_bytes(bytes(content))
    with pytest.raises(ValueError, match=r"state\.pt cannot be read"):
        load_state(half)


@pytest.mark.parametrize("size", [0, 1, 100, -1, -81, -82, -104])
def test_a_state_that_was_cut_short(half, size):
    file = half / "state" / "state.pt"
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"state\.pt cannot be read"):
        load_state(half)


def test_a_state_of_november_2026_whose_checksums_are_hidden(tmp_path):
    """It has no hash: where zip's own reader gives up, nothing is loaded."""
    run = Path(shutil.copytree(FIXTURE, tmp_path / "run"))
    file = run / "state" / "state.pt"
    assert load_state(run)["state"]["epoch"] == 3
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02")] ^= 1
    file.write_bytes(bytes(content))
    with zipfile.ZipFile(FIXTURE / "state" / "state.pt") as whole, pytest.raises(ValueError):
        assert not whole.comment
        load_state(run)


def test_a_sealed_file_is_read_by_torch_and_by_zip(tmp_path):
    value = {"a": torch.arange(5.0), "b": [1, "x", None]}
    (tmp_path / "x.pt").write_bytes(sealed(value))
    for found in (unsealed(tmp_path / "x.pt"), torch.load(tmp_path / "x.pt", weights_only=True)):
        assert torch.equal(found["a"], value["a"]) and found["b"] == value["b"]
    assert zipfile.is_zipfile(tmp_path / "x.pt")


class Huge:
    """35 bytes of a pickle that ask for two gigabytes."""

    def __reduce__(self):
        return bytearray, (1 << 31,)


@pytest.mark.parametrize("what", [Huge(), collections.Counter("ab"), {1, 2}, torch.device("cpu")])
def test_a_state_names_nothing_but_tensors(half, capsys, what):
    torch.save({"state": what}, half / "state" / "state.pt")
    assert resumed(half) == 1
    assert re.search(r"state\.pt cannot be read \(it names .*, which no s", capsys.readouterr().err)


def test_a_bare_pickle_is_not_opened(half, capsys, monkeypatch):
    (half / "state" / "state.pt").write_bytes(pickle.dumps(Huge(), 2))
    monkeypatch.setattr(torch, "load", None)
    assert resumed(half) == 1
    assert "state.pt cannot be read (it is not whole)" in capsys.readouterr().err


def test_a_state_that_unpacks_to_more_than_it_holds(half, capsys):
    file = half / "state" / "state.pt"
    torch.save({"state": {"x": torch.zeros(1_000_000)}}, file)
    with zipfile.ZipFile(file) as whole:
        entries = {e.filename: whole.read(e) for e in whole.infolist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as small:
        for name, content in entries.items():
            small.writestr(name, content)
    assert resumed(half) == 1
    assert "cannot be read (it unpacks to more than it holds)" in capsys.readouterr().err


def spoil(folder, change):
    """Change a state, without its hash or with a new one."""
    values = load_state(folder)
    change(values["state"])
    (folder / "state" / "state.pt").write_bytes(sealed(values))


def of_optimizer(key, value):
    return lambda state: state["optimizer"]["state"][0].update({key: value})


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["optimizer"]["state"].pop(0),
        lambda s: s["optimizer"]["state"].clear(),
        lambda s: s["optimizer"]["state"].update({99: s["optimizer"]["state"][0]}),
        lambda s: s["optimizer"]["state"].update({"0": s["optimizer"]["state"].pop(0)}),
        lambda s: s["optimizer"]["state"].update({0: []}),
        lambda s: s["optimizer"]["state"][0].pop("step"),
        of_optimizer("more", 1.0),
        of_optimizer("step", 3),
        of_optimizer("step", torch.tensor(3)),
        of_optimizer("step", torch.zeros(4)),
        of_optimizer("exp_avg", torch.zeros(4, 1, 3, 3).double()),
        of_optimizer("exp_avg", torch.zeros(4, 1, 3, 3).long()),
        of_optimizer("exp_avg", torch.zeros(36)),
        of_optimizer("exp_avg", torch.zeros(())),
        of_optimizer("exp_avg_sq", None),
        of_optimizer("exp_avg_sq", "x"),
        lambda s: s["optimizer"]["param_groups"][0].update(params=[0]),
        lambda s: s["optimizer"]["param_groups"][0].update(params=[[]]),
        lambda s: s["optimizer"]["param_groups"][0].pop("params"),
        lambda s: s["optimizer"]["param_groups"].append({}),
        lambda s: s["average"].update({k: v.double() for k, v in s["average"].items()}),
        lambda s: s["best_weights"].update({k: v.int() for k, v in s["best_weights"].items()}),
    ],
)
def test_the_optimisers_state_is_just_its_parameters(half, capsys, change):
    spoil(half, change)
    assert resumed(half) == 1
    assert re.search(
        r"state\.pt cannot be read \(its (optimizer|average|best_weights) ",
        capsys.readouterr().err,
    )


@pytest.mark.parametrize(
    "values",
    [{"lr": "x"}, {"betas": 5}, {"fused": []}, {"weight_decay": None}, {"odd": 1}, {"eps": 1e300}],
)
def test_an_optimisers_settings_are_the_runs_own(home, half, values):
    spoil(half, lambda state: state["optimizer"]["param_groups"][0].update(values))
    assert resumed(half) == 0
    assert left_by(half) == left_by(home / "whole")


@pytest.mark.parametrize("loss", [1e30, 2.1e30, 3.4e38, -1e31])
def test_a_loss_may_be_as_large_as_a_number_gets(half, loss):
    """What training takes and writes, resuming reads: any finite loss, as rates too high give."""
    spoil(half, lambda state: state["history"][0].update(train_loss=loss, val_loss=loss))
    assert resumed(half) == 0
    assert json.loads((half / "log.jsonl").read_text().splitlines()[0])["val_loss"] == loss


@pytest.mark.parametrize("loss", [float("inf"), float("nan")])
def test_a_loss_without_a_value_is_damage(half, capsys, loss):
    spoil(half, lambda state: state["history"][0].update(val_loss=loss))
    assert resumed(half) == 1
    assert "(its history is missing or damaged)" in capsys.readouterr().err


def test_odd_values_beside_the_state(half, capsys):
    laughs = ["ha"]
    for _ in range(40):
        laughs = [laughs, laughs]
    odd = {**load_state(half)["state"]["history"][0], "more": torch.zeros(2)}
    for key, value in (
        ("run", {"net": laughs}),
        ("run", {1: 2}),
        ("state", {**load_state(half)["state"], "history": [odd]}),
        ("preprocessing", []),
        ("preprocessing", {"kind": torch.zeros(2)}),
    ):
        values = load_state(half)
        torch.save({**values, key: value}, half / "state" / "state.pt")
        assert resumed(half) == 1
        said = "history" if key == "state" else key
        assert f"(its {said} is missing or damaged)" in capsys.readouterr().err
        (half / "state" / "state.pt").write_bytes(sealed(values))


def test_a_preprocessing_that_makes_no_sense(half, capsys):
    values = load_state(half)
    for odd in ({"kind": 5}, {"height": [[]]}, {}):
        values["preprocessing"] = odd
        (half / "state" / "state.pt").write_bytes(sealed(values))
        assert resumed(half) == 1
        assert "state.pt cannot be read (its preprocessing" in capsys.readouterr().err


# Folders from elsewhere


@pytest.mark.parametrize("kept", [True, False])
def test_a_file_of_code_is_not_run_on_a_folders_word(home, half, tmp_path, capsys, kept):
    ran = tmp_path / "ran"
    evil = tmp_path / "evil.py"
    own = (home / "own.py").read_text()
    evil.write_text(f"import pathlib\npathlib.Path({str(ran)!r}).touch()\n{own}")
    text = (half / "run.toml").read_text()
    (half / "run.toml").write_text(text.replace(str(home / "own.py"), str(evil)))
    if not kept:
        shutil.rmtree(half / "state")
    for flags in ([], ["--dry-run"]):
        assert main(["train", "--out", str(half), "--resume", *flags]) == 2
        err = capsys.readouterr().err
        assert f"{half / 'run.toml'} names a file of Python code, {evil}:NET, which is not" in err
        assert f"papernets train {evil}:NET with the same flags, or --trust" in err
    for flags in ([], ["--dry-run"]):
        assert main(["train", "--config", str(half / "run.toml"), *flags]) == 2
        assert "names a file of Python code" in capsys.readouterr().err
    assert not ran.exists()
    command = ["train", f"{evil}:NET", "--out", str(half), "--resume", "-q"]
    if kept:
        assert main(command) == 1  # its name is another than the state's
        (home / "own.py").touch()
    else:
        assert main(command) == 0 and ran.exists()


def test_a_network_of_ours_is_gone_on_with_by_its_folder_alone(tmp_path):
    folder = tmp_path / "run"
    flags = ["--out", str(folder), "-q"]
    assert main(["train", "lenet1", "--data", "digits", "--epochs", "1", *flags]) == 0
    assert main(["train", "--resume", *flags]) == 0


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("save_state", "Epoch 1 could not be saved; nothing else was kept where the folder is now"),
        ("save_views", "Epoch 1 could not be saved"),
        ("finish", "The result, best/ and the pictures could not be saved; all epochs are kept"),
    ],
)
@pytest.mark.parametrize("moved", [True, False])
def test_a_folder_that_goes_away_meanwhile(home, tmp_path, monkeypatch, at, said, moved):
    folder, real = tmp_path / "run", getattr(session, at)

    def gone(*given):
        if folder.exists():
            folder.rename(tmp_path / "moved") if moved else shutil.rmtree(folder)
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(session, at, gone)
        with pytest.raises(OSError) as found:
            do(run_of(home), folder)
    text = str(found.value)
    assert f"{folder} is gone: it was removed or moved while the run was going on. {said}" in text
    assert "If it was moved: papernets train --out WHERE --resume" in text
    assert "unfinished" not in text and not folder.exists()
    if moved:
        do(None, tmp_path / "moved", resume=True)
        assert left_by(tmp_path / "moved") == left_by(home / "whole")


@pytest.mark.skipif(os.name != "posix", reason="needs names of any bytes")
def test_a_path_that_is_not_utf_8_is_named(home, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    odd = os.fsdecode(b"caf\xe9")
    shutil.copytree(home / "pictures", odd)
    shutil.copy(home / "own.py", odd + ".py")
    for words in (
        [f"{home / 'own.py'}:NET", "--data", odd],
        [f"{odd}.py:NET", "--data", str(home / "pictures")],
    ):
        for flags in ([], ["--dry-run"]):
            assert main(["train", *words, "--epochs", "1", "--out", "run", *flags]) == 2
            err = capsys.readouterr().err
            assert re.search(r"(data|net): the path .*caf.* is not UTF-8, so that run.toml", err)
    assert not Path("run").exists()
    settings = Run.of({"net": "lenet1", "data": "caf\xe9"}).to_toml()
    assert 'data = "café"' in settings


def test_an_evaluation_is_not_written_through_a_link(done, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "theirs").mkdir()
    (done / "evaluation").symlink_to(tmp_path / "theirs")
    assert main(["evaluate", str(done), "-q"]) == 0
    assert os.listdir(tmp_path / "theirs") == [] and os.listdir("evaluation")
