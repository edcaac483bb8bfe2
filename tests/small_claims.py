"""A claim that takes a second: what tests of `reproduce` train."""

from small_runs import write_own

from papernets.nets.resnet import PAPER
from papernets.reproduce.claim import Arm, Experiment
from papernets.reproduce.rules import Lower


def claim(folder, **more):
    """Two rates for the tiny network; the one learns its stripes, the other cannot."""
    net, data = write_own(folder)
    settings = {"data": data, "batch_size": 16, "standardise": False, "augment": {"flip": 0.1}}
    return Experiment(
        **{
            "name": "rates",
            "claim": "a rate that learns is better than none",
            "source": PAPER.at("nowhere"),
            "printed": "better",
            "arms": (
                Arm("learns", net, {"learning_rate": 0.01, "augment": {}}),
                Arm("none", net, {"learning_rate": 1e-9}),
            ),
            "rule": Lower("learns", "none"),
            "settings": settings,
            "epochs": 6,
            "smallest": 0.5,
            "conditions": "all",
            "seeds": 2,
            **more,
        }
    )
