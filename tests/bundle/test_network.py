"""The network of a bundle, without torch."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_bundles import INFO, spoil

import papernets
from papernets.bundle.info import described, read_info
from papernets.bundle.net_json import write_net
from papernets.bundle.network import Asked, kept_network
from papernets.cli import main
from papernets.nets import look_up, net
from papernets.said import Record

FOLDER = Path(papernets.__file__).parents[1]
OWN = write_net(replace(net("lenet5_keras_28"), name="mine"), Record("A network of mine"))
LIGHT = """
import sys
from papernets.cli import main

code = main({words!r})
heavy = {{"torch", "safetensors.torch", "numpy"}} & set(sys.modules)
print(code, sorted(heavy), file=sys.stderr)
"""


def light(*words):
    """What a command prints; the exit code, and what it imported that it should not."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LIGHT.format(words=words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=FOLDER,
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize("own", [False, True], ids=["of ours", "as data"])
@pytest.mark.parametrize("verb", ["explain", "diff", "verify"])
def test_a_bundle_is_explained_without_torch(bundle, verb, own):
    if own:
        spoil(bundle, network="mine.py:NET", net=OWN)
    said, err = light(verb, str(bundle), *(["lenet5"] if verb == "diff" else []))
    assert err == "0 []\n"
    assert ("A network of mine" in said) == (own and verb != "verify")


def test_a_committee_is_explained_without_torch(pile):
    spoil(pile, network="boosted_lenet4", input=[1, 32, 32])
    said, err = light("explain", str(pile))
    assert err == "0 []\n" and said.startswith("Boosted LeNet-4\n")


def test_the_description_in_weights_needs_no_torch(bundle):
    (bundle / "bundle.json").unlink()
    said, err = light("explain", str(bundle))
    assert err == "0 []\n" and said.startswith(look_up(INFO.network).record.title)


def test_what_is_asked_for_goes_before_what_was_kept(bundle):
    info = replace(read_info(bundle), classes=tuple("abc"), input=(2, 40, 36))
    for asked, classes, size in (
        (Asked(), 3, (2, 40, 36)),
        (Asked(5), 5, (2, 40, 36)),
        (Asked(channels=1, input=30), 3, (1, 30, 30)),
        (Asked(input=(30, 34)), 3, (2, 30, 34)),
    ):
        found = kept_network(bundle, info, asked).net
        assert (found.classes, found.input) == (classes, size)


def test_a_network_as_data_is_explained_as_it_is_asked_for(bundle, capsys):
    """Its classes and its input may be others."""
    spoil(bundle, network="mine.py:NET", net=OWN)
    assert main(["explain", str(bundle), "--json", "--input", "30x32", "--channels", "3"]) == 0
    assert json.loads(capsys.readouterr().out)["input"] == [3, 30, 32]
    for classes, last in ((3, 3), (0, 84)):
        assert main(["explain", str(bundle), "--classes", str(classes), "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["classes"], said["rows"][-1]["out"][0]) == (classes, last)


def test_a_damaged_description_is_no_wrong_use(bundle, capsys):
    spoil(bundle, net={"name": 3})
    assert main(["explain", str(bundle)]) == 1
    assert "bundle.json: its network cannot be read (" in capsys.readouterr().err
    (bundle / "bundle.json").write_text("{")
    assert main(["explain", str(bundle)]) == 1
    assert "bundle.json is not JSON (" in capsys.readouterr().err


def test_the_network_needs_neither_weights_nor_preprocessing(bundle):
    (bundle / "weights.safetensors").write_bytes(b"")
    assert described(bundle) == INFO
    path = bundle / "bundle.json"
    told = {key: json.loads(path.read_text())[key] for key in ("network", "classes", "input")}
    path.write_text(json.dumps(told))
    assert described(bundle).network == INFO.network
    spoil(bundle, schema=2)
    with pytest.raises(ValueError, match="has schema 2; this version of papernets reads 1"):
        described(bundle)


def test_options_of_a_bundle_that_its_network_lacks(bundle, capsys):
    spoil(bundle, options={"shortcut": "A"})
    assert main(["explain", str(bundle)]) == 2
    said = "lenet5_keras_28 has no option 'shortcut'. Its options: classes, channels, input"
    assert said in capsys.readouterr().err
    with pytest.raises(
        ValueError, match=r"has no option 'shortcut'.* num_classes, in_chans, input"
    ):
        papernets.load_bundle(bundle)


def test_explain_never_runs_a_bundles_code(tmp_path, capsys):
    ran = tmp_path / "ran"
    (tmp_path / "evil.py").write_text(f"open({str(ran)!r}, 'w').close()\n", encoding="utf-8")
    about = {"schema": 1, "network": f"{tmp_path / 'evil.py'}:NET", "classes": ["a", "b"]}
    about |= {"input": [1, 28, 28], "preprocessing": {}}
    (tmp_path / "bundle.json").write_text(json.dumps(about), encoding="utf-8")
    assert main(["explain", str(tmp_path)]) == 1
    assert "names a file of Python code" in capsys.readouterr().err and not ran.exists()
