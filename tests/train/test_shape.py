"""A printed recipe on one's own data: fewer passes, smaller pictures, what it needs, what waits."""

import pytest

from papernets.nets import look_up
from papernets.said import Paper, Recipe
from papernets.train.schedule import learning_rate
from papernets.train.settings import resolve
from papernets.train.shape import shaped

PRINTED = Paper("A Title", "Ab", 2012, "NIPS 25").recipe(
    "paper",
    """
field                value                   where
epochs               20                      text
every                2                       text
patience             5                       text
warmup_steps         400                     text
average              0.81                    text
milestones           [0.5, 0.75]             text
rates                [[5e-4, 2], [2e-4, 3]]  text
augment.jitter_low   256                     text
augment.jitter_high  480                     text
augment.flip         0.5                     text
""",
)


def test_what_counts_passes_or_steps_keeps_its_share_of_a_shorter_run() -> None:
    found = shaped(PRINTED, {"epochs": 10}, 224)
    assert found["every"] == 1 and found["warmup_steps"] == 200 and found["patience"] == 2
    assert found["rates"] == [[5e-4, 1], [2e-4, 1.5]]
    assert found["average"] == pytest.approx(0.9**4)  # twice as far back, seen from a shorter run
    assert found["milestones"] == [0.5, 0.75]  # shares already
    assert shaped(PRINTED, {"epochs": 1}, 224)["patience"] == 1


def test_without_another_length_or_input_nothing_changes() -> None:
    assert shaped(PRINTED, {}, 224) == PRINTED.settings
    assert shaped(PRINTED, {"epochs": 20, "input": 224}, 224) == PRINTED.settings


def test_a_short_side_in_pixels_goes_with_the_input() -> None:
    found = shaped(PRINTED, {"input": 32}, 224)["augment"]
    assert found == {"jitter_low": 37, "jitter_high": 69, "flip": 0.5}
    assert shaped(PRINTED, {"input": (56, 112)}, 224)["augment"]["jitter_low"] == 128


def test_a_recipe_of_ours_is_as_it_is_written() -> None:
    ours = Recipe("photos", "ours", {"epochs": 20, "every": 2, "augment": {"jitter_low": 256}})
    assert shaped(ours, {"epochs": 10, "input": 32}, 224) == ours.settings


def test_a_run_takes_a_printed_recipe_with_the_passes_that_are_wanted() -> None:
    run = resolve("nin_imagenet", {"data": "photos", "recipe": "photos", "epochs": 4})
    assert (run.recipe.recipe, run.recipe.epochs) == ("photos", 4)


@pytest.mark.parametrize(
    ("network", "recipe", "given", "said"),
    [
        ("vgg16", "paper", {}, "--set begin.bundle=BUNDLE"),
        ("vgg16", "paper_384", {}, "begins with trained weights, the same network, trained at S "),
    ],
)
def test_a_recipe_says_what_it_needs(network, recipe, given, said) -> None:
    with pytest.raises(ValueError, match=said):
        resolve(network, {"data": "photos", "recipe": recipe, **given})


def test_a_wrong_recipe_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"alexnet has no recipe 'papr'\. Did you mean 'paper'\?"):
        resolve("alexnet", {"data": "photos", "recipe": "papr"})
    assert look_up("vgg16").recipe("Paper-Jitter").name == "paper_jitter"


@pytest.mark.parametrize("epochs", [3, 5, 20, 40])
def test_the_paper_of_lenet5_keeps_its_five_rates_in_shape(epochs: int) -> None:
    """Passes 1-2, 3-5, 6-8, 9-12 and 13-20 of 20 (section III-B), at the same shares of the run."""
    recipe = resolve("lenet5", {"data": "digits", "recipe": "paper", "epochs": epochs}).recipe
    steps = 40 * epochs
    for share, rate in ((0, 5e-4), (0.3, 1e-4), (0.5, 5e-5), (0.99, 1e-5)):
        # a rate holds for whole passes
        at = int(share * epochs) * 40
        passed = at // 40 / epochs * 20
        wanted = next(r for r, end in zip(RATES, (2, 5, 8, 12, 20), strict=True) if passed < end)
        assert learning_rate(recipe, at, steps) == wanted
        assert epochs < 20 or wanted == rate


RATES = (5e-4, 2e-4, 1e-4, 5e-5, 1e-5)
