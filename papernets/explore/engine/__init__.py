"""The engine: a trained network as a program that a page runs, and what runs it.

`page_part` gives what a page has in it; `export` a network alone. docs/engine.md says how it works.
"""

from .export import Exported, export, exported
from .page import LIMIT, PagePart, page_part, script

__all__ = ["LIMIT", "Exported", "PagePart", "export", "exported", "page_part", "script"]
