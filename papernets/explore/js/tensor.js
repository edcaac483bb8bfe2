/* What each kind of row gives for one picture: the layers of papernets/run. Tests hold them to 1e-4
   of the largest value. */

const ACTIVE = {
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  tanh: Math.tanh,
  scaled_tanh: (x) => 1.7159 * Math.tanh((2 * x) / 3),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** The outputs [first, end) whose window takes a value of the map at this place of the kernel. */
function inside(size, out, stride, place) {
  return [
    Math.max(Math.ceil(-place / stride), 0),
    Math.min(Math.floor((size - 1 - place) / stride) + 1, out),
  ];
}

/** Adds one kernel's products with one input map to one output map. */
function slide(input, from, [h, w], kernel, at, [kh, kw], output, to, [oh, ow], [sh, sw], [[top], [left]]) {
  for (let ky = 0; ky < kh; ky++) {
    const [y0, y1] = inside(h, oh, sh, ky - top);
    for (let kx = 0; kx < kw; kx++) {
      const weight = kernel[at + ky * kw + kx],
        [x0, x1] = inside(w, ow, sw, kx - left);
      for (let y = y0; y < y1; y++) {
        const line = from + (y * sh + ky - top) * w + kx - left,
          place = to + y * ow;
        for (let x = x0; x < x1; x++) output[place + x] += weight * input[line + x * sw];
      }
    }
  }
}

/** What a row gives, from its input values and its tensors. */
const RUNS = {
  Conv(row, x, {weight, bias}) {
    const {layer} = row,
      window = windowOf(row),
      size = row.input.slice(1),
      out = row.out.slice(1);
    const inputs = row.input[0] / layer.groups,
      outputs = layer.out / layer.groups;
    const [kh, kw] = window.kernel,
      pads = padsOf(window, size),
      y = new Float64Array(volume(row.out));
    for (let map = 0; map < layer.out; map++) {
      const group = Math.floor(map / outputs),
        to = map * out[0] * out[1];
      y.fill(bias ? bias[map] : 0, to, to + out[0] * out[1]);
      for (let source = 0; source < inputs; source++) {
        slide(
          x,
          (group * inputs + source) * size[0] * size[1],
          size,
          weight,
          (map * inputs + source) * kh * kw,
          [kh, kw],
          y,
          to,
          out,
          window.stride,
          pads,
        );
      }
    }
    return y;
  },
  TableConv(row, x, {weight, bias}) {
    const {layer} = row,
      [kh, kw] = pair(layer.kernel),
      size = row.input.slice(1),
      out = row.out.slice(1);
    const y = new Float64Array(volume(row.out));
    let kernel = 0;
    layer.table.forEach((maps, map) => {
      const to = map * out[0] * out[1];
      y.fill(bias[map], to, to + out[0] * out[1]);
      for (const source of maps) {
        slide(
          x,
          source * size[0] * size[1],
          size,
          weight,
          kernel++ * kh * kw,
          [kh, kw],
          y,
          to,
          out,
          [1, 1],
          [[0], [0]],
        );
      }
    });
    return y;
  },
  Subsample(row, x, {weight, bias}) {
    const {layer} = row,
      [kh, kw] = pair(layer.kernel),
      [, h, w] = row.input,
      [maps, oh, ow] = row.out;
    const y = new Float64Array(volume(row.out));
    for (let map = 0; map < maps; map++) {
      const from = (layer.sources ? layer.sources[map] : map) * h * w;
      for (let at = 0; at < oh * ow; at++) {
        const top = Math.floor(at / ow) * kh,
          left = (at % ow) * kw;
        let total = 0;
        for (let dy = 0; dy < kh; dy++)
          for (let dx = 0; dx < kw; dx++) total += x[from + (top + dy) * w + left + dx];
        y[map * oh * ow + at] = total * weight[map] + bias[map];
      }
    }
    return y;
  },
  Pool(row, x) {
    const {layer} = row,
      window = windowOf(row),
      [, h, w] = row.input,
      [maps, oh, ow] = row.out;
    const [[top], [left]] = padsOf(window, [h, w]),
      [kh, kw] = window.kernel,
      [sh, sw] = window.stride;
    const y = new Float64Array(volume(row.out));
    for (let map = 0; map < maps; map++) {
      for (let at = 0; at < oh * ow; at++) {
        let total = 0,
          most = -Infinity,
          count = 0;
        for (let dy = 0; dy < kh; dy++) {
          for (let dx = 0; dx < kw; dx++) {
            const iy = Math.floor(at / ow) * sh + dy - top,
              ix = (at % ow) * sw + dx - left;
            if (iy < 0 || ix < 0 || iy >= h || ix >= w) continue;
            const value = x[map * h * w + iy * w + ix];
            total += value;
            most = Math.max(most, value);
            count++;
          }
        }
        const all = layer.count_padding ? kh * kw : count;
        y[map * oh * ow + at] = layer.how === "max" ? most : total / all;
      }
    }
    return y;
  },
  Dense(row, x, {weight, bias}) {
    const inputs = row.input[0];
    return Float64Array.from({length: row.out[0]}, (_, unit) => {
      let total = bias ? bias[unit] : 0;
      for (let at = 0; at < inputs; at++) total += weight[unit * inputs + at] * x[at];
      return total;
    });
  },
  RBF(row, x, {codes}) {
    const inputs = row.input[0];
    return Float64Array.from({length: row.out[0]}, (_, unit) => {
      let total = 0;
      for (let at = 0; at < inputs; at++) total += (x[at] - codes[unit * inputs + at]) ** 2;
      return -total * row.layer.scale;
    });
  },
  AdaptivePool(row, x) {
    const [maps, h, w] = row.input,
      [, oh, ow] = row.out,
      y = new Float64Array(volume(row.out));
    const range = (at, size, out) => [Math.floor((at * size) / out), Math.ceil(((at + 1) * size) / out)];
    for (let map = 0; map < maps; map++) {
      for (let at = 0; at < oh * ow; at++) {
        const [y0, y1] = range(Math.floor(at / ow), h, oh),
          [x0, x1] = range(at % ow, w, ow);
        let total = 0;
        for (let iy = y0; iy < y1; iy++)
          for (let ix = x0; ix < x1; ix++) total += x[(map * h + iy) * w + ix];
        y[map * oh * ow + at] = total / ((y1 - y0) * (x1 - x0));
      }
    }
    return y;
  },
  GlobalPool(row, x) {
    const [maps, h, w] = row.input,
      size = h * w;
    return Float64Array.from(
      {length: maps},
      (_, map) => sum(x.subarray(map * size, (map + 1) * size)) / size,
    );
  },
  LRN(row, x) {
    const {layer} = row,
      [maps, h, w] = row.input,
      half = Math.floor(layer.size / 2);
    return Float64Array.from(x, (value, at) => {
      const map = Math.floor(at / (h * w)),
        place = at % (h * w);
      const first = Math.max(map - half, 0),
        end = Math.min(map - half + layer.size, maps);
      let squares = 0;
      for (let other = first; other < end; other++) squares += x[other * h * w + place] ** 2;
      return value / (layer.k + layer.alpha * squares) ** layer.beta;
    });
  },
  Pad(row, x) {
    const [maps, h, w] = row.input,
      [, oh, ow] = row.out,
      y = new Float64Array(volume(row.out));
    const [[top], [left]] = padsOf(reachOf(row), [h, w]);
    for (let map = 0; map < maps; map++) {
      for (let line = 0; line < h; line++) {
        const from = (map * h + line) * w;
        y.set(x.subarray(from, from + w), (map * oh + line + top) * ow + left);
      }
    }
    return y;
  },
  PadShortcut(row, x) {
    const {layer} = row,
      [maps, h, w] = row.input,
      [, oh, ow] = row.out,
      [sh, sw] = pair(layer.stride);
    const y = new Float64Array(volume(row.out));
    for (let map = 0; map < maps; map++) {
      for (let at = 0; at < oh * ow; at++) {
        y[(map + layer.before) * oh * ow + at] =
          x[(map * h + Math.floor(at / ow) * sh) * w + (at % ow) * sw];
      }
    }
    return y;
  },
  Concat(row, x, tensors, ends) {
    const y = new Float64Array(volume(row.out));
    let at = 0;
    for (const end of ends) {
      y.set(end, at);
      at += end.length;
    }
    return y;
  },
  Add(row, x, tensors, ends) {
    const y = new Float64Array(volume(row.out)),
      {scales} = row.layer;
    ends.forEach((end, number) => {
      const scale = scales ? scales[number] : 1;
      for (let at = 0; at < y.length; at++) y[at] += scale * end[at];
    });
    return y;
  },
  BatchNorm: (row, x) => Float64Array.from(x), // its normalisation follows, as behind any layer
  Flatten: (row, x) => Float64Array.from(x),
  Dropout: (row, x) => Float64Array.from(x),
  Identity: (row, x) => Float64Array.from(x),
  Activation: (row, x) => Float64Array.from(x),
};

/** Batch normalisation of each map by its running mean and variance, in place. */
function normalise(norm, y, maps, tensors) {
  const size = y.length / maps;
  for (let map = 0; map < maps; map++) {
    const gamma = norm.scale ? tensors["norm.weight"][map] : 1;
    const factor = gamma / Math.sqrt(tensors["norm.running_var"][map] + norm.eps);
    const shift = tensors["norm.bias"][map] - tensors["norm.running_mean"][map] * factor;
    for (let at = map * size; at < (map + 1) * size; at++) y[at] = y[at] * factor + shift;
  }
}
