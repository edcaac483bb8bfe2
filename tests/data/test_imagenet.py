"""ImageNet's class names: in everybody's order, each once, and spelt as others spell them."""

import re

import pytest

from papernets.data.imagenet import BACKGROUND, imagenet_classes, imagenet_names, named

# As Keras's imagenet_class_index.json, TensorFlow-Slim's imagenet_lsvrc_2015_synsets.txt,
# torchvision's _IMAGENET_CATEGORIES and timm's imagenet_synsets.txt have them, at these places.
PLACES = {
    0: ("n01440764", "tench"),
    134: ("n02012849", "crane bird"),
    153: ("n02085936", "Maltese dog"),
    207: ("n02099601", "golden retriever"),
    388: ("n02510455", "giant panda"),
    517: ("n03126707", "crane"),
    638: ("n03710637", "maillot"),
    639: ("n03710721", "maillot tank suit"),
    836: ("n04355933", "sunglass"),
    837: ("n04356056", "sunglasses"),
    999: ("n15075141", "toilet tissue"),
}


def test_the_classes_stand_where_the_peers_have_them():
    classes = imagenet_classes()
    assert {at: (classes[at].synset, classes[at].name) for at in PLACES} == PLACES


def test_synsets_ascend_and_names_are_unique():
    classes = imagenet_classes()
    synsets = [one.synset for one in classes]
    assert len(classes) == 1000 and synsets == sorted(set(synsets))
    assert all(re.fullmatch(r"n\d{8}", synset) for synset in synsets)
    assert len({one.name for one in classes}) == 1000
    assert (classes[264].name, classes[474].name) == ("Cardigan", "cardigan")  # a dog, a jacket
    assert all(one.name == one.name.strip() and one.name.isascii() for one in classes)


def test_a_network_with_a_background_has_it_first():
    """As TensorFlow-Slim, whose label 0 is the background and 1 the first synset."""
    names = imagenet_names(1001)
    assert names[0] == BACKGROUND and names[1:] == imagenet_names() and names[208] == PLACES[207][1]


def test_other_numbers_of_classes_are_refused():
    with pytest.raises(ValueError, match=r"1,000, or 1,001 with .*the network has 21,841"):
        imagenet_names(21_841)


def test_folders_that_are_called_by_their_synset():
    """As ImageNet's own archives call them; a network that has such a class keeps it."""
    given = ("n02099601", "bee", "n15075141", "n99999999")
    assert named(given, imagenet_names()) == ("golden retriever", "bee", "toilet tissue", given[3])
    assert named(given, ("bee", "wasp")) == given
    assert named(given, ("n02099601", "golden retriever")) == given
