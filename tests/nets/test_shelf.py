"""What stands beside a network is found under any name of it, and read when it is asked for."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import siblings

import papernets
from papernets.nets import NETS, beside, look_up, net
from papernets.spec import Committee

ALIASES = [(alias, entry.name) for entry in NETS for alias in entry.aliases]


@siblings.together(
    "alias, name",
    [*ALIASES, ("LeNet-5", "lenet5"), ("MobileNet-V1-0.40-96", "mobilenet_v1_0.4_96")],
)
def test_a_held_network_may_carry_an_alias(alias, name):
    held, own = beside(replace(net(name), name=alias)), look_up(name)
    assert held.name == alias
    assert held.record == own.record
    assert held.initialisation == own.initialisation
    assert held.recipes == own.recipes


def test_a_committees_member_may_carry_an_alias():
    own = look_up("boosted_lenet4")
    assert isinstance(own.net, Committee)
    member = replace(own.net.member, name="LeNet-4")
    assert beside(replace(own.net, member=member)).initialisation == own.initialisation


def test_a_name_with_an_impossible_size_is_none_of_ours():
    found = beside(replace(net("mobilenet_v1"), name="mobilenet_v1_1.0_0"))
    assert (found.record.title, found.claims, found.recipes) == ("mobilenet_v1_1.0_0", (), ())


MAKES = """
import sys
import papernets
from papernets.nets import beside

for name in papernets.list_nets():
    beside(papernets.net(name)).initialisation

import torch

with torch.device("meta"):
    for name in ("lenet5", "googlenet", "boosted_lenet4"):
        papernets.create_model(name)
read = [name for name in sys.modules if name.startswith("papernets.nets.") and "claims" in name]
sys.exit(f"imported {read}" if read else 0)
"""


def test_making_a_network_reads_nothing_that_was_said_of_it():
    done = subprocess.run(
        [sys.executable, "-c", MAKES],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(papernets.__file__).parents[1],
    )
    assert done.returncode == 0, done.stderr
