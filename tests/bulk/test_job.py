"""Answers are written as they come; whatever stops the work, no line is lost and none twice."""

import csv
import errno
import json
import os
import random
import shutil
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from many_pictures import digits_in, done, job_of, killed, left

import papernets
from papernets.bulk import job as jobs
from papernets.bulk.appended import DiskFull
from papernets.bulk.begun import check_new
from papernets.bulk.job import run
from papernets.bulk.manifest import manifest_of, read_manifest
from papernets.bundle.digest import digest_of
from papernets.bundle.load import load_bundle

OUTPUTS = [("a.jsonl", ""), ("a.csv", ""), ("a.parquet", ""), ("a.parquet", "C3"), ("a.npy", "F6")]


@pytest.fixture(scope="module")
def bundle():
    return load_bundle("lenet5")


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """45 digits, every seventh of which is no picture."""
    return digits_in(tmp_path_factory.mktemp("many") / "digits", 45, bad=7)


def contents(folder):
    """What was written, by name, without the manifests."""
    return {n: (folder / n).read_bytes() for n in left(folder) if not n.endswith("manifest.json")}


@pytest.fixture(autouse=True)
def always(monkeypatch):
    """Every batch is noted, as if each took long."""
    monkeypatch.setattr(jobs, "EVERY", 0.0)


