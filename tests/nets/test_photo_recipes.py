"""Recipes for photographs: whole networks of these families have them, and they fit the network."""

from dataclasses import replace

import pytest

from papernets.nets import NETS, look_up
from papernets.train.settings import resolve

# A family that comes in later may be trained as its own paper says, and have none of these.
FOR_PHOTOGRAPHS = {
    *("alexnet", "zfnet", "nin", "vgg", "googlenet", "bn_inception", "inception", "inception_v4"),
    *("resnet", "mobilenet"),
}
MODULES = ("inception_naive_3a", "inception_reduced_3a")  # listed as modules: not trained


def test_networks_for_photographs_have_them_and_say_they_are_ours() -> None:
    families = {entry.name: entry.family.rpartition(".")[2] for entry in NETS}
    assert FOR_PHOTOGRAPHS | {"lenet"} <= set(families.values())
    for name, family in families.items():
        found = look_up(name)
        ours = [recipe for recipe in found.recipes if not recipe.printed]
        names = [recipe.name for recipe in ours]
        if name in MODULES:
            assert names == [], name
        elif family == "lenet":
            assert "photos" not in names and names, name
        elif family in FOR_PHOTOGRAPHS:
            small = found.net.member.input[1:] == (32, 32)
            small_too = ["cifar"] if small else []
            assert names == ["modern", "photos", "finetune", *small_too, "digits"], name
            assert all(recipe.source.startswith("ours: ") for recipe in ours)
            assert found.recipes[: len(ours)] == tuple(ours)  # taken before what is printed


@pytest.mark.parametrize(
    "name, normed, decay, smoothing",
    [
        ("alexnet", False, 5e-4, 0.0),  # Krizhevsky et al. 2012, section 5: 0.0005
        ("vgg16", False, 5e-4, 0.0),  # Simonyan, Zisserman 2014, section 3.1: 5e-4
        ("vgg16_bn", True, 5e-4, 0.0),
        ("resnet50", True, 1e-4, 0.0),  # He et al. 2015, section 3.4: 0.0001
        ("resnet50_v2", True, 1e-4, 0.0),
        ("googlenet", False, 2e-4, 0.0),
        ("inception_v3", True, 4e-5, 0.1),  # Szegedy et al. 2015, section 7: epsilon 0.1
        ("mobilenet_v1", True, 4e-5, 0.0),
    ],
)
def test_a_family_has_its_papers_decay_and_smoothing_and_a_rate_that_it_bears(
    name: str, normed: bool, decay: float, smoothing: float
) -> None:
    run = resolve(name, {"data": "photos", "recipe": "photos"})
    recipe = run.recipe
    assert (recipe.weight_decay, recipe.label_smoothing) == (decay, smoothing)
    assert recipe.learning_rate == (0.03 if normed else 0.004)
    height = run.network(2).net.input[1]
    assert (recipe.augment, recipe.optimizer, recipe.momentum) == ({"flip": 0.5}, "sgd", 0.9)
    assert height != 224 or round(height * recipe.enlarge) == 256  # section 4.1 of AlexNet's paper


@pytest.mark.parametrize(("name", "normed"), [("resnet18", True), ("alexnet", False)])
def test_modern_is_taken_for_photographs_and_leaves_steps_alone_without_normalisation(
    name: str, normed: bool
) -> None:
    modern = resolve(name, {"data": "photos"}).recipe
    plain = resolve(name, {"data": "photos", "recipe": "photos"}).recipe
    assert (modern.recipe, modern.label_smoothing, modern.average) == ("modern", 0.1, 0.99)
    assert modern.optimizer == ("adamw" if normed else "sgd")
    steps = {"optimizer": "sgd", "learning_rate": plain.learning_rate}
    same = {**steps, "weight_decay": plain.weight_decay, "momentum": plain.momentum}
    own = {"recipe": "photos", "label_smoothing": 0.0, "average": plain.average}
    assert replace(modern, **same, **own) == replace(plain, **own)


def test_cifars_recipe_is_of_he_et_al_section_4_2() -> None:
    recipe = resolve("cifar_resnet20", {"data": "cifar10"}).recipe
    assert (recipe.batch_size, recipe.learning_rate, recipe.weight_decay) == (128, 0.1, 1e-4)
    padded = {"flip": 0.5, "padding": 4}
    assert (recipe.momentum, recipe.augment, recipe.enlarge) == (0.9, padded, 1.0)
