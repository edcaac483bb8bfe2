/* What a layer would cost if it were made otherwise
   (papernets/arithmetic/ways.py). */

/** What layers one after another cost on an input of this shape; an Impossible: they do not fit. */
function costOf(layers, shape) {
  const found = {params: 0, macs: 0};
  for (const layer of layers) {
    const kind = LAYERS[layer.is];
    kind.check(layer, shape);
    found.params += kind.params(layer, shape);
    found.macs += kind.macs(layer, shape);
    shape = kind.shape(layer, shape);
    if (Math.min(...shape) < 1) throw new Impossible("a window does not fit");
  }
  return found;
}

/** The value of an action; null where it is impossible. */
function ifPossible(action) {
  try {
    return action();
  } catch (error) {
    if (error instanceof Impossible) return null;
    throw error;
  }
}

function costNow(rows) {
  return {params: sum(rows.map((row) => row.params)), macs: sum(rows.map((row) => row.macs))};
}

function plus(a, b, sign = 1) {
  return {params: a.params + sign * b.params, macs: a.macs + sign * b.macs};
}

function wayOf(row, what, layers, shape = row.input) {
  const cost = ifPossible(() => costOf(layers, shape));
  return cost && {what: what, cost: cost, now: costNow([row]), rows: [row.name]};
}

function layerOf(is, fields) {
  return {...DEFAULTS[is], is: is, ...fields};
}

/** "3x3". */
function kernelWords(row) {
  const window = windowOf(row);
  return by(window ? window.kernel : [1, 1]);
}

function isOne(layer) {
  return equal(pair(layer.kernel), [1, 1]);
}

/** The convolution of a row, where it has one group and a kernel of more than one value. */
function plainConv(row) {
  const {layer} = row;
  return layer.is === "Conv" && layer.groups === 1 && !isOne(layer) ? layer : null;
}

function rowBefore(graph, row) {
  return graph.rows.get(graph.sources.get(row.name)[0]) || null;
}

function takenAlone(graph, before, row) {
  return equal(graph.takers.get(before.name), [row.name]);
}

