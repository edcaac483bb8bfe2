"""Steps in half and double precision, compiled, or with parts computed twice: the same curve."""

import re
from dataclasses import replace

import pytest
import torch
from small_runs import (
    CPU,
    DATA,
    EYES,
    NORMED,
    TINY,
    After,
    a_run,
    do,
    drawn,
    fitted,
    left_by,
    log_of,
    run_of,
    write_own,
)

from papernets.bundle.load import load_bundle
from papernets.cli import screen
from papernets.cli.progress import Show
from papernets.cli.speed import how
from papernets.nets.registry import net
from papernets.run import compiled
from papernets.run.network import Logits, build
from papernets.train import choosing, outcome, precision
from papernets.train.choosing import loaders_for, most_at_once, settled
from papernets.train.curving import look_at_curvature
from papernets.train.events import Epoch, Started
from papernets.train.forms import laid_out
from papernets.train.keeping import heeding
from papernets.train.probe import fit_classifiers
from papernets.train.recipe import TrainRecipe
from papernets.train.settle import settle
from papernets.train.source import Source
from papernets.train.state import start
from papernets.train.stepper import Alone, move
from papernets.train.where import Where

SETTINGS = {"epochs": 3, "batch_size": 16, "learning_rate": 0.01}


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch):
    monkeypatch.setattr(outcome, "draw", lambda *_: None)
    monkeypatch.setattr(screen, "QUIET", False)  # as another test may have left it


def curve(own, **settings):
    """The losses of three epochs, in training and on held-out pictures, and the state.

    By SGD where there is batch normalisation: before it a bias has a gradient of rounding alone,
    of which Adam makes whole steps.
    """
    rates = {"optimizer": "sgd"} if own is NORMED else {}
    run = a_run("tiny", **{**SETTINGS, **rates, **settings})
    state = start(laid_out(drawn(own), CPU, run.recipe, run.where), run.recipe)
    if state.scaler is not None:  # the usual scale is too large for a first step, which it skips
        state.scaler.load_state_dict({**state.scaler.state_dict(), "scale": 2.0**10})
    epochs = [e for e in fitted(state, DATA, EYES, run) if isinstance(e, Epoch)]
    return [value for e in epochs for value in (e.train_loss, e.val_loss)], state


@pytest.mark.parametrize(
    ("kind", "bound"), [("bf16", 0.05), ("fp16", 0.01), ("float64", 1e-5)]
)  # as docs/training.md states them
@pytest.mark.parametrize("own", [TINY, NORMED], ids=["plain", "normed"])
def test_the_curve_is_that_of_float32(kind, bound, own):
    whole, _ = curve(own)
    found, state = curve(own, precision=kind)
    assert found == pytest.approx(whole, rel=bound) and found != whole
    weight = state.weights()["out.weight"]
    assert weight.dtype == (torch.float64 if kind == "float64" else torch.float32)


