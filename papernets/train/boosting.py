"""Boosting as LeNet-4's paper uses it: each network learns from what those before it filter.

The first network is trained as usual. The second sees a set on which the first is right half the
time, the third the pictures on which the first two disagree. Distortions feed the filters with
pictures until the sets are full. Outputs are added, and where the first network is sure the others
are not asked (LeCun et al. 1998, section III-C; Drucker, Schapire and Simard 1993).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..bundle.committee import Committee as CommitteeModel
from ..bundle.info import BundleInfo
from ..bundle.load import load_bundle
from ..bundle.save import save_bundle
from ..data import Dataset, Part, Preprocessing
from ..evaluate.infer import logits_of
from ..files import write_atomically
from ..nets import Found
from ..spec import Committee
from .batches import distortion_of, generator
from .folder import CONFIG, LOG, RESULT, read_result, write_json
from .outcome import draw_confusion, result_of
from .run import CROPS, MOST_SEED, Run
from .session import (
    Event,
    Finished,
    Stage,
    describe,
    environment,
    preprocessing_for,
    saving,
    train_network,
)

ROUNDS = 20
"""Passes of distorted training pictures for a filter, unless the run's boost table says more."""
LEAST = 200
"""A filtered set smaller than this teaches nothing: the networks are too good, or the set small."""


def boost(
    run: Run, found: Found, dataset: Dataset, folder: Path, device: torch.device
) -> Iterator[Event]:
    """Train the members one after another in folder/1, folder/2 ..., then join them; yields events.

    A stopped run goes on with the member at which it stopped: the filtered sets are drawn again,
    the same, from the seed. ValueError where a filter finds too few pictures.
    """
    began = time.perf_counter()
    net = found.net
    assert isinstance(net, Committee)
    member = replace(found, net=net.member)
    preprocessing = preprocessing_for(run, net.member, dataset)
    if not (folder / "environment.json").exists():
        write_json(folder / "environment.json", environment(device))
    members: list[torch.nn.Module] = []
    for number in range(1, net.count + 1):
        part = folder / str(number)
        part.mkdir(exist_ok=True)
        if read_result(part) is None:
            yield Stage(f"network {number} of {net.count}")
            seen = dataset
            if number > 1:
                chosen = filtered(run, number, members, dataset.train, preprocessing, device)
                yield Stage(f"network {number} learns from {len(chosen):,} filtered pictures")
                seen = replace(dataset, train=chosen)
            own = member_run(run, net, number)
            write_atomically(part / CONFIG, own.to_toml().encode())
            for event in train_network(own, member, seen, part, device):
                if not isinstance(event, Finished):
                    yield event
        members.append(load_bundle(part / "best").model.to(device))
    with saving(folder, None):
        done = join(run, found, members, dataset, preprocessing, folder, device, began)
    yield done


def member_run(run: Run, net: Committee, number: int) -> Run:
    """The run of one member: the committee's, with a seed of its own (the first keeps the run's).

    Distortions are milder on filtered sets, whose pictures are distorted already.
    """
    augment = run.augment
    if number > 1:
        share = float(run.boost.get("again", 0.5))
        kept = ("elastic_sigma", *CROPS)
        augment = {k: v if k in kept else v * share for k, v in augment.items()}
    return replace(
        run,
        net=net.member.name,
        seed=(run.seed + 1000 * (number - 1)) % MOST_SEED,
        augment=augment,
        boost={},
    )


def filtered(
    run: Run,
    number: int,
    members: list[torch.nn.Module],
    train: Part,
    preprocessing: Preprocessing,
    device: torch.device,
) -> Part:
    """Distorted training pictures that pass the filter of network `number` (2: half are wrong)."""
    distortion = distortion_of(run)
    rounds = int(run.boost.get("rounds", ROUNDS))
    taken: list[Tensor] = []
    labels: list[Tensor] = []
    keep: Callable[[list[Tensor], Tensor, torch.Generator], Tensor] = (
        half_wrong if number == 2 else disagreed
    )
    for at in range(rounds):
        draws = generator(run.seed, 1_000_000 * number + at)
        images = distortion(train.images[:], draws)
        answers = [logits_of(m, images, preprocessing, device).argmax(1) for m in members]
        chosen = keep(answers, train.labels, draws)
        taken.append(images[chosen])
        labels.append(train.labels[chosen])
    images, targets = torch.cat(taken), torch.cat(labels)
    if len(images) < LEAST:
        raise ValueError(
            f"the filter for network {number} found {len(images)} pictures in {rounds} rounds, too "
            f"few to learn from. In a new run draw more: --set boost.rounds={rounds * 5}, or "
            "distort more strongly: --set augment.rotate=15, say"
        )
    return Part(images, targets)


def half_wrong(answers: list[Tensor], labels: Tensor, draws: torch.Generator) -> Tensor:
    """Places of what the first network gets wrong, and by chance as many that it gets right."""
    wrong = (answers[0] != labels).nonzero()[:, 0]
    right = (answers[0] == labels).nonzero()[:, 0]
    some = right[torch.randperm(len(right), generator=draws)[: len(wrong)]]
    return torch.cat([wrong[: len(some)], some])


