"""Every network against the ledger's table of it, row by row, and against measured peers.

The ledger was made apart from this project, with arithmetic of its own: tests/ledger/README.md.
How to name an exception: see UNCOMPARED, PEERS and OUTSIDE.
"""

from collections import Counter

import pytest
import siblings
from ledger import peer_counts, systems
from ledger.check import recomputed

from papernets.nets import look_up, net
from papernets.spec import BatchNorm, Conv, Dense, Window, pair, totals, walk

# The ledger's type of a row, and our kind. Rows of other kinds (dropout, flatten, identity, a lone
# activation, the padding of a shortcut) hold no weights and are not compared.
KINDS = {
    "conv": "conv",
    "sparseconv": "table conv",
    "subsample": "subsample",
    "fc": "dense",
    "rbf": "rbf",
    "batchnorm": "batch norm",
    "lrn": "lrn",
    "maxpool": "max pool",
    "avgpool": "average pool",
    "globalavgpool": "global average pool",
    "concat": "concat",
    "add": "add",
}
ACTIVATIONS = {"none": None, "stanh": "scaled_tanh"}

# Kinds that are not compared for a system, each with its reason. Rows with weights always are.
UNCOMPARED: dict[str, set[str]] = {
    # the ledger joins at once what the module's figure joins in two steps
    **{
        name: {"concat"}
        for name in (
            "inception_v2",
            "inception_v2_5b",
            "inception_v3",
            "inception_v3_aux",
            "inception_v3_keras",
            "inception_v4",
        )
    },
    # the last of its ten C modules has no ReLU, as the ledger's note says; its row stands for ten
    "inception_resnet_v2_slim": {"add"},
}

# (peer, its model, its input) and our network, with what the peer's count has in it: "" the network
# that predicts, "params" the heads' parameters too, "params+macs" their multiply-adds besides.
PEERS = {
    ("torchvision", "alexnet", 224): ("alexnet_torchvision", ""),
    **{
        (peer, f"vgg{depth}{norm}", 224): (f"vgg{depth}{norm or plain}", "")
        for peer, plain in (("torchvision", "_torchvision"), ("timm", ""))
        for depth in (11, 13, 16, 19)
        for norm in ("", "_bn")
    },
    **{("keras.applications", f"VGG{depth}", 224): (f"vgg{depth}_keras", "") for depth in (16, 19)},
    ("torchvision", "googlenet (aux_logits=True)", 224): ("googlenet_torchvision", "params"),
    ("torchvision", "googlenet (aux_logits=False)", 224): ("googlenet_torchvision", ""),
    ("torchvision", "inception_v3 (aux_logits=True)", 299): ("inception_v3_torchvision", "params"),
    ("torchvision", "inception_v3 (aux_logits=False)", 299): ("inception_v3_torchvision", ""),
    ("timm", "inception_v3", 299): ("inception_v3_timm", ""),
    ("timm", "inception_v3 {'aux_logits': True}", 299): ("inception_v3", "params+macs"),
    ("timm", "inception_v4", 299): ("inception_v4_timm", ""),
    ("timm", "inception_resnet_v2", 299): ("inception_resnet_v2_timm", ""),
    ("keras.applications", "InceptionV3", 299): ("inception_v3_keras", ""),
    ("keras.applications", "InceptionResNetV2", 299): ("inception_resnet_v2_keras", ""),
    **{
        (peer, f"resnet{depth}", 224): (f"resnet{depth}", "")
        for peer in ("torchvision", "timm")
        for depth in (18, 34)
    },
    **{
        (peer, f"resnet{depth}", 224): (f"resnet{depth}_v1.5", "")
        for peer in ("torchvision", "timm")
        for depth in (50, 101, 152)
    },
    **{
        ("timm", f"resnetv2_{depth}", 224): (f"resnet{depth}_v2", "")
        for depth in (18, 34, 50, 101, 152)
    },
    **{
        ("keras.applications", f"ResNet{depth}", 224): (f"resnet{depth}_keras", "")
        for depth in (50, 101, 152)
    },
    **{
        ("keras.applications", f"ResNet{depth}V2", 224): (f"resnet{depth}_v2_keras", "")
        for depth in (50, 101, 152)
    },
    ("timm", "mobilenetv1_100", 224): ("mobilenet_v1_timm", ""),
    **{
        ("keras.applications", f"MobileNet alpha={width}", side): (
            f"mobilenet_v1_{width}_{side}",
            "",
        )
        for width in ("1.0", "0.75", "0.5", "0.25")
        for side in (224, 192, 160, 128)
    },
}
# Peers' models that are no network of this family, and why.
OUTSIDE = {
    "mobilenet_v2": "another paper",
    "squeezenet1_0": "another paper",
    "resnet14t": "timm's own",
    "mobilenetv1_100h": "timm's own head",
    "mobilenetv1_125": "timm's own width",
}


SYSTEMS = {system["name"]: system for system in systems()}
with_a_table = siblings.together("name", [n for n, s in SYSTEMS.items() if "layers" in s])


@with_a_table
def test_the_ledgers_totals_follow_from_its_rows(name):
    """And from what was counted apart from them: by a paper, a peer, or by hand."""
    system = SYSTEMS[name]
    params, macs, connections = recomputed(system)
    assert params == system["params"] == system.get("params_independent", params)
    assert macs == system["macs"] == system.get("macs_independent", macs)
    assert connections == system.get("connections", connections)


