/* Finding the ink in a photo or a scan of handwriting (papernets/data/ink.py): the paper is
   estimated as flat, sloping or local, and the ink is what departs from it. */

const LEAST_CONTRAST = 12, LEAST_CLARITY = 3, STRONG_CONTRAST = 96; // grey levels, deviations of the paper
const CLEAR = 10, CLEARER = 1.5; // deviations with which no local paper is tried; times, to be believed
const SPECK = 0.05; // of the largest piece of ink: what has less is dirt
const WORKING = 640; // pixels: a larger picture is first made so small

/** Whether ink stands out from its paper. */
const isFound = (ink) => (ink.contrast >= LEAST_CONTRAST && ink.clarity >= LEAST_CLARITY) || ink.contrast >= STRONG_CONTRAST;

/** Grey values (height, width) as numbers with a fraction: {values, height, width}. */
function floats({data, height, width, channels}, take) {
  const values = new Float32Array(height * width);
  for (let at = 0; at < values.length; at++) values[at] = take(data, at * channels);
  return {values, height, width};
}

const GREY = (data, at) => (19595 * data[at] + 38470 * data[at + 1] + 7471 * data[at + 2] + 0x8000) >> 16;

/**
 * The clearest ink that a reading of the pixels RGBA shows, null where none shows any: transparency
 * over white, then over black; brightness, then each colour alone.
 */
function findInk(pixels, width, height) {
  let clear = false;
  for (let at = 3; at < pixels.length && !clear; at += 4) clear = pixels[at] < 255;
  for (const ground of clear ? [255, 0] : [255]) {
    let whole = overGround(pixels, width, height, ground);
    if (Math.max(width, height) > WORKING) {
      const factor = WORKING / Math.max(width, height);
      const size = [height, width].map((side) => Math.max(1, even(side * factor)));
      whole = resized(whole, [0, 0, width, height], size);
    }
    let best = inkOf(floats(whole, GREY));
    if (!(isFound(best) && best.contrast >= 4 * LEAST_CONTRAST)) {
      for (const band of [0, 1, 2]) {
        const one = inkOf(floats(whole, (data, at) => data[at + band]));
        const better = Number(isFound(one)) - Number(isFound(best)) || one.contrast - best.contrast;
        if (better > 0) best = one;
      }
    }
    if (isFound(best)) return best;
  }
  return null;
}

/** Pixels over a grey ground as RGB. */
function overGround(pixels, width, height, ground) {
  const data = new Uint8Array(3 * width * height);
  for (let at = 0, to = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3];
    for (let band = 0; band < 3; band++) data[to++] = laidOver(pixels[at + band], alpha, ground);
  }
  return {data, height, width, channels: 3};
}

/** The ink in grey values, against the simplest paper that shows it clearly. */
function inkOf(grey) {
  let best = against(grey, flatPaper(grey));
  const sloping = against(grey, slopingPaper(grey));
  if (sloping.contrast < LEAST_CONTRAST) return sloping; // nothing but a slope
  if (sloping.clarity > CLEARER * best.clarity) best = sloping;
  if (best.clarity < CLEAR && Math.min(grey.height, grey.width) >= 32) {
    const local = against(grey, localPaper(grey));
    if (local.clarity > CLEARER * best.clarity) best = local;
  }
  return best;
}

/** The ink as the difference from a paper, to the side on which it stands out more. */
function against({values, height, width}, paper) {
  const apart = values.map((value, at) => value - paper[at]);
  const dark = apart.reduce((sum, value) => sum + value ** 3, 0) < 0;
  const depth = apart.map((value) => Math.max(dark ? -value : value, 0)), threshold = otsu(depth);
  const inside = depth.filter((value) => value > threshold);
  const ink = {depth: depth, height: height, width: width, level: 1, dark: dark, contrast: 0, clarity: 0};
  if (!inside.length || inside.length === depth.length) return ink;
  const outside = depth.filter((value) => !(value > threshold));
  const rest = apart.filter((_, at) => !(depth[at] > threshold)), mean = meanOf(rest);
  const spread = Math.sqrt(rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length);
  ink.contrast = meanOf(inside) - meanOf(outside);
  ink.clarity = ink.contrast / (spread + 1);
  ink.level = medianOf(inside);
  return ink;
}

