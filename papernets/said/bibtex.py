"""A paper as BibTeX: its kind, its place and its pages read from its venue, all of it escaped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..texts import escaped
from .sources import Paper

SERIES = {
    "NIPS": "Advances in Neural Information Processing Systems",
    "CVPR": "IEEE Conference on Computer Vision and Pattern Recognition (CVPR)",
    "ICLR": "International Conference on Learning Representations (ICLR)",
    "ICML": "International Conference on Machine Learning (ICML)",
    "ECCV": "European Conference on Computer Vision (ECCV)",
    "AAAI": "AAAI Conference on Artificial Intelligence",
    "ACM Multimedia": "ACM International Conference on Multimedia",
}
"""Conferences by the names that venues have for them."""
SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "@": r"\char64{}",
    '"': r"{\textquotedbl}",
}
"""Characters that TeX or BibTeX would act on; BibTeX counts a brace behind a backslash too."""
ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0308": '"',
    "\u030a": "r",
    "\u030c": "v",
    "\u0327": "c",
}
"""TeX's commands for marks that combine with a letter."""


def tex(text: str) -> str:
    """Text on one line that neither BibTeX nor TeX takes for a command."""
    return "".join(map(_letter, " ".join(escaped(text).split())))


def _letter(letter: str) -> str:
    if letter in SPECIAL:
        return SPECIAL[letter]
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if len(marks) == 1 and marks[0] in ACCENTS and base.isascii():
        mark = ACCENTS[marks[0]]
        return f"{{\\{mark}{'{' + base + '}' if mark.isalpha() else base}}}"
    return letter


@dataclass(frozen=True)
class Entry:
    """An entry of BibTeX: its kind, its key, its fields as they are, not yet escaped."""

    kind: str
    key: str
    title: str
    authors: tuple[str, ...]
    fields: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The entry as a .bib file has it; capitals of the title stay."""
        authors = " and ".join(map(tex, self.authors))
        lines = [f"  title = {{{{{tex(self.title)}}}}},", f"  author = {{{authors}}},"]
        for name, value in self.fields.items():
            shown = value if name in RAW else tex(value)
            lines.append(f"  {name} = {{{shown}}},")
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])

    def to_dict(self) -> dict[str, object]:
        """The entry as `cite --json` prints it."""
        return {
            "key": self.key,
            "type": self.kind,
            "title": self.title,
            "authors": list(self.authors),
            **dict(self.fields),
            "bibtex": self.text(),
        }


RAW = frozenset({"pages"})
"""Fields that are made of digits and dashes here."""


def entry(paper: Paper) -> Entry:
    """A paper as an entry: an article, in proceedings, a preprint, or else `misc`."""
    found: dict[str, str] = {}
    kind, notes = "misc", []
    for part in _parts(paper.venue):
        if match := re.fullmatch(r"arXiv:? ?(\d{4}\.\d{4,5})(v\d+)?", part):
            found["eprint"], found["archivePrefix"] = match[1], "arXiv"
        elif match := re.fullmatch(r"doi:? ?(10\.\S+)", part):
            found["doi"] = match[1]
        elif match := re.fullmatch(r"(\d+) ?(?:-|--|–) ?(\d+)", part):
            found["pages"] = f"{match[1]}--{match[2]}"
        elif conference := _conference(part):
            kind = "inproceedings"
            found |= conference
        elif match := re.fullmatch(r"(.*\D) (\d+)(?:\((\d+)\))?", part):
            kind = "article"
            found["journal"], found["volume"] = match[1].strip(), match[2]
            found |= {"number": match[3]} if match[3] else {}
        elif not is_code(part):
            notes.append(part)
    found["year"] = found.get("year", str(paper.year))
    if notes:
        found["note"] = "; ".join(notes)
    ordered = {name: found[name] for name in ORDER if name in found}
    return Entry(kind, key(paper), paper.title, tuple(authors(paper)), ordered)


def is_code(part: str) -> bool:
    """True for a place in released code that stands in a venue: `torchvision/models/vgg.py`."""
    return "/" in part and " " not in part


def code_of(paper: Paper) -> list[str]:
    """The places in released code that a venue names: they are no part of the publication."""
    return list(filter(is_code, _parts(paper.venue)))


ORDER = (
    *("booktitle", "journal", "volume", "number", "pages", "year", "eprint", "archivePrefix"),
    *("doi", "note"),
)


def _parts(venue: str) -> Iterator[str]:
    for part in re.split(r"[;,]", venue):
        if part.strip():
            yield part.strip()


def _conference(part: str) -> dict[str, str]:
    """`CVPR 2015` or `NIPS 25`: the proceedings, with their year or their volume."""
    for name, title in SERIES.items():
        if match := re.fullmatch(rf"{name}(?: (\d+))?", part):
            number = match[1] or ""
            where = "year" if len(number) == 4 else "volume"
            return {"booktitle": title, **({where: number} if number else {})}
    return {}


def authors(paper: Paper) -> Iterator[str]:
    """The authors as `Family, Given`, or by their family names alone where no others are known."""
    if " and " in paper.authors:
        yield from (name.strip() for name in paper.authors.split(" and ") if name.strip())
        return
    names = [name.strip() for name in paper.authors.split(",") if name.strip()]
    given = [name.strip() for name in paper.given.split(",")] if paper.given else []
    for at, name in enumerate(names):
        yield f"{name}, {given[at]}" if at < len(given) and given[at] else name


def key(paper: Paper) -> str:
    """What a text cites it by: the first author, the year, the first word of weight."""
    first = next(authors(paper), "") or "unknown"
    family = first.partition(",")[0] if "," in first else first.split()[-1]
    words = re.findall(r"[^\W\d_]+", paper.title)
    word = next((w for w in words if w.lower() not in ("a", "an", "the", "on")), "")
    return _plain(f"{family}{paper.year}{word}".lower()) or f"paper{paper.year}"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text)
    return re.sub(r"[^a-z0-9]", "", letters)
