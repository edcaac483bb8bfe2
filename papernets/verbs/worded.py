"""Errors of the command line in Python's words: `out=` in the place of `--out`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ..words import brief

COMMAND = re.compile(r"papernets [a-z][^;,)\n]*?(?=[;,)\n]|[.:] |[.:]?$)", re.MULTILINE)
"""A command to copy, which stays as it is."""
SETTING = re.compile(r"--set '?([a-z_]+)(?:\.([a-z_]+))?=([^\s,;:)']+?)'?(?=[\s,;:)]|\.?$|\. )")
SWITCH = re.compile(r"--(resume|strict|head-only|trust)\b")
FLAG = re.compile(r"--([a-z]+(?:-[a-z]+)*)(?: ([A-Za-z0-9][\w./]*[\w/]|[A-Z0-9]))?")
TAKES_WORDS = ("data", "device", "recipe", "out", "weights", "schedule", "part", "protocol")


def in_python(text: str) -> str:
    """The sentence with arguments for flags; commands in it are left alone."""
    parts, end = [], 0
    for command in COMMAND.finditer(text):
        parts += [_arguments(text[end : command.start()]), command[0]]
        end = command.end()
    return "".join([*parts, _arguments(text[end:])])


def _arguments(text: str) -> str:
    text = SETTING.sub(_setting, text)
    text = SWITCH.sub(lambda found: f"{found[1].replace('-', '_')}=True", text)
    return FLAG.sub(_flag, text)


def _setting(found: re.Match[str]) -> str:
    table, key, value = found.groups()
    value = {"true": "True", "false": "False"}.get(value, value)
    if not re.fullmatch(r"True|False|[-\d.e]+|\[.*", value):
        value = repr(value)
    return f"{table}={value}" if key is None else f"{table}={{{key!r}: {value}}}"


def _flag(found: re.Match[str]) -> str:
    """`--out FOLDER` is `out=FOLDER`; a word that stands behind a flag by chance stays there."""
    name, value = found[1].replace("-", "_"), found[2]
    if value is None:
        return f"{name}="
    if value.isupper() or value[0].isdigit():
        return f"{name}={value}"
    return f"{name}={value!r}" if _names(name, value) else f"{name}= {value}"


def _names(flag: str, value: str) -> bool:
    """Whether a small word is the flag's value: `--device auto`."""
    return flag in TAKES_WORDS and value in (
        "auto", "cpu", "cuda", "mps", "digits", "mnist", "cifar10", "paper", "finetune", "scan",
        "all", "test", "train", "validation", "centre",
    )  # fmt: skip


def check_switches(**given: object) -> None:
    """ValueError that names what should be True or False: "no", too, would count as true."""
    for name, value in given.items():
        if not isinstance(value, bool):
            raise ValueError(f"{name}={brief(value)}: give True or False")


@contextmanager
def worded() -> Iterator[None]:
    """Within it an error that a user can mend speaks of arguments, not of flags."""
    try:
        yield
    except (ValueError, OSError) as error:
        if len(error.args) >= 1 and isinstance(error.args[0], str):
            error.args = (in_python(error.args[0]), *error.args[1:])
        raise
