/* How one value of a map comes about: the window of each input map, the kernel, the products, the
   bias and what follows. The weights are those of the page. */

/** What follows a layer's sum: its words, and its function. */
const FOLLOWS = {
  relu: ["values below 0 become 0", (x) => Math.max(x, 0)],
  relu6: ["kept between 0 and 6", (x) => Math.min(Math.max(x, 0), 6)],
  tanh: ["tanh", Math.tanh],
  scaled_tanh: ["1.7159 tanh(2x/3)", (x) => 1.7159 * Math.tanh((2 * x) / 3)],
  sigmoid: ["1/(1 + exp(−x))", (x) => 1 / (1 + Math.exp(-x))],
};

/** Whether `pixelOf` can say how a step's values come about. */
function isTold(network, step) {
  return ["conv", "subsample", "pool"].includes(step?.op) && (step.op === "pool" || network.holdsWeights);
}

/** The window of a map at a place of the output, rows of values; null where it is over the edge. */
function windowAt({height, width, values}, map, [top, left], [kh, kw]) {
  return Array.from({length: kh}, (_, y) =>
    Array.from({length: kw}, (__, x) => {
      const [row, column] = [top + y, left + x];
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      return inside ? values[(map * height + row) * width + column] : null;
    }),
  );
}

/** Which input maps a map of a step looks at, and where the kernel of the first of them begins. */
function kernelPlaces(step, channels, map) {
  const [kh, kw] = step.kernel,
    size = kh * kw;
  if (step.table) {
    const before = sum(step.table.slice(0, map).map((one) => one.length));
    return {sources: step.table[map], first: before * size};
  }
  const own = channels / step.groups,
    group = Math.floor((map * step.groups) / step.out[0]);
  return {sources: Array.from({length: own}, (_, at) => group * own + at), first: map * own * size};
}

/**
 * One value of a map, [row, column] of a row's output, for an answer of a network: `parts` has for
 * each input map its number, its window, its kernel (null for pooling) and what they give together;
 * `total` is their sum with the bias, or the pooled value, and `value` what follows makes of it.
 */
function pixelOf(answer, name, map, [row, column]) {
  const {network} = answer,
    step = network.program.steps.find((one) => one.name === name),
    input = answer.map(step.from[0]),
    [kh, kw] = step.kernel,
    [sh, sw] = step.stride || step.kernel,
    [above, , before] = step.pads || [0, 0, 0, 0];
  const corner = [row * sh - above, column * sw - before];
  const cut = (source) => windowAt(input, source, corner, step.kernel);
  const [, follow] = FOLLOWS[step.activation] || ["", (x) => x];
  const told = {op: step.op, how: step.how || "", activation: step.activation || "", weight: null, bias: null};
  if (step.op === "conv") {
    const {sources, first} = kernelPlaces(step, input.channels, map),
      weights = network.numbersOf(step.weight);
    const parts = sources.map((source, at) => {
      const window = cut(source),
        start = first + at * kh * kw;
      const kernel = window.map((line, y) => line.map((_, x) => weights[start + y * kw + x]));
      return {source: source, window: window, kernel: kernel, sum: sum(window.flatMap((line, y) => line.map((value, x) => (value ?? 0) * kernel[y][x])))};
    });
    const bias = step.bias ? network.numbersOf(step.bias)[map] : 0,
      total = sum(parts.map((part) => part.sum)) + bias;
    return {...told, parts: parts, bias: bias, total: total, value: follow(total)};
  }
  const source = step.sources ? step.sources[map] : map,
    window = cut(source),
    inside = window.flat().filter((value) => value !== null);
  const added = sum(inside);
  if (step.op === "subsample") {
    const [weight, bias] = [step.weight, step.bias].map((one) => network.numbersOf(one)[map]),
      total = added * weight + bias;
    return {...told, parts: [{source: source, window: window, kernel: null, sum: added}], weight: weight, bias: bias, total: total, value: follow(total)};
  }
  const count = step.counts ? kh * kw : inside.length,
    total = step.how === "max" ? Math.max(...inside) : added / count;
  return {...told, parts: [{source: source, window: window, kernel: null, sum: total}], total: total, value: follow(total)};
}
