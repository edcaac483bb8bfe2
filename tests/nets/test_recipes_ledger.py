"""Printed recipes against the ledger, field by field.

The ledger was made apart from this project: tests/ledger/README.md. Where the paper contradicts it,
`UNLIKE` says so; what it has and recipes do not, `ELSEWHERE`.
"""

import re
from collections.abc import Callable

import pytest
import siblings
from ledger import systems
from recipe_numbers import numbers, printed, told

from papernets.nets import look_up
from papernets.said import Recipe

LEDGER = [one for one in systems() if "recipe" in one]

# What the ledger says and a recipe does not, each with its reason, by the ledger's key
ELSEWHERE = {
    "source": "the recipe's own",
    "confidence": "the ledger's own",
    "activation": "of the network",
    "lrn": "of the network",
    "gains": "results",
    "training_error": "a result",
    "effective_lr": "a result",
    "ensemble": "other networks, told in a note",
    "time": "of machines; told where a paper has a figure of its own",
    "note": "recalled, and the appendix says otherwise: 30 and 60 passes, without a warm-up",
}


V2 = "He et al. 2016: Identity Mappings"
UNLIKE = {
    (V2, "lr"): "appendix: on ImageNet divided by 10 after 30 and 60 passes, not by plateau",
    (V2, "iterations"): "the appendix has no number of steps for ImageNet",
    (V2, "test"): "table 5 has single crops",
}
"""Where the ledger repeats the first paper's recipe for the second's, which prints its own."""


def the_optimizer(recipe: Recipe, text: str) -> None:
    words = {
        "levenberg": "levenberg_marquardt",
        "rmsprop": "rmsprop_tensorflow",
        "adam": "adam",
        "sgd": "sgd",
    }
    kind = next(ours for word, ours in words.items() if word in text.lower())
    assert recipe.settings["optimizer"] == kind
    if kind in ("sgd", "levenberg_marquardt"):
        assert numbers(text) - {1} <= told(recipe, "momentum")
        return
    assert numbers(text) <= told(recipe, "momentum", "alpha", "epsilon", "optimizer")


def the_batch(recipe: Recipe, text: object) -> None:
    if re.match("not", str(text)):
        assert not printed(recipe, "batch_size")
    else:
        assert numbers(text) - {3, 4} <= told(recipe, "batch_size", "replicas") | {50, 20}
        assert recipe.settings["batch_size"] in numbers(text)


def the_decay(recipe: Recipe, text: object) -> None:
    decay = recipe.settings["weight_decay"]
    if isinstance(text, int | float):
        assert (decay, printed(recipe, "weight_decay")) == (text, True)
    elif "none" in str(text) and "depthwise" not in str(text):
        assert decay == 0
    elif "depthwise" in str(text):
        assert recipe.settings["decays"] == {"depthwise": 0}
    else:
        assert not printed(recipe, "weight_decay")
        assert numbers(text) <= {decay} | {5, 4e-5}


RATES = (
    *("learning_rate", "schedule", "gamma", "drops", "every", "milestones", "length", "epochs"),
    *("pictures", "warmup_rate", "warmup_error", "warmup_steps"),
)
"""Fields of a recipe that say how the rate moves."""


