"""The parts of several processes, joined, are the bytes of one; what does not fit is refused."""

import json
import shutil
from dataclasses import replace
from hashlib import sha256

import pytest
from many_pictures import digits_in, done, job_of, killed, left

from papernets.bulk import job as jobs
from papernets.bulk import merge as merging
from papernets.bulk import table
from papernets.bulk.manifest import manifest_of
from papernets.bulk.merge import merge
from papernets.bulk.part import Part, part_in, part_of
from papernets.bundle.load import load_bundle

OUTPUTS = [("a.jsonl", ""), ("a.csv", ""), ("a.parquet", ""), ("a.parquet", "C3"), ("a.npy", "F6")]


@pytest.fixture(scope="module")
def bundle():
    return load_bundle("lenet5")


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """50 digits, one of a name with all that CSV finds hard, and what is no picture."""
    folder = digits_in(tmp_path_factory.mktemp("many") / "digits", 50, bad=9)
    (folder / "4.png").rename(folder / 'four, "4"\nof 50.png')
    return folder


def parts_of(bundle, digits, output, count=3, **more):
    """Each part's file, done."""
    found = []
    for number in range(1, count + 1):
        part = Part(number, count)
        job = job_of(bundle, digits, part.of(str(output)), part=part, **more)
        done(job)
        found.append(job.output)
    return found


def outputs(folder):
    return {n: (folder / n).read_bytes() for n in left(folder)}


@pytest.mark.parametrize(("name", "layer"), OUTPUTS)
def test_the_parts_joined_are_the_bytes_of_one_process(
    name, layer, bundle, digits, tmp_path, monkeypatch
):
    monkeypatch.setattr(table, "ROWS", 7)  # several row groups, and windows
    monkeypatch.setattr(merging, "WINDOW", 11)
    one, several, merged = (tmp_path / place for place in ("one", "several", "merged"))
    for folder in (one, several, merged):
        folder.mkdir()
    done(job_of(bundle, digits, one / name, layer=layer))
    parts = parts_of(bundle, digits, several / name, layer=layer)
    merge(parts[::-1], merged / name)
    assert outputs(merged) == outputs(one), "the manifest too"


def test_one_picture_alone_has_its_figures(bundle, digits, tmp_path):
    """Whatever lies beside it: in a part of its own, and in batches of 8."""
    done(job_of(bundle, digits, tmp_path / "all.jsonl"))
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    for at in (0, 17, 49):
        file = json.loads(lines[at])["file"]
        done(job_of(bundle, file, tmp_path / f"{at}.jsonl"))
        assert (tmp_path / f"{at}.jsonl").read_text() == lines[at] + "\n"


