"""The numbers of a note's text, line by line, and those that a page of ours accounts for.

What is no number of the text at all is taken away first, each kind with its reason.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from papernets.nets.notes.judge import FORMULA
from papernets.said import Page

NO_NUMBERS = {
    "a link, or a picture's size on the page": (
        r"https?://\S+|media/\S+|\{width=[^}]*\}?|\b(?:height|width)=\"[^\"]*\"\}?"
    ),
    "the number of an item in a list, or of a heading": r"^[#>\s*-]*\d+\\?\.(?=\s)",
    "a reference to a figure, a table or a thing by its number": (
        r"\b(?:[Ff]igures?|[Ff]ig\.?|Table|No\.|no\.|Appendix|Case|[Ii]nsight|Answer|Q|Module|"
        r"Convolution|SubSampling|Connected|Channel|Filter|Property)[ -]*\\?#?\d+"
        r"(?:(?:,| and| &) ?\d+)*(?![\d.]*%)(?=[\s.:,)?*\"]|$)|\\?\[\d+\\?\](?:\[\d+\])?"
    ),
    "a name of a network, a data set or a layer": (
        r"\b(?:[Ll]e[Nn]et|VGG(?:Net)?|Vgg|[Rr]es[Nn]et|CIFAR|[Tt]op|ILSVRC|LSVRC|ImageNet|Fig|"
        r"[Ss]equential|MNIST|Keras)[ '_-]*\d+\b|Inception[- ]?(?:ResNet[- ])?[vV]\d\b|\b[vV]\d\b|"
        r"\b[Ll]ayer \d\b|[A-Za-z][\w.]*\d+-\d+\b|\b[23]D\b"
    ),
    "a year": r"\b(?:19[89]\d|201\d)(?:'s|s)?\b",
}
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?"


def raw(text: str) -> Counter[str]:
    """Every number in a text, parts of names too."""
    return Counter(found.replace(",", "") for found in re.findall(NUMBER, text))


def numbers(text: str) -> Counter[str]:
    """The numbers of a line or of a cell, without what is none; one behind a letter is a name's."""
    for pattern in NO_NUMBERS.values():
        text = re.sub(pattern, " ", text)
    text = re.sub(r"\\(?:times|cdot)", " ", text)
    text = re.sub(r"(?<=\d)\s*[x×*](?=\s*\d)", " ", text)
    text = re.sub(r"(?<=\d)x(?=[A-Z])", " ", text)
    text = re.sub(r"\((\d+),(\d+)\)", r"(\1, \2)", text)
    found = re.findall(rf"(?<![A-Za-z\d._]){NUMBER}", text)
    return Counter(number.replace(",", "") for number in found)


def read(folder: Path, name: str) -> list[str]:
    """The lines of a note's text; the first is line 1."""
    (file,) = folder.glob(f"{name[-3:]}_*.txt")
    return file.read_text(encoding="utf-8").split("\n")


def accounted(page: Page) -> tuple[Mapping[int, Counter[str]], Mapping[int, Counter[str]]]:
    """The numbers of cells and asides by line, and those of formulas, which may stand elsewhere."""
    have: dict[int, Counter[str]] = defaultdict(Counter)
    formulas: dict[int, Counter[str]] = defaultdict(Counter)
    for block in page.blocks:
        text = block.columns == ("line", "of", "what", "printed")
        for line in block.lines:
            for cell in line.cells:
                if not text or cell.claim is not None:
                    have[line.number] += numbers(cell.text)
                if cell.claim is not None and FORMULA.fullmatch(cell.claim.quantity):
                    formulas[line.number] += numbers(cell.claim.quantity)
    for aside in page.asides:
        for number, text in aside.numbers:
            have[number] += numbers(text)
    return have, formulas


def differences(page: Page, lines: list[str]) -> list[str]:
    """Lines whose numbers are not those of the page; none where nothing is left out."""
    have, formulas = accounted(page)
    found = []
    for number, line in enumerate(lines, 1):
        if any(first <= number <= last for first, last in page.code):
            continue
        printed, ours = numbers(line), have[number]
        missing = printed - ours
        missing -= formulas[number] & missing
        invented = ours - printed - raw(line)
        if missing or invented:
            left = sorted(missing.elements()), sorted(invented.elements())
            found.append(f"line {number}: not in our data {left[0]}, not in the line {left[1]}")
    beyond = [number for number in have if not 0 < number <= len(lines)]
    return found + [f"line {number} is none of the text's" for number in beyond]
