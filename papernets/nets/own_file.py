"""Networks of a user's own: FILE.py:NAME, where NAME is a network or a function that makes one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import TypeGuard

from ..files import read_bytes
from ..numbers import is_whole
from ..said import Printed
from ..spec import Committee, Net, pair
from ..words import brief, did_you_mean, plain, plural, type_of
from .entry import OTHER_WORDS, Entry
from .own_code import MOST_BYTES, run, running
from .shelf import Found, first_sentence, in_file, printed_by, split_swaps, with_swaps


class TorchModule(ValueError):
    """A torch module stands where a network is meant; `module` is it."""

    def __init__(self, name: str, module: object):
        self.module = module
        super().__init__(
            f"{name} is {type_of(module)}, a torch module, not a Net: papernets explain {name} "
            "--input HEIGHTxWIDTH tells its cost, other verbs take a Net"
        )


def own(name: str, given: dict[str, object], options: dict[str, object]) -> Found:
    """The network of `file.py:NAME`, for these sizes and options, and what stands beside it.

    ValueError where it is none, or where what stands beside it is of a wrong kind.
    """
    path, _, attribute = name.rpartition(":")
    module = run(path)
    found = getattr(module, attribute, None) or _listed(module, attribute)
    if found is None:
        known = networks_in(module)
        hint = did_you_mean(attribute, known, loosely=True)
        raise ValueError(
            f"{path} has no {attribute!r}.{hint} Networks in it: {', '.join(known) or 'none'}"
        )
    if (built := _torch_module(name, found, given)) is not None:
        raise TorchModule(name, built)
    maker = found if callable(found) else None
    options, wanted = split_swaps(options, _declared(maker))
    if maker is not None:
        found = _called(name, maker, {**given, **options})
    if _is_module(found):
        raise TorchModule(name, found)
    if not isinstance(found, Net | Committee):
        raise ValueError(f"{name} is {type_of(found)}, not a Net{_line_of(path, attribute)}")
    if not isinstance(found.member, Net):
        raise ValueError(f"{name} has members of {type(found.member).__name__}, not of Net")
    if isinstance(found, Committee) and not (
        is_whole(found.count, 1) and found.count <= MOST_MEMBERS
    ):
        raise ValueError(f"{name} has {found.count!r} members: give from 1 to {MOST_MEMBERS:,}")
    if not isinstance(found.name, str):
        raise ValueError(f"{name} is called {found.name!r}, which is no text")
    title = first_sentence(maker) if inspect.isroutine(maker) else ""
    shelf = in_file(module, path, {found.name: title} if title else {})
    if maker is not None:
        _check_asked(name, found.member, given)
        return with_swaps(Found(found, shelf, printed_by(maker, found)), wanted)
    printed = Printed(found.member.input, found.member.classes)
    member = _changed(name, found.member, given, options)
    changed = replace(found, member=member) if isinstance(found, Committee) else member
    return with_swaps(Found(changed, shelf, printed), wanted)


def _declared(maker: Callable[..., object] | None) -> set[str]:
    """The options that a user's function knows by name."""
    return set(inspect.signature(maker).parameters) if maker is not None else set()


def _is_module(value: object) -> bool:
    """True for an `nn.Module`, which this room knows without torch."""
    return hasattr(value, "named_modules") and hasattr(value, "state_dict")


def _torch_module(name: str, found: object, given: dict[str, object]) -> object | None:
    """The torch module that a name means: one, its class, or a function that makes one.

    None where it means anything else. The function is called without the sizes that it does not
    know: they are those of a picture.
    """
    if not callable(found) or (_is_module(found) and not isinstance(found, type)):
        return found if _is_module(found) else None
    plainly = isinstance(found, FunctionType) and _without(found, given)
    made = _called(name, found, {}) if plainly or _is_module(found) else None
    return made if _is_module(made) else None


def _without(maker: FunctionType, given: dict[str, object]) -> bool:
    """True where a function needs no argument, and takes not all that are given."""
    known = inspect.signature(maker).parameters.values()
    loose = any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in known)
    needs = any(p.default is p.empty for p in known)
    return not loose and not needs and not set(given) <= {p.name for p in known}


def networks_in(module: ModuleType) -> list[str]:
    """The names that may stand after the colon of a user's file.

    Those that its NETWORKS lists; without it, its networks and the functions that make them. A
    function that does not say what it gives makes one where it uses `Net`, `Committee` or another
    network of the file.
    """
    listed = getattr(module, "NETWORKS", None)
    if isinstance(listed, tuple | list):
        return [name for one in listed if (name := _name_of(one, module))]
    own = {name: value for name, value in vars(module).items() if name[0] != "_"}
    found = {n for n, value in own.items() if isinstance(value, Net | Committee)}
    makers = {n: f for n, f in own.items() if _is_function(f, module)}
    found |= {n for n, maker in makers.items() if _says_net(maker)}
    silent = {n: f for n, f in makers.items() if _given(f) is inspect.Signature.empty}
    known = {"Net", "Committee", "replace"}
    while more := {
        name
        for name, maker in silent.items()
        if name not in found and (known | found) & set(maker.__code__.co_names)
    }:
        found |= more
    return [name for name in own if name in found]


