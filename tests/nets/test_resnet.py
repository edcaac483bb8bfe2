"""ResNets against the printed tables typed a second time, the ledger row by row, and the peers."""

import pytest
import siblings
import torch
from ledger import systems

from papernets import create_model
from papernets.nets import resnet
from papernets.nets.registry import NETS, find, look_up, net, verify
from papernets.nets.resnet import cifar as resnet_cifar
from papernets.nets.resnet import peers as resnet_readings
from papernets.nets.resnet import stages
from papernets.nets.resnet import v2 as resnet_v2
from papernets.nets.resnet.v2_claims import UNNORMALISED
from papernets.run.network import build
from papernets.spec import Identity, Pad, PadShortcut, totals, walk

OURS = [
    entry.name
    for module in (resnet, resnet_cifar, resnet_readings, resnet_v2)
    for entry in module.NETWORKS
]


def rows(name, **options):
    return {row.name: row for row in walk(net(name, **options))}


def sums(name, **options):
    return totals(walk(net(name, **options)))


def blocks(depth):
    return [stage.blocks for stage in stages(depth)]


def test_table_1_is_the_papers():
    """He et al. 2015, table 1, and section 4.1: bottlenecks are four times wider at their end."""
    assert blocks(18) == [2, 2, 2, 2]
    assert blocks(34) == blocks(50) == [3, 4, 6, 3]
    assert blocks(101) == [3, 4, 23, 3]
    assert blocks(152) == [3, 8, 36, 3]
    for depth in (18, 34):
        assert [s.convs for s in stages(depth)] == [((3, w), (3, w)) for w in (64, 128, 256, 512)]
    for depth in (50, 101, 152):
        narrow = [((1, w), (3, w), (1, 4 * w)) for w in (64, 128, 256, 512)]
        assert [s.convs for s in stages(depth)] == narrow


PARAMS = {  # torchvision's counts; without projections 173,824 fewer; table 6's by hand
    "plain18": 11_515_688,
    "resnet18_A": 11_515_688,
    "resnet18": 11_689_512,
    "plain34": 21_623_848,
    "resnet34_A": 21_623_848,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnet20": 269_722,
    "plain20": 269_722,
    "resnet110": 1_727_962,
    "plain110": 1_727_962,
    "resnet1202": 19_421_274,
}


@pytest.mark.parametrize("name", PARAMS)
def test_parameters(name):
    assert sums(name).params == PARAMS[name]


def test_option_a_costs_nothing_b_and_c_cost_projections():
    """Section 4.1: B projects where the size changes, C everywhere."""
    plain, a, b, c = (sums(n) for n in ("plain34", "resnet34_A", "resnet34", "resnet34_C"))
    assert (a.params, a.macs) == (plain.params, plain.macs)
    assert b.params - a.params == 64 * 128 + 128 * 256 + 256 * 512 + 2 * (128 + 256 + 512)
    same = sum(n * (w * w + 2 * w) for n, w in zip((3, 3, 5, 2), (64, 128, 256, 512), strict=True))
    assert c.params - b.params == same
    kinds = [type(row.layer) for row in walk(net("resnet34_A")) if row.name.endswith("shortcut")]
    assert (kinds.count(Identity), kinds.count(PadShortcut)) == (13, 3)


def test_only_the_first_block_of_a_stage_has_a_stride():
    """Table 1's caption: downsampling by conv3_1, conv4_1 and conv5_1 with a stride of 2."""
    for name, layer in (("resnet50", "conv1"), ("resnet50_v1.5", "conv2"), ("resnet34", "conv1")):
        strided = [r.name for r in walk(net(name)) if r.stride == (2, 2) and "." in r.name]
        expected = [f"conv{n}_1.{part}" for n in (3, 4, 5) for part in (layer, "shortcut")]
        assert strided == expected, name


def test_the_stride_moves_and_parameters_stay():
    for depth in (50, 101, 152):
        first, second = sums(f"resnet{depth}"), sums(f"resnet{depth}_v1.5")
        assert first.params == second.params
        assert 1.02 < second.macs / first.macs < 1.07


# Araujo, Norris, Sim 2019, "Computing Receptive Fields of CNNs", the table of TF-slim's networks
FIELDS = {"resnet50": 483, "resnet101": 1027, "resnet152": 1507, "resnet50_v2_keras": 483}


@pytest.mark.parametrize("name", FIELDS)
def test_published_receptive_fields(name):
    row = rows(name)["conv5_3"]
    assert row.receptive_field == (FIELDS[name],) * 2
    assert row.field_stride == (32, 32)


def test_without_a_classifier_it_has_over_23_million():
    """Notes 001."""
    assert sums("resnet50").params - rows("resnet50")["fc"].params == 23_508_032


