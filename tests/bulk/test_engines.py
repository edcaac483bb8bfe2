"""Engines for large data take a predictor as it is, and answer as `papernets predict -o` does."""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from many_pictures import digits_in, done, job_of
from PIL import Image

import papernets
from papernets.bundle.load import load_bundle

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """60 digits, every ninth of which is no picture."""
    return digits_in(tmp_path_factory.mktemp("engines") / "digits", 60, bad=9)


@pytest.fixture(scope="module")
def told(digits, tmp_path_factory):
    """What `predict -o` says of them, by their names."""
    output = tmp_path_factory.mktemp("answers") / "a.jsonl"
    done(job_of(load_bundle("lenet5"), digits, output, batch=None))
    lines = map(json.loads, output.read_text().splitlines())
    return {
        one["file"]: (one.get("label", ""), one.get("score"), one.get("error", "")) for one in lines
    }


def as_told(rows):
    """Rows of columns in the form of `told`."""
    of = zip(rows["file"], rows["label"], rows["score"], rows["error"], strict=True)
    return {f: (la, None if np.isnan(score) else score, error) for f, la, score, error in of}


def test_batches_of_any_size_have_the_same_figures(digits, told):
    predictor = papernets.load("lenet5")
    files = list(told)
    contents = np.array([open_bytes(name) for name in files], dtype=object)
    for step in (1, 7, 60):
        found = {}
        for at in range(0, len(files), step):
            some = slice(at, at + step)
            found |= as_told(predictor.batch({"path": files[some], "bytes": contents[some]}))
        assert found == told
    assert as_told(pickle.loads(pickle.dumps(predictor)).batch({"item": files})) == told


def open_bytes(name):
    with open(name, "rb") as file:
        return file.read()


def test_what_is_sent_is_the_weights_and_little_more(digits):
    for name in ("lenet1", "lenet5", "resnet20"):
        predictor = papernets.load(name)
        predictor.batch({"path": [str(digits / "0.png")]})
        weights = sum(
            one.numel() * one.element_size() for one in predictor.model.state_dict().values()
        )
        assert len(pickle.dumps(predictor)) < 1.1 * weights + 20_000


def test_a_predictor_that_was_sent_needs_no_folder(digits, tmp_path):
    folder = papernets.save(papernets.create_model("lenet1", weights="lenet1"), tmp_path / "b")
    sent = pickle.dumps(papernets.load(folder))
    (tmp_path / "b").rename(tmp_path / "gone")
    (found,) = pickle.loads(sent).batch({"path": [str(digits / "0.png")]})["label"]
    assert found == papernets.load("lenet1").predict(str(digits / "0.png")).label


def test_pictures_of_every_kind_and_top(digits):
    predictor, path = papernets.load("lenet5"), str(digits / "0.png")
    with Image.open(path) as image:
        array = np.asarray(image.convert("RGB"))
    wanted = predictor.batch({"path": [path]}, top=3)
    assert list(wanted) == [
        *("file", "label", "score", "error", "label_2", "score_2", "label_3", "score_3")
    ]
    for given in (
        {"image": np.stack([array])},
        {"x": [open_bytes(path)]},
        {"item": [image_of(path)]},
    ):
        found = predictor.batch(given, column="x" if "x" in given else "", top=3)
        assert found["file"].tolist() == ["picture 0"]
        assert all(found[key].tolist() == wanted[key].tolist() for key in wanted if key != "file")
    bad = predictor.batch({"item": [None, 3.5, "", path]})
    assert bad["label"].tolist()[:3] == ["", "", ""] and np.isnan(bad["score"][:3]).all()
    assert bad["error"][0].startswith("None: give a path, the bytes of a file")
    assert bad["label"][3] == wanted["label"][0]
    assert predictor.batch({"path": []})["score"].shape == (0,)


def image_of(path):
    with Image.open(path) as image:
        return image.copy()


