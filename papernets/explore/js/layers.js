/* Each kind of layer: its shape, parameters, multiply-adds and words side by side.
   It is papernets/spec/weighted.py and weightless.py over again; tests/explore holds them equal.
   `s` is the input's shape, [channels, height, width]; `layer` has the fields of Python's layer. */

/** An error that the reader is told, in Python's words. */
class Impossible extends Error {}

const NO_NORM = {eps: 1e-5, scale: true, momentum: 0.1};

/** The fields that a layer has where the data does not name them. */
const DEFAULTS = {
  Conv: {stride: 1, padding: 0, groups: 1, bias: true, norm: null, activation: null},
  TableConv: {activation: null},
  Subsample: {kernel: 2, activation: null, sources: null},
  Dense: {bias: true, norm: null, activation: null},
  RBF: {scale: 1},
  BatchNorm: {norm: NO_NORM, activation: null},
  Pool: {stride: null, padding: 0, ceil: false, count_padding: true, activation: null},
  AdaptivePool: {}, GlobalPool: {}, Flatten: {}, LRN: {}, Dropout: {}, Activation: {}, Identity: {},
  Pad: {},
  PadShortcut: {stride: 2, before: 0},
  Add: {activation: null, scales: null},
  Concat: {}, Chain: {},
  Aux: {counted: false},
};

function normParams(norm, channels) {
  return norm ? channels * (norm.scale ? 2 : 1) : 0;
}

function normSaid(norm, channels) {
  return norm ? ` + ${comma(normParams(norm, channels))} for the normalisation` : "";
}

/** What every layer answers; the defaults: no parameters, nothing changed. */
const PLAIN = {
  shape: (layer, s) => s,
  params: () => 0,
  fixed: () => 0,
  macs: () => 0,
  connections: () => 0,
  window: () => null,
  reach: (layer, s) => LAYERS[layer.is].window(layer, s),
  seesAll: () => false,
  settings: () => ({}),
  words: () => "",
  check: () => {},
};

function convWeights(layer, s) {
  const [kh, kw] = pair(layer.kernel);
  return kh * kw * Math.floor(s[0] / layer.groups) * layer.out;
}

/** How many two-dimensional kernels a table asks for. */
function kernelsOf(layer) {
  return sum(layer.table.map((maps) => maps.length));
}

/** How many output maps see so many input maps: [[how many they see, how many maps]]. */
function fansOf(layer) {
  const counts = new Map();
  for (const maps of layer.table) counts.set(maps.length, (counts.get(maps.length) || 0) + 1);
  return [...counts].sort((a, b) => a[0] - b[0]);
}

