"""A finished output, gone on with each night: it is looked at again, and so are its pictures."""

import errno
import json

import pytest
from many_pictures import digits_in, done, job_of, killed

from papernets.bulk import job as jobs
from papernets.bulk import merge as merging
from papernets.bulk.manifest import manifest_of, read_manifest
from papernets.bulk.merge import merge
from papernets.bulk.part import Part
from papernets.bundle.load import load_bundle

OUTPUTS = [("a.jsonl", ""), ("a.csv", ""), ("a.parquet", "C3"), ("a.npy", "F6")]


@pytest.fixture(scope="module")
def bundle():
    return load_bundle("lenet5")


def changes(path):
    """A file cut short, emptied, longer, and written over; as it was again at the end."""
    whole = path.read_bytes()
    for content in (whole[:-1], b"", whole + b"more", b"another file"):
        path.write_bytes(content)
        yield
    path.write_bytes(whole)


@pytest.mark.parametrize("part", [Part(), Part(1, 2)])
@pytest.mark.parametrize(("name", "layer"), OUTPUTS)
def test_an_output_that_was_changed_is_not_complete(name, layer, part, bundle, tmp_path):
    job = job_of(bundle, digits_in(tmp_path / "d", 9), tmp_path / name, layer=layer, part=part)
    done(job)
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    for path in set(files) - {manifest_of(job.output)}:
        for _ in changes(path):
            with pytest.raises(
                ValueError, match=rf"{path.name} has [0-9,]+ bytes, and [0-9,]+ wer"
            ):
                done(job, resume=True)
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(ValueError, match=rf"{path.name} is not there, and its manifest says"):
            done(job, resume=True)
        path.write_bytes(whole)
    assert done(job, resume=True).complete


@pytest.mark.parametrize("part", [Part(), Part(2, 2)])
def test_pictures_that_came_or_went_since_are_known(part, bundle, tmp_path):
    folder = digits_in(tmp_path / "d", 9)
    job = job_of(bundle, folder, tmp_path / "a.csv", part=part)
    done(job)
    (folder / "8.png").rename(tmp_path / "8.png")
    with pytest.raises(ValueError, match="other pictures: 9 were gone through, and there are 8"):
        done(job, resume=True)
    (tmp_path / "8.png").rename(folder / "8b.png")
    with pytest.raises(ValueError, match="among the first 9 pictures some have come, gone or"):
        done(job, resume=True)
    (folder / "8b.png").rename(folder / "8.png")
    digits_in(folder / "new", 1)
    with pytest.raises(ValueError, match="other pictures: 9 were gone through, and there are more"):
        done(job, resume=True)
    (folder / "new" / "0.png").unlink()
    (folder / "new").rmdir()
    assert done(job, resume=True).complete


def test_what_was_merged_is_complete(bundle, tmp_path):
    folder = digits_in(tmp_path / "d", 9)
    parts = []
    for number in (1, 2):
        job = job_of(bundle, folder, tmp_path / f"{number}.csv", part=Part(number, 2))
        done(job)
        parts.append(job.output)
    merge(parts, tmp_path / "a.csv")
    job = job_of(bundle, folder, tmp_path / "a.csv")
    assert done(job, resume=True).complete
    with pytest.raises(ValueError, match=r"1\.csv is one of the parts: give another name with -o"):
        merge(parts, parts[0])
    with pytest.raises(FileExistsError) as told:
        merge(parts, tmp_path / "a.csv")
    assert "--resume" not in str(told.value), "merge has none"


@pytest.mark.parametrize("shard", ["1/999999999", "0/0", "0/2", "3/2", "\u0661/2"])
def test_a_damaged_manifest_asks_for_no_memory(shard, bundle, tmp_path):
    part = job_of(bundle, digits_in(tmp_path / "d", 2), tmp_path / "1.csv", part=Part(1, 2))
    done(part)
    path = manifest_of(part.output)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"shard": shard}))
    with pytest.raises(ValueError, match=r"'shard' is .*, not a shard such as 1/4"):
        merge([part.output], tmp_path / "a.csv")
    whole = path.read_text()
    path.write_text(whole.replace('"rows": ', f'"rows": {"9" * 6001}'))
    with pytest.raises(ValueError, match=r"is no manifest \(it has a number of thousands of digi"):
        merge([part.output], tmp_path / "a.csv")


def test_a_manifest_that_does_not_say_what_is_whole(bundle, tmp_path):
    job = job_of(bundle, digits_in(tmp_path / "d", 2), tmp_path / "a.csv")
    done(job)
    path = manifest_of(job.output)
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"progress": told["progress"] | {"sizes": {}}}))
    with pytest.raises(ValueError, match=r"a\.csv\.manifest\.json does not say what is whole"):
        done(job, resume=True)


@pytest.mark.parametrize(("name", "layer"), [("a.parquet", "C3"), ("a.npy", "F6")])
def test_a_part_that_is_another_file_of_the_same_size(name, layer, bundle, tmp_path):
    """It is named, in our words, before anything is written."""
    folder, parts = digits_in(tmp_path / "d", 6), []
    for number in (1, 2):
        part = Part(number, 2)
        parts.append(tmp_path / part.of(name))
        done(job_of(bundle, folder, parts[-1], layer=layer, part=part))
    parts[1].write_bytes(b"x" * parts[1].stat().st_size)
    with pytest.raises(ValueError, match=rf"{parts[1].name} is not the .* of [0-9] rows that was"):
        merge(parts, tmp_path / name)
    path = manifest_of(parts[0])
    told = json.loads(path.read_text())
    for change, said in (
        ({"options": {}}, "options has no 'format'"),
        ({"options": told["options"] | {"--top": "x"}}, "'--top' is \"x\", not a whole number abo"),
        ({"progress": told["progress"] | {"sizes": {}}}, "does not say what is whole"),
    ):
        path.write_text(json.dumps(told | change))
        with pytest.raises(ValueError, match=said):
            merge(parts, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_more_parts_than_files_may_be_open(bundle, tmp_path, monkeypatch):
    folder, parts = digits_in(tmp_path / "d", 2), []
    for number in (1, 2):
        parts.append(tmp_path / f"{number}.npy")
        done(job_of(bundle, folder, parts[-1], layer="F6", part=Part(number, 2)))

    def refuse(*_):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(merging, "_numbers", refuse)
    with pytest.raises(OSError, match=r"2 parts are read at a time.*: first ulimit -n 70"):
        merge(parts, tmp_path / "a.npy")
    assert not list(tmp_path.glob("a.*")), "nor its lines"


def test_a_process_that_read_the_manifest_too_early_changes_nothing(bundle, tmp_path, monkeypatch):
    """Another one finished the output between its look at the manifest and its hold of the file."""
    job = job_of(bundle, digits_in(tmp_path / "d", 9), tmp_path / "a.csv")
    killed(job, 1, monkeypatch)
    early = read_manifest(job.output)
    done(job, resume=True)
    whole = job.output.read_bytes()
    monkeypatch.setattr(jobs, "begun", lambda *_: (early, ""))
    with pytest.raises(OSError, match=r"a\.csv was written by another process just now: give the"):
        done(job, resume=True)
    assert job.output.read_bytes() == whole
