"""What a run cannot do is refused before anything is loaded."""

import math
import re
from dataclasses import fields

import pytest
import siblings

from papernets.data import Distortion
from papernets.train.augmenting import DISTORTIONS
from papernets.train.settings import resolve


@siblings.together(
    "settings, message",
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"batch_size": -1}, "batch_size must be at least 1, not -1"),
        ({"threads": -1}, "threads must be 0 or more, not -1"),
        ({"channels": -1}, "channels must be 0 or more, not -1"),
        ({"seed": -1}, "seed must be from 0 to below 1,152,921,504,606,846,976, not -1"),
        ({"seed": 2**64}, "seed must be from 0 to below"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0, not 0.0"),
        ({"learning_rate": math.inf}, "learning_rate must be above 0, not inf"),
        ({"distance_scale": math.nan}, "distance_scale must be above 0, not nan"),
        ({"weight_decay": -0.1}, "weight_decay must be 0 or more, not -0.1"),
        ({"average": 1.0}, "average must be from 0 to below 1, not 1.0"),
        ({"warmup": -0.5}, "warmup must be from 0 to below 1, not -0.5"),
        ({"milestones": (0.5, 1.0)}, "milestones must be rising shares of all steps, such as"),
        ({"milestones": (0.5, 0.25)}, "milestones must be rising shares of all steps, such as"),
        ({"milestones": (math.nan,)}, "milestones must be rising shares of all steps, such as"),
        ({"gamma": 1.0}, "gamma must be above 0 and below 1, not 1.0"),
        ({"momentum": 2.0}, "momentum must be from 0 to below 1, not 2.0"),
        ({"betas": (0.9,)}, "betas must be two numbers from 0 to below 1, not [0.9]"),
        ({"learning_rate": math.nan}, "learning_rate must be above 0, not nan"),
        ({"label_smoothing": 1.0}, "label_smoothing must be from 0 to below 1, not 1.0"),
        ({"average_kind": "ema"}, "unknown average_kind 'ema'."),
        ({"average": 1.5, "average_kind": "polyak"}, "average must be a share of all steps, 0 to"),
        ({"alpha": 1.0}, "alpha must be from 0 to below 1, not 1.0"),
        ({"epsilon": math.nan}, "epsilon must be 0 or more, not nan"),
        ({"clip_norm": -1.0}, "clip_norm must be 0 or more, not -1.0"),
        ({"clip_value": math.inf}, "clip_value must be 0 or more, not inf"),
        ({"filter_rms": math.nan}, "filter_rms must be 0 or more, not nan"),
        ({"micro_batch": -1}, "micro_batch must be 0 or more, not -1"),
        ({"curvature": 0}, "curvature must be at least 1, not 0"),
        ({"decays": {"depth": 0.0}}, "unknown key 'depth' in decays."),
        ({"decays": {"bias": -1.0}}, "decays.bias takes a number of 0 or more, not -1.0"),
        ({"speeds": {"depth": 2.0}}, "unknown key 'depth' in speeds."),
        ({"speeds": {"bias": math.inf}}, "speeds.bias takes a number of 0 or more, not inf"),
        ({"nesterov": True, "optimizer": "sgd", "momentum": 0.0}, "nesterov changes a momentum"),
        ({"drawn": "gaussian"}, "drawn must be a kind and its scale, such as 'gaussian 0.01'"),
        ({"drawn": "normal 0.1"}, "unknown initialisation 'normal'"),
        ({"patience": 0}, "patience must be at least 1, not 0"),
        ({"drops": 0}, "drops must be at least 1, not 0"),
        ({"monitor": "top5"}, "unknown monitor 'top5'. monitor is one of error, loss, train_error"),
        ({"every": 1e-7}, "every must be at least a millionth, not 1e-07"),
        ({"every": 0.0}, "every must be above 0, not 0.0"),
        ({"power": math.nan}, "power must be above 0, not nan"),
        ({"schedule": "listed"}, "schedule 'listed' needs rates, pairs of a rate above 0 and its"),
        ({"rates": ((math.nan, 2),)}, "rates must be pairs of a rate above 0 and its passes, such"),
        ({"rates": ((0.1, 2, 3),)}, "rates must be pairs of a rate above 0 and its passes"),
        ({"rates": ((0.1, 0),)}, "rates must be pairs of a rate above 0 and its passes"),
        ({"warmup_error": 1.0}, "warmup_error must be from 0 to below 1, not 1.0"),
        ({"warmup_rate": math.nan}, "warmup_rate must be 0 or more, not nan"),
        ({"warmup_steps": 400}, "a warm-up needs its rate and its end: --set warmup_rate=0.01 wi"),
        ({"warmup_rate": 0.01}, "a warm-up needs its rate and its end"),
        ({"warmup_steps": -1}, "warmup_steps must be 0 or more, not -1"),
        ({"begin": {"bundle": "x"}}, "begin takes a bundle and the rows that take its weights: --"),
        ({"begin": {"bundle": "x", "rows": [3]}}, "begin takes a bundle and the rows that take"),
        ({"begin": {"bundle": "x", "row": "C1"}}, "unknown key 'row' in begin. Did you mean 'row"),
        ({"constant": -math.inf}, "constant must be a number, or inf for no term, not -inf"),
        ({"digit_size": 18}, "digit_size must be 20 or 16, not 18"),
        ({"input": (3, 3, 3)}, "input must be a side or height and width in pixels, such as 32"),
        ({"input": (3.5,)}, "input must be a side or height and width in pixels"),
        ({"neighbours": 1.5}, "neighbours must be from 0 to 1, not 1.5"),
        ({"neighbours": 0.5}, "neighbours needs loss 'map' with a finite constant"),
        ({"low": 1.0, "high": 1.0}, "low and high must be two different numbers, not 1.0 and 1.0"),
        ({"optimizer": "adm"}, "unknown optimizer 'adm'. Did you mean 'adam'? optimizer is one of"),
        ({"schedule": "linear"}, "unknown schedule 'linear'"),
        ({"loss": "msee"}, "unknown loss 'msee'. Did you mean"),
        ({"keep": "all"}, "unknown keep 'all'. keep is one of best, last"),
        ({"device": "gpu"}, "unknown device 'gpu'. Devices: auto, cpu, cuda, mps"),
        ({"data": ""}, "data must name a data set or a folder"),
        ({"augment": {"rotat": 5}}, "unknown key 'rotat' in augment. Did you mean 'rotate'? It"),
        ({"augment": {"rotate": "x"}}, "augment.rotate takes a number of 0 or more, not 'x'"),
        ({"augment": {"rotate": -1}}, "augment.rotate takes a number of 0 or more, not -1"),
        ({"augment": {"scale": 1}}, "augment.scale takes a share below 1, not 1"),
        ({"augment": {"squeeze": 2.0}}, "augment.squeeze takes a share below 1, not 2.0"),
        ({"augment": {"elastic_sigma": 0}}, "augment.elastic_sigma takes 1 pixel or more, not 0"),
        (
            {"augment": {"padding": 1e6}},
            "augment.padding takes a whole number of pixels up to",
        ),
        ({"clip_value": 1e30}, "clip_value takes numbers below 1e+30, not 1e+30"),
        ({"constant": -1e308}, "constant takes numbers below 1e+30, not -1e+308"),
        ({"augment": {"rotate": 1e308}}, "augment.rotate takes numbers below 1e+30, not 1e+308"),
        ({"betas": (0.9, 1e99)}, "betas takes numbers below 1e+30, not 1e+99"),
        ({"rates": ((1e99, 2),)}, "rates takes numbers below 1e+30, not 1e+99"),
        ({"boost": {"round": 5}}, "unknown key 'round' in boost. Did you mean 'rounds'?"),
        ({"boost": {"rounds": 0}}, "boost.rounds must be a whole number of at least 1, not 0"),
        ({"boost": {"rounds": 1.5}}, "boost.rounds must be a whole number of at least 1, not 1.5"),
        ({"options": {"depth": 5}}, "lenet5 has no option 'depth'"),
        ({"input": (9,)}, "the smallest input of lenet5 is 32x32, not 9x9"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_loaded(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        resolve("lenet5", settings)


def test_a_bundle_to_begin_with_that_is_none_is_refused_too():
    with pytest.raises(FileNotFoundError, match="no bundle 'no/where': give a bundle's folder"):
        resolve("lenet5", {"begin": {"bundle": "no/where", "rows": "C1"}})


def test_the_distortions_that_a_run_knows_are_the_data_rooms():
    assert tuple(f.name for f in fields(Distortion)) == DISTORTIONS
