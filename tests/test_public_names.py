"""A public name is one thing: a function or a class, and no folder or file of the package.

Three are rooms as well, which are called as functions: `train`, `evaluate` and `explore`.
"""

import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import siblings

import papernets

PACKAGE = Path(papernets.__file__).parent
ROOMS = ("evaluate", "explore", "train")
TO_COME = ("explain", "fast")
"""Names that others were promised."""


def modules():
    """Every module of the package, imported."""
    found = pkgutil.walk_packages(papernets.__path__, "papernets.")
    return [importlib.import_module(one.name) for one in found if one.name != "papernets.__main__"]


def test_a_public_name_is_the_same_after_all_modules_were_imported():
    before = {name: getattr(papernets, name) for name in papernets.__all__}
    assert len(modules()) > 100
    for name, value in before.items():
        assert getattr(papernets, name) is value, name
        assert isinstance(value, ModuleType) == (name in ROOMS) and (
            name[0] == "_" or callable(value)
        )


def test_a_room_that_is_called_has_its_verbs_signature():
    for name in ROOMS:
        verb = getattr(importlib.import_module(papernets._VERBS[name]), name)
        assert inspect.signature(getattr(papernets, name)) == inspect.signature(verb)
        assert importlib.import_module(f"papernets.{name}") is getattr(papernets, name)


@siblings.together("name", [n for n in (*papernets.__all__, *TO_COME) if n not in ROOMS])
def test_no_file_and_no_folder_has_a_public_name(name):
    assert not (PACKAGE / f"{name}.py").exists()
    assert not list(PACKAGE.glob(f"{name}/**/*.py"))
