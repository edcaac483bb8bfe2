"""The command line, a page a verb, from the application itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import typer

from papernets.cli.app import app
from papernets.tables import Column, Table
from website import text

ARGUMENTS = (Column("argument"), Column("what it is"))
OPTIONS = (Column("option"), Column("what it does"))


def verbs(command: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it; of a group its commands."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield before, command
        return
    for name, one in inner.items():
        yield from verbs(one, (*before, name))


def page(words: tuple[str, ...], command: Any, above: Any) -> str:
    """A verb: how it is called, what it does, its arguments and options, as `--help` has them."""
    context = command.make_context(" ".join(words), [], parent=above, resilient_parsing=True)
    call = " ".join(["papernets", *words, *command.collect_usage_pieces(context)])
    first, *more = (command.help or "").split("\n\n")
    parts = [
        f"# {text.code(f'papernets {chr(32).join(words)}')}",
        text.prose(first),
        text.fence(call, "text"),
        *map(text.prose, more),
    ]
    for heading, columns, rows in (
        ("Arguments", ARGUMENTS, list(_records(command, context, "argument"))),
        ("Options", OPTIONS, list(_records(command, context, "option"))),
    ):
        if rows:
            table = Table.of(columns, tuple(rows))
            parts += [f"## {heading}", text.scrolling(table, heading, "options")]
    return text.page(parts)


def _records(command: Any, context: Any, kind: str) -> Iterator[tuple[str, str]]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if parameter.param_type_name == kind and record is not None:
            yield record


def write(put: Callable[[str, str], None]) -> None:
    """A page a verb, and their list."""
    root = typer.main.get_command(app)
    above = root.make_context("papernets", [], resilient_parsing=True)
    found = list(verbs(root))
    lines = []
    for words, command in found:
        address = "-".join(words)
        put(f"commands/{address}", page(words, command, above))
        help = (command.help or "").split("\n\n")[0]
        lines.append(f"[`papernets {' '.join(words)}`]({address}.md)\n: {text.prose(help)}\n")
    put(
        "commands/index",
        text.page(
            [
                "# The command line",
                f"{text.prose(root.help or '')} `papernets VERB --help` prints these pages. "
                "Results go to stdout, and where a verb has `--json`, JSON goes there alone; "
                "everything else goes to stderr.",
                *lines,
                "## Exit codes",
                "| code | meaning |\n|--:|---|\n| 0 | done |\n| 1 | failed |\n| 2 | wrong use |\n"
                "| 130 | interrupted |\n| 143 | stopped by SIGTERM, with all saved |",
                text.toctree(("-".join(words) for words, _ in found), "hidden:"),
            ]
        ),
    )
