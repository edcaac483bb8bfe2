"""The commands at a run's end: right for what was trained."""

from pathlib import Path

from small_runs import a_run

from papernets.cli.next_steps import first_step, next_steps

HERE = Path("runs/a b")


def commands(run, **result):
    return [
        command for command, _ in next_steps(HERE, run, {"epochs": run.recipe.epochs, **result})
    ]


def test_a_run_that_may_be_longer_is_prolonged():
    run = a_run("lenet5", data="mnist", epochs=7, schedule="constant")
    assert commands(run) == [
        "papernets predict 'runs/a b' DIGIT.png",
        "papernets train --out 'runs/a b' --resume --epochs 14",
    ]
    assert len(commands(run, epochs=3)) == 1  # it stopped early
    cosine = a_run("lenet5", data="photos", schedule="cosine", augment={"flip": 0.5})
    assert commands(cosine) == [
        "papernets predict 'runs/a b' PICTURE",
        "papernets look augment 'runs/a b' photos -o augment.png",
    ]


def test_a_head_alone_is_followed_by_the_whole_network():
    run = a_run("lenet5", weights="w", probe=True, head_only=True, data="photos")
    assert commands(run)[1:] == ["papernets train --weights w --data photos"]


def test_no_command_asks_for_pictures_that_were_in_memory():
    run = a_run("lenet5", data="memory:arrays", schedule="constant", augment={"flip": 0.5})
    assert commands(run) == ["papernets predict 'runs/a b' PICTURE"]
    assert first_step(HERE, run) == "papernets evaluate 'runs/a b' --data DATA"
    assert first_step(HERE, a_run("lenet5", data="photos")) == "papernets evaluate 'runs/a b'"
