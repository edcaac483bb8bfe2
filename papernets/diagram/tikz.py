"""A drawing as a LaTeX document or a part of one: TikZ, text that TeX sets."""

from __future__ import annotations

from ..tables import tex
from .shapes import Box, Drawing, Edge, Label, Polygon, Shape
from .svg import arrow, dashes, number, weight
from .text import clean
from .themes import Theme

HEAD = r"""%% On its own: pdflatex FILE. A document of yours may take it in, with
%% \usepackage{tikz} in its preamble; \resizebox{\linewidth}{!}{...} round it makes it as wide
%% as the text.
\expandafter\ifx\csname @nodocument\endcsname\relax\else
\documentclass{article}
\usepackage[paperwidth=%(wide)sbp,paperheight=%(high)sbp,margin=0bp,nohead,nofoot]{geometry}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage{tikz}
\pagestyle{empty}
\setlength{\parindent}{0pt}\setlength{\topskip}{0pt}\setlength{\parskip}{0pt}
\begin{document}
\def\papernetsends{\end{document}}
\fi
\begingroup\sffamily%%
%(colours)s
\begin{tikzpicture}[x=1bp,y=-1bp,line join=round,inner sep=0pt,outer sep=0pt]
\useasboundingbox[fill=page] (0,0) rectangle (%(wide)s,%(high)s);
"""
TAIL = r"""
\end{tikzpicture}%
\endgroup
\ifx\papernetsends\undefined\else\expandafter\papernetsends\fi
"""


def tikz(drawing: Drawing, theme: Theme) -> str:
    """The drawing as a document that stands alone, or that another takes in by `\\input`."""
    colours = _Colours()
    colours.name(theme.page, "page")
    body = [_one(shape, theme, colours) for shape in drawing.shapes]
    head = HEAD % {
        "wide": number(drawing.width),
        "high": number(drawing.height),
        "colours": "\n".join(
            rf"\definecolor{{{name}}}{{HTML}}{{{colour[1:].upper()}}}%"
            for colour, name in colours.names.items()
        ),
    }
    return head + "\n".join(body) + TAIL


class _Colours:
    """Names for the colours that are used."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def name(self, colour: str, name: str = "") -> str:
        """The name of a colour, a new one where it has none yet."""
        return self.names.setdefault(colour, name or f"paint{chr(97 + len(self.names) // 26)}"
                                     f"{chr(97 + len(self.names) % 26)}")  # fmt: skip


def words(text: str) -> str:
    """Text as TeX sets it; what its fonts lack is a question mark."""
    plain = clean(text)
    safe = "".join(c if ord(c) < 0x7F or c in SAFE else "?" for c in plain)
    return tex(safe)


SAFE = frozenset("×·²³−≤≥→…–ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿŒœŠšŽž")
"""Characters beyond ASCII that `tex` or T1 fonts write."""


def _one(shape: Shape, theme: Theme, colours: _Colours) -> str:
    if isinstance(shape, Label):
        anchor = {"start": "base west", "middle": "base", "end": "base east"}[shape.anchor]
        bold = r"\bfseries" if shape.bold else ""
        size = number(shape.size)
        font = rf"font=\fontsize{{{size}bp}}{{{size}bp}}\selectfont{bold}"
        colour = colours.name(theme.text(shape.paint))
        at = f"({number(shape.x)},{number(shape.y)})"
        return rf"\node[anchor={anchor},{font},text={colour}] at {at} {{{words(shape.text)}}};"
    if isinstance(shape, Edge):
        return _edge(shape, theme, colours)
    mark = theme.marks.get(shape.mark, "")
    lengths = dashes(shape)
    turns = (f"{'off' if at % 2 else 'on'} {number(one)}bp" for at, one in enumerate(lengths))
    shade = shape.shade if isinstance(shape, Polygon) else 0
    look = [
        f"draw={colours.name(mark or theme.outline(shape.paint))}",
        f"fill={colours.name(theme.fill(shape.paint, shade))}",
        f"line width={2.2 if mark else 0.8}bp",
        *([f"dash pattern={' '.join(turns)}"] if lengths else []),
    ]
    if isinstance(shape, Box):
        radius = min(shape.radius, shape.w / 2 - 0.01, shape.h / 2 - 0.01)
        look += [f"rounded corners={number(radius)}bp"] if radius > 0 else []
        left, top, right, bottom = map(number, shape.bounds)
        return rf"\path[{','.join(look)}] ({left},{top}) rectangle ({right},{bottom});"
    points = " -- ".join(f"({number(x)},{number(y)})" for x, y in shape.points)
    return rf"\path[{','.join(look)}] {points} -- cycle;"


def _edge(edge: Edge, theme: Theme, colours: _Colours) -> str:
    colour = colours.name(theme.line)
    look = [f"draw={colour}", f"line width={weight(edge)}bp"]
    look += ["dash pattern=on 2bp off 2bp"] if edge.dashed else []
    look += [f"rounded corners={number(_radius(edge))}bp"] if len(edge.points) > 2 else []
    points = " -- ".join(f"({number(x)},{number(y)})" for x, y in edge.points)
    line = rf"\path[{','.join(look)}] {points};"
    if not edge.arrow:
        return line
    tip = " -- ".join(f"({number(x)},{number(y)})" for x, y in arrow(edge.points))
    return f"{line}\n\\fill[{colour}] {tip} -- cycle;"


def _radius(edge: Edge) -> float:
    """The radius of an edge's corners: no more than half of its shortest piece."""
    lengths = (
        abs(ax - bx) + abs(ay - by)
        for (ax, ay), (bx, by) in zip(edge.points, edge.points[1:], strict=False)
    )
    return min(edge.radius, min(lengths) / 2)
