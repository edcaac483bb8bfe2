"""Downloading MNIST and Fashion-MNIST: only when asked, from mirrors in turn, by checksum."""

import gzip
import hashlib
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from papernets.data import idx
from papernets.data.cifar import HOW
from papernets.data.cifar100 import HOW as HOW_100
from papernets.data.names import data_folder, normal
from papernets.download import Failed, Progress, download
from papernets.files import sweep
from papernets.words import did_you_mean

LARGEST = 64 << 20  # bytes; the largest file, Fashion-MNIST's training pictures, has 26 million


@dataclass(frozen=True)
class Checksum:
    """A published checksum; `unpacked` means of the contents, so any gzip of them will do."""

    algorithm: str
    digest: str
    unpacked: bool = False


# SHA-256 of MNIST's unpacked files (their MD5, 6bbc9ace898e44ae57da46a324031adb for the training
# pictures, is on many pages), and MD5 of Fashion-MNIST's .gz files, from its README.
SHA256 = (
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
)
MD5 = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
PACKED = [f"{name}.gz" for name in idx.FILES.values()]
FILES: dict[str, dict[str, Checksum]] = {
    "mnist": {f: Checksum("sha256", d, unpacked=True) for f, d in zip(PACKED, SHA256, strict=True)},
    "fashion_mnist": {f: Checksum("md5", d) for f, d in zip(PACKED, MD5, strict=True)},
}
MIRRORS: dict[str, tuple[str, ...]] = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion_mnist": (
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
}


class _MirrorError(Exception):
    """What a mirror did wrong; the next one is tried."""


def fetch(name: str, data_dir: str | None = None, *, progress: Progress | None = None) -> list[str]:
    """The paths of a data set's four IDX files, downloaded unless they are there and right.

    They go to DIR/NAME/, where DIR is chosen as `open` does. A file appears under its name only
    when it is complete and its checksum is right. ValueError for a name that cannot be fetched;
    ConnectionError, if no mirror gave a good file, says where to put which files by hand.
    """
    key = normal(name)
    if key in ("cifar10", "cifar100"):
        raise ValueError(f"{key} is not fetched by itself. {HOW if key == 'cifar10' else HOW_100}")
    if key not in FILES:
        raise ValueError(
            f"cannot fetch unknown data set {name!r}.{did_you_mean(key, FILES, loosely=True)} "
            f"Names: {', '.join(FILES)}. For example: papernets data fetch mnist"
        )
    folder = data_folder(data_dir) / key
    folder.mkdir(parents=True, exist_ok=True)
    for file in FILES[key]:
        sweep(folder, f".{file}.*.part")
    paths = []
    for file, checksum in FILES[key].items():
        target = folder / file
        if not (target.is_file() and _digest(target, checksum) == checksum.digest):
            _from_mirrors(key, target, checksum, progress)
        paths.append(str(target))
    return paths


def _from_mirrors(key: str, target: Path, checksum: Checksum, progress: Progress | None) -> None:
    """One file from the first mirror that has it; a part-file beside it until it is checked."""
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    failures = []
    try:
        for mirror in MIRRORS[key]:
            try:
                partial.unlink(missing_ok=True)
                with open(partial, "xb") as file:  # nothing that is there is written through
                    _download(mirror + target.name, file, progress)
                if _digest(partial, checksum) != checksum.digest:
                    raise _MirrorError("another file than the published one (wrong checksum)")
            except _MirrorError as failure:
                failures.append(f"  {mirror}{target.name}: {failure}")
                continue
            os.replace(partial, target)
            return
    finally:
        partial.unlink(missing_ok=True)
    names = "\n".join(f"  {target.parent / file}" for file in FILES[key])
    raise ConnectionError(
        f"{target.name} could not be fetched:\n" + "\n".join(failures) + "\n"
        f"Without a network, bring these four files from another machine:\n{names}\n"
        "The built-in data need none: --data digits"
    )


def _download(url: str, file: IO[bytes], progress: Progress | None) -> None:
    """The bytes at a URL written to a file; _MirrorError if they do not all come."""
    try:
        download(url, file, LARGEST, progress)
    except Failed as failure:
        raise _MirrorError(str(failure)) from failure


def _digest(path: Path, checksum: Checksum) -> str:
    """The checksum of a file or of what is packed in it; empty if that cannot be unpacked."""
    result = hashlib.new(checksum.algorithm, usedforsecurity=False)
    done = 0
    try:
        with gzip.open(path, "rb") if checksum.unpacked else open(path, "rb") as file:
            while block := file.read(1 << 20):
                done += len(block)
                if done > LARGEST:
                    return ""
                result.update(block)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return ""
    return result.hexdigest()
