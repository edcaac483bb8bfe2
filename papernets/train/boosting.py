"""Boosting as LeNet-4's paper uses it: each network learns from what those before it filter.

The first network is trained as usual. The second sees a set on which the first is right half the
time, the third the pictures on which the first two disagree. Distortions feed the filters with
pictures until the sets are full. Outputs are added, and where the first network is sure the others
are not asked (LeCun et al. 1998, section III-C; Drucker, Schapire and Simard 1993).
"""

from __future__ import annotations

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
from ..bundle.seen import read_seen, write_seen
from ..data import Dataset, Part, Preprocessing
from ..data.draws import Draws
from ..evaluate.form import answering
from ..evaluate.infer import logits_of
from ..files import make_folder, read_bytes, write_atomically
from ..nets import Found
from ..spec import Committee
from ..texts import json_text, parsed
from ..watch import watched
from ..words import plural
from . import own_copy
from .augmenting import DISTORTIONS
from .basics import MOST_SEED
from .changing import distortion_of
from .describe import describe, environment
from .events import Event, Finished, Phase
from .folder import CONFIG, ENVIRONMENT, LOG, MOST_BYTES, RESULT, write_json
from .lists import seen_by, with_wrong
from .outcome import Training, draw_confusion, result_of
from .pictures import preprocessing_for
from .recipe import TrainRecipe
from .results import read_result
from .run import Run
from .saving import saving
from .session import train_network
from .source import generator

ROUNDS = 20
"""Passes of distorted training pictures for a filter, unless the run's boost table says more."""
ANEW = "Remove result.json beside it: --resume writes both anew"
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
    for name in ("mean", "zca"):
        if getattr(run.recipe, name):
            raise ValueError(
                f"{name} is measured on each network's own pictures, and those of a committee see "
                f"them alike: leave it out, --set {name}={'0' if name == 'zca' else ''}"
            )
    preprocessing = preprocessing_for(run.recipe, net.member, dataset)
    if not (folder / ENVIRONMENT).exists():
        write_json(folder / ENVIRONMENT, environment(device))
        own_copy.keep(run.recipe.net, folder)
    members: list[torch.nn.Module] = []
    for number in range(1, net.count + 1):
        part = folder / str(number)
        make_folder(part)
        if read_result(part) is None:
            yield Phase(f"network {number} of {net.count}")
            shown = dataset
            if number > 1:
                chosen = filtered(run.recipe, number, members, dataset.train, preprocessing, device)
                yield Phase(f"network {number} learns from {len(chosen):,} filtered pictures")
                shown = replace(dataset, train=chosen)
            own = member_run(run, net, number)
            write_atomically(part / CONFIG, own.to_toml().encode())
            for event in train_network(own, member, shown, part, device, seen_by(dataset)):
                if not isinstance(event, Finished):
                    yield event
        members.append(load_bundle(part / "best").model.to(device))
    names = tuple(f"{number}/best" for number in range(1, net.count + 1))
    info = replace(
        describe(run, member, dataset, preprocessing),
        network=net.name,
        kind="committee",
        members=names,
        net={},
        score_scale=1.0,
    )
    with saving(folder, None):
        seen = seen_by(dataset)
        training = Training(run, found, dataset, preprocessing, info, seen, folder)
        done = join(training, members, device, began)
    yield done


def member_run(run: Run, net: Committee, number: int) -> Run:
    """The run of one member: the committee's, with a seed of its own (the first keeps the run's).

    Distortions are milder on filtered sets, whose pictures are distorted already.
    """
    recipe = run.recipe
    augment = recipe.augment
    if number > 1:
        share = float(recipe.boost.get("again", 0.5))
        milder = set(DISTORTIONS) - {"elastic_sigma"}
        augment = {k: v * share if k in milder else v for k, v in augment.items()}
    own = run.changed(
        net=net.member.name,
        seed=(recipe.seed + 1000 * (number - 1)) % MOST_SEED,
        augment=augment,
        boost={},
    )
    return replace(own, looked_up=replace(run.found, net=net.member))


