"""A network in the explorer's page: seconds from a picture to its classes, and the tab's memory.

    python benchmarks/page.py [BUNDLE] [--runs 6]

Without a bundle it is ResNet-18 with first weights. The page is opened in Chromium from disk, a
photograph of scikit-learn is given as often as --runs says, and the page's own clock is read: from
the event that gives the file to the list of classes, decoding and maps included. Memory is what
/proc says of the process that shows the page (Linux).
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

import papernets
from papernets.explore import explorer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CLOCK = """
globalThis.given = 0;
globalThis.answered = [];
addEventListener("change", () => { given = performance.now(); }, true);
addEventListener("DOMContentLoaded", () => {
  const home = document.getElementById("picture-scores");
  new MutationObserver(() => {
    if (!given || !home.querySelector(".answer")) return;
    answered.push(performance.now() - given);
    given = 0;
  }).observe(home, {childList: true});
});
"""


def resnet18(folder: Path) -> Path:
    """A bundle of ResNet-18 with first weights."""
    model = papernets.create_model("resnet18").eval()
    return papernets.save(model, folder, classes=[f"class {at}" for at in range(1000)])


def memory(marked: str) -> int:
    """Bytes in memory of the largest process whose command has this mark and shows pages."""
    found = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
            status = (process / "status").read_text()
        except OSError:
            continue
        if marked in command and "--type=renderer" in command:
            line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            found.append(1024 * int(line.split()[1]))
    return max(found)


def measured(page_file: Path, picture: Path, runs: int) -> tuple[list[float], float, int]:
    """Milliseconds of each picture, until the page is ready, and the largest memory in bytes."""
    browser = next(path for name in BROWSERS if (path := shutil.which(name)))
    mark = f"papernets-{os.getpid()}"
    with sync_playwright() as started:
        words: dict[str, Any] = {"args": ["--no-sandbox", f"--user-agent={mark}"]}
        chromium = started.chromium.launch(executable_path=browser, **words)
        page = chromium.new_page()
        page.add_init_script(CLOCK)
        page.goto(page_file.as_uri() + "#picture/network")
        page.wait_for_selector("#picture-networks button")
        page.wait_for_selector("#picture-said:has-text('knows')", timeout=120_000)
        ready = page.evaluate("performance.now()")
        most = 0
        for run in range(runs):
            page.set_input_files("#picture-file", [])
            page.set_input_files("#picture-file", picture)
            while page.evaluate("answered.length") <= run:
                page.wait_for_timeout(20)
            most = max(most, memory(mark))
        times = page.evaluate("answered")
        chromium.close()
    return times, ready, most


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bundle", nargs="?")
    parser.add_argument("--runs", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle = asked.bundle or str(resnet18(folder / "network"))
        kept = folder / "network"
        if asked.bundle:
            shutil.copytree(bundle, kept)
        page_file, picture = folder / "page.html", folder / "china.jpg"
        page_file.write_text(explorer((str(kept),), "lenet5", 500_000_000), "utf-8")
        picture.write_bytes((files("sklearn.datasets") / "images" / "china.jpg").read_bytes())
        load = os.getloadavg()[0]
        times, ready, most = measured(page_file, picture, asked.runs)
    print(f"page: {page_file.name}, load when it began {load:.1f}, now {os.getloadavg()[0]:.1f}")
    print(f"ready after {ready / 1000:.1f} s; the process has at most {most / 1e6:,.0f} MB")
    print("milliseconds a picture:", ", ".join(f"{one:.0f}" for one in times))
    print(f"median {median(times):.0f}, least {min(times):.0f}")


if __name__ == "__main__":
    main()