const LAYERS = {
  Conv: {
    ...PLAIN,
    kind: () => "conv",
    window: (layer) => slidingWindow(layer.kernel, layer.stride, layer.padding),
    shape: (layer, s) => [layer.out, ...slidOver(LAYERS.Conv.window(layer), s.slice(1))],
    params: (layer, s) => convWeights(layer, s) + (layer.bias ? layer.out : 0) +
      normParams(layer.norm, layer.out),
    macs(layer, s) {
      const o = this.shape(layer, s);
      return convWeights(layer, s) * o[1] * o[2];
    },
    connections(layer, s) {
      const o = this.shape(layer, s);
      return (convWeights(layer, s) + (layer.bias ? layer.out : 0)) * o[1] * o[2];
    },
    settings: (layer, s) => ({
      ...zerosOf(LAYERS.Conv.window(layer), s.slice(1)), bias: layer.bias, norm: layer.norm,
    }),
    words(layer, s) {
      const o = this.shape(layer, s), [kh, kw] = pair(layer.kernel);
      const inside = `${kh}×${kw}×${Math.floor(s[0] / layer.groups)}` + (layer.bias ? " + 1" : "");
      const per = convWeights(layer, s) + (layer.bias ? layer.out : 0);
      return `size ${windowWords(this.window(layer), s.slice(1))}; parameters (${inside})×` +
        `${layer.out}${normSaid(layer.norm, layer.out)} = ${comma(this.params(layer, s))}; ` +
        `connections ${comma(per)}×${o[1]}×${o[2]} = ${comma(this.connections(layer, s))}`;
    },
    check(layer, s) {
      if (s[0] % layer.groups || layer.out % layer.groups) {
        throw new Impossible(`${plural(s[0], "channel")} to ${layer.out} cannot be split into ` +
          `${layer.groups} groups`);
      }
    },
  },
  TableConv: {
    ...PLAIN,
    kind: () => "table conv",
    window: (layer) => slidingWindow(layer.kernel, 1),
    shape: (layer, s) => [layer.table.length, ...slidOver(LAYERS.TableConv.window(layer), s.slice(1))],
    params(layer) {
      const [kh, kw] = pair(layer.kernel);
      return kernelsOf(layer) * kh * kw + layer.table.length;
    },
    macs(layer, s) {
      const [kh, kw] = pair(layer.kernel), o = this.shape(layer, s);
      return kernelsOf(layer) * kh * kw * o[1] * o[2];
    },
    connections(layer, s) {
      const o = this.shape(layer, s);
      return this.params(layer, s) * o[1] * o[2];
    },
    settings: (layer, s) => zerosOf(LAYERS.TableConv.window(layer), s.slice(1)),
    words(layer, s) {
      const [kh, kw] = pair(layer.kernel), o = this.shape(layer, s);
      const terms = fansOf(layer).map(([fan, n]) => `${n}×(${fan}×${kh}×${kw} + 1)`).join(" + ");
      const params = comma(this.params(layer, s));
      return `size ${windowWords(this.window(layer), s.slice(1))}; parameters ${terms} = ${params}; ` +
        `connections ${params}×${o[1]}×${o[2]} = ${comma(this.connections(layer, s))}`;
    },
    check(layer, s) {
      layer.table.forEach((maps, at) => {
        const bad = maps.some((m) => !(0 <= m && m < s[0]));
        if (bad || !maps.length || new Set(maps).size !== maps.length) {
          const listed = maps.length === 1 ? `(${maps[0]},)` : `(${maps.join(", ")})`;
          throw new Impossible(`output map ${at} of the connection table lists ${listed}; ` +
            `it needs different maps from 0 to ${s[0] - 1}`);
        }
      });
    },
  },
  Subsample: {
    ...PLAIN,
    kind: () => "subsample",
    window: (layer) => slidingWindow(layer.kernel, layer.kernel),
    shape: (layer, s) => [layer.sources === null ? s[0] : layer.sources.length,
      ...slidOver(LAYERS.Subsample.window(layer), s.slice(1))],
    params(layer, s) { return 2 * this.shape(layer, s)[0]; },
    connections(layer, s) {
      const [kh, kw] = pair(layer.kernel), o = this.shape(layer, s);
      return (kh * kw + 1) * volume(o);
    },
    words(layer, s) {
      const [kh, kw] = pair(layer.kernel), o = this.shape(layer, s);
      return `size ${windowWords(this.window(layer), s.slice(1))}; parameters 2×${o[0]} = ` +
        `${comma(this.params(layer, s))}; connections (${kh}×${kw} + 1)×${o.join("×")} = ` +
        comma(this.connections(layer, s));
    },
    check(layer, s) {
      const bad = (layer.sources || []).filter((m) => !(0 <= m && m < s[0]));
      if (bad.length) {
        throw new Impossible(`subsampling takes input map ${bad[0]}, but there are ${s[0]}`);
      }
    },
  },
  Dense: {
    ...PLAIN,
    kind: () => "dense",
    shape: (layer) => [layer.out, 1, 1],
    params: (layer, s) => s[0] * layer.out + (layer.bias ? layer.out : 0) +
      normParams(layer.norm, layer.out),
    macs: (layer, s) => s[0] * layer.out,
    connections: (layer, s) => s[0] * layer.out + (layer.bias ? layer.out : 0),
    seesAll: () => true,
    settings: (layer) => ({bias: layer.bias, norm: layer.norm}),
    words(layer, s) {
      const inside = layer.bias ? `(${comma(s[0])} + 1)` : comma(s[0]);
      return `parameters ${inside}×${comma(layer.out)}${normSaid(layer.norm, layer.out)} = ` +
        comma(this.params(layer, s));
    },
    check(layer, s) {
      if (s[1] !== 1 || s[2] !== 1) {
        throw new Impossible(`a dense layer needs a flat input, not ${shown(s)}; put Flatten first`);
      }
    },
  },
  RBF: {
    ...PLAIN,
    kind: () => "rbf",
    shape: (layer, s) => [layer.codes.count, s[1], s[2]],
    fixed: (layer, s) => layer.codes.count * s[0],
    macs: (layer, s) => layer.codes.count * volume(s),
    connections: (layer, s) => layer.codes.count * volume(s),
    settings: (layer) => ({scale: layer.scale}),
    words(layer, s) {
      return `${layer.codes.count} codes of ${s[0]}: ${comma(this.fixed(layer, s))} fixed weights, ` +
        "none trained";
    },
    check(layer, s) {
      if (layer.codes.count && layer.codes.length !== s[0]) {
        throw new Impossible(
          `the codes have ${plural(layer.codes.length, "value")}, the input has ${s[0]}`);
      }
    },
  },
  BatchNorm: {
    ...PLAIN,
    kind: () => "batch norm",
    params: (layer, s) => normParams(layer.norm, s[0]),
    settings: (layer) => ({norm: layer.norm}),
    words(layer, s) {
      return `parameters ${layer.norm.scale ? 2 : 1}×${s[0]} = ${comma(this.params(layer, s))}`;
    },
  },
  Pool: {
    ...PLAIN,
    kind: (layer) => `${layer.how} pool`,
    window: (layer) => slidingWindow(
      layer.kernel, layer.stride === null ? layer.kernel : layer.stride, layer.padding, layer.ceil),
    shape: (layer, s) => [s[0], ...slidOver(LAYERS.Pool.window(layer), s.slice(1))],
    settings(layer, s) {
      const around = zerosOf(this.window(layer), s.slice(1));
      const counts = layer.how === "average" && around.padding && (
        anyZeros(around.padding));
      return {...around, ceil: layer.ceil, ...(counts ? {padding_counted: layer.count_padding} : {})};
    },
    words(layer, s) { return `size ${windowWords(this.window(layer), s.slice(1))}`; },
  },
  AdaptivePool: {
    ...PLAIN,
    kind: () => "adaptive average pool",
    shape: (layer, s) => [s[0], ...pair(layer.size)],
    reach(layer, s) {
      const sides = [0, 1].map((at) => {
        const n = s[at + 1], out = pair(layer.size)[at];
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
    words: (layer) => `x / (${general(layer.k)} + ${general(layer.alpha)}×sum of ${layer.size} ` +
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
      return `${plural(height, "row")} of zeros above and below, ` +
        `${plural(width, "column")} on each side`;
    },
  },
  PadShortcut: {
    ...PLAIN,
    kind: () => "pad shortcut",
    window: (layer) => slidingWindow(1, layer.stride),
    shape: (layer, s) => [layer.out, ...slidOver(LAYERS.PadShortcut.window(layer), s.slice(1))],
    settings: (layer) => ({before: layer.before}),
    words(layer, s) {
      return `size ${windowWords(this.window(layer), s.slice(1))}; channels ${s[0]} + ` +
        `${layer.out - s[0]} of zeros`;
    },
    check(layer, s) {
      if (!(s[0] + layer.before <= layer.out) || layer.before < 0) {
        const more = plural(layer.before, "channel");
        const front = layer.before ? ` and ${more} of zeros in front` : "";
        throw new Impossible(
          `${plural(s[0], "channel")}${front} cannot be padded with zeros to ${layer.out}`);
      }
    },
  },
};

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
      throw new Impossible(`branch ${first} gives ${shown(ends[0])} but branch ${other} gives ` +
        `${shown(end)}: they cannot be ${word}`);
    }
  });
}
