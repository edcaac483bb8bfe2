"""Names and options of networks, and a user's own `file.py:NAME`."""

import os
import sys

import pytest
import siblings

from papernets.nets import NETS, find, list_nets, look_up, net
from papernets.spec import Committee, Net

OR_NONE = r"\(0: the features, without a classifier\)"
OWN = """
from papernets.said import Paper
from papernets.spec import Conv, Dense, Flatten, Net, chain

PAPER = Paper("mine", "me", 2026, "here")

def tiny(classes=3, channels=1, input=8, width=4):
    body = chain({"conv": Conv(width, 3), "flatten": Flatten(), "out": Dense(classes)})
    return Net("tiny", (channels, input, input), classes, body)

FIXED = tiny()
NUMBER = 5

def wrong():
    return 5

def broken():
    raise KeyError("no such thing")

def anything(**options):
    return tiny(classes=options["classes"])
"""


@pytest.fixture
def own(tmp_path):
    """The path of a user's file with networks of their own."""
    path = tmp_path / "own.py"
    path.write_text(OWN)
    return path


@pytest.mark.parametrize(
    "name",
    [
        *("lenet5", "LeNet5", "LeNet-5", "lenet_5", "LENET5_1998", " lenet5 ", "LeNet 5"),
        *("LeNet\u20115", "LeNet\u20135", "Le  Net\u00a05"),  # hyphens and spaces of a PDF
    ],
)
def test_separators_and_case_do_not_matter(name):
    assert net(name).name == "lenet5"


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("lenet5_1998", "lenet5"),
        ("lenet4_paper", "lenet4"),
        ("LeNet-5-modern", "lenet5_modern"),
        ("VGG 16", "vgg16"),
        ("VGG 16 bn", "vgg16_bn"),
        ("ResNet 50 v1.5", "resnet50_v1.5"),
        ("Inception ResNet v2", "inception_resnet_v2"),
        ("MobileNet v1 0.25 128", "mobilenet_v1_0.25_128"),
        ("lenet1-12maps-dense", "lenet1_12maps_dense"),
    ],
)
def test_an_alias_finds_its_network(alias, name):
    assert find(alias).name == name


def test_names_are_distinct_without_separators():
    names = [n for entry in NETS for n in (entry.name, *entry.aliases)]
    assert len({n.replace("_", "").replace("-", "").lower() for n in names}) == len(names)
    assert all(find(n).name == entry.name for entry in NETS for n in (entry.name, *entry.aliases))


def test_a_network_is_called_what_its_entry_is_called():
    for entry in NETS:
        assert entry.make().name == entry.name
        assert entry.title
        assert not entry.title.endswith(".")


@pytest.mark.parametrize(
    ("wrong", "near"), [("lenet6", "lenet"), ("lenet5_modren", "lenet5_modern")]
)
def test_a_wrong_name_gets_the_nearest(wrong, near):
    with pytest.raises(ValueError, match=f"unknown network '{wrong}'. Did you mean '{near}"):
        net(wrong)


def test_a_room_may_read_names_by_a_grammar():
    """mobilenet_v1_<width>_<size> and resnet<depth>_<option>, of any values."""
    assert net("mobilenet_v1_0.4_96").input == (3, 96, 96)
    assert find("ResNet-50-A").name == "resnet50_A"
    assert "mobilenet_v1_0.4_96" not in list_nets()
    with pytest.raises(ValueError, match="unknown network 'mobilenet_v1_wide_96'"):
        net("mobilenet_v1_wide_96")


def test_a_name_like_no_other_gets_the_list():
    with pytest.raises(ValueError, match=r"unknown network 'zzzz'\. All names: papernets list"):
        net("zzzz")


def test_the_list_is_in_order_of_year_and_takes_patterns():
    years = {entry.name: entry.year for entry in NETS}
    assert [years[name] for name in list_nets()] == sorted(years.values())
    assert "lenet5" in list_nets("lenet5")
    assert list_nets("lenet?") == [n for n in list_nets() if len(n) == 6]
    assert list_nets("*_notes") == ["lenet1_notes", "lenet4_notes"]
    assert list_nets("LeNet-5") == list_nets("lenet5") == list_nets("lenet5*")
    assert list_nets("zzzz") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"clases": 3},
            "lenet5 has no option 'clases'. Did you mean 'classes'\\? Its options: classes",
        ),
        ({"zzz": 3}, "lenet5 has no option 'zzz'\\. Its options: classes, channels, input"),
        ({"classes": -1}, f"classes must be a whole number of at least 1 {OR_NONE}, not -1"),
        ({"classes": "10"}, f"classes must be a whole number of at least 1 {OR_NONE}, not '10'"),
        ({"classes": True}, f"classes must be a whole number of at least 1 {OR_NONE}, not True"),
        ({"channels": -1}, "channels must be a whole number of at least 1, not -1"),
        ({"channels": 1.0}, "channels must be a whole number of at least 1, not 1.0"),
        ({"input": 0}, r"input must be a side or \(height, width\) in pixels, not 0"),
        ({"input": (32, 32, 1)}, r"input must be a side .* not \(32, 32, 1\)"),
        ({"input": "32"}, "input must be a side .* not '32'"),
        ({"input": (32, 0)}, r"input must be a side .* not \(32, 0\)"),
    ],
)
def test_a_wrong_option_says_what_would_work(options, message):
    with pytest.raises(ValueError, match=message):
        net("lenet5", **options)