def disagreed(answers: list[Tensor], labels: Tensor, draws: torch.Generator) -> Tensor:
    """Places of the pictures on which the networks so far do not all give the same class."""
    same = torch.stack([a == answers[0] for a in answers]).all(0)
    return (~same).nonzero()[:, 0]


def join(
    run: Run,
    found: Found,
    members: list[torch.nn.Module],
    dataset: Dataset,
    preprocessing: Preprocessing,
    folder: Path,
    device: torch.device,
    began: float,
) -> Finished:
    """Weigh the members and choose the early exit on held-out pictures, test once, write all."""
    net, held = found.net, dataset.validation
    assert isinstance(net, Committee)
    outputs = [logits_of(m, held.images, preprocessing, device) for m in members]
    weights = weigh(outputs, held.labels)
    alone = weigh(outputs[:1], held.labels)[0]
    margin = exit_margin(outputs, weights, alone, held.labels)
    rule = {"name": "sum", "weights": weights, "alone": alone, "margin": margin}
    model = CommitteeModel(members, weights=weights, alone=alone, margin=margin).to(device).eval()
    info = replace(
        describe(run, replace(found, net=net.member), dataset, preprocessing),
        network=net.name,
        kind="committee",
        members=tuple(str(n) + "/best" for n in range(1, len(members) + 1)),
        rule=rule,
        net={},
        score_scale=1.0,
    )
    all_of_them = CommitteeModel(members, weights=weights).to(device).eval()
    began_all = time.perf_counter()
    logits = logits_of(all_of_them, dataset.test.images, preprocessing, device)
    full = time.perf_counter() - began_all
    model.asked = model.seen = 0
    began_early = time.perf_counter()
    early = logits_of(model, dataset.test.images, preprocessing, device)
    quick = time.perf_counter() - began_early
    seconds = sum(
        (read_result(folder / str(n)) or {}).get("seconds", 0.0) for n in range(1, net.count + 1)
    )
    result, scored = result_of(run, dataset, logits, 0, run.epochs, seconds)
    result["best_epoch"] = run.epochs
    result |= {
        "members": [
            (read_result(folder / str(n)) or {}).get("test_error") for n in range(1, net.count + 1)
        ],
        "early_exit_error": float((early.argmax(1) != dataset.test.labels).double().mean()),
        "others_asked": model.asked / max(model.seen, 1),
        "speed_gained": full / quick,
        "multiply_adds_saved": 1
        - (1 + (net.count - 1) * model.asked / max(model.seen, 1)) / net.count,
        "seconds_joining": time.perf_counter() - began,
    }
    metrics = {k: result[k] for k in ("test_error", "test_images", "interval", "others_asked")}
    save_committee(folder / "best", replace(info, metrics=metrics), folder)
    draw_confusion(found, dataset, logits, folder, scored)
    write_log(folder, net.count)
    write_json(folder / RESULT, result)
    return Finished(result, scored)


def write_log(folder: Path, count: int) -> None:
    """Write log.jsonl: the epochs of all members, each record with its network's number."""
    lines = []
    for number in range(1, count + 1):
        for line in (folder / str(number) / LOG).read_text(encoding="utf-8").splitlines():
            lines.append(json.dumps({"network": number, **json.loads(line)}) + "\n")
    write_atomically(folder / LOG, "".join(lines).encode())


def save_committee(target: Path, info: BundleInfo, folder: Path) -> None:
    """Write a committee's bundle with its members' inside, so that it moves as one folder."""
    inside = []
    for member in info.members:
        bundle = load_bundle(folder / member)
        name = member.split("/")[0]
        save_bundle(target / name, bundle.info, bundle.model.state_dict())
        inside.append(name)
    save_bundle(target, replace(info, members=tuple(inside)), None)


def weigh(outputs: list[Tensor], labels: Tensor) -> list[float]:
    """A weight for each member's logits (N, classes), so that their sum makes the labels likely.

    Found by Newton-like steps (L-BFGS) from equal weights on logarithms, so that all stay positive.
    """
    stack = torch.stack(outputs).double()
    logs = torch.full(
        (len(outputs),), -torch.log(torch.tensor(float(len(outputs)))).item(), dtype=torch.float64
    )
    logs.requires_grad_()
    search = torch.optim.LBFGS([logs], lr=0.5, max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Any:
        search.zero_grad()
        total = torch.einsum("m,mnc->nc", logs.exp(), stack)
        value = torch.nn.functional.cross_entropy(total, labels)
        value.backward()
        return value

    search.step(loss)
    return [round(float(w), 6) for w in logs.detach().exp()]


def exit_margin(outputs: list[Tensor], weights: list[float], alone: float, labels: Tensor) -> float:
    """The least lead in probability at which the first may answer alone without more errors."""
    total = sum(w * z for w, z in zip(weights, outputs, strict=True))
    assert isinstance(total, Tensor)
    wrong = int((total.argmax(1) != labels).sum())
    top = torch.softmax(outputs[0] * alone, 1).topk(2, 1).values
    lead = top[:, 0] - top[:, 1]
    for margin in [k / 100 for k in range(100)] + [0.995, 0.999]:
        answer = torch.where(lead > margin, outputs[0].argmax(1), total.argmax(1))
        if int((answer != labels).sum()) <= wrong:
            return margin
    return 1.0
