/* The sliding window that convolution, subsampling and pooling share (papernets/spec/window.py). */

/** A side for both ways, or [height, width] as it is. */
function pair(value) {
  return Array.isArray(value) ? value : [value, value];
}

/** Kernel, stride and zeros, each [height, width]; `ceil` keeps a last partial window. */
function slidingWindow(kernel, stride, padding = 0, ceil = false) {
  return {kernel: pair(kernel), stride: pair(stride), padding: padding, ceil: ceil};
}

/** [[top, bottom], [left, right]] for an input of this size. */
function padsOf(window, size) {
  const {kernel, stride, padding} = window;
  if (typeof padding !== "string") {
    const [height, width] = pair(padding);
    return [
      [height, height],
      [width, width],
    ];
  }
  if (padding === "behind") {
    return [0, 1].map((at) => [0, Math.max(kernel[at] - stride[at], 0)]);
  }
  return [0, 1].map((at) => {
    const all = Math.max((Math.ceil(size[at] / stride[at]) - 1) * stride[at] + kernel[at] - size[at], 0);
    return [Math.floor(all / 2), all - Math.floor(all / 2)];
  });
}

/** Output [height, width]; 0 or less where the window does not fit. */
function slidOver(window, size) {
  const pads = padsOf(window, size);
  return [0, 1].map((at) => {
    const [before, after] = pads[at],
      s = window.stride[at];
    const span = size[at] + before + after - window.kernel[at];
    let count = (window.ceil ? Math.ceil(span / s) : Math.floor(span / s)) + 1;
    if (window.ceil && (count - 1) * s >= size[at] + before) count -= 1; // it starts on the picture
    return count;
  });
}

/** The output size with its arithmetic: (32 - 5)/1 + 1 = 28. */
function windowWords(window, size) {
  const pads = padsOf(window, size),
    out = slidOver(window, size);
  const [height, width] = [0, 1].map((at) => {
    const n = size[at],
      k = window.kernel[at],
      s = window.stride[at];
    const pad = pads[at][0] + pads[at][1];
    const span = pad ? `(${n} - ${k} + ${pad})/${s}` : `(${n} - ${k})/${s}`;
    if ((n - k + pad) % s === 0) return `${span} + 1 = ${out[at]}`;
    if (!window.ceil) return `floor(${span}) + 1 = ${out[at]}`;
    const last = Math.ceil((n - k + pad) / s) + 1;
    return out[at] === last ? `ceil(${span}) + 1 = ${out[at]}` : `ceil(${span}) = ${out[at]}`;
  });
  return height === width ? height : `${height} by ${width}`;
}
