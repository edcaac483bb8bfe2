"""A drawing as one page: the SVG, and the same in words."""

from __future__ import annotations

from .shapes import Drawing
from .svg import svg, text
from .themes import Theme

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0; background: {page}; color: {ink}; font: 16px/1.5 Helvetica, Arial, sans-serif; }}
main {{ max-width: 80rem; margin: 0 auto; padding: 1rem; }}
svg {{ display: block; width: 100%; height: auto; max-height: none; }}
details {{ margin: 1rem 0; }}
summary {{ cursor: pointer; }}
@media print {{ details {{ display: none; }} main {{ padding: 0; }} }}
</style>
</head>
<body>
<main>
{picture}<details>
<summary>In words</summary>
<p>{words}</p>
</details>
</main>
</body>
</html>
"""


def html(drawing: Drawing, theme: Theme) -> str:
    """The drawing as a page that needs nothing else."""
    return PAGE.format(
        title=text(drawing.title),
        page=theme.page,
        ink=theme.ink,
        picture=svg(drawing, theme, whole=False),
        words=text(drawing.description),
    )
