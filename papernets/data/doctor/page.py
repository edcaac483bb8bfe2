"""One HTML page of what is wrong with a set, with the pictures: no file beside it, no script."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from papernets.data.doctor.faults import NOTES, Fault, common, grouped
from papernets.data.picture import load, over, pillow_rules, shown
from papernets.data.stored import File
from papernets.texts import escaped
from papernets.words import plural

SIDE = 160  # pixels of a picture's longer side
MOST = 200  # pictures of a kind that are shown, and faults of one that are listed
STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --quiet: #57606a; --back: #fff;
  --line: #d0d7de; --band: #f3f5f7; }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e6edf3; --quiet: #9aa7b4;
  --back: #0d1117; --line: #30363d; --band: #161b22; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; color: var(--text);
  background: var(--back); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; }
p { margin: .5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.quiet, figcaption { color: var(--quiet); }
article { border-top: 1px solid var(--line); padding: .5rem 0; break-inside: avoid; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; }
figure { margin: 0; width: 160px; }
figcaption { font-size: .75rem; line-height: 1.25; overflow-wrap: anywhere; }
img { max-width: 160px; max-height: 160px; background: var(--band); }
"""


def page(title: str, summary: Iterable[str], faults: Sequence[Fault], files: Sequence[File]) -> str:
    """The page: a title, sentences that sum it up, and each kind of fault with its pictures.

    files: those that the faults' places count. A picture that cannot be read has its name alone.
    """
    kinds = [(kind, list(some)) for kind, some in groupby(faults, key=lambda one: one.kind)]
    body = "".join(f"<p>{_text(line)}</p>\n" for line in summary)
    body += "".join(_kind(kind, some, files) for kind, some in kinds)
    if not faults:
        body += "<p>Nothing is wrong that was looked for.</p>\n"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{_text(title)}</h1>\n{body}<p class="quiet">{_text(NOTES)}</p>\n'
        "</main>\n</body>\n</html>\n"
    )


def _kind(kind: str, faults: Sequence[Fault], files: Sequence[File]) -> str:
    """A kind's heading and faults; as many as a page holds."""
    found = [f"<section>\n<h2>{_text(kind.capitalize())} ({len(faults):,})</h2>\n"]
    left, above = MOST, common([name for fault in faults for name in fault.files])
    for several in grouped(faults[:MOST]):
        places = [at for fault in several for at in fault.places]
        some = places[: max(left, 0)]
        left -= len(some)
        figures = "".join(_figure(files[at], above) for at in some)
        bare = [name for fault in several for name in fault.files][len(some) :]
        names = f'<p class="quiet">{_text(", ".join(bare[:20]))}</p>\n' if bare else ""
        found.append(
            f'<article>\n<p>{_text(several[0].why)}</p>\n<div class="row">{figures}</div>\n{names}'
            "</article>\n"
        )
    if len(faults) > MOST:
        more = plural(len(faults) - MOST, "fault")
        found.append(f"<p>And {more} more of this kind: papernets doctor --json has all.</p>\n")
    return "".join(found) + "</section>\n"


def _figure(file: File, above: str) -> str:
    """A small copy of a picture over its name, without the folder that all of them lie in."""
    name = _text(shown(file).removeprefix(above))
    try:
        with pillow_rules():
            image = over(load(file, SIDE), 255).convert("RGB")
            image.thumbnail((SIDE, SIDE))
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=80)
    except (ValueError, OSError):
        return f"<figure><figcaption>{name}</figcaption></figure>"
    content = base64.b64encode(buffer.getvalue()).decode()
    return (
        f'<figure><img alt="" width="{image.width}" height="{image.height}" '
        f'src="data:image/jpeg;base64,{content}"><figcaption>{name}</figcaption></figure>'
    )


def _text(text: str) -> str:
    return escape(escaped(text))
