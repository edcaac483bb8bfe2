"""Every link of the finished pages leads somewhere, and nothing is fetched from the network."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"img": "src", "script": "src", "link": "href", "source": "srcset", "iframe": "src"}
"""What a browser fetches as it opens a page."""


class Page(HTMLParser):
    """The places of a page that can be linked to, its links, and what it fetches."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.places: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.without_words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.places += [given[key] for key in ("id",) if given.get(key)]
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in FETCHED and given.get(FETCHED[tag]):
            self.fetched.append(given[FETCHED[tag]])
        if tag == "img" and "alt" not in given:
            self.without_words.append(given.get("src", ""))


def broken(folder: Path) -> list[str]:
    """What is wrong, a line each; none where all is well."""
    read = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    return [
        f"{path.relative_to(folder)}: {wrong}"
        for path, page in read.items()
        for wrong in _wrong(path, page, read, folder)
    ]


def _wrong(path: Path, page: Page, read: dict[Path, Page], folder: Path) -> Iterator[str]:
    for place in {one for one in page.places if page.places.count(one) > 1}:
        yield f"two places are called {place!r}"
    for picture in page.without_words:
        yield f"{picture} has no words for who cannot see it"
    for address in page.fetched:
        parts = urlsplit(address)
        if parts.scheme not in ("", "data") or parts.netloc:
            yield f"{address} is fetched from the network"
        elif parts.path and not (path.parent / unquote(parts.path)).is_file():
            yield f"{address} is not there"
    for address in dict.fromkeys(page.links):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not target.is_relative_to(folder) or not target.is_file():
            yield f"{address} leads nowhere"
        elif parts.fragment and target in read and not _is_place(parts.fragment, read[target]):
            yield f"{address} leads to no place on its page"


def _is_place(fragment: str, page: Page) -> bool:
    return unquote(fragment) in page.places