def test_a_side_or_a_pair_sets_the_input():
    assert net("lenet5", input=36).input == (1, 36, 36)
    assert net("lenet5", input=(32, 64)).input == (1, 32, 64)
    assert net("lenet5", input=[32, 64]).input == (1, 32, 64)
    assert net("lenet5", channels=3).input == (3, 32, 32)
    assert net("lenet5").input == (1, 32, 32)


def test_a_file_may_hold_a_network_or_make_one(own):
    assert net(f"{own}:FIXED").name == "tiny"
    made = net(f"{own}:tiny", classes=7, channels=3, input=12, width=9)
    assert (made.input, made.classes) == ((3, 12, 12), 7)
    assert dict(made.body.parts)["conv"].out == 9
    assert net(f"{own}:anything", classes=4).classes == 4
    assert net(f"{own}:FIXED", classes=3).classes == 3


def test_a_fixed_network_takes_another_input(own):
    wide = net(f"{own}:FIXED", input=(8, 16), channels=3)
    assert isinstance(wide, Net)
    assert wide.input == (3, 8, 16)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("NOPE", {}, "has no 'NOPE'. Networks in it: tiny, FIXED, anything"),
        ("NUMBER", {}, "own.py:NUMBER is an int, not a Net"),
        ("wrong", {}, "own.py:wrong is an int, not a Net"),
        ("broken", {}, "own.py:broken does not run: KeyError: 'no such thing'"),
        ("anything", {}, "own.py:anything does not run: KeyError: 'classes'"),
        (
            "tiny",
            {"widht": 3},
            "takes no option 'widht'; its options: classes, channels, input, width",
        ),
        ("wrong", {"classes": 3}, "takes no option 'classes'; its options: none"),
        ("FIXED", {"width": 3}, "is a fixed network and takes no option 'width'"),
        ("FIXED", {"classes": 4}, "is a fixed network of 3 classes; for 4 make it a function"),
        (
            "tiny",
            {"classes": -1},
            f"classes must be a whole number of at least 1 {OR_NONE}, not -1",
        ),
    ],
)
def test_a_users_file_that_is_wrong(own, name, options, message):
    with pytest.raises(ValueError, match=message):
        net(f"{own}:{name}", **options)


FILE = """
from papernets.nets import net
from papernets.nets.entry import Entry
from papernets.spec import Conv, Net, chain
NET = net('lenet5')
def one(classes: int = 10) -> Net: return net('lenet1', classes)
def quoted(classes: int = 10) -> 'Net | None': return net('lenet1', classes)
def block(maps): return chain({'conv': Conv(maps, 3)})
def silent(): return NET
def silent_too(depth): return silent()
def helper(text: str) -> str: return text
def _hidden(): return NET
def listed(**options: int) -> 'object': return net('lenet4', **options)
"""


@pytest.mark.parametrize(
    ("networks", "names"),
    [
        ("", "NET, one, silent, silent_too"),
        ("NETWORKS = (Entry('my-4', listed, 2026), Entry('one', one, 2026))", "listed, one"),
        ("NETWORKS = ['one', NET, lambda: NET, 'gone']", "one, NET"),
        ("NETWORKS = 5", "NET, one, silent, silent_too"),
    ],
)
def test_a_file_without_a_name_says_what_is_in_it(tmp_path, networks, names):
    """What NETWORKS lists; without it no function that makes parts of networks."""
    file = tmp_path / "mine.py"
    file.write_text(FILE + networks + "\n")
    first = names.partition(",")[0]
    said = rf"say which network in it, .*mine.py:{first}; networks in it: {names}$"
    with pytest.raises(ValueError, match=said):
        net(str(file))
    with pytest.raises(ValueError, match=rf"has no 'NOPE'\. Networks in it: {names}$"):
        net(f"{file}:NOPE")
    with pytest.raises(ValueError, match=r"has no 'onee'\. Did you mean 'one'\? Networks in it: "):
        net(f"{file}:onee")


def test_a_network_in_a_file_answers_to_the_name_of_its_entry(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(FILE + "NETWORKS = (Entry('my-4', listed, 2026, ('four',)),)\n")
    for name in ("my-4", "My_4", "four", "listed"):
        assert net(f"{file}:{name}").name == "lenet4"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(
        ValueError, match=r"none.py: no such file; a network of your own is FILE.py:NAME"
    ):
        net(f"{tmp_path}/none.py:NET")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 / 0", "own.py does not run: ZeroDivisionError: division by zero"),
        ("def f(:", r"own.py does not run: SyntaxError: .*own.py, line 1"),
        ("import no_such_module", "does not run: ModuleNotFoundError: .*'no_such_module'"),
    ],
)
def test_a_file_that_does_not_run(own, text, message):
    own.write_text(text)
    with pytest.raises(ValueError, match=message):
        net(f"{own}:NET")


