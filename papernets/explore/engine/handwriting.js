/* From a photo or a scan to the form in which digits and garments are stored
   (papernets/data/handwriting.py): the ink cropped, thickened where thin, scaled, and put in place. */

const BOX_SHARE = 20 / 28, THINNEST = 1.6, NORMAL = 2.2; // of a stored picture; pixels of its box

/** Half a number goes to the even one, as Python rounds. */
function even(value) {
  const low = Math.floor(value);
  return value - low === 0.5 ? low + low % 2 : Math.round(value);
}

/** The ink of a picture as a stored one: {data, height, width, channels: 1}. EngineError without ink. */
function inkStored(pixels, width, height, {kind, picture: [h, w]}) {
  const ink = findInk(pixels, width, height);
  if (!ink) throw noInk();
  const strokes = {...ink, values: ink.depth.map((value) => Math.min(Math.max((value / ink.level - 0.2) / 0.7, 0), 1))};
  let small, top, left;
  if (kind === "garment") {
    small = fit(croppedPiece(strokes, ink.depth), h, w);
    [top, left] = [(h - small.height) >> 1, (w - small.width) >> 1];
  } else {
    small = fit(thick(croppedPiece(strokes), BOX_SHARE * h), even(BOX_SHARE * h), even(BOX_SHARE * w));
    [top, left] = byMass(small, h, w);
  }
  const data = new Uint8Array(h * w);
  small.values.forEach((value, at) => {
    data[(top + Math.floor(at / small.width)) * w + left + at % small.width] = even(value * 255);
  });
  return {data, height: h, width: w, channels: 1};
}

function noInk() {
  return new EngineError("no ink found: the picture is blank, or nothing stands out from its ground. "
    + "Give one digit, dark on light or light on dark");
}

/** The strokes in the box of the ink without specks of dirt; or `shades` in that box. */
function croppedPiece({values, height, width}, shades = null) {
  const cell = Math.max(1, Math.floor(Math.min(height, width) / 48));
  const ink = {values: values.map((value) => (value > 0.5 ? value : 0)), height, width};
  const mass = averaged(ink, cell, true), near = besideKept(mass);
  let [top, left, bottom, right] = [height, width, -1, -1];
  const clean = values.map((value, at) => {
    const row = Math.floor(at / width), column = at % width;
    const kept = near[Math.floor(row / cell) * mass.width + Math.floor(column / cell)] ? value : 0;
    if (kept > 0.5) {
      [top, left] = [Math.min(top, row), Math.min(left, column)];
      [bottom, right] = [Math.max(bottom, row), Math.max(right, column)];
    }
    return kept;
  });
  const [rows, columns] = [bottom - top + 1, right - left + 1], from = shades || clean;
  const found = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const start = (top + row) * width + left;
    found.set(from.subarray(start, start + columns), row * columns);
  }
  return {values: found, height: rows, width: columns};
}

/** Which cells are of a piece of ink that is kept, or beside one: cells that touch are one piece. */
function besideKept({values, height, width}) {
  const piece = new Int32Array(values.length).fill(-1), sums = [], edges = [];
  const around = (at) => {
    const row = Math.floor(at / width), column = at % width, cells = [];
    for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++) {
      for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) cells.push(y * width + x);
    }
    return cells;
  };
  values.forEach((value, start) => {
    if (!(value > 0) || piece[start] >= 0) return;
    const own = sums.length, open = [start];
    sums.push(0);
    edges.push(false);
    piece[start] = own;
    while (open.length) {
      const at = open.pop(), row = Math.floor(at / width), column = at % width;
      sums[own] += values[at];
      if (row === 0 || column === 0 || row === height - 1 || column === width - 1) edges[own] = true;
      for (const next of around(at)) {
        if (values[next] > 0 && piece[next] < 0) {
          piece[next] = own;
          open.push(next);
        }
      }
    }
  });
  const most = (several) => several.reduce((a, b) => Math.max(a, b), 0);
  const inner = sums.map((sum, own) => (edges[own] ? 0 : sum));
  const inks = most(inner) >= most(sums) / 4 ? inner : sums, least = SPECK * most(inks);
  const near = new Uint8Array(values.length);
  piece.forEach((own, at) => {
    if (own >= 0 && inks[own] >= least) for (const one of around(at)) near[one] = 1;
  });
  return near;
}

