"""How a training that was asked for is planned, done and told of."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..train.places import free_folders
from ..words import resume_command
from . import screen, speed
from .flags import check_data, own_file, wrong_data, wrong_use
from .stopping import Halt, Stopped, stopped_cleanly
from .streams import Unwritten
from .waiting import waiting

MINUTE = 60  # seconds

if TYPE_CHECKING:
    from ..train.ranks.together import Together
    from ..train.recipe import TrainRecipe
    from ..train.run import Run
    from .progress import Show


@dataclass
class Asked:
    """What a training was asked for: the settings that the user `given`, and the rest by flags.

    `several`: it is one run for each of some seeds, new or begun.
    """

    name: str
    given: dict[str, Any]
    config: str
    out: str
    resume: bool
    trust: bool
    json: bool
    seeds: int | None = None
    profile: bool = False
    several: bool = False

    def resolved(self) -> Run | None:
        """The run, or None for the one in `out`, which goes on; `given` is made whole."""
        from ..train.settings import located, resolve
        from ..train.trust import check_trusted, named_file

        name, out = self.name, self.out
        self.several = self.seeds is not None
        with wrong_use():
            given = located(self.given | ({"net": name} if name else {}))
            if not (name or self.trust):
                check_trusted(Path(self.config), str(given.get("net", "")))
            name = given.pop("net", "")
            self.given = given
            if self.resume:
                if not out:
                    raise ValueError("--resume needs --out, the folder of the run to continue")
                from ..train.seeds import check_series

                self.several = check_series(Path(out), self.seeds)
                if not (name or self.trust):
                    kept = self.place_of(None) / "run.toml"
                    check_trusted(kept, named_file(kept))
                if name:
                    from ..nets import find

                    given["net"] = name if ".py:" in name else find(name).name
                return None
            if not name and not given.get("weights"):
                raise ValueError(
                    "name a network, such as papernets train lenet5. All names: papernets list"
                )
            with own_file(name):
                return resolve(name, given)

    def place_of(self, run: Run | None) -> Path:
        """The folder of the run, of the first of several that go on."""
        from ..train.seeds import run_folder, seeds_of

        if run is not None:
            return Path(self.out) if self.out else next(free_folders(run))
        folder = Path(self.out)
        return run_folder(folder, seeds_of(folder)[0]) if self.several else folder


@dataclass(frozen=True)
class Among:
    """Of a run that is one of several: who shows it, and the folder of all, which goes on.

    `told`: what they share has been said.
    """

    show: Callable[[Path, bool, TrainRecipe], Show]
    folder: Path
    told: bool


def settings(config: str, flags: dict[str, Any], pairs: list[str]) -> dict[str, Any]:
    """A configuration file's settings, then --set's, then the flags'; tables are joined."""
    from ..train.settings import joined, parse_set, read_config

    sets = ({key: value} for key, value in map(parse_set, pairs))
    return joined(read_config(Path(config)) if config else {}, *sets, flags)


def plan(run: Run | None, folder: Path, given: dict[str, Any], json: bool) -> None:
    """Say what would be done: the settings, the pictures, and about how long an epoch takes."""
    from ..train.folder import prepare

    with wrong_use():
        run = prepare(folder, run, run is None, given)
        check_data(run.recipe.data, run.where.data_dir)
    from ..data.notes import in_numbers
    from ..train.rehearsal import epoch_seconds, looked_at
    from ..train.usual_words import without_effect
    from .epochs import clock
    from .progress import show_data

    with waiting(), wrong_data():
        dataset = looked_at(run)
    seconds = None if screen.QUIET else epoch_seconds(run, dataset)
    if json:
        found = {"pictures": in_numbers(dataset), "epoch_seconds": seconds}
        screen.print_json({**run.to_dict(), "out": str(folder), **found})
        return
    show_data(dataset)
    if seconds is not None:
        whole = seconds * run.recipe.passes
        each = clock(seconds) if seconds >= MINUTE else f"{seconds:.2g} s"
        total = clock(whole) if whole >= MINUTE else f"{whole:.2g} s"
        several = f", {run.recipe.passes:,} take {total}" if run.recipe.passes > 1 else ""
        screen.note(f"an epoch takes about {each}{several}")
    screen.say(f"# would train in {folder}")
    screen.say(run.to_toml(without_effect(run.recipe)).rstrip())


def work(
    asked: Asked,
    run: Run | None,
    together: Together | None = None,
    among: Among | None = None,
) -> None:
    """Train a run in its folder, or go on with the one there, and tell of it.

    `together`: as rank 0 of several processes. `among`: it is one of several runs.
    """
    from ..machine import choose_device
    from ..train.folder import check_outside, held
    from ..train.keeping import heeding
    from ..train.results import finished
    from ..train.runner import train as training
    from ..train.tracking import check_tracker
    from .progress import Show as Alone

    out = asked.out
    stop = Halt() if together is None else together.stop
    if run is not None:
        with wrong_use():
            if together is None:
                choose_device(run.where.device)
            check_tracker(run.where.tracker)
            check_data(run.recipe.data, run.where.data_dir)
            check_outside(Path(out) if out else next(free_folders(run)), run)
        if among is None or not among.told:
            speed.say_chosen(run)
    with ExitStack() as stack, wrong_data():
        with wrong_use():
            folder, kept = held(stack, Path(out) if out else None, run, asked.given)
        already = finished(folder, kept.recipe.passes) is not None
        tell, whole = (among.show, among.folder) if among else (Alone, folder)
        show = tell(folder, asked.json, kept.recipe)
        show.waiting = stack.enter_context(waiting(lambda: show.bar is not None))
        stack.enter_context(speed.profiled(asked.profile, show))
        stack.enter_context(stopped_cleanly())
        stack.enter_context(heeding(stop))
        try:
            for event in training(kept, folder, together=together):
                show.event(event)
            sys.stdout.flush()
        except Unwritten as error:
            raise Unwritten(f"{error}. The run is finished: {folder}") from None
        except (KeyboardInterrupt, Stopped):
            show.close()
            again = screen.whole(resume_command(whole, kept.recipe.net))
            screen.note(f"\nStopped. Go on with: {again}")
            raise
        finally:
            show.close()
        if already and among is None:
            screen.note(f"{folder} was finished already: nothing was done.")
