/* A picture of any size as a stored one: its middle in the stored one's shape, scaled as Pillow
   scales (papernets/data/fitting.py). */

/**
 * Pixels [red, green, blue, alpha, ...] of `width` by `height` as maps of `rows` by `columns`, 0 to
 * 255, channel by channel; with one channel as grey.
 */
function coveredBy({data, width, height}, rows, columns, channels) {
  const wide = width * rows >= height * columns;
  const h = wide ? height : Math.floor((width * rows) / columns);
  const w = wide ? Math.floor((height * columns) / rows) : width;
  const top = Math.floor((height - h) / 2),
    left = Math.floor((width - w) / 2);
  const found = new Uint8Array(channels * rows * columns);
  for (let channel = 0; channel < channels; channel++) {
    const part = new Float32Array(h * w);
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const at = 4 * ((y + top) * width + x + left);
        part[y * w + x] =
          channels > 1
            ? data[at + channel]
            : Math.floor((data[at] * 19595 + data[at + 1] * 38470 + data[at + 2] * 7471 + 0x8000) / 65536);
      }
    }
    const across = scaledLines(part, h, w, columns).map((value) => Math.floor(value + 0.5)); // as Pillow rounds
    const down = scaledLines(transposed(across, h, columns), columns, h, rows);
    transposed(down, columns, rows).forEach((value, at) => {
      found[channel * rows * columns + at] = Math.min(Math.max(Math.floor(value + 0.5), 0), 255);
    });
  }
  return found;
}
