/* What `papernets explain NAME --json` says of a network's arithmetic, worked out in the page. */

/** The padding as Python has it: [height, width], a rule's name, or null without a window. */
function paddingOf(row) {
  const window = windowOf(row);
  if (!window) return null;
  return typeof window.padding === "string" ? window.padding : pair(window.padding);
}

function rowDict(row, paths, sums) {
  const window = windowOf(row),
    smallest = paths.smallest(row.name);
  const share = (part, whole) => (whole ? part / whole : 0);
  return {
    name: row.name,
    kind: row.kind,
    in: row.input,
    out: row.out,
    kernel: window ? window.kernel : null,
    stride: window ? window.stride : null,
    padding: paddingOf(row),
    groups: groupsOf(row),
    activation: activationOf(row),
    params: row.params,
    macs: row.macs,
    connections: row.connections,
    receptive_field: row.field,
    field_stride: row.step,
    formula: formulaOf(row),
    aux: row.aux,
    settings: settingsOf(row),
    neurons: volume(row.out),
    fixed_params: row.fixed,
    running_statistics: statisticsOf(row),
    params_share: share(row.params, sums.params),
    macs_share: share(row.macs, sums.macs),
    bytes: {float32: 4 * volume(row.out), float16: 2 * volume(row.out)},
    smallest_field: smallest ? smallest.size : null,
    field_start: row.start,
  };
}

/** The network as `explain --json` prints it, without what was said of it and without rules. */
function explainNetwork(net) {
  const graph = graphOf(net),
    rows = [...graph.rows.values()];
  const sums = totalsOf(rows),
    paths = pathsOf(graph);
  const times = (count) => count * net.count;
  return {
    name: net.count > 1 ? net.data.own : net.name,
    input: net.input,
    classes: net.classes,
    params: times(sums.params),
    fixed_params: times(sums.fixed_params),
    macs: times(sums.macs),
    aux_params: times(sums.aux_params),
    aux_macs: times(sums.aux_macs),
    connections: times(sums.connections),
    activations: times(sums.activations),
    running_statistics: times(sum(rows.filter((row) => !row.aux).map(statisticsOf))),
    rows: rows.map((row) => rowDict(row, paths, sums)),
    stages: stagesOf(graph).map(stageDict),
    memory: memoryDict(memoryOf(graph), 32, net.count),
  };
}
