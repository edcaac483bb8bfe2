"""Files as Keras writes them, by hand and small: three layouts, and what must be refused."""

import sys
import zipfile

import numpy as np
import pytest

from papernets.peers import h5
from papernets.peers import h5_reader as reader
from papernets.peers.h5 import read_keras

h5py = pytest.importorskip("h5py", reason="pip install h5py, or make test")

TEXT = h5py.string_dtype()
CONV = {"kernel": (3, 3, 2, 4), "bias": (4,)}
NORM = {"gamma": (4,), "beta": (4,), "moving_mean": (4,), "moving_variance": (4,)}
LAYERS = {"conv2d_94": CONV, "batch_normalization_7": NORM, "predictions": {"kernel": (4, 3)}}
CLASS = {"conv2d_94": "conv2d", "batch_normalization_7": "batch_normalization"}


def values(layer, weight, shape):
    """Different numbers for every tensor."""
    start = 100 * list(LAYERS).index(layer) + 10 * len(weight)
    return (np.arange(np.prod(shape)).reshape(shape) + start).astype(np.float32)


EXPECTED = {
    f"{layer}/{weight}": values(layer, weight, shape)
    for layer, weights in LAYERS.items()
    for weight, shape in weights.items()
}


def check(found, expected=EXPECTED):
    assert {path: t.shape for path, t in found.items()} == {
        path: x.shape for path, x in expected.items()
    }
    for path, x in expected.items():
        assert found[path].dtype == np.float32
        assert np.array_equal(found[path], x), path


def legacy(group, name="{layer}/{weight}:0", order=tuple(LAYERS)):
    """The layout of Keras 1 and 2, and of .h5 in Keras 3."""
    group.attrs["layer_names"] = [layer.encode() for layer in ("input_1", *order)]
    group.create_group("input_1").attrs["weight_names"] = np.empty(0)  # as Keras writes none
    for layer in order:
        inside = group.create_group(layer)
        names = {w: name.format(layer=layer, weight=w) for w in LAYERS[layer]}
        inside.attrs["weight_names"] = [n.encode() for n in names.values()]
        for weight, shape in LAYERS[layer].items():
            inside[names[weight]] = values(layer, weight, shape)


def numbered(file, named=True, order=tuple(LAYERS), inside="layers"):
    """The layout of Keras 3's .weights.h5: layers by class and a number of the file's own."""
    counts = {}
    for layer in order:
        kind = CLASS.get(layer, "dense")
        n = counts[kind] = counts.get(kind, -1) + 1
        group = file.create_group(f"{inside}/{kind}{f'_{n}' if n else ''}/vars")
        if named:
            group.attrs["name"] = layer
        for at, (weight, shape) in enumerate(LAYERS[layer].items()):
            group[str(at)] = values(layer, weight, shape)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.weights.h5"


def write(path, fill, **options):
    with h5py.File(path, "w") as file:
        fill(file, **options)
    return path


# The layouts.


@pytest.mark.parametrize("name", ["{layer}/{weight}:0", "{layer}_1/{weight}:0", "{layer}/{weight}"])
def test_the_legacy_layout(path, name):
    """The layer's name stands in layer_names; TensorFlow's in weight_names may have grown a _1."""
    check(reader.read(write(path, legacy, name=name)))


def test_the_names_of_keras_1(path):
    """As in vgg16_weights_tf_dim_ordering_tf_kernels.h5: block1_conv1_W_1:0."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"conv", b"bn"]
        for layer, names in (
            ("conv", "W b"),
            ("bn", "gamma beta running_mean running_std"),
        ):
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}_{n}_1:0".encode() for n in names.split()]
            for n, name in enumerate(names.split()):
                group[f"{layer}_{name}_1:0"] = np.full(2, n, np.float32)
    found = {name: int(t[0]) for name, t in reader.read(path).items()}
    norms = {"bn/gamma": 0, "bn/beta": 1, "bn/moving_mean": 2, "bn/moving_variance": 3}
    assert found == {"conv/kernel": 0, "conv/bias": 1, **norms}


def test_a_whole_legacy_model_with_its_optimiser(path):
    with h5py.File(path, "w") as file:
        legacy(file.create_group("model_weights"))
        file.create_group("optimizer_weights")["iterations:0"] = 7
        file.attrs["model_config"] = '{"class_name": "Lambda", "config": "evil"}'
    check(reader.read(path))


def test_a_long_list_of_names_in_parts(path):
    """Attributes hold 64 KB: Keras writes layer_names0, layer_names1 and so on."""
    with h5py.File(path, "w") as file:
        legacy(file)
        names = file.attrs.pop("layer_names")
        for n, part in enumerate(np.array_split(names, 3)):
            file.attrs[f"layer_names{n}"] = part
    check(reader.read(path))


def test_a_model_in_the_place_of_a_layer(path):
    """A nested model is one layer in layer_names; its weights' names tell its own layers."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"resnet50"]
        group = file.create_group("resnet50")
        group.attrs["weight_names"] = [f"{name}:0".encode() for name in EXPECTED]
        for name, x in EXPECTED.items():
            group[f"{name}:0"] = x
    check(reader.read(path))


