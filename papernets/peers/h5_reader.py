"""Keras's files of weights to arrays by name; a program of its own, which `h5.read_keras` starts.

Three layouts hold the same tensors: the legacy one (`layer_names` and `weight_names`, alone or in
the group `model_weights` of a whole model), Keras 3's `.weights.h5` (`layers/*/vars/0, 1, ...`),
and Keras 3's `.keras`, a zip archive with such a file in it. Nothing in a file is run, and nothing
outside it is read.
"""

from __future__ import annotations

import math
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
INSIDE = "model.weights.h5"
"""The file of weights in a `.keras` archive."""

UNNAMED = "layers/"
"""What the names of layers begin with where the file has only their running numbers."""

CHILDREN = ("layers", "_layer_checkpoint_dependencies")  # the second in ArrayFlow 2.13

MOST_BYTES = 1 << 32  # the largest network known here, VGG19, has 1.2 GB in double precision
MOST_SHRUNK = 1100  # deflate makes nothing smaller than this
MOST_NAMES = 100_000
MOST_DEPTH = 16
FILTERS = {1, 2, 3, 32000}  # deflate, shuffle, fletcher32, lzf: what h5py writes without plug-ins

NORM = ("gamma", "beta", "moving_mean", "moving_variance")
OF_KERAS_1 = {
    "W": "kernel",
    "b": "bias",
    "running_mean": "moving_mean",
    "running_std": "moving_variance",  # its name then; it held the variance
    "depthwise_kernel": "kernel",
}
ROLE = re.compile(
    r"(?:^|[/_])(kernel|bias|gamma|beta|moving_mean|moving_variance"
    r"|W|b|running_mean|running_std|depthwise_kernel)(?:_\d+)?(?::\d+)?$"
)
NO_WEIGHT = re.compile(r"(^|/)seed_generator")  # the state of a dropout's random numbers


class Odd(ValueError):
    """A file that is not what Keras writes, or that is not safe to read."""


def read(path: Path) -> dict[str, Array]:
    """What `h5.read_keras` gives, as arrays; here a broken file may crash or hold up Python."""
    with path.open("rb") as file:
        start = file.read(len(SIGNATURE))
    if not start.startswith(ZIP) and start != SIGNATURE:
        raise ValueError(
            f"{path} is neither an HDF5 file nor a .keras archive; Keras writes them with "
            "model.save_weights('x.weights.h5') and model.save('x.keras')"
        )
    with _guarded(path):
        if start == SIGNATURE:
            return _from_file(path)
        with zipfile.ZipFile(path) as archive:
            return _from_archive(archive)


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """What a broken file makes of h5py and zipfile, as one ValueError with the path."""
    try:
        yield
    except Odd as odd:
        raise ValueError(f"{path}: {odd}") from None
    except (
        *(OSError, KeyError, IndexError, ValueError, TypeError, RuntimeError, MemoryError),
        *(OverflowError, EOFError, zipfile.BadZipFile, NotImplementedError),
    ) as error:
        raise ValueError(
            f"{path} is not a whole file of Keras's weights ({type(error).__name__}: {error}). "
            "Copy it again, or save it again in Keras"
        ) from None


def _from_archive(archive: zipfile.ZipFile) -> dict[str, Array]:
    members = [info for info in archive.infolist() if info.filename == INSIDE]
    if len(members) != 1:
        raise Odd(
            f"this archive holds {len(members)} files {INSIDE!r}, a .keras archive holds one. "
            "Save the weights alone in Keras: model.save_weights('x.weights.h5')"
        )
    (member,) = members
    if member.file_size > min(MOST_BYTES, MOST_SHRUNK * max(member.compress_size, 1)):
        raise Odd(
            f"{INSIDE} declares {member.file_size:,} bytes and holds {member.compress_size:,}: "
            "no network known here has such a file"
        )
    with tempfile.TemporaryDirectory(prefix="papernets-") as folder:
        at = Path(folder) / INSIDE
        with archive.open(member) as inside, at.open("wb") as out:
            shutil.copyfileobj(inside, out, 1 << 20)
        return _from_file(at)


def _from_file(path: Path) -> dict[str, Array]:
    import h5py

    with h5py.File(path, "r") as file:
        return _Reader(h5py).read(file)


