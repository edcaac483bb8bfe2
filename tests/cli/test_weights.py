"""`papernets weights` as it is typed: the list, and a file from a server on this machine."""

import errno
import hashlib
import json
import os
import shlex
from dataclasses import replace

import pytest
from keras_weights import write_h5
from loopback import serving
from PIL import Image

from papernets import load_bundle
from papernets.cli import main, screen
from papernets.cli.weights import _checked
from papernets.data.imagenet import imagenet_names
from papernets.peers import addresses, fetch

pytest.importorskip("h5py", reason="pip install h5py, or make test")
NAME, FILE = "mobilenet_v1_keras_0.25_128", "mobilenet_2_5_128_tf.h5"


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Keras's smallest network with 1,000 classes, drawn: 1.9 MB."""
    file = tmp_path_factory.mktemp("keras") / "m.weights.h5"
    return write_h5(file, "mobilenet_0.25_128", classes=1000).read_bytes()


@pytest.fixture
def server(content, monkeypatch, tmp_path):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.chdir(tmp_path)
    with serving() as one:
        one.files[FILE] = content
        yield one


@pytest.fixture
def listed(monkeypatch, server):
    """Puts an address, and what is published, in the place of the small network's own."""

    def put(kind="good", **published):
        url = f"{server.url}/{kind}/{FILE}"
        every = tuple(
            replace(one, address=url, **published) if one.ours == NAME else one
            for one in addresses.addresses()
        )
        monkeypatch.setattr(addresses, "addresses", lambda: every)
        return url

    return put


