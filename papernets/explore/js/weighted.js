/* Layers with weights: shape, parameters, multiply-adds, connections and words side by side
   (papernets/spec/weighted.py). */

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

const WEIGHTED = {
  Conv: {
    ...PLAIN,
    kind: () => "conv",
    window: (layer) => slidingWindow(layer.kernel, layer.stride, layer.padding),
    shape: (layer, s) => [layer.out, ...slidOver(LAYERS.Conv.window(layer), s.slice(1))],
    params: (layer, s) =>
      convWeights(layer, s) + (layer.bias ? layer.out : 0) + normParams(layer.norm, layer.out),
    macs(layer, s) {
      const o = this.shape(layer, s);
      return convWeights(layer, s) * o[1] * o[2];
    },
    connections(layer, s) {
      const o = this.shape(layer, s);
      return (convWeights(layer, s) + (layer.bias ? layer.out : 0)) * o[1] * o[2];
    },
    settings: (layer, s) => ({
      ...zerosOf(LAYERS.Conv.window(layer), s.slice(1)),
      bias: layer.bias,
      norm: layer.norm,
    }),
    words(layer, s) {
      const o = this.shape(layer, s),
        [kh, kw] = pair(layer.kernel);
      const inside = `${kh}×${kw}×${Math.floor(s[0] / layer.groups)}` + (layer.bias ? " + 1" : "");
      const per = convWeights(layer, s) + (layer.bias ? layer.out : 0);
      return (
        `size ${windowWords(this.window(layer), s.slice(1))}; parameters (${inside})×` +
        `${layer.out}${normSaid(layer.norm, layer.out)} = ${comma(this.params(layer, s))}; ` +
        `connections ${comma(per)}×${o[1]}×${o[2]} = ${comma(this.connections(layer, s))}`
      );
    },
    check(layer, s) {
      if (s[0] % layer.groups || layer.out % layer.groups) {
        throw new Impossible(
          `${plural(s[0], "channel")} to ${layer.out} cannot be split into ` + `${layer.groups} groups`,
        );
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
      const [kh, kw] = pair(layer.kernel),
        o = this.shape(layer, s);
      return kernelsOf(layer) * kh * kw * o[1] * o[2];
    },
    connections(layer, s) {
      const o = this.shape(layer, s);
      return this.params(layer, s) * o[1] * o[2];
    },
    settings: (layer, s) => zerosOf(LAYERS.TableConv.window(layer), s.slice(1)),
    words(layer, s) {
      const [kh, kw] = pair(layer.kernel),
        o = this.shape(layer, s);
      const terms = fansOf(layer)
        .map(([fan, n]) => `${n}×(${fan}×${kh}×${kw} + 1)`)
        .join(" + ");
      const params = comma(this.params(layer, s));
      return (
        `size ${windowWords(this.window(layer), s.slice(1))}; parameters ${terms} = ${params}; ` +
        `connections ${params}×${o[1]}×${o[2]} = ${comma(this.connections(layer, s))}`
      );
    },
    check(layer, s) {
      layer.table.forEach((maps, at) => {
        const bad = maps.some((m) => !(0 <= m && m < s[0]));
        if (bad || !maps.length || new Set(maps).size !== maps.length) {
          const listed = maps.length === 1 ? `(${maps[0]},)` : `(${maps.join(", ")})`;
          throw new Impossible(
            `output map ${at} of the connection table lists ${listed}; ` +
              `it needs different maps from 0 to ${s[0] - 1}`,
          );
        }
      });
    },
  },
  Subsample: {
    ...PLAIN,
    kind: () => "subsample",
    window: (layer) => slidingWindow(layer.kernel, layer.kernel),
    shape: (layer, s) => [
      layer.sources === null ? s[0] : layer.sources.length,
      ...slidOver(LAYERS.Subsample.window(layer), s.slice(1)),
    ],
    params(layer, s) {
      return 2 * this.shape(layer, s)[0];
    },
    connections(layer, s) {
      const [kh, kw] = pair(layer.kernel),
        o = this.shape(layer, s);
      return (kh * kw + 1) * volume(o);
    },
    words(layer, s) {
      const [kh, kw] = pair(layer.kernel),
        o = this.shape(layer, s);
      return (
        `size ${windowWords(this.window(layer), s.slice(1))}; parameters 2×${o[0]} = ` +
        `${comma(this.params(layer, s))}; connections (${kh}×${kw} + 1)×${o.join("×")} = ` +
        comma(this.connections(layer, s))
      );
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
    params: (layer, s) =>
      s[0] * layer.out + (layer.bias ? layer.out : 0) + normParams(layer.norm, layer.out),
    macs: (layer, s) => s[0] * layer.out,
    connections: (layer, s) => s[0] * layer.out + (layer.bias ? layer.out : 0),
    seesAll: () => true,
    settings: (layer) => ({bias: layer.bias, norm: layer.norm}),
    words(layer, s) {
      const inside = layer.bias ? `(${comma(s[0])} + 1)` : comma(s[0]);
      return (
        `parameters ${inside}×${comma(layer.out)}${normSaid(layer.norm, layer.out)} = ` +
        comma(this.params(layer, s))
      );
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
      return (
        `${layer.codes.count} codes of ${s[0]}: ${comma(this.fixed(layer, s))} fixed weights, ` +
        "none trained"
      );
    },
    check(layer, s) {
      if (layer.codes.count && layer.codes.length !== s[0]) {
        throw new Impossible(
          `the codes have ${plural(layer.codes.length, "value")}, the input has ${s[0]}`,
        );
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
};