# ERRATA.md, section 1: item, network, quantity, what the source prints
ERRATA = [
    (1, "resnet18", "params", 25.6e6),
    (1, "resnet18", "megabytes in single precision", 96),
    (1, "resnet50", "params", 44.6e6),
    (1, "resnet50", "megabytes in single precision", 167),
    (2, "resnet18", "params", 11_511_784),
    (2, "resnet18", "conv1.input", (3, 227, 227)),
    (2, "resnet18", "conv1.padding", (1, 1)),
    (2, "resnet18", "conv1.params", 9_472),
    (31, "resnet50", "layers with weights", 51),
    (31, "resnet152", "layers with weights", 151),
    (32, "resnet50_notes_keras", "pool1.out", (64, 56, 56)),
    (32, "resnet50_notes_keras", "avgpool.out", (2048, 1, 1)),
    ("table 4", "resnet1001", "params", 10_200_000),
    ("notes 002, comparison", "resnet152", "params", 60.3e6),
]


@pytest.mark.parametrize(("item", "name", "quantity", "printed"), ERRATA)
def test_a_mistake_is_listed_and_still_wrong(item, name, quantity, printed):
    (check,) = (
        c
        for c in verify(name)
        if (c.quantity, c.printed) == (quantity, printed) and c.verdict != "agrees"
    )
    assert check.verdict == "erratum"
    assert check.ours != printed
    assert check.why


def test_1001_layers_have_10_2_million_without_normalisation():
    """He et al. 2016, table 4: 10.2M."""
    scales = sum(
        (2 * row.out[0] if row.kind == "batch norm" or getattr(row.layer, "norm", None) else 0)
        for row in walk(net("resnet1001"))
    )
    assert scales == 149_216
    assert sums("resnet1001").params - scales == UNNORMALISED


def test_published_numbers_hold_for_the_published_network_alone():
    for name in OURS:
        assert look_up(name).claims, name
        for changed in ({"classes": 12}, {"channels": 5}, {"input": 192}):
            assert look_up(name, **changed).claims == (), name


# How a bottleneck's names and a unit's activation lie: what counts cannot see
def test_the_papers_block_and_the_pre_activation_unit():
    post, pre = rows("resnet50"), rows("resnet50_v2")
    assert [post[f"conv3_2.{n}"].activation for n in ("conv1", "conv2", "conv3")] == [
        "relu",
        "relu",
        None,
    ]
    assert post["conv3_2"].activation == "relu"
    assert pre["conv3_2"].activation is None
    assert [pre[f"conv3_2.{n}"].activation for n in ("bn1", "conv1", "conv2", "conv3")] == [
        "relu",
        "relu",
        "relu",
        None,
    ]
    assert pre["bn_last"].activation == "relu"
    assert pre["conv3_1.shortcut"].layer.norm is None


def test_a_first_cifar_unit_splits_after_its_activation():
    """He et al. 2016, appendix: right after conv1 and before splitting into two paths."""
    first = dict(net("resnet110_v2").body.parts)["stage1_1"]
    later = dict(net("resnet110_v2").body.parts)["stage1_2"]
    assert [name for name, _ in first.parts] == ["bn1", ""]
    assert [name for name, _ in later.branches] == ["", "shortcut"]


def test_what_keras_does_otherwise():
    ours, keras = rows("resnet50"), rows("resnet50_keras")
    assert keras["conv4_2.conv2"].layer.bias and not ours["conv4_2.conv2"].layer.bias
    assert keras["conv1"].layer.norm.eps == 1.001e-5
    assert isinstance(rows("resnet50_v2_keras")["pool1_pad"].layer, Pad)


@pytest.mark.parametrize("wrong", ["D", "", 3, None])
def test_a_shortcut_that_is_none(wrong):
    for name in ("resnet18", "resnet20"):
        with pytest.raises(ValueError, match=r"there is A \(zeros for .*B \(projections where"):
            net(name, shortcut=wrong)


def test_zeros_that_are_none():
    with pytest.raises(ValueError, match=r"zeros 'front': there is behind .*, around"):
        net("resnet20", zeros="front")


def test_zeros_may_stand_around():
    layer = rows("resnet20", zeros="around")["stage2_1.shortcut"].layer
    assert (layer.before, layer.out) == (8, 32)
    for options, said in (
        ({"zeros": "around"}, True),
        ({}, False),
        ({"zeros": "around", "shortcut": "B"}, False),  # projections have no zeros
    ):
        departures = look_up("resnet20", **options).record.departures
        assert any("akamaster" in d.where for d in departures) == said, options


