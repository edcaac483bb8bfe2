"""In a real browser: files that are dropped become pixels, and a network says what is on them."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import numpy as np
from engine_browser import in_browser
from engine_judge import packed
from PIL import Image, features

from papernets.data.picture import load, over
from papernets.explore.engine import export
from papernets.explore.engine.page import kernels

DECODE = """
  const found = [];
  for (const {name, bytes} of given) {
    const file = new File([Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))], name);
    try {
      const {data, width, height} = await Engine.decode(file);
      let text = "";
      for (const value of data) text += String.fromCharCode(value);
      found.push({width, height, data: btoa(text)});
    } catch (error) {
      if (!(error instanceof Engine.EngineError)) throw error;
      found.push({error: error.message});
    }
  }
  return found;
"""


def decoded(files: dict[str, bytes], folder) -> dict[str, object]:
    """The pixels over white of each file (H, W, 3), or the page's words."""
    given = [
        {"name": name, "bytes": packed(np.frombuffer(b, np.uint8))} for name, b in files.items()
    ]
    answers = in_browser(DECODE, given, folder)
    return {name: _pixels(one) for name, one in zip(files, answers, strict=True)}


def _pixels(answer):
    if "error" in answer:
        return answer["error"]
    size = (answer["height"], answer["width"], 4)
    values = np.frombuffer(base64.b64decode(answer["data"]), np.uint8).reshape(size)
    return np.asarray(over(Image.fromarray(values), 255))


def encoded(image: Image.Image, form: str = "PNG", **more) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **more)
    return buffer.getvalue()


def noise(mode: str, size=(19, 26)) -> Image.Image:
    values = np.random.RandomState(len(mode)).randint(0, 256, (*size, len(mode)), np.uint8)
    return Image.fromarray(values if len(mode) > 1 else values[..., 0])


def bad_png(width: int, height: int) -> bytes:
    """A PNG's head that states this size, and no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


def boxed(brand: bytes, width: int, height: int) -> bytes:
    """The head of a file made of boxes, of a picture of this size in tiles of 512 pixels."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", 8 + len(content)) + kind + content

    sizes = b"".join(
        box(b"ispe", struct.pack(">III", 0, *size)) for size in ((512, 512), (width, height))
    )
    meta = box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", sizes)))
    return box(b"ftyp", b"mif1" + bytes(4) + brand + b"mif1") + meta


def moving(form: str, **more) -> bytes:
    """A picture that moves: noise, then red."""
    red = Image.new("RGB", (26, 19), (255, 0, 0))
    return encoded(noise("RGB"), form, save_all=True, append_images=[red], duration=90, **more)


