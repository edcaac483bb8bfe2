"""explain FILE.py:NAME where the name means a torch module: its rows, and their sums."""

from __future__ import annotations

from collections.abc import Mapping

from ..nets.own_file import TorchModule
from ..spec import pair
from . import screen
from .flags import WrongUse, wrong_use
from .output import write

OPTIONAL = ("kind", "details", "sees")


def explain_module(
    name: str,
    found: TorchModule,
    picture: tuple[int | None, int | tuple[int, int] | None],
    others: Mapping[str, object],
    form: str,
    output: str,
) -> None:
    """Print what a module does with a picture of these channels (3 if not said) and this size."""
    channels, size = picture
    given = next((flag for flag, value in others.items() if value), "")
    if given:
        raise WrongUse(f"{name} is a torch module: {given} is for a Net. Leave it out")
    if size is None:
        raise WrongUse(
            f"{name} is a torch module: give the size of its picture, --input 224 or 32x160, and "
            "--channels where it has not 3"
        )
    from ..modules.explain import explain

    with wrong_use():
        one = explain(found.module, (3 if channels is None else channels, *pair(size)))
    if form == "json":
        write(screen.json_lines(one.to_dict()), output)
        return
    table = one.table()
    if form:
        from ..tables import FILES

        write(FILES[form](table), output)
        return
    screen.prose(table.title)
    screen.say()
    heads = [column.name for column in table.columns]
    rows = [table.texts(cells) for cells in table.every()]
    gone = screen.table(heads, rows, left=4, optional=list(OPTIONAL))
    if gone:
        screen.prose(f"No room for: {', '.join(gone)}. A wider window shows them.")
    for note in table.notes:
        screen.prose(note)