def the_rate(recipe: Recipe, text: str) -> None:
    if "not printed" in text:
        assert not printed(recipe, "learning_rate")
        return
    settings = recipe.settings
    if "BN-x30" in text:  # three recipes in a line; the paper's is the last
        assert settings["learning_rate"] == 0.045 and "6 times" in text
        assert settings["every"] == pytest.approx(8 / 6)
        return
    warmed, text = re.search(r"(ResNet-110 warms up.*)", text), text.partition("; ResNet-110")[0]
    if warmed and "warmup_error" in settings:
        assert settings["warmup_rate"] in numbers(warmed[1])
        assert 100 * float(str(settings["warmup_error"])) in numbers(warmed[1])
    if "divided by 10" in text or "lowered by 10" in text:
        assert settings["gamma"] == 0.1
    elif "4 percent" in text:
        assert settings["gamma"] == 0.96
    text = re.sub(r"(divided|lowered) by 10|4 percent|\(about.*\)", "", text)
    asked = {n * 1000 if f"{n:g}k" in text else n for n in numbers(text.replace("k ", " "))}
    asked |= {n for word, n in {"3 times": 3, "three times": 3, "twice": 2}.items() if word in text}
    found = told(recipe, *RATES)
    assert asked <= found | {1} or {1000 * n for n in asked} & found, (asked - found, text)
    kinds = {"every": "exponential", "at 32": "step", "by hand|stall|stops|plateau": "plateau"}
    kind = next(ours for word, ours in kinds.items() if re.search(word, text))
    assert settings["schedule"] == kind


def the_passes(recipe: Recipe, text: object) -> None:
    if "not" in str(text):
        assert not printed(recipe, "epochs")
    elif "v3 paper" in str(text):
        assert numbers(str(text).partition("(")[0]) == {recipe.settings["epochs"]}
    else:
        assert numbers(text) == {recipe.settings["epochs"]}


def the_steps(recipe: Recipe, text: object) -> None:
    asked = str(text).replace("60e4", "600000")
    assert numbers(asked) == told(recipe, "length")


def the_crops(recipe: Recipe, text: str) -> None:
    """Each kind of change that the ledger names, with its numbers."""
    augment = recipe.settings.get("augment", {})
    assert isinstance(augment, dict)
    if "mirror" in text or "flip" in text:
        assert augment["flip"] == 0.5
    if found := re.search(r"(\d+) pixels of padding", text):
        assert augment["padding"] == int(found[1])
    if found := re.search(r"random in \[(\d+),\s*(\d+)\]", text):
        sides = tuple(map(int, found.groups()))
        ours = augment.get("jitter_low"), augment.get("jitter_high")
        assert sides == ours or (sides == (256, 512) and ours == (256, 256))  # S = 256, then jitter
    if found := re.search(r"(\d+) to 100 percent", text):
        assert (augment["area"], augment["aspect"]) == (int(found[1]) / 100, 4 / 3)
    if "PCA" in text or "colour shift" in text or "RGB shift" in text:
        assert augment["pca"] == 0.1
    if "centre 256x256" in text:
        assert 256 in told(recipe, "enlarge")
    if "per-pixel mean" in text:
        assert recipe.settings["mean"] == "pixel"
    if "mean RGB" in text:
        assert recipe.settings["mean"] == "channel"
    if text.startswith("none"):
        assert not augment


def the_test(recipe: Recipe, text: str) -> None:
    value = next(str(one.value) for one in recipe.fields if one.field == "test")
    kinds = {"10 crops": "ten-crop", "10-crop": "ten-crop", "144 crops": "144"}
    kind = next((ours for word, ours in kinds.items() if word in text), "dense")
    assert value == kind


def the_dropout(recipe: Recipe, text: str) -> None:
    if "keras:" in text:  # of released code: the paper says nothing
        assert not printed(recipe, "dropout")
        return
    value = next(str(one.value) for one in recipe.fields if one.field == "dropout")
    if re.match("none|removed", text):
        assert value == "none"
    else:
        assert numbers(text.partition(";")[0]) - {1, 2} <= told(recipe, "dropout")


def the_smoothing(recipe: Recipe, text: object) -> None:
    wanted = 0 if "none" in str(text) else 0.1
    assert recipe.settings["label_smoothing"] == wanted


def the_clip(recipe: Recipe, text: str) -> None:
    """The paper of Inception v3 has it, that of v4 does not."""
    clips = recipe.settings.get("clip_norm")
    assert numbers(text.partition("(")[0]) == {clips} if printed(recipe, "clip_norm") else not clips


def the_average(recipe: Recipe, text: str) -> None:
    assert recipe.settings["average"]
    assert ("Polyak" in text) == (recipe.settings.get("average_kind") == "polyak")