@pytest.mark.parametrize("inside", ["layers", "_layer_checkpoint_dependencies"])
@pytest.mark.parametrize("order", [tuple(LAYERS), tuple(reversed(LAYERS))])
def test_the_layout_of_keras_3(path, order, inside):
    """Names come from the attribute, whatever the file's own numbers and order."""
    check(reader.read(write(path, numbered, order=order, inside=inside)))


def test_running_numbers_alone_are_said_to_be_so(path):
    found = reader.read(write(path, numbered, named=False))
    assert "layers/conv2d/kernel" in found and "layers/batch_normalization/gamma" in found


def test_a_model_in_a_model(path):
    check(reader.read(write(path, numbered, inside="layers/functional/layers")))


def test_an_optimiser_and_a_dropout_s_state_are_no_weights(path):
    with h5py.File(path, "w") as file:
        numbered(file)
        file["optimizer/vars/0"] = 7
        file["layers/dropout/seed_generator/vars/0"] = np.array([1, 2], np.uint32)
        file.create_group("layers/dropout/vars").attrs["name"] = "dropout"
    check(reader.read(path))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_keras_archive(tmp_path, compression):
    """config.json may hold a Lambda's code: it is not looked at."""
    write(tmp_path / "inside", numbered)
    with zipfile.ZipFile(tmp_path / "x.keras", "w", compression) as archive:
        archive.writestr("config.json", "{not even JSON")
        archive.write(tmp_path / "inside", "model.weights.h5")
    check(reader.read(tmp_path / "x.keras"))


@pytest.mark.parametrize("compression", ["gzip", "lzf"])
def test_compressed_halves_and_doubles(path, compression):
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/dense/vars")
        group.attrs["name"] = "predictions"
        x = np.arange(12).reshape(4, 3)
        group.create_dataset("0", data=x.astype(np.float16), compression=compression, shuffle=True)
        group["1"] = np.arange(3).astype(np.float64)
    found = reader.read(path)
    assert found["predictions/kernel"].tolist() == x.tolist()
    assert found["predictions/kernel"].dtype == np.float32
    assert found["predictions/bias"].dtype == np.float64


def test_bfloat16(path):
    """Keras stores it as two bytes without a meaning, and says so in an attribute."""
    x = np.array([1.5, -2.0, 1e30], np.float32)
    upper = (x.view(np.uint32) >> 16).astype(np.uint16)
    with h5py.File(path, "w") as file:
        group = file.create_group("layers/dense/vars")
        group.attrs["name"] = "predictions"
        group.create_dataset("0", data=upper.view("V2"))
        group["0"].attrs["dtype"] = "bfloat16"
    assert reader.read(path)["predictions/kernel"] == pytest.approx(x, rel=2**-7)


# In a process of its own.


def test_read_in_a_process_of_its_own(path):
    found = {name: tensor.numpy() for name, tensor in read_keras(write(path, numbered)).items()}
    check(found)


def test_what_is_wrong_comes_back_from_the_process(path):
    path.write_bytes(b"PNG, or anything else")
    with pytest.raises(ValueError, match="neither an HDF5 file") as caught:
        read_keras(path)
    assert str(caught.value).startswith(str(path))


def test_a_file_that_holds_up_the_library(path, monkeypatch):
    """A list of names in a heap whose objects have no length: HDF5 2.0 looks at it for ever."""

    def fill(file):
        legacy(file)
        file.attrs.create("layer_names", ["conv2d_94"], dtype=TEXT)

    whole = write(path, fill).read_bytes()
    heap = whole.index(b"GCOL")
    broken = bytearray(whole)
    broken[heap + 24 : heap + 32] = b"\xf0" + b"\xff" * 7  # the first object's size
    path.write_bytes(broken)
    monkeypatch.setattr(h5, "SECONDS", 2.0)
    with pytest.raises(ValueError, match=r"is damaged: reading it took|not a whole file") as caught:
        read_keras(path)
    assert str(path) in str(caught.value)