def test_whoever_looks_at_pictures_gives_them_as_the_network_takes_them():
    """Averages that lag, second derivatives, a classifier that is fitted: in float64 as well."""
    found = {}
    for kind in ("float32", "float64"):
        recipe = TrainRecipe("tiny", optimizer="levenberg_marquardt", precision=kind)
        state = start(laid_out(drawn(TINY), CPU, recipe), recipe)
        look_at_curvature(state, Source(DATA.train, EYES, recipe, CPU), 1)
        curved = [state.optimizer.state[p]["curvature"] for p in state.model.parameters()]
        recipe = TrainRecipe("tiny", precision=kind)
        source, norms = Source(DATA.train, EYES, recipe, CPU), laid_out(drawn(NORMED), CPU, recipe)
        settle(start(norms, recipe), source)
        fit_classifiers(norms, source, ("out.weight",))
        found[kind] = [value.double() for value in (*curved, *norms.state_dict().values())]
    for one, other in zip(*found.values(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-4)


@pytest.mark.slow  # two networks of real size for some steps
@pytest.mark.parametrize("name", ["lenet5", "resnet18"])
def test_real_networks_follow_float32(name):
    size = {"input": 32, "classes": 3, **({"channels": 3} if name == "resnet18" else {})}
    eyes = replace(EYES, channels=size.get("channels", 1), height=32, width=32)
    found = {}
    for kind in ("float32", "bf16"):
        recipe = TrainRecipe(name, batch_size=20, precision=kind, optimizer="sgd")
        model = build(net(name, **size), generator=torch.Generator().manual_seed(0))
        state = start(laid_out(model.train(), CPU, recipe), recipe)
        stepper = Alone(model, Source(DATA.train, eyes, recipe, CPU))
        batches = [b for epoch in (1, 2) for b in stepper.epoch(epoch)]
        found[kind] = [float(stepper.step(state, batch, 0.0003).loss) for batch in batches]
    bound = 0.03 * found["float32"][0]  # the losses themselves go to 0 within these steps
    assert found["bf16"] == pytest.approx(found["float32"], rel=0, abs=bound)


@pytest.mark.parametrize("kind", ["bf16", "fp16", "float64"])
def test_a_run_goes_on_within_an_epoch(kind, tmp_path):
    """Bit for bit, with the scale of fp16 and what its next doubling counts."""
    write_own(tmp_path)
    run = run_of(tmp_path, precision=kind, epochs=2)
    do(run, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt), heeding(After(3)):
        do(run, tmp_path / "run")
    events = do(None, tmp_path / "run", resume=True)
    assert left_by(tmp_path / "run") == left_by(tmp_path / "whole")
    (began,) = (e for e in events if isinstance(e, Started))
    assert how(began).endswith(f", {kind}")
    weights = load_bundle(tmp_path / "run" / "best").model.state_dict()
    assert {v.dtype for v in weights.values() if v.is_floating_point()} == {torch.float32}


def test_a_step_whose_gradients_overflow_moves_nothing_and_is_said(tmp_path, capsys):
    recipe = a_run("tiny", **SETTINGS, precision="fp16").recipe
    state = start(drawn(TINY).train(), recipe)
    stepper = Alone(state.model, Source(DATA.train, EYES, recipe, CPU))
    before = {k: v.clone() for k, v in state.model.state_dict().items()}
    state.scaler.load_state_dict({**state.scaler.state_dict(), "scale": 2.0**40})
    batch = next(iter(stepper.epoch(1)))
    stepper.step(state, batch, 0.1)
    assert all(torch.equal(v, before[k]) for k, v in state.model.state_dict().items())
    assert state.scaler.get_scale() == 2.0**39
    write_own(tmp_path)
    run = run_of(tmp_path, precision="fp16", epochs=1)
    kept = start(drawn(TINY), run.recipe)
    kept.scaler.load_state_dict({**kept.scaler.state_dict(), "scale": 2.0**21})
    (epoch,) = [e for e in fitted(kept, DATA, EYES, run) if isinstance(e, Epoch)]
    assert epoch.skipped > 0 and epoch.to_dict()["skipped"] == epoch.skipped
    show = Show(tmp_path, False, run.recipe)
    show.epoch(epoch)
    said = capsys.readouterr().err
    assert re.search(r"\d steps? moved nothing: gradients of fp16 overflowed", said)


def test_gradients_are_bounded_after_they_are_scaled_back():
    recipe = a_run("tiny", precision="fp16", clip_norm=1e-3, optimizer="sgd", momentum=0.0).recipe
    state = start(drawn(TINY).train(), recipe)
    first = {k: v.clone() for k, v in state.model.state_dict().items()}
    loss = sum(p.square().sum() for p in state.model.parameters())
    state.scaler.scale(loss).backward()
    move(state, recipe, 1.0)
    moved = sum((v - first[k]).square().sum() for k, v in state.model.state_dict().items())
    assert float(moved.sqrt()) == pytest.approx(1e-3, rel=1e-3)


def test_auto_is_what_the_machine_has(monkeypatch):
    gpu = torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    assert precision.chosen("auto", gpu) == "bf16"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    assert precision.chosen("auto", gpu) == "fp16" and precision.chosen("bf16", gpu) == "bf16"
    run = a_run("lenet5", precision="auto", device="cpu")
    assert settled(run).recipe.precision == precision.chosen("auto", CPU) == "float32"
    assert "bf16" in precision.why(CPU)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"precision": "half"}, "unknown precision 'half'.*float32, bf16, fp16, float64, auto"),
        ({"precision": "bf16", "optimizer": "levenberg_marquardt"}, "too coarse: leave precision"),
        ({"compile": True, "checkpointing": True}, "leave checkpointing out, or compile"),
        ({"compile": True, "processes": 2}, "compile is for one process.*--processes 0"),
        ({"channels_last": "yes"}, "channels_last takes auto, on, off, not 'yes'"),
        ({"workers": -2}, "workers must be 0 or more, or -1 for as many"),
    ],
)
def test_what_cannot_be(settings, message):
    with pytest.raises(ValueError, match=message):
        a_run("lenet1", **settings)