def wide_colour() -> bytes:
    """A PNG in colour with 16 bits a channel, which Pillow reads and does not write."""
    rows = np.random.RandomState(1).randint(0, 65536, (9, 8, 3)).astype(">u2")
    content = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 8, 9, 16, 2, 0, 0, 0))]
    chunks += [(b"IDAT", content), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


CUT = {
    f"cut.{form}": (encoded(noise("RGB", (90, 120)), kind)[:-1000], f"cut.{form}: damaged, or of a")
    for form, kind in (("jpg", "JPEG"), ("webp", "WEBP"), ("gif", "GIF"), ("bmp", "BMP"))
}
WORDS = {
    **CUT,
    "phone.heic": (boxed(b"heic", 4032, 3024), "phone.heic: a HEIC file, which this browser does"),
    "bomb.heic": (boxed(b"heic", 60_000, 60_000), "bomb.heic: larger than 178,956,970 pixels"),
    "bomb.avif": (boxed(b"avif", 60_000, 60_000), "bomb.avif: larger than 178,956,970 pixels"),
    "large.avif": (boxed(b"avif", 9_000, 9_500), "a picture of 9500x9000 pixels: the page takes"),
    "cut.avif": (boxed(b"avif", 90, 120), "cut.avif: damaged, or of a form of AVIF"),
    "scan.tif": (encoded(noise("RGB"), "TIFF"), "scan.tif: no picture that the page reads"),
    "film.mp4": (boxed(b"isom", 9, 9).replace(b"mif1", b"mp42"), "film.mp4: no picture that the"),
    "notes.txt": (b"no picture at all", "notes.txt: no picture that the page reads. Give a PNG,"),
    "<b>.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "<b>.svg: no picture that the page"),
    "nothing.png": (b"", "nothing.png: an empty file"),
    "bomb.png": (bad_png(60_000, 60_000), "bomb.png: larger than 178,956,970 pixels, refused"),
    "large.png": (
        bad_png(9_000, 9_000),
        "a picture of 9000x9000 pixels: the page takes up to 64",
    ),
    "cut.png": (encoded(noise("RGB"))[:60], "cut.png: damaged, or of a form of PNG that this"),
}


def test_files_become_pixels_as_in_python(tmp_path):
    """PNG of every kind to 1 level of 255, upright by EXIF data; others are refused with words."""
    wide = Image.fromarray(np.random.RandomState(5).randint(0, 65536, (9, 8)).astype(np.uint16))
    images = {name: noise(name) for name in ("RGB", "RGBA", "L", "LA")}
    files = {f"{name}.png": encoded(image) for name, image in images.items()}
    files["palette.png"] = encoded(noise("RGB").quantize(32))
    files["wide.png"] = encoded(wide)
    files["plain.bmp"] = encoded(noise("RGB"), "BMP")
    files["exact.webp"] = encoded(noise("RGB"), "WEBP", lossless=True)
    files["still.gif"] = encoded(noise("L"), "GIF")
    files["moving.gif"] = moving("GIF")
    files["moving.webp"] = moving("WEBP", lossless=True)
    files["wide-colour.png"] = wide_colour()
    files["grey.jpg"] = encoded(noise("L"), "JPEG", quality=95)
    files["print.jpg"] = encoded(noise("RGB").convert("CMYK"), "JPEG", quality=95)
    if features.check("avif"):
        files["new.avif"] = encoded(noise("RGB"), "AVIF", quality=90)
    files |= {name: content for name, (content, _) in WORDS.items()}
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        coarse = noise("RGB", (3, 4)).resize((64, 48), Image.Resampling.NEAREST)
        files[f"turned{turn}.jpg"] = encoded(coarse, "JPEG", exif=exif, quality=95, subsampling=0)
    found = decoded(files, tmp_path)
    for name, (_, words) in WORDS.items():
        assert found.pop(name).startswith(words)
    for name, pixels in found.items():
        wanted = np.asarray(over(load(_image(files[name])), 255).convert("RGB"), np.int16)
        assert pixels.shape == wanted.shape, name
        most = 6 if name.endswith((".jpg", ".avif")) else 1  # decoders differ
        assert np.abs(pixels - wanted).max() <= most, name


def _image(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


RUN = """
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const input = new Float32Array(bytes(given.input).buffer), found = [];
  for (const wasm of [given.wasm, null]) {
    const network = await Engine.load(given.program, given.weights, wasm);
    const out = network.runInput(input);
    found.push({kind: network.kind, top: out.top(1)[0].label, logits: [...out.logits]});
  }
  return found;
"""


def test_the_shipped_network_in_the_browser(tmp_path):
    made, values = export("resnet20"), np.random.RandomState(0).randn(3, 32, 32).astype("<f4")
    given = {
        "program": made.program,
        "weights": made.packed,
        "wasm": kernels(),
        "input": packed(values),
    }
    fast, plain = in_browser(RUN, given, tmp_path)
    assert (fast["kind"], plain["kind"]) == ("wasm", "javascript")
    assert fast["top"] == plain["top"]
    far = np.abs(np.subtract(fast["logits"], plain["logits"])).max()
    assert far < 1e-4 * np.abs(plain["logits"]).max()