@pytest.mark.parametrize(
    ("name", "title", "ledger_name"),
    [
        ("plain18", "plain-18", "plain18"),
        ("resnet34_C", "ResNet-34, option C: projections everywhere", "resnet34_C"),
        ("resnet101_C", "ResNet-101, option C: projections everywhere", ""),
        ("plain20", "plain-20 for CIFAR-10", "cifar_plain20"),
        (
            "resnet20_B",
            "ResNet-20 for CIFAR-10, option B: projections where the size changes",
            "",
        ),
        ("resnet110", "ResNet-110 for CIFAR-10", "cifar_resnet110"),
        ("resnet110_v2", "ResNet-110 v2 for CIFAR-10, pre-activation", "cifar_resnet110_v2"),
    ],
)
def test_a_name_tells_the_record(name, title, ledger_name):
    """Names of the list, and names that a grammar makes."""
    record = look_up(name).record
    assert (record.title, record.ledger_name) == (title, ledger_name)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("resnet18_B", "resnet18"),
        ("resnet34_torchvision", "resnet34"),
        ("resnet50_v15", "resnet50_v1.5"),
        ("resnet50_torchvision", "resnet50_v1.5"),
        ("resnet152_timm", "resnet152_v1.5"),
        ("cifar_resnet20", "resnet20"),
        ("resnet20_A", "resnet20"),
        ("cifar_plain56", "plain56"),
        ("cifar_resnet164_v2", "resnet164"),
        ("cifar_resnet1001_v2", "resnet1001"),
        ("resnet200_v2", "resnet200"),
        ("resnet50_v2_timm", "resnet50_v2"),
        ("ResNet-50-A", "resnet50_A"),
        ("resnet18_C", "resnet18_C"),
        ("cifar_resnet20_B", "resnet20_B"),
    ],
)
def test_names(alias, name):
    assert find(alias).name == name == net(alias).name


def test_an_option_is_a_name_too():
    for name, option in (("resnet50", "A"), ("resnet20", "B")):
        assert net(name, shortcut=option) == net(f"{name}_{option}")
        assert net(name, shortcut=option.lower()) == net(f"{name}_{option}")


def test_a_thousand_layers_are_no_trouble():
    """No recursion by depth: they are walked and built as the others are."""
    for name in ("resnet1202", "resnet1001"):
        made = net(name)
        assert len(walk(made)) > 2000
        with torch.device("meta"):
            model = build(made)
        assert sum(p.numel() for p in model.parameters()) == totals(walk(made)).params


def test_option_a_runs():
    """Zeros behind: with all residuals zero, a network hands its first channels on."""
    model = create_model("resnet20", weights=None).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if ".conv2.norm." in name:
                weight.zero_()
        x = torch.rand(2, 3, 32, 32)
        found = model.features(x, ["conv1", "stage3_3"])
    first, end = found["conv1"], found["stage3_3"]
    torch.testing.assert_close(end[:, :16], first[:, :, ::4, ::4])
    assert not end[:, 16:].any()


def expanded(system):
    """The ledger's rows, `conv2_rest` written out as the blocks conv2_2 and so on."""
    found, layers = [], list(system["layers"])
    while layers:
        block = layers[0]["n"].split(".")[0]
        count = next((at for at, r in enumerate(layers) if r["n"].split(".")[0] != block), None)
        here, layers = layers[:count], layers[count:] if count else []
        for again in range(here[0].get("x", 1) if block.endswith("_rest") else 1):
            name = block.replace("_rest", f"_{again + 2}")
            found += [{**row, "n": row["n"].replace(block, name, 1)} for row in here]
    return found


@siblings.together("system", list(systems("resnet")))
def test_rows_have_the_ledgers_names_in_its_order(system):
    """What is in them test_ledger.py compares."""
    found = look_up(system["name"])
    assert found.record.ledger_name == system["name"]
    ours = [row for row in walk(found.net) if row.kind != "identity"]
    assert [(row.name, list(row.out)) for row in ours] == [
        (row["n"], row["out"]) for row in expanded(system)
    ]


def published(text):
    """The errors in per cent at the head of a ledger's value: 21.1/5.5, 8.75; not its words."""
    head = str(text).split()[0]
    return [float(n) for n in head.split("/")] if head[0].isdigit() else []


@siblings.together("system", list(systems("resnet")))
def test_the_ledgers_results_are_facts(system):
    facts = {round(100 * c.printed, 4) for c in look_up(system["name"]).claims if c.measured}
    for result in system.get("results", ()):
        for error in published(result["value"]):
            assert round(error, 4) in facts, result


def test_every_network_of_these_is_listed():
    assert set(OURS) <= {entry.name for entry in NETS}
