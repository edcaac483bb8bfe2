"""In a real browser: files that are dropped become pixels, and a network says what is on them."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from engine_browser import in_browser
from engine_judge import described, drawn, packed
from PIL import Image

from papernets.bundle.save import save_bundle
from papernets.data.picture import load, over
from papernets.explore.engine import demo, export
from papernets.explore.engine.page import kernels
from papernets.nets import look_up

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


WORDS = {
    "notes.txt": (b"no picture at all", "notes.txt: no picture that the page reads. Give a PNG,"),
    "<b>.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "<b>.svg: no picture that the page"),
    "nothing.png": (b"", "nothing.png: an empty file"),
    "bomb.png": (
        bad_png(60_000, 60_000),
        "a picture of 60000x60000 pixels: the page takes up to 64",
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
        most = 6 if name.endswith(".jpg") else 1  # decoders of JPEG differ
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


HOSTILE = "</script><img src=x onerror=\"document.title='broken'\"><b>"
DROP = """
  const picture = Uint8Array.from(atob(given.picture), (sign) => sign.charCodeAt(0));
  const transfer = new DataTransfer(), ready = (id) => !document.getElementById(id).hidden;
  transfer.items.add(new File([picture], given.name));
  const event = new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true});
  const text = (id) => document.getElementById(id).textContent;
  const a_while = () => new Promise((done) => setTimeout(done, 10));
  while (!text("about")) await a_while();
  document.body.dispatchEvent(event);
  while (!ready("answer") && !ready("error")) await a_while();
  return {title: document.title, top: text("top"), error: text("error"), cam: text("cam-words"),
    maps: document.querySelectorAll("#maps canvas").length,
    markup: document.querySelectorAll("img, b b").length};
"""


def dropped(content: bytes) -> dict[str, str]:
    return {"picture": packed(np.frombuffer(content, np.uint8)), "name": HOSTILE}


@pytest.mark.slow
def test_names_are_text_in_the_page(tmp_path):
    net = look_up("resnet20").net
    info = replace(described(net), classes=(HOSTILE, *(f"{at}" for at in range(9))))
    model = drawn(net)
    last = next(reversed([m for m in model.modules() if hasattr(m, "bias") and m.bias is not None]))
    last.bias.data[0] += 1000
    save_bundle(tmp_path / "bundle", info, model.state_dict())
    page = demo(tmp_path / "bundle")
    shown = in_browser(DROP, dropped(encoded(noise("RGB"))), tmp_path, page)
    assert shown["title"] == "A network at work - Papernets"
    assert HOSTILE in shown["top"] and HOSTILE in shown["cam"]
    assert shown["maps"] == 16 and shown["markup"] == 0
    wrong = in_browser(DROP, dropped(b"no"), tmp_path, page)
    assert wrong["error"].startswith(HOSTILE) and wrong["markup"] == 0
