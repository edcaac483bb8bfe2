"""Pictures from files: what an exported file makes of them, beside what `predict` reads."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from exported import bundle_of
from PIL import Image

import papernets
from papernets.bundle.load import load_bundle
from papernets.data import Preprocessing, read_picture
from papernets.deploy.card_pictures import STORED, by_pillow, by_torch
from papernets.deploy.code_file import write_code
from papernets.deploy.export import Asked, export
from papernets.deploy.from_files import from_files
from papernets.deploy.judge import drawn
from papernets.deploy.material import Material
from papernets.deploy.runtime import code_in
from papernets.evaluate.known import Pictures

DOCS = Path(__file__).parents[2] / "docs" / "export.md"
PHOTOS = {
    "square": Preprocessing(3, 32, 32, (36, 36), "photo", crop=True),
    "grey": Preprocessing(1, 32, 32, (32, 32), "photo"),
    "high": Preprocessing(3, 40, 30, (40, 30), "photo"),
    "wide": Preprocessing(3, 28, 36, (28, 36), "photo", order="bgr"),
    "narrow": Preprocessing(3, 60, 24, (60, 24), "photo"),
    "thin": Preprocessing(3, 1, 24, (1, 24), "photo"),
    "exact": Preprocessing(3, 24, 24, (24, 24), "photo", exact=True),
}
SIZES = ((101, 64), (64, 101), (333, 500), (500, 334), (75, 75), (31, 20), (97, 130))


def clouds(width, height):
    """A picture with much that is fine in it: half a pixel matters."""
    random = np.random.RandomState(width)
    large = Image.fromarray(random.randint(0, 256, (9, 9, 3), dtype=np.uint8))
    values = np.asarray(large.resize((width, height), Image.Resampling.BICUBIC)).astype(int)
    return Image.fromarray(
        (values + random.randint(-60, 60, values.shape)).clip(0, 255).astype("u1")
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Pictures of odd sizes in every kind of file that is common, and what cameras do to them."""
    folder = tmp_path_factory.mktemp("pictures")
    for at, size in enumerate(SIZES):
        picture = clouds(*size)
        picture.save(folder / f"{at}.png")
        exif = Image.Exif()
        exif[0x0112] = 1 + at % 8
        picture.save(folder / f"{at}.jpg", quality=95, exif=exif)
    clear = clouds(77, 60).convert("RGBA")
    clear.putalpha(clouds(77, 60).convert("L"))
    clear.save(folder / "clear.png")
    clouds(61, 80).convert("L").save(folder / "grey.png")
    clouds(61, 80).quantize(64).save(folder / "palette.gif")
    clouds(61, 80).convert("CMYK").save(folder / "print.jpg", quality=95)
    wide = np.arange(61 * 80, dtype=np.uint16).reshape(80, 61) * 13
    Image.fromarray(wide).save(folder / "wide.png")
    clouds(80, 61).convert("LA").save(folder / "veil.png")
    clouds(80, 61).quantize(64).save(folder / "clear palette.png", transparency=3)
    return sorted(folder.iterdir())


def code_for(eyes, folder):
    """The functions of a file of code for a network with this preprocessing."""
    from papernets.deploy.code.prepare import preparing

    text = preparing(eyes)
    (folder / "eyes.py").write_text(
        "import math\n\nimport numpy as np\nimport torch\nfrom PIL import Image, ImageOps\n"
        f"from torch import nn\n\n\n{text}\n"
    )
    return code_in(folder / "eyes.py")


@pytest.mark.parametrize("kind", PHOTOS)
def test_code_reads_photographs_to_the_bit(kind, files, tmp_path):
    """By the calls of `predict`: Pillow's own scaling would be a level off."""
    eyes = PHOTOS[kind]
    code = code_for(eyes, tmp_path)
    for file in files:
        ours = read_picture(str(file), eyes)[0]
        with Image.open(file) as picture:
            theirs = code["stored"](picture)
        assert torch.equal(theirs, ours.float()), file.name
        with Image.open(file) as picture:
            seen = code["prepare"](picture)
        assert (seen - eyes(ours[None])).abs().max() <= 1e-5, file.name


@pytest.mark.parametrize("kind", ["square", "high", "wide"])
def test_the_documented_lines_read_photographs_to_one_level(kind, files):
    eyes = PHOTOS[kind]
    (lines,) = (
        one for one in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S) if "draft" in one
    )
    module = dict(zip(("height", "width"), eyes.picture, strict=True))
    reads = lines[lines.index("def stored") : lines.index("with Image.open")]
    exec("import numpy as np\nfrom PIL import Image, ImageOps\n" + reads, module)
    for file in files:
        ours = read_picture(str(file), eyes)[0].numpy().astype(int)
        with Image.open(file) as picture:
            theirs = module["stored"](picture)
        assert abs(theirs - ours).max() <= 1, file.name


def test_the_documented_lines_of_torch_give_the_pixels_of_predict(files):
    eyes = PHOTOS["square"]
    first, second = (
        one
        for one in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S)
        if "draft" in one or "torch.nn.functional.interpolate" in one
    )
    module = dict(zip(("height", "width"), eyes.picture, strict=True))
    reads = first[first.index("def stored") : first.index("    picture = picture.resize")]
    reads += "    return scaled(picture)\n\n\n"
    exec(
        "import numpy as np\nfrom PIL import Image, ImageOps\n" + reads + second,
        module,
    )
    for file in files:
        with Image.open(file) as picture:
            theirs = module["stored"](picture)
        assert np.array_equal(theirs, read_picture(str(file), eyes)[0]), file.name


def test_cards_have_the_documented_lines():
    assert STORED in DOCS.read_text()


