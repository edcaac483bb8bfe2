"""A table as one page of HTML that needs nothing else."""

from __future__ import annotations

from html import escape

from ..tables import Table
from ..tables import html as as_html

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color: #222; background: #fff; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 1.2rem; padding-bottom: .5rem; }
th, td { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid #e4e4e4; }
thead th { border-bottom: 2px solid #222; vertical-align: bottom; }
.number { text-align: right; }
tbody tr:hover { background: #f4f4f4; }
p { max-width: 60rem; margin: .6rem 0; color: #444; }
@media (prefers-color-scheme: dark) {
  body { color: #eee; background: #16181b; } p { color: #bbb; }
  th, td { border-color: #3a3d42; } thead th { border-color: #eee; }
  tbody tr:hover { background: #202327; } }
"""


def page(table: Table) -> str:
    """The table on a page of its own, its notes below."""
    head, _, rest = as_html(table).partition("</table>\n")
    body = f'<div class="wide" tabindex="0">\n{head}</table>\n</div>\n{rest}'
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(table.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{body}</main>\n</body>\n</html>\n"
    )
