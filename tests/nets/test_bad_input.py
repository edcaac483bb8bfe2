"""Impossible sizes, classes, channels and options: a ValueError that says what would work."""

import re

import pytest

from papernets import create_model, net
from papernets.cli import main
from papernets.nets.registry import NETS
from papernets.run import network

NO_COUNT = [0, -1, 2.0, float("nan"), True, False, "3", "", b"3", [], [3], (), {}, object()]
NO_SIZE = [*NO_COUNT[:-4], [], [3], (3,), (1, 2, 3), (0, 5), (5, -1), (5, 2.5), (True, 5), {}]
NAMES = ("lenet5", "boosted_lenet4", "alexnet", "googlenet", "resnet18", "mobilenet_v1")
MAKERS = {
    net: ("classes", "channels", "input"),
    create_model: ("num_classes", "in_chans", "input"),
}
every_maker = pytest.mark.parametrize("maker", MAKERS, ids=lambda maker: maker.__name__)


@every_maker
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_count_and_no_size_is_refused(maker, name):
    classes, channels, size = MAKERS[maker]
    for value in NO_COUNT:
        for keyword, word in ((classes, "classes"), (channels, "channels")):
            if word == "classes" and type(value) is int and value == 0:
                continue  # the features alone
            with pytest.raises(ValueError, match=f"{word} must be a whole number of at least 1"):
                maker(name, **{keyword: value})
    for value in NO_SIZE:
        with pytest.raises(ValueError, match=r"input must be a side or \(height, width\)"):
            maker(name, **{size: value})


@every_maker
@pytest.mark.parametrize("name", NAMES)
def test_more_than_anything_has_is_refused(maker, name):
    for keyword in MAKERS[maker]:
        for value in (10**9 + 1, 10**40, 10**5000):
            with pytest.raises(
                ValueError, match="must be at most 1,000,000,000: what was given is"
            ):
                maker(name, **{keyword: value})


HUGE = 10**9


@pytest.mark.parametrize("name", ["nin_cifar10", *NAMES])
@pytest.mark.parametrize("keyword", MAKERS[create_model])
def test_what_no_memory_holds_is_refused_before_any_is_taken(name, keyword, monkeypatch):
    def taken(*_):
        raise AssertionError("the network was built")

    monkeypatch.setattr(network.Network, "__init__", taken)
    coded = name == "lenet5" and keyword == "num_classes"
    message = (
        "1,000,000,000 classes: a network with one code a class takes at most 100,000; lenet5_mo"
        if coded
        else r"needs [\d,.]+ GB for (its parameters|the output of \w+ for one picture), more than "
        "the memory here takes. Give a smaller input, or fewer classes"
    )
    with pytest.raises(ValueError, match=message):
        create_model(name, **{keyword: HUGE})


def test_arithmetic_alone_takes_large_numbers():
    """explain answers for any size: VGG-16's fc8 with 10^9 classes."""
    from papernets.spec import walk

    assert walk(net("vgg16", classes=HUGE))[-1].params == 4097 * HUGE


@every_maker
@pytest.mark.parametrize(
    ("name", "size", "message"),
    [
        (
            "alexnet",
            66,
            "a 3x3 window does not fit on its input of 2x2: the smallest input of alexne",
        ),
        ("alexnet", (500, 10), "the smallest input of alexnet is 67x67, not 500x10"),
        ("lenet5", 31, "C5: a 5x5 window .* the smallest input of lenet5 is 32x32, not 31x31"),
        ("googlenet", 64, "aux1.pool: a 5x5 window does not fit .* smallest input of googlenet is"),
        ("inception_v3", 60, "aux.pool: a 5x5 window .* of inception_v3 is 299x299 .* not 60x60"),
        ("vgg16", 31, "pool5: a 2x2 window .* smallest input of vgg16 is 32x32, not 31x31"),
    ],
)
def test_too_small_an_input_names_the_layer_and_the_smallest(maker, name, size, message):
    with pytest.raises(ValueError, match=message):
        maker(name, input=size) if maker is create_model else walked(name, size)


def walked(name, size):
    from papernets.spec import walk

    walk(net(name, input=size))


def test_without_its_heads_a_network_takes_smaller_pictures():
    with pytest.raises(ValueError, match=r"aux1.pool: .* smallest input of googlenet is 79x79"):
        create_model("googlenet", input=64)
    assert create_model("googlenet", input=64, aux=False).net.input == (3, 64, 64)


