"""The daily flags, the same in every verb that has them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from ..words import NotInstalled, said

if TYPE_CHECKING:
    import torch

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, all else on stderr.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only results and errors.")]
DataDir = Annotated[
    str,
    typer.Option(
        "--data-dir",
        help="Folder with mnist and other data sets. [PAPERNETS_DATA, else the cache folder]",
    ),
]
BundleName = Annotated[
    str,
    typer.Argument(help="The folder of a bundle or a run, or the name of a trained network."),
]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda or mps.")]
Threads = Annotated[
    int, typer.Option("--threads", help="CPU threads; 0 lets torch choose.", min=0, max=1024)
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop if a file cannot be read.")]
Plain = Annotated[
    bool, typer.Option("--plain", help="Compute every module by itself, not the optimised form.")
]
BatchSize = Annotated[
    int | None, typer.Option("--batch-size", help="Pictures per step.", min=1, max=2**31)
]


class WrongUse(ValueError):
    """What was asked for cannot be: exit code 2."""


class _AsTyped:
    """What typer asks to bring a value to its type: text is text, and a default has its type.

    Otherwise typer makes a check by pydantic for each flag, given or not, and imports pydantic:
    as long as `explain` takes for all the rest. Any other value goes that way.
    """

    def __init__(self, kind: type, make: Callable[[], Any]) -> None:
        self.kind, self.make = kind, make

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        if value is None or type(value) is self.kind:
            return value
        return self.make().coerce(value, param=param, ctx=ctx)


def _as_typed(param: Any) -> None:
    """Let a flag with one value be read so; a typer that reads flags otherwise is left alone."""
    kind = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    make = getattr(param, "get_runtime_param", None)
    one = not getattr(param, "multiple", False) and param.nargs == 1
    if one and kind in (str, int, bool, float) and make and not isinstance(make, partial):
        param.get_runtime_param = partial(_AsTyped, kind, make)


class Quick:
    """A command whose flags are brought to their types without pydantic."""

    def get_params(self, ctx: Any) -> Any:
        found = super().get_params(ctx)  # type: ignore[misc]
        for param in found:
            _as_typed(param)
            if ctx.resilient_parsing:  # a shell asks what may stand here
                from .completion import complete

                param._custom_shell_complete = complete(str(self.name), param)  # type: ignore[attr-defined]
        return found


class Verbs(Quick, TyperGroup):
    """The verbs."""


class Verb(Quick, TyperCommand):
    """A verb that takes an empty value, a shell's unset variable say, for wrong use.

    So it does a network, bundle or file whose name is longer than a file's may be.
    """

    def invoke(self, ctx: Any) -> Any:
        for param in self.params:
            name = str(param.name)
            source = ctx.get_parameter_source(name)
            if ctx.params.get(name) == "" and source is not None and source.name == "COMMANDLINE":
                shown = param.opts[0] if param.opts[0].startswith("-") else name.upper()
                raise WrongUse(f"{shown} is empty: give a value, or leave it out")
            if isinstance(param, TyperArgument) and isinstance(ctx.params.get(name), str):
                _check_length(ctx.params[name])
        return super().invoke(ctx)


class Settable(Verb):
    """A verb with `--set`: a flag that is none of its own, and is a setting, is told as one."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            unknown = hasattr(error, "possibilities")  # click's, wherever typer keeps it
            setting = _setting(error.option_name) if unknown else ""  # type: ignore[attr-defined]
            if not setting:
                raise
            flags = {flag for param in self.params for flag in param.opts}
            flag = f"--{setting.replace('_', '-')}"
            way = f"{flag} VALUE" if flag in flags else f"--set {setting}=VALUE"
            error.message += f". It is {way} here"  # type: ignore[attr-defined]
            error.possibilities = []  # type: ignore[attr-defined]
            raise


def _setting(option: str) -> str:
    """The setting of a training that an unknown flag is the name of, here or elsewhere."""
    from ..train.usual_words import MEANT, NAMES

    word = option.lstrip("-").replace("-", "_").casefold()
    return word if word in NAMES else MEANT.get(word, "")


def _check_length(name: str) -> None:
    """The system's error where a name is longer than any file's may be."""
    try:
        os.stat(name)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise
    except ValueError:  # a character that no file's name has
        pass


@contextmanager
def wrong_use() -> Iterator[None]:
    """Errors in here are the command's: a wrong name, option or key, a folder that is taken.

    That a package is not installed is none: it has exit code 1 whoever finds it.
    """
    try:
        yield
    except NotInstalled:
        raise
    except (FileExistsError, FileNotFoundError) as error:  # the system's without its number
        words = f"{error.filename}: {error.strerror}" if error.filename else said(error)
        raise WrongUse(words) from None
    except ValueError as error:
        raise WrongUse(said(error)) from None


@contextmanager
def own_file(*names: str) -> Iterator[None]:
    """Whatever a network in a user's file leads to is an error of the file, told in one line.

    The last resort: what is known to go wrong has words of its own. The line is said where the
    file's code made the error.
    """
    from ..nets.own_code import place_in

    files = [name for name in names if ".py:" in name]

    def place(error: BaseException) -> str:
        return next(filter(None, (place_in(error, name.rpartition(":")[0]) for name in files)), "")

    try:
        yield
    except (typer.Exit, KeyboardInterrupt):
        raise
    except (ValueError, OSError) as error:
        if place(error) and place(error) not in said(error):
            raise WrongUse(f"{said(error)}{place(error)}") from None
        raise
    except BaseException as error:
        if not files or isinstance(error, MemoryError):
            raise
        raise WrongUse(
            f"{' or '.join(files)} cannot be used: {type(error).__name__}: "
            f"{said(error)}{place(error)}"
        ) from None


@contextmanager
def wrong_data() -> Iterator[None]:
    """Errors of the layout of a folder of pictures are the command's: it is another --data."""
    from ..data.dataset import WrongFolder

    try:
        yield
    except WrongFolder as error:
        raise WrongUse(str(error)) from None


def check_data(name: str, data_dir: str) -> None:
    """Wrong use where a name is no data set, and no folder; nothing is read."""
    from ..data.kinds import gatherer, is_there
    from ..data.sources import NAMES, given_path, normal
    from ..data.sources import open as open_data

    with wrong_use():
        path = given_path(name, data_dir or None)
        if normal(name) not in NAMES and not (path.is_dir() or (gatherer(path) and is_there(path))):
            open_data(name, data_dir=data_dir or None)  # says what there is


def answers_by(device: str, threads: int) -> torch.device:
    """As `use`, for a process that answers and does nothing else."""
    from ..machine import keep_memory

    keep_memory()
    return use(device, threads)


def use(device: str, threads: int) -> torch.device:
    """The device of a name, with torch's threads set where a number is given; else wrong use."""
    import torch

    from ..machine import choose_device

    if threads:
        torch.set_num_threads(threads)
    with wrong_use():
        return choose_device(device)