def _name_of(one: object, module: ModuleType) -> str:
    """How an entry of NETWORKS is called after the colon: by its variable, else its own name."""
    if isinstance(one, str):
        return one if getattr(module, one, None) is not None else ""
    value = one.make if isinstance(one, Entry) else one
    return next((name for name, other in vars(module).items() if other is value), "") or (
        one.name if isinstance(one, Entry) else ""
    )


def _line_of(path: str, attribute: str) -> str:
    """Where a file says what a name is: ` (net.py, line 3)`; empty where no line begins so."""
    pattern = re.compile(rf"(?:async def |def |class )?\s*{re.escape(attribute)}\b")
    lines = read_bytes(path, MOST_BYTES).decode("utf-8", "replace").splitlines()
    at = next((n for n, line in enumerate(lines, 1) if pattern.match(line)), 0)
    return f" ({path}, line {at})" if at else ""


def _is_function(value: object, module: ModuleType) -> TypeGuard[FunctionType]:
    return isinstance(value, FunctionType) and value.__module__ == module.__name__


def _given(maker: FunctionType) -> object:
    """What a function says that it gives; `Signature.empty` where it does not."""
    return inspect.signature(maker).return_annotation


def _says_net(maker: FunctionType) -> bool:
    """True where a function says that it gives a network; a string is read as it stands."""
    given = _given(maker)
    text = given if isinstance(given, str) else getattr(given, "__name__", str(given))
    words = {part.strip().rpartition(".")[2] for part in text.split("|")}
    return bool(words) and words <= {"Net", "Committee"}


def _listed(module: ModuleType, name: str) -> object:
    """What NETWORKS has under a name of its own, an entry's name or alias; None without one."""
    listed = getattr(module, "NETWORKS", None)
    for one in listed if isinstance(listed, tuple | list) else ():
        if isinstance(one, Entry) and plain(name) in map(plain, (one.name, *one.aliases)):
            return one.make
    return None


MOST_MEMBERS = 1000
"""Networks of a committee."""


def _called(name: str, own: Callable[..., object], options: dict[str, object]) -> object:
    """What a user's function makes of these options; it may call its sizes by the other words."""
    known = inspect.signature(own).parameters
    for word, other in OTHER_WORDS.items():
        if word in options and word not in known and other in known:
            options = {other if key == word else key: value for key, value in options.items()}
    if not any(p.kind is p.VAR_KEYWORD for p in known.values()):
        for option in options:
            if option not in known:
                takes = ", ".join(known) or "none"
                raise ValueError(f"{name} takes no option {brief(option)}; its options: {takes}")
    line = own.__code__.co_firstlineno if isinstance(own, FunctionType) else 0
    with running(name, name.rpartition(":")[0], line):
        return own(**options)


def _check_asked(name: str, own: Net, given: dict[str, object]) -> None:
    """ValueError where a user's function gives a network of other sizes than it was asked for."""
    if not (isinstance(own.input, tuple) and len(own.input) == 3):
        return  # who walks it says so
    sizes = {"classes": own.classes, "channels": own.input[0], "input": own.input[1:]}
    for word, value in given.items():
        wanted = pair(value) if word == "input" else value  # type: ignore[arg-type]
        if sizes.get(word, wanted) != wanted:
            raise ValueError(
                f"{name} was asked for {word}={value} and gives a network of {word} "
                f"{sizes[word]}: let the function use what it is given"
            )


def _changed(name: str, own: Net, given: dict[str, object], options: dict[str, object]) -> Net:
    """A user's fixed network for another input; its numbers hold for its own input alone."""
    if options:
        raise ValueError(
            f"{name} is a fixed network and takes no option {brief(next(iter(options)))}"
        )
    if not given:
        return own
    if given.get("classes", own.classes) != own.classes:
        raise ValueError(
            f"{name} is a fixed network of {plural(own.classes, 'class', 'classes')}; for "
            f"{given['classes']} make it "
            "a function of (classes, channels, input)"
        )
    channels, input = given.get("channels", own.input[0]), given.get("input", own.input[1:])
    assert isinstance(channels, int) and isinstance(input, int | tuple)
    shape = (channels, *pair(input))
    return replace(own, input=shape)
