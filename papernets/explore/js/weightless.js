/* Layers without weights, and joins (papernets/spec/weightless.py, joins.py). */

const WEIGHTLESS = {
  Pool: {
    ...PLAIN,
    kind: (layer) => `${layer.how} pool`,
    window: (layer) =>
      slidingWindow(
        layer.kernel,
        layer.stride === null ? layer.kernel : layer.stride,
        layer.padding,
        layer.ceil,
      ),
    shape: (layer, s) => [s[0], ...slidOver(LAYERS.Pool.window(layer), s.slice(1))],
    settings(layer, s) {
      const around = zerosOf(this.window(layer), s.slice(1));
      const counts = layer.how === "average" && around.padding && anyZeros(around.padding);
      return {...around, ceil: layer.ceil, ...(counts ? {padding_counted: layer.count_padding} : {})};
    },
    words(layer, s) {
      return `size ${windowWords(this.window(layer), s.slice(1))}`;
    },
  },
  AdaptivePool: {
    ...PLAIN,
    kind: () => "adaptive average pool",
    shape: (layer, s) => [s[0], ...pair(layer.size)],
    reach(layer, s) {
      const sides = [0, 1].map((at) => {
        const n = s[at + 1],
          out = pair(layer.size)[at];
        return [Math.ceil((n + out - commonDivisor(n, out)) / out), Math.max(Math.floor(n / out), 1)];
      });
      return slidingWindow([sides[0][0], sides[1][0]], [sides[0][1], sides[1][1]]);
    },
    words(layer, s) {
      const k = this.reach(layer, s).kernel;
      return `windows of up to ${k[0]}×${k[1]} of ${s[1]}×${s[2]} values`;
    },
  },
  GlobalPool: {
    ...PLAIN,
    kind: () => "global average pool",
    shape: (layer, s) => [s[0], 1, 1],
    seesAll: () => true,
    words: (layer, s) => `average of ${s[1]}×${s[2]} values a map`,
  },
  Flatten: {
    ...PLAIN,
    kind: () => "flatten",
    shape: (layer, s) => [volume(s), 1, 1],
    seesAll: () => true,
    words: (layer, s) => `${s.join("×")} = ${comma(volume(s))} values`,
  },
  LRN: {
    ...PLAIN,
    kind: () => "lrn",
    settings: (layer) => ({size: layer.size, k: layer.k, alpha: layer.alpha, beta: layer.beta}),
    words: (layer) =>
      `x / (${general(layer.k)} + ${general(layer.alpha)}×sum of ${layer.size} ` +
      `squares)^${general(layer.beta)}`,
  },
  Dropout: {
    ...PLAIN,
    kind: () => "dropout",
    settings: (layer) => ({rate: layer.rate}),
    words: (layer) => `rate ${general(layer.rate)}, in training only`,
  },
  Activation: {...PLAIN, kind: () => "activation"},
  Identity: {...PLAIN, kind: () => "identity"},
  Pad: {
    ...PLAIN,
    kind: () => "pad",
    reach: (layer) => slidingWindow(1, 1, layer.padding),
    shape: (layer, s) => [s[0], ...slidOver(LAYERS.Pad.reach(layer), s.slice(1))],
    settings: (layer, s) => zerosOf(LAYERS.Pad.reach(layer), s.slice(1)),
    words(layer) {
      const [height, width] = pair(layer.padding);
      return (
        `${plural(height, "row")} of zeros above and below, ` + `${plural(width, "column")} on each side`
      );
    },
  },
  PadShortcut: {
    ...PLAIN,
    kind: () => "pad shortcut",
    window: (layer) => slidingWindow(1, layer.stride),
    shape: (layer, s) => [layer.out, ...slidOver(LAYERS.PadShortcut.window(layer), s.slice(1))],
    settings: (layer) => ({before: layer.before}),
    words(layer, s) {
      return (
        `size ${windowWords(this.window(layer), s.slice(1))}; channels ${s[0]} + ` +
        `${layer.out - s[0]} of zeros`
      );
    },
    check(layer, s) {
      if (!(s[0] + layer.before <= layer.out) || layer.before < 0) {
        const more = plural(layer.before, "channel");
        const front = layer.before ? ` and ${more} of zeros in front` : "";
        throw new Impossible(
          `${plural(s[0], "channel")}${front} cannot be padded with zeros to ${layer.out}`,
        );
      }
    },
  },
};

/** Every kind of layer, by the name of its class in Python. */
const LAYERS = {...WEIGHTED, ...WEIGHTLESS};

function commonDivisor(a, b) {
  return b ? commonDivisor(b, a % b) : a;
}

const JOINS = {
  Concat: {
    kind: () => "concat",
    shape(join, ends) {
      checkAlike(join, ends, (end) => end.slice(1), "joined");
      return [sum(ends.map((end) => end[0])), ...ends[0].slice(1)];
    },
    words(join, ends) {
      const maps = ends.map((end) => end[0]);
      return `${maps.join(" + ")} = ${sum(maps)} channels`;
    },
    settings: () => ({}),
  },
  Add: {
    kind: () => "add",
    shape(join, ends) {
      checkAlike(join, ends, (end) => end, "added");
      return ends[0];
    },
    words: (join, ends) => `sum of ${ends.length} branches`,
    settings(join) {
      const scales = join.scales || join.branches.map(() => 1);
      return {scales: Object.fromEntries(join.branches.map(([name], at) => [name, scales[at]]))};
    },
  },
};

/** An error with the first branch whose shape, as far as it is wanted alike, is another. */
function checkAlike(join, ends, wanted, word) {
  ends.forEach((end, at) => {
    if (!equal(wanted(end), wanted(ends[0]))) {
      const [first, other] = [0, at].map((one) => join.branches[one][0] || "without a name");
      throw new Impossible(
        `branch ${first} gives ${shown(ends[0])} but branch ${other} gives ` +
          `${shown(end)}: they cannot be ${word}`,
      );
    }
  });
}