OPTIONS = [
    ("mobilenet_v1", {"width": 0}, "width 0 leaves conv1, which has 32 maps at width 1, without a"),
    ("mobilenet_v1", {"width": -1}, "without a channel: give a number of at least 0.03125"),
    ("mobilenet_v1", {"width": 0.03}, "give a number of at least 0.03125"),
    ("mobilenet_v1", {"width": "1"}, "width is a number, such as 1.0 or 0.5, not '1'"),
    ("mobilenet_v1", {"width": True}, "width is a number, such as 1.0 or 0.5, not True"),
    ("mobilenet_v1", {"width": None}, "width is a number, such as 1.0 or 0.5, not None"),
    ("mobilenet_v1", {"width": float("nan")}, "a width must be a number of at most 1000, not nan"),
    ("mobilenet_v1", {"width": float("inf")}, "a width must be a number of at most 1000, not inf"),
    ("mobilenet_v1", {"width": 10**400}, "a width must be a number of at most 1000"),
    ("mobilenet_v1_keras", {"width": 1e-9}, "give a number of at least 0.03125"),
    ("mobilenet_v1_timm", {"width": 0}, "width 0 leaves conv1"),
    ("mobilenet_v1_timm", {"head": "no"}, "head must be True or False, not 'no'"),
    ("mobilenet_v1", {"widht": 1}, "mobilenet_v1 has no option 'widht'. Did you mean 'width'? Its"),
    ("resnet18", {"width": 2}, "resnet18 has no option 'width'. Its options: "),
    ("resnet18", {"shortcut": "Q"}, "shortcut 'Q': there is A (zeros"),
    ("resnet18", {"shortcut": ["A"]}, "shortcut ['A']: there is A"),
    ("resnet20", {"zeros": "left"}, "zeros 'left': there is "),
    ("inception_resnet_v2", {"scale": 7}, "scale must be a number above 0, at most 1, or three"),
    (
        "inception_resnet_v2",
        {"scale": (1, 2)},
        "scale must be a number above 0, at most 1, or three",
    ),
    ("inception_resnet_v2", {"scale": float("nan")}, "scale must be a number above 0"),
    ("alexnet", {"Classes": 3}, "alexnet has no option 'Classes'. Did you mean '"),
]


