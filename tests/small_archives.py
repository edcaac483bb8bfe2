"""What tests of archives share: tar and zip files, member by member."""

import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from small_photos import NAMES, encoded, photo


def tar(path: Path, members: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> Path:
    """A tar file of these members, in their order."""
    pairs = members.items() if isinstance(members, Mapping) else members
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, content in pairs:
            one = tarfile.TarInfo(name)
            one.size = len(content)
            archive.addfile(one, io.BytesIO(content))
    return path


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def samples(count: int, seed: int = 0, form: str = "cls") -> dict[str, bytes]:
    """WebDataset's members: a picture and its label, `cls` or `json`, 0 and 1 in turn."""
    found = {}
    for at in range(count):
        key, label = f"{seed}/{at:03d}", at % 2
        found[f"{key}.png"] = encoded(photo(label, seed + at // 2))
        told = f'{{"label": "{NAMES[label]}"}}' if form == "json" else str(label)
        found[f"{key}.{form}"] = told.encode()
    return found


def folders(count: int, top: str = "", seed: int = 0) -> dict[str, bytes]:
    """Pictures in class folders under `top`: blue/0.png, red/0.png."""
    return {
        f"{top}{name}/{at}.png": encoded(photo(label, seed + at))
        for label, name in enumerate(NAMES)
        for at in range(count)
    }
