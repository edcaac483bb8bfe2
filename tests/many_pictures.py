"""What tests of answers for many pictures share: digits in files, and jobs that answer them."""

import tarfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PIL import Image

from papernets import data
from papernets.bulk import job as jobs
from papernets.bulk.inputs import pictures_in
from papernets.bulk.job import Job


def digits_in(folder: Path, count: int, bad: int = 0) -> Path:
    """A folder of so many digits, every `bad`-th of which is no picture."""
    folder.mkdir(parents=True, exist_ok=True)
    images = data.open("digits").test.images
    for at in range(count):
        path = folder / f"{at}.png"
        if bad and at % bad == 1:
            path.write_text("no picture")
        else:
            Image.fromarray(images[at % len(images)][0].numpy()).save(path)
    return folder


def tar_of(path: Path, folder: Path) -> Path:
    """A tar file of a folder's files, with their labels."""
    with tarfile.open(path, "w") as tar:
        for file in sorted(folder.iterdir()):
            tar.add(file, f"{folder.name}/{file.name}")
    return path


def job_of(bundle, folder, output, **more):
    """A job that answers what is in a folder, a file or several, eight at a time."""
    names = [str(one) for one in (folder if isinstance(folder, list) else [folder])]
    found = Job(bundle, names, lambda: pictures_in(names), Path(output), batch=8, top=2)
    return replace(found, **more)


def done(job, resume=False):
    """What is told at last of a job that is done."""
    return list(jobs.run(job, resume))[-1]


class Killed(BaseException):
    """What happens to a process that is killed: nothing after it."""


def killed(job, batches, patch, resume=False):
    """Do so many batches of a job, then end as a kill does: what was not noted is not noted."""
    work = jobs.run(job, resume)
    for _ in range(batches + 1):
        next(work)
    patch.setattr(jobs._Work, "_save", lambda self: None)
    with suppress(Killed):
        work.throw(Killed)
    patch.undo()


def left(folder: Path) -> list[str]:
    """The names of what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())