def test_a_model_that_was_changed_answers_as_it_is(digits):
    predictor, path = papernets.load("lenet1"), {"path": [str(digits / "0.png")]}
    before = predictor.batch(path)["score"]
    with torch.no_grad():
        for one in predictor.model.parameters():
            one.mul_(0.5)
    assert predictor.batch(path)["score"] != before


def test_a_batch_without_pictures_is_told_what_it_has():
    predictor = papernets.load("lenet1")
    with pytest.raises(ValueError, match=r"no column of pictures: call it bytes, .*has 'a', 'b'$"):
        predictor.batch({"a": [1], "b": [2]})
    with pytest.raises(ValueError, match=r"no column 'pth'\. Did you mean 'path'\? The batch has"):
        predictor.batch({"path": ["a"]}, column="pth")
    with pytest.raises(ValueError, match="top=0: give a whole number of at least 1"):
        predictor.batch({"path": ["a"]}, top=0)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_ray_data_says_the_same(digits, told, monkeypatch):
    monkeypatch.setenv("RAY_worker_niceness", "0")  # 15 is never, on a machine that others use
    ray = pytest.importorskip("ray")
    pytest.importorskip("ray.data")
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=100 << 20,
        _node_ip_address="127.0.0.1",  # tests leave this machine alone, and its network
    )
    try:
        pictures = ray.data.read_binary_files(str(digits), include_paths=True)
        answers = pictures.map_batches(papernets.load("lenet5").batch, batch_size=16)
        found = answers.take_all()
    finally:
        ray.shutdown()
    assert as_told({key: [row[key] for row in found] for key in found[0]}) == told


@pytest.mark.slow
def test_spark_says_the_same(digits, told, tmp_path):
    """The lines of docs/bulk.md as they stand, on two cores, with other names of files."""
    pytest.importorskip("pyspark", reason="pip install pyspark")
    parquet = pytest.importorskip("pyarrow.parquet")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java")
    page = (ROOT / "docs/bulk.md").read_text()
    (lines,) = re.findall(r"^```\n([^`]*pyspark[^`]*)^```$", page, re.M)
    for name, own in {
        "/data/photos": str(digits),
        "/data/answers": str(tmp_path / "answers"),
        "resnet20": "lenet5",
    }.items():
        assert f'"{name}"' in lines
        lines = lines.replace(f'"{name}"', repr(own))
    (tmp_path / "lines.py").write_text(lines)
    own = {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "SPARK_LOCAL_IP": "127.0.0.1",  # tests leave this machine alone, and its network
    }
    ended = subprocess.run(
        [sys.executable, "lines.py"],
        cwd=tmp_path,
        env=os.environ | own,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    rows = parquet.read_table(tmp_path / "answers").to_pydict()
    rows["file"] = [name.removeprefix("file:") for name in rows["file"]]
    rows["score"] = [np.nan if score is None else score for score in rows["score"]]
    assert as_told(rows) == told


@pytest.mark.filterwarnings("default")
def test_a_frame_is_a_batch_as_spark_hands_it_over(told):
    pandas = pytest.importorskip("pandas")
    predictor = papernets.load("lenet5")
    frame = pandas.DataFrame({"path": list(told)})
    parts = [pandas.DataFrame(predictor.batch(frame[at : at + 17])) for at in range(0, 60, 17)]
    assert as_told(pandas.concat(parts)) == told


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_dask_says_the_same(told):
    pandas = pytest.importorskip("pandas")
    dask = pytest.importorskip("dask.dataframe")
    predictor = papernets.load("lenet5")
    frame = pandas.DataFrame({"path": list(told)})
    kinds = {"file": str, "label": str, "score": float, "error": str}
    several = dask.from_pandas(frame, npartitions=3).map_partitions(
        lambda some: pandas.DataFrame(predictor.batch(some)), meta=kinds
    )
    assert as_told(several.compute(scheduler="synchronous")) == told
