"""Printed recipes: complete, of known fields, and in accord with their networks."""

import dataclasses

import pytest
import siblings
from recipe_numbers import told

from papernets.nets import NETS, look_up
from papernets.said import LEFT, WORDS
from papernets.spec import Dropout, walk
from papernets.train.recipe import TrainRecipe
from papernets.train.run import NAMES
from papernets.train.settings import checked

PRINTED = [
    (entry.name, recipe)
    for entry in NETS
    for recipe in look_up(entry.name).recipes
    if recipe.printed
]


@siblings.together("name, recipe", PRINTED)
def test_a_run_takes_every_setting_and_the_other_fields_are_words(name, recipe) -> None:
    able = {k: checked(k, v, recipe.name) for k, v in recipe.settings.items()}
    if "begin" in able:
        able["begin"] = {**able["begin"], "bundle": "a trained vgg11"}
    TrainRecipe(net=name, data="photos", **able)  # a ValueError names what is impossible
    words = {one.field for one in recipe.fields if not one.is_setting}
    assert words <= set(WORDS) | {"weights", "begin.bundle"}


NEEDS = {
    ("optimizer", "sgd"): {"momentum"},
    ("optimizer", "adam"): {"betas", "epsilon"},
    ("optimizer", "rmsprop_tensorflow"): {"momentum", "alpha", "epsilon"},
    ("optimizer", "levenberg_marquardt"): {"epsilon", "curvature"},
    ("schedule", "plateau"): {"gamma", "drops", "patience", "monitor"},
    ("schedule", "step"): {"milestones", "gamma"},
    ("schedule", "exponential"): {"gamma", "every"},
    ("schedule", "polynomial"): {"power"},
    ("schedule", "listed"): {"rates"},
    ("average_kind", "polyak"): {"average"},
}
"""What a setting's value asks for: none of it is left to a default."""
RANGES = ({"mean"}, {"standardise"}, {"low", "high"}, {"gcn", "zca"})
"""What becomes of pixels: each recipe says one of these."""


@siblings.together("name, recipe", PRINTED)
def test_a_recipe_is_complete(name, recipe) -> None:
    settings = recipe.settings
    for (key, value), wanted in NEEDS.items():
        if settings.get(key) == value:
            assert wanted <= set(settings), f"{value} needs {wanted - set(settings)}"
    always = {"optimizer", "batch_size", "epochs", "loss"}
    always |= set() if recipe.name == "notes" else {"schedule", "weight_decay", "keep"}
    assert always <= set(settings)
    assert {"learning_rate", "rates"} & set(settings)
    assert sum(bool(one & set(settings)) for one in RANGES) == 1
    left = {one.name for one in dataclasses.fields(TrainRecipe)} - set(settings)
    unsaid = left - set(LEFT) - {"learning_rate", "schedule", "weight_decay", "keep"}
    assert not unsaid, f"neither in the recipe nor left for a reason: {unsaid}"


def test_what_may_be_left_out_are_settings() -> None:
    assert set(LEFT) <= set(NAMES)
    assert not set(WORDS) & set(NAMES)


PROTOCOLS = {"centre", "ten-crop", "144", "dense", "multi-scale", "multi-crop+dense"}
"""How `evaluate` shows pictures."""


@siblings.together("name, recipe", PRINTED)
def test_a_recipe_names_a_protocol(name, recipe) -> None:
    assert {one.value for one in recipe.fields if one.field == "test"} <= PROTOCOLS


OTHER_DROPOUT = ("paper_baseline",)
"""Recipes of a network with dropout where ours, as its best is printed, has none; they say so."""
PEERS = ("_keras", "_torchvision", "_slim", "_timm", "_aux")
"""Networks that others made of a paper's, or that count heads as their own: their dropout is."""


@siblings.together("name, recipe", PRINTED)
def test_dropout_is_the_networks(name, recipe) -> None:
    said = next((one for one in recipe.fields if one.field == "dropout"), None)
    if said is None or recipe.name in OTHER_DROPOUT or name.endswith(PEERS):
        return
    rows = walk(look_up(name).net.member)
    rates = {row.layer.rate for row in rows if isinstance(row.layer, Dropout) and not row.aux}
    assert rates == (set() if said.value == "none" else {float(str(said.value))})


@pytest.mark.parametrize(("name", "weight"), [("googlenet", 0.3), ("inception_v3", 0.4)])
def test_heads_count_as_the_network_has_them(name, weight) -> None:
    recipe = look_up(name).recipe("paper")
    assert set(look_up(name).net.aux_weights) == {weight} == told(recipe, "heads")


IMAGENET = 1_281_167