@pytest.mark.parametrize("kind", [*PHOTOS, "digit"])
@pytest.mark.parametrize("prepares", [False, True])
def test_a_card_reads_a_picture_as_the_steps_say(kind, prepares, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    eyes = Preprocessing(1, 32, 32) if kind == "digit" else PHOTOS[kind]
    if kind == "digit":
        clouds(28, 28).convert("L").point(lambda value: value // 3).save("picture.png")
        name = "picture.png"
    else:
        clouds(501, 334).save("picture.jpg", quality=95)
        name = "picture.jpg"
    ours = read_picture(name, eyes)[0][None]
    level = 1 if prepares else (eyes.high[0] - eyes.low[0]) / 255
    ours = ours if prepares else eyes(ours)
    for lines, near in ((by_pillow(eyes, prepares), 1.001), (by_torch(eyes, prepares), 1e-3)):
        assert lines is not None
        own = {"np": np, "torch": torch}
        exec("\n".join([*lines.imports, "", lines.functions, lines.made]), own)
        theirs = torch.from_numpy(np.ascontiguousarray(own["pictures"]))
        assert theirs.dtype == ours.dtype
        assert (theirs.float() - ours.float()).abs().max() <= near * level


@pytest.mark.slow
def test_the_documented_lines_give_an_onnx_file_the_scores_of_predict(files, tmp_path, monkeypatch):
    pytest.importorskip("onnxscript")
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    bundle = load_bundle("resnet20")
    asked = Asked("onnx", with_preprocessing=True)
    export(bundle, "photos.onnx", asked, lambda: Material(drawn(bundle, 2)))
    (lines,) = (
        one for one in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.S) if "draft" in one
    )
    predictor, most = papernets.load("resnet20"), 0.0
    for file in files[:8]:
        module = {}
        exec(lines.replace('"a.jpg"', repr(str(file))), module)
        own = dict(predictor.predict(str(file), top=10).top)
        row = [own[name] for name in predictor.classes]
        most = max(most, np.abs(module["scores"][0] - row).max())
    assert most < 0.03  # of rounding by a level; half a pixel costs more


def test_code_reads_digits_to_the_bit(tmp_path):
    """Of any size, dark or light, thick or thin, where paper is clean and evenly lit."""
    bundle = load_bundle("lenet5")
    eyes = Preprocessing.from_dict(bundle.info.preprocessing)
    write_code(bundle, tmp_path / "net.py", "net.safetensors")
    code = code_in(tmp_path / "net.py")
    digits = papernets.data.open("digits").test.images
    for at, side in enumerate((28, 28, 20, 57, 100, 333, 700, 41, 90, 64)):
        digit = Image.fromarray(digits[at, 0].numpy()).resize(
            (side, side), Image.Resampling.BICUBIC
        )
        if at % 2:
            digit = digit.point(lambda value: 255 - value)
        if at > 6:  # thin, on paper that is larger
            sheet = Image.new("L", (side * 5, side * 4), digit.getpixel((0, 0)))
            sheet.paste(digit, (side, side // 2))
            digit = sheet
        digit.save(tmp_path / "digit.png")
        ours = read_picture(str(tmp_path / "digit.png"), eyes)[0]
        with Image.open(tmp_path / "digit.png") as picture:
            assert torch.equal(code["stored"](picture), ours.float()), side


def test_code_reads_garments_to_the_bit(tmp_path):
    eyes = Preprocessing(1, 28, 28, kind="garment")
    code = code_for(eyes, tmp_path)
    for side in (28, 90, 300):
        garment = Image.new("L", (side, side), 250)
        garment.paste(
            clouds(side // 2, side // 2).convert("L").point(lambda v: v // 2), (side // 4, 3)
        )
        garment.save(tmp_path / "garment.png")
        ours = read_picture(str(tmp_path / "garment.png"), eyes)[0]
        with Image.open(tmp_path / "garment.png") as picture:
            assert torch.equal(code["stored"](picture), ours.float()), side


def test_what_is_read_from_files_is_said(files, tmp_path):
    bundle = bundle_of("resnet20")
    write_code(bundle, tmp_path / "net.py", "net.safetensors")
    names = tuple(map(str, files))
    stored = torch.zeros(len(names), 3, 32, 32, dtype=torch.uint8)
    pictures = Pictures("own", "test", stored, torch.zeros(len(names), dtype=torch.int64), names)
    code = code_in(tmp_path / "net.py")
    found = from_files(bundle, pictures, code)
    assert found is not None and found.levels <= 1 and not found.others
    assert found.words().startswith(f"{len(names)} picture files through prepare(): ")
    shifted = {**code, "stored": lambda picture: code["stored"](picture) + 9}
    found = from_files(bundle, pictures, shifted)
    assert found is not None and "levels of 255 otherwise, and 20 other files" in found.others[0]
    turned = {**code, "load": lambda: lambda x: -code["load"]()(x)}
    found = from_files(bundle, pictures, turned)
    assert found is not None and found.others[0].startswith(
        "prepare() leads to another label than predict for "
    )
    nowhere = Pictures("own", "test", stored, pictures.labels)
    assert from_files(bundle, nowhere, code) is None


@pytest.mark.slow
@pytest.mark.skipif("PAPERNETS_DATA" not in os.environ, reason="needs photographs")
def test_real_photographs_are_read_to_the_bit(tmp_path):
    photos = sorted(Path(os.environ["PAPERNETS_DATA"], "ants-bees").rglob("*.jpg"))
    if not photos:
        pytest.skip("ants-bees is not there")
    eyes = Preprocessing(3, 224, 224, (256, 256), "photo", crop=True)
    code = code_for(eyes, tmp_path)
    for photo in photos[::4]:
        ours = read_picture(str(photo), eyes)[0].float()
        with Image.open(photo) as picture:
            assert torch.equal(code["stored"](picture), ours), photo.name
