"""The peers' published files: every network that we know has one, and nothing in them is ours."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import siblings

from papernets import net
from papernets.peers import find_peer
from papernets.peers.addresses import address_of, addresses
from papernets.peers.translate import MODULES

EVERY = addresses()
FORMS = {
    "torchvision": r"https://download\.pytorch\.org/models/[a-z0-9_]+(-owt|_google)?-(\w{8})\.pth",
    "timm": r"https://huggingface\.co/timm/([a-z0-9_]+)\.(\w+)/resolve/main/model\.safetensors",
    "keras": r"https://storage\.googleapis\.com/tensorflow/keras-applications/\w+/\w+\.h5",
}


def test_every_network_that_is_known_is_listed():
    listed = {(one.peer, one.name) for one in EVERY}
    known = {(peer, name) for peer, module in MODULES.items() for name in module.KNOWN}
    assert listed == known


@siblings.together("one", EVERY)
def test_our_name_is_that_of_the_peers_network(one):
    known = find_peer(one.peer, one.name)
    name, *options = one.ours.split()
    given = {key: json.loads(value) for key, value in (pair.split("=") for pair in options)}
    assert net(name, **given).body == net(known.net, **known.options).body
    assert address_of(one.label, one.peer) == one
    if not options and one.name != "mobilenet_1.00_224":  # Keras's MobileNet, by another name
        assert find_peer(one.peer, name).name == one.name
        assert address_of(name, one.peer).name == one.name


@siblings.together("one", EVERY)
def test_what_is_published_has_its_owners_form(one):
    found = re.fullmatch(FORMS[one.peer], one.address)
    assert found, one.address
    assert not one.size or re.fullmatch(r"\d+(\.\d+)? MB", one.size)
    if one.peer == "torchvision":  # a file's name carries the first digits of its SHA-256
        assert one.checksum == found[2] and one.algorithm == "sha256" and one.size
    elif one.peer == "timm":
        assert found.groups() == (one.name, one.weights)
        assert re.fullmatch(r"(\w{64})?", one.checksum) and one.algorithm == "sha256"
        assert one.page == one.address.replace("resolve", "blob")
    else:
        assert re.fullmatch(r"(\w{32})?", one.checksum)
    assert re.fullmatch(r"[0-9a-f]*", one.checksum)


def test_published_values_are_their_owners():
    """As torchvision's WeightsEnum, Keras's WEIGHTS_HASHES and the hub's pages have them."""
    resnet = address_of("resnet50.IMAGENET1K_V1")
    assert (resnet.size, resnet.checksum) == ("97.781 MB", "0676ba61")
    assert address_of("resnet50", "torchvision").checksum == "11ad3fa6"  # its DEFAULT
    assert address_of("ResNet50", "keras").checksum == "2cb95161c43110f7111970584f804107"
    assert address_of("inception_v4").checksum.startswith("a756a086851c8d5a")
    small = address_of("mobilenet_v1_keras_0.25_224")
    assert small.address.endswith("/mobilenet/mobilenet_2_5_224_tf.h5")
    assert (small.size, small.checksum) == ("", "")


def test_folders_and_files_are_told_apart():
    assert len({one.folder for one in EVERY}) == len(EVERY) - 1  # Keras's MobileNet by two names
    assert len({(one.peer, one.file) for one in EVERY}) == len(EVERY) - 1
    assert address_of("resnet50", "timm").folder == "resnet50_v1.5_timm"
    assert address_of("googlenet").folder == "googlenet_torchvision"
    assert address_of("resnet50.IMAGENET1K_V1").folder == "resnet50_v1.5_torchvision_IMAGENET1K_V1"
    assert address_of("resnet18", "timm").file == "resnet18.a1_in1k.safetensors"


@pytest.mark.parametrize(
    ("name", "peer", "words"),
    [
        ("resnet50", "", "3 peers have a 'resnet50': say whose with --from torchvision, --from"),
        (
            "resnet50_v1.5",
            "",
            "2 peers have a 'resnet50_v1.5': .*--from torchvision or --from timm",
        ),
        ("resnet51", "", r"no published weights are known of 'resnet51'\. Did you mean 'resnet50'"),
        ("lenet5", "", "no published weights are known of 'lenet5'.*All: papernets weights"),
        ("alexnet", "timm", "no published weights are known of 'alexnet' at timm"),
        (
            "alexnet",
            "tim",
            r"unknown peer 'tim'\. Did you mean 'timm'\? Peers: torchvision, timm, k",
        ),
    ],
)
def test_names_that_mean_none_or_several(name, peer, words):
    with pytest.raises(ValueError, match=words):
        address_of(name, peer)


def test_a_peer_behind_the_name_says_whose():
    assert address_of("resnet18_timm").peer == "timm"
    assert address_of("ResNet50-torchvision").peer == "torchvision"
    assert address_of("resnet50_keras").name == "ResNet50"


def test_the_list_needs_no_torch():
    code = (
        "import sys\nfrom papernets.cli import main\nassert main(['weights', '--json']) == 0\n"
        "heavy = {'torch', 'numpy', 'rich.console', 'http.client'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == len(EVERY)
