/* Which row takes what, and the receptive field along the paths from the picture
   (papernets/spec/graph.py, papernets/arithmetic/graph.py and paths.py). */

/** What stands for the network's input among the sources of a row. */
const PICTURE = "";
/** Fields, none of which is larger both ways than another, that are followed at one row. */
const MOST_FRONT = 64;

/** A network with its rows by name, what each takes, and who takes it. */
function graphOf(net) {
  const rows = new Map(walk(net).map((row) => [row.name, row]));
  const sources = new Map();
  through(
    {
      layer(name, layer, value) {
        sources.set(name, [value]);
        return name;
      },
      join(name, join, value, ends) {
        sources.set(name, ends);
        return name;
      },
    },
    net.body,
    PICTURE,
  );
  const takers = new Map([PICTURE, ...rows.keys()].map((name) => [name, []]));
  for (const [name, several] of sources) {
    for (const source of new Set(several)) takers.get(source).push(name);
  }
  const graph = {net: net, rows: rows, sources: sources, takers: takers};
  graph.shape = (name) => (name === PICTURE ? net.input : rows.get(name).out);
  return graph;
}

/** How many paths lead from the picture to each row: BigInts, for there may be 2^600. */
function pathCounts(graph) {
  const found = new Map([[PICTURE, 1n]]);
  for (const [name, several] of graph.sources) {
    found.set(
      name,
      several.reduce((all, source) => all + found.get(source), 0n),
    );
  }
  return found;
}

/** What a value sees along one path: extent and step in pixels, and the row that made it. */
const PIXEL = {size: [1, 1], step: [1, 1], row: null, before: null};

function reachThrough(reach, row) {
  const window = reachOf(row);
  if (!window) return {size: reach.size, step: reach.step, row: row, before: reach};
  const both = (of) => [of(0), of(1)];
  return {
    size: both((at) => reach.size[at] + (window.kernel[at] - 1) * reach.step[at]),
    step: both((at) => reach.step[at] * window.stride[at]),
    row: row,
    before: reach,
  };
}

/** What was seen from row to row, from the picture on. */
function pathOf(reach) {
  const found = [];
  for (let one = reach; one.row; one = one.before) found.push(one);
  return found.reverse();
}

function area(reach) {
  return reach.size[0] * reach.size[1];
}

/** Whether `one` comes behind `other`, by area and then by height and width. */
function larger(one, other) {
  return area(one) - area(other) || one.size[0] - other.size[0] || one.size[1] - other.size[1];
}

function front(several, beats, largest) {
  if (several.length === 1) return several;
  let kept = [];
  for (const one of several) {
    const step = (o) => equal(o.step, one.step);
    if (kept.some((o) => step(o) && beats(o.size, one.size))) continue;
    kept = kept.filter((o) => !(step(o) && beats(one.size, o.size)));
    kept.push(one);
  }
  if (kept.length > MOST_FRONT) {
    kept = kept
      .map((one, at) => [one, at])
      .sort(([a, i], [b, j]) => (largest ? larger(b, a) : larger(a, b)) || i - j)
      .slice(0, MOST_FRONT)
      .map(([one]) => one);
  }
  return kept;
}

function fronts(graph, beats, largest) {
  const found = new Map([[PICTURE, [PIXEL]]]);
  for (const [name, row] of graph.rows) {
    const sources = [...new Set(graph.sources.get(name))];
    if (seesAll(row) || !sources.every((source) => found.get(source).length)) {
      found.set(name, []);
      continue;
    }
    const every = sources.flatMap((source) => found.get(source).map((one) => reachThrough(one, row)));
    found.set(name, front(every, beats, largest));
  }
  return found;
}

/** The paths of a network: `largest(name)`, `smallest(name)` and `counts`. */
function pathsOf(graph) {
  const least = fronts(graph, (a, b) => a[0] <= b[0] && a[1] <= b[1], false);
  const most = fronts(graph, (a, b) => a[0] >= b[0] && a[1] >= b[1], true);
  const pick = (several, better) =>
    several.length ? several.reduce((best, one) => (better(one, best) ? one : best)) : null;
  return {
    smallest: (name) => pick(least.get(name), (a, b) => larger(a, b) < 0),
    largest: (name) => pick(most.get(name), (a, b) => larger(a, b) > 0),
    counts: pathCounts(graph),
  };
}

/** The steps of a path that change what is seen, or how far apart neighbours look. */
function changesOf(path) {
  return path.filter((one) => !equal([one.size, one.step], [one.before.size, one.before.step]));
}