def filtered(
    recipe: TrainRecipe,
    number: int,
    members: list[torch.nn.Module],
    train: Part,
    preprocessing: Preprocessing,
    device: torch.device,
) -> Part:
    """Distorted training pictures that pass the filter of network `number` (2: half are wrong)."""
    distortion = distortion_of(recipe)
    rounds = rounds_of(recipe)
    taken: list[Tensor] = []
    labels: list[Tensor] = []
    keep: Callable[[list[Tensor], Tensor, torch.Generator], Tensor] = (
        half_wrong if number == 2 else disagreed
    )
    everyone = torch.arange(len(train))
    for at in watched(range(rounds), f"rounds of the filter for network {number}", rounds):
        epoch = 1_000_000 * number + at
        draws = generator(recipe.seed, epoch)
        images = distortion(train.images[:], Draws(recipe.seed, epoch, everyone))
        answers = [logits_of(m, images, preprocessing, device).argmax(1) for m in members]
        chosen = keep(answers, train.labels, draws)
        taken.append(images[chosen])
        labels.append(train.labels[chosen])
    images, targets = torch.cat(taken), torch.cat(labels)
    if len(images) < LEAST:
        raise ValueError(
            f"the filter for network {number} found {plural(len(images), 'picture')} in "
            f"{rounds} rounds, too "
            f"few to learn from. In a new run draw more: --set boost.rounds={rounds * 5}, or "
            "distort more strongly, such as --set augment.rotate=15"
        )
    return Part(images, targets)


def rounds_of(recipe: TrainRecipe) -> int:
    """How often all training pictures are distorted for a filter."""
    return int(recipe.boost.get("rounds", ROUNDS))


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
    training: Training, members: list[torch.nn.Module], device: torch.device, began: float
) -> Finished:
    """Weigh the members and choose the early exit on held-out pictures, test once, write all."""
    run, dataset, folder = training.run, training.dataset, training.folder
    rule = rule_of(members, dataset.validation, training.preprocessing, device)
    weights, alone, margin = rule["weights"], rule["alone"], rule["margin"]
    everyone = CommitteeModel(members, weights=weights)
    early_exit = CommitteeModel(members, weights=weights, alone=alone, margin=margin)
    full, logits = _timed(everyone, training, device)
    quick, early = _timed(early_exit, training, device)
    count = len(members)
    asked = early_exit.asked / max(early_exit.seen, 1)
    of_members = [read_result(folder / str(n)) or {} for n in range(1, count + 1)]
    seconds = sum(result.get("seconds", 0.0) for result in of_members)
    epochs = run.recipe.epochs
    result, scored = result_of(run, dataset, logits, epochs, epochs, seconds)
    result |= {
        "members": [result.get("test_error") for result in of_members],
        "early_exit_error": float((early.argmax(1) != dataset.test.labels).double().mean()),
        "others_asked": asked,
        "speed_gained": full / quick,
        "multiply_adds_saved": 1 - (1 + (count - 1) * asked) / count,
        "seconds_joining": time.perf_counter() - began,
    }
    metrics = {k: result[k] for k in ("test_error", "test_images", "interval", "others_asked")}
    save_committee(folder / "best", replace(training.info, rule=rule, metrics=metrics), folder)
    write_seen(folder / "best", with_wrong(training.seen, dataset.test, logits.argmax(1)))
    draw_confusion(training.found, dataset, logits, folder, scored)
    write_log(folder, count)
    write_json(folder / RESULT, result)
    return Finished(result, scored)


def rule_of(
    members: list[torch.nn.Module],
    held_out: Part,
    preprocessing: Preprocessing,
    device: torch.device,
) -> dict[str, Any]:
    """How outputs are joined, as a bundle holds it: weights, and when the first answers alone."""
    outputs = [logits_of(m, held_out.images, preprocessing, device) for m in members]
    weights = weigh(outputs, held_out.labels)
    alone = weigh(outputs[:1], held_out.labels)[0]
    margin = exit_margin(outputs, weights, alone, held_out.labels)
    return {"name": "sum", "weights": weights, "alone": alone, "margin": margin}


def _timed(model: CommitteeModel, training: Training, device: torch.device) -> tuple[float, Tensor]:
    """The seconds that a committee needs for the test set, and its logits (N, classes)."""
    form = answering(model.to(device).eval())
    images = training.dataset.test.images
    began = time.perf_counter()
    logits = logits_of(form, images, training.preprocessing, device)
    return time.perf_counter() - began, logits


def write_log(folder: Path, count: int) -> None:
    """Write log.jsonl: the epochs of all members, each record with its network's number."""
    lines = []
    for number in range(1, count + 1):
        file = folder / str(number) / LOG
        for line in read_bytes(file, MOST_BYTES).splitlines():
            try:
                record = dict(parsed(line))
            except (TypeError, ValueError):
                raise ValueError(f"{file} is not as it was written. {ANEW}") from None
            lines.append(json_text({"network": number, **record}, ascii_only=True) + "\n")
    write_atomically(folder / LOG, "".join(lines).encode())


def save_committee(target: Path, info: BundleInfo, folder: Path) -> None:
    """Write a committee's bundle with its members' inside, so that it moves as one folder."""
    inside = []
    make_folder(target)
    for member in info.members:
        bundle = load_bundle(folder / member)
        name = member.split("/")[0]
        save_bundle(target / name, bundle.info, bundle.model.state_dict())
        seen = read_seen(bundle.folder)
        if seen is not None:
            write_seen(target / name, seen)
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
