"""What bundle.json says is checked, and so are the weights beside it."""

import json
import math
import re
from dataclasses import replace

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from small_bundles import INFO, model_of, same, spoil

from papernets.bundle.info import read_info
from papernets.bundle.load import load_bundle
from papernets.bundle.save import save_bundle


@pytest.mark.parametrize("spoilt", [False, True])
@pytest.mark.parametrize("older", [False, True])
def test_the_weights_file_of_a_bundle_half_replaced(bundle, older, spoilt):
    """The description in it counts, whose checksum was a key of its own in older bundles."""
    path = bundle / "weights.safetensors"
    state, newer = model_of(seed=1).state_dict(), replace(INFO, metrics={"val_error": 0.125})
    save_bundle(bundle.parent / "newer", newer, state)
    with safe_open(bundle.parent / "newer" / "weights.safetensors", framework="pt") as file:
        about = file.metadata()
    assert set(about) == {"bundle"}
    if older:
        said = json.loads(about["bundle"])
        about = {"sha256": said.pop("tensors")["sha256"], "bundle": json.dumps(said)}
    if spoilt:
        state = {name: tensor + 1 for name, tensor in state.items()}
    save_file(state, path, metadata=about)
    if spoilt:
        with pytest.raises(ValueError, match="is not as it was written: the checksum differs"):
            read_info(bundle)
    else:
        assert read_info(bundle) == newer


def test_the_weights_alone_are_a_bundle(bundle):
    (bundle / "bundle.json").unlink()
    assert read_info(bundle) == INFO
    assert load_bundle(bundle.parent / "bundle" / "weights.safetensors").info == INFO


def test_an_older_description_beside_newer_weights(bundle):
    """The power goes between the two files: the description inside the weights counts."""
    old = (bundle / "bundle.json").read_bytes()
    newer = replace(INFO, metrics={"val_error": 0.125})
    save_bundle(bundle, newer, model_of(seed=1).state_dict())
    (bundle / "bundle.json").write_bytes(old)
    assert read_info(bundle) == newer
    assert same(load_bundle(bundle).model, model_of(seed=1))


def test_an_edited_description_is_taken(bundle):
    path = bundle / "bundle.json"
    values = json.loads(path.read_text())
    values["classes"][0] = "zero"
    path.write_text(json.dumps(values))
    assert read_info(bundle).classes[0] == "zero"


@pytest.mark.parametrize(
    "values, message",
    [
        ({"schema": 2}, "has schema 2; this version of papernets reads 1. Install the version"),
        ({"schema": None}, "has schema None; this version"),
        ({"classes": []}, "'classes' is [], not a list of different names. Copy the bundle again"),
        ({"classes": ["a", "a"]}, "not a list of different names"),
        ({"input": [1, 28]}, "'input' is [1, 28], not a list of channels, height and width"),
        ({"preprocessing": 3}, "'preprocessing' is 3, not a table"),
        ({"net": 3}, "'net' is 3, not a table"),
        ({"score_scale": 0}, "'score_scale' is 0, not a number above 0"),
        ({"kind": "pile"}, "'kind' is \"pile\", not network or committee"),
    ],
)
def test_a_description_that_is_wrong(bundle, values, message):
    spoil(bundle, **values)
    with pytest.raises(ValueError, match=re.escape(message)) as found:
        read_info(bundle)
    assert str(bundle / "bundle.json") in str(found.value)


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "is not JSON ("),
        ("[]", "does not describe a bundle: it names no network"),
        ('{"network": "lenet5", "schema": 1}', "has no 'classes'"),
        ('{"network": 5, "schema": 1, "classes": [], "input": [], "preprocessing": {}}', "a name"),
    ],
)
def test_a_description_that_is_none(bundle, text, message):
    (bundle / "bundle.json").write_text(text)
    with pytest.raises(ValueError, match=re.escape(message)):
        read_info(bundle)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"input": [1, 28, 10001]}, "not a list of channels, height and width, each from 1 to 10,"),
        ({"input": [True, 28, 28]}, "'input' is [true, 28, 28], not a list"),
        ({"input": None}, "'input' is null, not a list"),
        ({"classes": None}, "'classes' is null, not a list"),
        ({"score_scale": math.inf}, "'score_scale' is Infinity, not a number above 0"),
        ({"score_scale": math.nan}, "'score_scale' is NaN, not a number above 0"),
        ({"score_scale": 10**400}, "'score_scale' is 1000"),
        ({"score_scale": True}, "'score_scale' is true, not a number above 0"),
        ({"metrics": []}, "'metrics' is [], not a table"),
        (
            {"options": {"classes": 3}},
            "'options' is {\"classes\": 3}, not a table of the network's",
        ),
        ({"run": {"seed": "x"}}, "run: 'seed' is \"x\", not a whole number"),
        ({"run": {"constant": []}}, "run: 'constant' is [], not a number, or inf"),
        ({"run": {"neighbours": None}}, "run: 'neighbours' is null, not a number"),
    ],
)
def test_a_description_with_impossible_values(bundle, values, message):
    spoil(bundle, **values)
    with pytest.raises(ValueError, match=re.escape(message)):
        read_info(bundle)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_a_description_that_json_cannot_read(bundle, text):
    (bundle / "bundle.json").write_text(text)
    with pytest.raises(ValueError, match=r"bundle\.json is not JSON \("):
        read_info(bundle)


def test_weights_that_were_cut_short(bundle):
    path = bundle / "weights.safetensors"
    data = path.read_bytes()
    for size in (0, 7, 400, len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises(ValueError, match=r"weights\.safetensors is not a whole safetensors"):
            load_bundle(bundle)


def test_weights_of_which_a_byte_was_changed(bundle):
    path = bundle / "weights.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ValueError, match=r"is not as it was written: the checksum differs\. Copy"):
        load_bundle(bundle)


def test_weights_of_another_tool(bundle):
    path = bundle / "weights.safetensors"
    save_file(load_file(path), path)
    with pytest.raises(ValueError, match=r"is not the file that .*bundle\.json describes: the ch"):
        load_bundle(bundle)
    (bundle / "bundle.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"is not a bundle: it has no bundle\.json"):
        load_bundle(bundle)


def test_classes_that_are_the_same_in_the_composed_form_are_refused(bundle):
    """Every verb compares names in that form: two such classes would be one."""
    path = bundle / "bundle.json"
    values = json.loads(path.read_text())
    names = [f"class {number}" for number in range(len(values["classes"]))]
    for first, second in (("e\u0301", "\u00e9"), ("e", "e")):
        path.write_text(json.dumps({**values, "classes": [first, second, *names[2:]]}))
        with pytest.raises(ValueError, match=r"'classes' is .* not a list of different names"):
            read_info(bundle)
    path.write_text(json.dumps({**values, "classes": ["e", "\u00e9", *names[2:]]}))
    assert read_info(bundle).classes[:2] == ("e", "\u00e9")
