/* From a picture's pixels to what a network sees: the steps of papernets/data (fitting.py and
   preprocessing.py), to 1 level of 255. */

const LEAST_RANGE = 12, MOST_PADDING = 1.25, LEAST_LENGTH = 1e-8; // as in papernets/data
const MOST_PIXELS = 64_000_000; // of a picture: a quarter of a gigabyte in the page

/** How a network's pictures are prepared, with its arrays unpacked. */
function eyesOf(program, bytes) {
  const {mean, matrix, ...eyes} = program.eyes;
  return {...eyes, mean: mean && tensorOf(mean, bytes), matrix: matrix && tensorOf(matrix, bytes)};
}

/** A picture's pixels RGBA as the network's input. EngineError for what is no picture of its kind. */
function prepared(eyes, pixels, width, height) {
  checkPixels(pixels, width, height);
  const stored = eyes.kind === "photo"
    ? covered(overWhite(pixels, width, height, eyes.channels === 1), eyes.picture)
    : handwritten(pixels, width, height, eyes);
  return inputOf(planesOf(stored), eyes);
}

function checkPixels(pixels, width, height) {
  const whole = (value) => Number.isInteger(value) && value > 0;
  if (!(pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray)) {
    throw new EngineError("a picture is given as bytes RGBA (a Uint8Array, or what getImageData gives)");
  }
  if (!whole(width) || !whole(height) || pixels.length !== 4 * width * height) {
    throw new EngineError(`${pixels.length} bytes are not ${height}x${width} pixels RGBA, 4 bytes each`);
  }
  if (width * height > MOST_PIXELS) throw tooLarge(width, height);
}

function tooLarge(width, height) {
  return new EngineError(`a picture of ${height}x${width} pixels: the page takes up to `
    + `${MOST_PIXELS / 1e6} million. Make it smaller, or ask papernets predict`);
}

/** A value over a ground, as Pillow pastes. */
function laidOver(value, alpha, ground) {
  const sum = value * alpha + ground * (255 - alpha) + 128;
  return ((sum >> 8) + sum) >> 8;
}

/** Pixels over white, as Pillow lays and greys them: {data, height, width, channels}, 1 or 3. */
function overWhite(pixels, width, height, grey) {
  const channels = grey ? 1 : 3, data = new Uint8Array(width * height * channels);
  const laid = (value, alpha) => laidOver(value, alpha, 255);
  for (let at = 0, to = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3];
    let [r, g, b] = [pixels[at], pixels[at + 1], pixels[at + 2]];
    if (alpha < 255) [r, g, b] = [laid(r, alpha), laid(g, alpha), laid(b, alpha)];
    if (grey) data[to++] = (19595 * r + 38470 * g + 7471 * b + 0x8000) >> 16; // ITU-R BT.601
    else [data[to++], data[to++], data[to++]] = [r, g, b];
  }
  return {data: data, height: height, width: width, channels: channels};
}

/** A digit or a garment: as it is stored where its size is that, else its ink is found. */
function handwritten(pixels, width, height, eyes) {
  const [h, w] = eyes.picture;
  if (height !== h || width !== w) return inkStored(pixels, width, height, eyes);
  return asStored(overWhite(pixels, width, height, true), eyes);
}

/** A grey picture that is stored as the network's are: a digit is inverted if its edge is light. */
function asStored({data, height, width}, {kind}) {
  const range = data.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [255, 0]);
  if (range[1] - range[0] < LEAST_RANGE) throw noInk();
  const edge = [];
  for (let at = 0; at < data.length; at++) {
    const row = Math.floor(at / width), column = at % width;
    if (row === 0 || row === height - 1 || column === 0 || column === width - 1) edge.push(data[at]);
  }
  edge.sort((a, b) => a - b);
  const middle = (edge[(edge.length - 1) >> 1] + edge[edge.length >> 1]) / 2;
  const inverted = kind === "digit" && middle > 127;
  return {data: inverted ? data.map((value) => 255 - value) : data, height, width, channels: 1};
}

/** A picture whose channels lie together as float32 maps {values, channels, height, width}. */
function planesOf({data, height, width, channels}) {
  const pixels = height * width, values = new Float32Array(channels * pixels);
  for (let channel = 0; channel < channels; channel++) {
    for (let at = 0; at < pixels; at++) values[channel * pixels + at] = data[at * channels + channel];
  }
  return {values, channels, height, width};
}

