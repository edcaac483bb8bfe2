"""The numbers in recipes and in what a ledger says of them."""

import re

from papernets.said import Recipe

NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*\.?\d*(?:e-?\d+)?")


def numbers(text: object) -> set[float]:
    """The numbers in a text: 0.1, 600,000 and 60e4, 5e-4."""
    return {float(found.replace(",", "")) for found in NUMBER.findall(str(text))}


def told(recipe: Recipe, *fields: str) -> set[float]:
    """The numbers of these fields of a recipe, of their values and their notes."""
    chosen = [one for one in recipe.fields if one.field in fields]
    return set().union(*(numbers(f"{one.value} {one.note}") for one in chosen), set())


def printed(recipe: Recipe, name: str) -> bool:
    return any(one.field == name and one.printed for one in recipe.fields)