def test_a_reader_that_hangs_or_crashes(path, monkeypatch, tmp_path):
    """Whatever HDF5's library does, it is said which file did it."""
    write(path, legacy)
    script = tmp_path / "reader.py"
    monkeypatch.setattr(h5, "READER", script)
    script.write_text("import os; os.abort()")
    with pytest.raises(ValueError, match=r"x.weights.h5 could not be read: .* stopped with -6"):
        read_keras(path)
    monkeypatch.setattr(h5, "SECONDS", 0.5)
    script.write_text("import time; time.sleep(60)")
    with pytest.raises(ValueError, match=r"x.weights.h5 is damaged: reading it took longer than"):
        read_keras(path)


# What must be refused.


def refused(path, match):
    with pytest.raises(ValueError, match=match) as caught:
        reader.read(path)
    assert str(caught.value).startswith(str(path))


def vars_of(file, kind="conv2d", name="conv1"):
    group = file.create_group(f"layers/{kind}/vars")
    group.attrs["name"] = name
    return group


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("fill", [legacy, numbered])
def test_a_file_cut_short(path, fill, part):
    whole = write(path, fill).read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    refused(path, "not a whole file of Keras's weights .*Copy it again")


@pytest.mark.slow
@pytest.mark.parametrize("fill", [legacy, numbered])
def test_bytes_overwritten(path, fill, monkeypatch):
    """Whatever stands in the file: a ValueError with its path, or tensors."""
    monkeypatch.setattr(h5, "SECONDS", 5.0)
    random = np.random.default_rng(0)
    whole = write(path, fill).read_bytes()
    failed = 0
    for _ in range(60):
        broken = bytearray(whole)
        for at in random.integers(8, len(broken), 8):
            broken[at] = random.integers(256)
        path.write_bytes(broken)
        try:
            read_keras(path)
        except ValueError as error:
            failed += 1
            assert str(error).startswith(str(path))
    assert failed > 5


def test_neither_hdf5_nor_a_zip(path):
    path.write_bytes(b"PNG, or anything else")
    refused(path, "neither an HDF5 file nor a .keras archive; .*save_weights")


def test_an_hdf5_file_of_something_else(path):
    write(path, lambda file: file.create_dataset("waves", data=np.ones(3)))
    refused(path, "neither layer_names nor model_weights nor layers; it holds waves")


def test_no_weights(path):
    write(path, lambda file: file.create_group("layers"))
    refused(path, "without any weights")


def test_a_link_to_another_file(path, tmp_path):
    """Another file is never opened, not even to see whether it is there."""
    write(tmp_path / "other.h5", lambda file: file.create_dataset("x", data=np.ones(4, "f4")))
    link = h5py.ExternalLink(str(tmp_path / "other.h5"), "/x")

    def fill(file):
        vars_of(file)["0"] = link

    refused(write(path, fill), "/layers/conv2d/vars/0 is a ExternalLink")
    for name in ("layers", "model_weights", "_layer_checkpoint_dependencies"):
        write(path, lambda file, name=name: file.__setitem__(name, link))
        refused(path, f"/{name} is a ExternalLink")


def test_a_soft_link(path):
    def fill(file):
        legacy(file)
        del file["conv2d_94"]
        file["conv2d_94"] = h5py.SoftLink("/predictions")

    refused(write(path, fill), "/conv2d_94 is a SoftLink")


def test_values_in_another_file(path, tmp_path):
    (tmp_path / "secret").write_bytes(bytes(16))

    def outside(file):
        external = [(str(tmp_path / "secret"), 0, 16)]
        vars_of(file).create_dataset("0", (4,), "f4", external=external)

    refused(write(path, outside), "keeps its values in another file")

    def virtual(file):
        layout = h5py.VirtualLayout((4,), "f4")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "x", (4,))
        vars_of(file).create_virtual_dataset("0", layout)

    refused(write(path, virtual), "keeps its values in another file")


def test_more_declared_than_held(path):
    """A few bytes that claim to be terabytes."""

    def vast(file):
        vars_of(file).create_dataset("0", (10**6, 10**6), "f4", chunks=(10**3, 10**3))

    refused(write(path, vast), "more than 4,294,967,296 bytes")

    def empty(file):
        vars_of(file).create_dataset("0", (10**4, 10**4), "f4", chunks=(10**3, 10**3))

    refused(write(path, empty), "declares 400,000,000 bytes and holds 0")


def test_many_that_are_large_together(path, monkeypatch):
    monkeypatch.setattr(reader, "MOST_BYTES", 400)
    write(path, legacy)  # 304 and 64 bytes, then 48
    refused(path, "/predictions/.* makes more than 400 bytes of weights")


