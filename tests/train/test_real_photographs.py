"""Real photographs from the command line: a folder with its mess, and encoded CIFAR-10."""

import json
import shutil

import pytest

from papernets.cli import main
from papernets.train import outcome

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def broken(shared_data, tmp_path_factory):
    """ants-bees with all its mess, and with a file cut short and a text called .jpg."""
    if not (shared_data / "ants-bees").is_dir():
        pytest.skip("no ants-bees")
    root = tmp_path_factory.mktemp("broken") / "insects"
    shutil.copytree(shared_data / "ants-bees", root, copy_function=shutil.copyfile)
    first = min((root / "train" / "ants").glob("*.jpg"))
    first.write_bytes(first.read_bytes()[: first.stat().st_size // 2])
    (root / "train" / "bees" / "notes.jpg").write_text("not a picture")
    return root


def results(capsys, *arguments):
    assert main([*map(str, arguments), "--json"]) == 0
    out, err = capsys.readouterr()
    return json.loads(out), err


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v1", "googlenet"])
def test_train_evaluate_and_predict_on_a_folder_with_its_mess(
    broken, tmp_path, capsys, monkeypatch, name
):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    own = ["--epochs", "1", "--set", "input=96"]
    arguments = ["train", name, "--data", broken, "--out", tmp_path / "run", *own]
    trained, err = results(capsys, *arguments)
    assert trained["recipe"] == "modern" and trained["test_images"] == 153
    assert "notes.jpg: not a picture" in err and ".jpg: cut short" in err
    assert sum("skipped: " in line for line in err.splitlines()) == 2
    tested, _ = results(capsys, "evaluate", tmp_path / "run")
    assert tested["error"] == trained["test_error"] and tested["skipped"] == []
    answers, _ = results(capsys, "predict", tmp_path / "run", broken / "val")
    wrong = {one["file"] for one in tested["mistakes"]}
    by_file = {one["file"]: one for one in answers}
    assert len(answers) == 153 and wrong <= set(by_file)
    for one in tested["mistakes"]:
        said = by_file[one["file"]]
        assert said["label"] == one["predicted"]
        assert said["score"] == pytest.approx(one["score"], abs=1e-5)


def test_resnet20_learns_encoded_cifar10(shared_data, tmp_path, capsys, monkeypatch):
    """The smaller file alone, 8,000 pictures to train: chance is 90 % wrong."""
    file = shared_data / "cifar10-jpeg" / "test-00000-of-00001.parquet"
    if not file.is_file():
        pytest.skip("no cifar10-jpeg")
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    out = tmp_path / "run"
    own = ["--recipe", "cifar", "--epochs", "2"]
    trained, _ = results(capsys, "train", "cifar_resnet20", "--data", file, "--out", out, *own)
    assert trained["test_images"] == pytest.approx(1000, rel=0.1) and trained["test_error"] < 0.7
    tested, _ = results(capsys, "evaluate", out)
    assert tested["error"] == trained["test_error"]
    assert tested["top_k_error"]["5"] < 0.25
    assert tested["classes"][0]["name"] == "airplane"