def test_processes_share_float32(tmp_path):
    write_own(tmp_path)
    with pytest.raises(ValueError, match="precision is bf16: --processes 0, or --precision float3"):
        do(run_of(tmp_path, processes=2, precision="bf16"), tmp_path / "run")


NETS = [TINY, NORMED, net("googlenet", classes=3, channels=1, input=80)]


@pytest.mark.parametrize(
    ("own", "form"),
    [(NETS[1], "checkpointing"), (NETS[2], "checkpointing"), (NETS[1], "compile")],
    ids=["normed-checkpointing", "heads-checkpointing", "normed-compile"],
)  # fmt: skip
def test_other_forms_give_the_same_step(own, form, monkeypatch):
    """Loss, gradients, running means and what dropout leaves out, bit for bit.

    What is compiled here runs torch's own operators: the slow test has the compiler's.
    """
    monkeypatch.setattr(compiled, "BACKEND", "aot_eager")
    eyes = replace(EYES, height=own.input[1], width=own.input[2])
    found = []
    for where in (Where(tiles=False), Where(**{form: True})):
        recipe = TrainRecipe("tiny", batch_size=6 if own is NETS[2] else 30)
        model = build(own, generator=torch.Generator().manual_seed(3)).train()
        stepper = Alone(model, Source(DATA.train, eyes, recipe, CPU), where)
        state = start(model, recipe)
        told = stepper.step(state, next(iter(stepper.epoch(1))), 0.01)
        grads = [p.grad for p in model.parameters()]
        found.append([told.loss, *grads, *model.state_dict().values()])
    for one, other in zip(*found, strict=True):
        if form == "checkpointing":
            assert torch.equal(one, other)
        else:
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)


def test_checkpointing_keeps_less():
    own, kept = net("resnet18", classes=3, input=64), []
    for where in (Where(), Where(checkpointing=True)):
        stepper = Alone(
            build(own).train(),
            Source(DATA.train, EYES, TrainRecipe("tiny", loss="mse"), CPU),
            where,
        )
        sizes = []
        with torch.autograd.graph.saved_tensors_hooks(
            lambda t, sizes=sizes: sizes.append(t.numel()) or t, lambda t: t
        ):
            out = stepper.forward(torch.randn(2, *own.input))
        assert not isinstance(out, Logits)
        kept.append(sum(sizes))
    assert kept[1] < kept[0] / 10


@pytest.mark.slow  # the compiler takes a quarter of a minute
def test_a_compiled_run_has_the_same_curve(tmp_path):
    whole, _ = curve(NORMED)
    found, _ = curve(NORMED, compile=True)
    assert found == pytest.approx(whole, rel=1e-4)
    write_own(tmp_path)
    do(run_of(tmp_path, compile=True, epochs=1), tmp_path / "run")
    assert len(log_of(tmp_path / "run")) == 1


