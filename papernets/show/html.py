"""A page in HTML: one file that stands alone, in light and dark, and prints."""

from __future__ import annotations

from html import escape

from ..tables import html as html_table
from ..texts import escaped
from .document import Chapter, Document, Drawn, Grid, Items, Words

STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --back: #ffffff;
  --line: #d0d7de; --band: #f3f5f7; --mark: #0b5394; }
@media screen and (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --quiet: #9aa7b4; --back: #0d1117; --line: #30363d;
    --band: #161b22; --mark: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 90rem; color: var(--text);
  background: var(--back); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
p { margin: .5rem 0; max-width: 46rem; }
.source { color: var(--quiet); }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .2rem .9rem .2rem 0; text-align: left; vertical-align: top; }
td { white-space: nowrap; }
thead th { border-bottom: 2px solid var(--line); color: var(--quiet); font-weight: 600;
  white-space: nowrap; }
tbody th { font-weight: 500; color: var(--mark); min-width: 8rem; }
tbody th[scope=rowgroup] { padding-top: .9rem; color: var(--text); font-weight: 700; }
.number { text-align: right; white-space: nowrap; }
tbody tr:hover { background: var(--band); }
tr.total > * { border-top: 1px solid var(--line); font-weight: 600; }
figure { margin: .75rem 0; }
figcaption { color: var(--quiet); }
pre { margin: .25rem 0; padding: .75rem; overflow-x: auto; background: var(--band);
  border: 1px solid var(--line); border-radius: 6px; line-height: 1.2; width: fit-content;
  max-width: 100%; }
dl { margin: .5rem 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--mark); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { display: block; } dd { margin: 0 0 .4rem 1rem; } }
@page { size: A4 landscape; margin: 12mm; }
@media print {
  :root { --text: #000; --quiet: #333; --back: #fff; --line: #999; --band: #fff; --mark: #000; }
  body { padding: 0; max-width: none; font-size: 9pt; }
  .wide, pre { overflow: visible; }
  table { font-size: 7pt; }
  thead { display: table-header-group; }
  tr, figure { break-inside: avoid; }
  h2, tr:has(th[scope=rowgroup]) { break-after: avoid; }
}
"""


def html(document: Document) -> str:
    """The page, whole: no file beside it, no script."""
    title = _text(document.title)
    source = f'<p class="source">{_text(document.source)}</p>\n' if document.source else ""
    chapters = "".join(map(_chapter, document.chapters))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{title}</h1>\n{source}{chapters}</main>\n</body>\n</html>\n"
    )


def _chapter(chapter: Chapter) -> str:
    found = [f"<h2>{_text(chapter.heading)}</h2>"] if chapter.heading else []
    for piece in chapter.pieces:
        if isinstance(piece, Words):
            found.append(f"<p>{_text(piece.text)}</p>")
        elif isinstance(piece, Items):
            found.append(_items(piece))
        elif isinstance(piece, Drawn):
            lines = "\n".join(map(_text, piece.lines))
            caption = f"<figcaption>{_text(piece.title)}</figcaption>" if piece.title else ""
            found.append(f"<figure>{caption}<pre>{lines}</pre></figure>")
        elif isinstance(piece, Grid):
            table, _, notes = html_table(piece.table).partition("</table>\n")
            found.append(f'<div class="wide">{table}</table></div>\n{notes}')
    return f"<section>\n{chr(10).join(found)}\n</section>\n"


def _items(piece: Items) -> str:
    if all(label for label, _ in piece.items):
        pairs = (f"<dt>{_text(a)}</dt><dd>{_text(b)}</dd>" for a, b in piece.items)
        return f"<dl>{''.join(pairs)}</dl>"
    several = (f"<li>{_text(f'{a}: {b}' if a else b)}</li>" for a, b in piece.items)
    return f"<ul>{''.join(several)}</ul>"


def _text(text: str) -> str:
    return escape(escaped(text))