@pytest.mark.parametrize("changed", [{"co": 7}, {"p": [1, 1]}, {"params": 157}, {"k": [3, 3]}])
def test_a_wrong_row_of_the_ledgers_is_found(changed):
    system = SYSTEMS["lenet5_1998"]
    first, *rest = system["layers"]
    with pytest.raises(AssertionError, match="lenet5_1998 C1: "):
        recomputed({**system, "layers": [{**first, **changed}, *rest]})


def has_heads(name):
    """The ledger's systems called *_aux count the auxiliary heads in."""
    return any(row["n"].startswith("aux") for row in SYSTEMS[name].get("layers", []))


def our_rows(name):
    found = net(name)
    rows = walk(getattr(found, "member", found))
    return [row for row in rows if has_heads(name) or not row.aux]


def norm_of(layer):
    norm = getattr(layer, "norm", None)
    return "none" if norm is None else "affine" if norm.scale else "beta"


def before(window, shape):
    """The padding above and to the left; what lies behind is the output size's to say."""
    return tuple(start for start, _ in window.pads(shape[1:]))


def ours(name):
    """What can be compared of each row: kind, shape, counts, activation, window, weights' form."""
    for row in our_rows(name):
        if row.kind not in KINDS.values():
            continue
        window = None
        if row.kernel and row.kind != "subsample":
            window = (row.kernel, row.stride, before(row.layer.window(), row.input))
        form = None
        if isinstance(row.layer, Conv):
            form = (row.groups, row.layer.bias, norm_of(row.layer))
        elif isinstance(row.layer, Dense):
            form = (1, row.layer.bias, norm_of(row.layer))
        elif isinstance(row.layer, BatchNorm):
            form = (1, False, norm_of(row.layer))
        yield (row.kind, row.out, row.params, row.macs, row.activation, window, form)


def theirs(name):
    """The same of the ledger's rows; a row that stands for several is given as often."""
    shapes = {"input": tuple(SYSTEMS[name]["input"])}
    for row in SYSTEMS[name]["layers"]:
        first = row["src"][0] if isinstance(row["src"], list) else row["src"]
        shapes[row["n"]] = tuple(row["out"])
        if row["t"] not in KINDS:
            continue
        window = None
        if "k" in row and row["t"] != "subsample":
            padding = row["p"] if isinstance(row["p"], str) else pair(row["p"])
            of = Window(pair(row["k"]), pair(row["s"]), padding)
            window = (of.kernel, of.stride, before(of, shapes[first]))
        form = None
        if row["t"] == "conv":
            form = (row["g"], bool(row["b"]), row["bn"])
        elif row["t"] == "fc":
            form = (1, bool(row["b"]), "none")
        elif row["t"] == "batchnorm":
            form = (1, False, row["bn"])
        act = row.get("act")
        one = (
            KINDS[row["t"]],
            tuple(row["out"]),
            row["params"],
            row["macs"],
            ACTIVATIONS.get(act, act),
            window,
            form,
        )
        yield from [one] * row.get("x", 1)


def in_a_line(name):
    """True where each of the ledger's rows takes the row before it, and stands for one."""
    rows = SYSTEMS[name]["layers"]
    before = ["input", *(row["n"] for row in rows)]
    return all(
        row["src"] == source and row.get("x", 1) == 1
        for row, source in zip(rows, before, strict=False)
    )


@siblings.together("name", SYSTEMS)
def test_every_system_answers_to_its_ledger_name(name):
    found = net(name)
    base = getattr(found, "member", found)
    assert list(base.input) == SYSTEMS[name]["input"]
    if SYSTEMS[name]["classes"]:
        assert base.classes == SYSTEMS[name]["classes"]
    called = look_up(name).record.ledger_name
    assert called in (name, name.removesuffix("_aux"))


@with_a_table
def test_a_network_has_the_ledgers_totals(name):
    rows = our_rows(name)
    assert sum(row.params for row in rows) == SYSTEMS[name]["params"]
    assert sum(row.macs for row in rows) == SYSTEMS[name]["macs"]
    if "connections" in SYSTEMS[name]:
        assert sum(row.connections for row in rows) == SYSTEMS[name]["connections"]


@with_a_table
def test_a_network_is_the_ledgers_row_by_row(name):
    left_out = UNCOMPARED.get(name, set())
    here, there = (
        [row for row in found(name) if row[0] not in left_out] for found in (ours, theirs)
    )
    assert left_out <= {"concat", "add"}
    missing, surplus = Counter(there) - Counter(here), Counter(here) - Counter(there)
    assert not missing and not surplus, (
        f"{name}: only in the ledger {dict(missing)}, only here {dict(surplus)}"
    )
    if in_a_line(name):
        assert here == there


@siblings.together("row", [row for row in peer_counts() if row["model name"] not in OUTSIDE])
def test_a_network_has_as_much_as_the_peers(row):
    key = (row["peer"], row["model name"], int(row["input"].split("x")[0]))
    name, heads = PEERS[key]
    found = net(name)
    assert found.input[1] == key[2] and found.classes == int(row["classes"])
    sums = totals(walk(found))
    params = sums.params + (sums.aux_params if "params" in heads else 0)
    macs = sums.macs + (sums.aux_macs if "macs" in heads else 0)
    assert (params, macs) == (int(row["params"]), int(row["macs"]))


def test_every_peer_that_we_name_was_measured():
    found = {(r["peer"], r["model name"], int(r["input"].split("x")[0])) for r in peer_counts()}
    assert set(PEERS) <= found
