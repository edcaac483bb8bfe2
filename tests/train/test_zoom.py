"""How large photographs are shown to a network that has learnt: chosen on training pictures."""

from dataclasses import replace

import pytest
import torch
from small_runs import CPU, TINY, drawn

from papernets.data import Part, Preprocessing
from papernets.train.pictures import stored_larger
from papernets.train.recipe import TrainRecipe
from papernets.train.settings import resolve
from papernets.train.source import Source
from papernets.train.zoom import shown_at, zoomed

STORED = Preprocessing(1, 12, 12, (24, 24), "photo", crop=True)
RECIPE = TrainRecipe("tiny", weights="x", enlarge=1.0, zooms=(1.0, 2.0), augment={"flip": 0.5})


def marked(inside):
    """Noise with a mark that tells the class: small in the middle, or at the edges."""
    draws = torch.Generator().manual_seed(1)
    labels = torch.arange(60) % 3
    images = torch.randint(0, 120, (60, 1, 24, 24), generator=draws, dtype=torch.uint8)
    for at, label in enumerate(labels.tolist()):
        row = 8 + 3 * label if inside else (0, 3, 21)[label]
        columns = slice(9, 15) if inside else slice(0, 24)
        images[at, 0, row : row + 2, columns] = 250
    return Part(images, labels)


@pytest.mark.parametrize("inside, best", [(True, 0), (False, 12)])
def test_the_zoom_is_the_one_that_tells_most(inside, best):
    model = drawn(TINY)
    found, losses = zoomed(model, marked(inside), STORED, RECIPE)
    assert found == replace(STORED, short=best) and model.training
    assert list(losses) == [1.0, 2.0]
    chosen, other = (2.0, 1.0) if inside else (1.0, 2.0)
    assert losses[chosen] < losses[other]


def test_training_crops_what_was_chosen():
    source = Source(marked(True), shown_at(STORED, 1.5), RECIPE, CPU)
    (batch,) = Source(marked(True).select(range(20)), source.preprocessing, RECIPE, CPU).epoch(1)
    assert batch.images.shape == (20, 1, 12, 12)
    whole = Source(marked(True), shown_at(STORED, 1.0), replace(RECIPE, augment={}), CPU)
    draws = next(whole.epoch(1)).draws
    seen = whole.augmented(whole.part.images[draws.places], draws)
    torch.testing.assert_close(
        seen, whole.preprocessing(whole.part.images[draws.places]), atol=0.02, rtol=0
    )


def test_few_pictures_or_small_ones_choose_nothing():
    few = marked(True).select(range(14))
    assert zoomed(drawn(TINY), few, STORED, RECIPE) == (STORED, {})
    small = replace(STORED, picture=(12, 12), crop=False)
    part = Part(marked(True).images[:, :, ::2, ::2].contiguous(), marked(True).labels)
    assert zoomed(drawn(TINY), part, small, RECIPE) == (small, {})


def test_a_head_alone_holds_nothing_out_and_has_three_zooms(bundle):
    run = resolve("", {"weights": str(bundle), "data": "photos", "head_only": True})
    assert run.recipe.val_share == 0 and run.recipe.zooms == pytest.approx((8 / 7, 9 / 7, 10 / 7))
    assert stored_larger(run.recipe, (3, 224, 224)) == pytest.approx(10 / 7)
    own = {"enlarge": 1.2, "val_share": 0.1}
    run = resolve("", {"weights": str(bundle), "data": "photos", "head_only": True, **own})
    assert run.recipe.val_share == 0.1 and run.recipe.zooms == ()
    assert resolve("", {"weights": str(bundle), "data": "photos"}).recipe.zooms == ()
    with pytest.raises(ValueError, match="zooms must be numbers from 1 to 8"):
        resolve("", {"weights": str(bundle), "data": "photos", "zooms": (0.5,)})


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A network for photographs with first weights."""
    from papernets.bundle.info import BundleInfo
    from papernets.bundle.save import save_bundle
    from papernets.nets import look_up
    from papernets.run.network import build

    net = look_up("mobilenet_v1_0.25_224").net
    folder = tmp_path_factory.mktemp("bundles") / "one"
    eyes = Preprocessing(3, 224, 224, (256, 256), "photo", crop=True)
    info = BundleInfo(net.name, ("a", "b"), net.input, eyes.to_dict(), score_scale=1.0, run={})
    save_bundle(folder, info, build(net).state_dict())
    return folder
