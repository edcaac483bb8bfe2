/* What a layer does, in a sentence (papernets/arithmetic/meaning.py). */

const THEN = {
  relu: "negative values become 0 (ReLU)",
  relu6: "values below 0 become 0, those above 6 become 6 (ReLU6)",
  tanh: "tanh follows",
  scaled_tanh: "1.7159 tanh(2x/3) follows, LeNet-5's squashing function",
  sigmoid: "the logistic function follows",
  softmax: "softmax follows: shares that add up to 1",
};

/** A sentence or two without a full stop: what the layer computes, then its activation. */
function meaningOf(row) {
  let text = MEANINGS[row.layer.is](row, row.layer, ...row.input);
  if (row.layer.norm && row.layer.is !== "BatchNorm") {
    text += "; then each map is normalised over the batch";
  }
  const then = THEN[activationOf(row) || ""];
  return then ? `${text}; ${then}` : text;
}

const MEANINGS = {
  Conv(row, layer, d) {
    const k = row.out[0],
      kernel = by(pair(layer.kernel));
    if (layer.groups === 1) {
      return isOne(layer)
        ? `${plural(k, "filter")} of 1x1 mix the ${plural(d, "map")} at each place`
        : `${plural(k, "filter")} of ${kernel} slide over all ${plural(d, "map")}, and add up what they see`;
    }
    if (layer.groups === d) {
      const each = k === d ? "one filter" : `${Math.floor(k / d)} filters`;
      return `Depthwise: ${each} of ${kernel} for each of ${plural(d, "map")}, which are not mixed`;
    }
    return (
      `${plural(k, "filter")} of ${kernel} in ${layer.groups} groups: each sees ` +
      `${Math.floor(d / layer.groups)} of the ${d} maps`
    );
  },
  TableConv: (row, layer, d) =>
    `Each of the ${row.out[0]} output maps sees only some of the ${d} ` +
    "input maps, those that the connection table marks",
  Dense: (row, layer, d) =>
    `Each of ${comma(row.out[0])} neurons sees all ${comma(d)} values, each with its own weight`,
  RBF: (row, layer, d) =>
    `For each of ${layer.codes.count} classes the squared distance of ${d} ` +
    "values to a fixed code of -1 and +1; the nearest code wins",
  Subsample: (row, layer) =>
    `The sum of each ${by(pair(layer.kernel))} window, times a trained ` +
    "coefficient, plus a trained bias, one of each a map",
  BatchNorm: () => "Each map is normalised over the batch: (x - mean)/sqrt(variance + eps)*gamma + beta",
  Pool(row, layer) {
    const {kernel: k, stride} = windowOf(row);
    const overlap = stride[0] < k[0] || (stride[0] === k[0] && stride[1] < k[1]);
    return (
      `The ${layer.how === "max" ? "largest value" : "average"} of each ${by(k)} window of ` +
      `each map${overlap ? ", which overlap" : ""}`
    );
  },
  AdaptivePool: (row, layer, d, h, w) =>
    `Averages over an even grid: ${h}x${w} become ${by(row.out.slice(1))}, any size in`,
  GlobalPool: (row, layer, d, h, w) =>
    `The average of all ${h}x${w} values of each map: ${plural(d, "map")}, a value each`,
  Flatten: (row, layer, d, h, w) =>
    `All values in one column, map by map: ${d}x${h}x${w} become ${comma(row.out[0])}`,
  LRN: (row, layer) =>
    "Each value is divided by a power of the squares of its neighbours: the " +
    `values at the same place in ${layer.size} maps, its own in the middle`,
  Dropout(row, layer) {
    const kept = 1 - layer.rate;
    return (
      `In training each value becomes 0 with probability ${general(layer.rate)}, and the others ` +
      `are ${kept ? `divided by ${general(kept)}` : "nothing"}, so that the mean stays; in ` +
      "prediction nothing happens"
    );
  },
  Concat: (row, layer) =>
    `The maps of ${plural(layer.branches.length, "branch", "branches")} behind one another`,
  Add(row, layer) {
    const scales = (layer.scales || []).filter((scale) => scale !== 1);
    return (
      `The sum of ${plural(layer.branches.length, "branch", "branches")}, value by value` +
      (scales.length ? `, a branch times ${general(scales[0])}` : "")
    );
  },
  Identity: () => "The input unchanged: the shortcut of a residual block",
  PadShortcut: (row, layer, d) =>
    `One value of each ${by(pair(layer.stride))}, and ` +
    `${plural(row.out[0] - d, "map")} of zeros: a shortcut without parameters (option A)`,
  Pad: () => "Zeros around each map",
  Activation: (row, layer) => (layer.activation ? "Value by value" : "The input unchanged"),
};
