"""What printed recipes ask for and this version cannot do yet: such a recipe is refused."""

from __future__ import annotations

from ..nets import Found
from ..said import Recipe

NAMES = ("mean", "gcn", "zca")
"""Settings to come."""
KEYS = {
    "augment": (
        *("aspect", "jitter_low", "jitter_high", "pca", "brightness", "contrast", "saturation"),
        *("hue", "lighting", "interpolation"),
    )
}
"""Keys of tables to come."""


def check_here(found: Found, recipe: Recipe) -> None:
    """ValueError where a recipe asks for what is to come: all of it, and which recipes train."""
    if missing := _missing(recipe):
        able = [one.name for one in found.recipes if not _missing(one)]
        raise ValueError(
            f"recipe {recipe.name} of {found.name} asks for what cannot be done yet: "
            f"{', '.join(missing)}. Recipes that train: {', '.join(able) or 'none'}. What it says: "
            f"papernets recipe {found.name} {recipe.name}"
        )


def _missing(recipe: Recipe) -> list[str]:
    asked = recipe.settings
    missing = [name for name in asked if name in NAMES]
    for table, keys in KEYS.items():
        given = asked.get(table, {})
        assert isinstance(given, dict)
        missing += [f"{table}.{key}" for key in given if key in keys]
    return missing