def test_a_committee_is_found_by_name_and_in_a_file(own):
    assert isinstance(net("boosted_lenet4"), Committee)
    own.write_text("from papernets.nets import net\nTHREE = net('boosted_lenet4')\n")
    assert net(f"{own}:THREE").count == 3
    with pytest.raises(ValueError, match="is a fixed network of 10 classes; for 3 make it a func"):
        net(f"{own}:THREE", classes=3)


# What users write: the plain names of the family, the peers' own, and the ledger's other names.
PLAIN = [
    "alexnet",
    "alexnet_single",
    "alexnet_torchvision",
    "alexnet_keras_bn",
    "caffenet",
    "zfnet",
    "nin_cifar10",
    "nin_imagenet",
    "vgg11",
    "vgg11_lrn",
    "vgg13",
    "vgg16_conv1",
    "vgg16",
    "vgg19",
    "vgg11_bn",
    "vgg13_bn",
    "vgg16_bn",
    "vgg19_bn",
    "vgg16_keras",
    "vgg19_keras",
    "vgg16_keras_2class",
    "vgg11_torchvision",
    "vgg13_torchvision",
    "vgg16_torchvision",
    "vgg19_torchvision",
    "googlenet",
    "inception_naive_3a",
    "inception_reduced_3a",
    "googlenet_torchvision",
    "bn_inception",
    "inception_v2",
    "inception_v3",
    "inception_v3_torchvision",
    "inception_v3_timm",
    "inception_v3_keras",
    "inception_v4",
    "inception_v4_timm",
    "inception_resnet_v1",
    "inception_resnet_v2",
    "inception_resnet_v2_slim",
    "inception_resnet_v2_timm",
    "inception_resnet_v2_keras",
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "plain18",
    "plain34",
    "resnet50_v1.5",
    "resnet101_v1.5",
    "resnet152_v1.5",
    "resnet50_keras",
    "resnet101_keras",
    "resnet152_keras",
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet110",
    "resnet1202",
    "plain20",
    "plain32",
    "plain44",
    "plain56",
    "plain110",
    "resnet110_v2",
    "resnet164",
    "resnet200",
    "resnet1001",
    "resnet50_v2",
    "resnet50_v2_keras",
    "mobilenet_v1",
    "mobilenet_v1_keras",
    "mobilenet_v1_timm",
]
OTHERS = {
    "alexnet_two_tower": "alexnet",
    "alexnet_owt": "alexnet_torchvision",
    "resnet18_torchvision": "resnet18",
    "resnet34_torchvision": "resnet34",
    "resnet50_torchvision": "resnet50_v1.5",
    "resnet101_timm": "resnet101_v1.5",
    "resnet152_v15": "resnet152_v1.5",
    "cifar_resnet20": "resnet20",
    "cifar_plain110": "plain110",
    "cifar_resnet1001_v2": "resnet1001",
    "resnet20_A": "resnet20",
    "resnet200_v2": "resnet200",
    "vgg16_bn_torchvision": "vgg16_bn",
    "mobilenet_v1_1.0_224": "mobilenet_v1",
    "inception_v1": "googlenet",
}


@siblings.together("name", PLAIN)
def test_the_plain_names_are_names_of_their_own(name):
    assert net(name).name == name and name in list_nets()


@pytest.mark.parametrize(("name", "found"), OTHERS.items())
def test_other_names_of_the_family(name, found):
    assert net(name).name == found


def test_a_peers_variant_says_who_does_otherwise():
    """Each network of a peer has departures, with that peer's code as the source of one."""
    peers = {"torchvision": "torchvision", "timm": "timm", "keras": "eras", "v1.5": "torchvision"}
    found = [(name, peer) for name in list_nets() for peer in peers if name.endswith(f"_{peer}")]
    assert len(found) > 20
    for name, peer in found:
        where = [departure.where for departure in look_up(name).record.departures]
        assert any(peers[peer] in text or "notes 00" in text for text in where), name


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Committee('c', 3, 2, 'sum')", "has members of int, not of Net"),
        ("Committee('c', Committee('d', 3, 2, 'sum'), 2, 'sum')", "has members of Committee, not"),
        ("Net(None, (1, 8, 8), 3, chain({'c': Conv(3, 3)}))", "is called None, which is no text"),
    ],
)
def test_a_users_file_may_hold_what_is_no_network(tmp_path, line, message):
    file = tmp_path / "own.py"
    file.write_text(f"from papernets.spec import *\nX = {line}\n")
    with pytest.raises(ValueError, match=message):
        net(f"{file}:X")


def test_a_file_changed_within_a_second_is_read_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "own.py"
    for maps in (4, 5):  # same size, same time: what bytecode is told by
        file.write_text(OWN.replace("width=4", f"width={maps}"))
        os.utime(file, (1e9, 1e9))
        assert dict(net(f"{file}:FIXED").body.parts)["conv"].out == maps
    assert [path.name for path in tmp_path.iterdir()] == ["own.py"]  # the folder is the user's