def test_every_format_says_what_the_predictor_says(bundle, digits, tmp_path):
    predictor = papernets.load("lenet5")
    files = [str(digits / f"{n}.png") for n in range(45)]
    wanted = predictor.batch({"path": files}, top=2)
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        told = done(job_of(bundle, digits, tmp_path / name))
        assert (told.rows, told.errors, told.complete) == (45, 7, True)
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [one["file"] for one in lines] == files == wanted["file"].tolist()
    with open(tmp_path / "a.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    table = pq.read_table(tmp_path / "a.parquet").to_pylist()
    for at, (line, row, of_table) in enumerate(zip(lines, rows, table, strict=True)):
        label, score = wanted["label"][at], wanted["score"][at]
        if error := wanted["error"][at]:
            assert line["error"] == row["error"] == of_table["error"] == error
            assert of_table["label"] is None and row["label"] == ""
            continue
        assert (line["label"], line["score"]) == (label, score)
        assert (row["label"], float(row["score"])) == (label, score)
        assert (of_table["label"], of_table["score"]) == (label, score)
        assert of_table["top"] == line["top"] and len(line["top"]) == 2
        assert float(row["score_2"]) == wanted["score_2"][at] == line["top"][1]["score"]


def test_features_are_those_of_the_layer(bundle, digits, tmp_path):
    done(job_of(bundle, digits, tmp_path / "a.npy", layer="F6"))
    done(job_of(bundle, digits, tmp_path / "b.parquet", layer="C3"))
    found = np.load(tmp_path / "a.npy")
    table = pq.read_table(tmp_path / "b.parquet")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert found.shape == (45, 84) and found.dtype == np.float32
    assert json.loads(table.schema.metadata[b"papernets"]) == {"features": [16, 10, 10]}
    predictor = papernets.load("lenet5")
    for at in (0, 2, 44):
        seen = predictor.preprocess(str(digits / f"{at}.png"))[None]
        own = {k: v.detach().numpy() for k, v in bundle.model.features(seen, ["F6", "C3"]).items()}
        assert np.allclose(found[at], own["F6"], atol=1e-5)
        maps = np.array(table["features"][at].as_py()).reshape(16, 10, 10)
        assert np.allclose(maps, own["C3"], atol=1e-5)
    bad = [at for at, line in enumerate(lines) if "error" in line]
    assert np.isnan(found[bad]).all() and not np.isnan(found[0]).any()
    assert table["features"][bad[0]].as_py() is None


@pytest.mark.parametrize(("name", "layer"), OUTPUTS)
def test_what_was_killed_goes_on_to_the_same_bytes(
    name, layer, bundle, digits, tmp_path, monkeypatch
):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    done(job_of(bundle, digits, whole / name, layer=layer))
    job = job_of(bundle, digits, cut / name, layer=layer)
    monkeypatch.setattr(jobs, "EVERY", 0.0)
    rng = random.Random(name + layer)
    killed(job, 0, monkeypatch)
    rows = 0
    for _ in range(4):
        monkeypatch.setattr(jobs, "EVERY", rng.choice([0.0, 1e9]))
        killed(job, rng.randrange(3), monkeypatch, resume=True)
        assert read_manifest(cut / name).progress.rows >= rows
        rows = read_manifest(cut / name).progress.rows
        for path in cut.iterdir():  # and what was written after it was noted, in part
            if not path.name.endswith("manifest.json"):
                with open(path, "ab") as file:
                    file.write(b'{"file": "half')
    told = done(job, resume=True)
    assert told.complete and told.new == 45 - rows
    assert contents(cut) == contents(whole)
    assert done(job, resume=True).new == 0, "it is complete"
    assert contents(cut) == contents(whole)


def test_what_is_called_npy_is_whole(bundle, digits, tmp_path, monkeypatch):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    job = job_of(bundle, digits, cut / "a.npy", layer="F6")
    done(replace(job, output=whole / "a.npy"))
    killed(job, 2, monkeypatch)
    assert not job.output.exists()
    # begun when arrays had their name from the beginning, or killed before the manifest said so
    (cut / "a.npy.values").rename(job.output)
    assert done(job, resume=True).complete
    assert len(np.load(job.output)) == 45 and contents(cut) == contents(whole)


def test_a_stop_that_is_told_loses_no_line(bundle, digits, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "EVERY", 1e9)
    work = run(job_of(bundle, digits, tmp_path / "a.csv"))
    for _ in range(3):
        next(work)
    with pytest.raises(KeyboardInterrupt):
        work.throw(KeyboardInterrupt)
    assert read_manifest(tmp_path / "a.csv").progress.rows == 16
    assert len((tmp_path / "a.csv").read_bytes().splitlines()) == 17


def test_an_output_that_exists_is_not_written_over(bundle, digits, tmp_path):
    job = job_of(bundle, digits, tmp_path / "a.csv")
    done(job)
    before = contents(tmp_path)
    with pytest.raises(FileExistsError, match=r"a\.csv exists.*--resume goes on with it"):
        done(job)
    manifest_of(tmp_path / "a.csv").unlink()
    with pytest.raises(FileExistsError, match=r"a\.csv exists.*or give another name with -o"):
        check_new(tmp_path / "a.csv")
    with pytest.raises(FileExistsError, match="without a manifest"):
        done(job, resume=True)
    assert contents(tmp_path) == before


def test_a_resume_without_anything_begins(bundle, digits, tmp_path):
    assert done(job_of(bundle, digits, tmp_path / "a.csv"), resume=True).new == 45


def test_what_differs_from_what_was_begun_is_named(bundle, digits, tmp_path, monkeypatch):
    job = job_of(bundle, digits, tmp_path / "a.csv")
    killed(job, 2, monkeypatch)
    other = tmp_path / "other"
    digits_in(other, 3)
    for changed, said in (
        ({"bundle": load_bundle("lenet1")}, "the bundle is lenet1 of .*, and was lenet5 of"),
        ({"top": 5}, "--top is 5, and was 2"),
        ({"batch": 16}, "--batch-size is 16, and was 8"),
        ({"names": [str(other)]}, "the pictures are .*other, and were .*digits"),
        ({"part": jobs.Part(1, 2)}, "the shard is 1/2, and was 1/1"),
    ):
        with pytest.raises(ValueError, match=f"was begun otherwise: {said}"):
            done(replace(job, **changed), resume=True)
    assert done(job, resume=True).complete


def test_pictures_that_come_or_go_before_the_place_are_known(bundle, tmp_path, monkeypatch):
    folder = digits_in(tmp_path / "d", 30)
    job = job_of(bundle, folder, tmp_path / "a.csv")
    killed(job, 2, monkeypatch)
    (folder / "3.png").rename(folder / "3b.png")
    with pytest.raises(ValueError, match="among the first 8 pictures some have come, gone"):
        done(job, resume=True)
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="8 were gone through, and there are 1"):
        done(job, resume=True)