def test_a_committee_that_asks_others_now_and_then_is_steady(digits, tmp_path):
    committee = load_bundle("boosted_lenet4")
    parts = parts_of(committee, digits, tmp_path / "a.csv", 2)
    done(job_of(committee, digits, tmp_path / "one.csv"))
    merge(parts, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


def test_parts_without_a_picture_are_parts(bundle, digits, tmp_path):
    parts = parts_of(bundle, digits / "0.png", tmp_path / "a.csv", 3)
    assert sorted(len(part.read_text().splitlines()) for part in parts) == [1, 1, 2]
    found = merge(parts, tmp_path / "a.csv")
    assert (found.progress.rows, found.progress.errors) == (1, 0)


def test_what_does_not_fit_is_refused(bundle, digits, tmp_path, monkeypatch):
    parts = parts_of(bundle, digits, tmp_path / "a.jsonl")
    out = tmp_path / "all.jsonl"
    others = {
        "lenet1": parts_of(load_bundle("lenet1"), digits, tmp_path / "b.jsonl"),
        "top": parts_of(bundle, digits, tmp_path / "c.jsonl", top=3),
        "fewer": parts_of(bundle, digits, tmp_path / "d.jsonl", count=2),
        "files": parts_of(bundle, digits / "0.png", tmp_path / "e.jsonl"),
    }
    done(job_of(bundle, digits, tmp_path / "alone.jsonl"))
    half = job_of(bundle, digits, tmp_path / "half.jsonl", part=Part(2, 3))
    monkeypatch.setattr(jobs, "EVERY", 0.0)
    killed(half, 1, monkeypatch)
    for given, said in (
        (parts[:2], r"part 3/3 is missing: papernets predict \.\.\. --shard 3/3 makes it"),
        (parts[:1], r"part 2/3, 3/3 are missing"),
        ([*parts, parts[1]], r"part 2/3 is there twice: .*a\.2-of-3\.jsonl, .*a\.2-of-3\.jsonl"),
        (
            [parts[0], half.output, parts[2]],
            r"half\.jsonl is not finished: 0 lines so far.*--res",
        ),
        (
            [*parts[:2], others["lenet1"][2]],
            r"b\.3-of-3\.jsonl does not belong to .*: the bundl",
        ),
        ([*parts[:2], others["top"][2]], r"c\.3-of-3\.jsonl does not .*: --top is 3, and was 2"),
        ([*parts[:2], others["fewer"][1]], r"there are 2 parts, not 3"),
        ([*parts[:2], others["files"][2]], r"the pictures are .*0\.png, and were .*digits"),
        ([tmp_path / "no.jsonl"], r"no\.jsonl: not there"),
        ([], r"name the parts"),
    ):
        with pytest.raises((ValueError, OSError), match=said):
            merge(given, out)
    with pytest.raises(ValueError, match=r"all\.csv: the parts are jsonl: give a file that ends"):
        merge(parts, tmp_path / "all.csv")
    with pytest.raises(ValueError, match=r"no format has the suffix \.json\. Did you mean '\.js"):
        merge(parts, tmp_path / "all.json")
    with pytest.raises(FileExistsError, match=r"alone\.jsonl exists"):
        merge(parts, tmp_path / "alone.jsonl")
    assert not out.exists() and not manifest_of(out).exists()
    assert not [name for name in left(tmp_path) if name.endswith("unfinished")]


def test_a_part_that_was_changed_is_refused(bundle, digits, tmp_path):
    parts = parts_of(bundle, digits, tmp_path / "a.jsonl")
    out, places = tmp_path / "all.jsonl", tmp_path / "a.1-of-3.jsonl.places"
    whole = parts[0].read_bytes()
    parts[0].write_bytes(whole[:-9])
    with pytest.raises(ValueError, match=r"bytes, and [0-9,]+ were written: it was cut short"):
        merge(parts, out)
    parts[0].write_bytes(whole)
    kept = places.read_bytes()
    places.write_bytes(bytes(len(kept)))
    with pytest.raises(ValueError, match="do not have each of the pictures 0 to 49 once"):
        merge(parts, out)
    places.unlink()
    with pytest.raises(FileNotFoundError, match=r"\.places: not there, and it belongs to"):
        merge(parts, out)
    places.write_bytes(kept)
    manifest = manifest_of(parts[1])
    text = manifest.read_text()
    manifest.write_text(text.replace("a.2-of-3.jsonl.places", "../a.places"))
    with pytest.raises(ValueError, match="which lies elsewhere"):
        merge(parts, out)
    manifest.unlink()
    with pytest.raises(ValueError, match=r"has no manifest \(a\.2-of-3\.jsonl\.manifest\.json\)"):
        merge(parts, out)
    manifest.write_text(text)
    assert merge(parts, out).complete


def test_parts_that_saw_other_pictures_do_not_fit(bundle, digits, tmp_path):
    """A picture that came between two processes is noticed, though both were given the folder."""
    folder = shutil.copytree(digits, tmp_path / "copy")
    part = Part(1, 2)
    one = job_of(bundle, folder, tmp_path / "1.csv", part=part)
    done(one)
    digits_in(folder / "new", 1)
    other = replace(one, output=tmp_path / "2.csv", part=Part(2, 2))
    done(other)
    with pytest.raises(ValueError, match="went through 51 pictures, not the same 50: some came"):
        merge([one.output, other.output], tmp_path / "a.csv")


def test_a_part_is_chosen_by_the_sha_256_of_the_name():
    """As docs/bulk.md says, so that other programs can tell."""
    for name in (b"a.png", "\u00fc/1.jpg".encode(), b"\xff.png"):
        number = int(sha256(name).hexdigest()[:16], 16)
        which = [Part(n, 4).has(name) for n in (1, 2, 3, 4)]
        assert which.index(True) == number % 4 and which.count(True) == 1
    assert part_of("2/4") == Part(2, 4) and str(Part(2, 4)) == "2/4"
    assert Part(2, 4).of("x/a.csv") == "x/a.2-of-4.csv"


@pytest.mark.parametrize("text", ["0/4", "5/4", "4", "1/0", "a/b", "1/4/2", "-1/4", "1/200000", ""])
def test_a_part_that_is_none(text):
    with pytest.raises(ValueError, match=f"^--shard {text}: give I/N, the part and how many"):
        part_of(text)


def test_a_launcher_says_the_part():
    assert part_in({}) is None and part_in({"WORLD_SIZE": "1", "RANK": "0"}) is None
    assert part_in({"WORLD_SIZE": "4", "RANK": "3"}) == Part(4, 4)
    for given in ({"RANK": "4"}, {"RANK": "-1"}, {}, {"RANK": "x"}):
        with pytest.raises(ValueError, match="WORLD_SIZE 4: torchrun sets both"):
            part_in({"WORLD_SIZE": "4", **given})