@pytest.mark.parametrize(
    "value",
    [
        np.ones(4, np.int8),
        np.array([b"text"]),
        np.ones(4, [("re", "f4"), ("im", "f4")]),
        np.ones(4, "c8"),
        h5py.Empty("f4"),
        np.ones(4, "V2"),
    ],
    ids=["int8", "text", "compound", "complex", "empty", "bytes"],
)
def test_what_is_no_array_of_floating_numbers(path, value):
    def fill(file):
        vars_of(file).create_dataset("0", data=value)

    refused(write(path, fill), "/layers/conv2d/vars/0 holds .*")


def test_a_group_for_a_tensor_and_a_tensor_for_a_group(path):
    refused(write(path, lambda file: vars_of(file).create_group("0")), "a Group, not a data set")
    write(path, lambda file: file.create_dataset("layers/conv2d/vars", data=np.ones(3)))
    refused(path, "/layers/conv2d/vars is a Dataset, not a group")


@pytest.mark.parametrize(
    "value, match",
    [
        (np.ones(3), "is float64, not text"),
        (np.ones(2, [("a", "f4"), ("b", "f4")]), "not text"),
        (h5py.Empty("S3"), "not text"),
        ([b"gone"], "/gone is named and is not there"),
        ([b"../conv2d_94"], "is named and is not there"),
        ([b""], "is named and is not there"),
        ([b"\xff\xfe"], "UnicodeEncodeError"),
    ],
    ids=["numbers", "compound", "empty", "gone", "up", "blank", "bytes"],
)
def test_wrong_lists_of_names(path, value, match):
    def fill(file):
        legacy(file)
        file.attrs["layer_names"] = value

    refused(write(path, fill), match)


def test_an_attribute_that_refers_to_an_object(path):
    def fill(file):
        legacy(file)
        file.attrs.create("layer_names", [file["predictions"].ref], dtype=h5py.ref_dtype)

    refused(write(path, fill), "the attribute 'layer_names' of / is object, not text")


def test_no_list_of_weights(path):
    def fill(file):
        legacy(file)
        del file["predictions"].attrs["weight_names"]

    refused(write(path, fill), "/predictions has no attribute 'weight_names'")


def test_a_weight_that_no_known_layer_has(path):
    def fill(file):
        legacy(file)
        file["predictions"].attrs["weight_names"] = [b"predictions/recurrent_kernel_x:0"]

    refused(write(path, fill), "has a weight 'predictions/recurrent_kernel_x:0'")

    def other(file):
        vars_of(file, "lstm")["0"] = np.ones(3, "f4")

    refused(write(path, other), "1 values of a layer of class 'lstm'")


def test_values_that_are_not_numbered(path):
    def fill(file):
        vars_of(file)["1"] = np.ones(3, "f4")

    refused(write(path, fill), "/layers/conv2d/vars holds 1, not 0, 1, 2")


def test_one_name_twice(path):
    def fill(file):
        for kind in ("conv2d", "conv2d_1"):
            vars_of(file, kind, "same")["0"] = np.ones(3, "f4")

    refused(write(path, fill), "two tensors are called 'same/kernel'")


def test_groups_that_hold_themselves(path):
    def fill(file):
        inner = file.create_group("layers/functional")
        inner["layers"] = file["layers"]

    refused(write(path, fill), "more than 16 models one in another")


def test_a_filter_that_only_a_plug_in_knows(path):
    def fill(file):
        plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plan.set_chunk((4,))
        plan.set_filter(307, h5py.h5z.FLAG_OPTIONAL, (9,))  # bzip2
        space = h5py.h5s.create_simple((4,))
        group = vars_of(file)
        made = h5py.h5d.create(group.id, b"0", h5py.h5t.IEEE_F32LE, space, plan)
        h5py.Dataset(made)[...] = 1

    refused(write(path, fill), "is compressed by a plug-in")


def test_a_zip_of_something_else(tmp_path):
    path = tmp_path / "x.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.weights.npz", b"")
    refused(path, "holds 0 files 'model.weights.h5'")
    path.write_bytes(path.read_bytes()[:40])
    refused(path, "not a whole file")


def test_a_zip_that_unpacks_to_much_more(tmp_path):
    path = tmp_path / "x.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("model.weights.h5", bytes(10**8))
    refused(path, "declares 100,000,000 bytes and holds")


def test_a_zip_without_an_hdf5_file_in_it(tmp_path):
    path = tmp_path / "x.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.weights.h5", b"nothing of the kind")
    refused(path, "not a whole file")


def test_without_h5py(path, monkeypatch):
    write(path, legacy)
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"not installed: pip install h5py"):
        read_keras(path)


def test_a_missing_file_is_an_oserror(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_keras(tmp_path / "none.h5")
