/* A file that somebody drops, as pixels: decoded by the browser, upright by its EXIF data. */

const MOST_FILE = 256_000_000; // bytes
const LARGEST = 178_956_970; // pixels: what papernets predict refuses too, in the same words
const HEAD = 1 << 20; // bytes in which a file's size is looked for: EXIF data and profiles stand before it
const READ = "PNG, JPEG, WebP, GIF, BMP or AVIF";

/** What a file begins with, by kind; the browser decodes no other for us: SVG is a program. */
const BEGINNINGS = {
  png: [[0, "\x89PNG\r\n\x1a\n"]],
  jpeg: [[0, "\xff\xd8\xff"]],
  gif: [[0, "GIF8"]],
  webp: [[0, "RIFF"], [8, "WEBP"]],
  bmp: [[0, "BM"]],
};
/** The brands of files made of boxes, by kind. */
const BRANDS = {avif: ["avif", "avis"], heic: ["heic", "heix", "heim", "heis", "hevc", "mif1"]};

/** The kind of a picture by its first bytes, or null. */
function kindOf(bytes) {
  const says = ([at, text]) => [...text].every((sign, one) => bytes[at + one] === sign.charCodeAt(0));
  const kind = Object.keys(BEGINNINGS).find((kind) => BEGINNINGS[kind].every(says));
  if (kind || !says([4, "ftyp"])) return kind || null;
  const end = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.length, 256), brands = [];
  for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(String.fromCharCode(...bytes.slice(at, at + 4)));
  return Object.keys(BRANDS).find((one) => brands.some((brand) => BRANDS[one].includes(brand))) || null;
}

/** Height and width as a file's head says, before anything is decoded; null where it is not known. */
function statedSize(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), kind = kindOf(bytes);
  if (kind === "png" && bytes.length >= 24) return [view.getUint32(20), view.getUint32(16)];
  if (kind === "gif" && bytes.length >= 10) return [view.getUint16(8, true), view.getUint16(6, true)];
  if (kind === "webp" && bytes.length >= 30) return webpSize(view, bytes[15]);
  if (kind === "bmp" && bytes.length >= 26) return [Math.abs(view.getInt32(22, true)), view.getInt32(18, true)];
  if (kind === "avif" || kind === "heic") return boxedSize(view);
  if (kind !== "jpeg") return null;
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1], frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [view.getUint16(at + 5), view.getUint16(at + 7)];
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

/**
 * Height and width of a file made of boxes: the largest of those that its box "meta" states, as that
 * of the whole picture is beside those of its tiles.
 */
function boxedSize(view) {
  const word = (at) => view.getUint32(at);
  for (let at = 0; at + 8 <= view.byteLength && word(at) >= 8; at += word(at)) {
    if (word(at + 4) !== 0x6d657461) continue; // "meta"
    let found = null;
    const end = Math.min(at + word(at), view.byteLength) - 16;
    for (let one = at + 8; one <= end; one++) {
      if (word(one) !== 0x69737065) continue; // "ispe": a word of flags, width, height
      const size = [word(one + 12), word(one + 8)];
      if (!found || size[0] * size[1] > found[0] * found[1]) found = size;
    }
    return found;
  }
  return null;
}

/** Height and width of a WebP file by its first chunk: VP8X, VP8L, or VP8 with a space. */
function webpSize(view, letter) {
  if (letter === 0x58) return [27, 24].map((at) => 1 + (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)));
  if (letter !== 0x4c) return [view.getUint16(28, true) & 0x3fff, view.getUint16(26, true) & 0x3fff];
  const bits = view.getUint32(21, true);
  return [1 + ((bits >>> 14) & 0x3fff), 1 + (bits & 0x3fff)];
}

/**
 * A picture's pixels: {data, width, height}, RGBA as `Network.run` takes them, turned as its EXIF
 * data says; of a moving picture the first. EngineError names the file and says what is wrong.
 *
 * The browser decodes: the pixels of a PNG are its own, to 1 level of 255 where they are partly
 * transparent; those of a JPEG differ a little from one browser to another.
 */
async function decode(file) {
  const name = file.name || "the picture";
  if (!file.size) throw new EngineError(`${name}: an empty file`);
  if (file.size > MOST_FILE) {
    const most = megabytes(MOST_FILE);
    throw new EngineError(`${name}: ${megabytes(file.size)}, more than the ${most} that the page reads`);
  }
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer()), kind = kindOf(head);
  if (!kind) throw new EngineError(`${name}: no picture that the page reads. Give a ${READ} file`);
  const [high, wide] = statedSize(head) || [0, 0];
  if (high * wide > LARGEST) throw new EngineError(`${name}: larger than 178,956,970 pixels, refused`);
  if (high * wide > MOST_PIXELS) throw tooLarge(wide, high);
  let bitmap;
  try {
    const how = {imageOrientation: "from-image", premultiplyAlpha: "none", colorSpaceConversion: "none"};
    bitmap = await createImageBitmap(new Blob([file], {type: `image/${kind}`}), how);
  } catch {
    if (kind === "heic") {
      throw new EngineError(`${name}: a HEIC file, which this browser does not read. Save it as JPEG, or give a `
        + `${READ} file`);
    }
    throw new EngineError(`${name}: damaged, or of a form of ${kind.toUpperCase()} that this browser does not read`);
  }
  const {width, height} = bitmap;
  if (width * height > MOST_PIXELS) throw tooLarge(width, height);
  const canvas = Object.assign(document.createElement("canvas"), {width: width, height: height});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return {data: context.getImageData(0, 0, width, height).data, width: width, height: height};
}
