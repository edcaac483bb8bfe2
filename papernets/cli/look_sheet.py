"""A picture of look with its words and numbers, written in the format of its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..words import plural
from .output import write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..draw.panels import Line

FORMATS = {".png": "png", ".svg": "svg", ".pdf": "pdf", ".html": "html", ".htm": "html"}
MOST_ROWS = 40
"""Of a page's table that is open from the start."""


@dataclass(frozen=True)
class Sheet:
    """A picture to be: its title, a note below it, what it shows in words, lines of panels.

    `numbers` are rows of what is printed as JSON, and as a table on a page; `figure` draws what is
    no lines of panels; `facts` are what all rows share.
    """

    title: str
    note: str
    alt: str
    lines: Sequence[Line] = ()
    numbers: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    figure: Callable[[str, str], Figure] | None = None

    def drawn(self, headed: bool = True) -> Figure:
        """The figure; `headed` by its title and note."""
        from ..draw.panels import panels_figure

        title, note = (self.title, self.note) if headed else ("", "")
        if self.figure is not None:
            return self.figure(title, note)
        return panels_figure(self.lines, title=title, note=note)

    def data(self, kind: str, bundle: str, file: str) -> dict[str, Any]:
        """What `--json` prints."""
        head = {"schema": 1, "kind": kind, "bundle": bundle, "file": file or None}
        return {**head, **self.facts, "rows": list(self.numbers)}

    def written(self, form: str, output: str) -> None:
        """Write it: whole, or not at all."""
        from ..draw.formats import encoded

        if form != "html":
            write(encoded(self.drawn(), form, self.title, self.alt), output)
            return
        svg = encoded(self.drawn(headed=False), "svg", self.title, self.alt).decode()
        write(self._page(svg[svg.index("<svg ") :]), output)

    def _page(self, svg: str) -> str:
        """One page of HTML with the drawing and the numbers as a table."""
        from ..show.document import Chapter, Document, Grid
        from ..show.html import html
        from ..tables import Column, Table

        names = list(dict.fromkeys(key for row in self.numbers for key in row))
        plain = [
            name
            for name in names
            if all(isinstance(row.get(name), str | int | float | None) for row in self.numbers)
        ]
        columns = tuple(Column(name.replace("_", " "), n > 0) for n, name in enumerate(plain))
        table = Table.of(columns, tuple(tuple(row.get(n) for n in plain) for row in self.numbers))
        chapters = []
        if plain and self.numbers:
            chapters.append(Chapter("Numbers", (Grid(table),)))
        page = html(Document(self.title, self.note, tuple(chapters), lambda: table))
        head, section, rest = page.partition("<section>")
        if not section:
            head, section, rest = page.partition("</main>")
        if len(self.numbers) > MOST_ROWS:  # folded: a thousand rows are a page of metres
            folded = f"<details>\n<summary>Numbers: {plural(len(self.numbers), 'row')}</summary>"
            rest = rest.replace("<h2>Numbers</h2>", folded, 1)
            rest = rest.replace("</section>", "</details>\n</section>", 1)
        drawn = f'<figure class="wide">{svg}</figure>\n'
        return f"{head}{drawn}{section}{rest}"