@pytest.mark.parametrize(
    ("name", "recipe", "steps", "pictures"),
    [
        ("resnet50", "paper", 600_000, IMAGENET),  # section 3.4: 60 x 10^4
        ("vgg16", "paper", 370_000, IMAGENET),  # section 3.1: 370K, 74 epochs
        ("resnet20", "paper", 64_000, 45_000),  # section 4.2: 64k, of 45k
        ("alexnet", "released", 450_000, IMAGENET),
        ("nin_imagenet", "released", 450_000, IMAGENET),
        ("googlenet", "released", 2_400_000, IMAGENET),  # readme.md: 60 epochs
        ("googlenet", "released_step", 10_000_000, IMAGENET),  # readme.md: 250 epochs
        ("bn_inception", "paper", 6_000_000, IMAGENET),
    ],
)
def test_passes_are_the_printed_steps(name, recipe, steps, pictures) -> None:
    found = look_up(name).recipe(recipe)
    assert steps in told(found, "length") or name == "bn_inception"
    passes = steps * found.settings["batch_size"] / pictures
    assert passes == pytest.approx(found.settings["epochs"], rel=0.022)


@pytest.mark.parametrize(
    ("name", "recipe", "steps", "falls"),
    [
        ("resnet20", "paper", 64_000, [32_000, 48_000]),
        ("resnet164", "paper", 64_000, [32_000, 48_000]),
        ("resnet200", "paper", 90, [30, 60]),  # appendix: 30 and 60 epochs
        ("resnet50", "released", 90, [30, 60]),
        ("resnet20", "released", 164, [80, 121]),  # in passes 81 and 122
        ("resnet164", "released", 200, [80, 121]),
        ("vgg16_bn", "torchvision", 90, [30, 60]),
        ("alexnet", "released", 450_000, [100_000, 200_000, 300_000, 400_000]),
    ],
)
def test_milestones_fall_where_they_are_printed(name, recipe, steps, falls) -> None:
    shares = look_up(name).recipe(recipe).settings["milestones"]
    assert [round(share * steps) for share in shares] == falls


def test_the_variants_of_a_paper_are_there() -> None:
    def names(network: str) -> set[str]:
        return {recipe.name for recipe in look_up(network).recipes}

    assert {"paper", "paper_384", "paper_jitter"} <= names("vgg11")
    assert {"paper", "paper_384", "paper_jitter", "paper_drawn"} <= names("vgg19")
    assert {"paper", "paper_x5", "paper_baseline"} <= names("bn_inception")
    assert {"paper", "released", "slim"} <= names("inception_v3")
    assert {"paper", "released", "torchvision"} <= names("resnet34")
    assert {"paper", "paper_aspect"} <= names("resnet200")
    assert {"paper", "paper_distorted"} <= names("lenet5")
    rates = {r.name: r.settings.get("learning_rate") for r in look_up("bn_inception").recipes}
    # section 4.2.2: 0.0015, times 5, times 30
    assert rates["paper_x5"] == pytest.approx(5 * rates["paper_baseline"])
    assert rates["paper"] == pytest.approx(30 * rates["paper_baseline"])


def test_residual_networks_warm_up_as_printed() -> None:
    deep, shallow = (look_up(name).recipe("paper").settings for name in ("resnet110", "resnet56"))
    assert (deep["warmup_rate"], deep["warmup_error"]) == (0.01, 0.8)
    assert "warmup_rate" not in shallow
    later = look_up("resnet164").recipe("paper").settings
    assert (later["warmup_rate"], later["warmup_steps"]) == (0.01, 400)


def test_vggs_a_is_drawn_from_a_gaussian_and_others_where_they_begin_new() -> None:
    """Section 3.1 prints variance 0.01; of it no network is left after a step."""
    drawn = {
        (name, one.name): one.settings.get("drawn")
        for name in ("vgg11", "vgg16")
        for one in look_up(name).recipes
        if one.name.startswith("paper")
    }
    assert drawn["vgg11", "paper"] == drawn["vgg16", "paper"] == "gaussian 0.01"
    assert not any(v for (_, name), v in drawn.items() if name != "paper")
    field = next(f for f in look_up("vgg11").recipe("paper").fields if f.field == "initialisation")
    assert field.printed and "0.01" in field.note and "0.1" in str(field.value)


def test_vgg_begins_with_rows_that_both_have_in_the_same_shape() -> None:
    rows = str(look_up("vgg16").recipe("paper").settings["begin"]["rows"]).split(",")
    shapes = [
        {row.name: (row.layer.kernel if "conv" in row.name else None, row.params) for row in net}
        for net in (walk(look_up(name).net.member) for name in ("vgg11", "vgg16"))
    ]
    assert len(rows) == 7  # A's first four convolutions and three dense layers
    assert [shapes[0][name] for name in rows] == [shapes[1][name] for name in rows]
