/* A network by stages: what computes at one size, its classifier, and its auxiliary heads
   (papernets/arithmetic/stages.py). */

/** A stage ends where maps become smaller than this share of its first ones, each way. */
const SMALLER = 2 / 3;
/** A chain of more parts than this is looked into: it is no block, but a network's body. */
const LONG = 8;

/** A part and all within it, each with its full name. */
function* eachPart(part, name = "") {
  yield [name, part];
  if (part.is === "Aux") yield* eachPart(part.head, name);
  for (const [child, inner] of part.parts || part.branches || []) {
    yield* eachPart(inner, dotted(name, child));
  }
}

/** The names of what is told as one; a network's body may be a chain within a chain. */
function* unitNames(name, part) {
  if (part.is === "Chain" && (part.parts.length > LONG || !name)) {
    for (const [child, inner] of part.parts) yield* unitNames(dotted(name, child), inner);
  } else if (part.is !== "Aux") {
    yield name;
  }
}

/** The rows of each name: those that go by it, or by the longest name that begins theirs. */
function sharedOut(graph, names) {
  const found = new Map(names.map((name) => [name, []]));
  for (const row of graph.rows.values()) {
    let name = row.name;
    while (name && !found.has(name)) name = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
    if (name) found.get(name).push(row);
  }
  return found;
}

function unitOf(graph, name, rows) {
  const inside = new Set(rows.map((row) => row.name));
  const ends = rows.filter((row) => !graph.takers.get(row.name).some((taker) => inside.has(taker)));
  return {name: name, rows: rows, end: (ends.length ? ends : rows).at(-1)};
}

/** The stages of the network in their order, and then its heads. */
function stagesOf(graph) {
  const parts = [...eachPart(graph.net.body)];
  const heads = new Map(parts.filter(([, part]) => part.is === "Aux"));
  const names = graph.net.body.parts.flatMap(([top, part]) => [...unitNames(top, part)]);
  const rows = sharedOut(graph, [...new Set([...names, ...heads.keys()])]);
  const units = [...new Set(names)]
    .filter((name) => rows.get(name).length && !heads.has(name))
    .map((name) => unitOf(graph, name, rows.get(name)));
  const main = [];
  let size = [0, 0],
    all = false;
  for (const unit of units) {
    const ends = unit.end.field === null && !all;
    all = all || ends;
    const out = unit.end.out.slice(1);
    const smaller = out[0] < SMALLER * size[0] && out[1] < SMALLER * size[1];
    const counts = sum(unit.rows.map((row) => row.macs)) > 0 || unit.rows.length > 1;
    if (!main.length || ends || (smaller && !all && counts)) {
      main.push([]);
      size = out;
    }
    main.at(-1).push(unit);
  }
  const ofHeads = sharedOut(graph, [...heads.keys()]);
  return [
    ...main.map((several) => stage(several, null, true)),
    ...[...heads]
      .filter(([name]) => ofHeads.get(name).length)
      .map(([name, part]) => stage([unitOf(graph, name, ofHeads.get(name))], part.weight, part.counted)),
  ];
}

function stage(units, weight, counted) {
  const [first, last] = [units[0].name, units.at(-1).name];
  return {
    name: first === last ? first : `${first} to ${last}`,
    units: units,
    weight: weight,
    counted: counted,
    rows: units.flatMap((unit) => unit.rows),
    end: units.at(-1).end,
  };
}

/** As `explain --json` has it. */
function stageDict(one) {
  const of = (key) => sum(one.rows.map((row) => row[key]));
  return {
    name: one.name,
    rows: one.rows.map((row) => row.name),
    out: one.end.out,
    params: of("params"),
    macs: of("macs"),
    connections: of("connections"),
    neurons: sum(one.rows.map((row) => volume(row.out))),
    aux: !one.counted,
    loss_weight: one.weight,
  };
}