/** Strokes thickened where they would be thinner than MNIST's in a box of so many pixels. */
function thick(ink, box) {
  const scale = box / Math.max(ink.height, ink.width), {height, width} = ink;
  const mask = {values: ink.values.map((value) => Number(value > 0.5)), height, width};
  const hollow = bordered({...mask, values: mask.values.map((value) => value - 1)}, 1, -1);
  const outside = slidMost({...hollow, values: hollow.values.map((value) => -value)}, 1);
  const area = mask.values.reduce((a, b) => a + b, 0), inside = outside.values.reduce((sum, value) => sum + 1 - value, 0);
  const stroke = 2 * area / Math.max(area - inside, 1);
  if (stroke * scale >= THINNEST) return ink;
  const grow = even((NORMAL / scale - stroke) / 2);
  return grow < 1 ? ink : slidMost(bordered(ink, 2 * grow, 0), grow);
}

/** Values with a border of one value around. */
function bordered({values, height, width}, by, value) {
  const wide = width + 2 * by, found = new Float32Array((height + 2 * by) * wide).fill(value);
  for (let row = 0; row < height; row++) {
    found.set(values.subarray(row * width, (row + 1) * width), (row + by) * wide + by);
  }
  return {values: found, height: height + 2 * by, width: wide};
}

/** Ink in its own aspect, as large as fits; its lightest value becomes 1. */
function fit(ink, height, width) {
  const scale = Math.min(height / ink.height, width / ink.width);
  const side = (length, most) => Math.min(most, Math.max(1, even(length * scale)));
  const small = scaledFloats(ink, side(ink.height, height), side(ink.width, width));
  const most = small.values.reduce((a, b) => Math.max(a, b), 1e-6);
  return {...small, values: small.values.map((value) => value / most)};
}

/** Values with fractions scaled as Pillow scales them: antialiased bilinear, across and then down. */
function scaledFloats({values, height, width}, rows, columns) {
  const across = shares(width, columns), down = shares(height, rows);
  const line = new Float32Array(height * columns), found = new Float32Array(rows * columns);
  for (let at = 0; at < line.length; at++) {
    const row = Math.floor(at / columns), {first, weights} = across[at % columns];
    let sum = 0;
    for (let one = 0; one < weights.length; one++) sum += weights[one] * values[row * width + first + one];
    line[at] = sum;
  }
  for (let at = 0; at < found.length; at++) {
    const {first, weights} = down[Math.floor(at / columns)];
    let sum = 0;
    for (let one = 0; one < weights.length; one++) sum += weights[one] * line[(first + one) * columns + at % columns];
    found[at] = sum;
  }
  return {values: found, height: rows, width: columns};
}

/** For each result the first place of an axis that it takes, and the shares of those from there. */
function shares(length, size) {
  const scale = length / size, spread = Math.max(scale, 1);
  return Array.from({length: size}, (_, at) => {
    const centre = (at + 0.5) * scale, first = Math.max(Math.trunc(centre - spread + 0.5), 0);
    const last = Math.min(Math.trunc(centre + spread + 0.5), length);
    const weights = Array.from({length: last - first}, (__, one) =>
      Math.max(1 - Math.abs((first + one - centre + 0.5) / spread), 0));
    const total = weights.reduce((a, b) => a + b, 0);
    return {first, weights: weights.map((weight) => weight / total)};
  });
}

/** Where ink goes so that its centre of mass is in the middle, without being cut: [top, left]. */
function byMass({values, height, width}, rows, columns) {
  let total = 0, down = 0, across = 0;
  values.forEach((value, at) => {
    total += value;
    down += value * Math.floor(at / width);
    across += value * (at % width);
  });
  const place = (mean, size, own) => Math.min(Math.max(even(size / 2 - mean), 0), size - own);
  return [place(down / total, rows, height), place(across / total, columns, width)];
}
