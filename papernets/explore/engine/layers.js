/* What each step of a program does: a function of it that finds its place in memory, and gives
   what is done for every picture. */

const OTHERS = {
  tanh: Math.tanh,
  scaled_tanh: (x) => 1.7159 * Math.tanh(2 * x / 3),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};
/* The activations that no kernel has. Softmax is none: it belongs to the loss. */

/**
 * The layers: each takes the step, the values it reads, the value it writes, and the place, and
 * gives a function that computes one from the other. A value is {at, shape}: a place in bytes, and
 * channels, height, width. The place has `kernels`, `tensor(name)` for the step's tensors,
 * `hold(numbers)` that puts numbers into memory, and `padded` and `windows`, which are taken for
 * as long as a step lasts.
 */
const LAYERS = {
  conv(step, [x], y, place) {
    const {kernels} = place, {kernel: [kh, kw], stride: [sh, sw], groups, pads: [top, , left]} = step;
    const [channels, height, width] = x.shape, [maps, down, across] = y.shape;
    const high = (down - 1) * sh + kh, wide = (across - 1) * sw + kw;
    const plain = !step.pads.some(Boolean) && high <= height && wide <= width;
    const [h, w] = plain ? [height, width] : [Math.max(high, height + top), Math.max(wide, width + left)];
    const bias = place.hold(step.bias, maps), active = ACTIVE[step.activation] || 0;
    const inside = plain ? null : place.padded(channels * h * w);
    const prepare = plain ? () => x.at : () => {
      kernels.pad(x.at, inside.at, channels, height, width, h, w, top, left);
      return inside.at;
    };
    if (groups === channels && maps === channels && groups > 1) {
      const weight = place.hold(step.weight, maps * kh * kw);
      return () => kernels.depthwise(prepare(), weight.at, bias.at, y.at, channels, h, w, down,
        across, kh, kw, sh, sw, active);
    }
    const own = channels / groups, outputs = maps / groups, terms = own * kh * kw;
    const windows = place.windows(kernels.room(terms));
    const packed = place.packed(step.weight, groups, outputs, terms, step.table, kh * kw);
    const size = 4 * Math.ceil(outputs / 4) * terms; // of a group's packed weights
    return () => {
      const from = prepare();
      for (let group = 0; group < groups; group++) {
        kernels.conv(from + 4 * group * own * h * w, packed.at + 4 * group * size,
          bias.at + 4 * group * outputs, y.at + 4 * group * outputs * down * across, windows.at,
          own, h, w, outputs, down, across, kh, kw, sh, sw, active);
      }
    };
  },

  dense(step, [x], y, place) {
    const inputs = volume(x.shape), [outputs] = y.shape, active = ACTIVE[step.activation] || 0;
    const weight = place.hold(step.weight, inputs * outputs), bias = place.hold(step.bias, outputs);
    return () => place.kernels.dense(x.at, weight.at, bias.at, y.at, inputs, outputs, active);
  },

  affine(step, [x], y, place) {
    const [maps, height, width] = y.shape, active = ACTIVE[step.activation] || 0;
    const weight = place.hold(step.weight, maps), bias = place.hold(step.bias, maps);
    return () => place.kernels.affine(x.at, weight.at, bias.at, y.at, maps, height * width, active);
  },

  subsample(step, [x], y, place) {
    const [maps, down, across] = y.shape, [, height, width] = x.shape, [kh, kw] = step.kernel;
    const weight = place.numbers(step.weight), bias = place.numbers(step.bias);
    return () => {
      const {heap} = place.kernels;
      for (let map = 0; map < maps; map++) {
        const from = x.at / 4 + (step.sources ? step.sources[map] : map) * height * width;
        const to = y.at / 4 + map * down * across;
        for (let at = 0; at < down * across; at++) {
          const corner = from + Math.floor(at / across) * kh * width + (at % across) * kw;
          let sum = 0;
          for (let ky = 0; ky < kh; ky++) for (let kx = 0; kx < kw; kx++) sum += heap[corner + ky * width + kx];
          heap[to + at] = sum * weight[map] + bias[map];
        }
      }
    };
  },

  rbf(step, [x], y, place) {
    const [inputs, height, width] = x.shape, [outputs] = y.shape, pixels = height * width;
    const codes = place.numbers(step.weight);
    return () => {
      const {heap} = place.kernels;
      for (let unit = 0; unit < outputs; unit++) {
        for (let pixel = 0; pixel < pixels; pixel++) {
          let sum = 0;
          for (let at = 0; at < inputs; at++) {
            sum += (heap[x.at / 4 + at * pixels + pixel] - codes[unit * inputs + at]) ** 2;
          }
          heap[y.at / 4 + unit * pixels + pixel] = -sum * step.scale;
        }
      }
    };
  },

  pool(step, [x], y, place) {
    const [channels, height, width] = x.shape, [, down, across] = y.shape;
    const {kernel: [kh, kw], stride: [sh, sw], pads: [top, bottom, left, right]} = step;
    return () => place.kernels.pool(x.at, y.at, channels, height, width, down, across, kh, kw, sh,
      sw, top, left, bottom, right, Number(step.how === "max"), Number(step.counts));
  },

  /** Averages over an even grid: its windows are not all alike, and may overlap. */
  adaptive(step, [x], y, place) {
    const [channels, height, width] = x.shape, [, down, across] = y.shape;
    const run = (at, length, count) => [Math.floor(at * length / count), Math.ceil((at + 1) * length / count)];
    return () => {
      const {heap} = place.kernels;
      let to = y.at / 4;
      for (let channel = 0; channel < channels; channel++) {
        for (let row = 0; row < down; row++) {
          for (let column = 0; column < across; column++) {
            const [y0, y1] = run(row, height, down), [x0, x1] = run(column, width, across);
            let sum = 0;
            for (let at = y0; at < y1; at++) {
              const line = x.at / 4 + (channel * height + at) * width;
              for (let one = x0; one < x1; one++) sum += heap[line + one];
            }
            heap[to++] = sum / ((y1 - y0) * (x1 - x0));
          }
        }
      }
    };
  },

  lrn(step, [x], y, place) {
    const [channels, height, width] = x.shape, {kernels} = place, before = step.size >> 1;
    if (step.beta !== 0.75) {
      return () => normalise(kernels.heap, x.at, y.at, channels, height * width, step, before);
    }
    return () => kernels.lrn(x.at, y.at, channels, height * width, step.size, before, step.k, step.alpha);
  },

  pad(step, [x], y, place) {
    const [channels, height, width] = x.shape, [, high, wide] = y.shape, [top, , left] = step.pads;
    return () => place.kernels.pad(x.at, y.at, channels, height, width, high, wide, top, left);
  },

  /** Every stride-th value, and maps of zeros (He et al. 2016, section 3.3, option A). */
  shortcut(step, [x], y, place) {
    const [channels, height, width] = x.shape, [, down, across] = y.shape, [sh, sw] = step.stride;
    return () => {
      const {heap} = place.kernels;
      heap.fill(0, y.at / 4, y.at / 4 + volume(y.shape));
      let to = y.at / 4 + step.before * down * across;
      for (let channel = 0; channel < channels; channel++) {
        for (let row = 0; row < down; row++) {
          const line = x.at / 4 + (channel * height + row * sh) * width;
          for (let column = 0; column < across; column++) heap[to++] = heap[line + column * sw];
        }
      }
    };
  },

  concat(step, several, y, place) {
    return () => {
      let to = y.at / 4;
      for (const {at, shape} of several) {
        place.kernels.heap.copyWithin(to, at / 4, at / 4 + volume(shape));
        to += volume(shape);
      }
    };
  },

  add(step, several, y, place) {
    const [first, ...others] = several, count = volume(y.shape), active = ACTIVE[step.activation] || 0;
    const {kernels} = place;
    return () => {
      kernels.heap.copyWithin(y.at / 4, first.at / 4, first.at / 4 + count);
      if (!others.length) kernels.add(y.at, y.at, count, step.scales[0], 0, active);
      others.forEach(({at}, number) => {
        const last = number === others.length - 1;
        kernels.add(at, y.at, count, number ? 1 : step.scales[0], step.scales[number + 1], last ? active : 0);
      });
    };
  },

  /** An activation alone. */
  active(step, [x], y, place) {
    const count = volume(y.shape), active = ACTIVE[step.activation] || 0;
    return () => {
      place.kernels.heap.copyWithin(y.at / 4, x.at / 4, x.at / 4 + count);
      if (active) place.kernels.add(y.at, y.at, count, 1, 0, active);
    };
  },
};

/** A step with what follows it: an activation that its kernel has not. */
function ready(step, reads, y, place) {
  const layer = LAYERS[step.op](step, reads, y, place), other = OTHERS[step.activation];
  if (!other) return layer;
  const count = volume(y.shape);
  return () => {
    layer();
    const {heap} = place.kernels;
    for (let at = y.at / 4; at < y.at / 4 + count; at++) heap[at] = other(heap[at]);
  };
}
