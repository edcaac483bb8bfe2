"""What settings are called elsewhere, for the hint at an unknown one, and which change nothing."""

from __future__ import annotations

from ..words import did_you_mean
from .augmenting import AUGMENTATIONS
from .basics import BEGINNING
from .learning import TAKEN as OF_OPTIMIZERS
from .pacing import TAKEN as OF_SCHEDULES
from .recipe import TrainRecipe
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
    "alpha": ("rho", "alphas", "rmsprop_decay", "square_decay"),
    "epsilon": ("eps", "adam_epsilon", "damping"),
    "decays": ("no_decay", "norm_weight_decay", "bias_decay", "wd_mult", "decay_mult"),
    "speeds": (
        *("lr_mult", "lr_mults", "bias_lr", "lr_multipliers", "layer_lr"),
        *("head_lr", "backbone_lr", "discriminative_lr"),
    ),
    "freeze_to": ("freeze", "freeze_until", "freeze_layers", "frozen_stages", "freeze_at"),
    "head_only": ("linear_probe", "freeze_backbone", "freeze_body", "feature_extract"),
    "unfreeze": ("gradual_unfreezing", "unfreeze_every", "thaw"),
    "nesterov": ("use_nesterov", "nag"),
    "clip_norm": ("clip_grad", "grad_clip", "max_norm", "max_grad_norm", "clipnorm", "clip"),
    "clip_value": ("clipvalue", "clip_grad_value", "gradient_clip_val"),
    "filter_rms": ("max_rms", "filter_norm", "max_filter_rms", "renorm"),
    "exact_decoding": ("full_decode", "exact_decode", "draft"),
    "shuffle_buffer": ("buffer_size", "buffer", "shuffle_buffer_size", "shuffle"),
    "precision": ("amp", "dtype", "mixed_precision", "half", "autocast", "use_amp", "fp32"),
    "compile": ("torch_compile", "compiled", "torchcompile"),
    "checkpointing": ("gradient_checkpointing", "activation_checkpointing", "grad_checkpointing"),
    "channels_last": ("memory_format", "nhwc"),
    "micro_batch": (
        *("accumulate", "accumulation", "accum_steps", "grad_accum", "micro_batch_size"),
        *("gradient_accumulation_steps", "accumulate_grad_batches", "iter_size"),
    ),
    "sync_norm": ("sync_bn", "syncbn", "sync_batchnorm", "sync_batch_norm", "cross_replica_norm"),
    "warmup": ("warmup_ratio", "warmup_epochs", "pct_start"),
    "warmup_steps": ("warmup_iters", "num_warmup_steps", "warmup_iterations"),
    "warmup_rate": ("warmup_lr", "warmup_lr_init", "start_lr"),
    "patience": ("wait", "patience_epochs"),
    "monitor": ("metric", "watch", "mode"),
    "every": ("decay_epochs", "decay_every", "step_epochs"),
    "power": ("poly_power", "lr_power"),
    "rates": ("lrs", "learning_rates", "lr_list"),
    "drawn": ("init_std", "std", "initializer", "initialisation", "initialization"),
    "begin": ("init_from", "initialise", "initialize", "transfer"),
    "milestones": ("steps", "lr_steps", "step_size", "boundaries"),
    "gamma": ("lr_gamma", "decay_factor", "factor"),
    "average": ("ema", "ema_decay", "model_ema", "polyak", "swa"),
    "balance": (
        *("class_weights", "class_weight", "balanced"),
        *("weighted_sampler", "oversample", "sampler", "class_balanced"),
    ),
    "mixup": ("mixup_alpha", "mix_up"),
    "cutmix": ("cutmix_alpha", "cut_mix"),
    "stop_after": (*("early_stopping", "early_stop", "early_stopping_patience", "stop_patience"),),
    "loss": ("criterion", "loss_fn", "objective"),
    "label_smoothing": ("smoothing", "ls"),
    "val_share": (
        *("val_split", "validation_split", "valid_pct", "val_size", "val_fraction", "holdout"),
        *("hold_out", "validation_fraction", "val_ratio"),
    ),
    "seed": ("random_seed", "random_state", "rng"),
    "input": ("imgsz", "img_size", "image_size", "resolution", "input_size"),
    "channels": ("in_chans", "in_channels", "num_channels"),
    "workers": ("num_workers", "n_workers", "loaders"),
    "processes": ("nproc", "nproc_per_node", "world_size"),
    "save_every": ("checkpoint_every", "save_freq", "save_steps", "save_interval"),
    "threads": ("num_threads", "n_threads"),
    "weights": ("pretrained", "checkpoint", "resume_from", "init"),
    "data": ("dataset", "data_path", "root"),
    "net": ("model", "arch", "network", "architecture"),
    "augment.flip": ("hflip", "fliplr", "horizontal_flip", "mirror"),
    "augment.rotate": ("rotation", "degrees"),
    "augment.area": ("crop", "random_resized_crop", "min_area"),
    "augment.pca": ("fancy_pca", "color_pca", "colour_pca"),
    "augment.jitter_low": ("scale_jitter", "jitter"),
    "zca": ("whitening", "zca_whitening"),
    "gcn": ("contrast_normalization", "global_contrast_normalization"),
}
"""Our settings, with the words for each in other programs."""
MEANT = {word: ours for ours, words in ELSEWHERE.items() for word in words} | {
    key: f"augment.{key}" for key in AUGMENTATIONS
}


def meant(key: str) -> str:
    """` Did you mean 'learning_rate'?` for `lr`: by other programs' words, else the nearest."""
    word = MEANT.get(key.casefold())
    return f" Did you mean {word!r}?" if word else did_you_mean(key, NAMES)


def without_effect(recipe: TrainRecipe) -> frozenset[str]:
    """The settings that change nothing, whatever their value, as the others of a recipe are."""
    found = {name for name, kinds in OF_OPTIMIZERS.items() if recipe.optimizer not in kinds}
    found |= {name for name, kinds in OF_SCHEDULES.items() if recipe.schedule not in kinds}
    if recipe.schedule == "listed":
        found.add("learning_rate")
    if recipe.standardise or recipe.mean or recipe.gcn or recipe.zca:
        found |= {"low", "high"}
    if recipe.loss != "map":
        found.add("constant")
    if recipe.loss != "cross_entropy":
        found |= {"mixup", "cutmix"} | ({"balance"} if recipe.balance != "sampling" else set())
    if recipe.loss not in ("cross_entropy", "binary"):
        found.add("label_smoothing")
    if not recipe.buffer:
        found.add("shuffle_buffer")
    if not recipe.weights:
        found |= set(BEGINNING)
    if not recipe.average:
        found.add("average_kind")
    if not recipe.weight_decay:
        found.add("decays")
    return frozenset(found)
