/* Two networks, layer by layer: what differs, and what that changes (papernets/compare/diff.py). */

/** Fields of layers that no setting tells: of them only that they differ is said. */
const UNTOLD = {table: "connections", sources: "maps taken", codes: "codes"};

function change(what, a, b) {
  return {what: what, a: a ?? null, b: b ?? null};
}

/** Two networks compared, as `papernets diff A B --json` prints it. */
function diffNetworks(one, other) {
  const rows = walk(one),
    others = walk(other);
  const matches = align(rows, others).map(([i, j]) =>
    matchOf(i === null ? null : rows[i], j === null ? null : others[j]),
  );
  const totals = diffTotals(one, rows, other, others),
    general = diffGeneral(one, other);
  const said = [one, other].map((net) => net.data.departures);
  const without = (a, b) => a.filter((d) => !b.some((o) => o.what === d.what));
  const apart = [without(said[0], said[1]), without(said[1], said[0])];
  const sameLayers =
    matches.every((m) => m.verdict === "same" && !m.effects.length) &&
    totals.every((total) => equal(total.a, total.b));
  return {
    a: identity(one),
    b: identity(other),
    same: sameLayers && !general.length && !apart[0].length && !apart[1].length,
    totals: totals,
    general: general,
    layers: matches,
    departures: ["a", "b"].flatMap((of, at) => apart[at].map((d) => ({of: of, ...d}))),
    shared_departures: said[0].filter((d) => said[1].some((o) => o.what === d.what)),
  };
}

function identity(net) {
  return {
    name: net.count > 1 ? net.data.own : net.name,
    title: net.data.title,
    paper: net.data.paper,
    input: net.input,
    classes: net.classes,
  };
}

function diffTotals(one, rows, other, others) {
  const of = (net, its) => {
    const seen = its.filter((row) => row.field && !row.aux).at(-1);
    const sums = Object.entries(totalsOf(its)).map(([key, count]) => [key, count * net.count]);
    return {
      input: net.input,
      classes: net.classes,
      rows: its.length,
      ...Object.fromEntries(sums),
      receptive_field: seen ? seen.field : null,
      field_stride: seen ? seen.step : null,
    };
  };
  const a = of(one, rows),
    b = of(other, others);
  return Object.keys(a)
    .filter((what) => ["params", "macs"].includes(what) || a[what] || b[what])
    .map((what) => change(what, a[what], b[what]));
}

function diffGeneral(one, other) {
  const found = [],
    [a, b] = [one.data, other.data];
  if (a.first_words !== b.first_words) found.push(change("first weights", a.first, b.first));
  if (!equal(a.aux_weights, b.aux_weights)) {
    found.push(change("share of the heads in the loss", a.aux_weights, b.aux_weights));
  }
  if (one.count !== other.count) found.push(change("members", one.count, other.count));
  return found;
}

function matchOf(a, b) {
  const row = a || b,
    changes = a && b ? changesBetween(a, b) : [];
  const verdict = !a
    ? "only_b"
    : !b
      ? "only_a"
      : changes.length
        ? "changed"
        : a.name === b.name
          ? "same"
          : "renamed";
  return {
    verdict: verdict,
    a: a ? a.name : null,
    b: b ? b.name : null,
    kind: row.kind,
    changes: changes,
    effects: a && b ? effectsBetween(a, b) : [],
  };
}

/** What the two layers do otherwise. */
function changesBetween(a, b) {
  const of = (row) => {
    const window = windowOf(row);
    return {
      kind: row.kind,
      kernel: window && window.kernel,
      stride: window && window.stride,
      groups: groupsOf(row),
      maps: row.layer.out ?? null,
      activation: activationOf(row),
      auxiliary: row.aux,
    };
  };
  const found = [],
    [x, y] = [of(a), of(b)];
  for (const what of Object.keys(x)) {
    if (!equal(x[what], y[what]) && (what !== "maps" || (x.maps && y.maps))) {
      found.push(change(what, x[what], y[what]));
    }
  }
  if (a.kind !== b.kind) {
    // it has other settings too
    const [u, v] = [a, b].map((row) => Object.values(phrases(settingsOf(row))).join(", "));
    if (u !== v) found.push(change("settings", u || null, v || null));
    return found;
  }
  let here = settingsOf(a),
    there = settingsOf(b);
  if (here.norm && there.norm) [here, there] = [flatNorm(here), flatNorm(there)];
  for (const what of new Set([...Object.keys(here), ...Object.keys(there)])) {
    if (!equal(here[what] ?? null, there[what] ?? null)) {
      found.push(change(what, here[what], there[what]));
    }
  }
  for (const [name, what] of Object.entries(UNTOLD)) {
    if (!equal(a.layer[name] ?? null, b.layer[name] ?? null)) found.push(change(what, "some", "others"));
  }
  return found;
}

/** Settings with normalisation's own in its place, so that each is compared by itself. */
function flatNorm({norm, ...rest}) {
  return {...rest, eps: norm.eps, momentum: norm.momentum, gamma: norm.scale};
}

function effectsBetween(a, b) {
  const keys = {
    output: "out",
    params: "params",
    fixed_params: "fixed",
    macs: "macs",
    receptive_field: "field",
  };
  return Object.entries(keys)
    .filter(([, key]) => !equal(a[key], b[key]))
    .map(([what, key]) => change(what, a[key], b[key]));
}

/**
 * Of a row that only one network has there, the row after which the other alone has its namesake; ""
 * where the other begins with that, null where it has none: the row stands elsewhere in the order.
 */
function placeElsewhere(layers, at) {
  const {verdict, a, b} = layers[at];
  if (verdict !== "only_a" && verdict !== "only_b") return null;
  const [wanted, other] = verdict === "only_a" ? ["only_b", "b"] : ["only_a", "a"];
  const there = layers.findIndex((one) => one.verdict === wanted && one[other] === (a || b));
  if (there < 0) return null;
  const before = layers.slice(0, there).map((one) => one[other]);
  return before.filter(Boolean).at(-1) ?? "";
}
