"""papernets explain beside torchinfo, as ratios of one run: python benchmarks/explain.py
[--rounds 7] [--json]

The networks are VGG-16 and ResNet-152 at 3x224x224, written with torch's own classes as torchvision
writes them. Contestants take turns. Two questions are asked:

whole processes, from the shell: `papernets explain NAME` beside `python -c` that builds the network
and prints `torchinfo.summary`, on the CPU as its documentation does, and without values on the meta
device, torchinfo at its best. Seconds on the clock, and the process's largest memory.

in one process, where everything is imported and the network is built: `papernets.explain(net)`
beside `torchinfo.summary(module)` on the meta device. Seconds, and Python's own memory at its peak.
The last line has the ratios of whole processes with their goals; below one the exit code is 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
from typing import Any

NAMES = ("vgg16", "resnet152")
FASTER, LESS = 5.0, 10.0
"""What the project promises beside torchinfo as its documentation has it: time, and memory."""
WIDTHS = (64, 64, 0, 128, 128, 0, *(256, 256, 256, 0), *(512, 512, 512, 0) * 2)
DEPTHS = ((64, 3), (128, 8), (256, 36), (512, 3))
SIDES = (1, 3, 224, 224)


def network(name: str) -> Any:
    """VGG-16 or ResNet-152 of torch's own classes."""
    from torch import nn

    if name == "vgg16":
        layers: list[nn.Module] = []
        given = 3
        for width in WIDTHS:
            if width:
                layers += [nn.Conv2d(given, width, 3, padding=1), nn.ReLU(inplace=True)]
                given = width
            else:
                layers.append(nn.MaxPool2d(2))
        layers += [nn.AdaptiveAvgPool2d(7), nn.Flatten()]
        for given, out in ((25088, 4096), (4096, 4096)):
            layers += [nn.Linear(given, out), nn.ReLU(inplace=True), nn.Dropout()]
        return nn.Sequential(*layers, nn.Linear(4096, 1000)).eval()

    class Bottleneck(nn.Module):
        def __init__(self, given: int, width: int, stride: int):
            super().__init__()
            self.conv1 = nn.Conv2d(given, width, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(width)
            self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(width)
            self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(4 * width)
            self.relu = nn.ReLU(inplace=True)
            self.downsample = nn.Identity()
            if stride > 1 or given != 4 * width:
                self.downsample = nn.Sequential(
                    nn.Conv2d(given, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
                )

        def forward(self, x: Any) -> Any:
            y = self.relu(self.bn1(self.conv1(x)))
            y = self.relu(self.bn2(self.conv2(y)))
            return self.relu(self.bn3(self.conv3(y)) + self.downsample(x))

    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    layers.append(nn.MaxPool2d(3, 2, 1))
    given = 64
    for at, (width, depth) in enumerate(DEPTHS):
        for block in range(depth):
            layers.append(Bottleneck(given, width, 2 if at and not block else 1))
            given = 4 * width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000)]
    return nn.Sequential(*layers).eval()


def child(name: str, device: str) -> None:
    """What somebody writes to have torchinfo's summary."""
    import torch
    import torchinfo

    with torch.device(device):
        model = network(name)
        x = torch.zeros(SIDES)
    torchinfo.summary(model, input_data=x, depth=5, verbose=1)


def taken(command: list[str]) -> tuple[float, float]:
    """A process's seconds, and its largest memory in megabytes (10^6 bytes)."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with code {process.returncode}")
    scale = 1 if sys.platform == "darwin" else 1024
    return seconds, used.ru_maxrss * scale / 1e6


def processes(name: str, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds and memory of whole processes, in turns; the first turn of each is not counted."""
    own = [sys.executable, "-m", "papernets", "explain", name]
    asked = [sys.executable, __file__, "--child", name]
    commands = {"papernets": own, "cpu": [*asked, "cpu"], "meta": [*asked, "meta"]}
    found: dict[str, list[tuple[float, float]]] = {key: [] for key in commands}
    for at in range(rounds + 1):
        for key in list(commands)[:: 1 if at % 2 else -1]:
            result = taken(commands[key])
            if at:
                found[key].append(result)
    return found


def within(name: str, rounds: int) -> dict[str, Any]:
    """Both in this process, imported and built: seconds, and the peak of Python's memory."""
    import torch
    import torchinfo
    from timing import take_pairs

    import papernets

    net = papernets.net(name)
    with torch.device("meta"):
        model, x = network(name), torch.zeros(SIDES)

    def ours() -> str:
        return str(papernets.explain(net))

    def theirs() -> str:
        return str(torchinfo.summary(model, input_data=x, depth=5, verbose=0))

    pair = take_pairs(ours, theirs, rounds)
    memory = []
    for call in (ours, theirs):
        tracemalloc.start()
        call()
        memory.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    return {**pair.as_json(), "megabytes": memory[0], "other_megabytes": memory[1]}


def median(several: list[tuple[float, float]], which: int) -> float:
    """The median of seconds (0) or megabytes (1)."""
    return statistics.median(one[which] for one in several)


def main() -> None:
    """Measure, print, and end with 1 where a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, metavar=("NAME", "DEVICE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        child(*args.child)
        return
    if importlib.util.find_spec("torchinfo") is None:
        raise SystemExit("torchinfo is not installed: pip install torchinfo")
    from timing import inner, machine, print_machine, verdict

    rounds = {name: processes(name, args.rounds) for name in NAMES}
    inside = {name: within(name, args.rounds) for name in NAMES}
    if args.json:
        print(json.dumps({"machine": machine(1), "processes": rounds, "within": inside}))
    else:
        print_machine(machine(1))
    reached = {}
    for name, several in rounds.items():
        ours = several["papernets"]
        for device in ("cpu", "meta"):
            faster = [b[0] / a[0] for a, b in zip(ours, several[device], strict=True)]
            less = [b[1] / a[1] for a, b in zip(ours, several[device], strict=True)]
            if device == "cpu":
                reached[f"{name}, time"] = statistics.median(faster)
                reached[f"{name}, memory"] = statistics.median(less)
            if not args.json:
                print(
                    f"{name}, whole process: {median(ours, 0):.2f} s and {median(ours, 1):.0f} MB; "
                    f"torchinfo on {device}: {median(several[device], 0):.2f} s and "
                    f"{median(several[device], 1):.0f} MB: {inner(faster)} times as fast, "
                    f"{inner(less)} times less memory"
                )
    for name, one in inside.items():
        times = one["times_as_fast"]["all"]
        less = one["other_megabytes"] / one["megabytes"]
        if not args.json:
            print(
                f"{name}, in one process: {1000 * one['seconds']:.1f} ms; torchinfo on meta: "
                f"{1000 * one['other_seconds']:.1f} ms: {inner(times)} times as fast; Python's "
                f"memory {one['megabytes']:.2f} and {one['other_megabytes']:.2f} MB, "
                f"{less:.1f} times less"
            )
    verdict(reached, {key: LESS if key.endswith("memory") else FASTER for key in reached})


if __name__ == "__main__":
    main()
