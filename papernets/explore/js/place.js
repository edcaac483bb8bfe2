/* The layer or block of a name, and all that `papernets explain NAME LAYER --json` says of it
   (papernets/arithmetic: graph.py, layer.py, units.py). */

/** A layer, or a block: rows whose names begin alike; null where the network has none such. */
function placeOf(graph, name) {
  const rows = [...graph.rows.values()].filter(
    (row) => row.name === name || row.name.startsWith(`${name}.`),
  );
  if (!rows.length || !name) return null;
  const inside = new Set(rows.map((row) => row.name));
  const main = rows.filter((row) => !row.aux),
    some = main.length ? main : rows;
  const ends = some.filter((row) => !graph.takers.get(row.name).some((taker) => inside.has(taker)));
  const start = rows.flatMap((row) => graph.sources.get(row.name)).find((source) => !inside.has(source));
  return {
    name: name,
    rows: rows,
    end: (ends.length ? ends : some).at(-1),
    start: start,
    isBlock: rows.length > 1 || rows[0].name !== name,
    aux: rows.every((row) => row.aux),
    counted: main.length ? main : rows,
  };
}

/** Everything that `explain NAME LAYER --json` prints, for a place of the graph. */
function explainPlace(graph, paths, place) {
  const {end, counted: rows} = place,
    of = (get) => sum(rows.map(get));
  const smallest = paths.smallest(end.name);
  const steps = place.isBlock
    ? [...blockSteps(rows), ...fieldSteps(paths, end)]
    : [...sizeSteps(end), ...countSteps(end), ...fieldSteps(paths, end), ...exampleSteps(end)];
  const found = {
    name: place.name,
    network: graph.net.name,
    kind: place.isBlock ? "block" : end.kind,
    in: graph.shape(place.start),
    out: end.out,
    params: of((row) => row.params),
    macs: of((row) => row.macs),
    connections: of((row) => row.connections),
    receptive_field: end.field,
    smallest_field: smallest ? smallest.size : null,
    field_stride: end.step,
    field_start: end.start,
    steps: steps,
    otherwise: otherwise(graph, place),
    fixed_params: of((row) => row.fixed),
    running_statistics: of(statisticsOf),
    paths: counted(paths.counts.get(end.name)),
    aux: place.aux,
    rows: place.rows.map((row) => row.name),
  };
  if (!place.aux && rows.length < place.rows.length) {
    const rest = place.rows.filter((row) => row.aux);
    found.aux_params = sum(rest.map((row) => row.params));
    found.aux_macs = sum(rest.map((row) => row.macs));
  }
  return found;
}

/** What a row looks at in its input for a rectangle [top, left, bottom, right] of its output. */
function takenBy(row, [top, left, bottom, right]) {
  const {layer} = row,
    size = row.input.slice(1);
  if (layer.branches) return [top, left, bottom, right];
  if (seesAll(row)) return [0, 0, size[0] - 1, size[1] - 1];
  if (layer.is === "AdaptivePool") {
    // its windows are not alike
    const [h, w] = size,
      [rows, columns] = pair(layer.size);
    return [
      Math.floor((top * h) / rows),
      Math.floor((left * w) / columns),
      Math.ceil(((bottom + 1) * h) / rows) - 1,
      Math.ceil(((right + 1) * w) / columns) - 1,
    ];
  }
  const window = reachOf(row);
  if (!window) return [top, left, bottom, right];
  const [[above], [before]] = padsOf(window, size),
    {
      kernel: [kh, kw],
      stride: [sh, sw],
    } = window;
  return [top * sh - above, left * sw - before, bottom * sh - above + kh - 1, right * sw - before + kw - 1];
}

/**
 * The pixels that unit [row, column] of a layer sees, as [top, left, bottom, right] with ends
 * included, not clipped: through all branches, or along `path`, the rows of one.
 */
function unitRectangle(graph, name, at, path = null) {
  return rectangleIn(graph, PICTURE, name, [...at, ...at], path);
}

/** What unit [row, column] of a layer or block sees of its input, as `unitRectangle`. */
function inputRectangle(graph, place, at) {
  return rectangleIn(graph, place.start, place.end.name, [...at, ...at]);
}

/** What `part` of row `name` sees of what `from` gives, a row before it or the picture. */
function rectangleIn(graph, from, name, part, path = null) {
  const along = path && new Set(path.map((reach) => reach.row.name));
  const wanted = new Map([[name, part]]);
  for (const row of [...graph.rows.values()].reverse()) {
    if (row.name === from) break;
    if (!wanted.has(row.name)) continue;
    const part = takenBy(row, wanted.get(row.name));
    wanted.delete(row.name);
    const sources = graph.sources.get(row.name);
    const next = along ? [sourceAlong(path, row.name)] : sources;
    for (const source of next) {
      const one = wanted.get(source);
      wanted.set(
        source,
        one
          ? [
              Math.min(one[0], part[0]),
              Math.min(one[1], part[1]),
              Math.max(one[2], part[2]),
              Math.max(one[3], part[3]),
            ]
          : part,
      );
    }
  }
  return wanted.get(from);
}

/** The row before this one on a path; the picture before its first. */
function sourceAlong(path, name) {
  const at = path.findIndex((reach) => reach.row.name === name);
  return at > 0 ? path[at - 1].row.name : PICTURE;
}

/** What `--unit` adds to a layer's JSON. */
function unitDict(graph, name, at) {
  const [top, left, bottom, right] = unitRectangle(graph, name, at);
  const [, height, width] = graph.net.input;
  const part = [
    Math.max(top, 0),
    Math.max(left, 0),
    Math.min(bottom, height - 1),
    Math.min(right, width - 1),
  ];
  const most = (value) => Math.max(value, 0);
  return {
    unit: at,
    rectangle: [top, left, bottom, right],
    clipped: part[0] <= part[2] && part[1] <= part[3] ? part : null,
    outside: {
      top: most(-top),
      left: most(-left),
      bottom: most(bottom - height + 1),
      right: most(right - width + 1),
    },
  };
}
