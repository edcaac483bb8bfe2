"""What a state_dict holds beside a network's tensors, known by its names: it is left out, and said.

Tools and training scripts leave it there: wrappers' prefixes, thop's counters, a loss's weights,
heads that only training uses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torch import Tensor

from ..nets import look_up
from ..spec import Aux, Net, each_part
from ..words import brief, listed

WRAPPERS = re.compile(r"(?:^|(?<=\.))(?:module|_orig_mod|_fsdp_wrapped_module)\.")
"""What DataParallel, compile and FSDP put before a module's names, at the beginning or inside."""
COUNTED = re.compile(r"(?:^|\.)total_(?:ops|params)$")
AVERAGES = "n_averaged"
LOSS = re.compile(
    r"(?:\w+_)?(?:criterions?|criteria|loss(?:es)?(?:_?(?:fn|func|function))?|metrics?)\."
)
KINDS = {
    "thop's counters": lambda name: COUNTED.search(name) is not None,
    "the number of models that were averaged": lambda name: name == AVERAGES,
    "what a loss or a metric holds": lambda name: LOSS.match(name) is not None,
}
"""What is no part of any network, in words, and how its names are known."""


@dataclass(frozen=True)
class Trimmed:
    """Tensors without what is known to be no part of a network; `left_out` names that.

    `notes` are sentences on what was left out, and on names that became shorter.
    """

    tensors: dict[str, Tensor]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def trimmed(tensors: Mapping[str, Tensor]) -> Trimmed:
    """The tensors less extras, and less what wrappers put before their names.

    What all other names begin with, `model.` say in checkpoints of Lightning, is taken away too.
    """
    short = {name: WRAPPERS.sub("", name) for name in tensors}
    inner = _within(short.values())
    notes, left_out = [], []
    for words, extra in KINDS.items():
        found = [k for k, now in short.items() if extra(now) or extra(now.removeprefix(inner))]
        if found and len(found) < len(short):
            left_out += found
            short = {name: now for name, now in short.items() if name not in found}
            notes.append(f"left out as no part of the network, {words}: {listed(found, 3)}")
    while short and all("." in name for name in short.values()):
        if len({name.split(".")[0] for name in short.values()}) > 1:
            break
        shorter = {name: now.partition(".")[2] for name, now in short.items()}
        first = {now.split(".")[0] for now in shorter.values()}
        if not any("." in now for now in shorter.values()) or (
            len(first) > 1 and all(part.isdecimal() for part in first)
        ):
            break  # one layer, all of it, or one sequence, whose name tells more than its numbers
        short = shorter
    if max(Counter(short.values()).values(), default=1) > 1:
        short = {name: name for name in short}  # two names would become one
    gone = next((name for name, now in short.items() if name != now), None)
    if gone:
        notes.append(f"tensors go by shorter names: {brief(short[gone])} for {brief(gone)}")
    taken = {now: tensors[name] for name, now in short.items()}
    return Trimmed(taken, tuple(left_out), tuple(notes))


def _within(names: Iterable[str]) -> str:
    """What nearly all names begin with, up to a full stop: `model.`; empty where nothing is it."""
    first = Counter(name.partition(".")[0] for name in names if "." in name)
    most, times = first.most_common(1)[0] if first else ("", 0)
    return f"{most}." if 2 * times > first.total() else ""


def fitted(net: Net, own: Iterable[str], state: Mapping[str, Tensor]) -> Trimmed:
    """Weights for a network of ours, whose tensors are called `own`, less what it does without.

    That is the extras, and auxiliary heads that the network was made without. Prefixes are taken
    away where names do not fit as they stand.
    """
    wanted = set(own)
    found = Trimmed(dict(state))
    if not all(isinstance(name, str) for name in state) or wanted == set(state):
        return found
    less = trimmed(state)
    gain = len(wanted & set(less.tensors)) - len(wanted & set(state))
    if gain > 0 or (gain == 0 and less.left_out):
        found = less
    blocks = tuple(f"{head}." for head in _heads(net))
    if not blocks or any(name.startswith(blocks) for name in wanted):
        return found
    heads = [name for name in found.tensors if name.startswith(blocks)]
    if not heads:
        return found
    rest = {name: tensor for name, tensor in found.tensors.items() if name not in heads}
    note = f"auxiliary heads left out: {listed(heads, 3)}"
    return Trimmed(rest, (*found.left_out, *heads), (*found.notes, note))


def _heads(net: Net) -> list[str]:
    """The auxiliary heads that our network of this name has; a user's own is asked for `aux`."""
    try:
        whole = look_up(net.name).net.member
    except ValueError:
        return ["aux", *(f"aux{n}" for n in range(1, 10))]
    return [name for name, part in each_part(whole.body) if isinstance(part, Aux)]
