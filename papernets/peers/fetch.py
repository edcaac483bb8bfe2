"""A file of weights from its owner's address: whole, of the published checksum, or not at all."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from ..download import Failed, Progress, digest_of, download
from .addresses import Address

LARGEST = 1 << 30  # bytes, of a file whose size is not published; the largest that is has 575 MB
MEGABYTE = 1 << 20  # bytes: Hugging Face's and Keras's are smaller or the same


def fetched(wanted: Address, folder: Path, out: Path, progress: Progress | None = None) -> Path:
    """The path of a new file in this folder, downloaded and checked.

    ConnectionError, where the file does not come or is another one, says how to bring it by other
    means and make the bundle `out` of it; then no file is left.
    """
    path = folder / wanted.file
    try:
        try:
            with open(path, "xb") as file:
                download(wanted.address, file, most(wanted), progress)
            _check(path, wanted)
        except Failed as failure:
            raise ConnectionError(
                f"{wanted.file} could not be fetched from {wanted.address}: {failure}. Save it "
                "from there by other means, a browser or another machine, and make the bundle of "
                f"it: papernets convert {wanted.file} --net {wanted.name} --from {wanted.peer} "
                f"--out {quote(str(out))}"
            ) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def most(wanted: Address) -> int:
    """How many bytes are taken: what is published, rounded up, else LARGEST."""
    return int((float(wanted.size.split()[0]) + 1) * MEGABYTE) if wanted.size else LARGEST


def _check(path: Path, wanted: Address) -> None:
    """Failed where the file has another checksum than the published one."""
    if not wanted.checksum:
        return
    digits = digest_of(path, wanted.algorithm)
    if not digits.startswith(wanted.checksum):
        kind = {"md5": "MD5", "sha256": "SHA-256"}[wanted.algorithm]
        raise Failed(
            f"what came is another file than the published one: its {kind} is "
            f"{digits[: len(wanted.checksum)]}, not {wanted.checksum}"
        )
