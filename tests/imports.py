"""The imports of a package, and the rules that docs/architecture.md has for them."""

import ast
from collections import defaultdict
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """What the page says: the rooms that each room may import, and who does without torch."""

    rooms: dict[str, tuple[str, ...]]
    to_come: frozenset[str]
    without_torch: tuple[str, ...]
    once_called: tuple[str, ...]


def read_table(page: str) -> Table:
    """The block ```imports of a page; ValueError names a line that is not of its form."""
    _, found, rest = page.partition("\n```imports\n")
    if not found:
        raise ValueError("the page has no block ```imports")
    rooms: dict[str, tuple[str, ...]] = {}
    to_come, torch = set(), {"without torch": (), "torch once called": ()}
    for line in rest.partition("\n```")[0].splitlines():
        room, arrow, allowed = line.partition("->")
        who, colon, files = line.partition(":")
        if arrow:
            name = room.strip()
            if allowed.endswith(" to come"):
                allowed = allowed.removesuffix(" to come")
                to_come.add(name)
            names = tuple(rooms) if allowed.strip() == "all" else tuple(allowed.split())
            if missing := [one for one in names if one not in rooms]:
                raise ValueError(f"{name} may import {missing[0]}, which does not stand above it")
            rooms[name] = names
        elif colon and who in torch:
            torch[who] = tuple(files.split())
        elif line:
            raise ValueError(f"neither a room nor a rule on torch: {line!r}")
    return Table(rooms, frozenset(to_come), *torch.values())


@dataclass(frozen=True)
class Import:
    """One import of a file: `name` is dotted, `late` inside a function, `to` the files it runs."""

    file: str
    line: int
    name: str
    late: bool
    to: frozenset[str]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.name}"


class Imports:
    """All imports of a package's files; what only a type checker reads is left out."""

    def __init__(self, package: Path) -> None:
        self.package = package
        self.modules = {}
        for path in sorted(package.rglob("*.py")):
            file = path.relative_to(package).as_posix()
            parts = (package.name, *file.removesuffix(".py").split("/"))
            self.modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
        names = {file: name for name, file in self.modules.items()}
        inits = [file for file in names if file.endswith("__init__.py")]
        self.folders = {
            file: {one for one in inits if file.startswith(one.removesuffix("__init__.py"))}
            for file in names
        }
        self.all = {file: tuple(self._read(file, name)) for file, name in names.items()}

    def _read(self, file: str, own: str):
        tree = ast.parse((self.package / file).read_text(encoding="utf-8"))
        waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
        while waiting:
            node, late = waiting.pop()
            inside = list(ast.iter_child_nodes(node))
            names = []
            if isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = own.split(".")
                base = base[: len(base) - node.level + file.endswith("__init__.py")]
                module = [*(base if node.level else ()), *filter(None, [node.module])]
                names = [".".join([*module, one.name]) for one in node.names]
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
                inside = node.orelse
            for name in names:
                yield Import(file, node.lineno, name, late, self._runs(file, name))
            late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            waiting += [(child, late) for child in inside]

    def _runs(self, file: str, name: str) -> frozenset[str]:
        """The module of a dotted name, and the folders on the way to it.

        A folder that holds the file itself is running already, but where it is the module.
        """
        parts = name.split(".")
        names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        module, *folders = [self.modules[one] for one in names if one in self.modules] or [""]
        return frozenset(({*folders} - self.folders[file] | {module}) - {file, ""})

    def edges(self):
        """(file, file that it imports, the import) of the whole package."""
        for one in (one for several in self.all.values() for one in several):
            yield from ((one.file, other, one) for other in sorted(one.to))


def room(file: str) -> str:
    """The room of a file: its folder, or itself."""
    return file.partition("/")[0].removesuffix(".py")


def files_of(imports: Imports, name: str) -> list[str]:
    """The files of a room, or the one file that is named."""
    return [file for file in imports.all if name in (file, room(file))]


def allowed(table: Table, file: str, other: str) -> bool:
    """Whether the table lets a file import another one."""
    return room(other) in (room(file), *table.rooms.get(room(file), ()))


def forbidden(table: Table, imports: Imports) -> list[str]:
    """Every import that the table does not allow, with its file and line."""
    found = (
        f"{one}: {room(file)} may not import {room(other)}"
        for file, other, one in imports.edges()
        if not allowed(table, file, other)
    )
    return sorted(set(found))


def circle(imports: Imports) -> str:
    """One circle of files that import one another, in words; nothing where there is none."""
    graph = defaultdict(set)
    for file, other, _ in imports.edges():
        graph[file].add(other)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " is imported by ".join(error.args[1])
    return ""


def ways_to_torch(imports: Imports, start: str, own_functions: bool) -> list[str]:
    """Imports that bring torch with a file when it is imported itself.

    Those of its own functions count too, where `own_functions`.
    """
    seen = {start, *imports.folders[start]}
    waiting, found = list(seen), []
    while waiting:
        file = waiting.pop()
        for one in imports.all[file]:
            if not one.late or (own_functions and file == start):
                if "torch" in one.name.split(".")[:2]:  # safetensors.torch too
                    found.append(f"{start}: {one}")
                elif not one.late:
                    new = one.to - seen
                    seen |= new
                    waiting += new
    return found