const WAYS = {
  dense(graph, row) {
    if (!["Conv", "TableConv"].includes(row.layer.is)) return null;
    const values = volume(row.input),
      bias = row.layer.bias ?? true,
      size = volume(row.out);
    return wayOf(
      row,
      `dense: each of ${comma(size)} neurons sees all ${comma(values)} input values`,
      [layerOf("Dense", {out: size, bias: bias})],
      [values, 1, 1],
    );
  },
  ungrouped(graph, row) {
    const {layer} = row;
    if (layer.is !== "Conv" || layer.groups === 1) return null;
    const what =
      layer.groups === row.input[0]
        ? "a full convolution: each filter sees"
        : "without groups: each filter sees";
    return wayOf(row, `${what} all ${plural(row.input[0], "map")}`, [{...layer, groups: 1}]);
  },
  tableless(graph, row) {
    const {layer} = row;
    if (layer.is !== "TableConv") return null;
    return wayOf(row, `without the table: each map sees all ${plural(row.input[0], "map")}`, [
      layerOf("Conv", {out: layer.table.length, kernel: layer.kernel}),
    ]);
  },
  unreduced(graph, row) {
    const {layer} = row,
      before = rowBefore(graph, row);
    if (layer.is !== "Conv" || isOne(layer) || !before) return null;
    const first = before.layer;
    const reduces =
      first.is === "Conv" &&
      isOne(first) &&
      first.groups === 1 &&
      before.out[0] < before.input[0] &&
      equal(before.input.slice(1), before.out.slice(1));
    if (!reduces || !takenAlone(graph, before, row) || layer.groups > 1) return null;
    const found = wayOf(
      row,
      `without its 1x1 reduction: ${kernelWords(row)} on all ${before.input[0]} maps`,
      [layer],
      before.input,
    );
    return found && {...found, now: costNow([before, row]), rows: [before.name, row.name]};
  },
  stack(graph, row) {
    const layer = plainConv(row);
    if (!layer) return null;
    const [height, width] = pair(layer.kernel),
      zeros = padsOf(windowOf(row), row.input.slice(1));
    if (height !== width || height % 2 === 0 || height < 5) return null;
    const count = Math.floor(height / 2),
      [d, h, w] = row.input;
    const one = {...layer, kernel: 3, stride: 1, padding: 0};
    return wayOf(
      row,
      `as a stack of ${count} 3x3, which see as far`,
      [...Array(count - 1).fill(one), {...one, stride: layer.stride}],
      [d, h + sum(zeros[0]), w + sum(zeros[1])],
    );
  },
  factored(graph, row) {
    const layer = plainConv(row);
    if (!layer || Math.min(...pair(layer.kernel)) === 1) return null;
    const [height, width] = pair(layer.kernel),
      [down, across] = pair(layer.stride);
    const zeros = padsOf(windowOf(row), row.input.slice(1));
    const padded = [row.input[0], row.input[1] + sum(zeros[0]), row.input[2]];
    const column = {...layer, kernel: [height, 1], stride: [down, 1], padding: 0};
    const cost = ifPossible(() => {
      const first = costOf([column], padded),
        between = LAYERS.Conv.shape(column, padded);
      const line = {...layer, kernel: [1, width], stride: [1, across], padding: 0};
      return plus(first, costOf([line], [between[0], between[1], between[2] + sum(zeros[1])]));
    });
    return (
      cost && {
        what: `as ${height}x1 and then 1x${width}`,
        cost: cost,
        now: costNow([row]),
        rows: [row.name],
      }
    );
  },
  separable(graph, row) {
    const layer = plainConv(row);
    if (!layer || row.input[0] === 1) return null;
    return wayOf(
      row,
      `depthwise separable: ${kernelWords(row)} a map, then 1x1 over ${plural(row.input[0], "map")}`,
      [
        {...layer, out: row.input[0], groups: row.input[0]},
        {...layer, kernel: 1, stride: 1, padding: 0},
      ],
    );
  },
  joined(graph, row) {
    const {layer} = row,
      before = rowBefore(graph, row);
    if (layer.is !== "Conv" || !isOne(layer) || !before) return null;
    const deep = before.layer;
    if (deep.is !== "Conv" || !(1 < deep.groups && deep.groups === before.input[0])) return null;
    if (!takenAlone(graph, before, row) || layer.groups > 1) return null;
    const full = {...deep, out: layer.out, groups: 1, norm: layer.norm, bias: layer.bias};
    const found = wayOf(
      row,
      `with ${before.name} as one full ${kernelWords(before)} convolution`,
      [full],
      before.input,
    );
    return found && {...found, now: costNow([before, row]), rows: [before.name, row.name]};
  },
  averaged(graph, row) {
    if (row.layer.is !== "Dense") return null;
    let before = row;
    while (before && before.layer.is !== "Flatten") {
      before = rowBefore(graph, before);
      if (before && !["dropout", "flatten"].includes(before.kind)) return null;
    }
    if (!before || (before.input[1] === 1 && before.input[2] === 1)) return null;
    const maps = before.input[0];
    return wayOf(
      row,
      `on the averages of the ${plural(maps, "map")} instead of all ${comma(row.input[0])} values`,
      [row.layer],
      [maps, 1, 1],
    );
  },
  strided(graph, row) {
    if (!["Pool", "Subsample"].includes(row.layer.is)) return null;
    const window = windowOf(row);
    if (equal(window.kernel, [1, 1]) || window.ceil) return null;
    return wayOf(row, `as a convolution of the same window and step, ${kernelWords(row)}`, [
      layerOf("Conv", {
        out: row.out[0],
        kernel: window.kernel,
        stride: window.stride,
        padding: window.padding,
      }),
    ]);
  },
  summed(graph, row) {
    const window = windowOf(row);
    if (row.layer.is !== "Pool" || !equal(window.kernel, window.stride)) return null;
    return {
      what: "as LeNet-5's trained subsampling: a coefficient and a bias a map",
      cost: {params: 2 * row.out[0], macs: 0},
      now: costNow([row]),
      rows: [row.name],
    };
  },
  trained(graph, row) {
    if (row.layer.is !== "RBF" || row.out[1] !== 1 || row.out[2] !== 1) return null;
    return wayOf(row, "as a dense layer with trained weights", [layerOf("Dense", {out: row.out[0]})]);
  },
};
