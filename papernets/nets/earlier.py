"""Where that stands now for which a user's file of an earlier version asks."""

from __future__ import annotations

import re

SAID = (
    "Paper, Claim (once Fact and Erratum), Departure, Recipe, number and table are in "
    "papernets.said, Initialisation (once Init) in papernets.spec. A Net is its name, input, "
    "classes and body; what was said of it stands beside it in the file, in PAPER, CLAIMS, "
    "DEPARTURES, INITIALISATION and RECIPES, its title in its function's docstring"
)
MOVED = {
    "papernets.paper": SAID,
    "papernets.analyse": "walk and totals are in papernets.spec, verify is in papernets.nets",
    "papernets.build": "create_model, load_bundle and build are in papernets",
    "papernets.nets.own": "look_up in papernets.nets reads a file",
    "papernets.nets.printed": "Claims hold for the printed network without being told so",
    "papernets.evaluate.scan": "It is papernets.strips.scan",
    "papernets.evaluate.strips": "It is papernets.strips.score",
    "papernets.data.strips": "It is papernets.strips.make",
}
"""Modules of an earlier version that a user's file may name, and where what was in them is."""
OF_NET = (
    *("title", "paper", "ledger_name", "init", "facts", "errata", "departures", "recipes"),
    "options",
)
"""What a `Net` took and had, beside what it is."""


def gone(error: Exception) -> str:
    """What a file asks for that an earlier version had, and where it stands now; else nothing."""
    text, of_net = str(error), "|".join(OF_NET)
    if isinstance(error, ModuleNotFoundError):
        parts = (error.name or "").split(".")
        at = next((name for n in (2, 3) if (name := ".".join(parts[:n])) in MOVED), "")
        return at and f"{at} is gone. {MOVED[at]}"
    if found := re.match(r"cannot import name '(paper|analyse)' from 'papernets' ", text):
        return f"papernets.{found[1]} is gone. {MOVED[f'papernets.{found[1]}']}"
    if found := re.match(r"cannot import name '(Fact|Erratum|Init)' from 'papernets\.", text):
        return f"{found[1]} is gone. {SAID}"
    called = rf"got an unexpected keyword argument '({of_net})'|takes .* positional|got multiple"
    if found := re.match(rf"(Net|Committee)\.__init__\(\) (?:{called})", text):
        taken = f"takes {found[2]} no more" if found[2] else "takes other values, in another order"
        return f"{found[1]} {taken}. {SAID}"
    if found := re.match(rf"'(Net|Committee)' object has no attribute '({of_net})'", text):
        return f"{found[1]} has {found[2]} no more. {SAID}"
    return ""
