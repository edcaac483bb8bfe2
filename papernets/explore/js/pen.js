/* From strokes to a stored digit as MNIST has them: light ink on 0, 28x28, the ink scaled to fit
   20x20 with its aspect kept, and its centre of mass in the middle (papernets/data/handwriting.py,
   but for the thickening of a thin pen: here its width is the reader's). */

const STORED = 28,
  BOX = 20;
/** Pixels of the longer side of the sheet on which strokes are painted before they are scaled. */
const SHEET = 160;

/**
 * Strokes, lists of [x, y] on a pad of 1 by 1, painted on a sheet as values of 0 to 1.
 * `pen` is the width of the stroke as a share of the pad, `turn` degrees clockwise; `longest` pixels
 * has the longer side.
 */
function painted(strokes, pen, turn = 0, longest = SHEET) {
  const angle = (turn * Math.PI) / 180,
    [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turned = strokes.map((stroke) =>
    stroke.map(([x, y]) => [cos * (x - 0.5) - sin * (y - 0.5), sin * (x - 0.5) + cos * (y - 0.5)]),
  );
  const every = turned.flat();
  const [xs, ys] = [every.map((point) => point[0]), every.map((point) => point[1])];
  const [left, top] = [Math.min(...xs) - pen, Math.min(...ys) - pen];
  const wide = Math.max(...xs) + pen - left,
    high = Math.max(...ys) + pen - top;
  const scale = longest / Math.max(wide, high),
    radius = (pen / 2) * scale;
  const width = Math.max(1, Math.ceil(wide * scale)),
    height = Math.max(1, Math.ceil(high * scale));
  const sheet = new Float32Array(width * height);
  for (const stroke of turned) {
    const at = (number) => [(stroke[number][0] - left) * scale, (stroke[number][1] - top) * scale];
    for (let number = 0; number < Math.max(stroke.length - 1, 1); number++) {
      paint(sheet, width, height, at(number), at(Math.min(number + 1, stroke.length - 1)), radius);
    }
  }
  return {values: sheet, width: width, height: height};
}

/** Paints a line with round ends, its rim one pixel soft. */
function paint(sheet, width, height, [ax, ay], [bx, by2], radius) {
  const reach = radius + 1,
    dx = bx - ax,
    dy = by2 - ay,
    long = dx * dx + dy * dy;
  const range = (a, b, most) => [
    Math.max(Math.floor(Math.min(a, b) - reach), 0),
    Math.min(Math.ceil(Math.max(a, b) + reach), most - 1),
  ];
  const [x0, x1] = range(ax, bx, width),
    [y0, y1] = range(ay, by2, height);
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const px = x + 0.5 - ax,
        py = y + 0.5 - ay;
      const along = long ? Math.min(Math.max((px * dx + py * dy) / long, 0), 1) : 0;
      const value = radius - Math.hypot(px - along * dx, py - along * dy) + 0.5;
      const place = y * width + x;
      if (value > sheet[place]) sheet[place] = Math.min(value, 1);
    }
  }
}

/** Values with faint lines gone, and ink at 1. */
function clearInk(values) {
  return values.map((value) => Math.min(Math.max((value - 0.2) / 0.7, 0), 1));
}

/** The part of a sheet in which there is ink; null where there is none. */
function croppedInk({values, width, height}) {
  let [top, left, bottom, right] = [height, width, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (values[y * width + x] <= 0.5) continue;
      [top, left] = [Math.min(top, y), Math.min(left, x)];
      [bottom, right] = [Math.max(bottom, y), Math.max(right, x)];
    }
  }
  if (bottom < 0) return null;
  const [h, w] = [bottom - top + 1, right - left + 1],
    cut = new Float32Array(h * w);
  for (let y = 0; y < h; y++) {
    cut.set(values.subarray((y + top) * width + left, (y + top) * width + left + w), y * w);
  }
  return {values: cut, width: w, height: h};
}

/** Half a number goes to the even one, as Python rounds. */
function roundEven(value) {
  const low = Math.floor(value),
    rest = value - low;
  return rest === 0.5 ? low + (low % 2) : Math.round(value);
}

