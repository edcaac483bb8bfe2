"""What pages show of a terminal: commands with `$ ` before them, and what they print below.

`python docs/website/transcripts.py [PAGE...]` runs them again and writes down what they print. The
commands of a page run one after another in one new folder. Above a block may stand
`<!-- first 8, last 5 lines -->`: so much of each output is shown, and `...` for the rest.
"""

from __future__ import annotations

import os
import re
import select
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted((ROOT / "docs" / "tutorials").glob("*.md")))
BLOCK = re.compile(
    r"(?:<!-- (?:first (?P<first>\d+))?,? ?(?:last (?P<last>\d+))? lines -->\n)?"
    r"^```console\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
FILE = re.compile(r"^Save this as `(?P<name>[\w.]+)`:\n\n```\w+\n(?P<text>.*?)^```$", re.M | re.S)
"""A file that a page has its reader save."""
WIDTH = 88
"""Columns of the terminal: as many as a page shows beside its navigation."""
QUICK = ("explain", "diff", "verify", "list", "compare", "draw", "lesson", "lessons", "cite")
"""Verbs that answer at once, whose output is the same everywhere."""
ELLIPSIS = "..."


@dataclass(frozen=True)
class Step:
    """A command of a page and its output; of which as many first and last lines are shown."""

    command: str
    output: str
    first: int | None
    last: int | None

    @property
    def quick(self) -> bool:
        """True for a command that needs no training, whose output is the same everywhere."""
        words = shlex.split(self.command)
        return words[:1] == ["papernets"] and words[1] in QUICK and "runs/" not in self.command

    def cut(self, printed: str) -> str:
        """What is shown of what the command printed."""
        lines = printed.rstrip("\n").split("\n") if printed.strip() else []
        first, last = self.first or 0, self.last or 0
        if (self.first is None and self.last is None) or len(lines) <= first + last + 1:
            return "".join(f"{line}\n" for line in lines)
        ends = lines[len(lines) - last :] if last else []
        return "".join(f"{line}\n" for line in (*lines[:first], ELLIPSIS, *ends))


def steps(page: str) -> Iterator[Step]:
    """The commands of a page in order, with their outputs."""
    for block in BLOCK.finditer(page):
        yield from _steps(block)


def _steps(block: re.Match[str]) -> Iterator[Step]:
    limits = [int(block[key]) if block[key] else None for key in ("first", "last")]
    parts = re.split(r"^\$ (.*)\n", block["text"], flags=re.MULTILINE)
    for command, output in zip(parts[1::2], parts[2::2], strict=True):
        yield Step(command, output, *limits)


def files(page: str) -> dict[str, str]:
    """The files that a page has its reader save, by their names."""
    return {found["name"]: found["text"] for found in FILE.finditer(page)}


def run(command: str, folder: Path) -> str:
    """What a command prints, on a terminal of `WIDTH` columns, stderr as in a file."""
    shell = f'papernets() {{ "{sys.executable}" -m papernets "$@"; }}; '
    shell += f'python() {{ "{sys.executable}" "$@"; }}; {command}'
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    known = {"COLUMNS": str(WIDTH), "LINES": "50", "TERM": "dumb", "NO_COLOR": "1"}
    leader, follower = os.openpty()
    reading, writing = os.pipe()
    with subprocess.Popen(
        ["bash", "-c", shell],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=writing,
        env={**os.environ, **known, "PYTHONPATH": paths},
    ):
        os.close(follower)
        os.close(writing)
        text = b"".join(_read([leader, reading]))
    return text.decode().replace("\r\n", "\n").replace(f"{folder.resolve()}{os.sep}", "")


def _read(ends: list[int]) -> Iterator[bytes]:
    """What comes through several ends, in the order in which it comes, until all are closed."""
    while ends:
        for end in select.select(ends, [], [])[0]:
            try:
                data = os.read(end, 65536)
            except OSError:  # the terminal's other end is closed
                data = b""
            if not data:
                ends.remove(end)
                os.close(end)
            yield data


def renewed(page: str) -> str:
    """The page with the outputs that its commands print now."""
    with tempfile.TemporaryDirectory() as name:
        for file, text in files(page).items():
            Path(name, file).write_text(text, encoding="utf-8")

        def again(block: re.Match[str]) -> str:
            told = "".join(
                f"$ {step.command}\n{step.cut(run(step.command, Path(name)))}"
                for step in _steps(block)
            )
            head, _, _ = block[0].partition("```console")
            return f"{head}```console\n{told}```"

        return BLOCK.sub(again, page)


if __name__ == "__main__":
    for path in [Path(word) for word in sys.argv[1:]] or PAGES:
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"{path}: renewed")