class _Reader:
    """One file's reading: it counts what it takes in, and steps over hard links alone."""

    def __init__(self, h5py: Any):
        self.h5py = h5py
        self.bytes = 0
        self.names = 0

    def read(self, file: Any) -> dict[str, Array]:
        if "layer_names" in file.attrs or "layer_names0" in file.attrs:
            found = self.legacy(file)
        elif self.has(file, "model_weights"):
            found = self.legacy(self.group(file, "model_weights"))
        else:
            if not any(self.has(file, name) for name in CHILDREN):
                raise Odd(
                    "an HDF5 file, but not one of Keras's weights: it has neither layer_names nor "
                    f"model_weights nor layers; it holds {', '.join(list(file)[:5]) or 'nothing'}"
                )
            found = {}
            self.layers(file, found, 0)
        if not found:
            raise Odd("a Keras file without any weights: was the model built before it was saved?")
        return found

    # Where things are.

    def has(self, group: Any, name: str) -> bool:
        """True where a group has a link of this name; h5py's own `in` would follow it."""
        return group.get(name, getlink=True) is not None

    def step(self, group: Any, name: str) -> Any:
        """What lies under a name, one step on; a link out of the file is refused."""
        self.names += 1
        if self.names > MOST_NAMES:
            raise Odd(f"more than {MOST_NAMES:,} names, or groups that hold themselves")
        where = f"{group.name.rstrip('/')}/{name}"
        link = None if name in ("", ".", "..") else group.get(name, getlink=True)
        if link is None:
            raise Odd(f"{where} is named and is not there")
        if not isinstance(link, self.h5py.HardLink):
            raise Odd(f"{where} is a {type(link).__name__}, which Keras does not write: refused")
        return group[name]

    def group(self, group: Any, name: str) -> Any:
        found = self.step(group, name)
        if not isinstance(found, self.h5py.Group):
            raise Odd(f"{found.name} is a {type(found).__name__}, not a group")
        return found

    def tensor(self, group: Any, name: str) -> Array:
        """The numbers of a data set, in float32 at least."""
        found = self.step(group, name)
        if not isinstance(found, self.h5py.Dataset):
            raise Odd(f"{found.name} is a {type(found).__name__}, not a data set")
        self.check(found)
        values = np.empty(found.shape, found.dtype)
        if values.size:
            found.read_direct(values)
        if values.dtype.kind == "V":  # bfloat16 is the upper half of float32
            return (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
        wide = np.float64 if values.dtype.itemsize > 4 else np.float32
        return values.astype(wide, copy=False)

    def check(self, found: Any) -> None:
        """Refuse a data set that lies elsewhere, is no array of numbers, or is not all there."""
        if found.is_virtual or found.external:
            raise Odd(f"{found.name} keeps its values in another file: refused")
        halves = found.dtype.kind == "V" and found.dtype.itemsize == 2 and found.dtype.names is None
        if found.shape is None or not (halves or found.dtype.kind == "f"):
            raise Odd(f"{found.name} holds {found.dtype}, not floating numbers")
        if halves and self.text(found, "dtype") != "bfloat16":
            raise Odd(f"{found.name} holds {found.dtype}, and does not say that it is bfloat16")
        size = math.prod(found.shape) * found.dtype.itemsize
        chunk = math.prod(found.chunks or ()) * found.dtype.itemsize
        self.bytes += size
        if max(self.bytes, chunk) > MOST_BYTES:
            raise Odd(
                f"{found.name} of shape {found.shape} makes more than {MOST_BYTES:,} bytes of "
                "weights, which no network known here has"
            )
        if size > MOST_SHRUNK * found.id.get_storage_size():
            raise Odd(
                f"{found.name} declares {size:,} bytes and holds {found.id.get_storage_size():,}"
            )
        plan = found.id.get_create_plist()
        for n in range(plan.get_nfilters()):
            if plan.get_filter(n)[0] not in FILTERS:
                raise Odd(f"{found.name} is compressed by a plug-in ({plan.get_filter(n)[3]!r})")

    # Attributes: lists of names.

    def list_of(self, group: Any, name: str) -> list[str]:
        """A list of names; Keras writes a long one in parts, name0, name1 and so on."""
        if name in group.attrs:
            return self.strings(group, name)
        found: list[str] = []
        part = 0
        while f"{name}{part}" in group.attrs:
            found += self.strings(group, f"{name}{part}")
            part += 1
        if not part:
            raise Odd(f"{group.name} has no attribute {name!r}")
        return found

    def strings(self, group: Any, name: str) -> list[str]:
        """An attribute that must be text; its kind and length are looked at before its values."""
        kind = group.attrs.get_id(name)
        text = self.h5py.check_string_dtype(kind.dtype) is not None
        empty = kind.shape is not None and math.prod(kind.shape) == 0
        if kind.shape is None or not (text or empty):
            raise Odd(f"the attribute {name!r} of {group.name} is {kind.dtype}, not text")
        self.names += math.prod(kind.shape)
        if self.names > MOST_NAMES:
            raise Odd(f"the attribute {name!r} of {group.name} has more than {MOST_NAMES:,} names")
        if empty:
            return []
        values = np.atleast_1d(np.asarray(group.attrs[name])).ravel()
        return [v.decode("utf-8") if isinstance(v, bytes) else str(v) for v in values]

    def text(self, group: Any, name: str) -> str | None:
        """A text of one line, or None where there is no such attribute."""
        if name not in group.attrs:
            return None
        found = self.strings(group, name)
        return found[0] if len(found) == 1 else None

    # The layouts.

    def legacy(self, group: Any) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for layer in self.list_of(group, "layer_names"):
            inside = self.at(group, layer)
            names = [n for n in self.list_of(inside, "weight_names") if not NO_WEIGHT.search(n)]
            roles = [_role(name, inside.name) for name in names]
            nested = len(set(roles)) < len(roles)  # a model in the place of a layer
            for name, role in zip(names, roles, strict=True):
                parent, _, last = name.rpartition("/")
                owner = parent.rpartition("/")[2] if nested else layer
                holder = self.at(inside, parent) if parent else inside
                self.put(found, f"{owner}/{role}", self.tensor(holder, last))
        return found

    def at(self, group: Any, name: str) -> Any:
        for part in name.split("/"):
            group = self.group(group, part)
        return group

    def layers(self, group: Any, found: dict[str, Array], depth: int) -> None:
        """Keras 3's layout: each layer's values by number, the layers of a model under `layers`."""
        if depth > MOST_DEPTH:
            raise Odd(f"{group.name}: more than {MOST_DEPTH} models one in another")
        for children in CHILDREN:
            if not self.has(group, children):
                continue
            inside = self.group(group, children)
            for key in inside:
                layer = self.group(inside, key)
                if self.has(layer, "vars"):
                    self.values(layer, key, found)
                self.layers(layer, found, depth + 1)

    def values(self, layer: Any, key: str, found: dict[str, Array]) -> None:
        held = self.group(layer, "vars")
        keys = sorted(held, key=lambda k: int(k) if k.isdecimal() and k.isascii() else -1)
        if keys != [str(n) for n in range(len(keys))]:
            raise Odd(f"{held.name} holds {', '.join(keys[:5])}, not 0, 1, 2 and so on")
        if not keys:
            return
        name = self.text(held, "name")
        owner = UNNAMED + key if name is None else name
        kind = re.sub(r"_\d+$", "", key)
        for role, number in zip(_roles(kind, len(keys), held.name), keys, strict=True):
            self.put(found, f"{owner}/{role}", self.tensor(held, number))

    def put(self, found: dict[str, Array], name: str, tensor: Array) -> None:
        if name in found:
            raise Odd(f"two tensors are called {name!r}")
        found[name] = tensor


def _role(name: str, where: str) -> str:
    """What a weight of the legacy layout is: kernel, bias, gamma, ..."""
    match = ROLE.search(name)
    if match is None:
        raise Odd(f"{where} has a weight {name!r}, which no layer of a network known here has")
    return OF_KERAS_1.get(match[1], match[1])


def _roles(kind: str, count: int, where: str) -> tuple[str, ...]:
    """What the numbered values of a layer are, by its class as Keras 3 writes it."""
    if kind == "batch_normalization" and count == 4:
        return NORM
    if kind == "batch_normalization" and count == 3:
        return NORM[1:]  # scale=False
    if kind in ("conv2d", "depthwise_conv2d", "dense") and count <= 2:
        return ("kernel", "bias")[:count]
    raise Odd(
        f"{where} has {count} values of a layer of class {kind!r}, which no network known here has"
    )


def main(source: str, out: str) -> int:
    """Write what a file holds to a safetensors file, or to `out` with .error what is wrong."""
    from safetensors.numpy import save_file

    try:
        arrays = read(Path(source))
    except ValueError as error:
        Path(f"{out}.error").write_text(str(error), encoding="utf-8")
        return 1
    save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, out)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