/** Stored pictures as the network's input, by `Preprocessing`: float32, channel by channel. */
function inputOf(stored, eyes) {
  const {low, high, order} = eyes, placed = placedIn(stored, eyes), pixels = eyes.height * eyes.width;
  const found = new Float32Array(eyes.channels * pixels);
  for (let channel = 0; channel < eyes.channels; channel++) {
    const seen = order === "bgr" ? eyes.channels - 1 - channel : channel;
    const from = (placed.channels === 1 ? 0 : seen) * pixels;
    const least = Math.fround(low[low.length === 1 ? 0 : channel]);
    const most = Math.fround(high[high.length === 1 ? 0 : channel]);
    const times = Math.fround(Math.fround(most - least) / 255);
    for (let at = 0; at < pixels; at++) found[channel * pixels + at] = least + times * placed.values[from + at];
  }
  return measured(found, eyes);
}

/** The maps padded, scaled or cut to the network's size, ground 0. */
function placedIn(stored, {kind, crop, short, shrink, height, width}) {
  const {height: h, width: w} = stored, side = Math.min(h, w);
  if (crop) {
    if (short && short !== side) return scaledBy(stored, [height, width], short / side, true);
    return moved(stored, height, width);
  }
  const ratios = [height / h, width / w];
  let scale = Math.min(...ratios) * shrink;
  if (kind === "photo") scale = Math.max(...ratios) * shrink;
  else if (Math.min(...ratios) >= 1 && Math.max(height - h, width - w) <= (MOST_PADDING - 1) * side) scale = shrink;
  if (scale === 1) return moved(stored, height, width);
  return scaledBy(stored, [height, width], scale, kind === "photo" && shrink === 1);
}

/** Maps about the middle of this size: padded, or cut, half a pixel being rounded down. */
function moved({values, channels, height: h, width: w}, height, width) {
  const found = new Float32Array(channels * height * width);
  const top = height >= h ? Math.floor((height - h) / 2) : -Math.floor((h - height) / 2);
  const left = width >= w ? Math.floor((width - w) / 2) : -Math.floor((w - width) / 2);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = Math.max(top, 0); row < Math.min(height, h + top); row++) {
      for (let column = Math.max(left, 0); column < Math.min(width, w + left); column++) {
        found[(channel * height + row) * width + column] = values[(channel * h + row - top) * w + column - left];
      }
    }
  }
  return {values: found, channels, height, width};
}

/** Maps scaled about their middle, by a triangle as wide as the step (papernets/data/scaling.py). */
function scaledBy({values, channels, height: h, width: w}, [height, width], scale, edge) {
  const rows = scaling(h, height, scale, edge), columns = scaling(w, width, scale, edge);
  const found = new Float32Array(channels * height * width), line = new Float64Array(h * width);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < h; row++) {
      for (let column = 0; column < width; column++) {
        let sum = 0;
        for (const [at, weight] of columns[column]) sum += weight * values[(channel * h + row) * w + at];
        line[row * width + column] = sum;
      }
    }
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let sum = 0;
        for (const [at, weight] of rows[row]) sum += weight * line[at * width + column];
        found[(channel * height + row) * width + column] = sum;
      }
    }
  }
  return {values: found, channels, height, width};
}

/** For each of `result` places the places of an axis of `length` that it takes, with weights. */
function scaling(length, result, scale, edge) {
  const step = Math.max(1, 1 / scale), beyond = edge ? 0 : Math.ceil(step);
  const first = -beyond - (length - 1) / 2, last = length - 1 + beyond - (length - 1) / 2;
  return Array.from({length: result}, (_, at) => {
    const source = Math.min(Math.max((at - (result - 1) / 2) / scale, first), last);
    const weights = Array.from({length: length + 2 * beyond}, (_, place) =>
      [place - beyond, Math.max(1 - Math.abs(source - (first + place)) / step, 0)]);
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    return weights.filter(([place, weight]) => weight > 0 && place >= 0 && place < length)
      .map(([place, weight]) => [place, weight / total]);
  });
}

/** The last steps, of the whole input: contrast, the mean picture, whitening. */
function measured(values, {gcn, mean, matrix}) {
  let found = values;
  if (gcn) {
    const middle = found.reduce((a, b) => a + b, 0) / found.length;
    found = found.map((value) => value - middle);
    const scale = Math.sqrt(found.reduce((sum, value) => sum + value * value, 0)) / gcn;
    if (scale >= LEAST_LENGTH) found = found.map((value) => value / scale);
  }
  if (mean) found = found.map((value, at) => value - mean[at]);
  if (!matrix) return found;
  const sums = new Float64Array(found.length);
  found.forEach((value, row) => {
    for (let at = 0; at < sums.length; at++) sums[at] += value * matrix[row * sums.length + at];
  });
  return Float32Array.from(sums);
}
