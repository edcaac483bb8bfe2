"""Fields of a recipe that are no setting of a run, in plain words, and what each of them says."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "initialisation": "how the first weights are drawn: the network's own draws them so",
    "dropout": "where and how often values are dropped: a part of the network",
    "heads": "auxiliary heads and the weight of their losses: a part of the network",
    "residuals": "by what a block multiplies what it adds: a part of the network",
    "length": "how long the source trained, in its own words",
    "time": "how long that took it, and on what",
    "replicas": "machines that trained one network together",
    "pictures": "which pictures were learnt from",
    "scale": "what a pixel is before the mean is taken away",
    "distortion": "how pictures are changed at random, where it is printed without numbers",
    "order": "in which order pictures come",
    "start": "what the weights are before the first step",
    "test": "how the trained network is tested: a protocol of `evaluate`",
    "models": "networks that are trained and averaged",
}
"""A word with what it says."""

RUNS = "which network, pictures and first weights: a run's own, no part of a recipe"
SEEDED = "no source prints its random numbers"
BEGUN = "for runs that begin with trained weights: the paper's networks begin with drawn ones"
LENETS = "of LeNet-5's loss and strips alone"
DIGITS = "how digits on white paper are shown: photographs have a mean instead"
UNLESS = "has no effect with this optimiser or schedule"
NONE = "0, or none, where the source has no such step"
LEFT: Mapping[str, str] = {
    **dict.fromkeys(("net", "data", "labels", "nested", "recipe", "weights", "begin"), RUNS),
    **dict.fromkeys(("seed", "split", "draws"), SEEDED),
    "val_share": "as the data have it: a part to choose by, or a tenth of the training pictures",
    "drawn": "the network's own rule draws the weights",
    **dict.fromkeys(("probe", "fallback", "freeze_norm"), BEGUN),
    **dict.fromkeys(("freeze_to", "head_only", "unfreeze", "zooms"), BEGUN),
    **dict.fromkeys(("distance_scale", "constant", "neighbours", "boost"), LENETS),
    **dict.fromkeys(("low", "high", "digit_size"), DIGITS),
    **dict.fromkeys(("betas", "momentum", "alpha", "epsilon", "curvature"), UNLESS),
    **dict.fromkeys(("warmup", "milestones", "gamma", "patience", "drops", "monitor"), UNLESS),
    **dict.fromkeys(("every", "power", "rates", "warmup_rate"), UNLESS),
    **dict.fromkeys(
        ("average", "average_kind", "label_smoothing", "decays", "balance", "stop_after"), NONE
    ),
    **dict.fromkeys(("mixup", "cutmix"), NONE),
    **dict.fromkeys(("nesterov", "speeds"), NONE),
    **dict.fromkeys(("clip_norm", "clip_value", "filter_rms"), NONE),
    **dict.fromkeys(("warmup_steps", "warmup_error", "gcn", "zca", "weight_decay"), NONE),
    "micro_batch": "the batch is computed at once; a small machine takes parts of it",
    "precision": "float32: no source prints another",
    "shuffle_buffer": "of streams alone, which no source has",
    "exact_decoding": "how files are read is no part of a recipe",
    "sync_norm": "where processes share a batch, normalisation sees the whole batch",
    "enlarge": "pictures are stored as large as the network sees them",
    "augment": NONE,
    "standardise": "pictures have a mean taken away, or a range of their own, instead",
    "mean": "pictures are standardised, or have a range of their own, instead",
    "channels": "the network's own",
    "input": "the network's own",
    "options": "the network as printed",
}
"""Settings that a recipe may leave at a run's defaults, and why."""