const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle of values, or between the two middle ones. */
function medianOf(values) {
  const order = Float32Array.from(values).sort(), half = order.length >> 1;
  return order.length % 2 ? order[half] : (order[half - 1] + order[half]) / 2;
}

/** One level: the middle value of a frame along the edge. */
function flatPaper({values, height, width}) {
  const rim = Math.max(1, Math.floor(Math.min(height, width) / 20));
  const frame = values.filter((_, at) => {
    const row = Math.floor(at / width), column = at % width;
    return row < rim || row >= height - rim || column < rim || column >= width - rim;
  });
  return new Float32Array(values.length).fill(medianOf(frame));
}

/** The quadratic surface of least absolute distance, by iteratively reweighted least squares. */
function slopingPaper({values, height, width}) {
  const place = (at, length) => (length > 1 ? 2 * at / (length - 1) - 1 : -1);
  const terms = (row, column) => {
    const y = place(row, height), x = place(column, width);
    return [1, x, y, x * x, x * y, y * y];
  };
  const down = Math.max(1, Math.floor(height / 64)), across = Math.max(1, Math.floor(width / 64)), some = [];
  for (let row = 0; row < height; row += down) {
    for (let column = 0; column < width; column += across) some.push([terms(row, column), values[row * width + column]]);
  }
  const at = (surface, own) => own.reduce((sum, term, one) => sum + term * surface[one], 0);
  let weights = some.map(() => 1), surface = [];
  for (let turn = 0; turn < 20; turn++) {
    surface = leastSquares(some, weights);
    weights = some.map(([own, value]) => 1 / Math.max(Math.abs(value - at(surface, own)), 1));
  }
  return values.map((_, one) => at(surface, terms(Math.floor(one / width), one % width)));
}

/** The six numbers of a surface that fits best; 0 for a term that the picture is too small for. */
function leastSquares(some, weights) {
  const rows = Array.from({length: 6}, () => new Float64Array(7));
  some.forEach(([terms, value], one) => {
    for (let a = 0; a < 6; a++) {
      for (let b = 0; b < 6; b++) rows[a][b] += weights[one] * terms[a] * terms[b];
      rows[a][6] += weights[one] * terms[a] * value;
    }
  });
  const order = [];
  for (let column = 0; column < 6; column++) {
    const left = [0, 1, 2, 3, 4, 5].filter((one) => !order.includes(one));
    const pivot = left.reduce((a, b) => (Math.abs(rows[b][column]) > Math.abs(rows[a][column]) ? b : a));
    if (Math.abs(rows[pivot][column]) < 1e-9 * some.length) { order.push(-1); continue; }
    order.push(pivot);
    rows.forEach((line, one) => {
      if (one === pivot) return;
      const times = line[column] / rows[pivot][column];
      for (let at = column; at < 7; at++) line[at] -= times * rows[pivot][at];
    });
  }
  return order.map((pivot, column) => (pivot < 0 ? 0 : rows[pivot][6] / rows[pivot][column]));
}

/** The paper around each place, for shadows with an edge: a closing (or an opening) of the picture. */
function localPaper(grey) {
  const step = Math.max(1, Math.floor(Math.min(grey.height, grey.width) / 48));
  const small = averaged(grey, step, false), least = Math.min(small.height, small.width);
  const middle = medianAround(small, Math.floor(least / 6));
  const sign = small.values.reduce((sum, value, at) => sum + (value - middle[at]) ** 3, 0) < 0 ? 1 : -1;
  const half = Math.floor(least / 8), wide = mirrored(small, 2 * half);
  wide.values = wide.values.map((value) => sign * value);
  const opened = slidMost({...slidMost(wide, half), values: slidMost(wide, half).values.map((value) => -value)}, half);
  const closed = {...opened, values: opened.values.map((value) => -sign * value)};
  return scaledFloats(closed, grey.height, grey.width).values;
}