/** Ink scaled to fit a box of so many pixels, with its aspect kept. */
function fitted({values, width, height}, box) {
  const scale = Math.min(box / height, box / width);
  const rows = Math.min(box, Math.max(1, roundEven(height * scale)));
  return scaledInk({values, width, height}, rows, Math.min(box, Math.max(1, roundEven(width * scale))));
}

/** Ink at this size; its lightest value becomes 1. */
function scaledInk({values, width, height}, rows, columns) {
  const data = Uint8Array.from(values, (value) => roundEven(255 * value));
  const sheet = {data: data, height: height, width: width, channels: 1};
  const {data: small} = Engine.resized(sheet, [0, 0, width, height], [rows, columns]);
  const most = small.reduce((a, b) => Math.max(a, b), 1);
  return {values: Float32Array.from(small, (value) => value / most), width: columns, height: rows};
}

/** Where ink goes so that its centre of mass is in the middle, without cutting it: [top, left]. */
function centred({values, width, height}) {
  let total = 0,
    down = 0,
    across = 0;
  values.forEach((value, at) => {
    total += value;
    down += value * Math.floor(at / width);
    across += value * (at % width);
  });
  const place = (mean, side) => Math.min(Math.max(roundEven(STORED / 2 - mean), 0), STORED - side);
  return [place(down / total, height), place(across / total, width)];
}

/** A sheet of ink as a stored digit, 784 values of 0 to 255; null where there is no ink. */
function stored(sheet, box = BOX) {
  const ink = croppedInk({...sheet, values: clearInk(sheet.values)});
  if (!ink) return null;
  const small = fitted(ink, box),
    [top, left] = centred(small);
  const found = new Uint8Array(STORED * STORED);
  small.values.forEach((value, at) => {
    found[(top + Math.floor(at / small.width)) * STORED + left + (at % small.width)] = roundEven(
      value * 255,
    );
  });
  return found;
}

/** The same digit with noise: grey levels up or down, the same ones for the same seed. */
function noisy(digit, amount, seed = 1) {
  let state = seed >>> 0;
  const coin = () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - coin())) * Math.cos(2 * Math.PI * coin());
  return digit.map((value) => Math.min(Math.max(Math.round(value + normal() * amount), 0), 255));
}

/** A curve through points, by Catmull and Rom (1974), in short straight pieces. */
function curve(points, pieces = 8) {
  if (points.length < 3) return points;
  const at = (number) => points[Math.min(Math.max(number, 0), points.length - 1)],
    found = [points[0]];
  for (let number = 0; number < points.length - 1; number++) {
    const four = [-1, 0, 1, 2].map((more) => at(number + more));
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      found.push(
        [0, 1].map((side) => {
          const [a, b, c, d] = four.map((point) => point[side]);
          return (
            0.5 *
            (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t ** 3)
          );
        }),
      );
    }
  }
  return found;
}

/** Digits as a pen draws them, to begin with: points of strokes, in hundredths of the pad. */
const EXAMPLES = [
  ["48,18 33,28 28,50 34,74 50,82 66,72 71,50 65,27 48,18"],
  ["40,30 53,18", "53,18 52,50 50,84"],
  ["30,32 38,20 54,18 66,28 62,46 44,64 29,80", "29,80 50,79 72,80"],
  ["31,24 46,17 63,24 62,38 46,47", "46,47 64,53 68,68 55,82 38,82 28,74"],
  ["56,16 42,38 27,59", "27,59 50,59 75,58", "59,40 58,62 56,85"],
  ["68,20 52,20 38,21", "38,21 35,34 33,46", "33,46 48,41 64,48 68,64 58,79 42,82 29,75"],
  ["62,16 45,28 33,50 32,70 44,83 60,79 66,65 57,54 42,56 33,68"],
  ["28,22 50,21 72,20", "72,20 58,44 49,64 43,85"],
  ["62,26 49,17 36,26 42,40 56,50 66,66 52,82 36,74 38,58 54,46 64,34 62,26"],
  ["64,34 52,46 38,40 37,26 50,17 63,24 64,36", "64,36 62,58 56,84"],
].map((strokes) =>
  strokes.map((text) =>
    curve(text.split(" ").map((point) => point.split(",").map((value) => Number(value) / 100))),
  ),
);
