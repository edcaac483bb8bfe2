/* The memory that a network takes, by rules that are said (papernets/arithmetic/memory.py). */

/** How many numbers an optimiser keeps for each trained parameter. */
const OPTIMISERS = {sgd: 0, momentum: 1, rmsprop: 1, "rmsprop with momentum": 2, adam: 2};
const BYTES = {float32: 4, float16: 2};

function weightsIn(rows) {
  return sum(rows.map((row) => row.params + row.fixed + statisticsOf(row)));
}

/** What a network keeps, in numbers; activations are those of one picture. */
function memoryOf(graph) {
  const rows = [...graph.rows.values()],
    main = rows.filter((row) => !row.aux);
  const kept = (row) => {
    const normalised = row.layer.norm && row.kind !== "batch norm";
    const takers = graph.takers.get(row.name).map((name) => graph.rows.get(name).layer);
    const summed = takers.length && takers.every((layer) => layer.is === "Add");
    return volume(row.out) * (Number(Boolean(normalised)) + Number(!summed || activationOf(row) !== null));
  };
  const [peak, peakAt] = mostAlive(graph, main);
  return {
    weights: weightsIn(main),
    trained: sum(rows.map((row) => row.params)),
    allWeights: weightsIn(rows),
    peak: peak,
    peakAt: peakAt,
    kept: volume(graph.net.input) + sum(rows.map(kept)),
  };
}

/** The most values alive at once, and the row that is computed then. */
function mostAlive(graph, rows) {
  const last = new Map();
  for (const row of rows) for (const source of graph.sources.get(row.name)) last.set(source, row.name);
  let alive = volume(graph.net.input),
    most = 0,
    at = "";
  rows.forEach((row, number) => {
    alive += volume(row.out);
    if (alive > most) [most, at] = [alive, row.name];
    for (const source of new Set(graph.sources.get(row.name))) {
      if (last.get(source) === row.name) alive -= volume(graph.shape(source));
    }
    if (!last.has(row.name) && number !== rows.length - 1) alive -= volume(row.out);
  });
  return [most, at];
}

/** As `explain --json` has it, in bytes, without the rules; `times` as many for a committee. */
function memoryDict(memory, batch = 32, times = 1) {
  const inBytes = (numbers) =>
    Object.fromEntries(Object.entries(BYTES).map(([kind, size]) => [kind, numbers * size * times]));
  const train = (kept) => memory.allWeights + (1 + kept) * memory.trained + memory.kept * batch;
  return {
    batch: batch,
    weights: inBytes(memory.weights),
    activations: inBytes(memory.peak * batch),
    predict: inBytes(memory.weights + memory.peak * batch),
    train: Object.fromEntries(
      Object.entries(OPTIMISERS).map(([name, kept]) => [name, inBytes(train(kept))]),
    ),
    most_at: memory.peakAt,
  };
}
