"""What settings are called elsewhere, for the hint at an unknown one, and which change nothing."""

from __future__ import annotations

from ..words import did_you_mean
from .recipe import BEGINNING, CROPS, DISTORTIONS, TrainRecipe
from .run import NAMES

ELSEWHERE = {
    "learning_rate": ("lr", "lr0", "rate", "max_lr", "base_lr", "eta"),
    "batch_size": ("bs", "batch", "batchsize", "train_batch_size", "per_device_train_batch_size"),
    "weight_decay": ("wd", "decay", "l2"),
    "momentum": ("mom", "mu"),
    "betas": ("beta", "beta1", "beta2", "adam_betas"),
    "optimizer": ("opt", "optim", "optimiser", "solver"),
    "epochs": ("num_epochs", "n_epochs", "max_epochs", "nb_epoch", "num_train_epochs"),
    "schedule": ("sched", "scheduler", "lr_scheduler", "lr_schedule"),
    "warmup": ("warmup_ratio", "warmup_epochs", "warmup_steps", "pct_start"),
    "milestones": ("steps", "lr_steps", "step_size", "boundaries"),
    "gamma": ("lr_gamma", "decay_factor", "factor"),
    "average": ("ema", "ema_decay", "model_ema", "polyak"),
    "loss": ("criterion", "loss_fn", "objective"),
    "label_smoothing": ("smoothing", "ls"),
    "seed": ("random_seed", "random_state", "rng"),
    "input": ("imgsz", "img_size", "image_size", "resolution", "input_size"),
    "channels": ("in_chans", "in_channels", "num_channels"),
    "workers": ("num_workers", "n_workers", "nproc"),
    "threads": ("num_threads", "n_threads"),
    "weights": ("pretrained", "checkpoint", "resume_from", "init"),
    "data": ("dataset", "data_path", "root"),
    "net": ("model", "arch", "network", "architecture"),
    "augment.flip": ("hflip", "fliplr", "horizontal_flip", "mirror"),
    "augment.rotate": ("rotation", "degrees"),
    "augment.area": ("crop", "random_resized_crop", "min_area"),
}
"""Our settings, with the words for each in other programs."""
MEANT = {word: ours for ours, words in ELSEWHERE.items() for word in words} | {
    key: f"augment.{key}" for key in (*DISTORTIONS, *CROPS)
}


def meant(key: str) -> str:
    """` Did you mean 'learning_rate'?` for `lr`: by other programs' words, else the nearest."""
    word = MEANT.get(key.casefold())
    return f" Did you mean {word!r}?" if word else did_you_mean(key, NAMES)


def without_effect(recipe: TrainRecipe) -> frozenset[str]:
    """The settings that change nothing, whatever their value, as the others of a recipe are."""
    found = {"momentum" if recipe.optimizer != "sgd" else "betas"}
    if recipe.standardise:
        found |= {"low", "high"}
    if recipe.schedule != "one_cycle":
        found.add("warmup")
    if recipe.schedule != "step":
        found |= {"milestones", "gamma"}
    if recipe.loss != "map":
        found.add("constant")
    if recipe.loss != "cross_entropy":
        found.add("label_smoothing")
    if not recipe.weights:
        found |= set(BEGINNING)
    return frozenset(found)
