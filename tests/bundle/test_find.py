"""What a word means: a network, a bundle, a run, or nothing; then it is said what would work."""

import shutil
from pathlib import Path

import pytest
import torch
from small_bundles import INFO, model_of

from papernets.bundle.create import create_model
from papernets.bundle.find import (
    SHIPPED,
    bundle_meant,
    find_bundle,
    named,
    same_network,
    shipped,
)
from papernets.bundle.load import load_bundle
from papernets.cli import main


def test_a_file_of_weights_is_no_bundle(tmp_path, capsys):
    """What takes it is said, in Python and at the prompt; what is said works."""
    model, file = model_of(), tmp_path / "own weights.pth"
    torch.save(model.state_dict(), file)
    with pytest.raises(ValueError) as caught:
        create_model("lenet5_keras_28", weights=file)
    said = str(caught.value)
    assert said.startswith(f"{file} is a PyTorch file, not a bundle, which is a folder. ")
    assert f"papernets convert '{file}' --net NAME --out OUT" in said
    assert f"torch.load({str(file)!r}, weights_only=True)" in said and "from_peer" in said
    for verb in ("evaluate", "explain"):
        assert main([verb, str(file)]) == 1
        assert "is a PyTorch file, not a bundle" in capsys.readouterr().err
    again = create_model("lenet5_keras_28", weights=torch.load(file, weights_only=True)).eval()
    words = ["convert", str(file), "--net", "lenet5_keras_28", "--out", str(tmp_path / "made")]
    assert main(words) == 0
    x = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    assert torch.equal(again(x), model(x))
    assert torch.equal(load_bundle(tmp_path / "made").model(x), model(x))


def test_files_that_are_missing(bundle, tmp_path):
    (bundle / "weights.safetensors").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"bundle is not a bundle: it has no weights\.safete"
    ):
        load_bundle(bundle)
    (bundle / "bundle.json").unlink()
    message = (
        r"is neither a bundle nor a finished run: it has neither bundle\.json nor best/bundle\.json"
    )
    with pytest.raises(FileNotFoundError, match=message):
        load_bundle(bundle)
    with pytest.raises(FileNotFoundError, match="is neither a bundle nor a finished run"):
        create_model(bundle)
    with pytest.raises(FileNotFoundError, match=r"no bundle '.*none': give a bundle's folder"):
        load_bundle(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match=r"Train it: papernets train lecture_cnn; then"):
        load_bundle("lecture_cnn")


def test_a_first_bundle_is_found_between_its_two_files(bundle):
    run = bundle.parent / "run"
    run.mkdir()
    bundle.rename(run / "last")
    (run / "last" / "bundle.json").unlink()
    assert find_bundle(run) == run / "last" and load_bundle(run).info == INFO


def test_a_folder_that_only_has_a_networks_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet1").mkdir()
    assert create_model("lenet1").net.name == "lenet1"
    (tmp_path / "lecture_cnn").mkdir()
    with pytest.raises(
        FileNotFoundError, match="lecture_cnn is neither a bundle nor a finished run"
    ):
        load_bundle("lecture_cnn")


def test_a_run_that_has_no_bundle_yet(tmp_path):
    run = tmp_path / "my run"
    (run / "best" / "1").mkdir(parents=True)
    (run / "1").mkdir()
    for folder in (run, run / "1"):
        (folder / "run.toml").write_text("net = 'boosted_lenet4'\n")
    for given in (run, run / "best", run / "1"):
        with pytest.raises(FileNotFoundError) as found:
            load_bundle(given)
        said = f"{given} is not finished and has no bundle.json yet. Go on with it: papernets train"
        assert f"{said} --out '{run}' --resume" in str(found.value)


@pytest.fixture
def places(bundle, monkeypatch):
    """The present folder, with a bundle, a run, folders of networks' names, an empty one."""
    monkeypatch.chdir(bundle.parent)
    for name in ("run/best", "lenet1", "run/lenet4"):
        shutil.copytree(bundle, name)
    Path("empty").mkdir()
    Path("lenet4").mkdir()
    Path("own.py").write_text("from papernets.nets import net\nNET = net('lenet1')\n")
    return bundle.parent


MEANT = {  # a word, and what it means where a network and where a bundle is asked for
    "bundle": ("bundle", "bundle"),
    "bundle/bundle.json": ("bundle", "bundle"),
    "bundle/weights.safetensors": ("bundle", "bundle"),
    "run": ("run/best", "run/best"),
    "lenet1": (None, "lenet1"),
    "run/lenet4": ("run/lenet4", "run/lenet4"),
    "lenet4": (None, SHIPPED / "lenet4"),
    "LeNet-5": (None, SHIPPED / "lenet5"),
    "lenet5_scan": (SHIPPED / "lenet5_scan", SHIPPED / "lenet5_scan"),
    "LeNet5-Scan": (SHIPPED / "lenet5_scan", SHIPPED / "lenet5_scan"),
    "../weights/lenet5_scan": (None, None),
    "vgg16": (None, None),
    "nonsense": (None, None),
    "own.py": (None, None),
    "own.py:NET": (None, None),
}


@pytest.mark.parametrize(("word", "network", "folder"), [(w, *both) for w, both in MEANT.items()])
def test_what_a_word_means(places, word, network, folder):
    assert bundle_meant(word) == (network and Path(network))
    if folder is None:
        with pytest.raises(FileNotFoundError):
            find_bundle(word)
    else:
        assert find_bundle(word) == find_bundle(Path(word)) == Path(folder)


def test_a_folder_that_means_nothing(places):
    with pytest.raises(FileNotFoundError, match="empty is neither a bundle nor a finished run"):
        bundle_meant("empty")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("lenet5", "LeNet-5", True),
        ("lenet5_1998", "lenet5", True),
        ("lenet5", "lenet4", False),
        ("lenet5", "nonsense", False),
        ("nonsense", "nonsense", False),
        ("here/own.py:NET", "own.py:NET", True),
        ("own.py:NET", "own.py:OTHER", False),
        ("own.py:lenet5", "lenet5", False),
    ],
)
def test_names_of_one_network(one, other, same):
    assert same_network(one, other) == same_network(other, one) == same


def test_a_word_runs_no_code(evil):
    ran = evil.with_suffix(".ran")
    for word in ("evil.py", "evil.py:NET", str(evil)):
        assert bundle_meant(word) is shipped(word) is None and not named(word)
        with pytest.raises(FileNotFoundError):
            find_bundle(word)
    assert not ran.exists()