def test_a_file_that_was_cut_short_by_others_is_known(bundle, digits, tmp_path, monkeypatch):
    job = job_of(bundle, digits, tmp_path / "a.csv")
    killed(job, 2, monkeypatch)
    os.truncate(tmp_path / "a.csv", 100)
    with pytest.raises(ValueError, match=r"a.csv has 100 bytes, and [0-9,]+ were written"):
        done(job, resume=True)


def test_a_manifest_that_nobody_wrote_is_refused(bundle, digits, tmp_path):
    job = job_of(bundle, digits, tmp_path / "a.csv")
    done(job)
    path = manifest_of(job.output)
    whole = json.loads(path.read_text())
    for changed, said in (
        ({"schema": 2}, "has schema 2; this version of papernets reads 1"),
        ({"shard": "one"}, "'shard' is \"one\", not a shard such as 1/4"),
        ({"progress": {"rows": -1}}, "has no 'errors'|'rows' is -1"),
    ):
        path.write_text(json.dumps(whole | changed))
        with pytest.raises(ValueError, match=said):
            done(job, resume=True)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"is no manifest .*Remove it, with its output"):
        done(job, resume=True)


@pytest.mark.parametrize("fits", [0, 3])
def test_a_full_disk_keeps_what_was_noted(fits, bundle, digits, tmp_path, monkeypatch):
    """So many pieces fit, and of the next one a part."""
    job, whole = job_of(bundle, digits, tmp_path / "a.jsonl"), tmp_path / "whole.jsonl"
    done(job_of(bundle, digits, whole))
    real = os.write
    refuse(monkeypatch, fits)
    with pytest.raises(DiskFull, match=rf"a\.jsonl cannot grow\. {8 * fits} lines are kept: make"):
        done(job)
    monkeypatch.setattr(os, "write", real)
    noted = read_manifest(job.output).progress
    assert noted.rows == 8 * fits
    kept = whole.read_bytes()[: noted.sizes.get("lines", 0)]
    assert (tmp_path / "a.jsonl").read_bytes() == kept
    assert done(job, resume=True).complete
    assert (tmp_path / "a.jsonl").read_bytes() == whole.read_bytes()


def refuse(patch, fits):
    """Let so many whole pieces be written, then ten bytes, then none."""
    room, real = [fits, 1], os.write

    def write(handle, piece):
        if room[0]:
            room[0] -= 1
            return real(handle, piece)
        if room[1]:
            room[1] = 0
            return real(handle, bytes(piece[:10]))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    patch.setattr(os, "write", write)


def test_strict_stops_behind_the_lines_before(bundle, digits, tmp_path):
    job = job_of(bundle, digits, tmp_path / "a.jsonl", strict=True)
    with pytest.raises(ValueError, match=r"1\.png: not a picture\. Without --strict it is a line"):
        done(job)
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 1
    assert done(replace(job, strict=False), resume=True).rows == 45


def test_one_process_writes_at_a_time(bundle, digits, tmp_path):
    job = job_of(bundle, digits, tmp_path / "a.jsonl")
    work = run(job)
    next(work), next(work)
    with pytest.raises(OSError, match=r"a\.jsonl is being written by another process"):
        done(job, resume=True)
    work.close()
    assert done(job, resume=True).complete


def test_an_unknown_layer_is_answered_with_the_nearest(bundle, digits, tmp_path):
    with pytest.raises(
        ValueError, match=r"no layer 'outptu'\. Did you mean 'output'\? Its layers: C1"
    ):
        done(job_of(bundle, digits, tmp_path / "a.npy", layer="outptu"))
    with pytest.raises(ValueError, match="several networks, and features are those of one"):
        committee = load_bundle("boosted_lenet4")
        done(job_of(committee, digits, tmp_path / "a.npy", layer="F5"))
    assert left(tmp_path) == []


def test_the_checksum_is_of_what_answers_hang_on(bundle, tmp_path):
    copy = shutil.copytree(bundle.folder, tmp_path / "copy")
    assert digest_of(load_bundle(copy)) == digest_of(bundle)
    told = json.loads((copy / "bundle.json").read_text())
    (copy / "bundle.json").write_text(json.dumps({**told, "score_scale": 2.0}))
    assert digest_of(load_bundle(copy)) != digest_of(bundle)
