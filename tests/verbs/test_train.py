"""`papernets.train`: the run that the verb makes, whatever it is given; Python's errors."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from small_runs import DATA, TINY, After, left_by, write_own

import papernets
from papernets.cli import main
from papernets.run.network import build
from papernets.spec import Dense, Flatten, Layer, chain
from papernets.train import outcome
from papernets.train.events import Epoch
from papernets.verbs import interrupt
from papernets.verbs.worded import in_python

SETTINGS = {"epochs": 2, "batch_size": 16, "learning_rate": 0.01}
FLAGS = ["--epochs", "2", "--batch-size", "16", "--set", "learning_rate=0.01"]
TRAIN, VAL, TEST = (
    part.select(part.labels.argsort(stable=True))  # as folders have them
    for part in (DATA.train, DATA.validation, DATA.test)
)
ARRAYS = {
    "train": (TRAIN.images, TRAIN.labels),
    "val": (VAL.images[:, 0].numpy(), VAL.labels.tolist()),
    "test": (list(TEST.images[:, 0]), [DATA.classes[at] for at in TEST.labels]),
}
NAMES = list(DATA.classes)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write_own(folder)
    return folder


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Curves take longer than these runs."""
    monkeypatch.setattr(outcome, "draw", lambda *_: None)


def own(home):
    return f"{home / 'own.py'}:NET"


def run_toml(folder):
    return (folder / "run.toml").read_text()


@pytest.fixture(scope="module")
def run(home, tmp_path_factory):
    """A run from Python, and what it gave."""
    folder = tmp_path_factory.mktemp("runs") / "python"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "draw", lambda *_: None)
        return papernets.train(own(home), home / "pictures", out=folder, **SETTINGS)


