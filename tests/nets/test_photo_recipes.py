"""Recipes for photographs: every whole network has them, and they fit the network."""

import pytest

from papernets.nets import list_nets, look_up, net
from papernets.spec import Committee
from papernets.train.settings import resolve

LENETS = ("lenet", "boosted_lenet", "lecture_cnn")
MODULES = ("inception_naive_3a", "inception_reduced_3a")  # listed as modules: not trained


def test_every_whole_network_but_lenets_has_them_and_says_they_are_ours() -> None:
    for name in list_nets():
        found, recipes = net(name), look_up(name).recipes
        names = [recipe.name for recipe in recipes]
        if name in MODULES:
            assert names == [], name
        elif name.startswith(LENETS):
            assert "photos" not in names and names, name
        else:
            small = not isinstance(found, Committee) and found.input[1:] == (32, 32)
            assert names == ["photos", "finetune", *(["cifar"] if small else []), "digits"], name
            assert all(recipe.source.startswith("ours: ") for recipe in recipes)


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
    run = resolve(name, {"data": "photos"})
    assert (run.weight_decay, run.label_smoothing) == (decay, smoothing)
    assert run.learning_rate == (0.03 if normed else 0.004)
    height = run.network(2).net.input[1]
    assert (run.augment, run.optimizer, run.momentum) == ({"flip": 0.5}, "sgd", 0.9)
    assert height != 224 or round(height * run.enlarge) == 256  # section 4.1 of AlexNet's paper


def test_cifars_recipe_is_of_he_et_al_section_4_2() -> None:
    run = resolve("cifar_resnet20", {"data": "cifar10"})
    assert (run.batch_size, run.learning_rate, run.weight_decay) == (128, 0.1, 1e-4)
    assert (run.momentum, run.augment, run.enlarge) == (0.9, {"flip": 0.5, "padding": 4}, 1.0)