def test_without_a_compiler_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(compiled.shutil, "which", lambda name: None)
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(ValueError, match=r"needs a C\+\+ compiler .*none of g\+\+.*apt install"):
        Alone(
            drawn(TINY),
            Source(DATA.train, EYES, TrainRecipe("tiny"), CPU),
            Where(compile=True),
        )


def test_what_cannot_be_compiled_is_named(monkeypatch):
    def broken(*given):
        raise RuntimeError("not today")

    monkeypatch.setattr(compiled, "BACKEND", broken)
    forward = compiled.compiled(Alone(drawn(TINY), source()).form)
    with pytest.raises(ValueError, match=r"cannot compile tiny here.*leave --compile out"):
        forward(torch.randn(2, 1, 12, 12))


def source(**settings):
    return Source(DATA.train, EYES, TrainRecipe("tiny", **settings), CPU)


def test_fused_optimisers_give_the_curve_of_plain_ones(monkeypatch):
    """As docs/training.md states it: to 1e-5 over three epochs."""
    for kind, name in (("sgd", "SGD"), ("adam", "Adam"), ("adamw", "AdamW")):
        fused, state = curve(TINY, optimizer=kind)
        assert all(group["fused"] for group in state.optimizer.param_groups)
        plain = getattr(torch.optim, name)
        with monkeypatch.context() as patch:
            patch.setattr(
                torch.optim, name, lambda *a, fused, plain=plain, **k: plain(*a, foreach=True, **k)
            )
            assert fused == pytest.approx(curve(TINY, optimizer=kind)[0], rel=1e-5)


def test_channels_last_where_it_is_faster():
    grey, colour = net("lenet5"), net("resnet18", classes=3, input=64)

    def last(own, precision="float32", **places):
        recipe = TrainRecipe("tiny", precision=precision)
        weight = next(laid_out(build(own), CPU, recipe, Where(**places)).parameters())
        return not weight.is_contiguous()

    assert last(colour) and not last(grey) and not last(colour, channels_last="off")
    assert last(colour, "bf16")


def test_memory_bounds_what_is_computed_together():
    own, recipe = net("vgg11", classes=3), TrainRecipe("vgg11", batch_size=64)
    assert most_at_once(recipe, own, 1e12) == 64
    parts = most_at_once(recipe, own, 3e9)
    assert parts in (8, 16, 32)
    assert most_at_once(replace(recipe, precision="bf16"), own, 3e9) >= parts
    assert most_at_once(recipe, own, 1e6) == 64  # nothing fits: it is tried


def test_a_run_without_room_computes_its_batch_in_parts(monkeypatch, tmp_path):
    monkeypatch.setattr(choosing, "room_for_steps", lambda run: 8.5e8)
    own = a_run("vgg11", data="x", batch_size=32, input=(32,))
    assert settled(own).recipe.micro_batch == 0
    monkeypatch.setattr(choosing, "room_for_steps", lambda run: 3e9)
    run = settled(a_run("vgg11", data="x", batch_size=64, device="cpu"))
    found = run.recipe
    assert 8 <= found.micro_batch < 64
    began = Started(run, None, None, 0, "cpu", 1, 0, 1)
    assert how(began) == f"on cpu, 1 thread, batches of 64 in parts of {found.micro_batch}"


def test_loader_processes_where_cores_are_free(monkeypatch):
    monkeypatch.setattr(choosing, "cores", lambda: 8)
    run, part = a_run("resnet18"), DATA.train
    assert loaders_for(part, "photo", run, CPU, 8) == 0
    assert loaders_for(part, "photo", run, CPU, 2) == 0  # they are in memory
    assert loaders_for(part, "photo", run, torch.device("cuda"), 1) == 7
    assert loaders_for(part, "digit", run, torch.device("cuda"), 1) == 0
    chosen = a_run("resnet18", workers=3)
    assert loaders_for(part, "digit", chosen, CPU, 8) == 3
