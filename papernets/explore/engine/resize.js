/* Pictures scaled as Pillow scales them: antialiased bilinear, in whole numbers (Resample.c). */

const PRECISION = 22; // bits behind the point: 32, but 8 of a value, and 2 for sums beyond it

/**
 * The weights that scale the part of an axis from `begin` to `end`, of `length` pixels, to `size`:
 * for each result the first pixel, and whole numbers that add up to about 2^22.
 */
function coefficients(length, begin, end, size) {
  const scale = (end - begin) / size, spread = Math.max(scale, 1);
  return Array.from({length: size}, (_, at) => {
    const centre = begin + (at + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - spread + 0.5), 0);
    const last = Math.min(Math.trunc(centre + spread + 0.5), length);
    const weights = new Float64Array(last - first);
    let total = 0;
    for (let one = 0; one < weights.length; one++) {
      weights[one] = Math.max(1 - Math.abs((first + one - centre + 0.5) / spread), 0);
      total += weights[one];
    }
    const whole = Int32Array.from(weights, (weight) => Math.trunc(0.5 + weight / total * 2 ** PRECISION));
    return {first: first, weights: whole};
  });
}

const level = (sum) => Math.min(Math.max(sum >> PRECISION, 0), 255);

/** Each row of a picture {data, height, width, channels} by the weights, rows `begin` to `end`. */
function acrossed({data, height, width, channels}, weights, begin = 0, end = height) {
  const found = new Uint8Array(height * weights.length * channels);
  for (let row = begin; row < end; row++) {
    weights.forEach(({first, weights: own}, column) => {
      for (let channel = 0; channel < channels; channel++) {
        let at = (row * width + first) * channels + channel, sum = 1 << (PRECISION - 1);
        for (let one = 0; one < own.length; one++, at += channels) sum += data[at] * own[one];
        found[(row * weights.length + column) * channels + channel] = level(sum);
      }
    });
  }
  return {data: found, height: height, width: weights.length, channels: channels};
}

/** Each column by the weights. */
function downed({data, width, channels}, weights) {
  const line = width * channels, found = new Uint8Array(weights.length * line);
  weights.forEach(({first, weights: own}, row) => {
    for (let place = 0; place < line; place++) {
      let at = first * line + place, sum = 1 << (PRECISION - 1);
      for (let one = 0; one < own.length; one++, at += line) sum += data[at] * own[one];
      found[row * line + place] = level(sum);
    }
  });
  return {data: found, height: weights.length, width: width, channels: channels};
}

/**
 * The part [left, top, right, bottom] of a picture, scaled to [height, width]. The height comes
 * first where it shrinks, and by far more than the width, as in Pillow 13.
 */
function resized(picture, [left, top, right, bottom], [height, width]) {
  const across = coefficients(picture.width, left, right, width);
  const down = coefficients(picture.height, top, bottom, height);
  const wide = width !== picture.width || left || right !== width;
  const high = height !== picture.height || top || bottom !== height;
  const fewer = picture.height - height;
  const begin = down[0].first, end = down.at(-1).first + down.at(-1).weights.length;
  if (high && fewer > 0 && fewer > 2 * (picture.width - width)) {
    const found = downed(picture, down);
    return wide ? acrossed(found, across) : found;
  }
  const found = wide ? acrossed(picture, across, begin, end) : picture;
  return high ? downed(found, down) : found;
}

/** A rectangle cut out of a picture. */
function cut({data, width, channels}, top, left, rows, columns) {
  const found = new Uint8Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const from = ((top + row) * width + left) * channels;
    found.set(data.subarray(from, from + columns * channels), row * columns * channels);
  }
  return {data: found, height: rows, width: columns, channels: channels};
}

/**
 * A picture scaled to cover [height, width], and its middle cut out. What is cut out begins at a
 * whole pixel where its sides are whole; else parts of pixels are taken.
 */
function covered(picture, [height, width]) {
  const {height: h, width: w} = picture;
  if (h === height && w === width) return picture;
  const wider = w * height >= h * width;
  const rows = wider ? h : w * height / width, columns = wider ? h * width / height : w;
  if (Number.isInteger(rows) && Number.isInteger(columns)) {
    const part = cut(picture, (h - rows) >> 1, (w - columns) >> 1, rows, columns);
    return rows === height && columns === width ? part : resized(part, [0, 0, columns, rows], [height, width]);
  }
  const left = Math.max((w - columns) / 2, 0), top = Math.max((h - rows) / 2, 0);
  const box = [left, top, Math.min(left + columns, w), Math.min(top + rows, h)].map(Math.fround);
  return resized(picture, box, [height, width]);
}
