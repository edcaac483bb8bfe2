"""torchvision beside a torch that its wheel was not built with: its Python code alone."""

from __future__ import annotations

import importlib
import re
import sys
from types import ModuleType

from torch.library import Library

MISSING = re.compile(r"operator (torchvision::(\w+)) does not exist")
KEPT: list[Library] = []


def torchvision() -> ModuleType:
    """The module; operators that its code names and nothing here needs are declared first.

    SystemExit where it is not installed: a comparison is never left out quietly.
    """
    library = Library("torchvision", "FRAGMENT")
    KEPT.append(library)  # what it declares lives as long as it does
    while True:
        try:
            return importlib.import_module("torchvision")
        except ImportError as error:
            sys.exit(f"error: {error}. pip install --no-deps torchvision (docs/speed.md)")
        except RuntimeError as error:
            found = MISSING.search(str(error))
            if found is None:
                raise
            for name in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
                del sys.modules[name]
            library.define(f"{found[2]}(Tensor a) -> Tensor")
