/* What all such layers of a block would cost together if they were made otherwise
   (papernets/arithmetic/otherwise.py). */

/** Those that a block may have made in all its layers, in words. */
const IN_BLOCKS = {
  dense: null,
  ungrouped: "without groups ({})",
  tableless: null,
  unreduced: "without its 1x1 reductions ({})",
  stack: "with stacks of 3x3 in the place of larger kernels ({})",
  factored: "with n x 1 and 1 x n in the place of n x n ({})",
  separable: "with depthwise separable convolutions in the place of full ones ({})",
  joined: "with full convolutions in the place of depthwise separable ones ({})",
};

/** The other ways that make sense for a layer, or for all such layers of a block together. */
function otherwise(graph, place) {
  const found = place.isBlock
    ? [...inBlock(graph, place)]
    : Object.values(WAYS)
        .map((way) => way(graph, place.rows[0]))
        .filter(Boolean);
  return found.map((one) => ({
    what: one.what,
    ...one.cost,
    instead_of: {rows: one.rows, params: one.now.params, macs: one.now.macs},
  }));
}

function* inBlock(graph, place) {
  const inside = new Set(place.counted.map((row) => row.name)),
    whole = costNow(place.counted);
  for (const [name, way] of Object.entries(WAYS)) {
    if (!IN_BLOCKS[name]) continue;
    const found = [],
      taken = new Set();
    for (const row of place.counted) {
      const one = way(graph, row);
      if (one && one.rows.every((other) => inside.has(other) && !taken.has(other))) {
        found.push(one);
        one.rows.forEach((other) => taken.add(other));
      }
    }
    if (!found.length) continue;
    const changed = found.reduce((cost, one) => plus(plus(cost, one.now, -1), one.cost), whole);
    yield {
      what: IN_BLOCKS[name].replace("{}", plural(found.length, "layer")),
      cost: changed,
      now: whole,
      rows: found.flatMap((one) => one.rows),
    };
  }
  yield* unbottled(place);
}

/** A bottleneck's 1x1, FxF, 1x1 as two FxF at the full width. */
function* unbottled(place) {
  const rows = place.counted.filter((row) => row.layer.is === "Conv");
  for (let at = 0; at + 2 < rows.length; at++) {
    const [first, middle, last] = rows.slice(at, at + 3),
      {layer} = middle;
    if (!isOne(first.layer) || !isOne(last.layer) || layer.groups > 1 || isOne(layer)) continue;
    if (!follow(first, middle, last) || !(middle.out[0] < last.out[0])) continue;
    const [a, b] = [windowOf(first).stride, windowOf(middle).stride];
    const wide = {...layer, out: last.out[0], stride: [a[0] * b[0], a[1] * b[1]]};
    const second = {...layer, out: last.out[0], stride: 1, padding: "same"};
    const made = ifPossible(() => costOf([wide, second], first.input));
    if (!made) continue;
    const whole = costNow(place.counted),
      these = costNow([first, middle, last]);
    yield {
      what: `without its bottleneck: two ${kernelWords(middle)} on ${last.out[0]} maps`,
      cost: plus(plus(whole, these, -1), made),
      now: whole,
      rows: [first.name, middle.name, last.name],
    };
    return;
  }
}

/** Whether the rows lie in one line of one branch. */
function follow(...rows) {
  const home = (row) => row.name.slice(0, Math.max(row.name.lastIndexOf("."), 0));
  return (
    rows.every((row) => home(row) === home(rows[0])) &&
    rows.slice(1).every((row, at) => equal(rows[at].out, row.input))
  );
}
