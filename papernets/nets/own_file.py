"""Networks of a user's own: FILE.py:NAME, where NAME is a network or a function that makes one."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from ..files import read_bytes
from ..numbers import is_whole
from ..said import Printed
from ..spec import Committee, Net, pair
from ..words import brief, plural, said
from .earlier import gone
from .entry import OTHER_WORDS, Entry
from .shelf import Found, first_sentence, in_file, printed_by


def own(name: str, given: dict[str, object], options: dict[str, object]) -> Found:
    """The network of `file.py:NAME`, for these sizes and options, and what stands beside it.

    ValueError where it is none, or where what stands beside it is of a wrong kind.
    """
    path, _, attribute = name.rpartition(":")
    module = run(path)
    found = getattr(module, attribute, None)
    if found is None:
        raise ValueError(
            f"{path} has no {attribute!r}; networks in it: "
            f"{', '.join(networks_in(module)) or 'none'}"
        )
    maker = found if callable(found) else None
    if maker is not None:
        found = _called(name, maker, {**given, **options})
    if not isinstance(found, Net | Committee):
        raise ValueError(f"{name} is a {type(found).__name__}, not a Net")
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
        return Found(found, shelf, printed_by(maker, found))
    printed = Printed(found.member.input, found.member.classes)
    member = _changed(name, found.member, given, options)
    changed = replace(found, member=member) if isinstance(found, Committee) else member
    return Found(changed, shelf, printed)


def networks_in(module: ModuleType) -> list[str]:
    """The names in a user's file that may stand after its colon: networks, what makes them."""
    makers = [e.make for e in getattr(module, "NETWORKS", ()) if isinstance(e, Entry)]
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, Net | Committee)
        or any(value is maker for maker in makers)
        or _makes(value, name, module)
    ]


def _makes(value: object, name: str, module: ModuleType) -> bool:
    """True for a public function of the file that says it gives a network, or does not say."""
    if not inspect.isfunction(value) or value.__module__ != module.__name__ or name[0] == "_":
        return False
    given = inspect.signature(value).return_annotation
    text = given if isinstance(given, str) else getattr(given, "__name__", "")
    return given is inspect.Signature.empty or text in ("Net", "Committee", "Net | Committee")


MOST_BYTES, MOST_MEMBERS = 16 << 20, 1000
"""Of a file of code, and networks of a committee."""


class _Read(SourceFileLoader):
    """A file's code as it stands: kept bytecode does not see a change within the same second."""

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(read_bytes(self.path, MOST_BYTES), self.path)


def run(path: str) -> ModuleType:
    """The module in a user's file; ValueError where there is none, or it does not run."""
    file = Path(path)
    if not file.is_file():
        raise ValueError(f"{path}: no such file; a network of your own is FILE.py:NAME")
    called = f"papernets_own_{file.stem}"
    spec = importlib.util.spec_from_file_location(called, file, loader=_Read(called, str(file)))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with _running(path):
        spec.loader.exec_module(module)
    return module


@contextmanager
def _running(name: str) -> Iterator[None]:
    """A user's code runs in here: what it prints goes to stderr, as stdout is for results.

    Whatever it raises, sys.exit included, is a ValueError.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except SystemExit as leaving:
        raise ValueError(f"{name} does not run: it calls sys.exit({leaving.code!r})") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        what = gone(error) if isinstance(error, Exception) else ""
        if what:
            raise ValueError(
                f"{name} is written for an earlier papernets: {what}. CONTRIBUTING.md shows a file "
                "of today"
            ) from error
        raise ValueError(f"{name} does not run: {type(error).__name__}: {said(error)}") from error


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
    with _running(name):
        return own(**options)


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