/** Means of squares of so many pixels; those at the end that are cut, where `partial`. */
function averaged({values, height, width}, step, partial) {
  const round = partial ? Math.ceil : Math.floor, rows = round(height / step), columns = round(width / step);
  const found = new Float32Array(rows * columns);
  for (let at = 0; at < found.length; at++) {
    const top = Math.floor(at / columns) * step, left = (at % columns) * step;
    let sum = 0, count = 0;
    for (let row = top; row < Math.min(top + step, height); row++) {
      for (let column = left; column < Math.min(left + step, width); column++, count++) sum += values[row * width + column];
    }
    found[at] = sum / count;
  }
  return {values: found, height: rows, width: columns};
}

/** A picture with its mirror image around, without the edge itself. */
function mirrored({values, height, width}, half) {
  const inside = (at, length) => (at < 0 ? -at : at >= length ? 2 * length - 2 - at : at);
  const high = height + 2 * half, across = width + 2 * half, found = new Float32Array(high * across);
  for (let at = 0; at < found.length; at++) {
    const row = inside(Math.floor(at / across) - half, height), column = inside((at % across) - half, width);
    found[at] = values[row * width + column];
  }
  return {values: found, height: high, width: across};
}

/** For each place the middle value of the square around it. */
function medianAround(grey, half) {
  const wide = mirrored(grey, half), side = 2 * half + 1, around = new Float32Array(side * side);
  return grey.values.map((_, at) => {
    const top = Math.floor(at / grey.width), left = at % grey.width;
    for (let row = 0; row < side; row++) {
      const from = (top + row) * wide.width + left;
      around.set(wide.values.subarray(from, from + side), row * side);
    }
    return nth(around, (around.length - 1) >> 1);
  });
}

/** The value at this place of the order, by Hoare's selection; the values are moved about. */
function nth(values, place) {
  for (let low = 0, high = values.length - 1; low < high;) {
    const pivot = values[(low + high) >> 1];
    let left = low, right = high;
    while (left <= right) {
      while (values[left] < pivot) left++;
      while (values[right] > pivot) right--;
      if (left <= right) [values[left++], values[right--]] = [values[right], values[left]];
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else return values[place];
  }
  return values[place];
}

/** The largest value of the square around each place where that is whole: smaller by `half` a side. */
function slidMost({values, height, width}, half) {
  const rows = height - 2 * half, columns = width - 2 * half, lines = new Float32Array(height * columns);
  for (let at = 0; at < lines.length; at++) {
    const from = Math.floor(at / columns) * width + (at % columns);
    let most = -Infinity;
    for (let one = 0; one <= 2 * half; one++) most = Math.max(most, values[from + one]);
    lines[at] = most;
  }
  const found = new Float32Array(rows * columns);
  for (let at = 0; at < found.length; at++) {
    let most = -Infinity;
    for (let one = 0; one <= 2 * half; one++) most = Math.max(most, lines[at + one * columns]);
    found[at] = most;
  }
  return {values: found, height: rows, width: columns};
}

/** The threshold that parts the values into two classes whose means differ most (Otsu 1979). */
function otsu(values) {
  const top = values.reduce((a, b) => Math.max(a, b), 0), BINS = 256;
  if (top <= 0) return 0;
  const counts = new Float64Array(BINS), edge = (at) => at * top / BINS;
  for (const value of values) {
    let at = Math.min(Math.floor(value / top * BINS), BINS - 1);
    if (value < edge(at)) at--;
    else if (at < BINS - 1 && value >= edge(at + 1)) at++;
    counts[at]++;
  }
  const middle = (at) => (edge(at) + edge(at + 1)) / 2;
  let all = 0, below = 0, sum = 0, best = 0, most = -Infinity;
  counts.forEach((count, at) => (all += count * middle(at)));
  counts.forEach((count, at) => {
    below += count;
    sum += count * middle(at);
    const above = values.length - below;
    const apart = below && above ? below * above * (sum / below - (all - sum) / above) ** 2 : 0;
    if (apart > most) [most, best] = [apart, at];
  });
  return edge(best + 1);
}
