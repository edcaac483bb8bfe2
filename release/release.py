"""Build the wheel and the source archive, and try the wheel where nothing else is.

    python release/release.py              # with the oldest and the newest that is allowed
    python release/release.py --pinned     # with this Python and constraints.txt: quick

Each trial is an empty environment in a folder of its own, away from the checkout: the wheel is
installed with the versions of the trial, does the main job, and passes `release/interface.py`.
The oldest versions are the lower bounds of pyproject.toml, the newest what pip finds today. These
may bring a torch with CUDA's libraries, which takes gigabytes; `--torch-pinned` takes the torch of
constraints.txt for both. What was built lies in `dist/`, and nowhere else if a trial fails.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST = 8_000_000
"""Bytes of the wheel."""
OURS = ("papernets/weights/", "papernets/py.typed", "papernets/explore/engine/kernels.wasm")
"""What must be in it, beside the code."""


@dataclass(frozen=True)
class Trial:
    """A Python, and the versions that are installed with it, as pip's constraints."""

    name: str
    python: str
    constraints: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--pinned", action="store_true", help="one trial: constraints.txt, this Python"
    )
    parser.add_argument(
        "--torch-pinned", action="store_true", help="constraints.txt's torch everywhere"
    )
    given = parser.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    version = check_versions()
    trials = [pinned()] if given.pinned else [*extremes(project, given.torch_pinned)]
    with tempfile.TemporaryDirectory(prefix="papernets-release-") as temporary:
        built = build(Path(temporary, "dist"))
        wheel = next(path for path in built if path.suffix == ".whl")
        check_wheel(wheel, version)
        for trial in trials:
            attempt(trial, wheel, Path(temporary, trial.name))
        home = ROOT / "dist"
        home.mkdir(exist_ok=True)
        for path in built:
            shutil.copy2(path, home / path.name)
            print(f"{path.stat().st_size / 1e6:6.2f} MB  dist/{path.name}")
    return 0


def check_versions() -> str:
    """The version, which CITATION.cff and CHANGELOG.md must name too."""
    code = (ROOT / "papernets" / "__init__.py").read_text("utf-8")
    version = re.search(r'^__version__ = "(.+)"$', code, re.M)[1]  # type: ignore[index]
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    if cited is None or cited[1] != version:
        raise SystemExit(f"CITATION.cff has version {cited and cited[1]}, the package {version}")
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if not re.search(rf"^## (?:{re.escape(version)}\b|Unreleased)", changes, re.M):
        raise SystemExit(
            f"CHANGELOG.md has no heading for {version}, and none for what is unreleased"
        )
    if "## Numbers that changed" not in changes:
        raise SystemExit("CHANGELOG.md has no 'Numbers that changed'")
    return version


def pinned() -> Trial:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return Trial(
        "pinned", sys.executable, tuple(line for line in lines if not line.startswith("#"))
    )


def extremes(project: dict, torch_pinned: bool) -> list[Trial]:
    """The oldest Python with the lowest versions, and the newest with the newest."""
    allowed = [
        word.rpartition(" ")[2]
        for word in project["classifiers"]
        if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", word)
    ]
    lowest = tuple(one.replace(">=", "==") for one in project["dependencies"])
    torch = [line for line in pinned().constraints if line.startswith("torch==")]
    if torch_pinned:
        lowest = (*(one for one in lowest if not one.startswith("torch==")), *torch)
    first, last = (min, max)[0](allowed, key=_minor), max(allowed, key=_minor)
    return [
        Trial("oldest", found(first), lowest),
        Trial("newest", found(last), tuple(torch) if torch_pinned else ()),
    ]


def _minor(version: str) -> int:
    return int(version.partition(".")[2])


def found(version: str) -> str:
    """A Python of a version, by its usual name or pyenv's."""
    homes = sorted(
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{version}.*")
    )
    for python in (shutil.which(f"python{version}"), *(str(home / "bin/python") for home in homes)):
        if python and _runs(python, version):
            return python
    raise SystemExit(
        f"no python{version} was found, which pyproject.toml allows. --pinned tries this one alone"
    )


def _runs(python: str, version: str) -> bool:
    code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return done.stdout.strip() == version


def build(folder: Path) -> list[Path]:
    """The source archive, and the wheel that is made of it."""
    print("== Building", flush=True)
    run([sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], quiet=True)
    return sorted(folder.iterdir())


def check_wheel(wheel: Path, version: str) -> None:
    size, names = wheel.stat().st_size, zipfile.ZipFile(wheel).namelist()
    if size > MOST:
        raise SystemExit(f"{wheel.name} has {size:,} bytes, and may have {MOST:,}")
    for wanted in (*OURS, f"papernets-{version}.dist-info/"):
        if not any(name.startswith(wanted) for name in names):
            raise SystemExit(f"{wheel.name} lacks {wanted}")
    strange = [name for name in names if not name.startswith(("papernets/", "papernets-"))]
    if strange:
        raise SystemExit(f"{wheel.name} has {strange[:3]} beside the package")


def attempt(trial: Trial, wheel: Path, folder: Path) -> None:
    """Install the wheel into an empty environment, do the main job, run the interface's tests."""
    print(f"== {trial.name}: {trial.python}", flush=True)
    folder.mkdir()
    (folder / "constraints.txt").write_text("\n".join(trial.constraints) + "\n", "utf-8")
    run([trial.python, "-m", "venv", str(folder / "env")])
    python = str(folder / "env" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "-c", "constraints.txt"]
    run([*pip, str(wheel), "pytest"], folder, quiet=True)
    run([python, "-m", "papernets", "--version"], folder)
    run(
        [python, "-m", "papernets", "train", "lenet5", "--data", "digits", "--out", "run"],
        folder,
        quiet=True,
    )
    shutil.copy2(ROOT / "release" / "interface.py", folder / "interface.py")
    tests = [
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        ".",
        "interface.py",
    ]
    run(tests, folder)
    shutil.rmtree(folder / "env")


def run(words: list[str], folder: Path | None = None, quiet: bool = False) -> None:
    """A command away from what this one was started with; its words are shown, or if it fails."""
    keep = ("HOME", "LANG", "PATH", "TMPDIR", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    environment = {k: v for k, v in os.environ.items() if k in keep or k.startswith("PIP_")}
    environment |= {"PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "2"}
    for name in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"):  # a trial has its own
        environment[name] = os.devnull if folder else str(ROOT / "constraints.txt")
    done = subprocess.run(
        words, cwd=folder or ROOT, env=environment, text=True,
        stdout=subprocess.PIPE if quiet else None, stderr=subprocess.STDOUT if quiet else None,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{done.stdout or ''}\nfailed: {' '.join(words)}")


if __name__ == "__main__":
    sys.exit(main())