def the_pixels(recipe: Recipe, text: str) -> None:
    settings = recipe.settings
    if "per pixel" in text:
        assert settings["mean"] == "pixel"
    elif "mean subtracted" in text:
        assert settings["mean"] == "channel"
    elif "background" in text:
        assert {settings["low"], settings["high"]} <= numbers(text)
    else:
        assert text == "pixels / 255" and (settings["low"], settings["high"]) == (0, 1)


def the_rates(recipe: Recipe, text: str) -> None:
    """`passes 1-2: 5e-4; 3-5: 2e-4`: each rate with how many passes it holds."""
    spans = re.findall(r"(\d+)-(\d+): ([\de.-]+)", text)
    wanted = [[float(rate), int(last) - int(first) + 1] for first, last, rate in spans]
    assert recipe.settings["rates"] == wanted and len(wanted) == 5


def the_heads(recipe: Recipe, text: object) -> None:
    if text == "none":
        assert next(one.value for one in recipe.fields if one.field == "heads") == "none"
    elif isinstance(text, float):
        assert told(recipe, "heads") == {text}


def the_loss(recipe: Recipe, text: str) -> None:
    kind = "map" if "MAP" in text else "cross_entropy"
    assert recipe.settings["loss"] == kind


CHECKS: dict[str, Callable[[Recipe, object], None]] = {  # type: ignore[dict-item]
    "optimizer": the_optimizer,
    "batch": the_batch,
    "weight_decay": the_decay,
    "lr": the_rate,
    "epochs": the_passes,
    "iterations": the_steps,
    "augmentation": the_crops,
    "preprocessing": lambda recipe, text: _is_whitened(recipe),
    "test": the_test,
    "dropout": the_dropout,
    "label_smoothing": the_smoothing,
    "clip": the_clip,
    "averaging": the_average,
    "input": the_pixels,
    "global_eta": the_rates,
    "mu": lambda recipe, mu: _is(recipe.settings["epsilon"], mu),
    "hessian": lambda recipe, text: _within(recipe.settings["curvature"], text),
    "momentum": lambda recipe, text: _is("momentum" in recipe.settings, text != "none"),
    "aux_weight": the_heads,
    "aux": the_heads,
    "loss": the_loss,
    "regularisation": lambda recipe, text: _is(told(recipe, "filter_rms", "dropout"), {0.1, 0.5}),
    "init": lambda recipe, text: _is_drawn(recipe, text),
    "other": lambda recipe, text: _is(printed(recipe, "order"), "shuffling" in str(text)),
}


def _is(one: object, other: object) -> None:
    assert one == other or {one} == {other, 6.0, 7.0}


def _within(one: object, text: object) -> None:
    assert one in numbers(text)


def _is_whitened(recipe: Recipe) -> None:
    assert recipe.settings["gcn"] and recipe.settings["zca"]


def _is_drawn(recipe: Recipe, text: object) -> None:
    """Whose method, or the printed deviation, weight or bound."""
    drawn = next((one for one in recipe.fields if one.field == "initialisation"), None)
    assert drawn is not None
    if "not given" in str(text):
        assert not drawn.printed
    elif "He et al" in str(text):
        assert "He" in str(drawn.value)
    else:
        several = {0.01, 2.4} & numbers(f"{drawn.value} {drawn.note}")
        plain = str(text).replace("0.01^2", "0.01").replace("1e-2", "0.01").replace("+-", "")
        assert several & numbers(plain)


@siblings.together("system", LEDGER)
def test_the_ledgers_recipe_field_by_field(system) -> None:
    found = look_up(system["name"])
    names = [recipe.name for recipe in found.recipes]
    recipe = found.recipe("paper" if "paper" in names else "notes")
    for key, text in system["recipe"].items():
        own = (recipe.source, key) in UNLIKE and "cifar" not in system["name"]
        if key not in ELSEWHERE and not own:
            CHECKS[key](recipe, text)