def get(*words):
    return main(["weights", "get", NAME, *map(str, words)])


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_a_file_becomes_a_bundle_with_class_names(server, listed, content, tmp_path, capsys):
    url = listed(checksum=hashlib.md5(content, usedforsecurity=False).hexdigest())
    assert get() == 0
    said = capsys.readouterr()
    assert f"Fetching {url} (size not published)" in said.err
    assert f"{FILE}: its MD5 as published" in said.err
    assert f"papernets predict bundles/{NAME} PICTURE" in said.err
    assert os.listdir(tmp_path) == ["bundles"] and os.listdir("bundles") == [NAME]
    bundle = load_bundle(tmp_path / "bundles" / NAME)
    assert bundle.info.classes == imagenet_names()
    assert bundle.info.run["converted"] == {
        "file": FILE,
        "from": "keras",
        "net": "mobilenet_0.25_128",
        "weights": "imagenet",
        "address": url,
        "sha256": sha256(content),
    }
    Image.new("RGB", (150, 150), (200, 100, 50)).save("p.png")
    assert main(["predict", f"bundles/{NAME}", "p.png", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["label"] in imagenet_names()


def test_json(server, listed, content, capsys):
    listed(checksum=sha256(content)[:8])
    assert get("--out", "own/folder", "--json") == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert (found["bundle"], found["classes"]) == ("own/folder", 1000) and not said.err
    assert found["sha256"] == sha256(content)


def test_what_is_not_published_is_said(server, listed, content, capsys):
    listed()
    assert get() == 0
    said = " ".join(capsys.readouterr().err.split())
    assert f"its checksum was not checked (none is published). SHA-256 {sha256(content)}" in said


def test_the_hub_shows_a_checksum_on_the_files_page():
    said = _checked(addresses.address_of("resnet34", "timm"), "ab" * 32)
    page = "https://huggingface.co/timm/resnet34.a1_in1k/blob/main/model.safetensors"
    assert said.endswith(f"was not checked (compare it at {page}). SHA-256 {'ab' * 32}")


def test_weights_measured_on_pictures_of_another_side(server, listed, tmp_path, monkeypatch):
    """As torchvision's IMAGENET1K_V2, whose centre of 224 is of pictures of 232, not of 256."""
    assert addresses.address_of("resnet50_torchvision").resize == 232
    assert addresses.address_of("resnet50.IMAGENET1K_V1").resize is None
    monkeypatch.setitem(addresses.RESIZED, "imagenet", 160)
    listed()
    assert get("--out", "own") == 0
    assert load_bundle(tmp_path / "own").info.preprocessing["picture"] == [160, 160]


REFUSED = [
    ("missing", {}, "the server answers 404 Not Found"),
    ("cut", {}, "broke off after"),
    ("good", {"checksum": "0" * 64}, "another file than the published one: its SHA-256 is"),
    ("good", {"checksum": "0" * 8}, "another file than the published one: its SHA-256 is"),
    ("good", {"checksum": "0" * 32}, "another file than the published one: its MD5 is"),
    ("good", {"size": "0.5 MB"}, "more than 1 MiB: not the file that was asked for"),
    ("endless", {"size": "2.5 MB"}, "more than 3 MiB: not the file that was asked for"),
    ("onward", {}, "sends on to 'ftp://127.0.0.1/x', which is not followed"),
]


@pytest.mark.parametrize(("kind", "published", "words"), REFUSED)
def test_what_cannot_be_had_leaves_nothing(
    server, listed, tmp_path, capsys, kind, published, words
):
    server.onward = "ftp://127.0.0.1/x"
    url = listed(kind, **published)
    assert get() == 1
    said = " ".join(capsys.readouterr().err.split())
    assert f"{FILE} could not be fetched from {url}: " in said and words in said
    assert os.listdir(tmp_path) == []


def test_offline_the_way_round_is_said_and_works(listed, content, monkeypatch, tmp_path, capsys):
    listed()
    every = tuple(
        replace(one, address="http://127.0.0.1:1/" + FILE) if one.ours == NAME else one
        for one in addresses.addresses()
    )
    monkeypatch.setattr(addresses, "addresses", lambda: every)
    assert get("--out", "my folder") == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.count("error: ") == 1 and "Connection refused" in said
    assert "Save it from there by other means, a browser or another machine" in said
    command = said.partition("make the bundle of it: ")[2]
    assert os.listdir(tmp_path) == []
    (tmp_path / FILE).write_bytes(content)
    assert main(shlex.split(command)[1:]) == 0
    assert load_bundle(tmp_path / "my folder").info.classes == imagenet_names()


def test_nothing_is_fetched_for_a_folder_that_is_taken(server, listed, tmp_path, capsys):
    listed()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine").touch()
    assert get("--out", "taken") == 1
    assert "taken is there already" in capsys.readouterr().err
    assert server.asked == [] and os.listdir("taken") == ["mine"]


def test_nothing_is_fetched_without_h5py(server, listed, tmp_path, monkeypatch, capsys):
    listed()
    monkeypatch.setitem(__import__("sys").modules, "h5py", None)
    assert get() == 1
    assert "needs h5py, which is not installed: pip install h5py" in capsys.readouterr().err
    assert server.asked == [] and os.listdir(tmp_path) == []


def test_ctrl_c_leaves_nothing(server, listed, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    listed()
    monkeypatch.setattr(fetch, "_check", stopped)
    assert get() == 130
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_said(server, listed, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    listed()
    monkeypatch.setattr(fetch, "_check", full)
    assert get() == 1
    assert "was not written: the disk is full" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


def test_a_file_of_another_network_is_named(server, listed, tmp_path, capsys):
    server.files[FILE] = b"these are no weights" * 1000
    url = listed()
    assert get() == 1
    said = " ".join(capsys.readouterr().err.split())
    assert f"{FILE} came whole from {url}, and is not keras's mobilenet_0.25_128: {FILE}" in said
    assert os.listdir(tmp_path) == []


def test_wrong_use(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words, said in (
        (["resnet50"], "say whose with --from torchvision, --from timm or --from keras"),
        (["resnet50", "--from", "tim"], "unknown peer 'tim'. Did you mean 'timm'?"),
        (["lenet5"], "no published weights are known of 'lenet5'"),
    ):
        assert main(["weights", "get", *words]) == 2
        assert said in " ".join(capsys.readouterr().err.split())
    assert os.listdir(tmp_path) == []


def test_the_list_in_a_pipe_has_a_line_each(capsys):
    assert main(["weights"]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == ["our", "network", "from"]
    assert len(lines) == len(addresses.addresses())
    assert len({line.index("https://") for line in lines}) == 1
    rows = [line.split() for line in lines]
    assert [
        "resnet50_v1.5", "torchvision", "resnet50", "IMAGENET1K_V1", "97.781", "MB", "sha256",
        "0676ba61", "https://download.pytorch.org/models/resnet50-0676ba61.pth",
    ] in rows  # fmt: skip
    published = next(line for line in lines if line.startswith(f"{NAME} "))
    assert published.count("not published") == 2


@pytest.mark.parametrize("columns", [80, 120])
def test_the_list_on_a_terminal_is_aligned(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(screen, "terminal", lambda: True)
    monkeypatch.setattr(screen, "line", lambda text: print(text.plain))
    assert main(["weights"]) == 0
    out, err = capsys.readouterr()
    blocks = [block.splitlines() for block in out.strip("\n").split("\n\n")]
    assert [block[0] for block in blocks] == ["torchvision", "timm", "keras"]
    for _, heading, *lines in blocks:
        places = [heading.index(word) for word in ("there", "size", "checksum")]
        for row, address in zip(lines[::2], lines[1::2], strict=True):
            assert len(row) <= columns
            assert all(row[at - 2 : at] == "  " and row[at] != " " for at in places), row
            assert address.startswith("  https://") and " " not in address.strip()
    assert "papernets weights get NAME" in err
    whole = "md5 64373286793e3c8b2b4e3219cbf3544b"
    assert (whole in out) == (columns == 120) and "md5 64373286" in out


def test_real_weights_know_an_ant_and_a_bee(shared_data, tmp_path, monkeypatch, capsys):
    """Keras's official file: of its 1,000 names these two lead where photographs show them."""
    file = shared_data / "weights" / "mobilenet_2_5_224_tf.weights.h5"
    photos = shared_data / "ants-bees" / "val"
    if not file.is_file() or not photos.is_dir():
        pytest.skip("neither Keras's MobileNet nor the photographs are there")
    monkeypatch.chdir(tmp_path)
    words = ["convert", str(file), "--net", "mobilenet_v1_keras_0.25_224", "--from", "keras"]
    assert main([*words, "--out", "bundle", "--quiet"]) == 0
    for kind in ("ants", "bees"):
        pictures = sorted(map(str, (photos / kind).glob("*.jpg")))[:24]
        capsys.readouterr()
        assert main(["predict", "bundle", *pictures, "--json"]) == 0
        labels = [one["label"] for one in json.loads(capsys.readouterr().out)]
        assert max(set(labels), key=labels.count) == kind.removesuffix("s")