def test_the_verb_and_python_make_one_run(home, run, tmp_path, capsys):
    out = tmp_path / "verb"
    words = ["train", own(home), "--data", str(home / "pictures"), "--out", str(out), *FLAGS]
    assert main([*words, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert left_by(run.folder) == left_by(out)
    assert run_toml(run.folder) == run_toml(out)
    printed.pop("out")
    assert {**run.result, "seconds": 0} == {**printed, "seconds": 0}


def test_what_comes_back(run, capsys):
    assert run.test_error == run.result["test_error"] and run.interval == tuple(
        run.result["interval"]
    )
    assert [line["epoch"] for line in run.history] == [1, 2] and run.epochs == 2
    assert pickle.loads(pickle.dumps(run)) == run
    assert repr(run).startswith("Trained(own.py:NET on pictures: test error ")
    assert str(run.folder) in repr(run) and "\n" not in repr(run)
    assert run.predictor().classes == DATA.classes == papernets.load(run.best).classes
    assert capsys.readouterr() == ("", "")


def test_python_goes_on_with_what_the_verb_began_and_prints_as_it_does(home, run, tmp_path, capsys):
    out, said = tmp_path / "stopped", []

    def stop(event):
        said.append(event)
        if isinstance(event, Epoch):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        papernets.train(own(home), str(home / "pictures"), out=out, progress=stop, **SETTINGS)
    assert f"papernets.train(out={str(out)!r}, resume=True)" in stopped.value.__notes__[0]
    done = papernets.train(own(home), out=out, resume=True, progress=True)
    printed = capsys.readouterr()
    assert "going on after epoch 1" in printed.out and "test error" in printed.out
    assert printed.err == "" and left_by(out) == left_by(run.folder)
    assert papernets.train(own(home), out=out, resume=True) == done  # finished: nothing is done


@pytest.mark.parametrize("steps", [1, 5])
def test_ctrl_c_saves_after_the_step_and_is_raised(home, run, tmp_path, monkeypatch, steps):
    class Pressed(After):
        def __init__(self, said):
            super().__init__(steps)

    monkeypatch.setattr("papernets.verbs.train.Interrupt", Pressed)
    out = tmp_path / "stopped"
    with pytest.raises(KeyboardInterrupt):
        papernets.train(own(home), home / "pictures", out=out, **SETTINGS)
    monkeypatch.undo()
    assert (out / "state" / "state.pt").exists() and not (out / "result.json").exists()
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    papernets.train(out=out, resume=True, trust=True)
    assert left_by(out) == left_by(run.folder)


def test_signals_as_python_hears_them():
    halt = interrupt.Interrupt(said=False)
    halt._signalled(2, None)
    assert halt.asked()
    with pytest.raises(KeyboardInterrupt):
        halt._signalled(2, None)
    halt = interrupt.Interrupt(said=False)
    halt._signalled(15, None)
    with pytest.raises(SystemExit) as ended:
        halt.end()
    assert ended.value.code == 143


def test_threads_and_random_numbers_are_the_callers(home, tmp_path):
    torch.manual_seed(5)
    before, state = torch.get_num_threads(), torch.get_rng_state()
    threads = 2 if before == 1 else 1
    papernets.train(
        own(home),
        home / "pictures",
        out=tmp_path / "a",
        threads=threads,
        **SETTINGS | {"epochs": 1},
    )
    assert torch.get_num_threads() == before and torch.equal(torch.get_rng_state(), state)


def test_arrays_and_what_is_resumed_with_them(home, run, tmp_path):
    arrays = {"net": own(home), "data": ARRAYS, "classes": NAMES}
    done = papernets.train(**arrays, out=tmp_path / "a", **SETTINGS)
    weights = [left_by(folder)[0] for folder in (done.folder, run.folder)]
    assert weights[0] == weights[1]  # the same pictures, in files there
    assert 'data = "memory:arrays"' in run_toml(done.folder) and done.result["data"] == "arrays"
    again = papernets.train(**arrays, out=tmp_path / "a", resume=True)
    assert again == done
    with pytest.raises(ValueError, match="is not what it was when the run in"):
        (done.folder / "result.json").unlink()
        other = {**ARRAYS, "train": (DATA.train.images.flip(0), DATA.train.labels)}
        papernets.train(own(home), other, classes=NAMES, out=tmp_path / "a", resume=True)
    with pytest.raises(ValueError, match="pictures that were given in Python, and nothing on"):
        papernets.train(own(home), out=tmp_path / "a", resume=True)
    tested = papernets.evaluate(done, ARRAYS, classes=NAMES)
    assert tested.error == done.test_error and tested.part == "test"


def test_what_is_wrong_is_told_in_pythons_words(home, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(
        FileNotFoundError, match=r"holds no run to resume: it has no run\.toml"
    ) as no:
        papernets.train(own(home), ARRAYS, classes=NAMES, out=empty, resume=True)
    assert "leave resume=True out" in str(no.value) and "--" not in str(no.value)
    for wrong in ({"trust": "x"}, {"resume": 1}):
        ((name, value),) = wrong.items()
        with pytest.raises(ValueError, match=f"{name}={value!r}: give True or False"):
            papernets.train(own(home), ARRAYS, classes=NAMES, out=empty, **wrong)
    with pytest.raises(ValueError, match="strict='no': give True or False"):
        papernets.evaluate("lenet1", strict="no")
    with pytest.raises(ValueError, match=r"unknown key .learnin_rate.\. Did you mean") as unknown:
        papernets.train(own(home), ARRAYS, classes=NAMES, learnin_rate=0.1)
    assert "All keys, with their values: papernets train lenet5 --dry-run" in str(unknown.value)
    assert len(str(unknown.value)) < 200


def test_a_pair_is_drawn_into_parts_as_a_folder_is(home, tmp_path):
    pair = (DATA.train.images, DATA.train.labels)
    done = papernets.train(own(home), pair, out=tmp_path / "a", **SETTINGS | {"epochs": 1})
    assert done.result["test_images"] == 6 and done.predictor().classes == ("0", "1", "2")


def test_a_data_set_that_is_open(home, tmp_path):
    done = papernets.train(own(home), DATA, out=tmp_path / "a", **SETTINGS | {"epochs": 1})
    assert done.result["data"] == "stripes"
    assert papernets.evaluate(done, DATA).to_dict()["errors"] == round(30 * done.test_error)
    with pytest.raises(ValueError, match=r"whose parts are made already: val_share=0.5"):
        papernets.train(own(home), DATA, out=tmp_path / "b", val_share=0.5)
    with pytest.raises(ValueError, match="has pictures of 1 channel, and lenet5 sees 3"):
        papernets.train("lenet5", DATA, channels=3, out=tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_networks_as_values(home, run, tmp_path):
    quick = SETTINGS | {"epochs": 1}
    named = papernets.net("lenet1", classes=3, input=20)
    done = papernets.train(named, DATA, out=tmp_path / "named", **quick)
    lines = run_toml(done.folder).splitlines()
    assert lines[0] == 'net = "lenet1"' and "input = [20, 20]" in lines
    done = papernets.train(TINY, ARRAYS, classes=NAMES, out=tmp_path / "own", **SETTINGS)
    assert left_by(done.folder)[0] == left_by(run.folder)[0]  # the same layers, in a file there
    assert run_toml(done.folder).splitlines()[0].endswith('/tiny.py:NET"')
    assert papernets.train(TINY, ARRAYS, classes=NAMES, out=tmp_path / "own", resume=True) == done

    class Odd(Layer):
        """A layer that no text makes."""

    odd = replace(TINY, body=chain({"odd": Odd(), "flatten": Flatten(), "out": Dense(3)}))
    with pytest.raises(ValueError, match="'tiny' has layers of your own: put the network into"):
        papernets.train(odd, DATA, out=tmp_path / "odd")


def test_a_module_begins_with_its_weights_and_stays_as_it_is(tmp_path):
    torch.manual_seed(0)
    model = build(TINY)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    done = papernets.train(model, DATA, out=tmp_path / "a", **SETTINGS | {"learning_rate": 1e-12})
    after = done.predictor().model.state_dict()
    assert all(torch.allclose(after[name], value) for name, value in before.items())
    assert all(torch.equal(model.state_dict()[name], value) for name, value in before.items())
    assert done.result["begun"]["fitted"] == {}  # its classifier has these classes
    assert f'weights = "{done.folder / "begin"}"' in run_toml(done.folder)
    with pytest.raises(ValueError, match="two beginnings"):
        papernets.train(model, DATA, weights="lenet5")


def begun(folder, net, **settings):
    """The settings of a run that is stopped as it begins."""

    def stop(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        papernets.train(net, "digits", out=folder, progress=stop, epochs=1, **settings)
    return run_toml(folder)


def test_a_bundle_is_gone_on_from(tmp_path):
    one = begun(tmp_path / "a", "lenet1", weights=papernets.load("lenet1").bundle.folder)
    assert one == begun(tmp_path / "b", papernets.load("lenet1"))
    with pytest.raises(ValueError, match="two beginnings: give one of them"):
        papernets.train(papernets.load("lenet1").bundle.folder, "digits", weights="lenet1")


def test_a_run_can_be_moved_with_its_own_network(home, run, tmp_path, monkeypatch):
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    out, moved = copy / "run", tmp_path / "elsewhere" / "run"

    def stop(event):
        if isinstance(event, Epoch):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        papernets.train(own(copy), home / "pictures", out=out, progress=stop, **SETTINGS)
    (copy / "own.py").unlink()
    moved.parent.mkdir()
    out.rename(moved)
    assert main(["train", "--out", str(moved), "--resume"]) == 2  # its code is nobody's word
    with pytest.raises(ValueError, match="names a file of Python code"):
        papernets.train(out=moved, resume=True)
    (kept,) = moved.glob("own/*/own.py")
    kept.write_text("# changed\n" + (home / "own.py").read_text())
    with pytest.raises(ValueError, match=r"own.py is not the file with which the run began"):
        papernets.train(out=moved, resume=True, trust=True)
    shutil.copy(home / "own.py", kept)
    assert main(["train", "--out", str(moved), "--resume", "--trust", "--quiet"]) == 0
    assert left_by(moved) == left_by(run.folder)


def test_another_file_of_the_same_name_is_not_the_runs(home, run, tmp_path):
    other = tmp_path / "own.py"
    other.write_text((home / "own.py").read_text() + "\n# mended\n")
    with pytest.raises(ValueError, match=r"contradicts it. Leave it out"):
        papernets.train(f"{other}:NET", out=run.folder, resume=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"lr": 0.1}, r"papernets.train: unknown key 'lr'. Did you mean 'learning_rate'\?"),
        ({"epochs": "3"}, "epochs takes a whole number, not '3'"),
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"net": 3}, "net is an int: give a network's name, FILE.py:NAME"),
        ({"net": "lenet6"}, "unknown network 'lenet6'. Did you mean 'lenet"),
        ({"data": 3.5}, r"data is a float: give a name, a path, papernets.data.open\(...\)"),
        ({"classes": ["a"]}, "classes= names the labels of arrays"),
        ({"resume": True}, "resume=True needs out=, the folder of the run to continue"),
        ({"device": "cuda:9"}, "unknown device 'cuda:9'. Devices: auto, cpu"),
        ({"val_share": 0, "keep": "best"}, "keep='last', or hold some out, val_share=0.1"),
        ({"freeze_to": "C1"}, "is for a run that begins with weights: weights=BUNDLE"),
        ({"augment": {"flipp": 1}}, "unknown key 'flipp' in augment. Did you mean 'flip'"),
        ({"data": (DATA.train.images,)}, r"give a pair \(images, labels\), not a tuple"),
        ({"data": (DATA.train.images.float(), [0])}, r"float32: give uint8 .* as uint8"),
        ({"data": (DATA.train.images, DATA.test.labels)}, "60 pictures and 30 labels"),
        ({"data": (DATA.train.images, DATA.train.labels / 2)}, "labels are float32: give whole"),
        ({"data": (DATA.train.images, DATA.train.labels), "classes": ["a", "b"]},
         "arrays train picture 2: label 2 among 2 classes"),
        ({"data": (DATA.train.images[:2], [-1, 1])}, "picture 0: label -1: they begin at 0"),
        ({"data": (DATA.train.images[:2], [10**18, 10**18])}, "one class, '1000000000000000000'"),
        ({"data": (DATA.train.images, DATA.train.labels), "classes": ["a", "b", "a"]},
         "arrays: two classes are called 'a'"),
        ({"data": (DATA.train.images, DATA.train.labels), "classes": "abc"},
         r"must be names in the order of the labels, not 'abc': classes=\["),
        ({"data": (DATA.train.images, DATA.train.labels), "classes": ["a", " ", "c"]},
         "arrays: a class is called ' '"),
        ({"data": (DATA.train.images[:2], ["a", "\udc80"])}, "characters that no file can hold"),
        ({"data": (DATA.train.images.to("meta"), DATA.train.labels)}, "tensor on meta of .*uint8"),
        ({"out": 5}, "out is an int: give a path"),
        ({"out": "a\0b"}, "has a zero byte, which no path has"),
        ({"config": 5}, "config is an int: give a path"),
        ({"progress": 5}, "progress is an int: give True, or a function"),
        ({"data": {"trainee": (1, 2)}}, "a part called 'trainee': parts are train, val and test"),
        ({"data": {"train": (DATA.train.images[:2], [0, 1]), "test": (DATA.test.images[:1], [2])}},
         "class '2' is not in the training part"),
        ({"data": {"train": (DATA.train.images[:2], [0, 0])}}, "only one class, '0'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_pythons_words(given, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = {"net": "lenet1", "data": "digits", **given}
    with pytest.raises((ValueError, OSError), match=said) as error:
        papernets.train(**whole)
    words = str(error.value).replace("papernets train lenet5 --dry-run", "")  # a command stays one
    assert "--" not in words and os.listdir(tmp_path) == []


def test_a_taken_folder_is_told(run):
    with pytest.raises(FileExistsError, match=r"holds a run already.* or give another out="):
        papernets.train("lenet1", "digits", out=run.folder)


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("take --set keep=last, or --val-share 0.1", "take keep='last', or val_share=0.1"),
        ("give --set augment.area=1", "give augment={'area': 1}"),
        ("--device auto takes what there is", "device='auto' takes what there is"),
        ("--resume needs --out, the folder", "resume=True needs out=, the folder"),
        ("without --strict they are left out", "without strict=True they are left out"),
        ("--data PATH, or --set loss=map.", "data=PATH, or loss='map'."),
        ("run papernets train a --out b; or --out", "run papernets train a --out b; or out="),
    ],
)
def test_flags_become_arguments_and_commands_stay(text, python):
    assert in_python(text) == python


def test_a_script_needs_no_main_and_imports_no_torch_before(home, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, papernets\n"
        "assert 'torch' not in sys.modules and callable(papernets.train)\n"
        "assert 'torch' not in sys.modules\n"
        f"done = papernets.train({own(home)!r}, {str(home / 'pictures')!r}, epochs=1)\n"
        "print(done.folder)\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert ran.stderr == "" and ran.stdout.strip() == str(tmp_path / "runs" / "own-pictures-1")
