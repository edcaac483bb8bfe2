/* A small network of digits at work: every row's values for one picture, as float32.
   The layers are those of papernets/run/layers.py; tests hold them to 1e-4 of the largest value. */

const ACTIVE = {
  relu: (x) => Math.max(x, 0),
  relu6: (x) => Math.min(Math.max(x, 0), 6),
  tanh: Math.tanh,
  scaled_tanh: (x) => 1.7159 * Math.tanh(2 * x / 3),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** Adds one kernel's products with one input map to one output map. */
function slide(input, from, [h, w], kernel, at, [kh, kw], output, to, [oh, ow], [sh, sw], [[top], [left]]) {
  for (let ky = 0; ky < kh; ky++) {
    for (let kx = 0; kx < kw; kx++) {
      const weight = kernel[at + ky * kw + kx];
      for (let y = 0; y < oh; y++) {
        const iy = y * sh + ky - top;
        if (iy < 0 || iy >= h) continue;
        for (let x = 0; x < ow; x++) {
          const ix = x * sw + kx - left;
          if (ix >= 0 && ix < w) output[to + y * ow + x] += weight * input[from + iy * w + ix];
        }
      }
    }
  }
}

/** What a row gives, from its input values and its tensors. */
const RUNS = {
  Conv(row, x, {weight, bias}) {
    const {layer} = row, window = windowOf(row), size = row.input.slice(1), out = row.out.slice(1);
    const inputs = row.input[0] / layer.groups, outputs = layer.out / layer.groups;
    const [kh, kw] = window.kernel, pads = padsOf(window, size), y = new Float64Array(volume(row.out));
    for (let map = 0; map < layer.out; map++) {
      const group = Math.floor(map / outputs), to = map * out[0] * out[1];
      y.fill(bias ? bias[map] : 0, to, to + out[0] * out[1]);
      for (let source = 0; source < inputs; source++) {
        slide(x, (group * inputs + source) * size[0] * size[1], size, weight,
          (map * inputs + source) * kh * kw, [kh, kw], y, to, out, window.stride, pads);
      }
    }
    return y;
  },
  TableConv(row, x, {weight, bias}) {
    const {layer} = row, [kh, kw] = pair(layer.kernel), size = row.input.slice(1), out = row.out.slice(1);
    const y = new Float64Array(volume(row.out));
    let kernel = 0;
    layer.table.forEach((maps, map) => {
      const to = map * out[0] * out[1];
      y.fill(bias[map], to, to + out[0] * out[1]);
      for (const source of maps) {
        slide(x, source * size[0] * size[1], size, weight, kernel++ * kh * kw, [kh, kw], y, to, out, [1, 1], [[0], [0]]);
      }
    });
    return y;
  },
  Subsample(row, x, {weight, bias}) {
    const {layer} = row, [kh, kw] = pair(layer.kernel), [, h, w] = row.input, [maps, oh, ow] = row.out;
    const y = new Float64Array(volume(row.out));
    for (let map = 0; map < maps; map++) {
      const from = (layer.sources ? layer.sources[map] : map) * h * w;
      for (let at = 0; at < oh * ow; at++) {
        const top = Math.floor(at / ow) * kh, left = (at % ow) * kw;
        let total = 0;
        for (let dy = 0; dy < kh; dy++) for (let dx = 0; dx < kw; dx++) total += x[from + (top + dy) * w + left + dx];
        y[map * oh * ow + at] = total * weight[map] + bias[map];
      }
    }
    return y;
  },
  Pool(row, x) {
    const {layer} = row, window = windowOf(row), [, h, w] = row.input, [maps, oh, ow] = row.out;
    const [[top], [left]] = padsOf(window, [h, w]), [kh, kw] = window.kernel, [sh, sw] = window.stride;
    const y = new Float64Array(volume(row.out));
    for (let map = 0; map < maps; map++) {
      for (let at = 0; at < oh * ow; at++) {
        let total = 0, most = -Infinity, count = 0;
        for (let dy = 0; dy < kh; dy++) {
          for (let dx = 0; dx < kw; dx++) {
            const iy = Math.floor(at / ow) * sh + dy - top, ix = (at % ow) * sw + dx - left;
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
  Flatten: (row, x) => Float64Array.from(x),
  Dropout: (row, x) => Float64Array.from(x),
  Identity: (row, x) => Float64Array.from(x),
  Activation: (row, x) => Float64Array.from(x),
};

/** The values of all rows, by name, for a picture of values; rows stand in one line. */
function run(rows, tensors, picture) {
  const found = new Map();
  let values = picture;
  for (const row of rows) {
    const y = RUNS[row.layer.is](row, values, tensors[row.name] || {});
    const active = ACTIVE[activationOf(row) || ""];
    values = Float32Array.from(active ? y.map(active) : y);
    found.set(row.name, values);
  }
  return found;
}

function softmax(values) {
  const most = Math.max(...values), powers = [...values].map((value) => Math.exp(value - most));
  const total = sum(powers);
  return powers.map((value) => value / total);
}

/** A network of digits with its weights unpacked; `data` is of the page's networks. */
function digitNetwork(packed, data) {
  const net = instantiate(data, ownSizes(data)), rows = walk(net);
  const members = packed.members.map((member) => {
    const numbers = halves(unpacked(member.weights)), tensors = Object.create(null); // any name
    for (const [row, leaf, at, count] of member.tensors) {
      (tensors[row] ||= {})[leaf] = numbers.subarray(at, at + count);
    }
    return tensors;
  });
  return {...packed, net: net, rows: rows, members: members};
}

/** A stored picture, 28x28 of 0 to 255, as the network's input: ground around it, then low to high. */
function prepared(network, digit) {
  const [, height, width] = network.net.input, [h, w] = network.picture;
  const top = Math.floor((height - h) / 2), left = Math.floor((width - w) / 2);
  const found = new Float32Array(height * width).fill(network.low);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const value = network.low + digit[y * w + x] * ((network.high - network.low) / 255);
      found[(y + top) * width + x + left] = value;
    }
  }
  return found;
}

/**
 * What a network says of a stored digit: each member's rows, the outputs by the committee's rule,
 * the scores as `predict` prints them, the label, and how many members were asked.
 */
function recognised(network, digit) {
  const input = prepared(network, digit), last = network.rows.at(-1).name;
  const ask = (member) => run(network.rows, member, input);
  const answers = [ask(network.members[0])];
  let outputs = [...answers[0].get(last)], asked = 1;
  if (network.members.length > 1) {
    const {weights, alone, margin} = network.rule;
    const scaled = outputs.map((value) => value * alone);
    const [first, second] = softmax(scaled).sort((a, b) => b - a);
    const sure = margin !== null && first - second > margin;
    for (const member of network.members.slice(1)) answers.push(ask(member)); // shown, asked or not
    asked = sure ? 1 : network.members.length;
    outputs = sure ? scaled : outputs.map((_, at) =>
      sum(answers.map((rows, number) => rows.get(last)[at] * (weights ? weights[number] : 1))));
  }
  const scores = softmax(outputs.map((value) => value * network.scale));
  return {input: input, members: answers, outputs: outputs, scores: scores,
    label: outputs.indexOf(Math.max(...outputs)), asked: asked};
}
