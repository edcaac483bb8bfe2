"""What tests of the doctor share: pictures that are told apart, and twenty faults among them."""

import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance


def scene(seed: int, size: tuple[int, int] = (96, 128)) -> Image.Image:
    """Soft blobs of colour (height, width): like no other seed's, and much the same when saved."""
    values = np.random.RandomState(seed).randint(0, 256, (6, 8, 3)).astype(np.uint8)
    return Image.fromarray(values).resize(size[::-1], Image.Resampling.BICUBIC)


def scenes(root: Path, counts: dict[str, int], classes: str = "ab") -> Path:
    """root/PART/CLASS/N.jpg, so many of each class in each part."""
    for at, (part, count) in enumerate(counts.items()):
        for label, name in enumerate(classes):
            (root / part / name).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                picture = scene(10_000 * at + 1_000 * label + number)
                picture.save(root / part / name / f"{number}.jpg", quality=95)
    return root


def plant(root: Path, test: str) -> dict[str, str]:
    """Twenty faults among the photographs of root/train and root/TEST, two classes of them.

    The file that each planted, or the class, with its kind. Every picture is taken once.
    """
    train, told = root / "train", dict[str, str]()
    one, other = sorted(p.name for p in train.iterdir() if p.is_dir())
    own = iter(sorted((train / one).glob("*.jpg")))

    def new(kind: str, part: str, name: str, file: str) -> Path:
        path = root / part / name / file
        told[str(path)] = kind
        return path

    def again(kind: str, part: str, name: str, file: str, quality: int = 60) -> None:
        Image.open(next(own)).save(new(kind, part, name, file), quality=quality)

    def smaller(path: Path) -> Image.Image:
        image = Image.open(path)
        return image.resize((image.width * 3 // 4, image.height * 3 // 4))

    content = next(own).read_bytes()
    new("unreadable", "train", one, "x-cut.jpg").write_bytes(content[: len(content) // 2])
    new("unreadable", "train", one, "x-text.jpg").write_text("no picture")
    new("unreadable", test, other, "x-empty.png").write_bytes(b"")
    shutil.copy(next(own), new("duplicate", "train", one, "x-copy.jpg"))
    Image.open(next(own)).save(new("duplicate", "train", one, "x-pixels.png"))
    again("near duplicate", "train", one, "x-saved.jpg")
    smaller(next(own)).save(new("near duplicate", "train", one, "x-smaller.jpg"), quality=90)
    lighter = ImageEnhance.Brightness(Image.open(next(own))).enhance(1.1)
    lighter.save(new("near duplicate", "train", one, "x-lighter.jpg"), quality=90)
    shutil.copy(next(own), new("leakage", test, one, "x-leak.jpg"))
    Image.open(next(own)).save(new("leakage", test, one, "x-leak.png"))
    again("leakage", test, one, "x-leak-saved.jpg")
    smaller(next(own)).save(new("leakage", test, one, "x-leak-smaller.jpg"), quality=90)
    shutil.copy(next(own), new("two classes", "train", other, "x-other.jpg"))
    again("two classes", "train", other, "x-other-saved.jpg", 80)
    scene(91, (300, 400)).convert("L").save(new("odd colours", "train", one, "x-grey.jpg"))
    scene(92, (300, 400)).convert("L").save(new("odd colours", test, other, "x-grey.png"))
    Image.new("RGB", (400, 300), (10, 90, 60)).save(new("odd colours", "train", one, "x-blank.png"))
    scene(93, (20, 30)).save(new("small", "train", other, "x-tiny.png"))
    scene(94, (15, 400)).save(new("small", "train", other, "x-line.png"))
    for part, count in (("train", 1), (test, 1)):
        (root / part / "zebra").mkdir()
        for at in range(count):
            scene(95 + at + 10 * (part == test), (300, 400)).save(
                root / part / "zebra" / f"{at}.png"
            )
    told["zebra"] = "imbalance"
    assert len(told) == 20
    return told