@every_maker
@pytest.mark.parametrize(("name", "options", "message"), OPTIONS)
def test_an_impossible_option_says_what_there_is(maker, name, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        maker(name, **options)


SIDE = "a side of the input, as a name gives it, is from 1 to 1,000,000,000 pixels"


@every_maker
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mobilenet_v1_0.5_99999999999999999999", SIDE),
        ("mobilenet_v1_0.5_1000000001", SIDE),
        (f"mobilenet_v1_0.5_{'9' * 5000}", SIDE),
        ("mobilenet_v1_0.5_128x9999999999", SIDE),
        ("mobilenet_v1_0.5_0", SIDE),
        ("mobilenet_v1_keras_0.5_9999999999", SIDE),
        ("mobilenet_v1_1001_224", "a width must be a number of at most 1000, not 1001.0"),
        ("mobilenet_v1_0.5_2_24", "unknown network 'mobilenet_v1_0.5_2_24'. Did you mean 'mobil"),
    ],
)
def test_the_limits_hold_for_what_a_name_says(maker, name, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        maker(name)


ODD = [["x"], [1], {"x": 1}, ("x",), {"x"}, None, object(), b"A", float("nan"), "", 10**400]
OWN = [(entry.name, option) for entry in NETS for option in entry.options]


@pytest.mark.parametrize(("name", "option"), OWN)
def test_no_option_of_any_network_takes_what_it_cannot_use(name, option):
    for value in ODD:
        with pytest.raises(ValueError, match=option):
            net(name, **{option: value})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"aux": "yes"}, "aux must be True or False, not 'yes'"),
        ({"aux": 1}, "aux must be True or False, not 1"),
        ({"dense": "x"}, "dense must be True or False, not 'x'"),
    ],
)
def test_create_models_switches_are_switches(given, message):
    with pytest.raises(ValueError, match=message):
        create_model("googlenet", **given)
    if "aux" in given:
        with pytest.raises(ValueError, match=message):
            net("googlenet", **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"Classes": 5}, "no option 'Classes'. Did you mean 'num_classes'?"),
        ({"num_clases": 5}, "'num_clases'. Did you mean 'num_classes'? Its options: num_classes, "),
        ({"width": 2}, "no option 'width'. Its options: num_classes, in_chans, input, aux"),
    ],
)
def test_options_are_in_the_words_of_create_model(given, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        create_model("googlenet", **given)


@every_maker
@pytest.mark.parametrize(
    ("one", "other", "value"), [("classes", "num_classes", 7), ("channels", "in_chans", 2)]
)
def test_both_words_are_taken(maker, one, other, value):
    made = [maker("lenet5_modern", **{word: value}) for word in (one, other)]
    made.append(maker("lenet5_modern", **{one: value, other: value}))
    nets = [getattr(one, "net", one) for one in made]
    assert nets[0] == nets[1] == nets[2]
    assert value in (nets[0].classes, nets[0].input[0])
    words = rf"({one}|{other})=\d and ({one}|{other})=\d are two words for one thing: give one"
    with pytest.raises(ValueError, match=words):
        maker("lenet5_modern", **{one: value, other: 3})


@every_maker
def test_a_function_of_ones_own_may_call_its_sizes_otherwise(maker, tmp_path):
    (tmp_path / "own.py").write_text(
        "from papernets.nets import net\n"
        "def mine(num_classes=4, in_chans=1):\n"
        "    return net('lenet5_modern', num_classes, in_chans)\n"
    )
    for words in (("classes", "channels"), ("num_classes", "in_chans")):
        made = maker(f"{tmp_path / 'own.py'}:mine", **dict(zip(words, (5, 2), strict=True)))
        made = getattr(made, "net", made)
        assert (made.classes, made.input[0]) == (5, 2)


def test_options_are_in_the_words_of_net():
    with pytest.raises(ValueError, match=r"no option 'width'\. Its options: classes, channels"):
        net("googlenet", width=2)
    with pytest.raises(ValueError, match=r"Did you mean 'classes'\?"):
        net("googlenet", Classes=2)


TYPED = [
    ("explain alexnet --classes -1", "classes must be a whole number of at least 1"),
    ("explain alexnet --classes 2.5", "'--classes'"),
    ("explain alexnet --classes abc", "'--classes'"),
    ("explain alexnet --classes 10000000000", "classes must be at most 1,000,000,000"),
    ("explain alexnet --channels -3", "channels must be a whole number of at least 1, not -3"),
    ("explain alexnet --input 0", "input must be a side or (height, width) in pixels, not 0"),
    (f"explain alexnet --input {'9' * 5000}", "a side of the input must be at most 1,000,000,000"),
    ("explain mobilenet_v1_0.5_9999999999", "is from 1 to 1,000,000,000 pixels"),
    ("diff mobilenet_v1_0.5_9999999999 lenet5", "is from 1 to 1,000,000,000 pixels"),
    ("train mobilenet_v1_0.5_9999999999 --dry-run", "is from 1 to 1,000,000,000 pixels"),
    ("train resnet20 --dry-run --set options.zeros=[1]", "zeros [1]: there is behind"),
    ("explain alexnet --input 224x", "--input 224x: give a side such as 32, or HEIGHTxWIDTH"),
    ("explain alexnet --input 10", "the smallest input of alexnet is 67x67, not 10x10"),
    ("explain lenet5 --classes 1000000000", "takes at most 100,000; lenet5_modern has none"),
    ("explain mobilenet_v1_0.001_224", "give a number of at least 0.03125"),
    ("train mobilenet_v1 --dry-run --set options.width=0", "give a number of at least 0.03125"),
    ("train mobilenet_v1 --dry-run --set options.widht=1", "Did you mean 'width'?"),
    ("train resnet20 --dry-run --set options.shortcut=Q", "shortcut 'Q': there is A"),
    ("train resnet20 --dry-run --set input=[0,9]", "input must be a side or height and width"),
    ("train resnet20 --dry-run --channels 0", "'--channels'"),
    ("train resnet20 --dry-run --set classes=3", "unknown key 'classes'"),
]


@pytest.mark.parametrize(("words", "message"), TYPED, ids=[t[0][:60] for t in TYPED])
def test_the_command_line_says_it_too(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    found = main(words.split())
    out, err = capsys.readouterr()
    assert message in " ".join(err.split())
    assert (found, out) == (2, "")
    assert list(tmp_path.iterdir()) == []
